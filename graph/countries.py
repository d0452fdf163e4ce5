"""Codes of countries by their published names, without an index of every script.

FollowTheMoney looks a name up among 29,000 names of territories. Those in Cyrillic, Greek,
Armenian, Georgian and Hangul are transliterated first, which takes over a second in each process
and which texts in Latin script need least. Here the names in Latin script are indexed alone, with
the same keys and the same precedence: what is found equals FollowTheMoney's answer, what is not
found FollowTheMoney may still know. `tests/graph/test_countries.py` holds every name against it.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from followthemoney.types import registry
from followthemoney.util import sanitize_text
from rigour._core import territories_jsonl
from rigour.data import iter_jsonl_text
from rigour.territories import get_territories, lookup_by_identifier
from rigour.territories.util import SKIP_CHARACTERS, normalize_territory_name
from rigour.text.translit import ascii_text

_ASCII = [chr(code) for code in range(128)]
_FOLD = str.maketrans(
    {each: "" if each in SKIP_CHARACTERS else " " for each in _ASCII if not each.isalnum()}
)


def _fold(text: str) -> str:
    """Rigour's key of an ASCII name: `normalize_territory_name`, several times as fast."""
    return " ".join(text.casefold().translate(_FOLD).split())


@cache
def _romanise(character: str) -> str | None:
    """ASCII of a character of Latin or of no script; None of any other.

    Latin letters are transliterated one by one; those of other scripts as their neighbours want.
    """
    if character.isalpha() and not unicodedata.name(character, "").startswith(
        ("LATIN", "MODIFIER")
    ):
        return None
    return ascii_text(character)


def _key(name: str) -> str | None:
    """The key under which a name in Latin script is indexed; None for another script."""
    if name.isascii():
        return _fold(name)
    parts = [each if each.isascii() else _romanise(each) for each in name]
    return None if None in parts else _fold("".join(filter(None, parts)))


@cache
def _names() -> dict[str, str | None]:
    """Code by folded name: strong names go before weak ones, and those before places."""
    codes = {each.code: each.ftm_country for each in get_territories()}
    strong: dict[str, str | None] = {}
    weak: dict[str, str | None] = {}
    places: dict[str, str | None] = {}
    for row in iter_jsonl_text(territories_jsonl()):
        own = (row["name"], row.get("full_name", row["name"]))
        for tier, names in (
            (strong, (*row.get("names_strong", ()), *own)),
            (weak, row.get("names_weak", ())),
            (places, row.get("places", ())),
        ):
            for name in names:
                key = _key(name)
                if key is not None:
                    tier[key] = codes[row["code"]]
    return places | weak | strong


@lru_cache(maxsize=65536)
def find_country(text: str) -> str | None:
    """Code of a country stated by code or by a name in Latin script.

    For texts that may be anything, such as the last word of a birthplace: it costs nothing to ask.
    A name that only another script's transliteration gives ("Rossiya") is not found; use
    `clean_country` where the text is meant to be a country.

    Example:
        >>> find_country("Korea, North"), find_country("Jalisco"), find_country("gb")
        ('kp', None, 'gb')
    """
    if not (text.isascii() and text.isprintable()):
        text = sanitize_text(text) or ""
    territory = lookup_by_identifier(text)
    if territory is not None:
        return territory.ftm_country
    return _names().get(_fold(text) if text.isascii() else normalize_territory_name(text))


@lru_cache(maxsize=4096)
def clean_country(text: str) -> str | None:
    """Code of a text that is meant to be a country: FollowTheMoney's cleaning, fast where it can.

    Example:
        >>> clean_country("Росія"), clean_country("nowhere at all")
        ('ru', None)
    """
    return find_country(text) or registry.country.clean(text)
