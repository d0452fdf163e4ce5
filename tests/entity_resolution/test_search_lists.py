"""Search on the whole SDN list: requirements E2, E3, E4, E6, E9, E10 and the golden questions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from entity_resolution.evidence import Facts, MatchResult, Policy, Query
from entity_resolution.index import NameRecord, NamesIndex, build_index
from tests.data import require_data
from tests.entity_resolution.sdn import read_sdn

pytestmark = pytest.mark.lists
Sdn = tuple[list[NameRecord], Mapping[str, Facts]]


@pytest.fixture(scope="module")
def sdn() -> Sdn:
    return read_sdn(require_data("ofac_sdn_2023-12-28"))


@pytest.fixture(scope="module")
def index(sdn: Sdn, tmp_path_factory: pytest.TempPathFactory) -> NamesIndex:
    directory = tmp_path_factory.mktemp("sdn")
    build_index(sdn[0], directory)
    return NamesIndex.open(directory)


def _matches(index: NamesIndex, name: str) -> dict[str, MatchResult]:
    found = index.search(Query(name=name), limit=20, cutoff=0.01)
    return {result.entity_id: result for result in found if result.match}


@pytest.mark.parametrize(
    ("name", "uid"),
    [
        ("TAJCO S.A.R.L.", 12452),
        ("Tajco Limited", 12452),
        ("Congo Futur SPRL", 12454),
        ("Hussein Tajeddine", 12451),
        ("Hussain Tajideen", 12451),
        ("Husayn Taj al-Din", 12451),
        ("Hussain Tajudeen", 12451),
        ("Kassem Tajeddine", 11494),
        ("Kassim Mohamad Tajiddine", 11494),
        ("Kairaba Shopping Centre", 12455),
        ("Groupe Arosfran", 12457),
        ("حسين تاج الدين", 12451),
        ("قاسم تاج الدين", 11494),
        ("علي تاج الدين", 12450),
        ("Hezbollah", 4697),
        ("حزب الله", 4697),
        ("Владимир Путин", 35096),
    ],
)
def test_variants_find_their_entry_first(index: NamesIndex, name: str, uid: int) -> None:
    first = index.search(Query(name=name))[0]
    assert first.entity_id == f"ofac-{uid}"
    assert first.match


def test_a_brother_is_no_match_for_another(index: NamesIndex) -> None:
    family = {"ofac-11494", "ofac-12450", "ofac-12451"}
    for name in ("Ahmed Tajideen", "Tajideen", "Mustafa Tajeddine", "أحمد تاج الدين"):
        assert not family & set(_matches(index, name))
    assert family & set(_matches(index, "Kassem Tajeddine")) == {"ofac-11494"}


@pytest.mark.parametrize(
    "name",
    [
        "Western Union Financial Services", "Western Union", "Trust", "Bank", "Exchange",
        "International", "Group", "Ltd", "S.A.R.L.", "DHL", "General Trading Company",
        "Trust Bank Gambia Ltd", "Money Exchange", "Golden Trading",
        "Revolutionary Armed Forces of Colombia",
    ],
)  # fmt: skip
def test_unlisted_parties_and_common_words_match_nothing(index: NamesIndex, name: str) -> None:
    assert _matches(index, name) == {}


def test_entries_of_one_name_are_both_found_and_apart(index: NamesIndex) -> None:
    found = _matches(index, "National Liberation Army")
    assert {"ofac-4706", "ofac-7755"} <= set(found)
    assert found["ofac-4706"].log_odds == found["ofac-7755"].log_odds


def test_an_alias_of_the_gambia_does_not_match_in_dubai(index: NamesIndex) -> None:
    assert "ofac-12452" in _matches(index, "Grand Stores, Banjul")
    assert "ofac-12452" not in _matches(index, "Grand Stores, Dubai")


@pytest.mark.parametrize(
    ("name", "birth_date", "fits", "conflicts"),
    [
        ("Muhammad Ali", "1979-08-01", 22113, 22151),
        ("Haji Baz Mohammad", "1964-03-12", 13127, 8867),
        ("Kim Yong Chol", "1962-02-18", 17614, 12211),
    ],
)
def test_birth_dates_tell_namesakes_apart(
    index: NamesIndex, sdn: Sdn, name: str, birth_date: str, fits: int, conflicts: int
) -> None:
    query = Query(name=name, schema_="Person", birth_dates=(birth_date,))
    found = {
        result.entity_id: result
        for result in index.search(query, limit=50, cutoff=0.01, facts=lambda _: sdn[1])
    }
    assert found[f"ofac-{fits}"].match
    assert f"ofac-{conflicts}" not in found or not found[f"ofac-{conflicts}"].match


def test_a_weak_alias_alone_never_matches(index: NamesIndex, sdn: Sdn) -> None:
    strong = {record.name.lower() for record in sdn[0] if record.property != "weakAlias"}
    weak = [
        record
        for record in sdn[0]
        if record.property == "weakAlias" and record.name.lower() not in strong
    ]
    for record in random.Random(3).sample(weak, 60):  # noqa: S311
        for result in index.search(Query(name=record.name)):
            name = next(each for each in result.features if each.name.endswith("_name"))
            assert not result.match or name.property != "weakAlias"
    found = index.search(Query(name="GODANE"), policy=Policy(weak_aliases="match"))
    assert found
    assert found[0].match
    assert not any(result.match for result in index.search(Query(name="GODANE")))


def test_answers_repeat(index: NamesIndex, sdn: Sdn, tmp_path: Path) -> None:
    records = list(sdn[0])
    random.Random(8).shuffle(records)  # noqa: S311
    build_index(records, tmp_path)
    again = NamesIndex.open(tmp_path)
    for name in ("Kassem Tajeddine", "Golden Star Trading", "Mohammed Ali"):
        assert index.search(Query(name=name), cutoff=0.1) == again.search(
            Query(name=name), cutoff=0.1
        )


def _held_out(records: list[NameRecord], size: int, seed: int) -> list[NameRecord]:
    """One alias each of randomly chosen entities; aliases that share nothing are left out."""
    names: dict[str, list[NameRecord]] = {}
    for record in records:
        if record.property != "weakAlias":
            names.setdefault(record.entity_id, []).append(record)
    rng = random.Random(seed)  # noqa: S311
    chosen = []
    for entity_id in rng.sample(sorted(names), size):
        aliases = [record for record in names[entity_id] if record.property != "name"]
        if not aliases:
            continue
        alias = rng.choice(sorted(aliases))
        others = [record.name for record in names[entity_id] if record.name != alias.name]
        alike = max((fuzz.token_sort_ratio(alias.name, other) for other in others), default=0)
        if alike >= 60:
            chosen.append(alias)
    return chosen


def test_unseen_aliases_find_their_entity(sdn: Sdn, tmp_path: Path) -> None:
    held = _held_out(sdn[0], 700, seed=2024)
    gone = {(record.entity_id, record.name) for record in held}
    build_index([each for each in sdn[0] if (each.entity_id, each.name) not in gone], tmp_path)
    index = NamesIndex.open(tmp_path)
    first = top_five = ties = 0
    for record in held:
        results = index.search(Query(name=record.name, schema_=record.schema), cutoff=0.01)
        ids = [result.entity_id for result in results]
        first += ids[:1] == [record.entity_id]
        top_five += record.entity_id in ids[:5]
        ties += len(results) > 1 and results[0].log_odds == results[1].log_odds
    assert len(held) > 150
    assert first / len(held) >= 0.85
    assert top_five / len(held) >= 0.88
    assert ties / len(held) <= 0.05
