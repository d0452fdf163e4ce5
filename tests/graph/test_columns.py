"""The numbers that a search reads of a link and a node."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.columns import (
    KIND_CODES,
    STATUS_CODES,
    TYPE_CODES,
    certain_bounds,
    credibility_of,
    dataset_bits,
    make_link_row,
    make_node_rows,
)
from graph.dates import DAY_MAX, DAY_MIN, to_day
from graph.history import pack_changes
from graph.model import Link, LinkKind, Status
from tests.oracle.worlds import entity, link, said

PARTIES = {"a": entity("a", "Company"), "b": entity("b", "Company", ["P"])}
CODES = {"one": 0, "two": 5}


def day(year: int, month: int, number: int) -> int:
    return to_day(date(year, month, number))


def test_a_row_holds_types_dates_and_datasets() -> None:
    made = link(
        "1", "a", "b", schema="Ownership", start="2006-03", end="2015-03-13",
        datasets=("one", "two", "other"), confidence=0.25,
    )  # fmt: skip
    row = make_link_row(made, PARTIES, CODES)
    assert row.type == TYPE_CODES["Ownership"]
    assert row.kind == KIND_CODES[LinkKind.RELATIONSHIP]
    assert row.status == STATUS_CODES[Status.ASSERTED]
    assert (row.start, row.end) == (day(2006, 3, 1), day(2015, 3, 13))
    assert (row.certain_start, row.certain_end) == (day(2006, 3, 31), day(2015, 3, 13))
    assert row.datasets == 0b100001
    assert row.credibility == 0.25
    assert row.probability == -1


def test_evidence_is_known_when_it_was_certainly_out() -> None:
    made = link("1", "a", "b", status="disputed", evidence=(
        said("A", "2014"), said("B", "2014-06"), said("C", "2015-03-04", "denies")))  # fmt: skip
    row = make_link_row(made, PARTIES, CODES)
    certain = [(day(2014, 6, 30), Status.ASSERTED), (day(2014, 12, 31), Status.CORROBORATED)]
    assert row.history == pack_changes([*certain, (day(2015, 3, 4), Status.DISPUTED)])
    maybe = [(day(2014, 1, 1), Status.ASSERTED), (day(2014, 6, 1), Status.CORROBORATED)]
    assert row.history_maybe == pack_changes([*maybe, (day(2015, 3, 4), Status.DISPUTED)])


def test_undated_evidence_is_known_at_no_day() -> None:
    row = make_link_row(link("1", "a", "b"), PARTIES, CODES)
    assert row.history == pack_changes([])
    assert row.history_maybe == pack_changes([(DAY_MIN, Status.ASSERTED)])


def test_a_former_tie_is_certain_on_no_day() -> None:
    made = link("1", "a", "b", role="Former director", start="2006", end="2010")
    assert certain_bounds(made) == (DAY_MAX, DAY_MIN)
    assert certain_bounds(link("1", "a", "b", start="2006", end="2010"))[0] == day(2006, 12, 31)


@pytest.mark.parametrize(
    ("made", "belief"),
    [
        (link("1", "a", "b"), 0.7),
        (link("1", "a", "b", status="corroborated"), 0.9),
        (link("1", "a", "b", status="disputed", confidence=0.8), 0.4),
        (link("1", "a", "b", kind="identity", status="proposed", probability=0.6), 0.6),
        (link("1", "a", "b", kind="identity", status="proposed"), 0.5),
        (link("1", "a", "b", kind="derived", role="shared phone", sharers=2), 0.6),
        (link("1", "a", "b", kind="derived", role="shared phone", sharers=12), 0.1),
    ],
)
def test_belief_is_stated_or_by_convention(made: Link, belief: float) -> None:
    assert credibility_of(made) == pytest.approx(belief)


@given(st.sampled_from(list(Status)), st.integers(0, 100), st.sampled_from(list(LinkKind)))
def test_belief_is_a_share_of_one(status: Status, sharers: int, kind: LinkKind) -> None:
    role = "shared phone" if kind is LinkKind.DERIVED else ""
    made = link("1", "a", "b", kind=kind, role=role, sharers=sharers, status=status)
    assert 0 <= credibility_of(made) <= 1


def test_two_sources_are_worth_more_than_one_and_a_denial_less() -> None:
    order = [Status.CORROBORATED, Status.ASSERTED, Status.DISPUTED, Status.SUPERSEDED,
             Status.REFUTED]  # fmt: skip
    beliefs = [credibility_of(link("1", "a", "b", status=each)) for each in order]
    assert beliefs == sorted(beliefs, reverse=True)
    assert len(set(beliefs)) == len(beliefs)


@given(st.sets(st.sampled_from("abcdef")))
def test_bits_are_one_a_dataset(names: set[str]) -> None:
    codes = {name: bit for bit, name in enumerate("abcd")}
    bits = dataset_bits([*names, *names], codes)
    assert {name for name, bit in codes.items() if bits >> bit & 1} == names & set(codes)


def test_a_node_is_listed_by_the_lists_that_stand() -> None:
    former = entity("c", "Person", ["P"])
    former = former.model_copy(
        update={"listings": (former.listings[0].model_copy(update={"until": "2015-01-01"}),)}
    )
    rows = make_node_rows({**PARTIES, "c": former}, [], {"list_a": 3})
    assert [(row.listed, row.listed_by) for row in rows.values()] == [
        (False, 0), (True, 8), (False, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quotations", "dataset", "verified"),
    [
        (["verified"], "case_x", True),
        (["not found", "verified"], "case_x", True),
        (["not found"], "case_x", False),
        (["no copy"], "case_x", False),
        ([None], "case_x", False),  # a person's row without a quotation
        ([None], "us_ofac_sdn", True),  # read from the publisher's own file
        (["not found"], "us_ofac_sdn", False),
    ],
)
def test_a_link_is_verified_by_one_assertion_that_archived_bytes_bear_out(
    quotations: list[str | None], dataset: str, verified: bool
) -> None:
    evidence = [
        said("A").model_copy(update={"quotation": each, "dataset": dataset}) for each in quotations
    ]
    denial = said("B", stance="denies").model_copy(update={"quotation": "verified"})
    made = link("1", "a", "b", evidence=(*evidence, denial))
    assert make_link_row(made, PARTIES, CODES).verified is verified
