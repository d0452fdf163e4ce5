"""People and entities of the Beneficial Ownership Data Standard as parties.

Source: Beneficial Ownership Data Standard 0.4, "Entity record details", "Person record details";
0.2 and 0.3, "Entity statement", "Person statement".
"""

from __future__ import annotations

from collections.abc import Iterator

from graph.countries import clean_country
from ingest.parties import Document, Party, Place, Props
from ingest.sources.bods.parts import Part
from ingest.sources.bods.sources import Origin

_ENTITY_SCHEMATA = {
    "registeredEntity": "Company",
    "legalEntity": "LegalEntity",
    "arrangement": "LegalEntity",
    "anonymousEntity": "LegalEntity",
    "unknownEntity": "LegalEntity",
    "state": "PublicBody",
    "stateBody": "PublicBody",
}
_PERSON_TYPES = ("knownPerson", "anonymousPerson", "unknownPerson")
_KNOWN = "knownPerson"
# Property of a name of each type; 0.2 has "individual", 0.4 "legal".
_NAME_PROPS = {
    "legal": "name",
    "individual": "name",
    "former": "previousName",
    "birth": "alias",
    "alternative": "alias",
    "translation": "alias",
    "transliteration": "alias",
}
_BIRTHPLACE = "placeOfBirth"
_RESIDENCE = "residence"
# Schemes of legal entities have a property of their own where FollowTheMoney has one; those of
# people are <country>-PASSPORT, -TAXID, -IDCARD.
_LEI = "XI-LEI"
_DOCUMENTS = {
    "PASSPORT": ("Passport", ("passportNumber",)),
    "TAXID": ("Tax identification", ("taxNumber",)),
    "IDCARD": ("Identity card", ("idNumber",)),
}


def entity_schema(details: Part) -> tuple[str, str | None]:
    """FollowTheMoney's schema of an entity, and its type as published where that is unknown."""
    stated = details.raw.get("entityType")
    kind = stated.get("type") if isinstance(stated, dict) else stated
    schema = _ENTITY_SCHEMATA.get(str(kind))
    return (schema, None) if schema else ("LegalEntity", str(kind))


def write_entity(party: Party, details: Part) -> None:
    """State what an entity's record says."""
    kind = details.part("entityType")
    if kind is None:  # 0.2 and 0.3 have a text and the subtype beside it
        party.put("legalForm", _form(details.text("entityType")))
        subtype = details.part("entitySubtype")
        if subtype is not None:
            party.put("legalForm", subtype.text("generalCategory"))
            party.put("legalForm", subtype.text("localTerm"))
    else:
        party.put("legalForm", _form(kind.text("type")))
        party.put("legalForm", kind.text("subtype"))
        party.put("legalForm", kind.text("details"))
    party.put("name", details.text("name"))
    party.put_all("alias", details.texts("alternateNames"))
    party.dates("incorporationDate", details.text("foundingDate"))
    party.dates("dissolutionDate", details.text("dissolutionDate"))
    for name in ("jurisdiction", "incorporatedInJurisdiction"):
        _put_country(party, "jurisdiction", details, name)
    party.put("sourceUrl", details.text("uri"))
    for number in details.parts("identifiers"):
        _write_entity_number(party, number)
    _write_addresses(party, details)
    _write_reason(party, details)
    _write_listing(party, details.part("publicListing"))
    statute = details.part("formedByStatute")
    if statute is not None:
        said = filter(None, (statute.text("name"), statute.text("date")))
        party.note(f"Formed by statute: {', '.join(said)}")


def _form(kind: str | None) -> str | None:
    """A type that says something of the form; a registered company may have any."""
    return kind if kind not in (None, "registeredEntity", "legalEntity") else None


def write_person(party: Party, details: Part) -> None:
    """State what a person's record says."""
    kind = details.text("personType")
    if kind not in _PERSON_TYPES:
        party.warn("unknown-word", f"personType {kind!r} is not of the standard; kept in notes.")
    if kind != _KNOWN:
        party.note(f"Declared as {kind}.")
    for place_in_list, name in enumerate(details.parts("names")):
        _write_name(party, name, first=place_in_list == 0)
    party.dates("birthDate", details.text("birthDate"))
    party.dates("deathDate", details.text("deathDate"))
    for part in details.parts("nationalities"):
        _put_country(party, "nationality", part)
    for part in details.parts("taxResidencies"):
        where = _put_country(party, "country", part)
        party.note(f"Tax residency: {where}")
    for number in details.parts("identifiers"):
        _write_person_number(party, number)
    for member, kind_of_place in ((_BIRTHPLACE, _BIRTHPLACE), ("placeOfResidence", _RESIDENCE)):
        place = details.part(member)
        if place is not None:
            _write_address(party, place, kind_of_place)
    _write_addresses(party, details)
    _write_reason(party, details)
    _write_exposure(party, details)


def _write_name(party: Party, name: Part, *, first: bool) -> None:
    kind = name.text("type")
    parts = [name.text(each) for each in ("givenName", "patronymicName", "familyName")]
    full = name.text("fullName") or " ".join(filter(None, parts))
    prop = _NAME_PROPS.get(kind or "legal")
    if prop is None:
        party.warn("unknown-word", f"name type {kind!r} is not of the standard; taken as an alias.")
        prop = "alias"
    party.put("name" if first else prop, full)
    if first or prop == "name":
        for each, part in zip(("firstName", "fatherName", "lastName"), parts, strict=True):
            party.put(each, part)


