"""The build: from archived files and judgements to a published snapshot, stage by stage.

One build at a time in a workspace. Nothing that readers see changes until the last step replaces
`current`; a build that is killed leaves the previous snapshot serving.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from casework.issues import gather_issues
from casework.ledger import Ledger
from casework.reading import Dataset, read_datasets
from entity_resolution.index_build import NameRecord, build_index
from entity_resolution.judgements import Judgement, list_as_of, settle
from entity_resolution.resolve import derive_links, find_shared, propose_identities
from graph.bulk import bulk
from graph.embedded.writer import write_network
from graph.errors import StoreUnavailable
from graph.model import Entity, Status
from graph.project import Difference, Judged, Projection, project
from graph.snapshot import (
    Manifest,
    SnapshotWriter,
    publish,
    sweep_unfinished,
    write_snapshot,
)
from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.archive import Archive

DERIVED = "derived"
ACTOR = "cuibono build"
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
                datasets = read_datasets(archive, root / "statements", writer)
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
                issues = gather_issues(datasets, projection, writer)
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


def _derive(datasets: Sequence[Dataset], writer: SnapshotWriter) -> DatasetTables:
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
