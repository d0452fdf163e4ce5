"""OFAC's Enhanced XML of the non-SDN list, read with ElementTree.

Source: US Department of the Treasury, OFAC, Sanctions List Service, ENHANCED_XML.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from tests.oracle.lists.parties import Party, Reading, code, squeeze

KINDS = {"Individual": "Person", "Entity": "Organization"}
FLIPPED = ("15003",)  # "Owned or Controlled By": the enclosing party is the asset


def read(path: Path) -> tuple[Reading, set[tuple[str, str]]]:
    """The parties by the product's ids, and (owner or actor, other) pairs."""
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as stream:
        tree = ElementTree.parse(stream)  # noqa: S314 - a real list
    for each in tree.iter():
        each.tag = each.tag.rpartition("}")[2]
    found: Reading = {}
    pairs: set[tuple[str, str]] = set()
    for node in tree.iterfind("entities/entity"):
        key = f"ofac-{node.get('id')}"
        found[key] = _read_party(node)
        for relation in node.iterfind("relationships/relationship"):
            kind, other = relation.find("type"), relation.find("relatedEntity")
            assert kind is not None
            assert other is not None
            pair = (key, f"ofac-{other.get('entityId')}")
            pairs.add(pair[::-1] if kind.get("refId") in FLIPPED else pair)
    return found, pairs


def _read_party(node: ElementTree.Element) -> Party:
    party = Party(KINDS[squeeze(node.findtext("generalInfo/entityType"))])
    for name in node.iterfind("names/name"):
        primary = squeeze(name.findtext("isPrimary")) == "true"
        former = squeeze(name.findtext("aliasType")).startswith("F.K.A")
        weak = squeeze(name.findtext("isLowQuality")) == "true"
        strength = "weakAlias" if weak else "previousName" if former else "alias"
        for spelled in name.iterfind("translations/translation"):
            first = squeeze(spelled.findtext("isPrimary")) == "true"
            prop = "name" if primary and first else "alias" if primary else strength
            party.names.add((prop, squeeze(spelled.findtext("formattedFullName"))))
    for feature in node.iterfind("features/feature"):
        if squeeze(feature.findtext("type")) == "Birthdate":
            begin = squeeze(feature.findtext("valueDate/fromDateBegin"))
            end = squeeze(feature.findtext("valueDate/toDateEnd"))
            party.births.update({begin[:4], end[:4]} if begin != end else {begin})
    for address in node.iterfind("addresses/address"):
        if country := code(address.findtext("country")):
            bare = address.find("translations/translation/addressParts/addressPart") is None
            if bare:
                party.countries.add(("country", country))
            else:
                party.places.add(country)
    for document in node.iterfind("identityDocuments/identityDocument"):
        party.numbers.add(squeeze(document.findtext("documentNumber")))
    party.programs.update(squeeze(each.text) for each in node.iter("sanctionsProgram"))
    lists = list(node.iterfind("sanctionsLists/sanctionsList"))
    party.listed.update((each.get("datePublished") or "")[:10] for each in lists)
    party.topics.add("reg.action")
    if any(squeeze(each.text) == "SDN List" for each in lists):
        party.topics.add("sanction")
    return party
