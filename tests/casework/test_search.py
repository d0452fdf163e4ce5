"""Search: hits with reasons, conditions, scope of an empty answer, and which party a name means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from casework.model import ListVersion, SearchQuery
from casework.search import (
    SearchAnswer,
    find_equal_name,
    require_party,
    search,
)
from entity_resolution.index import NameRecord, NamesIndex, build_index
from graph.errors import AmbiguousName, ResolutionError
from graph.model import Entity, Evidence, Link, LinkKind, PropertyValue, Status
from tests.api.fake import FakeNetwork

LISTS = (
    ListVersion(dataset="xx_one", version="1", published="2024-02-01"),
    ListVersion(dataset="xx_two", version="1", stale=True),
)
NAME_PROPERTIES = ("name", "alias", "previousName", "weakAlias")


def party(entity_id: str, schema: str, /, dataset: str = "xx_one", **values: str) -> Entity:
    """An entity whose properties are given as texts separated by bars."""
    properties = {
        name: tuple(PropertyValue(value=part) for part in text.split("|"))
        for name, text in values.items()
        if name not in ("topics", "countries")
    }
    return Entity(
        id=entity_id,
        schema_=schema,
        caption=properties["name"][0].value,
        properties=properties,
        topics=tuple(values.get("topics", "").split()),
        countries=tuple(values.get("countries", "").split()),
        datasets=(dataset,),
    )


PARTIES = (
    party("xx-1", "Person", name="QUILLBROOK, Zarvath", alias="Zarvat Kwilbruk", countries="gm"),
    party("xx-2", "Person", name="QUILLBROOK, Ondrelle", countries="lb", topics="sanction"),
    party("xx-3", "Company", name="VOXHOLM BANK PLC", countries="gm"),
    party("xx-4", "Company", "xx_two", name="Voxholm International Ltd", alias="BANK VOXHOLM"),
    party("xx-5", "Organization", name="THRANDIL LIBERATION FRONT"),
    party("xx-6", "Organization", "xx_two", name="Thrandil Liberation Front"),
    party("xx-7", "Company", name="Merquist Couriers", weakAlias="MQC"),
)


@dataclass
class World:
    """An index and the network of the same parties."""

    names: NamesIndex
    network: FakeNetwork

    def search(self, q: str, **conditions: object) -> SearchAnswer:
        """Search both lists."""
        query = SearchQuery.model_validate({"q": q, **conditions})
        return search(self.names, self.network, LISTS, query)

    def require(self, text: str) -> str:
        """The party meant."""
        return require_party(self.names, self.network, LISTS, text)


def make_world(folder: Path, parties: Sequence[Entity], links: tuple[Link, ...] = ()) -> World:
    """Build the index of some parties."""
    records = [
        NameRecord(entity.id, entity.schema_, value, prop, entity.datasets[0])
        for entity in parties
        for prop in NAME_PROPERTIES
        for value in entity.values(prop)
    ]
    build_index(records, folder)
    return World(NamesIndex.open(folder), FakeNetwork(entities=tuple(parties), links=links))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path, PARTIES)


def ids(answer: SearchAnswer) -> list[str]:
    return [hit.entity.id for hit in answer.results]


def test_a_hit_names_both_strings_property_dataset_and_score(world: World) -> None:
    (hit,) = world.search("Zarvath Quilbrook").results
    assert hit.entity.id == "xx-1"
    assert hit.match
    named = next(each for each in hit.explanation if each.tokens)
    assert (named.query, named.candidate) == ("Zarvath Quilbrook", "QUILLBROOK, Zarvath")
    assert (named.property, named.dataset) == ("name", "xx_one")
    assert hit.text.startswith("“Zarvath Quilbrook” fits “QUILLBROOK, Zarvath” (name, xx_one): ")
    assert hit.text.endswith(f"score {hit.score:.2f}.")


def test_the_features_add_up_to_the_log_odds(world: World) -> None:
    for hit in world.search("Zarvath Quillbrook", cutoff=0.01).results:
        assert sum(each.log_odds for each in hit.explanation) == pytest.approx(hit.log_odds)


def test_an_empty_answer_names_the_lists_and_dates_and_never_clears(world: World) -> None:
    answer = world.search("Nobody Whatsoever")
    assert answer.results == ()
    assert answer.statement == (
        "No party found at or above 0.50 in the lists checked: xx_one, published 2024-02-01; "
        "xx_two, publication date not stated, out of date."
    )
    assert "clear" not in answer.statement
    assert answer.lists == LISTS


def test_a_statement_names_only_the_lists_that_were_asked_for(world: World) -> None:
    statement = world.search("Nobody", sources=("xx_one",), countries=("gm",)).statement
    assert "xx_two" not in statement
    assert "(conditions: country gm)" in statement


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["xx-3", "xx-4"]),
        ({"sources": ("xx_two",)}, ["xx-4"]),
        ({"countries": ("gm",)}, ["xx-3"]),
        ({"schemas": ("Person",)}, []),
        ({"schemas": ("Organization",)}, ["xx-3", "xx-4"]),
        ({"topics": ("sanction",)}, []),
    ],
)
def test_conditions_hold_for_every_hit(
    world: World, conditions: dict[str, object], expected: list[str]
) -> None:
    assert sorted(ids(world.search("Bank Voxholm", cutoff=0.01, **conditions))) == expected


def test_without_fuzzy_only_equal_names_count(world: World) -> None:
    assert ids(world.search("zarvath quillbrook", fuzzy=False)) == ["xx-1"]
    assert ids(world.search("Zarvath Quilbrook", fuzzy=False)) == []


def test_pages_together_are_the_whole_and_facets_count_all(world: World) -> None:
    whole = world.search("Thrandil Liberation Front")
    first = world.search("Thrandil Liberation Front", limit=1)
    second = world.search("Thrandil Liberation Front", limit=1, offset=1)
    assert (*first.results, *second.results) == whole.results
    assert (first.next_offset, second.next_offset) == (1, None)
    assert [(facet.value, facet.count) for facet in first.facets.datasets] == [
        ("xx_one", 1),
        ("xx_two", 1),
    ]
    assert (first.total.value, first.total.relation) == (2, "eq")


def test_a_cut_search_says_so(tmp_path: Path) -> None:
    many = [party(f"xx-{n:03}", "Person", name="QUILLBROOK, Zarvath") for n in range(120)]
    answer = make_world(tmp_path, many).search("Zarvath Quillbrook", cutoff=0.01)
    assert answer.total.relation == "gte"
    assert "there may be more" in answer.statement


def test_equal_questions_have_equal_answers(world: World) -> None:
    assert world.search("Voxholm Bank") == world.search("Voxholm Bank")


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("Zarvath Quillbrook", "Person", "name"),
        ("QUILLBROOK Zarvath", "Person", "name"),
        ("Zarvath M. Quillbrook", "Person", None),
        ("", "Person", None),
    ],
)
def test_equal_names_set_aside_case_and_order_of_a_person(
    text: str, schema: str, expected: str | None
) -> None:
    assert find_equal_name(text, PARTIES[0]) == expected


def test_the_order_of_words_tells_organisations_apart() -> None:
    assert find_equal_name("Bank Voxholm", PARTIES[2]) is None
    assert find_equal_name("Voxholm Bank", PARTIES[2]) == "name"
    assert find_equal_name("Voxholm Bank Ltd", PARTIES[2]) is None


def test_a_legal_form_that_one_side_leaves_out_can_be_asked_for() -> None:
    assert find_equal_name("Voxholm Bank", PARTIES[2], same_form=True) is None
    assert find_equal_name("Voxholm Bank PLC", PARTIES[2], same_form=True) == "name"


def test_without_a_legal_form_the_firms_of_a_group_are_ambiguous(tmp_path: Path) -> None:
    group = (
        party("xx-8", "Company", name="Ostrelle PLC"),
        party("xx-9", "Company", name="Ostrelle Holding", alias="Ostrelle LLC"),
    )
    with pytest.raises(AmbiguousName):
        make_world(tmp_path, group).require("Ostrelle")


def test_a_short_form_means_the_only_organisation_that_goes_by_it(tmp_path: Path) -> None:
    known = (
        party("xx-8", "Company", name="Ostrelle Velmora Financial Services of the North"),
        party("xx-9", "Person", name="Zarvath Merquist Quillbrook"),
    )
    world = make_world(tmp_path, known)
    assert world.require("Ostrelle Velmora") == "xx-8"
    with pytest.raises(ResolutionError):
        world.require("Velmora Financial")


def test_a_weak_alias_is_no_equal_name() -> None:
    assert find_equal_name("MQC", PARTIES[6]) is None


@pytest.mark.parametrize("text", ["xx-4", "XX-4"])
def test_an_id_wins_whatever_its_case(world: World, text: str) -> None:
    assert world.require(text) == "xx-4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zarvath Quilbrook", "xx-1"),
        ("Bank Voxholm", "xx-4"),  # an equal alias, before a like name
        ("Voxholm Bank", "xx-3"),
        ("merquist couriers", "xx-7"),
    ],
)
def test_a_name_that_leads_clearly_means_its_party(world: World, text: str, expected: str) -> None:
    assert world.require(text) == expected


def test_a_name_of_two_parties_is_ambiguous_and_lists_both(world: World) -> None:
    with pytest.raises(AmbiguousName) as caught:
        world.require("Thrandil Liberation Front")
    assert [candidate[0] for candidate in caught.value.candidates] == ["xx-5", "xx-6"]


def test_parties_that_are_confirmed_as_one_are_not_ambiguous(tmp_path: Path) -> None:
    evidence = Evidence(by="a person", dataset="judgements", record_id="1", locator="ledger:1")
    same = Link(
        id="same",
        schema_="UnknownLink",
        kind=LinkKind.IDENTITY,
        source="xx-6",
        target="xx-5",
        status=Status.CONFIRMED,
        evidence=(evidence,),
    )
    assert make_world(tmp_path, PARTIES, (same,)).require("Thrandil Liberation Front") == "xx-5"
    proposed = same.model_copy(update={"status": Status.PROPOSED})
    doubtful = make_world(tmp_path, PARTIES, (proposed,))
    with pytest.raises(AmbiguousName):
        doubtful.require("Thrandil Liberation Front")


@pytest.mark.parametrize("text", ["Nobody Whatsoever", "Quillbrook", " "])
def test_a_name_that_fits_nobody_is_refused_with_the_lists_checked(world: World, text: str) -> None:
    with pytest.raises(ResolutionError, match="xx_one, published 2024-02-01"):
        world.require(text)
