"""Cells that hold several values: "(1) Algerian (2) Palestinian", and what is in each of them.

The lists of the United Kingdom, Australia and Israel pack values so. Nothing is guessed: what is
not of a plain form is given back as it was, for the notes.

Source: OFSI, Consolidated List of Financial Sanctions Targets, CSV format (2018 and 2022 layouts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.countries import find_country
from ingest.parties import Document

_MARK = re.compile(r"\(\s?(\d{1,2}|[A-Za-z])\)|(?<![\w(])(\d{1,2}|[A-Za-z])\)")
_THROUGH = re.compile(r"\s*(?:-|–|to)\s*\(?(\d{1,2}|[A-Za-z])\)")
_ENDS = " \t\r\n,;"
NOTHING = frozenset({"", "-", "--", "n/a", "na", "none", "unknown", "not known", "nil", "n.a."})

_SINCE = re.compile(r"\sas (?:of|at)\s", re.IGNORECASE)
_NOT_NOW = re.compile(
    r"revoked|withdrawn|renounced|former|previous|until|possibl|believed|lost|deprived|alleged",
    re.IGNORECASE,
)
_CITIZEN = re.compile(
    r"\b(?:citizen(?:ship)?|national(?:ity|s)?|by birth|dual)\b", re.IGNORECASE
)  # fmt: skip

_DATE = (
    r"(\d{1,2}\s?[./]\s?\d{1,2}\s?[./]\s?\d{4}|\d{4}-\d\d-\d\d"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+[A-Z][a-z]{2,8}\.?,?\s+\d{4}|[A-Z][a-z]{2,8}\.?\s+\d{4}|\d{4})"
)
_ISSUED = re.compile(
    r"\(?(?:date of issue|issued?(?: date)?|valid(?: from)?)\b[\s:]*"
    rf"(?:(?:in|at|by)\s[^.()\d]{{1,60}}?\s)?(?:on|in|at)?[\s:]*{_DATE}\)?",
    re.IGNORECASE,
)
_EXPIRES = re.compile(
    r"[(,-]?\s?(?:and\s)?(?:(?:passport )?date of expir\w+|expir\w*(?: date)?|valid until|until|to)"
    rf"\b[\s:]*(?:on|in)?[\s:]*{_DATE}\)?",
    re.IGNORECASE,
)
_LONGEST = 2000  # characters of a document; the longest that was printed has 300
_NUMBER = re.compile(
    # An Italian fiscal code, whose letters come before any digit; else what begins with a digit
    # behind a few letters, and goes on in groups of digits that are not the day of a date.
    r"[A-Z]{3} ?[A-Z]{3} ?\d\d[A-Z]\d\d ?[A-Z]\d{3}[A-Z]\b"
    r"|(?<!\w)(?:[A-Z]{1,5}[-/])?(?:[A-Z]{1,5}[ -]?)?\d[\dA-Z/.-]*"
    r"(?: \d[\dA-Z]*(?![\dA-Za-z/.-]| [A-Z][a-z]{2}))*"
)
_WORDS = re.compile(
    r"\b(?:passports?|numbers?|no|nr|holder of|national|identification|identity|id|card|nat|ni|"
    r"civil|travel document|social security|fiscal code|ration|tazkira|the)\b[.:]*|[.:,]",
    re.IGNORECASE,
)
# A second document in one text, which no mark announces.
_NEXT_DOCUMENT = re.compile(r"\s*\([b-z]\)\s*|(?<=\.)\s+(?=(?:[A-Z]\w+ )+passport n(?:o|umber)\b)")
_KINDS = (  # what is said beside the number -> the document; the first that fits
    (re.compile(r"diplomatic passport|\(diplomatic|diplomatic\)", re.I), "Diplomatic passport"),
    (re.compile(r"national id|identity card|identity n|\bid (?:no|n|card)|civil id|nat id|\bni no|"
                r"national identification|identification card|nationality|national no", re.I),
     "National identification"),
    (re.compile(r"fiscal code", re.I), "Fiscal code"),
    (re.compile(r"social security", re.I), "Social security number"),
    (re.compile(r"ration card", re.I), "Ration card"),
    (re.compile(r"tazkira", re.I), "Tazkira"),
    (re.compile(r"driv\w+ (?:licen[cs]e|permit)", re.I), "Driving licence"),
    (re.compile(r"birth certificate", re.I), "Birth certificate"),
    (re.compile(r"travel document", re.I), "Travel document"),
    (re.compile(r"passport", re.I), "Passport"),
)  # fmt: skip


class Packed(NamedTuple):
    """One of the values of a cell, and its number in it; 0 where the cell holds one alone."""

    number: int
    text: str


def split_packed(text: str) -> list[Packed]:
    """The numbered or lettered values of a cell, in order; the text whole when it holds one.

    "(1)-(3) Tunisia" is three values. A text before the first mark is number 0. Marks count from 1
    or a upwards, so that a bracketed letter inside a sentence is none.

    Example:
        >>> split_packed("1) Saudi Arabia 2) Qatar")
        [Packed(number=1, text='Saudi Arabia'), Packed(number=2, text='Qatar')]
        >>> split_packed("(1)-(2) Mali")
        [Packed(number=1, text='Mali'), Packed(number=2, text='Mali')]
        >>> split_packed("Kuwait (a) desert")
        [Packed(number=0, text='Kuwait (a) desert')]
    """
    whole = [Packed(0, text.strip())] if text.strip() else []
    marks = list(_iter_marks(text))
    if not marks:
        return whole
    prefix = text[: marks[0][2]].strip(_ENDS)
    if prefix and len(marks) == 1:
        return whole
    found = [Packed(0, prefix)] if prefix else []
    waiting: list[int] = []  # marks with nothing behind them share the next value
    for at, (first, last, _, end) in enumerate(marks):
        stop = marks[at + 1][2] if at + 1 < len(marks) else len(text)
        value = text[end:stop].strip(_ENDS)
        numbers = [*waiting, *range(first, last + 1)]
        waiting = [] if value else numbers
        if value:
            found.extend(Packed(number, value) for number in numbers)
    return found


def _iter_marks(text: str) -> Iterator[tuple[int, int, int, int]]:
    """(first number, last number, start, end) of each mark that counts on from the one before."""
    expected, reach = 1, 0
    for match in _MARK.finditer(text):
        if match.start() < reach or _count(match[1] or match[2]) != expected:
            continue
        first = last = expected
        end = match.end()
        through = _THROUGH.match(text, end)
        if through and _count(through[1]) > first:
            last, end = _count(through[1]), through.end()
        yield first, last, match.start(), end
        expected, reach = last + 1, end


def _count(label: str) -> int:
    return int(label) if label.isdecimal() else ord(label.lower()) - ord("a") + 1


def split_values(text: str) -> list[str]:
    """The values of a packed cell, distinct, those that say nothing left out."""
    values = (part.text for part in split_packed(text))
    return list(dict.fromkeys(value for value in values if value.lower() not in NOTHING))


def pair_places(town: str | None, country: str | None) -> list[tuple[str | None, str | None]]:
    """(place, country) from two cells that number their values alike.

    A country alone goes with each of several places, and a place alone with each country.
    """
    places = {part.number: part.text for part in split_packed(town or "")}
    countries = {part.number: part.text for part in split_packed(country or "")}
    numbers = sorted(places.keys() | countries.keys())
    if len(numbers) > 1:
        for side in (places, countries):
            alone = side.pop(0, None) if list(side) == [0] else None
            if alone is not None:
                side.update(dict.fromkeys((number for number in numbers if number), alone))
        numbers = sorted(places.keys() | countries.keys())
    pairs = [(_stated(places.get(number)), _stated(countries.get(number))) for number in numbers]
    return list(dict.fromkeys(pair for pair in pairs if pair != (None, None)))


def _stated(text: str | None) -> str | None:
    return text if text and text.lower() not in NOTHING else None


def split_country(text: str) -> tuple[str, str | None]:
    """A country and what is said of it: ("Kuwait", "residence as at Mar 2009")."""
    plain = text.strip()
    if find_country(plain):
        return plain, None
    bare, opened, remark = plain.partition("(")
    remark = remark.rstrip(" .")
    if opened and remark.endswith(")") and find_country(bare.strip()):
        return bare.strip(), remark[:-1]
    since = _SINCE.search(plain)
    if since and find_country(plain[: since.start()].rstrip(" ,")):
        return plain[: since.start()].rstrip(" ,"), plain[since.start() :].strip()
    return plain, None


class Nationality(NamedTuple):
    """A published nationality; `country` is None where it is not held, or nobody knows."""

    country: str | None
    text: str
    remark: str | None = None


def parse_nationality(text: str) -> Nationality:
    """The country of "Tunisian (dual nationality)"; none of a citizenship revoked or doubted."""
    bare, remark = split_country(text)
    if find_country(bare) is None:
        stripped = " ".join(_CITIZEN.sub(" ", bare).split()).strip(" .,")
        bare = stripped if find_country(stripped) else bare
    if _NOT_NOW.search(remark or "") or _NOT_NOW.search(text):
        return Nationality(None, text)
    return Nationality(bare, text, remark)


def parse_documents(text: str, default: str) -> Iterator[Document | str]:
    """The documents of a cell; what is not plain comes back as text, also beside its document.

    Args:
        default: The document, where only its number and holder's country are printed.

    Example:
        >>> [found] = parse_documents("G827238 (Tunisian). Issued on 1 June 1996.", "Passport")
        >>> found.number, found.country, found.issued
        ('G827238', 'Tunisian', '1 June 1996')
    """
    parts = split_packed(text)
    prefix = parts[0].text + " " if len(parts) > 1 and parts[0].number == 0 else ""
    for part in parts[1:] if prefix else parts:
        whole = len(part.text) > _LONGEST
        for each in [part.text] if whole else _NEXT_DOCUMENT.split(part.text):
            if each.lower() not in NOTHING:
                yield from _parse_document(prefix + each, default)


def _parse_document(text: str, default: str) -> Iterator[Document | str]:
    if len(text) > _LONGEST:
        yield text
        return
    rest = text
    dates = []
    for pattern in (_EXPIRES, _ISSUED):
        match = pattern.search(rest)
        dates.append(match[1] if match else None)
        if match:
            rest = rest[: match.start()] + " " + rest[match.end() :]
    number = _NUMBER.search(rest)
    if number is None:
        yield text
        return
    lead, tail = rest[: number.start()], rest[number.end() :]
    country, strange = _country_of(lead)
    if strange and not any(pattern.search(lead) for pattern, _ in _KINDS):
        yield text  # a sentence with a number in it
        return
    kind = next((name for pattern, name in _KINDS if pattern.search(text)), default)
    for group in re.findall(r"\(([^()]*)\)?", tail):
        if country is None:
            country = _country_of(group)[0]
    yield Document(kind, number[0].strip(" .-/"), country, dates[1], dates[0])
    if strange or re.search(r"[A-Za-z\d]", _plain_tail(tail)):
        yield text


def _plain_tail(tail: str) -> str:
    """The tail without the country in brackets: what is left was not understood."""
    bare = re.sub(
        r"\(([^()]*)\)?", lambda group: "" if _country_of(group[1])[0] else group[0], tail
    )
    return _WORDS.sub(" ", bare)


def _country_of(text: str) -> tuple[str | None, str]:
    """The country that the words around a number name, and the words that name none."""
    bare = " ".join(re.sub(r"\bdiplomatic\b", " ", _WORDS.sub(" ", text), flags=re.I).split())
    bare = bare.strip(" ()-")
    if not bare:
        return None, ""
    return (bare, "") if find_country(bare) else (None, bare)
