"""Untrusted text is inert wherever it is shown, and intact wherever it is data."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cuibono.render.clean import clean, clean_cell, make_json_inert, safe

ANY = st.text(st.characters(codec=None))


@given(ANY)
def test_nothing_that_a_terminal_obeys_survives(text: str) -> None:
    shown = clean(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f")


@given(ANY)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_escape_sequences_vanish_whole() -> None:
    assert (
        clean("a\x1b[31;1mb\x1b]8;;https://example.org\x07c\x1b]0;title\x1b\\d\x9b2Je") == "abcde"
    )


def test_line_ends_become_one_space() -> None:
    assert clean("a\r\n\tb\u2028c") == "a b c"


def test_joiners_that_scripts_need_stay() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


def test_names_in_any_script_stay() -> None:
    for name in ("حسين تاج الدين", "Ümit Çelik", "习近平", "Ивано́в", "O'Brien-Łódź & Co. [x]"):
        assert clean(name) == name


def test_markup_is_letters() -> None:
    assert safe("[red]x[/red]").plain == "[red]x[/red]"
    assert not safe("[link=https://example.org]x[/link]").spans


def test_a_formula_is_text_in_a_spreadsheet() -> None:
    for start in "=+-@\t\r":
        assert clean_cell(f"{start}1+1").startswith("'")
    assert clean_cell("\x1b[0m=1+1") == "'=1+1"
    assert clean_cell("Tajco Ltd") == "Tajco Ltd"


@given(st.recursive(ANY, st.lists, max_leaves=5))
def test_inert_json_is_the_same_value_without_controls(value: object) -> None:
    document = make_json_inert(json.dumps(value, ensure_ascii=False))
    assert json.loads(document) == json.loads(json.dumps(value, ensure_ascii=True))
    assert clean(document) == document.strip()
