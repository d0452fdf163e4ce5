"""Loading a snapshot: what carries no path, deltas, interruption, hostile text.

Strategy: small hand-made networks on a real server; the embedded backend is the reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import ConfigurationError, StoreUnavailable
from graph.neo4j import load
from graph.neo4j.browser import SAVED_QUERIES
from graph.neo4j.connection import Connection
from graph.neo4j.load import load_snapshot
from graph.neo4j.network import Neo4jNetwork
from graph.network import NeighbourQuery, PathQuery
from tests.neo4j.tiny import Interrupted, case, link, open_network, party, with_changes

pytest_plugins = ("tests.neo4j.fixtures",)
pytestmark = pytest.mark.neo4j

CONTENT = """
MATCH (n) OPTIONAL MATCH (n)-[r]->(m)
RETURN labels(n), properties(n), type(r), properties(r), coalesce(m.id, m.key)
"""


@pytest.fixture
def connection(empty_neo4j: str) -> Iterator[Connection]:
    with Connection.open(empty_neo4j) as opened:
        yield opened


def content(connection: Connection) -> list[str]:
    """Everything in the database, in no order of the server's."""
    rows = connection.read((CONTENT, {}))[0]
    return sorted(repr([sorted(row[0]), _sorted(row[1]), row[2], _sorted(row[3]), row[4]])
                  for row in rows)  # fmt: skip


def _sorted(properties: dict[str, Any] | None) -> list[Any]:
    return sorted((properties or {}).items())


def joined(connection: Connection, left: str, right: str) -> bool:
    text = (
        "MATCH (a:Entity {id: $left}), (b:Entity {id: $right})"
        " MATCH p = shortestPath((a)-[*]-(b)) RETURN length(p)"
    )
    return bool(connection.read((text, {"left": left, "right": right}))[0])


@pytest.mark.parametrize("left", ["congo", "husayn"])
def test_no_path_of_any_type_runs_to_the_other_end_of_a_refuted_claim(
    connection: Connection, empty_neo4j: str, tmp_path: Path, left: str
) -> None:
    load_snapshot(open_network(case(), tmp_path, "a"), empty_neo4j)
    assert joined(connection, "congo", "remitter")  # the database does join what is linked
    assert not joined(connection, left, "carrier")


def test_loading_again_writes_nothing(empty_neo4j: str, tmp_path: Path) -> None:
    network = open_network(case(), tmp_path, "a")
    first = load_snapshot(network, empty_neo4j)
    again = load_snapshot(network, empty_neo4j)
    assert first.written == {"parties": 8, "links": 6, "asides": 11}
    assert again.written.total() == again.deleted.total() == 0
    assert again.unchanged == first.written


def test_only_what_changed_is_written_and_the_result_is_that_of_a_fresh_load(
    connection: Connection, empty_neo4j: str, tmp_path: Path
) -> None:
    before, after = case(), with_changes(case(), kassim="Invented Kassim")
    del after.entities["regulator"]
    after.events.clear()
    after.links[:] = [each for each in after.links if each.id != "08"]
    after.links[1] = after.links[1].model_copy(update={"role": "former manager"})
    after.links.append(link("11", "kassim", "remitter", "Membership", role="member"))
    load_snapshot(open_network(before, tmp_path, "a"), empty_neo4j)
    changed = open_network(after, tmp_path, "b")
    delta = load_snapshot(changed, empty_neo4j)
    assert (delta.written["parties"], delta.deleted["parties"]) == (2, 1)
    assert (delta.written["links"], delta.deleted["links"]) == (2, 1)
    assert (delta.written["asides"], delta.deleted["asides"]) == (0, 2)
    reloaded = content(connection)
    connection.write(("MATCH (n) DETACH DELETE n", {}))
    load_snapshot(changed, empty_neo4j)
    assert content(connection) == reloaded


@pytest.mark.parametrize("after", [0, 1, 5])
def test_an_interrupted_load_answers_nothing_until_it_is_completed(
    connection: Connection,
    empty_neo4j: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
) -> None:
    monkeypatch.setattr(load, "BATCH", 2)
    network = open_network(case(), tmp_path, "a")
    with pytest.raises(KeyboardInterrupt):
        load_snapshot(Interrupted(network, after), empty_neo4j)
    with pytest.raises(StoreUnavailable, match="being loaded") as caught:
        Neo4jNetwork.open(empty_neo4j)
    assert caught.value.retryable
    load_snapshot(network, empty_neo4j)
    completed = content(connection)
    connection.write(("MATCH (n) DETACH DELETE n", {}))
    load_snapshot(network, empty_neo4j)
    assert content(connection) == completed


def test_a_load_that_another_overtakes_writes_no_more(
    connection: Connection, empty_neo4j: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "BATCH", 2)
    slow = open_network(with_changes(case(), kassim="Slow"), tmp_path, "a")
    later = open_network(case(), tmp_path, "b")

    def overtake(_sort: str, _count: int) -> None:
        if started:
            started.clear()
            load_snapshot(later, empty_neo4j)

    started = ["yes"]
    with pytest.raises(StoreUnavailable, match="Another load"):
        load_snapshot(slow, empty_neo4j, progress=overtake)
    after = content(connection)
    load_snapshot(later, empty_neo4j)
    assert content(connection) == after


