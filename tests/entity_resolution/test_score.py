"""A score adds up, explains itself, and never overstates what agrees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entity_resolution.evidence import Facts, MatchResult, Policy, Query, hash_config
from entity_resolution.index import NamesIndex, build_index
from entity_resolution.score import log_odds_of, probability, soft_ceiling
from tests.entity_resolution.test_index import RECORDS


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> NamesIndex:
    directory = tmp_path_factory.mktemp("names")
    build_index(RECORDS, directory)
    return NamesIndex.open(directory)


def _search(
    index: NamesIndex, query: Query, facts: Mapping[str, Facts] | None = None
) -> dict[str, MatchResult]:
    results = index.search(query, cutoff=0.01, facts=(lambda _: facts) if facts else None)
    return {result.entity_id: result for result in results}


def test_features_sum_to_the_log_odds_and_name_both_strings(index: NamesIndex) -> None:
    for result in _search(index, Query(name="Kassem Baraveli")).values():
        total = math.fsum(feature.log_odds for feature in result.features)
        assert result.log_odds == pytest.approx(total)
        assert result.score == pytest.approx(probability(result.log_odds))
        name = result.features[1]
        assert name.query == "Kassem Baraveli"
        assert name.candidate in {record.name for record in RECORDS}
        assert name.dataset == "made_up"


def test_the_best_fit_is_a_match_and_relatives_are_not(index: NamesIndex) -> None:
    found = _search(index, Query(name="Kassem Baravelli"))
    assert found["x-1"].match
    assert not found["x-2"].match if "x-2" in found else True


def test_a_surname_alone_is_no_match(index: NamesIndex) -> None:
    assert not any(result.match for result in _search(index, Query(name="Baravelli")).values())
    assert not any(result.match for result in _search(index, Query(name="Omid Baravelli")).values())


def test_a_weak_alias_only_confirms_unless_the_policy_says_so(index: NamesIndex) -> None:
    query = Query(name="Abu Zorro")
    (result,) = index.search(query, cutoff=0.01)
    assert not result.match
    assert "weak aliases confirm" in result.policy
    (other,) = index.search(query, cutoff=0.01, policy=Policy(weak_aliases="match"))
    assert other.log_odds > result.log_odds
    assert other.config_hash != result.config_hash


def test_an_added_distinctive_word_costs(index: NamesIndex) -> None:
    found = _search(index, Query(name="Zirkondra Trading"))
    assert found["x-3"].log_odds > found["x-4"].log_odds + 2


def test_numbers_must_agree(index: NamesIndex) -> None:
    assert _search(index, Query(name="Old Heron 17"))["x-7"].match
    assert not _search(index, Query(name="Old Heron 18"))["x-7"].match


def test_an_alias_of_one_country_fits_places_there(index: NamesIndex) -> None:
    banjul = _search(index, Query(name="Pomelva Stores, Banjul"))["x-3"]
    dubai = _search(index, Query(name="Pomelva Stores, Dubai"))["x-3"]
    plain = _search(index, Query(name="Pomelva Stores"))["x-3"]
    assert dubai.log_odds < min(banjul.log_odds, plain.log_odds)
    assert banjul.match
    assert not dubai.match


def test_a_city_of_the_candidates_address_counts_as_its_country(index: NamesIndex) -> None:
    query = Query(name="Zirkondra Trading, Banjul")
    here = _search(index, query, {"x-3": Facts(places=("Banjul",))})["x-3"]
    there = _search(index, query, {"x-3": Facts(countries=("lb",))})["x-3"]
    assert here.log_odds > there.log_odds


def test_an_absent_attribute_is_exactly_zero(index: NamesIndex) -> None:
    bare = _search(index, Query(name="Qasim Baravelli"))["x-1"]
    stated = _search(
        index,
        Query(name="Qasim Baravelli", birth_dates=("1960",), countries=("lb",)),
        {"x-1": Facts()},
    )["x-1"]
    assert stated.log_odds == bare.log_odds


@pytest.mark.parametrize(
    ("left", "right", "matches"),
    [
        ("1963", "1963-05-02", True),
        ("1961", "1975", False),
        ("1946~", "1948", True),
        ("1946~", "1962-02-18", False),
        ("1979-08-01", "1985-08-30", False),
        ("1979-08-01", "1979-01-08", True),
        ("not a date", "1979", True),
    ],
)
def test_birth_dates_are_graded_by_precision(
    index: NamesIndex, left: str, right: str, matches: bool
) -> None:
    query = Query(name="Qasim Baravelli", birth_dates=(left,))
    result = _search(index, query, {"x-1": Facts(birth_dates=(right,))})["x-1"]
    assert result.match is matches


def test_one_compatible_birth_date_outweighs_others(index: NamesIndex) -> None:
    query = Query(name="Qasim Baravelli", birth_dates=("1960",))
    facts = {"x-1": Facts(birth_dates=("1975", "1960-03-01"))}
    assert _search(index, query, facts)["x-1"].match


def test_equal_input_gives_equal_answers(index: NamesIndex, tmp_path: Path) -> None:
    build_index(RECORDS, tmp_path)
    query = Query(name="Nadia Karim Baravelli")
    assert index.search(query) == NamesIndex.open(tmp_path).search(query)


def test_the_hash_names_the_policy() -> None:
    assert hash_config(Policy()) == hash_config(Policy())
    assert hash_config(Policy()) != hash_config(Policy(prior=-3.0))


@given(st.floats(-40, 40), st.floats(-40, 40))
def test_a_soft_ceiling_holds_and_keeps_order(left: float, right: float) -> None:
    low, high = sorted((left, right))
    assert soft_ceiling(low, 0.4) <= soft_ceiling(high, 0.4) <= 0.4 + 1e-12


@given(st.floats(0.001, 0.999))
def test_log_odds_and_probability_are_inverse(score: float) -> None:
    assert probability(log_odds_of(score)) == pytest.approx(score)
