"""The two worlds of the golden questions, built once a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.data import require_data
from tests.golden.worlds import World, Worlds, shared_folder


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The full list and the sample case, as published and permuted."""
    folder = require_data("ofac_sdn_2023-12-28")
    made = Worlds(shared_folder(tmp_path_factory), folder)
    yield made
    made.close()


@pytest.fixture(params=["published", "permuted"])
def world(request: pytest.FixtureRequest, worlds: Worlds) -> World:
    """Each golden question is asked in both worlds."""
    name: str = request.param
    return worlds.get(name)
