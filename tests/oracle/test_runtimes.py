"""The kernels give equal answers without numba, and touch nothing out of bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graph.embedded import kernels
from graph.network import NearestQuery
from tests.data import PROJECT
from tests.oracle.ask import iter_cases

SEEDS = range(1800, 1815)
# `-c` and not a file: the import of numba must be blocked before anything else is imported.
BLOCK_NUMBA = "import sys; sys.modules['numba'] = None; "
RUN = "from tests.oracle.test_runtimes import main; main()"


def answers() -> list[str]:
    """Whole answers, as JSON, of a few of the oracle's questions."""
    found = []
    for case in iter_cases(SEEDS):
        found.append(case.network.paths(case.query).model_dump_json())
        nearest = NearestQuery(source=case.query.sources[0], filters=case.query.filters)
        found.append(case.network.nearest(nearest).model_dump_json())
    return found


def main() -> None:
    """What the child process prints."""
    json.dump({"numba": kernels.HAVE_NUMBA, "answers": answers()}, sys.stdout)


def run_child(code: str, **environment: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_answers_without_numba_are_equal() -> None:
    plain = run_child(BLOCK_NUMBA + RUN)
    assert plain["numba"] is False
    assert plain["answers"] == answers()


@pytest.mark.skipif(not kernels.HAVE_NUMBA, reason="numba is not installed")
def test_answers_with_checked_bounds_are_equal(tmp_path: Path) -> None:
    """The folder is its own: numba would reuse kernels that were compiled without the checks."""
    checked = run_child(RUN, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path))
    assert checked["numba"] is True
    assert checked["answers"] == answers()
    assert list(tmp_path.rglob("*.nbi")), "the child compiled nothing"
