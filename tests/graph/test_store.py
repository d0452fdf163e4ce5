"""Records of a snapshot: by id, by merged id, in order, from any thread, and read-only."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.embedded.network import RECORDS, EmbeddedNetwork
from graph.embedded.store import RecordStore
from graph.embedded.writer import write_network
from graph.errors import StoreUnavailable
from graph.model import Event
from graph.network import PathQuery
from tests.oracle.build import CODES, projection_of
from tests.oracle.worlds import entity, link, said, world_of

HOSTILE = "case:o'x\"; DROP TABLE node; -- ü حسين"
LINKS = [
    link("1", "a", "b", start="2010"),
    link("2", "b", HOSTILE, kind="claim"),
    link("3", "a", HOSTILE, status="refuted"),
]


def event(number: str, start: str | None, source: str = "a", target: str = "b") -> Event:
    return Event(id=number, schema_="UnknownLink", role="letter", source=source, target=target,
                 start=start, evidence=(said("CEP"),))  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world = world_of([entity("a", "Company", ["P"]), entity("b"), entity(HOSTILE)], LINKS)
    projection = projection_of(world)
    projection.referents["old-a"] = "a"
    projection.events += [event("e2", "2015-03"), event("e1", "2014"), event("e3", None)]
    write_network(projection, CODES, tmp_path)
    return tmp_path


def test_entities_by_id_and_by_merged_id(folder: Path) -> None:
    network = EmbeddedNetwork(folder, "s")
    for asked in ("a", "old-a"):
        found = network.get_entity(asked)
        assert found is not None
        assert found == entity("a", "Company", ["P"])
    assert network.get_entity("nobody") is None
    assert network.get_entities(["b", "nobody", HOSTILE]).keys() == {"b", HOSTILE}
    answer = network.paths(PathQuery(sources=("old-a",), targets=("b",)))
    assert answer.paths[0].nodes == ("a", "b")
    network.close()


def test_links_claims_and_events(folder: Path) -> None:
    network = EmbeddedNetwork(folder, "s")
    assert [network.get_link(each.id) for each in LINKS] == LINKS
    assert network.get_link("nothing") is None
    assert [each.id for each in network.get_claims(HOSTILE)] == ["2", "3"]
    assert [each.id for each in network.get_claims("b")] == ["2"]
    assert [each.id for each in network.get_events("a")] == ["e3", "e1", "e2"]
    assert network.get_events("b") == network.get_events("a")
    assert network.get_events(HOSTILE) == []
    assert [each.id for each in network.iter_events()] == ["e1", "e2", "e3"]
    network.close()


def test_everything_in_order_of_ids(folder: Path) -> None:
    network = EmbeddedNetwork(folder, "s")
    assert [each.id for each in network.iter_entities()] == ["a", "b", HOSTILE]
    assert [each for each, _ in network.iter_links()] == LINKS
    assert [(each.id, row.listed) for each, row in network.iter_nodes()] == [
        ("a", True), ("b", False), (HOSTILE, False),
    ]  # fmt: skip
    network.close()


def test_more_ids_than_one_statement_holds(tmp_path: Path) -> None:
    ids = [f"n{number:04d}" for number in range(1300)]
    links = [link(f"{number:04d}", ids[number], ids[number + 1]) for number in range(1299)]
    write_network(projection_of(world_of([*map(entity, ids)], links)), CODES, tmp_path)
    store = RecordStore(tmp_path / RECORDS)
    assert list(store.entities(ids[::-1])) == ids
    assert sorted(store.links(range(1299))) == list(range(1299))
    assert [store.find(each) for each in ids] == list(range(1300))
    store.close()


def test_threads_share_a_network(folder: Path) -> None:
    network = EmbeddedNetwork(folder, "s")
    query = PathQuery(sources=("a",), targets=("b", HOSTILE))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: network.paths(query), range(64)))
    assert all(each == answers[0] for each in answers)
    assert answers[0].paths
    network.close()


def test_records_cannot_be_written(folder: Path) -> None:
    store = RecordStore(folder / RECORDS)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection().execute("DELETE FROM node")
    store.close()


def test_a_missing_store_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cuibono build"):
        RecordStore(tmp_path / "none.sqlite")
