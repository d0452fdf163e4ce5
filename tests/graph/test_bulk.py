"""The cycle collector is off inside the block and as before after it."""

from __future__ import annotations

import gc

import pytest

from graph.bulk import bulk


def test_the_collector_is_off_inside_and_on_again_after() -> None:
    assert gc.isenabled()
    with bulk():
        assert not gc.isenabled()
        with bulk():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_on_again_after_an_error() -> None:
    with pytest.raises(RuntimeError), bulk():
        raise RuntimeError
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        with bulk():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
