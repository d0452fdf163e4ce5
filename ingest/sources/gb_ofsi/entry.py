"""One entry of a British list, whichever file it came in, and what is stated of it.

The two lists and their formats print the same facts in different places; each reader fills an
`Entry`, and this module alone decides what becomes of a fact. The id is the OFSI group's number, or
where there is none the FCDO's: one designation is one party, whichever file it came in.

A party is under financial sanctions (topic "sanction") where its assets are frozen. Travel bans,
disqualifications and shipping measures alone are no such thing: they are "reg.action".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from followthemoney.types import registry

from graph.countries import find_country
from graph.statements import Provenance
from ingest.cells import (
    NOTHING,
    pair_places,
    parse_documents,
    parse_nationality,
    split_country,
    split_values,
)
from ingest.parties import Document, Party, PartyWriter, Place, Sanction

ASSET_FREEZE = "asset freeze"
SCHEMATA = {"individual": "Person", "entity": "Organization", "ship": "Vessel"}
_NAMES = {
    "primary name": "name", "prime alias": "name", "primary name variation": "alias",
    "alias": "alias", "aka": "alias", "a.k.a": "alias", "fka": "previousName",
    "f.k.a": "previousName", "": "alias",
}  # fmt: skip
_REGION = re.compile(
    r"\b(?:province|region|district|governorate|oblast|state|county|krai|republic)\b", re.IGNORECASE
)
_PO_BOX = re.compile(r"^p\.?\s?o\.?\s?box\b", re.IGNORECASE)
_EMAIL_BREAK = re.compile(r"[;,\s]+")
_BREAK = re.compile(r"[;\n]")
_IMO = re.compile(r"^(?:IMO)?[ .:]*(?:number[ .:]*)?(\d{7})$", re.IGNORECASE)
_REGISTRATION = re.compile(
    r"^(?:(?P<label>[^\d:()]{2,60}?)[\s:.]+)?(?P<number>[A-Z]{0,4}[- ]?\d[\w/.-]{2,30})"
    r"\s*(?:\((?P<where>[^()]*)\))?$"
)
_REGISTERS = (  # words of a label -> flat properties; the first that fits
    (re.compile(r"\bogrn", re.I), ("ogrnCode", "registrationNumber")),
    (re.compile(r"\binn\b", re.I), ("innCode", "taxNumber")),
    (re.compile(r"\bkpp\b", re.I), ("kppCode", "registrationNumber")),
    (re.compile(r"\btax|\bvat\b|\btin\b", re.I), ("taxNumber", "registrationNumber")),
)  # fmt: skip
_PASSPORT, _NATIONAL = "Passport", "National identification"


class Name(NamedTuple):
    """A name in its parts; the last is the surname, or the whole name of an organisation."""

    given: tuple[str, ...]
    last: str
    kind: str = "Primary name"  # as published
    strength: str = ""  # as published: "Low quality a.k.a"

    @property
    def full(self) -> str:
        """The parts in the order in which they are spoken."""
        return " ".join([*self.given, self.last] if self.last else self.given)


class Listing(NamedTuple):
    """One designation; dates as published."""

    key: str  # of the Sanction entity: "ofsi", "fcdo-rus0001"
    number: str  # the publisher's
    regime: str | None
    listed: str | None
    start: str | None = None
    modified: str | None = None
    measures: tuple[str, ...] = ()
    unsc_ids: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    source: str | None = None  # "UK", "UN"


@dataclass(slots=True)
class Entry:
    """What is said of one party. Values as published, repeated ones as often as printed."""

    id: str
    kind: str  # "Individual", "Entity", "Ship"
    provenance: Provenance
    names: list[Name] = field(default_factory=list)
    scripts: list[tuple[str, str | None]] = field(default_factory=list)  # (name, its language)
    births: list[tuple[str | None, str | None]] = field(default_factory=list)  # (town, country)
    documents: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    addresses: list[tuple[tuple[str | None, ...], str | None, str | None]] = field(
        default_factory=list  # (six lines, postal code, country)
    )
    facts: dict[str, list[str]] = field(default_factory=dict)  # kind of fact -> values
    listings: list[Listing] = field(default_factory=list)

    def add(self, kind: str, value: str | None) -> None:
        """Add a fact, once."""
        if value and value.strip() and value not in self.facts.setdefault(kind, []):
            self.facts[kind].append(value.strip())

    def schema(self) -> str:
        """What it is; a legal entity where the publisher's word is not known."""
        schema = SCHEMATA.get(self.kind.lower(), "LegalEntity")
        # Only a company can be owned: a parent company makes one of an organisation.
        return "Company" if schema == "Organization" and self.facts.get("parent") else schema


