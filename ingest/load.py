"""From published files to a staged dataset version: all of it or nothing.

The files are parsed into a directory beside the final one; only when every check holds are they
archived, the directory renamed into place, and the version recorded, in this order. A version that
is not recorded does not exist, whatever a killed process left on the disk.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from graph.bulk import bulk
from graph.errors import SourceError
from graph.statements import DatasetVersion, StatementWriter, read_column
from ingest.archive import Archive, Fingerprint, chronology, name_version, take_fingerprint
from ingest.catalog import CASE_PREFIX, format_of, read_catalog
from ingest.checks import check_bounds, check_filled, check_shares, check_shrink
from ingest.counts import count_tables
from ingest.delta import Delta, compare
from ingest.published import find_publication, require_day
from ingest.scratch import scratch_folder, sweep_scratch
from ingest.source import IssueLog, Source
from ingest.unpack import Meter, measured

PARTIAL = ".partial-"

Clock = Callable[[], datetime]
# Told the stage, and how many bytes of how many are done; 0 of 0 where that is not measured.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did."""

    dataset: str
    version: str
    published: str | None
    published_from: str  # "given", "file", "name", "record" or "unknown"
    new: bool
    counts: Mapping[str, Any]  # entities, statements, relations, evidence, schemata {name: number}
    issues: Mapping[str, int]  # by code
    previous: str | None  # the version before it in time
    delta: Delta
    warnings: tuple[str, ...] = ()
    downloaded: bool | None = None  # False: its publisher says that nothing has changed since


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


