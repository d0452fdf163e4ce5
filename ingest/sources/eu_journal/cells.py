"""Cells of the EU's annexes in CSV: several values, and dates in the words of the Official Journal.

Source: the format's description (FORMAT.md beside the files), "Values and multiplicity".
"""

from __future__ import annotations

import csv
import io
import re
from typing import NamedTuple

from graph.countries import find_country
from ingest.dates import parse_dates
from ingest.parties import Party, Place
from ingest.sources.un_sc.numbers import make_document, split_enumeration, split_number

_DOUBT = re.compile(
    r"^\(?(?:probably|possibly|presumably|on or around|established|founded(?: in)?)\)?\s+"
    r"|\s*\((?:probably|presumed|gregorian calendar|approximately|approx\.?)\s*\)$",
    re.IGNORECASE,
)
_OTHER_CALENDAR = re.compile(r"\bhijri|lunar|solar\b", re.IGNORECASE)
_DAY = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}|\d{4}"
_FIRST = re.compile(rf"^\W*({_DAY})(?=\s*[(,;/]|\s+[A-Za-z])")
_ALTERNATIVE = re.compile(r"\s+or\s+|\s*\(or\s+|,\s+|\s+/\s+|(?<=\d{4})/(?=\d)", re.IGNORECASE)
_CODES = re.compile(r"\b(INN|KPP|OGRN|OKPO)(?:\s*(?:No\.?|number|:))*\s*(\d{8,15})\b")
_BEHIND = re.compile(r"\b(\d{8,15})\s*\((INN|KPP|OGRN|OKPO)\)")  # "9731 (INN)"
_NEXT = re.compile(r"(?<=\)),\s*(?=[A-Z]{0,3}\d{5})")  # "26722 (register), 78810 (tax)"
_CODE_PROPS = {"INN": "innCode", "KPP": "kppCode", "OGRN": "ogrnCode", "OKPO": "okpoCode"}
_LETTERED = re.compile(r"^\(?[a-z]\)\s+")
_SINCE = re.compile(r"\s*(?:\([^)]*\)|\bsince\b.*)$", re.IGNORECASE)
_BETWEEN_COUNTRIES = re.compile(r"\s+(?:and|or)\s+|\s*[/,;]\s*|\.\s+(?=[A-Z])")
# Lines of an entry that were run together: "Iraqi. National Identification No.: 0027 (issued …)".
_RUN_ON = re.compile(
    r"\b(National identification|Passport) No\.?:?\s*(.+?)(?=\.\s+[A-Z]|$)", re.IGNORECASE
)
_NEXT_LINE = re.compile(r"\.\s+(?=(?:National identification|Passport) No\b)", re.IGNORECASE)
_BETWEEN = {
    "phone": re.compile(r"\s*[,;/]\s*(?=[+\d(])|\s+(?:and|or)\s+(?=[+\d(])|\s+(?=\+\d)"),
    "email": re.compile(r"\s*[,;/]\s*|\s+(?:and\s+|or\s+)?(?=\S+@)"),
    "website": re.compile(r"\s*[,;]\s*|\s+(?:and\s+|or\s+)?(?=www\.|https?:)"),
}


class Dated(NamedTuple):
    """What is read of a date's text, and whether all of it was."""

    dates: tuple[tuple[str, str], ...]  # (ISO prefix, the published words)
    whole: bool


def split_cell(cell: str | None) -> list[str]:
    """The values of a cell: separated by ";", quoted where they hold one.

    Example:
        >>> split_cell('"Foo; Bar"; Baz'), split_cell(None)
        (['Foo; Bar', 'Baz'], [])
    """
    if not cell:
        return []
    rows = csv.reader(io.StringIO(cell, newline=""), delimiter=";", skipinitialspace=True)
    return [value.strip() for row in rows for value in row if value.strip()]


def read_dates(text: str) -> Dated:
    """The dates of a text that may enumerate several, as precise as each is.

    Years of another calendar are not taken for ours.

    Example:
        >>> read_dates("(a) 5.2.1970, (b) 1969").dates
        (('1970-02-05', '5.2.1970'), ('1969', '1969'))
    """
    found: list[tuple[str, str]] = []
    whole = True
    for option in split_enumeration(text):
        dates, understood = _read_option(option)
        found.extend(dates)
        whole = whole and understood
    return Dated(tuple(dict.fromkeys(found)), whole)


