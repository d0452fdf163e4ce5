"""The build: from archived files and judgements to a published snapshot, stage by stage.

One build at a time in a workspace. Nothing that readers see changes until the last step replaces
`current`; a build that is killed leaves the previous snapshot serving.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from casework.ledger import Ledger
from entity_resolution.index_build import NameRecord, build_index
from entity_resolution.judgements import Judgement, list_as_of, settle
from entity_resolution.resolve import derive_links, find_shared, propose_identities
from graph.bulk import bulk
from graph.embedded.writer import write_network
from graph.errors import ConfigurationError, StoreUnavailable
from graph.model import CASE_PREFIX, Entity, Status
from graph.project import Difference, Judged, Projection, project
from graph.snapshot import (
    DatasetEntry,
    Manifest,
    SnapshotWriter,
    publish,
    sweep_unfinished,
    write_snapshot,
)
from graph.statements import TABLES, DatasetTables, DatasetVersion, StatementWriter
from graph.versions import Edition, end_relayed, find_listed, merge_versions
from ingest.archive import Archive
from ingest.captures import Captures
from ingest.catalog import describe, format_of, get_source, read_catalog
from ingest.load import Paths, restage
from ingest.verify import Verifier

DERIVED = "derived"
ACTOR = "cuibono build"
MAX_DATASETS = 62
NAME_PROPERTIES = ("name", "alias", "previousName", "weakAlias")
Progress = Callable[[str, float], None]


@dataclass(slots=True)
class BuildReport:
    """What a build made."""

    snapshot: str
    counts: Mapping[str, int]
    seconds: dict[str, float]
    issues: Mapping[str, int]
    differences: Sequence[Difference]
    notes: Sequence[str]
    unchanged: bool


@dataclass(slots=True)
class _Clock:
    """Times the stages and tells whoever watches."""

    progress: Progress | None
    stages: Sequence[str]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        if self.progress:
            self.progress(name, self.stages.index(name) / len(self.stages))
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


_STAGES = ("read", "resolve", "project", "network", "names", "publish")


def build(root: Path, *, progress: Progress | None = None, code_version: str = "") -> BuildReport:
    """Build and publish a snapshot of everything that is loaded.

    Args:
        root: The workspace.
        progress: Told the name of each stage and the share that is done.
        code_version: Version of the code, part of the snapshot's id.

    Raises:
        ConfigurationError: When nothing is loaded.
        StoreUnavailable: When another build is running.
        SourceError: When an archived file is missing or has changed.
    """
    clock = _Clock(progress, _STAGES)
    with _build_lock(root), Ledger.open(root / "ledger.db", actor=ACTOR) as ledger, bulk():
        sweep_unfinished(root)
        archive = Archive(root / "archive")
        with write_snapshot(root) as writer:
            with clock.stage("read"):
                datasets = _read_datasets(archive, root / "statements", writer)
            with clock.stage("resolve"):
                derived = _derive(datasets, writer)
            with clock.stage("project"):
                judged, position = _judgements(ledger)
                projection = project([*(each.tables for each in datasets), derived], judged)
            with clock.stage("network"):
                codes = _codes([*(each.entry.dataset for each in datasets), DERIVED])
                write_network(projection, codes, writer.directory)
            with clock.stage("names"):
                build_index(_names(projection.entities.values()), writer.part("names"))
                issues = _gather_issues(datasets, projection, writer)
            with clock.stage("publish"):
                contents = {
                    "code_version": code_version,
                    "ledger_position": position,
                    "datasets": [each.entry.model_dump(mode="json") for each in datasets],
                    "dataset_codes": codes,
                    "counts": _count(projection),
                }
                now = datetime.now(UTC).isoformat(timespec="seconds")
                manifest = writer.seal(contents, now)
                unchanged = (root / "snapshots" / manifest.id).is_dir()
                publish(root, writer, manifest)
                _record(ledger, manifest)
    return BuildReport(
        snapshot=manifest.id,
        counts=manifest.counts,
        seconds=clock.seconds,
        issues=issues,
        differences=projection.differences,
        notes=projection.notes,
        unchanged=unchanged,
    )


@contextmanager
def _build_lock(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".build.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise StoreUnavailable(
                f"Another build is running in {root}; wait for it to end."
            ) from exc
        yield


@dataclass(slots=True)
class _Dataset:
    """One dataset of the build: all its versions as one."""

    entry: DatasetEntry
    tables: DatasetTables
    staged: Path
    as_staged: bool  # the tables are those of the folder, unchanged


def _read_datasets(archive: Archive, staging: Path, writer: SnapshotWriter) -> list[_Dataset]:
    datasets = _let_lists_decide([_merge(archive, name, staging) for name in archive.datasets()])
    if not datasets:
        raise ConfigurationError(
            "Nothing is loaded; run `cuibono load DATASET --from PATH` first, or `cuibono demo`."
        )
    if len(datasets) > MAX_DATASETS:
        raise ConfigurationError(
            f"{len(datasets)} datasets are loaded; a snapshot holds at most {MAX_DATASETS}."
        )
    datasets = _check_quotations(archive, datasets)
    for each in datasets:
        part = writer.part(f"statements/{each.entry.dataset}")
        if each.as_staged:
            _link_tables(each.staged, part)
        else:
            _write_tables(each.tables, part)
    return datasets


def _merge(archive: Archive, name: str, staging: Path) -> _Dataset:
    """All versions of a dataset as one."""
    versions, known = archive.versions(name), read_catalog().get(name)
    if name.startswith(CASE_PREFIX):
        versions = versions[-1:]  # a row that its author took out is withdrawn, not delisted
    folders = [_staged(archive, version, staging) for version in versions]
    merged = merge_versions(
        [
            Edition(
                DatasetTables.read(folder),
                # A publisher that gives no day had published it when it was fetched, at the latest.
                version.published or version.retrieved_at[:10],
                format_of(name, version.files.keys()),
            )
            for folder, version in zip(folders, versions, strict=True)
        ]
    )
    newest = versions[-1]
    about = describe(name, lambda: archive.files(newest))
    entry = DatasetEntry(
        dataset=name,
        version=newest.version,
        title=about.title,
        publisher=about.publisher,
        licence=about.licence,
        published=newest.published,
        retrieved_at=newest.retrieved_at,
        files=dict(newest.files),
        refresh_hours=known.refresh_hours if known else None,
        entities=pc.count_distinct(merged.statements["entity_id"]).as_py(),
        links=merged.relations.num_rows,
    )
    return _Dataset(entry, merged, folders[-1], as_staged=len(folders) == 1)


def _let_lists_decide(datasets: Sequence[_Dataset]) -> list[_Dataset]:
    """Where a dataset repeats a list that is loaded and newer, that list says who is on it."""
    by_name = {each.entry.dataset: each for each in datasets}
    decided = []
    for each in datasets:
        known = read_catalog().get(each.entry.dataset)
        lists = {
            words: (find_listed(by_name[name].tables), _day(by_name[name].entry))
            for words, name in (known.relays.items() if known else ())
            if name in by_name and _day(by_name[name].entry) >= _day(each.entry)
        }
        if lists:
            each = replace(each, tables=end_relayed(each.tables, lists), as_staged=False)
        decided.append(each)
    return decided


def _check_quotations(archive: Archive, datasets: Sequence[_Dataset]) -> list[_Dataset]:
    """The datasets with what the archive's captures say of every quotation."""
    verifier = Verifier(Captures(archive))
    checked = []
    for each in datasets:
        evidence = verifier.annotate(each.entry.dataset, each.tables.evidence)
        if evidence is not each.tables.evidence:
            each = replace(each, tables=replace(each.tables, evidence=evidence), as_staged=False)
        checked.append(each)
    return checked


