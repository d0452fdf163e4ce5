"""OFAC's Enhanced XML: each party with its lists, names in every script, features and relations.

Unlike the comma-separated files it says on which day a party was put on each list, which of its
relations are of what kind and direction, and which names are weak. References are printed with
their texts, so that the tables of reference values are needed only where a text is missing.

Source: US Department of the Treasury, Office of Foreign Assets Control, Sanctions List Service,
ENHANCED_XML.xsd.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit
from ingest.dates import is_approximate, parse_date, parse_dates
from ingest.source import IssueLog
from ingest.sources.us_ofac.facts import Entry
from ingest.sources.us_ofac.labels import Stated, read_document, read_labelled
from ingest.sources.us_ofac.links import ListTitle
from ingest.sources.us_ofac.lists import (
    LISTS,
    find_document,
    require_membership,
)
from ingest.sources.us_ofac.parties import Alias, Membership, PartyBook
from ingest.sources.us_ofac.periods import Day, print_period
from ingest.sources.us_ofac.relations import RelationWriter, Tie
from ingest.sources.us_ofac.remarks import iter_facts
from ingest.xml import Node, iter_nodes, require_records

_ROOT = "sanctionsData"
_SECTIONS = ("publicationInfo", "referenceValue", "featureType", "entity")


@dataclass(frozen=True, slots=True)
class _NameText:
    """A name in one script."""

    whole: str
    script: str | None
    primary: bool
    parts: list[tuple[str, str]]  # (type, text)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name with its forms in every script."""

    primary: bool
    kind: str
    weak: bool
    texts: list[_NameText] = field(default_factory=list)


class OfacEnhancedSource:
    """Reader of one of the two lists; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.of = LISTS[dataset]
        self.name = f"{self.of.stem}_enhanced.xml"

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return self.name in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        stems = (f"{self.of.stem}_enhanced", f"{self.of.stem}enhanced")
        return find_document(location, self.name, self.dataset, stems=stems, root=_ROOT)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`."""
        for node in self._iter_nodes(files, ("publicationInfo", "entities")):
            if node.tag == "publicationInfo":
                return parse_date(node.child_text("dataAsOf") or "")
        return None

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        reading = _Reading(self, writer, issues)
        for node in self._iter_nodes(files, _SECTIONS):
            reading.take(node)
        require_records(reading.parties, "parties", self.name, self.dataset)
        require_membership(reading.members, self.of, self.name, self.dataset)
        reading.finish()

    def _iter_nodes(self, files: Mapping[str, Path], sections: Collection[str]) -> Iterator[Node]:
        return iter_nodes(files[self.name], self.name, sections, roots=(_ROOT,),
                          dataset=self.dataset, member="*.xml")  # fmt: skip


