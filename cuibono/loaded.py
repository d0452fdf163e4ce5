"""What a workspace holds, described for people: what is loaded, what is published, issues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from casework.model import ListVersion
from cuibono.meta import is_stale
from graph.dates import from_day, parse_span
from graph.errors import ConfigurationError
from graph.model import Frozen
from graph.snapshot import Snapshot, current_id, list_snapshots
from graph.statements import DatasetVersion
from ingest.archive import Archive
from ingest.catalog import describe, get_source, read_catalog
from ingest.fetched import read_last_fetch
from ingest.load import Paths, restage

BUILD = "build"  # what the build itself logged, beside the datasets


class LoadedDataset(Frozen):
    """The newest loaded version of a dataset, and whether the live snapshot holds it.

    `age_days` counts from the day of publication, else from retrieval. `checked_at`: when its
    publisher was last asked and said that this is the newest; None when it was never fetched.
    """

    source: ListVersion
    in_snapshot: bool
    age_days: int = 0
    refresh_hours: int | None = None
    checked_at: str | None = None


class WorkspaceStatus(Frozen):
    """What a workspace holds. `build_due`: something loaded is not in the live snapshot."""

    workspace: str
    store: str
    snapshot: str | None
    created_at: str | None
    snapshots: int
    datasets: tuple[LoadedDataset, ...]
    build_due: bool


class LoadedIssue(Frozen):
    """Something in a published file that a person should know about."""

    dataset: str
    version: str
    level: str
    code: str
    message: str
    entity_id: str | None = None
    locator: str | None = None


def describe_workspace(root: Path, store: str) -> WorkspaceStatus:
    """What is loaded, what is published, and whether a build is due."""
    archive, manifests, live = Archive(root / "archive"), list_snapshots(root), current_id(root)
    manifest = next((each for each in manifests if each.id == live), None)
    built = {(each.dataset, each.version) for each in (manifest.datasets if manifest else ())}
    newest = [archive.versions(dataset)[-1] for dataset in archive.datasets()]
    now = datetime.now(UTC)
    datasets = tuple(
        _describe_loaded(version, archive, now, built=(version.dataset, version.version) in built)
        for version in newest
    )
    return WorkspaceStatus(
        workspace=str(root),
        store=store,
        snapshot=manifest.id if manifest else None,
        created_at=manifest.created_at if manifest else None,
        snapshots=len(manifests),
        datasets=datasets,
        build_due=any(not each.in_snapshot for each in datasets),
    )


def _describe_loaded(
    version: DatasetVersion, archive: Archive, now: datetime, *, built: bool
) -> LoadedDataset:
    entry = read_catalog().get(version.dataset)
    last = read_last_fetch(archive, version.dataset)
    return LoadedDataset(
        source=describe_version(version, archive, now),
        in_snapshot=built,
        age_days=count_days(version, now),
        refresh_hours=entry.refresh_hours if entry else None,
        checked_at=last.checked_at if last and last.version == version.version else None,
    )


def count_days(version: DatasetVersion, now: datetime) -> int:
    """Whole days since a version was published, at the latest; since it was fetched if unstated."""
    day = from_day(parse_span(version.published).latest) if version.published else None
    known = date.fromisoformat(day or version.retrieved_at[:10])
    return max((now.date() - known).days, 0)


def describe_version(version: DatasetVersion, archive: Archive, now: datetime) -> ListVersion:
    """One loaded version, as answers name it."""
    entry = read_catalog().get(version.dataset)
    hours = entry.refresh_hours if entry else None
    return ListVersion(
        dataset=version.dataset,
        title=describe(version.dataset, lambda: archive.files(version)).title,
        version=version.version,
        published=version.published,
        retrieved_at=version.retrieved_at,
        files=dict(version.files),
        licence=entry.licence if entry else None,
        records=archive.counts(version)["entities"],
        stale=is_stale(version.published, version.retrieved_at, hours, now),
    )


def require_staged(root: Path, version: DatasetVersion) -> Path:
    """The tables of a version; they may be deleted at any time, and are made again."""
    folder = Paths(root / "statements").of(version.dataset, version.version)
    if folder.is_dir():
        return folder
    archive = Archive(root / "archive")
    location = archive.file(next(iter(version.files.values())))
    source = get_source(version.dataset, location)
    return restage(archive, source, version, root / "statements")


def iter_loaded_issues(root: Path, dataset: str | None) -> Iterator[LoadedIssue]:
    """What the loads of the newest versions logged, whether built or not.

    Raises:
        ConfigurationError: When no such dataset is loaded.
    """
    archive = Archive(root / "archive")
    names = archive.datasets()
    if dataset is not None and dataset not in names:
        raise ConfigurationError(f"No dataset {dataset!r} is loaded; known: {', '.join(names)}.")
    for name in [dataset] if dataset else names:
        version = archive.versions(name)[-1]
        folder = require_staged(root, version)
        yield from _read_issues(folder / "issues.jsonl", name, version.version)


def _read_issues(path: Path, dataset: str, version: str) -> Iterator[LoadedIssue]:
    with path.open(encoding="utf-8") as lines:
        for text in lines:
            yield LoadedIssue(dataset=dataset, version=version, **json.loads(text))


def iter_issues(snapshot: Snapshot, dataset: str | None) -> Iterator[LoadedIssue]:
    """What the loads of a snapshot and its build logged, in the order of the files.

    Raises:
        ConfigurationError: When the snapshot holds no such dataset.
    """
    versions = {each.dataset: each.version for each in snapshot.manifest.datasets}
    versions[BUILD] = snapshot.manifest.id
    if dataset is not None and dataset not in versions:
        raise ConfigurationError(
            f"No dataset {dataset!r} is in the live snapshot; known: {', '.join(versions)}."
        )
    for name in [dataset] if dataset else versions:
        path = snapshot.directory / "issues" / f"{name}.jsonl"
        yield from _read_issues(path, name, versions[name])