def _day(entry: DatasetEntry) -> str:
    return entry.published or entry.retrieved_at[:10]


def _staged(archive: Archive, version: DatasetVersion, staging: Path) -> Path:
    """The staged tables of a version, made again from the archive when they are gone."""
    folder = Paths(staging).of(version.dataset, version.version)
    if folder.is_dir():
        return folder
    location = archive.file(next(iter(version.files.values())))
    return restage(archive, get_source(version.dataset, location), version, staging)


def _link_tables(staged: Path, part: Path) -> None:
    for name in TABLES:
        source, target = staged / f"{name}.parquet", part / f"{name}.parquet"
        try:
            target.hardlink_to(source)
        except OSError:  # another file system
            shutil.copyfile(source, target)


def _write_tables(tables: DatasetTables, part: Path) -> None:
    for name in TABLES:
        pq.write_table(getattr(tables, name), part / f"{name}.parquet", compression="zstd")


def _derive(datasets: Sequence[_Dataset], writer: SnapshotWriter) -> DatasetTables:
    """Links from shared values and proposed identities, as a dataset of their own."""
    statements = pa.concat_tables([each.tables.statements for each in datasets])
    published = {
        each.entry.dataset: each.entry.published for each in datasets if each.entry.published
    }
    shared = find_shared(statements)
    made, wide = derive_links(statements, published=published, shared=shared)
    proposed = propose_identities(statements, published=published, shared=shared)
    digest = hashlib.sha256("".join(each.entry.version for each in datasets).encode())
    version = DatasetVersion(
        dataset=DERIVED,
        version=digest.hexdigest()[:16],
        published=max(published.values(), default=None),
        retrieved_at=max(each.entry.retrieved_at for each in datasets),
        files={},
    )
    out = StatementWriter(version)
    for relation, assertion, provenance in [*made, *proposed]:
        out.add_relation(relation, assertion, provenance)
    part = writer.part(f"statements/{DERIVED}")
    out.write(part)
    left_out = [{"kind": each.kind, "value": each.value, "sharers": each.sharers} for each in wide]
    (part / "widely_shared.json").write_text(json.dumps(left_out, ensure_ascii=False), "utf-8")
    return DatasetTables.read(part)


