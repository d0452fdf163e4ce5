"""The world that the contract is asked in: the golden questions' own, as published."""

from __future__ import annotations

import pytest

from tests.golden.conftest import worlds
from tests.golden.worlds import World, Worlds

__all__ = ["worlds"]


@pytest.fixture(scope="session")
def published(worlds: Worlds) -> World:
    """The full list and the sample case."""
    return worlds.get("published")
