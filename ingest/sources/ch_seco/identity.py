"""What an identity of the Swiss list says: names, dates, places, addresses and documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ingest.parties import Document, Party, Place
from ingest.sources.ch_seco.names import write_name
from ingest.xml import Node

_CALENDARS = ("", "gregorian")
_LOW = "low"


class SecoPlace(NamedTuple):
    """A place as published; parts that are not stated are None."""

    location: str | None = None
    area: str | None = None
    country: str | None = None
    remarks: str | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in self[:3] if part)


def read_place(node: Node) -> tuple[str, SecoPlace]:
    """The number of a place and what it is."""
    number = node.attribute("ssid") or ""
    variants = [*node.children("location-variant"), *node.children("area-variant")]
    for variant in variants:
        variant.ignore("@variant-type", "@lang", "@script", "@ssid")
    spellings = [text for text in (variant.text() for variant in variants) if text]
    place = SecoPlace(node.child_text("location"), node.child_text("area"), _read_country(node),
                      f"Also: {'; '.join(spellings)}" if spellings else None)  # fmt: skip
    return number, place


def _read_country(node: Node) -> str | None:
    country = node.child("country")
    if country is None:
        return None
    code, name = country.attribute("iso-code"), country.text()
    return name or code


def write_identity(party: Party, node: Node, places: Mapping[str, SecoPlace]) -> None:
    """State what an identity says."""
    main = node.attribute("main") != "false"
    node.ignore("@ssid")  # no other file refers to it
    for name in node.children("name"):
        write_name(party, name, main=main)
    for nationality in node.children("nationality"):
        country = _read_country(nationality)
        nationality.ignore("@ssid", "@quality")
        party.put(("nationality", "country"), country)
    for day in node.children("day-month-year"):
        _write_day(party, day)
    for birth in node.children("place-of-birth"):
        place = _find_place(party, birth, places)
        birth.ignore("@ssid", "@quality")
        if str(place):
            party.put("birthPlace", str(place))
        if place.country:
            party.put(("birthCountry", "country"), place.country)
        party.note(birth.child_text("remarks"))
    for address in node.children("address"):
        _write_address(party, address, places)
    for document in node.children("identification-document"):
        _write_document(party, document, places)


def _find_place(party: Party, node: Node, places: Mapping[str, SecoPlace]) -> SecoPlace:
    """The place referred to, with the parts that the reference itself states."""
    number = node.attribute("place-id")
    place = places.get(number or "", SecoPlace())
    if number and number not in places:
        party.warn("unknown-place", f"Place {number} is not in the file.")
    own = SecoPlace(node.child_text("location"), node.child_text("area"), _read_country(node))
    return SecoPlace(own.location or place.location, own.area or place.area,
                     own.country or place.country, place.remarks)  # fmt: skip


def _write_day(party: Party, node: Node) -> None:
    day, month, year = (node.attribute(name) for name in ("day", "month", "year"))
    calendar, quality = node.attribute("calendar") or "", node.attribute("quality") or ""
    node.ignore("@ssid")
    known = (day, month, year) if month and year else (None, None, year)
    text = "/".join(part for part in known if part)
    if calendar.lower() not in _CALENDARS or not year:
        party.note(f"Date: {day or '?'}/{month or '?'}/{year or '?'} {calendar}".strip())
        return
    party.dates(("birthDate", "incorporationDate", "buildDate"), text)
    if quality == _LOW:
        party.note(f"The date {text} is of low quality.")


def _write_address(party: Party, node: Node, places: Mapping[str, SecoPlace]) -> None:
    key, quality = node.attribute("ssid"), node.attribute("quality")
    place = _find_place(party, node, places)
    care_of, box = node.child_text("c-o"), node.child_text("p-o-box")
    remarks = [
        f"c/o {care_of}" if care_of else None, node.child_text("remarks"), place.remarks,
        "of low quality" if quality == _LOW else None,
    ]  # fmt: skip
    party.address(
        Place(
            street=node.child_text("address-details"), city=place.location, region=place.area,
            postal_code=node.child_text("zip-code"), country=place.country,
            po_box=f"P.O. Box {box}" if box else None,
            remarks="; ".join(filter(None, remarks)) or None,
        ),
        key=key,
    )  # fmt: skip


def _write_document(party: Party, node: Node, places: Mapping[str, SecoPlace]) -> None:
    kind = (node.attribute("document-type") or "document").replace("-", " ").capitalize()
    number, issuer = node.child_text("number"), node.child("issuer")
    country = None
    if issuer is not None:
        code = issuer.attribute("code") or issuer.attribute("iso-code")
        country = issuer.text() or code
    issued, expires = node.child_text("date-of-issue"), node.child_text("expiry-date")
    remarks = [*node.texts("remark"), *node.texts("remarks")]
    for place in node.children("place-of-issue"):
        found = _find_place(party, place, places)
        place.ignore("@ssid", "@quality")
        remarks.append(f"issued in {found}")
    node.ignore("@ssid", "@quality")
    if number:
        party.document(Document(kind, number, country, issued, expires))
    for remark in remarks:
        party.note(f"{kind} {number or ''}".strip() + f": {remark}")
