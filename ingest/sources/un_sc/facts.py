"""Births, documents and addresses of the UN list, which holds much of them as text.

Numbers stand inside words ("Pakistani passport number AA3829182"), branch offices inside one note
("i) …; ii) …"), parts of an address in the wrong field. What is plain is taken apart, with the
published text beside it; the rest stays whole. A part in the wrong field stays where it was
published.

Source: United Nations Security Council, "Consolidated List" XML and its schema (sc-sanctions.xsd).
"""

from __future__ import annotations

import re

from graph.countries import find_country
from ingest.dates import parse_date
from ingest.parties import Party, Place
from ingest.sources.un_sc.numbers import Numbered, is_number, make_document, split_number
from ingest.sources.un_sc.text import iter_stated
from ingest.xml import Node

PLACEHOLDERS = frozenset({"na", "n/a", "-", "unknown", "not available", "nil"})
_TYPES_OF_DATE = frozenset({"EXACT", "APPROXIMATELY", "BETWEEN", ""})


def text_of(node: Node, tag: str) -> str | None:
    """The text of a child, blanks and line breaks as one blank; None for a placeholder."""
    text = " ".join((node.child_text(tag) or "").split())
    return text if text and text.lower() not in PLACEHOLDERS else None


def write_birth_date(party: Party, node: Node) -> None:
    """State an INDIVIDUAL_DATE_OF_BIRTH, as precise as it is published."""
    kind = text_of(node, "TYPE_OF_DATE") or ""
    date, year = text_of(node, "DATE"), text_of(node, "YEAR")
    span = [text_of(node, "FROM_YEAR"), text_of(node, "TO_YEAR")]
    note = text_of(node, "NOTE")
    if kind.upper() not in _TYPES_OF_DATE:
        party.warn("unknown-date-type", f"The birth date has the unknown type {kind!r}.")
    word = "" if kind.upper() in ("EXACT", "") else f"{kind.lower()} "
    finer = parse_date(note) if note else None
    if year and finer and finer.startswith(f"{year}-"):
        year = finer  # "1961", and "July 1961" beside it
    for value in (date, year):
        if value:
            day = parse_date(value)
            original = f"{word}{value}"
            party.put("birthDate", day or value, original=original if original != day else None)
    published = f"{word}{span[0] or '?'} to {span[1] or '?'}"
    for value in span:
        party.put("birthDate", value, original=published)
    if note and note.lower() != kind.lower():
        party.note(f"Date of birth: {' '.join(filter(None, (date, year, note)))}")


def write_birth_place(party: Party, node: Node) -> None:
    """State an INDIVIDUAL_PLACE_OF_BIRTH."""
    parts = [text_of(node, tag) for tag in ("STREET", "CITY", "STATE_PROVINCE")]
    country = text_of(node, "COUNTRY")
    party.put("birthPlace", ", ".join(filter(None, (*parts, country))))
    if country and find_country(country):
        party.put("birthCountry", country)
    note = text_of(node, "NOTE")
    party.note(note and f"Place of birth: {note}")


def write_document(party: Party, node: Node) -> None:
    """State an INDIVIDUAL_DOCUMENT; one without any number is a note."""
    kinds = [text_of(node, tag) for tag in ("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2")]
    number, note = text_of(node, "NUMBER"), text_of(node, "NOTE")
    countries = [text_of(node, tag) for tag in ("ISSUING_COUNTRY", "COUNTRY_OF_ISSUE")]
    city, issued = text_of(node, "CITY_OF_ISSUE"), text_of(node, "DATE_OF_ISSUE")
    whole = "; ".join(filter(None, (*kinds, number, *dict.fromkeys(countries), city, issued, note)))
    if not whole:
        return
    found = split_number(number) if number else _number_elsewhere(kinds[1], note)
    if found is None or not found.number:
        party.note(f"Document: {whole}")
        return
    document = make_document(_kind_of(kinds, found), found, number or note or "", note or "")
    party.document(
        document._replace(
            country=next(filter(None, countries), document.country),
            issued=issued or document.issued, authority=city,
        )
    )  # fmt: skip
    if number != found.number or note:
        party.note(f"Document: {whole}")


def _number_elsewhere(kind: str | None, note: str | None) -> Numbered | None:
    """A number that stands in the second type or in the note, as some do."""
    for text in (kind, note):
        found = split_number(text) if text else None
        if found and any(each.isdigit() for each in found.number) and is_number(found.number):
            return found
    return None


def _kind_of(kinds: list[str | None], found: Numbered) -> str:
    stated = [" ".join(kind.split()).strip(" :") for kind in kinds if kind]
    if found.number and len(stated) > 1 and found.number in stated[1]:
        stated[1] = found.words
    elif found.words and not find_country(found.words):
        stated.append(found.words)
    return ", ".join(dict.fromkeys(filter(None, stated))) or "Document"


_OFFICE = re.compile(r"^((?:Branch|Head|Main|Regional|Registered)?\s*Office(?: \d+)?):\s*", re.I)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv")
_CONTACT = re.compile(
    r"[,;.]?\s*\b(?:Tel(?:ephone)?|Phone|Mobile|Fax|Facsimile|e-?mail)(?: numbers?)?s?"
    r"\s?(?:[.:]|\+?\d).*$",
    re.IGNORECASE,
)
_STATE_OF_AFFAIRS = re.compile(
    r"^\W*(?:operat|reported|resid|locat|believ|support|as (?:of|at)|since|previous|in |active|"
    r"also)",
    re.IGNORECASE,
)


def write_address(party: Party, node: Node) -> None:
    """State an INDIVIDUAL_ADDRESS or ENTITY_ADDRESS; its note may be the address itself."""
    street, city, region, code, country = (
        text_of(node, tag) for tag in ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
    )
    note = text_of(node, "NOTE")
    for each in iter_stated(note or ""):
        if each.props[0] in ("phone", "email"):
            party.put(each.props, each.value, original=each.original)
    if street or city or region or code:
        party.address(Place(street, city, region, code, country, remarks=note))
        return
    places = [] if note is None else split_places(note)
    if not places:
        party.address(Place(country=country, remarks=note))
        return
    for place in places:
        if place.country is None:
            place = place._replace(country=country)
        party.address(place)


def split_places(note: str) -> list[Place]:
    """The addresses that a note holds; none when it is no address.

    An enumeration is split only when its numerals run on without a gap.
    """
    office = _OFFICE.match(note)
    label = office[1].strip() if office else ""
    body = note[office.end() :] if office else note
    parts = _split_roman(body)
    named = [(label, body)] if len(parts) < 2 else [
        (f"{label} {_ROMAN[number]}".strip(), part) for number, part in enumerate(parts)
    ]  # fmt: skip
    places = []
    for name, part in named:
        text = _CONTACT.sub("", part).strip(" ;,.")
        country = text.rpartition(",")[2].strip()
        known = country if find_country(country) else None
        plain = known is not None and "," in text and not _STATE_OF_AFFAIRS.match(text)
        if text and (label or plain):
            places.append(Place(full=text, country=known, remarks=name or None))
    return places


def _split_roman(text: str) -> list[str]:
    """The parts after "i)", "ii)" …; the whole text when the numerals do not run on."""
    pieces = re.split(r"(?:^|(?<=[\s;,.]))\(?([ivx]+)\)\s+", text)
    head, numerals, parts = pieces[0], pieces[1::2], pieces[2::2]
    if head.strip() or tuple(numerals) != _ROMAN[: len(numerals)]:
        return [text]
    return [part.strip(" ;,") for part in parts]