class _Reading:
    """One pass over the file; relations wait until every party is known."""

    def __init__(
        self, source: OfacEnhancedSource, writer: StatementWriter, issues: IssueLog
    ) -> None:
        self.name = source.name
        self.writer = writer
        self.issues = issues
        self.book = PartyBook(writer, issues, source.of)
        self.parties = self.members = 0
        self._audit = Audit()
        self._values: dict[str, str] = {}  # refId -> text
        self._ties: list[Tie] = []

    def take(self, node: Node) -> None:
        """Read one section or party."""
        if node.tag == "entity":
            self._read_party(node)
        elif node.tag == "referenceValue":
            number, text = node.attribute("refId"), node.child_text("value")
            if number and text:
                self._values[number] = text

    def finish(self) -> None:
        """State what needs all parties, and report what was not read."""
        self.book.finish()
        title = ListTitle(self.book.of.title, self.writer.version.published)
        relations = RelationWriter(self.writer, self.issues, title, self.book.schemata)
        for tie in self._ties:
            relations.write(tie)
        self._audit.report(self.issues)

    def _read_party(self, node: Node) -> None:
        uid = node.attribute("id") or ""
        sha256 = self.writer.version.files.get(self.name, "")
        provenance = Provenance(uid, f"{self.name}:{node.line}", sha256)
        general = node.child("generalInfo")
        names = [self._read_name(each) for each in _children(node, "names", "name")]
        primary = _find_primary(names)
        if not uid or primary is None:
            self.issues.warn("nameless-party", f"Entry {uid or 'without a number'} has no primary "
                             "name; it is not stated.", locator=provenance.locator)  # fmt: skip
            return
        self.parties += 1
        kind = self._text(general, "entityType") or ""
        entry = self.book.add(uid, kind, primary.whole, provenance)
        self.book.name_parts(entry, primary.parts)
        for name in names:
            for text in name.texts:
                if text is not primary:
                    alias = Alias(text.whole, name.kind, name.weak, text.script)
                    self.book.alias(entry, alias)
        self._read_listings(entry, node)
        if general is not None:
            self._read_general(entry, general)
        for section, tag, read in (
            ("addresses", "address", self._read_address),
            ("features", "feature", self._read_feature),
            ("identityDocuments", "identityDocument", self._read_document),
            ("relationships", "relationship", self._read_relation),
        ):
            for each in _children(node, section, tag):
                read(entry, each)
        node.report(self._audit, provenance.locator)

    def _text(self, node: Node | None, tag: str) -> str | None:
        """The text of a reference: printed, or by its number in the table; else the number."""
        found = node.child(tag) if node is not None else None
        if found is None:
            return None
        number = found.attribute("refId") or found.attribute("featureTypeId")
        return found.text() or self._value(number)

    def _value(self, number: str | None) -> str | None:
        if number is None:
            return None
        if number not in self._values:
            self.issues.warn("unknown-reference", f"The reference value {number} is in no table; "
                             "its number is kept.", locator=self.name)  # fmt: skip
        return self._values.get(number, number)

    def _read_name(self, node: Node) -> _Name:
        node.ignore("@id")  # numbers the name for its documents
        found = _Name(
            _is_true(node.child_text("isPrimary")),
            self._text(node, "aliasType") or "",
            _is_true(node.child_text("isLowQuality")),
        )
        for text in _children(node, "translations", "translation"):
            text.ignore("@id", "formattedFirstName", "formattedLastName")  # parts of the whole
            whole = text.child_text("formattedFullName")
            parts = self._name_parts(text)
            script = self._text(text, "script")
            primary = _is_true(text.child_text("isPrimary"))
            if whole is None:
                whole = " ".join(value for _, value in parts)
            if whole:
                found.texts.append(_NameText(whole, script, primary, parts))
        return found

    def _name_parts(self, text: Node) -> list[tuple[str, str]]:
        found = []
        for part in _children(text, "nameParts", "namePart"):
            part.ignore("@id")
            kind, value = self._text(part, "type"), part.child_text("value")
            if kind and value:
                found.append((kind, value))
        return found

    def _read_listings(self, entry: Entry, node: Node) -> None:
        texts = {}
        for section, tag in (
            ("sanctionsPrograms", "sanctionsProgram"),
            ("legalAuthorities", "legalAuthority"),
            ("sanctionsTypes", "sanctionsType"),
        ):
            texts[tag] = [self._listed(each) for each in _children(node, section, tag)]
        memberships = []
        for each in _children(node, "sanctionsLists", "sanctionsList"):
            number = each.attribute("id") or ""
            day = each.attribute("datePublished")
            title = self._listed(each)
            memberships.append(Membership(number, title, parse_date(day) if day else None))
        # Which program belongs to which list is not said: all are those of the list of the dataset.
        whole = Membership("", "", None, texts["sanctionsProgram"], texts["legalAuthority"],
                           texts["sanctionsType"])  # fmt: skip
        self.members += self.book.listings(entry, memberships, whole)

    def _listed(self, node: Node) -> str:
        node.ignore("@id")  # numbers the assignment
        number = node.attribute("refId")
        return node.text() or self._value(number) or ""

    def _read_general(self, entry: Entry, general: Node) -> None:
        general.ignore("identityId")  # an internal number
        for title in general.texts("title"):
            self.book.facts.titles(entry, title)
        for remarks in general.texts("remarks"):
            for fact in iter_facts(remarks):
                self.book.fact(entry, fact)

    def _read_address(self, entry: Entry, node: Node) -> None:
        number = node.attribute("id") or ""
        country = self._text(node, "country")
        for index, text in enumerate(_children(node, "translations", "translation")):
            text.ignore("@id")
            primary = _is_true(text.child_text("isPrimary"))
            self._text(text, "script")  # its letters show it
            parts = {}
            for part in _children(text, "addressParts", "addressPart"):
                part.ignore("@id")
                kind, value = self._text(part, "type"), part.child_text("value")
                if kind and value:
                    parts[kind.upper()] = value
            own = number if primary else f"{number}-{index}"
            if parts or primary:
                self.book.address(entry, own, parts, country)

    def _read_feature(self, entry: Entry, node: Node) -> None:
        # Numbers of the feature, and which of several comes first.
        node.ignore("@id", "versionId", "isPrimary")
        label = self._text(node, "type") or ""
        value = node.child_text("value")
        number = node.child_text("valueRefId")
        value = value or self._value(number) or ""
        dates = node.child("valueDate")
        if dates is not None:
            value = _dated(dates, value)
        reliability = self._text(node, "reliability")
        comment = node.child_text("comments")
        if reliability and reliability.lower() not in ("confirmed", "unknown", "none"):
            comment = f"{comment}; {reliability}" if comment else reliability
        if label and value:
            self.book.fact(entry, read_labelled(label, value), comment)
        else:
            self.book.warn("empty-feature", f"A feature of type {label!r} has no value.", entry)

    def _read_document(self, entry: Entry, node: Node) -> None:
        node.ignore("@id", "name")  # on which of its names it was issued is not stated
        label = self._text(node, "type") or "Identification Number"
        number = node.child_text("documentNumber")
        country = self._text(node, "issuingCountry")
        place = node.child_text("issuingLocation")
        authority = node.child_text("issuingAuthority")
        if authority is None and place != country:
            authority = place
        stated = Stated(country, node.child_text("issueDate"), node.child_text("expirationDate"),
                        authority)  # fmt: skip
        comments = node.texts("comments")
        if (node.child_text("isValid") or "true").lower() == "false":
            comments.append("not valid")
        if number:
            fact = read_document(label, number, stated)
            self.book.fact(entry, fact, "; ".join(comments))
        else:
            self.book.warn("empty-document", f"A document of type {label!r} has no number.", entry)

    def _read_relation(self, entry: Entry, node: Node) -> None:
        kind, related = node.child("type"), node.child("relatedEntity")
        number = node.attribute("id") or ""
        target = related.attribute("entityId") if related is not None else None
        if kind is None or related is None or not target:
            self.book.warn("broken-relation", f"Relation {number} names no party or no type.",
                           entry)  # fmt: skip
            return
        type_id = kind.attribute("refId") or ""
        words = kind.text() or self._value(type_id) or ""
        name = related.text()
        self._ties.append(
            Tie(
                number, entry.uid, target, type_id, words, entry.provenance,
                quote=f"{words} {name}" if name else words,
                quality=self._text(node, "quality"),
                former=_is_true(node.child_text("isFormer")),
                comment=node.child_text("comments"),
            )
        )  # fmt: skip


