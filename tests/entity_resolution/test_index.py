"""The index finds candidates, and its bytes depend on the records only."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entity_resolution.evidence import Query
from entity_resolution.index import NameRecord, NamesIndex, build_index
from entity_resolution.index_build import gram_codes
from graph.errors import StoreUnavailable

RECORDS = [
    NameRecord("x-1", "Person", "BARAVELLI, Qasim", "name", "made_up"),
    NameRecord("x-1", "Person", "Abu Zorro", "weakAlias", "made_up"),
    NameRecord("x-2", "Person", "BARAVELLI, Nadia Karim", "name", "made_up"),
    NameRecord("x-3", "Company", "ZIRKONDRA TRADING S.A.L.", "name", "made_up"),
    NameRecord("x-3", "Company", "POMELVA STORES", "alias", "made_up", "gm"),
    NameRecord("x-4", "Company", "ZIRKONDRA SILVER TRADING LTD", "name", "made_up"),
    NameRecord("x-5", "LegalEntity", "قاسم القرمزي", "name", "made_up", None, "ara"),
    NameRecord("x-6", "Company", "AFRI KOLTRANE", "name", "made_up"),
    NameRecord("x-7", "Vessel", "OLD HERON 17", "name", "made_up"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> NamesIndex:
    directory = tmp_path_factory.mktemp("names")
    build_index(RECORDS, directory)
    return NamesIndex.open(directory)


def _bytes(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_bytes_do_not_depend_on_the_order_or_on_repeats(tmp_path: Path) -> None:
    shuffled = [*RECORDS, RECORDS[0]]
    random.Random(5).shuffle(shuffled)  # noqa: S311
    build_index(RECORDS, tmp_path / "a")
    build_index(shuffled, tmp_path / "b")
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_an_empty_index_answers_nothing(tmp_path: Path) -> None:
    build_index([], tmp_path)
    assert NamesIndex.open(tmp_path).search(Query(name="Anybody at all")) == []


def test_an_absent_index_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        NamesIndex.open(tmp_path / "absent")


def test_an_index_of_another_normaliser_is_refused(tmp_path: Path) -> None:
    build_index(RECORDS, tmp_path)
    meta = tmp_path / "names.json"
    meta.write_text(meta.read_text("utf-8").replace('"names-', '"older-'), "utf-8")
    with pytest.raises(StoreUnavailable):
        NamesIndex.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("Kassem Baraveli", "x-1"),
        ("Q. Baravelli", "x-1"),
        ("Nadia Baravelli", "x-2"),
        ("Zirkondra Trading", "x-3"),
        ("Zirkandra Trading SAL", "x-3"),
        ("Afrikoltrane", "x-6"),
        ("Kasim al-Qirmizi", "x-5"),
        ("Old Heron XVII", "x-7"),
        ("Old Heron 17", "x-7"),
    ],
)
def test_the_right_entity_is_the_first_candidate(
    index: NamesIndex, name: str, entity_id: str
) -> None:
    first = index.candidates(Query(name=name))[0]
    assert index.entity_id(first) == entity_id


def test_a_limit_keeps_ties(index: NamesIndex) -> None:
    assert len(index.candidates(Query(name="Baravelli"), limit=1)) >= 1
    assert len(index) == 7


def test_a_schema_narrows_the_kind_of_name(index: NamesIndex) -> None:
    results = index.search(Query(name="Qasim Baravelli", schema_="Company"), cutoff=0.01)
    assert all(result.schema_ != "Person" for result in results)


@given(st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_answered(index: NamesIndex, name: str) -> None:
    for result in index.search(Query(name=name), cutoff=0.01):
        assert 0.0 <= result.score <= 1.0


@given(st.text(max_size=12))
def test_grams_are_distinct_and_in_range(text: str) -> None:
    codes = gram_codes(text)
    assert codes == sorted(set(codes))
    assert all(0 <= code < 32768 for code in codes)
