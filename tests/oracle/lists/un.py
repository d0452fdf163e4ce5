"""The UN Security Council's list, read with ElementTree.

Source: https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list (XML).
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree

from tests.oracle.lists.parties import Party, Reading, code, squeeze

STRENGTHS = {"Good": "alias", "Low": "weakAlias", "a.k.a.": "alias", "f.k.a.": "previousName"}
REFERENCE = re.compile(r"\b[A-Z]{2}[ie]\.\d{3}\b")
ABSENT = "na"  # not applicable; Namibia's code as well
TRAVEL_BAN_ONLY = "GB"  # Guinea-Bissau, resolution 2048 (2012): no assets are frozen


def read(path: Path) -> tuple[Reading, set[tuple[str, str]]]:
    """The parties by the product's ids, and the (source, reference) pairs of the comments."""
    with gzip.open(path) as stream:
        root = ElementTree.parse(stream).getroot()  # noqa: S314 - a real list
    found: Reading = {}
    pairs: set[tuple[str, str]] = set()
    for tag, kind in (("INDIVIDUAL", "Person"), ("ENTITY", "Organization")):
        for node in root.iter(tag):
            key = "un-" + squeeze(node.findtext("REFERENCE_NUMBER")).lower()
            found[key] = _read_party(node, tag, kind)
            comments = node.findtext("COMMENTS1") or ""
            pairs.update((key, "un-" + each.lower()) for each in REFERENCE.findall(comments))
    return found, {(source, target) for source, target in pairs if source != target}


def _read_party(node: ElementTree.Element, tag: str, kind: str) -> Party:
    party = Party(kind, text=squeeze(" ".join(node.itertext())))
    parts = [squeeze(node.findtext(f"{each}_NAME")) for each in
             ("FIRST", "SECOND", "THIRD", "FOURTH")]  # fmt: skip
    party.names.add(("name", squeeze(" ".join(each for each in parts if each != ABSENT))))
    if script := squeeze(node.findtext("NAME_ORIGINAL_SCRIPT")):
        party.names.add(("alias", script))
    for alias in node.iter(f"{tag}_ALIAS"):
        if name := squeeze(alias.findtext("ALIAS_NAME")):
            quality = squeeze(alias.findtext("QUALITY"))
            party.names.add((STRENGTHS.get(quality, "alias"), name))
    for birth in node.iter("INDIVIDUAL_DATE_OF_BIRTH"):
        stated = (squeeze(birth.findtext(each)) for each in
                  ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR"))  # fmt: skip
        party.births.update(each[:10] for each in stated if each)
    for alias in node.iter(f"{tag}_ALIAS"):
        if birth_day := squeeze(alias.findtext("DATE_OF_BIRTH")):
            party.births.add(birth_day)
    for value in node.iterfind("NATIONALITY/VALUE"):
        if squeeze(value.text) != ABSENT and (country := code(value.text)):
            party.countries.add(("nationality", country))
    for birth in node.iter("INDIVIDUAL_PLACE_OF_BIRTH"):
        if country := code(birth.findtext("COUNTRY")):
            party.countries.add(("birthCountry", country))
    for address in node.iter(f"{tag}_ADDRESS"):
        if country := code(address.findtext("COUNTRY")):
            bare = not any(squeeze(each.text) for each in address
                           if each.tag not in ("COUNTRY", "NOTE"))  # fmt: skip
            if bare:
                party.countries.add(("country", country))
            else:
                party.places.add(country)
    party.numbers.update(
        squeeze(each.findtext("NUMBER")) for each in node.iter("INDIVIDUAL_DOCUMENT")
    )
    party.numbers.discard("")
    party.programs.add(squeeze(node.findtext("UN_LIST_TYPE")))
    party.listed.add(squeeze(node.findtext("LISTED_ON"))[:10])
    only_travel = party.programs == {TRAVEL_BAN_ONLY}
    party.topics.add("reg.action" if only_travel else "sanction")
    return party
