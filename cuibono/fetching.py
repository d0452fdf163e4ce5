"""From a publisher's address to a loaded version, by what has changed since the last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import ChecksumMismatch, ConfigurationError
from ingest.archive import hash_file
from ingest.catalog import get_source, require_entry
from ingest.fetch import fetch
from ingest.fetched import LastFetch, read_last_fetch, write_last_fetch
from ingest.load import LoadReport, Progress, report_known, utc_now
from ingest.scratch import scratch_folder, sweep_scratch

if TYPE_CHECKING:
    from cuibono.workspace import Workspace

FETCHED = ".fetch-"


def fetch_dataset(
    workspace: Workspace,
    dataset: str,
    *,
    origin: Path | str | None,
    sha256: Mapping[str, str],
    accept_shrink: bool,
    progress: Progress,
) -> LoadReport:
    """Download and load a dataset; see `Workspace.fetch`."""
    if origin is not None and not str(origin).startswith(("http://", "https://")):
        _require_digests(dataset, Path(origin), sha256)
        return workspace.load(dataset, origin, accept_shrink=accept_shrink, progress=progress)
    urls = _require_urls(dataset)
    root, archive = workspace.root, workspace.archive
    last = read_last_fetch(archive, dataset)
    sweep_scratch(root, FETCHED, utc_now())
    with scratch_folder(root, FETCHED) as folder:
        fetched = fetch(
            dataset, urls, folder, sha256=sha256, tell=progress,
            base_url=None if origin is None else str(origin),
            known=last.validators if last and not sha256 else None,
        )  # fmt: skip
        checked_at = utc_now().isoformat(timespec="seconds")
        if last is not None and not fetched.files:
            write_last_fetch(archive, dataset, replace(last, checked_at=checked_at))
            return _report_last(workspace, dataset, last)
        report = workspace.load(dataset, folder, accept_shrink=accept_shrink, progress=progress)
    newest = LastFetch(report.version, checked_at, fetched.validators)
    write_last_fetch(archive, dataset, newest)
    return replace(report, downloaded=True)


def _require_digests(dataset: str, location: Path, sha256: Mapping[str, str]) -> None:
    """Refuse files of this machine that have other digests than the given ones."""
    files = get_source(dataset, location).find_files(location) if sha256 else {}
    for name, expected in sha256.items():
        if name not in files:
            known = ", ".join(files)
            raise ConfigurationError(f"No file {name!r} is there; known: {known}.")
        actual = hash_file(files[name])
        if actual != expected.lower():
            raise ChecksumMismatch(
                f"{files[name].name} has SHA-256 {actual}, not the given {expected}; compare with "
                "what the publisher states. Nothing is loaded.",
                expected=expected, actual=actual,
            )  # fmt: skip


def _report_last(workspace: Workspace, dataset: str, last: LastFetch) -> LoadReport:
    """The report of a download that its publisher says is still the newest."""
    known = workspace.archive.find(dataset, last.version)
    assert known is not None  # noqa: S101 - else it would not have been remembered
    source = get_source(dataset, None)
    report = report_known(workspace.archive, source, known, workspace.root / "statements")
    return replace(report, downloaded=False)


def _require_urls(dataset: str) -> Mapping[str, str]:
    """Where a dataset is published.

    Raises:
        ConfigurationError: When its publisher gives no stable address.
    """
    entry = require_entry(dataset)
    if not entry.urls:
        page = f" from {entry.page}" if entry.page else ""
        raise ConfigurationError(
            f"{dataset} has no stable address; download it by hand{page} and use `cuibono load "
            f"{dataset} --from PATH`."
        )
    return entry.urls
