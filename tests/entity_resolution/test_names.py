"""Names become the tokens that their writers meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entity_resolution.compare import WeightedToken, align, compare_tokens
from entity_resolution.normalise.names import (
    MAX_TOKENS,
    Family,
    TokenKind,
    canonical_token,
    clean_text,
    parse_name,
    skeleton,
    token_kind,
)
from entity_resolution.normalise.organisations import generic_form, split_legal_forms
from entity_resolution.normalise.places import find_place, same_territory
from entity_resolution.normalise.romanise import romanise

FAMILIES: tuple[Family, ...] = ("person", "organisation")
TEXT = st.text(max_size=40)
# Pieces that the rules look for, in several scripts, so that rules meet each other.
PIECES = (
    "abdul abd al el din uddin allah ullah taj nasr abdullah abdurrahman tajeddine x sarl s.a.l."
    " حسين عبد الله الدين Путин Σοφία ltd 17 xiv - , ' & bin haji"
)
NAMES = st.lists(
    st.sampled_from(PIECES.split()) | st.text(alphabet="abdlinuhrz", min_size=1, max_size=9),
    max_size=7,
).map(" ".join)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("TAJIDEEN, Husayn", "husayn TAJIDEEN"),
        ("Abd al-Rahman Omar", "Abdulrahman Omar"),
        ("Abdel Rahman Omar", "Abdurrahman Omar"),
        ("OMAR, 'Abd-al-Rahman", "Abdul Rahman Omar"),
        ("Taj al-Din, Ali", "Ali Tajeddine"),
        ("Ali Taj ad-Deen", "Ali Tajideen"),
        ("Hassan Nasr Allah", "Hassan Nasrallah"),
        ("Abd Allah Saleh", "Abdullah Saleh"),
        ("José Peña", "JOSE PENA"),
        ("Zo\u200be Kl\u202ebr", "Zoe Klbr"),
        ("Iv\u0430n Petrov", "Ivan Petrov"),
        ("Иван Петров", "Ivan Petrov"),
        ("Ｉｖａｎ Petrov", "Ivan Petrov"),
    ],
)
def test_spellings_of_one_name_have_one_form(left: str, right: str) -> None:
    assert sorted(parse_name(left, "person").tokens) == sorted(parse_name(right, "person").tokens)


@pytest.mark.parametrize(
    ("latin", "native"),
    [
        ("husayn", "حسين"),
        ("hussein", "حسین"),
        ("qasim", "قاسم"),
        ("ali", "علي"),
        ("khaled", "خالد"),
        ("nawaz", "نواز"),
        ("putin", "Путин"),
        ("shcherbakov", "Щербаков"),
        ("shimon", "שמעון"),
    ],
)
def test_scripts_meet_in_the_skeleton(latin: str, native: str) -> None:
    (token,) = parse_name(native, "person").tokens
    assert skeleton(token) == skeleton(latin)


def test_arabic_compounds_meet_latin_ones() -> None:
    arabic = parse_name("حسين تاج الدين", "person").tokens
    latin = parse_name("Husayn Taj al-Din", "person").tokens
    assert [skeleton(token) for token in arabic] == [skeleton(token) for token in latin]


@pytest.mark.parametrize(
    ("name", "core", "form"),
    [
        ("TAJCO S.A.R.L.", ("tajco",), "sarl"),
        ("Tajco Limited", ("tajco",), "ltd"),
        ("Tajco Ltd.", ("tajco",), "ltd"),
        ("SIS DOO", ("sis",), "doo"),
        ("SIS d.o.o.", ("sis",), "doo"),
        ("Congo Futur SPRL", ("congo", "futur"), "sprl"),
        ("Ovlas Trading S.A.L.", ("ovlas", "trading"), "sal"),
        ("ООО Ромашка", ("romashka",), "ooo"),
    ],
)
def test_legal_forms_are_set_apart(name: str, core: tuple[str, ...], form: str) -> None:
    parsed = parse_name(name, "organisation")
    assert parsed.tokens == core
    assert form in parsed.legal_forms


@pytest.mark.parametrize("name", ["Ltd.", "S.A.R.L.", "LLC", "Joint Stock Company", "", "—", "  "])
def test_a_bare_legal_form_has_no_token(name: str) -> None:
    assert parse_name(name, "organisation").tokens == ()


def test_two_letters_before_generic_words_are_a_name() -> None:
    assert split_legal_forms(["kb", "lines", "limited"]) == (["kb", "lines"], ("ltd",))


def test_forms_of_two_countries_may_mean_the_same() -> None:
    assert generic_form("gmbh") == generic_form("ltd")


@pytest.mark.parametrize(
    ("token", "family", "kind"),
    [
        ("hajj", "person", TokenKind.HONORIFIC),
        ("mullah", "person", TokenKind.HONORIFIC),
        ("al", "person", TokenKind.PARTICLE),
        ("k", "person", TokenKind.INITIAL),
        ("bank", "organisation", TokenKind.GENERIC),
        ("xiv", "organisation", TokenKind.NUMBER),
        ("xi", "person", TokenKind.NAME),
        ("tajco", "organisation", TokenKind.NAME),
    ],
)
def test_tokens_have_kinds(token: str, family: Family, kind: TokenKind) -> None:
    assert token_kind(canonical_token(token), family) is kind


def test_look_alikes_fold_only_where_scripts_mix() -> None:
    cyrillic_a, cyrillic_word = "\u0430", "\u0441\u043e\u0441\u043e"
    assert clean_text(f"P{cyrillic_a}ul") == "paul"
    assert clean_text(cyrillic_word) == cyrillic_word


def test_unknown_letters_equal_only_themselves() -> None:
    assert romanise("𐎀𐎁") != romanise("𐎂𐎃")


def test_a_place_is_found_beside_a_name_only() -> None:
    assert find_place(["grand", "stores", "dubai"]) == ("ae-du", 2, 3)
    assert find_place(["dubai"]) is None
    assert same_territory(["ae-du"], ["ae"])
    assert not same_territory(["gm"], ["ae"])


@pytest.mark.parametrize(
    ("left", "right", "least"),
    [
        ("mohammed", "muhammad", 0.85),
        ("hussein", "husayn", 0.75),
        ("qasim", "kassem", 0.75),
        ("qassem", "ghassem", 0.75),
        ("yusuf", "youssef", 0.7),
        ("aleksandr", "alexander", 0.7),
        ("kairaba", "kariaba", 0.7),
    ],
)
def test_spellings_are_alike(left: str, right: str, least: float) -> None:
    assert compare_tokens(left, right)[0] >= least


@pytest.mark.parametrize(
    ("left", "right"),
    [("hasan", "husayn"), ("ali", "ola"), ("karim", "akram"), ("omar", "amer"), ("17", "18")],
)
def test_other_names_are_less_alike(left: str, right: str) -> None:
    assert compare_tokens(left, right)[0] < 0.7


@pytest.mark.parametrize(
    "text", ["ll" * 9000 + "ah", "Ali Mohammed " * 900, "abd al " * 900 + "din"]
)
def test_hostile_length_is_bounded(text: str) -> None:
    for family in FAMILIES:
        assert len(parse_name(text, family).tokens) <= MAX_TOKENS


@given(TEXT | NAMES, st.sampled_from(FAMILIES))
def test_any_text_gives_tokens_and_normalising_twice_is_once(text: str, family: Family) -> None:
    tokens = parse_name(text, family).tokens
    for token in tokens:
        assert canonical_token(token) == token
        assert token
        assert not token.isspace()
    assert parse_name(text, family).tokens == tokens
    assert clean_text(clean_text(text)) == clean_text(text)


@given(NAMES | TEXT, NAMES | TEXT)
def test_similarity_is_symmetric_bounded_and_one_on_equals(left: str, right: str) -> None:
    for first in parse_name(left, "person").tokens:
        assert compare_tokens(first, first) == (1.0, "equal")
        for second in parse_name(right, "person").tokens:
            forward, backward = compare_tokens(first, second), compare_tokens(second, first)
            assert forward == backward
            assert 0.0 <= forward[0] <= 1.0
            assert (forward[0] == 1.0) == (first == second)


@given(NAMES, NAMES)
def test_an_alignment_is_one_to_one_and_has_no_side(left: str, right: str) -> None:
    one, other = (
        [
            WeightedToken(token, token_kind(token, "person"), float(len(token)))
            for token in parse_name(text, "person").tokens
        ]
        for text in (left, right)
    )
    forward, backward = align(one, other), align(other, one)
    used = [index for pair in forward.pairs for index in pair.query]
    assert sorted([*used, *forward.unmatched_query]) == list(range(len(one)))
    weight = [
        sum(pair.weight * pair.similarity for pair in each.pairs) for each in (forward, backward)
    ]
    assert weight[0] == pytest.approx(weight[1])
