"""From published files to a staged dataset version: all of it or nothing.

The files are parsed into a directory beside the final one; only when every check holds are they
archived, the directory renamed into place, and the version recorded, in this order. A version that
is not recorded does not exist, whatever a killed process left on the disk.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.bulk import bulk
from graph.dates import parse_span
from graph.errors import AssertionFailed, ConfigurationError, SourceError
from graph.statements import DatasetVersion, StatementWriter, read_column
from ingest.archive import Archive, chronology, hash_file, version_of
from ingest.catalog import read_catalog
from ingest.delta import Delta, compare
from ingest.source import IssueLog, Source

# requirements.md I23: a list that lost more than a fifth is a broken file until a person says not.
SHRINK_LIMIT = 0.2
SHRINK_FEW = 5  # so few may go from a short list without a word
_SHRINK_METRICS = ("entities", "statements", "relations")
_DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did."""

    dataset: str
    version: str
    published: str | None
    published_from: str  # "given", "name", "record" or "unknown"
    new: bool
    counts: Mapping[str, Any]  # entities, statements, relations, evidence, schemata {name: number}
    issues: Mapping[str, int]  # by code
    previous: str | None  # the version before it in time
    delta: Delta
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the staged directory of a version is."""

    staging: Path

    def of(self, dataset: str, version: str) -> Path:
        """The directory of one version's tables."""
        return self.staging / dataset / version


def utc_now() -> datetime:
    """The default clock."""
    return datetime.now(UTC)


def load(
    archive: Archive,
    source: Source,
    location: Path,
    *,
    published: str | None = None,
    staging: Path,
    accept_shrink: bool = False,
    clock: Clock = utc_now,
) -> LoadReport:
    """Load the files at a location as a version of the source's dataset.

    The same content again, plain or gzipped, changes nothing.

    Args:
        published: Day of publication, an ISO date or its prefix; default: a date in the name of
            the folder or of a file, else unknown.
        staging: Folder of staged versions; the tables go to `staging/<dataset>/<version>/`.
        accept_shrink: Load a list that lost more than `SHRINK_LIMIT` all the same.
        clock: Time of retrieval of a version that is loaded for the first time.

    Raises:
        ParseError: When a file is not what its format says; nothing is recorded.
        AssertionFailed: When an expected count does not hold; nothing is recorded.
        ConfigurationError: When `published` is not a date.
    """
    files = source.find_files(location)
    name = version_of(files, source.dataset)
    known = archive.find(source.dataset, name)
    if known is not None:
        return _report_known(archive, source, known, published, staging)
    day, origin = _publication_day(published, location, files)
    version = DatasetVersion(
        dataset=source.dataset,
        version=name,
        published=day,
        retrieved_at=clock().astimezone(UTC).isoformat(timespec="seconds"),
        files={canonical: hash_file(path) for canonical, path in sorted(files.items())},
    )
    previous = _previous(archive, version)
    with _partial_directory(staging / source.dataset) as partial:
        issues, counts = _stage(source, files, version, partial)
        warnings = _check(version, counts, archive, previous, accept_shrink=accept_shrink)
        before = _staged(archive, previous, source, staging) if previous else None
        delta = compare(before, partial) if before else Delta()
        _archive(archive, files, version)
        _rename(partial, Paths(staging).of(source.dataset, name))
    archive.record(version, {**counts, "issues": issues})
    return LoadReport(
        source.dataset, name, day, origin, True, counts, issues,
        previous.version if previous else None, delta, tuple(warnings),
    )  # fmt: skip


def _archive(archive: Archive, files: Mapping[str, Path], version: DatasetVersion) -> None:
    """Keep the files, and make sure that they are still the ones that were read."""
    for name, path in files.items():
        if archive.keep(path) != version.files[name]:
            raise SourceError(
                f"{name} was replaced while it was read; load again when it is at rest.",
                dataset=version.dataset,
            )


def restage(archive: Archive, source: Source, version: DatasetVersion, staging: Path) -> Path:
    """Build a version's staged directory again from the archive alone, byte for byte the same.

    Returns:
        The directory.

    Raises:
        ConfigurationError: When a file is gone from the archive.
        ChecksumMismatch: When a file in the archive has changed.
    """
    files = {name: archive.file(sha, verify=True) for name, sha in version.files.items()}
    target = Paths(staging).of(version.dataset, version.version)
    with _partial_directory(staging / version.dataset) as partial:
        _stage(source, files, version, partial)
        _rename(partial, target)
    return target


