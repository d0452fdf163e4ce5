"""The tables that give meaning to the numbers of OFAC's Advanced XML, and what it keeps apart.

Everything in the file is a number that a table resolves; places and documents stand before the
parties that they belong to. They are kept as tuples: the file has tens of thousands of each.

Source: US Department of the Treasury, "Advanced Sanctions List Standard" (sdn_advanced_notes.pdf),
after the UN 1267/1988 Security Council Committee's list standard.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.audit import Audit
from ingest.source import IssueLog
from ingest.sources.us_ofac.periods import Bounds, Day, print_period
from ingest.xml import Node

# Tables that give the words of a number, by the element of their values. Further attributes of a
# value that are of no use here: groups, bodies and countries of codes.
TABLES = (
    "AliasType", "AreaCode", "AreaCodeType", "CalendarType", "Country", "CountryRelevance",
    "DecisionMakingBody", "DetailReference", "DetailType", "DocNameStatus", "EntryEventType",
    "EntryLinkType", "ExRefType", "FeatureType", "FeatureTypeGroup", "IDRegDocDateType",
    "IDRegDocType", "IdentityFeatureLinkType", "LegalBasis", "LegalBasisType", "List",
    "LocPartType", "LocPartValueStatus", "LocPartValueType", "NamePartType", "Organisation",
    "PartySubType", "PartyType", "RelationQuality", "RelationType", "Reliability",
    "SanctionsProgram", "SanctionsType", "Script", "ScriptStatus", "SubsidiaryBody", "SupInfoType",
    "TargetType", "Validity",
)  # fmt: skip


class Location(NamedTuple):
    """A place: (OFAC's name of a part, text) and the country; `variants` in other scripts."""

    parts: tuple[tuple[str, str], ...]
    country: str | None
    variants: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str | None:
        """The whole as one text: what a nationality's location is."""
        texts = [text for _, text in self.parts]
        if self.country and self.country not in texts:
            texts.append(self.country)
        return ", ".join(texts) or None


class RegDocument(NamedTuple):
    """An identity document or registration; dates as OFAC prints them."""

    kind: str
    number: str
    country: str | None
    authority: str | None
    issued: str | None
    expires: str | None
    comment: str | None


@dataclass(slots=True)
class References:
    """Words by table and number."""

    issues: IssueLog
    name: str  # of the file
    _words: dict[tuple[str, str], str] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)  # PartySubType -> PartyType
    _unknown: set[tuple[str, str]] = field(default_factory=set)

    def add(self, node: Node) -> None:
        """Take one value of a table."""
        number, words = node.attribute("ID") or "", node.text()
        if node.tag == "LegalBasis":
            words = words or node.attribute("LegalBasisShortRef")
        elif node.tag == "AreaCode":
            words = node.attribute("Description") or words
        elif node.tag == "PartySubType":
            self._parents[number] = node.attribute("PartyTypeID") or ""
        self._words[node.tag, number] = words or ""

    def words(self, table: str, number: str | None) -> str:
        """The words of a number; the number itself, with an issue, when the table lacks it."""
        if number is None:
            return ""
        found = self._words.get((table, number))
        if found is None:
            if (table, number) not in self._unknown:
                self._unknown.add((table, number))
                fault = f"{table} {number} is in no table; its number is kept."
                self.issues.warn("unknown-reference", fault, locator=self.name)
            return number
        return found

    def party_kind(self, subtype: str | None) -> str:
        """The kind of a party: vessels and aircraft are subtypes, people and entities types."""
        words = self.words("PartySubType", subtype)
        if words.lower() not in ("unknown", ""):
            return words
        return self.words("PartyType", self._parents.get(subtype or ""))