def _write_entity_number(party: Party, number: Part) -> None:
    value, scheme = number.text("id"), number.text("scheme")
    label = number.text("schemeName") or scheme or "Identifier"
    party.put("sourceUrl", number.text("uri"))
    if value is None:
        return
    if scheme == _LEI and party.put("leiCode", value):
        return
    country = scheme.partition("-")[0] if scheme else None
    # Schemes are org-id.guide's: a country, or XI and XR for those of no country.
    country = country if country and clean_country(country) else None
    kind = f"{label} ({scheme})" if scheme and scheme != label else label
    party.document(Document(kind, value, country, props=("registrationNumber",)))


def _write_person_number(party: Party, number: Part) -> None:
    value, scheme = number.text("id"), number.text("scheme")
    label = number.text("schemeName")
    party.put("sourceUrl", number.text("uri"))
    if value is None:
        return
    country, _, sort = (scheme or "").partition("-")
    kind, props = _DOCUMENTS.get(sort.upper(), (scheme or "Identifier", ("idNumber",)))
    kind = f"{kind} ({label})" if label and label != kind else kind
    party.document(Document(kind, value, country if clean_country(country) else None, props=props))


def _write_addresses(party: Party, details: Part) -> None:
    for place in details.parts("addresses"):
        _write_address(party, place, place.text("type"))


def _write_address(party: Party, place: Part, kind: str | None) -> None:
    place.ignore("type")  # taken by the caller, or said by the member's name
    text, code = place.text("address"), place.text("postCode") or place.text("postcode")
    country = _read_country(place.part("country")) or place.text("country")
    if kind == _BIRTHPLACE and party.has("birthPlace"):
        party.put("birthPlace", text)
        party.put(("birthCountry", "birthPlace"), country)
        return
    parts = [text, code if code and code not in (text or "") else None,
             country if country and country not in (text or "") else None]  # fmt: skip
    full = ", ".join(part for part in parts if part) if text or code else None
    party.address(Place(postal_code=code, country=country, full=full, remarks=kind))


def _read_country(part: Part | None) -> str | None:
    """The name, which is as precise as it is published, if it is one that is known; else the code.

    A part of a country ("US-DE") becomes the country in FollowTheMoney.
    """
    if part is None:
        return None
    name, code = part.text("name"), part.text("code")
    return name if name and clean_country(name) else code or name


def _put_country(party: Party, prop: Props, part: Part, name: str | None = None) -> str | None:
    """State a country of `part`, or of its member, which may also be a text."""
    inner = part if name is None else part.part(name)
    if inner is None:
        text = part.text(name) if name else None
        party.put(prop, text)
        return text
    label, code = inner.text("name"), inner.text("code")
    region = (code or "").partition("-")[0]
    value = next((each for each in (code, region, label) if each and clean_country(each)),
                 label or code)  # fmt: skip
    original = label if label and code and "-" in code else None
    party.put(prop, value, original=original)
    if original:  # part of a country, with a law of its own
        party.note(f"{prop}: {label} ({code})")
    return label or code


def _write_reason(party: Party, details: Part) -> None:
    """Why the party is not named: the words of the declaration, which are themselves a finding."""
    missing = details.text("missingInfoReason")
    if missing:
        party.note(f"Not named: {missing}")
    for name in ("unspecifiedEntityDetails", "unspecifiedPersonDetails"):
        part = details.part(name)
        if part is not None:
            party.note(f"Not named: {describe_reason(part)}")


def describe_reason(part: Part) -> str:
    """Reason and description of an unspecified party, verbatim."""
    return ": ".join(filter(None, (part.text("reason"), part.text("description")))) or "no reason"


def _write_listing(party: Party, listing: Part | None) -> None:
    if listing is None:
        return
    public = listing.flag("hasPublicListing")
    if public is not None:
        party.note(f"Public listing: {'yes' if public else 'no'}")
    party.put_all("sourceUrl", listing.texts("companyFilingsURLs"))
    for each in listing.parts("securitiesListings"):
        security = each.part("security")
        names = ("stockExchangeName", "stockExchangeJurisdiction", "marketIdentifierCode",
                 "operatingMarketIdentifierCode")  # fmt: skip
        said = [each.text(name) for name in names]
        if security is not None:
            scheme, number = security.text("idScheme"), security.text("id")
            ticker = security.text("ticker")
            said += [f"ticker {ticker}" if ticker else None,
                     f"{scheme} {number}" if number else scheme]  # fmt: skip
            if party.has("ticker"):
                party.put("ticker", ticker)
            if party.has("isinCode") and (scheme or "").lower() == "isin":
                party.put("isinCode", number)
        party.note(f"Listed security: {', '.join(filter(None, said))}")


def _write_exposure(party: Party, details: Part) -> None:
    """State political exposure only where it is declared; 0.2 has a flag and details beside it."""
    flag = details.flag("hasPepStatus")
    exposure = details.part("politicalExposure")
    status = exposure.text("status") if exposure else None
    if flag or status == "isPep":
        party.put("topics", "role.pep")
    elif flag is not None or status is not None:
        party.note(f"Political exposure: {status or 'isNotPep'}")
    for each in [*details.parts("pepStatusDetails"),
                 *(exposure.parts("details") if exposure else ())]:  # fmt: skip
        reason = each.text("reason")
        party.put("position", reason)
        party.note("Political exposure: " + "; ".join(_iter_exposure(each, reason)))


def _iter_exposure(part: Part, reason: str | None) -> Iterator[str]:
    where = part.part("jurisdiction")
    source = part.part("source")
    said = {
        "": reason,
        "not stated: ": part.text("missingInfoReason"),
        "in ": where and _describe_place(where),
        "from ": part.text("startDate"),
        "until ": part.text("endDate"),
        "source: ": Origin.read(source).describe() if source else None,
    }
    for word, value in said.items():
        if value:
            yield word + value


def _describe_place(part: Part) -> str | None:
    name, code = part.text("name"), part.text("code")
    return name or code
