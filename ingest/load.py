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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from graph.bulk import bulk
from graph.errors import ConfigurationError, SourceError
from graph.statements import DatasetVersion, StatementWriter, read_column
from ingest.archive import Archive, chronology, hash_file, version_of
from ingest.catalog import CASE_PREFIX, read_catalog
from ingest.checks import check_bounds, check_shrink
from ingest.delta import Delta, compare
from ingest.reader import read_bytes
from ingest.source import IssueLog, Source

STALE_AFTER = timedelta(hours=1)  # no load takes so long; what is older was left by a killed one
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
        published: Day of publication, an ISO day that is not in the future; default: a date in
            the name of the folder or of a file, else unknown.
        staging: Folder of staged versions; the tables go to `staging/<dataset>/<version>/`.
        accept_shrink: Load a list that lost more than a fifth all the same.
        clock: The time now: that of retrieval when the version is new.

    Raises:
        ParseError: When a file is not what its format says; nothing is recorded.
        AssertionFailed: When an expected count does not hold; nothing is recorded.
        ConfigurationError: When `published` is not a day, or is in the future.
    """
    now = clock().astimezone(UTC)
    if published:
        _require_day(published, now.date())
    files = source.find_files(location)
    _sweep(staging / source.dataset, now)
    name = version_of(files, source.dataset)
    known = archive.find(source.dataset, name)
    if known is not None:
        return _report_known(archive, source, known, published, staging)
    day, origin = _publication_day(published, location, files, now.date())
    version = DatasetVersion(
        dataset=source.dataset,
        version=name,
        published=day,
        retrieved_at=_moment(archive, source.dataset, now),
        files={canonical: hash_file(path) for canonical, path in sorted(files.items())},
    )
    previous = _previous(archive, version)
    with _partial_directory(staging / source.dataset) as partial:
        issues, counts = _stage(source, files, version, partial)
        warnings = _check(version, counts, archive, previous, accept_shrink=accept_shrink)
        before = _staged(archive, previous, source, staging) if previous else None
        delta = compare(before, partial) if before else Delta()
        if before:
            warnings += _warn_of_replacement(source.dataset, before, delta)
        warnings += _warn_of_files(partial, version) + _warn_of_newer(archive, version)
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
    sizes = {name: read_bytes(path, name).count(b"\n") for name, path in sorted(files.items())}
    return dict(sorted(codes.items())), {**_count(directory), "lines": sizes}


def _count(directory: Path) -> dict[str, Any]:
    columns = ["entity_id", "schema", "prop"]
    table = pq.read_table(directory / "statements.parquet", columns=columns)
    pairs = table.group_by(["entity_id", "schema"], use_threads=False).aggregate([])
    schemata = Counter(read_column(pairs, "schema"))
    return {
        "entities": pc.count_distinct(pairs["entity_id"]).as_py(),
        "statements": table.num_rows,
        "relations": pq.read_metadata(directory / "relations.parquet").num_rows,
        "evidence": pq.read_metadata(directory / "evidence.parquet").num_rows,
        "schemata": dict(sorted(schemata.items())),
        "properties": dict(sorted(Counter(read_column(table, "prop")).items())),
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
    warnings = check_bounds(version.dataset, entry.expected, counts)
    if previous:
        before = archive.counts(previous)
        warnings += check_shrink(version.dataset, counts, before, accept=accept_shrink)
    return warnings


def _warn_of_files(directory: Path, version: DatasetVersion) -> list[str]:
    """The issues that concern a whole file: they may change every answer, so they are shown."""
    lines = (directory / "issues.jsonl").read_text("utf-8").splitlines()
    issues = [json.loads(line) for line in lines]
    return [issue["message"] for issue in issues
            if issue["level"] == "warning" and issue["locator"] in version.files]  # fmt: skip


def _warn_of_newer(archive: Archive, version: DatasetVersion) -> list[str]:
    """Say that what was loaded is not what stands, and how to make it stand."""
    newer = [each for each in archive.versions(version.dataset)
             if chronology(each) > chronology(version)]  # fmt: skip
    if not newer:
        return []
    stands = newer[-1]
    day = f"published {stands.published}" if stands.published else "publication day not stated"
    files = " and ".join(archive.record_name(each) for each in newer)
    return [
        f"Version {stands.version} ({day}) stands over this one; if this one should stand, delete "
        f"{files} in the workspace and run `cuibono build`."
    ]


def _warn_of_replacement(dataset: str, before: Path, delta: Delta) -> list[str]:
    """Two cases in folders of one name are one dataset: the second takes the place of the first."""
    relations = set(read_column(pq.read_table(before / "relations.parquet", columns=["id"]), "id"))
    if not dataset.startswith(CASE_PREFIX) or not relations or relations - set(delta.removed):
        return []
    return [
        f"This replaces all of {dataset}: no relation of the version before is left; give another "
        "case another folder name."
    ]


def _report_known(
    archive: Archive, source: Source, known: DatasetVersion, published: str | None, staging: Path
) -> LoadReport:
    directory = _staged(archive, known, source, staging)
    counts = archive.counts(known)
    issues = counts.pop("issues", {})
    warnings = []
    if published and published != known.published:
        day = known.published or "on an unknown day"
        warnings.append(f"Recorded as published {day}; {published} is not taken over.")
    warnings += _warn_of_files(directory, known) + _warn_of_newer(archive, known)
    previous = _previous(archive, known)
    return LoadReport(
        known.dataset, known.version, known.published, "record", False, counts, issues,
        previous.version if previous else None, Delta(), tuple(warnings),
    )  # fmt: skip


def _moment(archive: Archive, dataset: str, now: datetime) -> str:
    """The time now, to the second; finer after another load in that second, to keep their order."""
    plain = now.isoformat(timespec="seconds")
    second = plain.partition("+")[0]
    taken = any(each.retrieved_at.startswith(second) for each in archive.versions(dataset))
    return now.isoformat(timespec="microseconds") if taken else plain


def _previous(archive: Archive, version: DatasetVersion) -> DatasetVersion | None:
    """The version before this one in time, which need not be the one loaded before it."""
    earlier = [each for each in archive.versions(version.dataset)
               if chronology(each) < chronology(version)]  # fmt: skip
    return earlier[-1] if earlier else None


def _staged(archive: Archive, version: DatasetVersion, source: Source, staging: Path) -> Path:
    """The staged directory of a recorded version, rebuilt when it is gone."""
    directory = Paths(staging).of(version.dataset, version.version)
    return directory if directory.is_dir() else restage(archive, source, version, staging)


def _require_day(given: str, today: date) -> None:
    """Refuse a day of publication that is none.

    It orders the versions: a list dated in the future would stand over every later one.

    Raises:
        ConfigurationError: When it is not a plain day of the calendar, or is in the future.
    """
    try:
        if not _DAY.fullmatch(given):
            raise ValueError("not of the form YYYY-MM-DD")
        day = date.fromisoformat(given)
    except ValueError as exc:
        raise ConfigurationError(
            f"The day of publication {given!r} is wrong ({exc}); give it as YYYY-MM-DD."
        ) from exc
    if day > today:
        raise ConfigurationError(
            f"The day of publication {given!r} is in the future (today is {today}); give the day "
            "on which the publisher published the files."
        )


def _publication_day(
    given: str | None, location: Path, files: Mapping[str, Path], today: date
) -> tuple[str | None, str]:
    if given:
        return given, "given"
    resolved = location.resolve()
    folders = (resolved.name,) if resolved.is_dir() else (resolved.name, resolved.parent.name)
    for text in (*folders, *(path.name for path in files.values())):
        for match in _DAY.finditer(text):
            try:
                day = date.fromisoformat(match[1])
            except ValueError:
                continue
            if day <= today:
                return day.isoformat(), "name"
    return None, "unknown"


def _sweep(parent: Path, now: datetime) -> None:
    """Remove what killed loads of this dataset left; a load that is running is younger."""
    for path in parent.glob(".partial-*"):
        if now.timestamp() - path.stat().st_mtime > STALE_AFTER.total_seconds():
            shutil.rmtree(path, ignore_errors=True)


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