def _stage(
    source: Source, files: Mapping[str, Path], version: DatasetVersion, directory: Path
) -> tuple[dict[str, int], dict[str, Any]]:
    """Write tables, issues and version into a directory; the numbers of issues and of entities."""
    writer, issues = StatementWriter(version), IssueLog()
    with bulk():
        source.parse(files, writer, issues)
        rejected = writer.write(directory)
    for entity_id, prop, value in rejected:
        issues.note("rejected-value", f"{prop} {value!r} does not fit its type; not kept.",
                    entity_id=entity_id)  # fmt: skip
    lines = [json.dumps(asdict(issue), ensure_ascii=False, sort_keys=True) + "\n"
             for issue in issues.issues]  # fmt: skip
    (directory / "issues.jsonl").write_text("".join(lines), "utf-8")
    text = json.dumps(asdict(version), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (directory / "version.json").write_text(text, "utf-8")
    codes = Counter(issue.code for issue in issues.issues)
    return dict(sorted(codes.items())), _count(directory)


def _count(directory: Path) -> dict[str, Any]:
    table = pq.read_table(directory / "statements.parquet", columns=["entity_id", "schema"])
    pairs = table.group_by(["entity_id", "schema"], use_threads=False).aggregate([])
    schemata = Counter(read_column(pairs, "schema"))
    return {
        "entities": pc.count_distinct(pairs["entity_id"]).as_py(),
        "statements": table.num_rows,
        "relations": pq.read_metadata(directory / "relations.parquet").num_rows,
        "evidence": pq.read_metadata(directory / "evidence.parquet").num_rows,
        "schemata": dict(sorted(schemata.items())),
    }


def _check(
    version: DatasetVersion,
    counts: Mapping[str, Any],
    archive: Archive,
    previous: DatasetVersion | None,
    *,
    accept_shrink: bool,
) -> list[str]:
    entry = read_catalog().get(version.dataset)
    if entry is None:
        return []  # a case file: its author decides how large it is
    warnings = []
    for schema, bounds in entry.expected.items():
        actual = counts["schemata"].get(schema, 0)
        if actual < bounds.minimum:
            raise AssertionFailed(
                f"{version.dataset} has {actual} entities of {schema}, at least {bounds.minimum} "
                "are expected; the files are not the whole list: download them again.",
                metric=schema, expected=bounds.minimum, actual=actual, dataset=version.dataset,
            )  # fmt: skip
        if actual > bounds.maximum:
            warnings.append(f"{actual} entities of {schema}, at most {bounds.maximum} expected.")
    if previous:
        warnings += _check_shrink(version, counts, archive.counts(previous), accept_shrink)
    return warnings


def _check_shrink(
    version: DatasetVersion, counts: Mapping[str, Any], before: Mapping[str, Any], accept: bool
) -> list[str]:
    pairs = [(metric, before[metric], counts[metric]) for metric in _SHRINK_METRICS]
    pairs.append(("Sanction", before["schemata"].get("Sanction", 0),
                  counts["schemata"].get("Sanction", 0)))  # fmt: skip
    warnings = []
    for metric, old, new in pairs:
        if new >= old * (1 - SHRINK_LIMIT) or old - new < SHRINK_FEW:
            continue
        fault = f"{version.dataset} shrank from {old} to {new} ({metric})"
        if not accept:
            raise AssertionFailed(
                f"{fault}, by more than {SHRINK_LIMIT:.0%}; check the files, and load them with "
                "--accept-shrink if the publisher did remove so many.",
                metric=metric, expected=old, actual=new, dataset=version.dataset,
            )  # fmt: skip
        warnings.append(f"{fault}; accepted.")
    return warnings


def _report_known(
    archive: Archive, source: Source, known: DatasetVersion, published: str | None, staging: Path
) -> LoadReport:
    _staged(archive, known, source, staging)
    counts = archive.counts(known)
    issues = counts.pop("issues", {})
    warnings = []
    if published and published != known.published:
        day = known.published or "on an unknown day"
        warnings.append(f"Recorded as published {day}; {published} is not taken over.")
    previous = _previous(archive, known)
    return LoadReport(
        known.dataset, known.version, known.published, "record", False, counts, issues,
        previous.version if previous else None, Delta(), tuple(warnings),
    )  # fmt: skip


def _previous(archive: Archive, version: DatasetVersion) -> DatasetVersion | None:
    """The version before this one in time, which need not be the one loaded before it."""
    earlier = [each for each in archive.versions(version.dataset)
               if chronology(each) < chronology(version)]  # fmt: skip
    return earlier[-1] if earlier else None


def _staged(archive: Archive, version: DatasetVersion, source: Source, staging: Path) -> Path:
    """The staged directory of a recorded version, rebuilt when it is gone."""
    directory = Paths(staging).of(version.dataset, version.version)
    return directory if directory.is_dir() else restage(archive, source, version, staging)


def _publication_day(
    given: str | None, location: Path, files: Mapping[str, Path]
) -> tuple[str | None, str]:
    if given:
        try:
            parse_span(given)
        except ValueError as exc:
            raise ConfigurationError(f"The day of publication is wrong: {exc}") from exc
        return given, "given"
    resolved = location.resolve()
    folders = (resolved.name,) if resolved.is_dir() else (resolved.name, resolved.parent.name)
    for text in (*folders, *(path.name for path in files.values())):
        for match in _DAY.finditer(text):
            try:
                return date.fromisoformat(match[1]).isoformat(), "name"
            except ValueError:
                continue
    return None, "unknown"


@contextmanager
def _partial_directory(parent: Path) -> Iterator[Path]:
    """A fresh directory beside the final ones, gone afterwards unless it was renamed."""
    parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=parent, prefix=".partial-"))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _rename(partial: Path, target: Path) -> None:
    """Put a finished directory in its place; what a killed load left there gives way."""
    for path in partial.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    partial.chmod(0o755)
    if target.exists():
        stale = partial.with_name(partial.name + "-stale")
        target.rename(stale)
        partial.rename(target)
        shutil.rmtree(stale, ignore_errors=True)
    else:
        partial.rename(target)
