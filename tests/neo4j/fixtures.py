"""Fixtures with a real server; a test module takes them by `pytest_plugins`.

`pytest_plugins = ("tests.neo4j.fixtures",)` at the head of a test module. Mark its tests `neo4j`.
One server serves a whole session; under pytest-xdist `--dist loadgroup` keeps all of these tests in
one worker, any other distribution gives each worker a server of its own. PYTEST_DONT_REWRITE: a
conftest may import this module before pytest takes it for a plugin.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.neo4j.server import ServerUnavailable, find_server, releases, run_release


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that need a server in one worker, where pytest-xdist runs them."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if item.get_closest_marker("neo4j"):
            item.add_marker(pytest.mark.xdist_group("neo4j"))


def give_up(reason: ServerUnavailable) -> None:
    """Skip, or fail where the checks must be whole."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(reason))
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def neo4j_uri() -> Iterator[str]:
    """URI of a server without authentication, whose data any test may replace."""
    with ExitStack() as stack:
        try:
            uri = stack.enter_context(find_server())
        except ServerUnavailable as exc:
            give_up(exc)
        yield uri


@pytest.fixture(scope="session")
def neo4j_lts_uri() -> Iterator[str]:
    """URI of a server of the long-term release."""
    with ExitStack() as stack:
        try:
            uri = stack.enter_context(run_release(releases()["lts"]))
        except ServerUnavailable as exc:
            give_up(exc)
        yield uri


@pytest.fixture
def empty_neo4j(neo4j_uri: str) -> str:
    """The same server with nothing in it."""
    wipe(neo4j_uri)
    return neo4j_uri


def wipe(uri: str) -> None:
    """Delete all nodes and relationships; the schema stays."""
    from neo4j import GraphDatabase

    with GraphDatabase.driver(uri, auth=None) as driver:
        driver.execute_query("MATCH (n) CALL (n) { DETACH DELETE n }")
