"""What is found among the names in Latin script is FollowTheMoney's answer, for every name."""

from __future__ import annotations

import pytest
from followthemoney.types import registry
from hypothesis import given, settings
from hypothesis import strategies as st
from rigour._core import territories_jsonl
from rigour.data import iter_jsonl_text

from graph.countries import clean_country, find_country

NAMES = sorted(
    {
        name
        for row in iter_jsonl_text(territories_jsonl())
        for tier in ("names_strong", "names_weak", "places")
        for name in (*row.get(tier, ()), row["name"], row.get("full_name", row["name"]))
    }
)


def test_every_name_of_every_territory_is_the_same_to_both() -> None:
    found = {name: find_country(name) for name in NAMES}
    wrong = {
        name: (code, registry.country.clean(name))
        for name, code in found.items()
        if code is not None and code != registry.country.clean(name)
    }
    assert wrong == {}
    missed = [name for name, code in found.items() if code is None and name.isascii()]
    assert [name for name in missed if registry.country.clean(name)] == []
    assert sum(code is not None for code in found.values()) > 15_000


def test_every_code_is_itself() -> None:
    codes = registry.country.codes
    assert {code for code in codes if clean_country(code) != registry.country.clean(code)} == set()
    assert {code for code in codes if find_country(code) != code} == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Korea, North", "kp"), ("Virgin Islands, British", "vg"), ("  THE GAMBIA ", "gm"),
        ("Côte d’Ivoire", "ci"), ("Co\u0302te d'Ivoire", "ci"), ("São Paulo, Brazil", "br"),
        ("Region: Gaza", "ps"), ("USSR", "suhh"), ("IRN", "ir"), ("New\u2003Zealand", "nz"),
        ("Giza, Egypt", None), ("Jalisco", None), ("", None), ("new\x07york", None),
    ],
)  # fmt: skip
def test_a_published_name_has_its_code(text: str, code: str | None) -> None:
    assert find_country(text) == registry.country.clean(text) == code


def test_a_name_in_another_script_is_left_to_followthemoney() -> None:
    assert find_country("Росія") is None
    assert clean_country("Росія") == registry.country.clean("Росія") == "ru"


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    st.one_of(
        st.text(max_size=12),
        st.tuples(st.text(max_size=3), st.sampled_from(NAMES), st.text(max_size=3)).map("".join),
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).map(", ".join),
    )
)
def test_whatever_is_found_equals_followthemoney(text: str) -> None:
    assert find_country(text) in (None, registry.country.clean(text))
    assert clean_country(text) == registry.country.clean(text)
