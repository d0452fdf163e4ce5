"""Values that the patterns call clean are those that FollowTheMoney leaves as they are."""

from __future__ import annotations

import re
import sys
import unicodedata

import pyarrow as pa
import pytest
from followthemoney import model
from followthemoney.types import registry
from followthemoney.types.common import PropertyType
from followthemoney.util import sanitize_text
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.cleaning import LETTERS, Cleaner, clean_column, clean_values, is_clean

CLEANERS = sorted(
    {
        Cleaner.of(prop)
        for schema in model.schemata.values()
        for prop in schema.properties.values()
        # Ids are not cleaned; FollowTheMoney's mimetype raises at a line break, and none is used.
        if prop.type not in (registry.entity, registry.mimetype)
    },
    key=lambda each: (each.kind.name, each.format or ""),
)
# What the types rewrite: blanks, quotation marks, line breaks, commas, hosts, days.
PIECES = st.sampled_from(
    [*" \t\n\r\"',;.<>#?&=%/:@-_~|\\", "ESQ", "ESQ,", "<BR/>", "<br>", ",,", "  ", "a", "Z", "0",
     "é", "e\u0301", "\u200b", "\x00", "\x7f", "\u2028", "http://", "https://", "HTTP://", "www.",
     "example", ".org", "[::1]", "127.0.0.1", "xn--", "1999", "2024-02-29", "2023-02-29",
     "1963-05-31", "-13", "0999", "mailto:", "T10:00", "²", "ﬁ"]
)  # fmt: skip
VALUES = st.one_of(
    st.lists(PIECES, max_size=8).map("".join),
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    st.from_regex(r"https?://[a-z0-9.-]{1,12}/[!-~]{0,12}", fullmatch=True),
    st.from_regex(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]", fullmatch=True),
    st.from_regex(r"[a-zA-Z0-9._+-]{1,9}@([a-z0-9-]{1,9}\.){0,3}[a-z0-9]{1,4}", fullmatch=True),
    st.from_regex(r"[0-9A-Z]{18}", fullmatch=True).map(
        lambda body: (
            body + f"{98 - int(''.join(str(int(each, 36)) for each in body) + '00') % 97:02d}"
        )
    ),
    st.from_regex(r"[0-9A-Z]{18}[0-9]{2}", fullmatch=True),
)


@pytest.mark.parametrize(
    "cleaner", CLEANERS, ids=lambda each: f"{each.kind.name}-{each.format or 'any'}"
)
@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(values=st.lists(VALUES, max_size=15, unique=True))
@example(
    values=["https://-.com/", "http://a.b1/", "http://a.org/;", "http://a.org/?", '"a"', "'", "a;b"]
)
def test_a_column_is_cleaned_as_each_value_is(cleaner: Cleaner, values: list[str]) -> None:
    text = pa.array(values, pa.string())
    expected = [cleaner.kind.clean(value, format=cleaner.format) for value in values]
    assert clean_values(text, cleaner).to_pylist() == expected
    for value, cleaned, plain in zip(
        values, expected, is_clean(text, cleaner).to_pylist(), strict=True
    ):
        assert cleaned == value or not plain
        assert cleaner.keeps(value) == (cleaned == value)
        assert cleaner.accepts(value) == (cleaned is not None)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (registry.name, "TAJIDEEN, Ali Husain"), (registry.string, "a.k.a. 'GODANE'"),
        (registry.address, "62 Buckle Street, Banjul, The Gambia"), (registry.date, "1963"),
        (registry.date, "2010-12-09"), (registry.identifier, "RL 1794375"),
        (registry.url, "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=12463"),
        (registry.email, "a.b+c@mail-out.example.org"),
        (registry.name, "Łódź Ümit Хусейн حسين 株式会社"),
    ],
)  # fmt: skip
def test_common_values_need_no_call(kind: PropertyType, value: str) -> None:
    assert is_clean(pa.array([value]), Cleaner(kind, None)).to_pylist() == [True]


def test_letters_compose_with_nothing_beside_them() -> None:
    """Else a text that the patterns call clean could change when it is normalised."""
    letters = [each for each in map(chr, range(sys.maxunicode + 1))
               if re.fullmatch(f"[{LETTERS}]", each)]  # fmt: skip
    assert len(letters) > 20_000
    for each in letters:
        assert sanitize_text(each) == each
        assert not unicodedata.combining(each)
    seconds = {
        decomposed[1]
        for each in map(chr, range(sys.maxunicode + 1))
        if (parts := unicodedata.decomposition(each)) and not parts.startswith("<")
        if len(decomposed := [chr(int(part, 16)) for part in parts.split()]) == 2
    }
    assert seconds.isdisjoint(letters)


def test_a_lei_with_right_digits_needs_no_call() -> None:
    leis = ["213800WSGIIZCXF1P572", "213800WSGIIZCXF1P573", "213800wsgiizcxf1p572", "", "²" * 20]
    cleaner = Cleaner(registry.identifier, "lei")
    assert is_clean(pa.array(leis), cleaner).to_pylist() == [True, False, False, False, False]


def test_a_column_that_repeats_is_cleaned_like_its_values() -> None:
    cleaner = Cleaner(registry.country, None)
    values = pa.array(["The Gambia", "gm", "Utopia", "The Gambia", "gm"])
    assert clean_column(values, cleaner).to_pylist() == ["gm", "gm", None, "gm", "gm"]
    clean = pa.array(["A", "B", "A"])
    assert clean_column(clean, Cleaner(registry.name, None)) is clean


def test_nothing_is_nothing() -> None:
    empty = pa.array([], pa.string())
    assert clean_values(empty, Cleaner(registry.name, None)).to_pylist() == []
