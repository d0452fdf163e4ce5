"""Names, births, addresses and documents of the EU's financial sanctions file.

Everything is an attribute; texts are remarks. One name stands once for each language in which it
was published, unknown countries have the code "00", and the quality of an alias may be told by its
remark alone, misspelt at times.

Source: European Commission, "Financial Sanctions Files", schema of xmlFullSanctionsList 1.1
(namespace http://eu.europa.ec/fpi/fsd/export).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from followthemoney.types import registry

from ingest.dates import parse_date
from ingest.parties import Party, Place
from ingest.sources.un_sc.numbers import make_document, split_enumeration, split_number
from ingest.sources.un_sc.source import language_of
from ingest.xml import Node

_GENDERS = {"M": "male", "F": "female"}
# Codes of states that are no more, which lists of countries give to others.
_FORMER_STATES = {"CS": "Serbia and Montenegro"}
_LOW = re.compile(r"\blow?[\s-]*qual?it|\bweak\b", re.IGNORECASE)
_FORMER = re.compile(r"\bf\.?k\.?a\b|\bformerly\b|\bformer name\b|\bprevious(?:ly)?\b", re.I)
_QUALITY = re.compile(r"^\W*(?:low?|good|god|high|strong|weak)?[\s-]*qual?it\w+\W*"
                      r"(?:a\.?k\.?a\.?\W*)?$", re.IGNORECASE)  # fmt: skip
_DOCUMENTS: dict[str, tuple[str, ...]] = {
    "passport": ("passportNumber",),
    "travel": ("passportNumber",),
    "ssn": ("socialSecurityNumber", "idNumber"),
    "fiscalcode": ("taxNumber", "idNumber"),
    "tax": ("taxNumber", "idNumber"),
    "vat": ("vatCode", "taxNumber"),
    "regnumber": ("registrationNumber", "idNumber"),
    "tradelic": ("licenseNumber", "registrationNumber"),
    "swiftbic": ("swiftBic", "idNumber"),
    "imo": ("imoNumber", "registrationNumber"),
}
_FLAGS = {"diplomatic": "diplomatic", "knownExpired": "known to be expired",
          "knownFalse": "known to be false", "reportedLost": "reported lost",
          "revokedByIssuer": "revoked by its issuer"}  # fmt: skip
_CONTACTS = {"email": "email", "e-mail": "email", "phone": "phone", "tel": "phone",
             "telephone": "phone", "mobile": "phone", "web": "website", "website": "website",
             "url": "website"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    lang: str | None
    weak: bool
    former: bool
    parts: tuple[tuple[str, str | None], ...]  # (property, value)


def write_names(party: Party, nodes: Sequence[Node]) -> int:
    """State the names, each once a language; the first good one in English or none is the name.

    Returns:
        How many names there were.
    """
    names = [each for each in (_read_name(party, node) for node in nodes) if each is not None]
    good = [name for name in names if not (name.weak or name.former)]
    known = [name for name in good if name.lang in ("eng", None)] or good or names
    main = known[0].text if known else None
    stated: dict[tuple[str, str], set[str]] = {}
    for name in names:
        prop = "weakAlias" if name.weak else "previousName" if name.former else "alias"
        langs = stated.setdefault(("name" if name.text == main else prop, name.text), set())
        langs.update((name.lang,) if name.lang else ())
        for part, value in () if name.weak else name.parts:
            party.put(part, value)
    for (prop, text), langs in stated.items():
        told: list[str | None] = [*sorted(langs)] or [language_of(text)]
        for lang in told:
            party.put(prop, text, lang=lang)
    return len(names)


def _read_name(party: Party, node: Node) -> _Name | None:
    tags = (("firstName", "firstName"), ("middleName", "middleName"), ("lastName", "lastName"))
    parts = tuple((prop, node.attribute(tag)) for tag, prop in tags)
    text = node.attribute("wholeName") or " ".join(value for _, value in parts if value)
    strong, language = node.attribute("strong"), node.attribute("nameLanguage")
    remarks = _remarks(node)
    for tag, prop in (("title", "title"), ("function", "position")):
        for each in split_enumeration(node.attribute(tag) or ""):
            party.put(prop, each)
    gender = node.attribute("gender")
    party.put("gender", _GENDERS.get(gender or "", gender))
    _ignore(node)
    if strong not in ("true", "false", None):
        party.warn("unknown-alias-quality", f"The name {text!r} has the unknown mark "
                   f"strong={strong!r}; taken as a good one.")  # fmt: skip
    for remark in remarks:
        if not text or not _QUALITY.match(remark):
            party.note(f"Name {text or '(none)'}: {remark}")
    if not text:
        return None
    lang = registry.language.clean(language.lower()) if language else None
    if language and lang is None:
        party.note(f"Name {text}: language {language}")
    told = " ".join(remarks)
    kept = parts if party.schema == "Person" else ()
    return _Name(
        " ".join(text.split()), lang, strong == "false" or _LOW.search(told) is not None,
        _FORMER.search(told) is not None, kept,
    )  # fmt: skip


def write_citizenship(party: Party, node: Node) -> None:
    """State a citizenship; of an organisation it is its country."""
    country, region = country_of(node), node.attribute("region")
    party.put(("nationality", "country"), country)
    for remark in (region, *_remarks(node)):
        party.note(remark and f"Citizenship: {remark}")
    _ignore(node)


def write_birth(party: Party, node: Node) -> None:
    """State a birthdate element, as precise as it is, and the place in it."""
    circa, calendar = node.attribute("circa") == "true", node.attribute("calendarType")
    day = node.attribute("dayOfMonth") or node.attribute("day")
    month = node.attribute("monthOfYear") or node.attribute("month")
    year, whole = node.attribute("year"), node.attribute("birthdate")
    span = (node.attribute("yearRangeFrom"), node.attribute("yearRangeTo"))
    date = whole or _join_date(year, month, day)
    node.ignore("@day", "@month")
    if calendar and calendar.upper() != "GREGORIAN":
        # Its years are not ours, and nobody said which day of ours it is.
        told = " to ".join(filter(None, span)) or date
        party.note(told and f"Date of birth ({calendar} calendar): {told}")
    else:
        word = "circa " if circa else ""
        if date:
            iso = parse_date(date)
            party.put("birthDate", iso or date, original=word + date)
        elif any(span):
            for end in span:
                party.put("birthDate", end, original=f"{word}{span[0] or '?'} to {span[1] or '?'}")
    country = country_of(node)
    parts = [node.attribute(tag) for tag in ("place", "city", "zipCode", "region")]
    party.put("birthPlace", ", ".join(filter(None, (*dict.fromkeys(parts), country))))
    party.put("birthCountry", country)
    for remark in _remarks(node):
        party.note(f"Birth: {remark}")
    _ignore(node)


def _join_date(year: str | None, month: str | None, day: str | None) -> str | None:
    if not year:
        return None
    parts = [year.zfill(4)]
    if month:
        parts += [month.zfill(2), *([day.zfill(2)] if day else [])]
    return "-".join(parts)


def write_address(party: Party, node: Node) -> None:
    """State an address, and the phones, e-mails and web sites in it."""
    street, city, region, code, box, spot = (
        node.attribute(tag) for tag in ("street", "city", "region", "zipCode", "poBox", "place")
    )
    remarks = _remarks(node)
    if node.attribute("asAtListingTime") == "true":
        remarks.append("at the time of listing")
    for contact in node.children("contactInfo"):
        key, value = contact.attribute("key") or "", contact.attribute("value") or contact.text()
        prop = _CONTACTS.get(key.lower())
        if prop is None:
            party.note(value and f"{key}: {value}")
        else:
            party.put(prop, value)
    street = ", ".join(filter(None, (spot, street))) or None
    party.address(
        Place(street, city, region, code, country_of(node), po_box=box,
              remarks="; ".join(remarks) or None)
    )  # fmt: skip
    _ignore(node)


def write_identification(party: Party, node: Node) -> None:
    """State a document; what is said against it is a note beside it."""
    code = node.attribute("identificationTypeCode") or ""
    kind = node.attribute("identificationTypeDescription") or code or "Document"
    number, latin = node.attribute("number"), node.attribute("latinNumber")
    country, region = country_of(node), node.attribute("region")
    issued = node.attribute("issuedDate") or node.attribute("validFrom")
    node.ignore("@validFrom")
    expires, authority = node.attribute("validTo"), node.attribute("issuedBy")
    named = node.attribute("nameOnDocument")
    told = [words for flag, words in _FLAGS.items() if node.attribute(flag) == "true"]
    told += [*(filter(None, (named and f"in the name of {named}", region))), *_remarks(node)]
    if "passport" in code.lower() and "passport" not in kind.lower():
        kind = f"Passport ({kind})"
    for each in dict.fromkeys(filter(None, (number, latin))):
        found = split_number(each)
        document = make_document(kind, found, each)
        document = document._replace(
            country=country or document.country, issued=issued or document.issued,
            expires=expires or document.expires, authority=authority,
        )  # fmt: skip
        props = _DOCUMENTS.get(code.lower())
        party.document(document._replace(props=props) if props else document)
        if found.number != each:
            party.note(f"{kind}: {each}")
    if told or not (number or latin):
        party.note(": ".join((f"{kind} {number or latin or ''}".strip(), "; ".join(told)))
                   if told else None)  # fmt: skip
    _ignore(node)


def country_of(node: Node) -> str | None:
    """The country of an element: its code, or what is described; None when it is unknown."""
    code = node.attribute("countryIso2Code")
    described = node.attribute("countryDescription")
    if described and described.upper() == "UNKNOWN":
        described = None
    if code and code != "00":
        return _FORMER_STATES.get(code.upper(), code)
    return described


def _remarks(node: Node) -> list[str]:
    """Texts beside an element."""
    texts = [*node.texts("remark"), *node.texts("additionalInformation")]
    return [" ".join(text.split()) for text in texts]


def _ignore(node: Node) -> None:
    """The regulation that stated a detail, and the database's own numbers, are no facts of it."""
    node.ignore("regulationSummary", "@logicalId", "@regulationLanguage")