def test_a_link_that_is_refuted_later_stops_being_a_relationship(
    connection: Connection, empty_neo4j: str, tmp_path: Path
) -> None:
    before = case()
    before.links[5] = link("06", "congo", "carrier", "UnknownLink", role="ships with")
    load_snapshot(open_network(before, tmp_path, "a"), empty_neo4j)
    assert joined(connection, "congo", "carrier")
    load_snapshot(open_network(case(), tmp_path, "b"), empty_neo4j)
    assert not joined(connection, "congo", "carrier")


HOSTILE = (
    "`}) DETACH DELETE (n) //",
    "' OR 1=1 RETURN n; MATCH (m) DELETE m //",
    '"\\u0027}) SET n.listed = true //',
    "$id\\",
    "наименование \u202e عربي",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_lists_is_data_and_nothing_else(
    connection: Connection, empty_neo4j: str, tmp_path: Path, text: str
) -> None:
    base = case()
    hostile = party(text, caption=text, referents=(f"old {text}",))
    entities = dict(sorted({**base.entities, text: hostile}.items()))
    stated = link(text, "kassim", text, role=text)
    links = sorted([*base.links, stated], key=lambda each: each.id)
    referents = {**base.referents, f"old {text}": text}
    projection = replace(base, entities=entities, links=links, referents=referents)
    load_snapshot(open_network(projection, tmp_path, "a"), empty_neo4j)
    with Neo4jNetwork.open(empty_neo4j) as network:
        assert network.get_entity(text) == hostile
        assert network.get_entity(f"old {text}") == hostile
        assert network.get_link(text) == stated
        assert network.neighbours(NeighbourQuery(source=text)).neighbours == ("kassim",)
        answer = network.paths(PathQuery(sources=(text,), targets=("congo",)))
        assert [path.nodes for path in answer.paths] == [(text, "kassim", "congo")]
    counted = connection.read(("MATCH (n:Entity) RETURN count(n), sum(toInteger(n.listed))", {}))
    assert counted[0] == [[9, 4]]


def test_a_schema_that_the_model_does_not_know_becomes_no_label(
    connection: Connection, empty_neo4j: str, tmp_path: Path
) -> None:
    base = case()
    base.entities["zz"] = party("zz", "Entity`:Listed")
    load_snapshot(open_network(base, tmp_path, "a"), empty_neo4j)
    assert connection.read(("MATCH (n {id: 'zz'}) RETURN labels(n)", {})) == [[[["Entity"]]]]


def test_a_database_with_entities_of_others_is_left_alone(
    connection: Connection, empty_neo4j: str, tmp_path: Path
) -> None:
    connection.write(("CREATE (:Entity {name: 'theirs'})", {}))
    with pytest.raises(ConfigurationError, match="a database of its own"):
        load_snapshot(open_network(case(), tmp_path, "a"), empty_neo4j)
    assert connection.read(("MATCH (n) RETURN count(n)", {})) == [[[1]]]


def test_labels_that_people_add_stay(
    connection: Connection, empty_neo4j: str, tmp_path: Path
) -> None:
    load_snapshot(open_network(case(), tmp_path, "a"), empty_neo4j)
    connection.write(("MATCH (n:Entity {id: 'kassim'}) SET n:Reviewed", {}))
    load_snapshot(open_network(with_changes(case(), kassim="Other"), tmp_path, "b"), empty_neo4j)
    labels = connection.read(("MATCH (n:Entity {id: 'kassim'}) RETURN labels(n)", {}))[0][0][0]
    assert sorted(labels) == ["Entity", "Listed", "Person", "Reviewed"]


@pytest.mark.parametrize("server", ["neo4j_uri", "neo4j_lts_uri"])
def test_every_saved_query_runs_on_both_releases(
    request: pytest.FixtureRequest, tmp_path: Path, server: str
) -> None:
    uri = request.getfixturevalue(server)
    load_snapshot(open_network(case(), tmp_path, "a"), uri)
    parameters = {"id": "husayn", "other": "remitter", "name": "Invented"}
    with Connection.open(uri) as opened:
        found = {title: opened.read((text, parameters))[0] for title, text in SAVED_QUERIES}
    empty = {title for title, rows in found.items() if not rows}
    # Nobody's listing has ended, nothing happened to and nothing is claimed of this party.
    assert len(empty) == 3


def test_the_long_term_release_gives_the_same_answers(neo4j_lts_uri: str, tmp_path: Path) -> None:
    network = open_network(case(), tmp_path, "a")
    load_snapshot(network, neo4j_lts_uri)
    query = PathQuery(sources=("husayn",), targets=("remitter",))
    with Neo4jNetwork.open(neo4j_lts_uri) as loaded:
        assert loaded.paths(query).paths == network.paths(query).paths != ()