def _unwatched(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def load(
    archive: Archive,
    source: Source,
    location: Path,
    *,
    published: str | None = None,
    staging: Path,
    accept_shrink: bool = False,
    clock: Clock = utc_now,
    progress: Progress = _unwatched,
) -> LoadReport:
    """Load the files at a location as a version of the source's dataset.

    The same content again, plain, gzipped or zipped, changes nothing.

    Args:
        published: Day of publication, an ISO day that is not in the future; default: the day that
            the file states, a date in the name of the folder or of a file, else unknown.
        staging: Folder of staged versions; the tables go to `staging/<dataset>/<version>/`.
        accept_shrink: Load a list that lost more than a fifth all the same.
        clock: The time now: that of retrieval when the version is new.
        progress: Told how far the load is, often.

    Raises:
        ParseError: When a file is not what its format says; nothing is recorded.
        AssertionFailed: When an expected count does not hold; nothing is recorded.
        ConfigurationError: When `published` is not a day, or is in the future.
    """
    now = clock().astimezone(UTC)
    if published:
        require_day(published, now.date())
    files = source.find_files(location)
    sweep_scratch(staging / source.dataset, PARTIAL, now)
    archive.sweep(now)
    with _measured("checking files", files, progress):
        prints = {
            canonical: take_fingerprint(path, canonical, source.dataset)
            for canonical, path in sorted(files.items())
        }
    name = name_version(prints)
    known = archive.find(source.dataset, name)
    if known is not None:
        return report_known(archive, source, known, staging, published=published)
    publication = find_publication(published, source, location, files, now.date())
    version = DatasetVersion(
        dataset=source.dataset,
        version=name,
        published=publication.day,
        retrieved_at=_moment(archive, source.dataset, now),
        files={canonical: each.sha256 for canonical, each in prints.items()},
    )
    previous = _previous(archive, version)
    with scratch_folder(staging / source.dataset, PARTIAL) as partial:
        issues = _stage(source, files, version, partial, progress)
        progress("counting", 0, 0)
        counts = {**count_tables(partial), "lines": _lines(prints)}
        warnings = _check(version, counts, archive, previous, accept_shrink=accept_shrink)
        before = _staged(archive, previous, source, staging) if previous else None
        delta = Delta()
        if before:
            progress("comparing with the version before", 0, 0)
            delta = compare(before, partial)
            warnings += _warn_of_replacement(source.dataset, before, delta)
        warnings += _warn_of_files(partial, version) + _warn_of_newer(archive, version)
        progress("archiving", 0, 0)
        _archive(archive, files, version)
        _rename(partial, Paths(staging).of(source.dataset, name))
    archive.record(version, {**counts, "issues": issues})
    return LoadReport(
        source.dataset, name, publication.day, publication.origin, True, counts, issues,
        previous.version if previous else None, delta, (*publication.warnings, *warnings),
    )  # fmt: skip


def _lines(prints: Mapping[str, Fingerprint]) -> dict[str, int]:
    return {name: each.lines for name, each in prints.items() if each.lines is not None}


@contextmanager
def _measured(stage: str, files: Mapping[str, Path], progress: Progress) -> Iterator[None]:
    """Within this block, what is read of the files is told as progress of a stage."""
    total = sum(path.stat().st_size for path in files.values())
    progress(stage, 0, total)

    def tell(read: int, whole: int) -> None:
        progress(stage, min(read, whole), whole)  # a file may be looked into twice

    with measured(Meter(total, tell)):
        yield


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
    with scratch_folder(staging / version.dataset, PARTIAL) as partial:
        _stage(source, files, version, partial)
        _rename(partial, target)
    return target


def _stage(
    source: Source,
    files: Mapping[str, Path],
    version: DatasetVersion,
    directory: Path,
    progress: Progress = _unwatched,
) -> dict[str, int]:
    """Write tables, issues and version into a directory; the numbers of issues by code."""
    writer, issues = StatementWriter(version), IssueLog()
    writer.spill_to(directory)
    with bulk():
        with _measured("reading", files, progress):
            source.parse(files, writer, issues)
        progress("writing tables", 0, 0)
        rejected = writer.write(directory)
    for entity_id, prop, value in rejected:
        issues.note("rejected-value", f"{prop} {value!r} does not fit its type; not kept.",
                    entity_id=entity_id)  # fmt: skip
    for prop, number in writer.unlisted.items():
        issues.note("rejected-value", f"{number:,} more values of {prop} do not fit their type; "
                    "not kept.")  # fmt: skip
    with (directory / "issues.jsonl").open("w", encoding="utf-8") as lines:
        for issue in issues.issues:
            lines.write(json.dumps(asdict(issue), ensure_ascii=False, sort_keys=True) + "\n")
    text = json.dumps(asdict(version), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (directory / "version.json").write_text(text, "utf-8")
    return dict(sorted(Counter(issue.code for issue in issues.issues).items()))


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
    warnings += check_filled(version.dataset, entry.filled, counts)
    if previous:
        before = archive.counts(previous)
        warnings += check_shrink(version.dataset, counts, before, accept=accept_shrink)
        warnings += check_shares(version.dataset, counts, before, accept=accept_shrink)
    return warnings


def _warn_of_files(directory: Path, version: DatasetVersion) -> list[str]:
    """The issues that concern a whole file: they may change every answer, so they are shown."""
    with (directory / "issues.jsonl").open(encoding="utf-8") as lines:
        issues = (json.loads(line) for line in lines)
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
    if not dataset.startswith(CASE_PREFIX):
        return []  # nor are the relations of a registry, which are millions, read for nothing
    relations = set(read_column(pq.read_table(before / "relations.parquet", columns=["id"]), "id"))
    if not relations or relations - set(delta.removed):
        return []
    return [
        f"This replaces all of {dataset}: no relation of the version before is left; give another "
        "case another folder name."
    ]


def report_known(
    archive: Archive,
    source: Source,
    known: DatasetVersion,
    staging: Path,
    *,
    published: str | None = None,
) -> LoadReport:
    """The report of a version that is there already; its tables are made again if they are gone."""
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
    """The version before this one in time, which need not be the one loaded before it.

    Of the same format: another one states more or less of the same list, which is no change.
    """
    own = format_of(version.dataset, version.files.keys())
    earlier = [each for each in archive.versions(version.dataset)
               if chronology(each) < chronology(version)
               and format_of(each.dataset, each.files.keys()) == own]  # fmt: skip
    return earlier[-1] if earlier else None


def _staged(archive: Archive, version: DatasetVersion, source: Source, staging: Path) -> Path:
    """The staged directory of a recorded version, rebuilt when it is gone."""
    directory = Paths(staging).of(version.dataset, version.version)
    return directory if directory.is_dir() else restage(archive, source, version, staging)


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