# Facts that go into one property as they are, packed cells split.
_SIMPLE = {
    "title": ("title",), "gender": ("gender",), "position": ("position", "summary"),
    "entity_type": ("classification", "description"), "flag": ("flag",),
    "past_flag": ("pastFlags",), "ship_type": ("type",),
}  # fmt: skip
# Facts that have no property, with the words in which the note keeps them.
_NOTED = {
    "length": "Length of ship", "hull": "Hull identification number",
    "past_owner": "Previous owner/operator",
}  # fmt: skip


def write_entry(parties: PartyWriter, entry: Entry, authority: str, list_title: str) -> Party:
    """State all that an entry says, except its links to others."""
    party = parties.party(entry.id, entry.schema(), entry.provenance)
    if entry.kind.lower() not in SCHEMATA:
        party.warn("unknown-type", f"{entry.id} is a {entry.kind!r}; taken as a legal entity.")
    _write_names(party, entry)
    for kind, props in _SIMPLE.items():
        for text in entry.facts.get(kind, ()):
            party.put_all(props, split_values(text))
    for text in entry.facts.get("birth_date", ()):
        for value in split_values(text):
            party.dates("birthDate", value)
    _write_origin(party, entry)
    for default, number, details in entry.documents:
        _write_documents(party, default, number, details)
    for lines, postal_code, country in dict.fromkeys(entry.addresses):
        _write_address(party, lines, postal_code, country)
    _write_contacts(party, entry)
    _write_registrations(party, entry)
    _write_ship(party, entry)
    for kind, words in _NOTED.items():
        for text in entry.facts.get(kind, ()):
            party.note(f"{words}: {text}")
    for text in entry.facts.get("note", ()):
        party.note(text)
    for listing in entry.listings:
        _write_listing(party, listing, authority, list_title)
    return party


def _write_names(party: Party, entry: Entry) -> None:
    named = False
    for name in dict.fromkeys(entry.names):
        prop = _NAMES.get(name.kind.strip().lower())
        if prop is None:
            party.warn("unknown-alias-type", f"The name {name.full!r} has the unknown type "
                       f"{name.kind!r}; taken as an alias.")  # fmt: skip
            prop = "alias"
        strength = name.strength.lower()
        if strength and not strength.startswith(("low", "good")):
            party.warn("unknown-strength", f"The name {name.full!r} has the unknown strength "
                       f"{name.strength!r}; taken as good.")  # fmt: skip
        if prop != "name" and strength.startswith("low"):
            prop = "weakAlias"
        party.put(prop, name.full)
        if prop == "name":
            named = True
            if party.schema == "Person" and name.given and name.last:
                party.put("firstName", name.given[0])
                party.put("middleName", " ".join(name.given[1:]))
                party.put("lastName", name.last)
    if not named:
        party.warn("no-primary-name", f"{entry.id} has no primary name; its aliases are kept.")
    for text, language in dict.fromkeys(entry.scripts):
        for value in split_values(text):
            party.put("alias", value, lang=_language(language))


@lru_cache(maxsize=1024)
def _language(text: str | None) -> str | None:
    """ISO 639-3 of "Romanian; Moldavian"; None where the publisher says none that is known."""
    for part in re.split(r"[;,/]", text or ""):
        code = registry.language.clean(part.strip())
        if code:
            return code
    return None


def _write_origin(party: Party, entry: Entry) -> None:
    for text in entry.facts.get("nationality", ()):
        for value in split_values(text):
            found = parse_nationality(value)
            if found.country is None:
                party.note(f"Nationality: {found.text}")
            else:
                party.put(("nationality", "country"), found.country, original=found.text)
                party.note(found.remark and f"Nationality: {found.text}")
    for town, country in dict.fromkeys(entry.births):
        for place, state in pair_places(town, country):
            party.put("birthPlace", ", ".join(filter(None, (place, state))))
            if state and find_country(state):
                party.put("birthCountry", state)


