"""Every target takes inputs without a fault; a planted bug is found.

500 inputs a target at a desk, more under `CI=true` (`_IN_CI` says how many and why); at length with
`make fuzz`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from graph.errors import SourceError
from ingest.catalog import OWN, READERS
from tests.conftest import SHOWN
from tests.fuzz import broken
from tests.fuzz.mutate import mutate
from tests.fuzz.oracle import Wrong, check_id, check_texts
from tests.fuzz.run import fuzz, read_seeds
from tests.fuzz.seeds import make_seeds
from tests.fuzz.targets import default_name, make_target, target_names

pytest.importorskip("atheris", reason="atheris has no build for this Python or system")

_FEW = 500
_CHANGED = 30
# CI has some six minutes of two cores for this; 50,000 inputs of each would take over an hour,
# as most read some hundreds a second. The quick ones get the 50,000, the others what fits at the
# speeds of docs/decisions/0014-fuzzing.md; `make fuzz` gives each 100,000.
_MANY = 2_000
_IN_CI = {
    **dict.fromkeys(("dates", "mapping", "reader", "evidence_tables"), 50_000),
    **dict.fromkeys(("guess", "gleif_lei", "us_ofac_advanced", "agents", "us_ofac_remarks"), 1_000),
}
_PLANTED = 20_000  # inputs within which the planted bug must show; some hundred are enough


def _runs(target: str) -> int:
    return _IN_CI.get(target, _MANY) if os.environ.get("CI") == "true" else _FEW


@pytest.mark.parametrize("target", target_names())
def test_any_input_is_read_or_refused(
    target: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    result = fuzz(target, _runs(target), tmp_path, read_seeds(target))
    assert not result.died, result.died
    faults = [path.read_text("utf-8") for path in (tmp_path / "faults").glob("*.txt")]
    assert not faults, "\n\n".join(faults)
    assert result.inputs >= _runs(target)
    assert result.edges, "nothing of the readers was instrumented"
    record_property(SHOWN, f"fuzz {result.row()}")


@pytest.mark.parametrize("target", target_names())
def test_the_seeds_are_read(target: str) -> None:
    check = make_target(target)
    for content in make_seeds(target):
        check(content)


def test_every_format_is_a_target() -> None:
    assert {*READERS, *OWN} <= set(target_names())


def test_a_planted_bug_is_found_and_its_input_kept(tmp_path: Path) -> None:
    result = fuzz(broken.NAME, _PLANTED, tmp_path, [broken.SEED])
    assert [place.split()[0] for place in result.faults] == ["ValueError"]
    (kept,) = (tmp_path / "faults").glob("fault-*[!t]")
    with pytest.raises(ValueError, match="invalid literal"):
        broken.check(kept.read_bytes())


def test_a_run_that_hangs_or_dies_is_no_success(tmp_path: Path) -> None:
    result = fuzz("no_such_target", 10, tmp_path, [b"x"])
    assert result.died
    assert not result.inputs


@pytest.mark.parametrize("target", [*READERS, *OWN])
def test_changed_inputs_are_still_of_their_format(target: str) -> None:
    """What is refused at the door tests the door only."""
    check, name, read = make_target(target), default_name(target), 0
    (content, *_) = make_seeds(target)
    for seed in range(_CHANGED):
        changed = mutate(content, 1 << 20, seed, name, lambda each, _: each)
        with suppress(SourceError):
            check(changed)
            read += changed != content
    assert read >= 2


@pytest.mark.parametrize("entity_id", ["", " ", "un-TAi.1", None, 7])
def test_the_oracle_refuses_ids(entity_id: object) -> None:
    with pytest.raises(Wrong):
        check_id(entity_id)


def test_the_oracle_refuses_half_a_letter() -> None:
    with pytest.raises(Wrong):
        check_texts("a", None, "\ud800")
