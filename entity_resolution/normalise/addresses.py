"""Premises from published addresses: the house number, building or P.O. box that decides.

A street, a city or a country alone is no premises: parties on one avenue are not tied by it. Floors
and suites are kept as detail and decide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from followthemoney.types import registry
from rigour.text.translit import ascii_text

from entity_resolution.normalise.address_reader import (
    GENERIC,
    Segment,
    clean_number,
    read_segment,
)
from entity_resolution.normalise.premises import Judged, Premises, compare_premises
from graph.countries import clean_country as clean_name

__all__ = ["Judged", "Premises", "clean_country", "compare_premises", "fold_text", "parse_premises"]

# Longer texts are lists of several offices or prose; their head still holds one address.
MAX_TEXT = 400
# A bare number this long, away from any street, is a postal code.
POSTCODE_DIGITS = 5


_BOX = re.compile(
    r"(?:\b(?:g?p\.?\s?o\.?\s?box|post\s?(?:al|office)?\s?box|postbus|postfach|box|apartado(?:\s(?:aereo"
    r"|postal))?|casilla(?:\spostal)?|caixa\spostal|boite\spostale|p\.?o\.?b|b\.?\s?p\.?|p\.\s?o\.)"
    r"|\b(?:(?P<prefix>\d{2})\s?)b\.?p\.?)\s*(?:no\b|nr\b|number|#)?[.:\s]*"
    r"(?P<box>\d[\d/\- ]*\d|\d)\b"
)
# "C.P." is a postal code where Spanish is spoken and a box elsewhere.
_CP = re.compile(r"\bc\.?\s?p\.?\s*:?\s*(?P<box>\d[\d\-]+)\b")
_CP_IS_POSTCODE = {
    "mx",
    "es",
    "ar",
    "co",
    "pe",
    "cl",
    "ve",
    "ec",
    "gt",
    "hn",
    "ni",
    "cr",
    "pa",
    "cu",
}
_GROUND = re.compile(
    r"\b(?:r\s?/\s?[a-z]|p\.\s?b|rez[- ]de[- ]chaussee|planta baja|s\s?/\s?n)\b\.?"
)
_CARE_OF = re.compile(r"^\s*c\s?/\s?o\.?\s+(.+)$")
# A colon after a number mark and a dash between numbers do not separate.
_SPLIT = re.compile(r"[,;()\n\r|\"]+|(?<!\bno)(?<!\bnr)(?<!number):|(?<!\d)\s+-+\s+|\s+-+\s+(?!\d)")
_CITY_SPLIT = re.compile(r"[,;()/]")
_CITY_WORD = re.compile(r"[\w'-]+")
_BARE_FLOOR = re.compile(r"^\d+f$")


@lru_cache(maxsize=65536)
def fold_text(text: str) -> str:
    """Lower-case ASCII of a text in any script; empty when nothing can be romanised."""
    plain = unicodedata.normalize("NFKC", text)[:MAX_TEXT].casefold()
    return plain if plain.isascii() else ascii_text(plain).casefold().replace("`", "'")


@lru_cache(maxsize=4096)
def clean_country(country: str | None) -> str | None:
    """Code of a country stated by code or name. Codes skip the index of names, slow to build."""
    if not country:
        return None
    return country if country in registry.country.codes else clean_name(country)


@cache
def _country_names() -> dict[str, str]:
    """Plain English names: at the end of an address no more is guessed than these."""
    return {fold_text(name): code for code, name in registry.country.names.items()}


@lru_cache(maxsize=16384)
def _read_city(city: str | None) -> tuple[tuple[str, ...], str]:
    """Names of a place, the nearest first, and the postal code written with it."""
    names, code = [], []
    for part in _CITY_SPLIT.split(fold_text(city or "")):
        words = _CITY_WORD.findall(part)
        code += [word for word in words if any(letter.isdigit() for letter in word)]
        kept = [word for word in words if word not in code and word not in ("city", "cp", "c", "p")]
        if kept:
            names.append(" ".join(kept))
    return tuple(names), re.sub(r"\W", "", "".join(code))


def _take_box(text: str, country: str | None) -> tuple[str, str]:
    """The text without its P.O. box, and the box."""
    match = _BOX.search(text)
    if match is None and country not in _CP_IS_POSTCODE:
        match = _CP.search(text)
    if match is None:
        return _CP.sub(",", text), ""
    prefix = match.groupdict().get("prefix")
    box = clean_number(match["box"].strip())
    return f"{text[: match.start()]},{text[match.end() :]}", f"{prefix} {box}" if prefix else box


def _drop_places(pieces: list[str], places: frozenset[str]) -> list[str]:
    """Without the stated city and country at the end of a full address."""
    while pieces and (_read_city(pieces[-1])[0] or (pieces[-1],))[0] in places:
        pieces = pieces[:-1]
    return pieces


def _infer_city(pieces: list[str]) -> tuple[list[str], str | None]:
    """The last part of a full address that states no city apart, if it reads like one."""
    if len(pieces) > 1:
        last = read_segment(pieces[-1])
        postcode_only = all(len(number) >= POSTCODE_DIGITS for number in last.numbers)
        if last.words and postcode_only and not (last.street or last.building or last.parts):
            return pieces[:-1], pieces[-1]
    return pieces, None


def _find_number(segments: list[Segment], numbers: list[list[str]]) -> int | None:
    """The part that holds the house number: on a street, else marked, else the first."""
    numbered = [at for at, found in enumerate(numbers) if found]
    for wanted in (
        [at for at in numbered if segments[at].words and segments[at].street],
        [at for at in numbered if segments[at].marked],
        [at for at in numbered if not (segments[at].words and segments[at].area)],
    ):
        if wanted:
            return wanted[0]
    return None


def _find_street(segments: list[Segment], at: int) -> int | None:
    """The part whose name the house number at `at` counts on: its own, else the nearest street."""
    if segments[at].words:
        return at
    near = sorted((k for k in range(len(segments)) if k != at), key=lambda k: (abs(k - at), k))
    named = [k for k in near if segments[k].words and (k > at or not segments[k].numbers)]
    for wanted in (
        [k for k in named if segments[k].street],
        [k for k in named if not segments[k].area],
        named,
    ):
        if wanted:
            return wanted[0]
    return None


def _street_name(segments: list[Segment], at: int) -> str:
    """A bare number ("5th Alley") recurs in one city: the next street then belongs to the name."""
    name = segments[at].name
    if name.isdigit():
        following = [each.name for each in segments[at + 1 :] if each.street and each.words]
        name += f" {following[0]}" if following else ""
    return name


def _building_name(segments: list[Segment]) -> tuple[str, ...]:
    for each in segments:
        telling = [word for word in each.building if word not in GENERIC and not word.isdigit()]
        if len("".join(telling)) >= 3:
            return each.building
    return ()


def _house_numbers(at: int, segment: Segment) -> list[str]:
    """Its numbers without postal codes and bare floors ("12F")."""
    if segment.street or segment.marked:
        return segment.numbers
    coded = at > 0 or segment.area
    return [
        number
        for number in segment.numbers
        if not (coded and number.isdigit() and len(number) >= POSTCODE_DIGITS)
        and (segment.words or not _BARE_FLOOR.match(number))
    ]


def _assemble(segments: list[Segment]) -> dict[str, Any]:
    """Number, street, parts, building, context and detail of the parts of one address."""
    numbers = [_house_numbers(at, each) for at, each in enumerate(segments)]
    parts = {part for each in segments for part in each.parts}
    at = _find_number(segments, numbers)
    number = numbers[at][0] if at is not None else ""
    if at is None:  # "Plot 5, Kampala Road": the plot or building is what is numbered
        standing = [
            (k, part)
            for k, each in enumerate(segments)
            for part in sorted(each.parts)
            if part.split()[0] in ("plot", "building", "unit")
        ]
        if standing:
            at, number = standing[0]
            parts.discard(number)
    on = _find_street(segments, at) if at is not None else None
    street = _street_name(segments, on) if on is not None else ""
    if len(street) < 3 and not any(map(str.isdigit, street)):
        street = ""
    if at is not None and not street:
        street = "".join(_building_name(segments))
    for k, extras in enumerate(numbers):
        parts |= {f"number {extra}" for extra in (extras[1:] if k == at else extras)}
    context = {
        word
        for k, each in enumerate(segments)
        for word in (*each.near, *(() if k == on else each.words))
        if len(word) > 2 and word not in GENERIC
    }
    return {
        "numbers": number if street else "",
        "street": street if number else "",
        "parts": frozenset(parts),
        "building": _building_name(segments),
        "context": frozenset(context),
        "detail": tuple(item for each in segments for item in each.detail),
    }


@lru_cache(maxsize=65536)
def parse_premises(
    full: str,
    *,
    street: str | None = None,
    city: str | None = None,
    country: str | None = None,
    postal_code: str | None = None,
) -> Premises | None:
    """Read what identifies the place; None when only a street, a city or a country is stated.

    Args:
        full: The address as one text.
        street: The part without city and country, where the source gives it apart.
        country: A code or a name.

    Example:
        >>> parse_premises("62 Buckle St.", city="Banjul", country="gm").keys
        ('number|62|buckle',)
        >>> parse_premises("Pipeline Road", city="Banjul", country="gm") is None
        True
    """
    code = clean_country(country)
    text, box = _take_box(fold_text(street or full), code)
    care = _CARE_OF.match(text)
    care_of = ""
    if care is not None:
        care_of, _, text = (
            care[1].partition(",") if any(map(str.isdigit, text)) else (care[1], "", "")
        )
        care_of = "".join(re.findall(r"\w+", care_of))
    pieces = [piece for piece in _SPLIT.split(_GROUND.sub(",", text)) if piece.strip()]
    if street is None:
        if code is None and len(pieces) > 1:
            code = _country_names().get(pieces[-1].strip().removeprefix("the "))
            pieces = pieces[:-1] if code else pieces
        stated = {*_read_city(city)[0], fold_text(country or "")}
        pieces = _drop_places(pieces, frozenset(stated))
        if city is None:
            pieces, city = _infer_city(pieces)
    if not (pieces or box or care_of):
        return None
    names, postcode = _read_city(city)
    found = _assemble([read_segment(piece) for piece in pieces])
    if not (found["numbers"] or found["building"] or box or care_of):
        return None
    return Premises(
        **found,
        box=box,
        care_of=care_of,
        city=names,
        country=code,
        postal_code=re.sub(r"\W", "", fold_text(postal_code)) if postal_code else postcode,
    )