def _write_documents(party: Party, default: str, number: str | None, details: str | None) -> None:
    """A number and what is said of it; older layouts print both in one cell."""
    if number is None:
        if details:
            _write_parsed(party, details, default)
        return
    numbers, remarks = split_values(number), split_values(details or "")
    together = len(remarks) == len(numbers)
    for at, each in enumerate(numbers):
        _write_parsed(party, f"{each} ({remarks[at]})" if together and remarks else each, default)
    if not together:
        party.note(details and f"{default}: {details}")


def _write_parsed(party: Party, text: str, default: str) -> None:
    for found in parse_documents(text, default):
        if isinstance(found, Document):
            party.document(found)
        else:
            party.note(f"{default}: {found}")


def _write_address(
    party: Party, lines: Iterable[str | None], postal_code: str | None, country: str | None
) -> None:
    """Lines 1 to 6 and what the last one is: a town, or the region that it lies in."""
    *street, last = (line if line and line.lower() not in NOTHING else None for line in lines)
    boxes = [line for line in street if line and _PO_BOX.match(line)]
    name, remark = split_country(country) if country else (None, None)
    full = ", ".join(part for part in (*street, last, postal_code, country) if part)
    if not full:
        return
    is_region = last is not None and _REGION.search(last) is not None
    party.address(
        Place(
            street=", ".join(line for line in street if line and line not in boxes) or None,
            city=None if is_region else last,
            region=last if is_region else None,
            postal_code=postal_code,
            country=name,
            po_box=", ".join(boxes) or None,
            remarks=remark,
            full=full if full != country else None,
        )
    )


def _write_contacts(party: Party, entry: Entry) -> None:
    for text in entry.facts.get("phone", ()):
        for value in split_values(text):
            party.put_all("phone", (part.strip() for part in _BREAK.split(value)))
    for kind, prop in (("email", "email"), ("website", "website")):
        for text in entry.facts.get(kind, ()):
            for value in split_values(text):
                party.put_all(
                    prop, (part for part in _EMAIL_BREAK.split(value.strip("., ")) if part)
                )


def _write_registrations(party: Party, entry: Entry) -> None:
    for text in entry.facts.get("registration", ()):
        for value in split_values(text):
            for part in filter(None, map(str.strip, _BREAK.split(value))):
                match = _REGISTRATION.match(part)
                if match is None:
                    party.note(f"Business registration number: {part}")
                    continue
                label = match["label"] or ""
                props = next((props for words, props in _REGISTERS if words.search(label)),
                             ("registrationNumber", "idNumber"))  # fmt: skip
                party.document(Document(label.strip() or "Business registration number",
                                        match["number"], match["where"], props=props))  # fmt: skip


def _write_ship(party: Party, entry: Entry) -> None:
    for text in entry.facts.get("imo", ()):
        for value in split_values(text):
            match = _IMO.match(" ".join(value.split()))
            party.put("imoNumber", match[1] if match else value, original=value)
    for text in entry.facts.get("tonnage", ()):
        party.put("tonnage", text.replace(",", ""), original=text)
    for text in entry.facts.get("built", ()):
        party.dates("buildDate", text)


def _write_listing(party: Party, listing: Listing, authority: str, list_title: str) -> None:
    frozen = any(each.lower().startswith(ASSET_FREEZE) for each in listing.measures)
    if not listing.measures:
        party.warn("no-measures", f"{listing.number} names no measure; it is taken as an asset "
                   "freeze until the publisher says otherwise.")  # fmt: skip
    party.put("topics", "sanction" if frozen or not listing.measures else "reg.action")
    if any("disqualif" in each.lower() for each in listing.measures):
        party.put("topics", "corp.disqual")
    party.sanction(
        Sanction(
            listing.key, authority, list_title, listing.number, "gb",
            programs=(listing.regime,) if listing.regime else (),
            listed=listing.listed, start=listing.start, modified=listing.modified,
            reasons=listing.reasons, measures=listing.measures,
            unsc_id=listing.unsc_ids[0] if listing.unsc_ids else None,
            notes=(f"Designation source: {listing.source}",) if listing.source else (),
        )
    )  # fmt: skip
    for number in listing.unsc_ids[1:]:
        party.note(f"UN reference: {number}")
