"""Which two loaded versions a person means, and the difference between them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from cuibono.differences import ListDifference, compare_versions
from cuibono.loaded import describe_version, require_staged
from cuibono.overlap import MAX_STATEMENTS, compare_lists
from graph.errors import ConfigurationError
from graph.statements import DatasetVersion
from ingest.archive import Archive, chronology

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def compare_loaded(
    root: Path, dataset: str, named: tuple[str | None, str | None], *, against: str | None
) -> ListDifference:
    """The difference between two loaded versions of a dataset, or between those of two.

    Args:
        root: The workspace.
        named: How the versions are named, see `require_version`.
        against: The dataset of the second version; default: the same.

    Raises:
        ConfigurationError: When a version is not there, or the two have nothing in common.
    """
    archive = Archive(root / "archive")
    if against is None or against == dataset:
        pair = require_pair(archive, dataset, *named)
    else:
        pair = (require_version(archive, dataset, named[0]),
                require_version(archive, against, named[1]))  # fmt: skip
        for version in pair:
            _require_small(archive, version)
    folders = [require_staged(root, version) for version in pair]
    now = datetime.now(UTC)
    left, right = (describe_version(version, archive, now) for version in pair)
    if left.dataset == right.dataset:
        return compare_versions(left, right, *folders)
    return compare_lists(left, right, *folders)


def _require_small(archive: Archive, version: DatasetVersion) -> None:
    statements = archive.counts(version)["statements"]
    if statements > MAX_STATEMENTS:
        raise ConfigurationError(
            f"{version.dataset} has {statements:,} statements; two datasets are compared up to "
            f"{MAX_STATEMENTS:,} each. Two versions of one dataset are compared whatever their "
            "size."
        )


def require_version(archive: Archive, dataset: str, wanted: str | None) -> DatasetVersion:
    """The version of a dataset that a person means.

    Args:
        wanted: The beginning of a version's id, or a day: the version that stood on that day.
            Default: the newest.

    Raises:
        ConfigurationError: When there is none, or the beginning fits several; lists those that
            there are.
    """
    versions = archive.versions(dataset)
    if not versions:
        loaded = ", ".join(archive.datasets()) or "none"
        raise ConfigurationError(f"No dataset {dataset!r} is loaded; loaded: {loaded}.")
    if wanted is None:
        return versions[-1]
    if _DAY.fullmatch(wanted):
        found = [each for each in versions if chronology(each)[0] <= wanted][-1:]
    else:
        found = [each for each in versions if each.version.startswith(wanted.lower())]
    if len(found) != 1:
        there = ", ".join(f"{each.version} ({chronology(each)[0]})" for each in versions)
        fault = "fits several versions" if found else "is no version"
        raise ConfigurationError(
            f"{wanted!r} {fault} of {dataset}; give the beginning of an id, or a day on which a "
            f"version stood: {there}."
        )
    return found[0]


def require_pair(
    archive: Archive, dataset: str, first: str | None, second: str | None
) -> tuple[DatasetVersion, DatasetVersion]:
    """Two versions of one dataset; default: the last two, or the first one and the newest.

    Raises:
        ConfigurationError: When there are not two.
    """
    newer = require_version(archive, dataset, second)
    if first is not None:
        older = require_version(archive, dataset, first)
    else:
        older = ([newer, *archive.versions(dataset)[:-1]])[-1]
    if len(archive.versions(dataset)) == 1:
        raise ConfigurationError(
            f"Only version {newer.version} of {dataset} is loaded; load another one to compare it."
        )
    if older.version == newer.version:
        raise ConfigurationError(
            f"Both are version {newer.version} of {dataset}; name two versions."
        )
    return older, newer
