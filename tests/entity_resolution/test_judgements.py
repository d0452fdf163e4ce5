from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import networkx as nx
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from entity_resolution.judgements import (
    METADATA,
    Judgement,
    NewJudgement,
    decide,
    find_clusters,
    list_as_of,
    settle,
    undo,
)
from graph.errors import ConflictingJudgement, ResolutionError

POSITIVE, NEGATIVE, UNSURE = Judgement.POSITIVE, Judgement.NEGATIVE, Judgement.UNSURE
START = datetime(2020, 1, 1, tzinfo=UTC)
Row = tuple[str, str, Judgement]


class Table:
    """Judgements in memory, one second apart."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.now = START

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def decide(self, left: str, right: str, judgement: Judgement = POSITIVE) -> None:
        new = NewJudgement(left, right, judgement, "invented")
        decide(self.connection, new, actor="inventedA", at=self.tick())

    def undo(self, left: str, right: str) -> int:
        return len(undo(self.connection, left, right, at=self.tick()))

    def clusters(self, at: datetime | None = None) -> list[frozenset[str]]:
        return find_clusters(list_as_of(self.connection, at))


@contextmanager
def open_table() -> Iterator[Table]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        yield Table(connection)
    engine.dispose()


@pytest.fixture
def table() -> Iterator[Table]:
    with open_table() as opened:
        yield opened


def test_a_row_keeps_what_was_said_with_its_ids_in_order(table: Table) -> None:
    new = NewJudgement("b", "a", POSITIVE, "same passport", score=0.93, algorithm="invented-v1")
    row = decide(table.connection, new, actor="inventedA", at=START)
    assert list_as_of(table.connection) == [row]
    assert (row.left_id, row.right_id, row.judgement) == ("a", "b", POSITIVE)
    assert (row.score, row.algorithm, row.reason) == (0.93, "invented-v1", "same passport")
    assert (row.actor, row.created_at, row.deleted_at) == ("inventedA", START, None)


def test_positives_chain(table: Table) -> None:
    for left, right in (("a", "b"), ("d", "c"), ("x", "y"), ("c", "b")):
        table.decide(left, right)
    assert table.clusters() == [frozenset("abcd"), frozenset("xy")]


def test_negative_and_unsure_join_nothing(table: Table) -> None:
    table.decide("a", "b", NEGATIVE)
    table.decide("c", "d", UNSURE)
    assert table.clusters() == []


@pytest.mark.parametrize("first", [UNSURE, POSITIVE])
def test_a_decisive_judgement_outweighs_an_unsure_one_whichever_came_first(
    table: Table, first: Judgement
) -> None:
    second = POSITIVE if first is UNSURE else UNSURE
    table.decide("a", "b", first)
    table.decide("b", "a", second)
    assert settle(list_as_of(table.connection)) == {("a", "b"): POSITIVE}


def test_a_positive_chain_across_a_negative_is_refused_with_what_stands(table: Table) -> None:
    table.decide("a", "b")
    table.decide("c", "d")
    table.decide("a", "d", NEGATIVE)
    with pytest.raises(ConflictingJudgement) as caught:
        table.decide("c", "b")
    assert (caught.value.left, caught.value.right) == ("c", "b")
    assert caught.value.existing == "negative: a / d"


def test_a_negative_across_a_positive_chain_is_refused_with_the_chain(table: Table) -> None:
    table.decide("a", "b")
    table.decide("b", "c")
    with pytest.raises(ConflictingJudgement) as caught:
        table.decide("c", "a", NEGATIVE)
    assert caught.value.existing == "positive: c / b / a"


def test_a_refused_judgement_leaves_no_row(table: Table) -> None:
    table.decide("a", "b", NEGATIVE)
    with pytest.raises(ConflictingJudgement):
        table.decide("a", "b")
    assert len(list_as_of(table.connection)) == 1


def test_undo_takes_the_cluster_apart_and_keeps_the_row(table: Table) -> None:
    table.decide("a", "b")
    table.decide("b", "c")
    together = table.now
    assert table.undo("b", "a") == 1
    assert table.clusters() == [frozenset("bc")]
    assert table.clusters(together) == [frozenset("abc")]


def test_undo_withdraws_every_standing_row_of_the_pair_and_no_other(table: Table) -> None:
    table.decide("a", "b", UNSURE)
    table.decide("a", "b")
    table.decide("a", "c")
    assert table.undo("a", "b") == 2
    assert table.undo("a", "b") == 0
    assert table.clusters() == [frozenset("ac")]


def test_after_undo_the_opposite_can_be_judged(table: Table) -> None:
    table.decide("a", "b", NEGATIVE)
    table.undo("a", "b")
    table.decide("a", "b")
    assert table.clusters() == [frozenset("ab")]


def test_as_of_includes_its_moment_in_any_time_zone(table: Table) -> None:
    table.decide("a", "b")
    made = table.now.astimezone(timezone(timedelta(hours=5)))
    assert table.clusters(made) == [frozenset("ab")]
    assert table.clusters(made - timedelta(microseconds=1)) == []


def test_a_moment_without_a_zone_is_refused(table: Table) -> None:
    naive = datetime(2020, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        list_as_of(table.connection, naive)


@pytest.mark.parametrize(
    ("left", "right", "reason", "score"),
    [
        ("a", "a", "why", None),
        ("", "a", "why", None),
        ("a\n", "b", "why", None),
        ("a", "b", " ", None),
        ("a", "b", "nul\0", None),
        ("a", "b", "\ud800", None),
        ("a", "b", "why", 1.5),
        ("a", "b", "why", float("nan")),
    ],
)
def test_a_judgement_that_says_nothing_is_refused(
    left: str, right: str, reason: str, score: float | None
) -> None:
    with pytest.raises(ResolutionError):
        NewJudgement(left, right, POSITIVE, reason, score)


@pytest.mark.parametrize("shape", ["star", "chain"])
def test_a_large_cluster_is_walked_whole(table: Table, shape: str) -> None:
    names = [f"n{number:04}" for number in range(1200)]
    edges = [(names[0], each) for each in names[1:]] if shape == "star" else pairwise(names)
    table.connection.execute(
        sa.insert(METADATA.tables["judgement"]),
        [
            {"left_id": left, "right_id": right, "judgement": "positive", "reason": "invented",
             "actor": "inventedA", "created_at": START.isoformat(timespec="microseconds")}
            for left, right in edges
        ],
    )  # fmt: skip
    with pytest.raises(ConflictingJudgement):
        table.decide(names[-1], names[0], NEGATIVE)
    table.decide("other", names[700], NEGATIVE)
    with pytest.raises(ConflictingJudgement):
        table.decide("other", names[3])


IDS = st.sampled_from("abcdefg")
ROWS = st.lists(
    st.tuples(IDS, IDS, st.sampled_from(Judgement)).filter(lambda row: row[0] != row[1]),
    max_size=12,
)


def apply(rows: Sequence[Row]) -> tuple[list[frozenset[str]], dict[tuple[str, str], Judgement]]:
    with open_table() as table:
        for row in rows:
            table.decide(*row)
        judged = list_as_of(table.connection)
        return find_clusters(judged), settle(judged)


def contradicts(rows: Sequence[Row]) -> bool:
    network = nx.Graph((left, right) for left, right, kind in rows if kind is POSITIVE)
    return any(
        kind is NEGATIVE and {left, right} <= set(network) and nx.has_path(network, left, right)
        for left, right, kind in rows
    )


@settings(max_examples=80, deadline=None)
@given(rows=ROWS, data=st.data())
def test_judgements_in_any_order_give_the_same_answer_or_the_same_refusal(
    rows: list[Row], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(rows))
    if contradicts(rows):
        for order in (rows, other):
            with pytest.raises(ConflictingJudgement):
                apply(order)
        return
    clusters, settled = apply(rows)
    assert (clusters, settled) == apply(other)
    network = nx.Graph((left, right) for left, right, kind in rows if kind is POSITIVE)
    assert set(clusters) == {frozenset(each) for each in nx.connected_components(network)}


@settings(max_examples=40, deadline=None)
@given(rows=ROWS.filter(lambda rows: not contradicts(rows)), data=st.data())
def test_undoing_a_pair_gives_what_the_other_judgements_give(
    rows: list[Row], data: st.DataObject
) -> None:
    left, right = data.draw(st.tuples(IDS, IDS))
    with open_table() as table:
        for row in rows:
            table.decide(*row)
        before, clusters = table.now, table.clusters()
        table.undo(left, right)
        rest = [row for row in rows if {row[0], row[1]} != {left, right}]
        assert table.clusters() == apply(rest)[0]
        assert table.clusters(before) == clusters
