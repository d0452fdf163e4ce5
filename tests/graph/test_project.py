"""Statements become entities, links and events; nothing is merged that nobody identified."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from graph.model import LinkKind, NodeKind, Status
from graph.project import Judged, project
from tests.graph.stage import Row, Value, listing, party, relation, write

JUDGED = Judged(Status.CONFIRMED, "analyst", "2026-01-02", "same tax number")


def test_a_party_named_without_an_id_is_the_one_with_exactly_that_name(tmp_path: Path) -> None:
    tables = write(
        tmp_path, "us", [party("x-1", "TAJCO"), party("x-unresolved-1", "TAJCO")],
        [relation("r", "x-2", "x-unresolved-1")],
    )  # fmt: skip
    found = project([tables])
    assert found.referents == {"x-unresolved-1": "x-1"}
    assert [(each.source, each.target) for each in found.links] == [("x-2", "x-1")]
    assert found.entities["x-1"].referents == ("x-unresolved-1",)
    assert "x-unresolved-1" not in found.entities


@pytest.mark.parametrize("names", [["TAJCO", "TAJCO"], ["TAJCO LTD"], []])
def test_ambiguous_or_absent_parties_stay_unresolved(tmp_path: Path, names: list[str]) -> None:
    named = [party(f"x-{number}", name) for number, name in enumerate(names)]
    tables = write(
        tmp_path, "us", [*named, party("x-unresolved-1", "TAJCO"), party("y", "Y")],
        [relation("r", "y", "x-unresolved-1")],
    )  # fmt: skip
    found = project([tables])
    assert found.referents == {}
    assert found.entities["x-unresolved-1"].kind is NodeKind.UNRESOLVED
    assert found.links[0].target == "x-unresolved-1"


def test_an_organisation_that_is_owned_becomes_a_company(tmp_path: Path) -> None:
    values = [party("a", "Owner"), party("b", "Owned"), party("c", "Linked"), party("d", "Denied")]
    rows = [
        relation("r", "a", "b", schema="Ownership"),
        relation("s", "a", "c"),
        relation("t", "a", "d", schema="Ownership", kind="claim"),
    ]
    found = project([write(tmp_path, "us", values, rows)])
    schemata = {each: entity.schema_ for each, entity in found.entities.items()}
    assert schemata["b"] == "Company"
    assert schemata["a"] == schemata["c"] == schemata["d"] == "Organization"


def test_datasets_agree_on_the_most_specific_schema(tmp_path: Path) -> None:
    one = write(tmp_path, "us", [party("a", "X", "LegalEntity"), party("b", "Y", "Person")])
    two = write(tmp_path, "un", [party("a", "X", "Company"), party("b", "Y", "Vessel")])
    found = project([one, two])
    assert found.entities["a"].schema_ == "Company"
    assert found.entities["a"].datasets == ("un", "us")
    assert found.entities["b"].schema_ == "Person", "the first stands"
    assert any("b:" in note and "Vessel" in note for note in found.notes)


def test_listings_of_all_lists_stand_beside_each_other(tmp_path: Path) -> None:
    one = write(tmp_path, "us", [party("a", "X"), *listing("s1", "a"), *listing("s2", "a", "2012")])
    two = write(tmp_path, "un", listing("s3", "a", "2009-05-27"))
    three = write(tmp_path, "case_x", listing("s4", "a", "2010-12-09"))
    (party_a,) = project([one, two, three]).entities.values()
    assert [(each.dataset, each.since, each.reported) for each in party_a.listings] == [
        ("un", "2009-05-27", False), ("us", "2010-12-09", False), ("us", "2012", False),
        ("case_x", "2010-12-09", True),
    ]  # fmt: skip
    assert party_a.listings[0].authority == "Office"
    assert party_a.listings[0].programs == ("P1",)
    assert party_a.listed


def test_evidence_for_one_relation_is_one_link(tmp_path: Path) -> None:
    parties = [party("a", "Congo Futur"), party("b", "DHL"), party("c", "C")]
    one = write(tmp_path, "us", parties, [relation("r", "a", "c", by="Treasury", on="2010-12-09")])
    rows = [relation("r", "a", "c", by="Reuters", on="2012"),
            relation("r", "a", "c", by="Ahmed", stance="denies")]  # fmt: skip
    two = write(tmp_path, "case_x", [], rows)
    (found,) = project([one, two]).links
    assert [each.by for each in found.evidence] == ["Treasury", "Reuters", "Ahmed"]
    assert found.status is Status.DISPUTED
    assert found.datasets == ("case_x", "us")


def test_a_refuted_claim_is_kept_apart(tmp_path: Path) -> None:
    rows = [
        relation("r", "a", "b", kind="claim", by="Congo Futur"),
        relation("r", "a", "b", kind="claim", by="DHL", stance="denies"),
        relation("e", "a", "b", kind="event", by="CEP", on="2015"),
    ]
    tables = write(tmp_path, "case_x", [party("a", "Congo Futur"), party("b", "DHL")], rows)
    found = project([tables])
    (claim,) = found.links
    assert (claim.kind, claim.status) == (LinkKind.CLAIM, Status.REFUTED)
    assert [event.id for event in found.events] == ["e"]


def test_rows_whose_own_status_differs_are_reported(tmp_path: Path) -> None:
    rows = [
        relation("r", "a", "b", declared_status="corroborated"),
        relation("s", "a", "b", declared_status="asserted"),
    ]
    found = project([write(tmp_path, "case_x", [party("a", "X"), party("b", "Y")], rows)])
    (difference,) = found.differences
    assert (difference.relation_id, difference.declared) == ("r", "corroborated")
    assert difference.derived is Status.ASSERTED
    assert difference.locator == "x.csv:1"
    assert all(link.status is Status.ASSERTED for link in found.links)


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.REJECTED, Status.PROPOSED])
def test_judgements_give_identity_links_their_state(tmp_path: Path, status: Status) -> None:
    tables = write(
        tmp_path, "derived", [party("a", "X"), party("b", "X")],
        [relation("r", "b", "a", kind="identity", probability=0.75)],
    )  # fmt: skip
    assert project([tables]).links[0].status is Status.PROPOSED
    judged = Judged(status, "analyst", "2026-01-02", "")
    (found,) = project([tables], {("a", "b"): judged}).links
    assert (found.status, found.probability) == (status, 0.75)


def test_a_pair_that_only_a_person_knows_of_becomes_a_link(tmp_path: Path) -> None:
    tables = write(tmp_path, "us", [party("a", "X"), party("b", "Y")])
    (found,) = project([tables], {("a", "b"): JUDGED, ("a", "gone"): JUDGED}).links
    assert (found.kind, found.status) == (LinkKind.IDENTITY, Status.CONFIRMED)
    assert (found.evidence[0].by, found.evidence[0].note) == ("analyst", "same tax number")
    rejected = Judged(Status.REJECTED, "analyst", "2026-01-02", "")
    assert project([tables], {("a", "b"): rejected}).links == []


def test_a_name_is_no_identity(tmp_path: Path) -> None:
    found = project([write(tmp_path, "us", [party("a", "AL-AQSA"), party("b", "AL-AQSA")])])
    assert list(found.entities) == ["a", "b"]
    assert found.links == []


def test_a_relation_of_a_party_to_itself_is_noted_and_left_out(tmp_path: Path) -> None:
    found = project([write(tmp_path, "us", [party("a", "X")], [relation("r", "a", "a")])])
    assert found.links == []
    assert any("r" in note for note in found.notes)


def test_addresses_and_sanctions_fold_into_their_party(tmp_path: Path) -> None:
    values: list[Value] = [
        party("a", "X"), ("a", "Organization", "addressEntity", "ad"),
        ("ad", "Address", "full", "62 Buckle Street"), ("ad", "Address", "country", "gm"),
        *listing("s", "a"),
    ]  # fmt: skip
    found = project([write(tmp_path, "us", values)])
    assert list(found.entities) == ["a"]
    assert found.entities["a"].countries == ("gm",)
    named = project([write(tmp_path / "2", "us", values, [relation("r", "a", "ad")])])
    assert named.entities["ad"].kind is NodeKind.PREMISES
    assert named.entities["ad"].caption == "62 Buckle Street"


def test_lists_spell_the_caption_before_evidence_files(tmp_path: Path) -> None:
    one = write(tmp_path, "case_x", [party("a", "Kassim")])
    two = write(tmp_path, "us", [party("a", "TAJIDEEN, Kassim")])
    assert project([one, two]).entities["a"].caption == "TAJIDEEN, Kassim"


def test_outlets_are_screened_like_parties(tmp_path: Path) -> None:
    values: list[Value] = [
        party("a", "Kairaba outlet", "Company"), ("a", "Company", "classification", "outlet"),
    ]  # fmt: skip
    assert project([write(tmp_path, "x", values)]).entities["a"].kind is NodeKind.OUTLET


def test_the_order_of_rows_and_datasets_does_not_matter(tmp_path: Path) -> None:
    values = [party(each, f"Name {each}") for each in "abcdef"]
    values += [value for each in "ab" for value in listing(f"s{each}", each)]
    rows: list[Row] = [
        relation(f"r{number}", one, two, by=by)
        for number, (one, two) in enumerate(
            [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "a")]
        )
        for by in "AB"
    ]
    first = project([write(tmp_path / "0", "d", values, rows)])
    for seed in range(1, 4):
        draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
        mixed = draw.sample(values, len(values))
        evidence = sorted(draw.sample(rows, len(rows)), key=lambda row: row[1].by)
        again = project([write(tmp_path / str(seed), "d", mixed, evidence)])
        assert again.links == first.links
        assert list(again.records) == list(first.records) == sorted(first.records)
        assert [json.loads(each) for each in again.records.values()] == [
            json.loads(each) for each in first.records.values()
        ]