def read_location(node: Node, references: References, audit: Audit) -> tuple[str, Location]:
    """A Location by its number."""
    # The features and documents that use it point at it themselves; an area is its country again.
    node.ignore("FeatureVersionReference", "IDRegDocumentReference")
    country = None
    for each in node.children("LocationCountry"):
        each.ignore("@CountryRelevanceID")
        country = references.words("Country", each.attribute("CountryID")) or country
    for each in node.children("LocationAreaCode"):
        country = country or references.words("AreaCode", each.attribute("AreaCodeID")) or None
    parts: list[tuple[str, str]] = []
    variants: list[tuple[str, str]] = []
    for part in node.children("LocationPart"):
        kind = references.words("LocPartType", part.attribute("LocPartTypeID")).upper()
        for value in part.children("LocationPartValue"):
            value.ignore("@LocPartValueTypeID", "@LocPartValueStatusID", "Comment")  # the script
            text = value.child_text("Value")
            is_primary = (value.attribute("Primary") or "true").lower() == "true"
            if text:
                (parts if is_primary else variants).append((kind, text))
    number = node.attribute("ID") or ""
    node.report(audit, f"{references.name}:{node.line}")
    return number, Location(tuple(parts), country, tuple(variants))


def read_document(node: Node, references: References, audit: Audit) -> tuple[str, RegDocument]:
    """An IDRegDocument by the number of the identity that holds it."""
    # On which of its names it was issued is not stated; the number of the document is internal.
    node.ignore("@ID", "DocumentedNameReference", "IDRegDocumentMention")
    dates: dict[str, str | None] = {}
    for date in node.children("DocumentDate"):
        kind = references.words("IDRegDocDateType", date.attribute("IDRegDocDateTypeID"))
        period = date.child("DatePeriod")
        dates[kind.lower()] = read_period(period) if period is not None else None
    comments = node.texts("Comment")
    validity = references.words("Validity", node.attribute("ValidityID"))
    if validity.lower() not in ("", "valid", "unknown", "none"):
        comments.append(validity)
    comments += [f"{kind} {day}" for kind, day in dates.items()
                 if day and kind not in ("issue date", "expiration date")]  # fmt: skip
    country = references.words("Country", node.attribute("IssuedBy-CountryID")) or None
    place = node.child_text("IssuedIn-Location") or node.attribute("IssuedIn-LocationID")
    comments += [f"issued in location {place}"] if place else []
    document = RegDocument(
        references.words("IDRegDocType", node.attribute("IDRegDocTypeID")),
        node.child_text("IDRegistrationNo") or "",
        country,
        node.child_text("IssuingAuthority"),
        dates.get("issue date"),
        dates.get("expiration date"),
        "; ".join(comments) or None,
    )
    identity = node.attribute("IdentityID") or ""
    node.report(audit, f"{references.name}:{node.line}")
    return identity, document


def read_period(node: Node) -> str | None:
    """A DatePeriod as OFAC prints it, no more precise than it is."""
    node.ignore("@CalendarTypeID", "@YearFixed", "@MonthFixed", "@DayFixed", "Comment")
    approximate = False
    ends: list[Bounds] = []
    for tag in ("Start", "End"):
        end = node.child(tag)
        if end is None:
            ends.append((None, None))
            continue
        end.ignore("@YearFixed", "@MonthFixed", "@DayFixed")
        approximate |= (end.attribute("Approximate") or "").lower() == "true"
        ends.append((_read_day(end.child("From")), _read_day(end.child("To"))))
    return print_period(ends[0], ends[1], approximate=approximate)


def read_date(node: Node) -> str | None:
    """A Date as an ISO prefix."""
    node.ignore("@CalendarTypeID")
    day = _read_day(node)
    if day is None:
        return None
    year, month, number = day
    iso = f"{year:04d}"
    if month:
        iso += f"-{month:02d}"
        iso += f"-{number:02d}" if number else ""
    return iso


def _read_day(node: Node | None) -> Day | None:
    if node is None:
        return None
    year, month, day = (
        int(text) if text and text.isascii() and text.isdigit() else None
        for text in (node.child_text("Year"), node.child_text("Month"), node.child_text("Day"))
    )
    return (year, month, day if month else None) if year else None