def _codes(names: Sequence[str]) -> dict[str, int]:
    return {name: bit for bit, name in enumerate(sorted(names))}


def _names(entities: Iterable[Entity]) -> Iterator[NameRecord]:
    """Every name of everything that can be asked for by name."""
    for entity in entities:
        yield from _names_of(entity)


def _names_of(entity: Entity) -> Iterator[NameRecord]:
    for prop in NAME_PROPERTIES:
        for item in entity.properties.get(prop, ()):
            yield NameRecord(
                entity_id=entity.id,
                schema=entity.schema_,
                name=item.value,
                property=prop,
                dataset=item.sources[0] if item.sources else "",
                scope=item.scope,
                lang=item.lang,
            )


def _judgements(ledger: Ledger) -> tuple[dict[tuple[str, str], Judged], str]:
    """The judgements that stand, and a digest of them: the snapshot's ledger position."""
    states = {
        Judgement.POSITIVE: Status.CONFIRMED,
        Judgement.NEGATIVE: Status.REJECTED,
        Judgement.UNSURE: Status.PROPOSED,
    }
    with ledger.reading() as connection:
        rows = list_as_of(connection)
    decided = settle(rows)
    judged = {
        pair: Judged(
            states[decided[pair]], row.actor, row.created_at.date().isoformat(), row.reason
        )
        for row in rows
        if decided[pair := (row.left_id, row.right_id)] is row.judgement
    }
    basis = json.dumps(
        [
            [*pair, each.status, each.by, each.on, each.reason]
            for pair, each in sorted(judged.items())
        ]
    )
    digest = hashlib.sha256(basis.encode()).hexdigest()[:16]
    return judged, f"{len(judged)}-{digest}" if judged else "0"


def _gather_issues(
    datasets: Sequence[_Dataset], projection: Projection, writer: SnapshotWriter
) -> dict[str, int]:
    """Copy the issues of the loads and add those of the build; the numbers by code."""
    part = writer.part("issues")
    counts: dict[str, int] = {}
    for each in datasets:
        text = (each.staged / "issues.jsonl").read_text("utf-8")
        (part / f"{each.entry.dataset}.jsonl").write_text(text, "utf-8")
        for line in text.splitlines():
            code = json.loads(line)["code"]
            counts[code] = counts.get(code, 0) + 1
    rows: list[dict[str, str | None]] = [
        {
            "level": "note",
            "code": "status-differs",
            "message": f"The file says {each.declared}; its evidence supports {each.derived}.",
            "entity_id": each.relation_id,
            "locator": each.locator,
        }
        for each in projection.differences
    ]
    notes: list[dict[str, str | None]] = [
        {"level": "note", "code": "build", "message": each, "entity_id": None, "locator": None}
        for each in projection.notes
    ]
    rows += notes
    lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    (part / "build.jsonl").write_text(lines, "utf-8")
    for row in rows:
        counts[str(row["code"])] = counts.get(str(row["code"]), 0) + 1
    return dict(sorted(counts.items()))


def _count(projection: Projection) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for link in projection.links:
        kinds[link.kind] = kinds.get(link.kind, 0) + 1
    return {
        "entities": len(projection.entities),
        "listed": sum(each.listed for each in projection.entities.values()),
        "events": len(projection.events),
        **{f"{kind} links": number for kind, number in sorted(kinds.items())},
    }


def _record(ledger: Ledger, manifest: Manifest) -> None:
    versions = {each.dataset: each.version for each in manifest.datasets}
    ledger.record("snapshot.publish", {"snapshot": manifest.id, "datasets": versions})