def _children(node: Node, section: str, tag: str) -> list[Node]:
    return [each for group in node.children(section) for each in group.children(tag)]


def _find_primary(names: list[_Name]) -> _NameText | None:
    """The primary form of the primary name; its first form where none is marked."""
    texts = [text for name in names if name.primary for text in name.texts]
    return next((text for text in texts if text.primary), texts[0] if texts else None)


def _dated(node: Node, text: str) -> str:
    """The text of a date, as printed or made from its period."""
    node.ignore("@id", "isDateRange")  # a range has two ends
    ends = [_day(node.child_text(tag)) for tag in
            ("fromDateBegin", "fromDateEnd", "toDateBegin", "toDateEnd")]  # fmt: skip
    approximate = _is_true(node.child_text("isApproximate"))
    if parse_dates(text):
        return f"circa {text}" if approximate and not is_approximate(text) else text
    return print_period((ends[0], ends[1]), (ends[2], ends[3]), approximate=approximate) or text


def _day(text: str | None) -> Day | None:
    parts = (text or "")[:10].split("-")
    return (int(parts[0]), int(parts[1]), int(parts[2])) if len(parts) == len("ymd") and all(
        part.isdigit() for part in parts
    ) else None  # fmt: skip


def _is_true(text: str | None) -> bool:
    return (text or "").strip().lower() == "true"
