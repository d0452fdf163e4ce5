"""What the last download of each dataset was, so that the next one asks only for what is newer.

Kept in the archive's folder `fetched/`, one file a dataset. It is a convenience: without it, all is
downloaded again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.archive import Archive, write_atomically
from ingest.fetch import Validators


@dataclass(frozen=True, slots=True)
class LastFetch:
    """The version that a download became, and how the server knows its files."""

    version: str
    checked_at: str  # ISO 8601, UTC: when the publisher last said that this is the newest
    validators: Mapping[str, Validators]


def read_last_fetch(archive: Archive, dataset: str) -> LastFetch | None:
    """The last download of a dataset, or None when none is known or its version is gone."""
    path = _path(archive, dataset)
    if not path.is_file():
        return None
    stated = json.loads(path.read_text("utf-8"))
    if archive.find(dataset, stated["version"]) is None:
        return None
    validators = {name: Validators(**each) for name, each in stated["validators"].items()}
    return LastFetch(stated["version"], stated["checked_at"], validators)


def write_last_fetch(archive: Archive, dataset: str, last: LastFetch) -> None:
    """Remember a download of a dataset instead of the one before."""
    text = json.dumps(asdict(last), indent=2, sort_keys=True) + "\n"
    write_atomically(_path(archive, dataset), text.encode())


def _path(archive: Archive, dataset: str) -> Path:
    return archive.root / "fetched" / f"{dataset}.json"
