"""Killed at any moment, a load leaves the archive as it was, and the next load works.

Strategy: a forked child loads versions one after another; the test kills it with SIGKILL after a
random time and looks at what is there. Forked, since starting Python takes longer than a load.
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import load as loading
from ingest.archive import STALE_AFTER, Archive, hash_file
from ingest.load import LoadReport, load, utc_now
from ingest.scratch import GRACE
from ingest.sources.us_ofac.csv import OfacSource
from tests.ingest.ofac_files import party, write_list

DATASET = "us_ofac_sdn"
KILLS = 25
VERSIONS = 400  # more than any child comes to load


def _write(root: Path, number: int) -> Path:
    parties = [party(uid, f"GHOST {uid} {number}", remarks="DOB 1963.") for uid in range(1, 60)]
    return write_list(root / "lists" / str(number), parties)


def _load(root: Path, number: int, now: datetime | None = None) -> LoadReport:
    return load(
        Archive(root / "archive"), OfacSource(DATASET), root / "lists" / str(number),
        staging=root / "staging", clock=(lambda: now) if now else utc_now,
    )  # fmt: skip


def _kill_after(root: Path, first: int, seconds: float) -> None:
    child = os.fork()
    if child == 0:
        try:
            for number in range(first, VERSIONS):
                _load(root, number)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_killed_load_leaves_nothing_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "read_catalog", dict)
    for number in range(VERSIONS):
        _write(tmp_path, number)
    archive, draw = Archive(tmp_path / "archive"), random.Random(2)  # noqa: S311 - not secret
    started = time.perf_counter()
    _load(tmp_path, 0)
    one_load = time.perf_counter() - started
    left = 0
    for _ in range(KILLS):
        first = len(archive.versions(DATASET))
        _kill_after(tmp_path, first, draw.uniform(0, 3 * one_load))
        versions = archive.versions(DATASET)
        assert first <= len(versions)
        for version in versions:  # whatever is recorded is there whole
            for sha in version.files.values():
                assert hash_file(archive.file(sha)) == sha
            folder = tmp_path / "staging" / DATASET / version.version
            assert {path.name for path in folder.iterdir()} >= {
                "statements.parquet",
                "version.json",
            }
        left += any((tmp_path / "staging" / DATASET).glob(".partial-*"))
        later = datetime.now(UTC) + max(2 * GRACE, STALE_AFTER + timedelta(minutes=1))
        assert _load(tmp_path, len(versions), later).new
        assert not list((tmp_path / "staging" / DATASET).glob(".partial-*"))
        assert not list(archive.root.rglob(".*.partial"))
    print(f"{KILLS} kills: {left} inside a load")  # noqa: T201
    assert left > KILLS // 4, "the kills came between loads, not inside"


def test_an_interrupted_load_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "read_catalog", dict)
    _write(tmp_path, 0)

    for stage in ("checking files", "reading", "writing tables", "counting", "archiving"):

        def interrupt(told: str, _done: int, _total: int, stage: str = stage) -> None:
            if told == stage:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            load(
                Archive(tmp_path / "archive"), OfacSource(DATASET), tmp_path / "lists" / "0",
                staging=tmp_path / "staging", progress=interrupt,
            )  # fmt: skip
        kept = [path for name in ("archive", "staging") for path in (tmp_path / name).rglob("*")
                if path.is_file()]  # fmt: skip
        assert kept == []
    assert _load(tmp_path, 0).new
