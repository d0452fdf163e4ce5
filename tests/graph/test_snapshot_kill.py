"""Killed at any moment, a build leaves the previous snapshot serving, and the next build works.

Strategy: a child process builds snapshots one after another, each of another world; the test kills
it with SIGKILL after a random time, looks at the workspace, and builds in the same place. The
children are forked from one process that has imported everything, so that each costs milliseconds.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph.snapshot import current_id, open_current, sweep_unfinished, verify_snapshot
from tests.data import PROJECT
from tests.graph.test_snapshot import build
from tests.oracle.worlds import Draw

KILLS = 30
PARENT = "from tests.graph.test_snapshot_kill import fork_builders; fork_builders()"


def fork_builders() -> None:
    """For each line (a seed) fork a builder and say its id; once it is dead say how it ended."""
    root = Path(sys.argv[1])
    for line in sys.stdin:
        first = int(line)
        child = os.fork()
        if child == 0:
            for seed in range(first, first + 10_000):
                build(root, Draw(seed).world(), note=str(seed))
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status), flush=True)  # noqa: T201


@contextmanager
def builders(root: Path) -> Iterator[subprocess.Popen[str]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(root)],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield parent
    finally:
        parent.communicate()
        assert parent.returncode == 0


def kill_later(
    parent: subprocess.Popen[str], first: int, seconds: float, root: Path, *, publishes: bool
) -> None:
    """Kill a child after some seconds, counted from its first published snapshot if it should."""
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(f"{first}\n")
    parent.stdin.flush()
    child = int(parent.stdout.readline())
    before, deadline = current_id(root), time.monotonic() + 60
    while publishes and current_id(root) == before and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert int(parent.stdout.readline()) == signal.SIGKILL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_killed_build_leaves_the_previous_snapshot_serving(tmp_path: Path) -> None:
    draw = random.Random(1)  # noqa: S311 - reproducible, not secret
    build(tmp_path, Draw(0).world(), note="first")
    started = time.perf_counter()
    build(tmp_path, Draw(1).world(), note="second")
    one_build = time.perf_counter() - started
    left = moved = 0
    with builders(tmp_path) as parent:
        for number in range(KILLS):
            before = current_id(tmp_path)
            seconds, publishes = draw.uniform(0, 2 * one_build), number % 5 == 0
            kill_later(parent, 100_000 * (number + 1), seconds, tmp_path, publishes=publishes)
            live = current_id(tmp_path)
            assert live is not None
            moved += live != before
            assert verify_snapshot(tmp_path, live) == []
            snapshot = open_current(tmp_path)
            party = next(iter(snapshot.network.iter_entities()))
            assert snapshot.network.get_entity(party.id) == party
            snapshot.close()
            left += sweep_unfinished(tmp_path) > 0
            rebuilt = build(tmp_path, Draw(number).world(), note=f"again {number}")
            assert current_id(tmp_path) == rebuilt.id
            assert verify_snapshot(tmp_path, rebuilt.id) == []
    for path in (tmp_path / "snapshots").iterdir():
        assert verify_snapshot(tmp_path, path.name) == [], "an older one must not be damaged either"
    print(f"{KILLS} kills: {left} inside a build, {moved} after a new snapshot")  # noqa: T201
    assert left > KILLS // 4, "the kills came between builds, not inside"
    assert moved > 0
