"""Folders of work in progress end with it; those of killed processes are swept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.scratch import GRACE, scratch_folder, sweep_scratch
from tests.data import PROJECT

LATER = datetime.now(UTC) + timedelta(days=1) + 2 * GRACE  # however late the test runs


def test_a_folder_is_gone_however_the_work_ends(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "deep", ".work-") as folder:
        (folder / "file").touch()
    with pytest.raises(KeyboardInterrupt), scratch_folder(tmp_path / "deep", ".work-"):
        raise KeyboardInterrupt
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_folder_that_was_renamed_stays(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".work-") as folder:
        folder.rename(tmp_path / "final")
    assert [path.name for path in tmp_path.iterdir()] == ["final"]


def test_a_folder_in_use_is_not_swept(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".work-") as folder:
        assert sweep_scratch(tmp_path, ".work-", LATER) == 0
        assert folder.is_dir()


def test_what_a_killed_process_left_is_swept_at_once_after_the_grace(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from ingest.scratch import scratch_folder\n"
        "with scratch_folder(Path(sys.argv[1]), '.work-') as folder:\n"
        "    (folder / 'half').touch(); print(folder, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert sweep_scratch(tmp_path, ".work-", LATER) == 0
        os.kill(process.pid, signal.SIGKILL)
    assert folder.is_dir()
    assert sweep_scratch(tmp_path, ".work-", LATER - 2 * GRACE - timedelta(days=1, minutes=1)) == 0
    assert sweep_scratch(tmp_path, ".other-", LATER) == 0
    assert sweep_scratch(tmp_path, ".work-", LATER) == 1
    assert list(tmp_path.iterdir()) == []
