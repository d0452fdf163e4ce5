"""One row of OFAC's address file as a FollowTheMoney Address.

The row's number is the publisher's own, so the id is `ofac-addr-<add_num>`. City, state and postal
code come in one column; they are taken apart only where the text leaves no choice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from graph.countries import find_country
from graph.statements import Provenance
from ingest.ids import make_id
from ingest.sources.us_ofac.facts import Entry, FactWriter

_MANY_COMMAS = 2
# Shorter numbers behind a city are districts ("Tehran 15"), not postal codes.
_POSTAL_DIGITS = 3


def split_city(text: str) -> dict[str, str]:
    """City, state and postal code of "Mexico, D.F. 11570", as far as they can be told apart.

    Example:
        >>> split_city("London EC3N 1DY")
        {'postalCode': 'EC3N 1DY', 'city': 'London'}
        >>> split_city("Hebron, West Bank")
        {'city': 'Hebron', 'state': 'West Bank'}
    """
    words = text.split(" ")
    start = len(words)
    while start > 1 and re.search(r"\d", words[start - 1]):
        start -= 1
    code = " ".join(words[start:])
    parts: dict[str, str] = {}
    digits = sum(character.isdigit() for character in code)
    if (
        code
        and "," not in code
        and (digits >= _POSTAL_DIGITS or re.search(r"[A-Z]\d|\d[A-Z]", code))
    ):
        parts["postalCode"] = code
        text = " ".join(words[:start]).rstrip(", ")
    pieces = text.split(", ")
    if len(pieces) >= _MANY_COMMAS + 1:
        return parts | {"city": text}
    return parts | dict(zip(("city", "state"), pieces, strict=False))


def join_parts(
    number: str | None, parts: Mapping[str, str], country: str | None
) -> tuple[list[str | None], dict[str, str]]:
    """The row of the address file that the parts of the XML files make, and its known properties.

    Args:
        parts: By OFAC's names of them: ADDRESS1 to ADDRESS3, CITY, STATE/PROVINCE, POSTAL CODE,
            REGION.

    Example:
        >>> join_parts("7", {"CITY": "Basel", "POSTAL CODE": "4051"}, "Switzerland")[0]
        ['', '7', None, 'Basel 4051', 'Switzerland', None]
    """
    street = ", ".join(parts[name] for name in _STREET if name in parts)
    city = ", ".join(parts[name] for name in ("CITY", "STATE/PROVINCE") if name in parts)
    city = f"{city} {parts.get('POSTAL CODE', '')}".strip()
    region = parts.get("REGION")
    place = country or (f"Region: {region}" if region else None)
    known = {prop: parts[name] for name, prop in _PARTS.items() if name in parts}
    if country and region:
        known["region"] = region
    return ["", number, street or None, city or None, place, None], known


_STREET = ("ADDRESS1", "ADDRESS2", "ADDRESS3")
ADDRESS_PARTS = (*_STREET, "CITY", "STATE/PROVINCE", "POSTAL CODE", "REGION")
_PARTS = {"CITY": "city", "STATE/PROVINCE": "state", "POSTAL CODE": "postalCode"}


def write_address(
    facts: FactWriter,
    entry: Entry,
    cells: Sequence[str | None],
    provenance: Provenance,
    parts: Mapping[str, str] | None = None,
) -> None:
    """State the address of a row and tie it to its entry; an empty row states nothing.

    Args:
        cells: Columns of the row with nulls as None: ent_num, add_num, address, city/state/postal
            code, country, remarks.
        provenance: Where the row stands.
        parts: The properties that the third column is made of, where they are known.
    """
    number, street, city, country, remarks = cells[1:6]
    full = ", ".join(part for part in (street, city, country) if part)
    if not full:
        if remarks:
            facts.keep_note(entry, f"Address: {remarks}")
        return
    address = make_id("ofac-addr", number) if number else f"{entry.id}-addr-{provenance.locator}"
    values = {"full": full}
    if street:
        values["street"] = street
    if city:
        values |= split_city(city) if parts is None else parts
    if country:
        code = find_country(country)
        if code:
            values["country"] = country
        elif country.lower() != "undetermined":
            values["region"] = country.removeprefix("Region: ")
            facts.issues.note(
                "unknown-country",
                f"{country!r} is no country's name; kept as region of {address}.",
                entity_id=entry.id,
                locator=provenance.locator,
            )
    if remarks:
        values["remarks"] = remarks
    for prop, value in values.items():
        facts.writer.add(address, "Address", prop, value, provenance)
    facts.writer.add(entry.id, entry.schema, "addressEntity", address, provenance)
    facts.writer.add(entry.id, entry.schema, "address", full, provenance)
