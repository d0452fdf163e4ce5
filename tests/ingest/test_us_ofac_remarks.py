"""The grammar of the remarks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.us_ofac.addresses import split_city
from ingest.sources.us_ofac.remarks import (
    Fact,
    find_countries,
    iter_facts,
    parse_dates,
    split_scope,
)


def _one(text: str) -> Fact:
    (fact,) = iter_facts(text)
    return fact


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("21 Mar 1955", ("1955-03-21",)),
        ("Mar 1955", ("1955-03",)),
        ("1963", ("1963",)),
        ("circa 1944", ("1944",)),
        ("circa Mar 1944", ("1944-03",)),
        ("1951 to 1953", ("1951", "1953")),
        ("circa 1951 to 1953", ("1951", "1953")),
        ("01 Jan 1961 to 31 Dec 1962", ("1961-01-01", "1962-12-31")),
        ("31 Feb 1961", ()),
        ("1960s", ()),
        ("unknown", ()),
        ("", ()),
    ],
)
def test_dates_keep_the_precision_of_the_publisher(text: str, dates: tuple[str, ...]) -> None:
    assert parse_dates(text) == dates


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("DOB 1963.", "birth", "1963"),
        ("alt. DOB 1963.", "birth", "1963"),
        ("POB Hanaway, Lebanon.", "birthplace", "Hanaway, Lebanon"),
        ("nationality Sierra Leone.", "nationality", "Sierra Leone"),
        ("citizen Egypt.", "citizenship", "Egypt"),
        ("Gender Male.", "gender", "Male"),
        ("a.k.a. 'GODANE'.", "weak_alias", "GODANE"),
        ("a.k.a. 'BA'ATH; BUREAU'.", "weak_alias", "BA'ATH; BUREAU"),
        ("f.k.a. 'OLD NAME'.", "former_name", "OLD NAME"),
        ("n.k.a. 'NEW NAME'.", "alias", "NEW NAME"),
        ("Website www.example.org.", "website", "www.example.org"),
        ("Linked To: ANY SHIPPING CO..", "linked", "ANY SHIPPING CO.."),
        ("(Linked To: ANY SHIPPING CO).", "linked", "ANY SHIPPING CO"),
        ("Digital Currency Address - XBT 1B11.", "wallet", "XBT 1B11"),
        ("Secondary sanctions risk: some law.", "provision", "some law"),
        ("Dobson was here.", "free", "Dobson was here"),
    ],
)
def test_a_part_is_read_by_its_label(text: str, kind: str, value: str) -> None:
    fact = _one(text)
    assert (fact.kind, fact.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Passport RL 1794375 (Lebanon)", Fact("id", "Passport", "RL 1794375", "", "lb")),
        (
            "Passport X1 (Congo, Democratic Republic of the) issued 28 Feb 1996 expires 2001",
            Fact("id", "Passport", "X1", "", "cd", None, "1996-02-28", "2001"),
        ),
        ("Tax ID No. 100036386 (Serbia)", Fact("id", "Tax ID No.", "100036386", "", "rs")),
        (
            "Registration Number HRA 738077 (Stuttgart) (Germany)",
            Fact("id", "Registration Number", "HRA 738077", "", "de", "Stuttgart"),
        ),
        (
            "Unified Social Credit Code (USCC) 9113100033607322XK (China)",
            Fact("id", "Unified Social Credit Code", "9113100033607322XK", "", "cn"),
        ),
        ("Atlantis Ledger No. 12-b", Fact("id", "Atlantis Ledger No.", "12-b", "")),
        ("Vessel Registration Identification IMO 7406784",
         Fact("id", "Vessel Registration Identification IMO", "7406784", "")),
    ],
)  # fmt: skip
def test_an_identifier_gives_number_country_place_and_dates(text: str, fact: Fact) -> None:
    found = _one(text + ".")
    expected = (fact.key, fact.value, fact.country, fact.place, fact.issued, fact.expires)
    assert (
        found.key, found.value, found.country, found.place, found.issued, found.expires
    ) == expected  # fmt: skip
    assert found.raw == text


def test_the_last_part_of_cut_remarks_is_not_read() -> None:
    facts = list(iter_facts("DOB 1963; Digital Currency Address - XBT 1Gq", cut=True))
    assert [fact.kind for fact in facts] == ["birth", "cut"]


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read_without_an_error(text: str, cut: bool) -> None:
    for fact in iter_facts(text, cut=cut):
        assert fact.raw.strip()


@given(st.lists(st.text(alphabet="abc XYZ019:'()", min_size=1, max_size=20), max_size=6))
def test_no_part_is_lost(parts: list[str]) -> None:
    # Quoted names may swallow a separator, so the whole is compared, not the parts.
    text = "; ".join(parts)
    kept = "; ".join(fact.raw for fact in iter_facts(text))
    assert [c for c in kept if c not in "; "] == [c for c in text if c not in "; "]


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("GRAND STORES (THE GAMBIA LOCATION ONLY)", ("GRAND STORES", ("gm",))),
        ("X (IN THE UAE ONLY)", ("X", ("ae",))),
        ("X (LEBANON AND SYRIA ONLY)", ("X", ("lb", "sy"))),
        ("X (NIGHT SHIFT ONLY)", ("X (NIGHT SHIFT ONLY)", ())),
        ("X (LEBANON)", ("X (LEBANON)", ())),
        ("(LEBANON ONLY)", ("(LEBANON ONLY)", ())),
    ],
)
def test_only_a_limit_to_a_country_becomes_a_scope(
    name: str, result: tuple[str, tuple[str, ...]]
) -> None:
    assert split_scope(name) == result


def test_short_english_words_are_no_countries() -> None:
    assert find_countries("IN NO AND IS IT TO CAN") == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("London EC3N 1DY", {"city": "London", "postalCode": "EC3N 1DY"}),
        ("Zurich CH-8022", {"city": "Zurich", "postalCode": "CH-8022"}),
        ("Mexico, D.F. 11570", {"city": "Mexico", "state": "D.F.", "postalCode": "11570"}),
        ("Hebron, West Bank", {"city": "Hebron", "state": "West Bank"}),
        ("Tehran 15", {"city": "Tehran 15"}),
        ("A, B, C", {"city": "A, B, C"}),
        ("Banjul", {"city": "Banjul"}),
    ],
)
def test_a_city_is_taken_apart_only_where_it_is_plain(text: str, parts: dict[str, str]) -> None:
    assert split_city(text) == parts