def _read_option(text: str) -> tuple[list[tuple[str, str]], bool]:
    plain = _DOUBT.sub("", _DOUBT.sub("", text.strip(" ;,")))
    if not _OTHER_CALENDAR.search(plain):
        dates = parse_dates(plain) or parse_dates(plain.strip("()"))
        if dates:
            return [(each, text) for each in dates], True
    parts = [part.strip(" ()") for part in _ALTERNATIVE.split(plain)]
    if len(parts) > 1:
        read = [(part, () if _OTHER_CALENDAR.search(part) else parse_dates(part)) for part in parts]
        found = [(each, part) for part, dates in read for each in dates]
        if found:
            return found, all(dates for _, dates in read)
    first = _FIRST.match(plain)
    if first and not _OTHER_CALENDAR.search(plain):
        return [(each, text) for each in parse_dates(first[1])], False
    return [], False


def write_dates(party: Party, prop: str, values: list[str]) -> None:
    """State the dates of a cell; what is not understood whole is a note too."""
    for value in values:
        read = read_dates(value)
        for date, words in read.dates:
            party.put(prop, date, original=words)
        if not read.dates:
            party.dates(prop, value)  # kept in notes, with an issue
        elif not read.whole:
            party.note(f"{prop}: {value}")


def write_numbers(party: Party, prop: str, kind: str, values: list[str]) -> None:
    """State numbers of documents and registers, with the country and days printed beside them."""
    for published in values:
        own, *others = _NEXT_LINE.split(published)
        for other in others:
            write_run_on(party, other)
        value = _BEHIND.sub(r"\2 \1", own)
        codes = _CODES.findall(value)
        for name, code in codes:
            party.put((_CODE_PROPS[name], "registrationNumber"), code, original=published)
        rest = _CODES.sub("", value).strip(" ,;/")
        if not any(map(str.isdigit, rest)):
            party.note(None if codes else f"{kind}: {published}")
            continue
        parts = [piece for part in split_enumeration(rest) for piece in _NEXT.split(part)]
        for part in parts:
            found = split_number(part)
            if not any(map(str.isdigit, found.number)):
                party.note(f"{kind}: {part}")
                continue
            if prop == "passportNumber" and not _is_passport(found.words):
                document = make_document(found.words, found, part)
            else:
                document = make_document(kind, found, part)._replace(props=(prop, "idNumber"))
            party.document(document)
            if found.number != part:
                party.note(f"{document.kind}: {part}")


def write_code(party: Party, prop: str, value: str) -> None:
    """State a number of one system; others that are printed in the same cell, by their labels."""
    rest = re.sub(r"(?<=\d) (?=\d{3}\b)", "", _CODES.sub("", value))  # "1 121 402 000 213"
    for name, code in _CODES.findall(value):
        party.put((_CODE_PROPS[name], "registrationNumber"), code, original=value)
    first = re.match(r"\s*(\d{8,15})(?=[\s,;]|$)", rest)
    if first and rest.strip() != first[1]:
        party.put((prop, "registrationNumber"), first[1], original=value)
        return
    party.put((prop, "registrationNumber", "idNumber"), rest.strip(" ,;"), original=value)


def write_address(party: Party, text: str) -> None:
    """State an address; its country when it is printed last."""
    for part in split_enumeration(text):
        country = part.rpartition(",")[2].strip(" .")
        known = country if find_country(country) else None
        if known and "," not in part:
            party.put("country", known)
        else:
            party.address(Place(full=part, country=known))


def write_countries(party: Party, props: tuple[str, ...], value: str) -> None:
    """State the countries of a text: "(a) Malaysia, (b) Indonesia", "Iranian and US"."""
    if value.lower() in ("na", "n/a", "-"):  # "na" is Namibia's code
        return
    if find_country(value):
        party.put(props, value)
        return
    write_run_on(party, value)
    parts = [
        _SINCE.sub("", piece).strip(" .,")
        for part in split_enumeration(_RUN_ON.sub("", value).strip())
        for piece in _BETWEEN_COUNTRIES.split(_LETTERED.sub("", part))
    ]
    known = [part for part in parts if find_country(part)]
    for part in known:
        party.put(props, part, original=value)
    if not known:
        party.put(props, value)  # kept in notes, with an issue
    elif len(known) < len(parts) or any(each.search(value) for each in (_SINCE, _RUN_ON)):
        party.note(f"{props[0]}: {value}")


def write_run_on(party: Party, text: str) -> None:
    """State the numbers of lines that were run together with another line."""
    for kind, number in _RUN_ON.findall(text):
        prop = "passportNumber" if kind.lower() == "passport" else "idNumber"
        write_numbers(party, prop, kind, [number])


def write_contacts(party: Party, prop: str, value: str) -> None:
    """State the phones, e-mails or web sites of a text, where several stand in one."""
    parts = [part.strip(" .,") for part in _BETWEEN[prop].split(value)]
    for part in parts:
        party.put(prop, part, original=value)


def _is_passport(words: str) -> bool:
    """Whether the words beside a number leave it a passport's, as its column says it is."""
    return not any(word in words.lower() for word in ("identity", "identification", "fiscal"))
