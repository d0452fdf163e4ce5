"""Numbers of documents that are printed inside words, and what the words say of them.

The UN's lists print "Pakistani passport number AA3829182" where a number is expected, and the EU's
annexes copy such lines and enumerate them: "(a) 203037 (Libyan passport issued in …), (b) …". The
number, its country and its days are taken out; the published text is kept by the caller.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from graph.countries import find_country
from ingest.dates import parse_date
from ingest.parties import Document


class Numbered(NamedTuple):
    """A document's number taken out of a text."""

    number: str
    words: str  # what leads to it or stands behind it: "Pakistani passport"


_LABEL = re.compile(
    r"^(?P<words>.*?)[\s,]*\b(?:numbers?|no\.?|nos\.?|nr\.?)(?:\s*:)?\s+(?P<number>.*\d.*)$",
    re.IGNORECASE,
)
_COLON = re.compile(r"^(?P<words>[^:]*[a-z][^:]*):\s*(?P<number>[^\s:].*)$", re.IGNORECASE)
_WORDS = re.compile(
    r"^(?P<words>(?:.*[a-z]{2}\S*|.*\)|SSN|ID|NIF)[,:]?)\s+"
    r"(?P<number>[A-Z/]{0,4}[- ]{0,2}\d\S*(?:[ -]\d+)*)$"
)
_TAIL = re.compile(
    r"[\s,;]*\b(?:issued|expir\w+|valid|under (?:the )?name|in the name|made out|cancelled|"
    r"revoked)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_ASIDE = re.compile(
    r"^(?P<number>[^,(]*\d[^,(]*?)\s*(?:\((?P<one>(?:(?!\d{6}).)*)|,\s*(?P<two>\D+))$"
)
_DATE = (
    r"(\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2} ?[A-Za-z]{3,9}\.? ?\d{4}|"
    r"[A-Z][a-z]+ \d{1,2}, \d{4})"
)
_EXPIRES = re.compile(
    rf"\b(?:expir\w*|exp\.?|valid until)(?: date| on|:)*(?: of)?\s+{_DATE}"
    rf"|\bdate of expir\w+:?\s*{_DATE}",
    re.IGNORECASE,
)
_ISSUED = re.compile(
    rf"\b(?:issued|date of issue:?)\b(?:\s(?!expir|valid)[a-z]+)*?\s+{_DATE}", re.IGNORECASE
)
_PROPS = (
    ("passport", re.compile(r"pass?e?port|pasaporte|travel document|laissez", re.IGNORECASE)),
    ("taxNumber", re.compile(r"fiscal|tax\b|\bNIF\b|codice fiscale", re.IGNORECASE)),
    ("socialSecurityNumber", re.compile(r"social security|\bSSN\b", re.IGNORECASE)),
)


# Short words that name a country; others of their length are something else ("No", "INN").
_SHORT = frozenset({"UK", "US", "USA", "UAE", "CAR", "DRC", "DPRK"})
_LETTER = re.compile(r"(?:^|(?<=[\s,;]))\(?([a-z]|[ivx]{2,4})\)\s*(?=\S)")


def split_number(text: str) -> Numbered:
    """A number and the words around it; without such words, the text is the number.

    Example:
        >>> tuple(split_number("Afghan passport number OA 12"))
        ('OA 12', 'Afghan passport')
    """
    plain, words = _TAIL.sub("", text).strip(" ,;.:("), ""
    if match := _ASIDE.match(plain):
        plain, words = match["number"].strip(), (match["one"] or match["two"]).strip("() ")
    for pattern in (_LABEL, _COLON, _WORDS):
        if match := pattern.match(plain):
            words = f"{match['words'].strip(' ,:.')} {words}".strip()
            plain = match["number"].strip(" ,;.:")
            break
    return Numbered(plain, words)


def split_enumeration(text: str) -> list[str]:
    """The parts of "(a) …, (b) …"; the whole text when the letters do not run on from the first.

    Example:
        >>> split_enumeration("(a) 1960, (b) 1963"), split_enumeration("1 (a)")
        (['1960', '1963'], ['1 (a)'])
    """
    found = list(_LETTER.finditer(text))
    letters = [match[1] for match in found]
    runs = ([chr(ord("a") + place) for place in range(len(found))],
            ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][: len(found)])  # fmt: skip
    if len(found) < 2 or letters not in runs or text[: found[0].start()].strip():
        return [text]
    ends = [*(match.start() for match in found[1:]), len(text)]
    return [text[match.end() : end].strip(" ,;") for match, end in zip(found, ends, strict=True)]


def is_number(text: str) -> bool:
    """Whether it is a number and not a sentence that holds one."""
    return not re.search(r"[a-z]{3}|\b(?:19|20)\d\d$", text) and len(text.split()) <= 4


def make_document(kind: str, found: Numbered, text: str, note: str = "") -> Document:
    """A document of a number, with the country and the days that its text and note state.

    Args:
        kind: What it is called, as published.
        text: The published text of the number.
    """
    props = _props_of(kind if any(map(str.isdigit, note)) else f"{kind} {note}")
    if props[0] == "passportNumber" and "passport" not in kind.lower():
        kind = f"Passport ({kind})"
    return Document(
        kind=kind, number=found.number, country=_country_in(found, text),
        issued=_date_in(_ISSUED, f"{text} {note}"), expires=_date_in(_EXPIRES, f"{text} {note}"),
        props=props,
    )  # fmt: skip


def _props_of(kind: str) -> tuple[str, ...]:
    for prop, pattern in _PROPS:
        if pattern.search(kind):
            return ("passportNumber",) if prop == "passport" else (prop, "idNumber")
    return ("idNumber",)


def _country_in(found: Numbered, text: str) -> str | None:
    """The country that the words around a number name: "Libya 428720", "Afghan passport"."""
    words = found.words.split()
    candidates = [found.words, *(" ".join(words[:size]) for size in (3, 2, 1))]
    brackets = re.search(r"\(([^)]+)\)\s*$", text)
    if brackets:
        candidates.append(brackets[1])
    return next((each for each in candidates if _is_country(each)), None)


def _is_country(text: str) -> bool:
    return (len(text) > 3 or text in _SHORT) and find_country(text) is not None


def _date_in(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    found = next(filter(None, match.groups()), None) if match else None
    return found if found and parse_date(found) else None
