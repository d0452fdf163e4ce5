"""OFAC's legacy XML of its two lists: sdn.xml and consolidated.xml.

It says what the comma-separated files say, in elements: weak names are marked, dates, places and
nationalities stand apart, and the packed list of ids holds whatever else the remarks hold. "Linked
To" still stands in the remarks and names its target by the primary name.

Source: US Treasury, Office of Foreign Assets Control, sdn.xsd. "publshInformation" is the spelling
of the publisher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit
from ingest.dates import parse_date
from ingest.source import IssueLog
from ingest.sources.us_ofac.facts import Entry
from ingest.sources.us_ofac.labels import Stated, read_document, read_labelled
from ingest.sources.us_ofac.links import LinkWriter, ListTitle
from ingest.sources.us_ofac.lists import DETAILS, LISTS, find_document
from ingest.sources.us_ofac.parties import Alias, Membership, PartyBook
from ingest.sources.us_ofac.remarks import Fact, iter_facts, split_linked
from ingest.xml import Node, iter_nodes, require_records

_ROOT = "sdnList"
_SECTIONS = ("publshInformation", "publishInformation", "sdnEntry")
# Section, its elements, the element of the text, and the label under which the remarks print it.
_FACTS = (
    ("nationalityList", "nationality", "country", "Nationality Country"),
    ("citizenshipList", "citizenship", "country", "Citizenship Country"),
    ("dateOfBirthList", "dateOfBirthItem", "dateOfBirth", "Birthdate"),
    ("placeOfBirthList", "placeOfBirthItem", "placeOfBirth", "Place of Birth"),
)
_VEHICLE = (
    ("callSign", "Vessel Call Sign"), ("vesselType", "Vessel Type"), ("vesselFlag", "Vessel Flag"),
    ("vesselOwner", "Vessel Owner"), ("tonnage", "Vessel Tonnage"),
    ("grossRegisteredTonnage", "Vessel Gross Registered Tonnage"),
)  # fmt: skip
_ADDRESS = (
    ("address1", "ADDRESS1"), ("address2", "ADDRESS2"), ("address3", "ADDRESS3"),
    ("city", "CITY"), ("stateOrProvince", "STATE/PROVINCE"), ("postalCode", "POSTAL CODE"),
)  # fmt: skip


class OfacXmlSource:
    """Reader of one of the two lists; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.of = LISTS[dataset]
        self.name = self.of.legacy

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return self.name in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        stem = self.name.removesuffix(".xml")
        stems = (stem, f"{stem}_xml", f"{self.of.stem}_xml")
        return find_document(location, self.name, self.dataset, stems=stems, root=_ROOT)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`."""
        for node in self._iter_nodes(files):
            if node.tag != _ROOT:
                return parse_date(node.child_text("Publish_Date") or "", month_first=True)
        return None

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        reading = _Reading(self, writer, issues)
        for node in self._iter_nodes(files):
            reading.take(node)
        require_records(reading.parties, "entries", self.name, self.dataset)
        reading.finish()

    def _iter_nodes(self, files: Mapping[str, Path]) -> Iterator[Node]:
        return iter_nodes(files[self.name], self.name, _SECTIONS, roots=(_ROOT,),
                          dataset=self.dataset, member="*.xml")  # fmt: skip


class _Reading:
    """One pass over the file; links wait until every name is known."""

    def __init__(self, source: OfacXmlSource, writer: StatementWriter, issues: IssueLog) -> None:
        self.name = source.name
        self.writer = writer
        self.issues = issues
        self.book = PartyBook(writer, issues, source.of)
        self.parties = 0
        self._announced: int | None = None
        self._audit = Audit()
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        self._links: list[tuple[Entry, Fact]] = []

    def take(self, node: Node) -> None:
        """Read the heading or an entry."""
        if node.tag == "sdnEntry":
            self._read_entry(node)
        elif node.tag in _SECTIONS:
            count = node.child_text("Record_Count") or ""
            self._announced = int(count) if count.isascii() and count.isdigit() else None

    def finish(self) -> None:
        """State the links, and report what is missing or was not read."""
        if self._announced is not None and self._announced != self.parties:
            self.issues.warn(
                "record-count",
                f"{self.name} announces {self._announced} entries and holds {self.parties}: it may "
                "be cut; compare it with the publisher's.",
                locator=self.name,
            )
        self.book.finish()
        title = ListTitle(self.book.of.title, self.writer.version.published)
        links = LinkWriter(self.writer, self.issues, self._by_name, title)
        for entry, fact in self._links:
            links.write(entry, fact, DETAILS.format(uid=entry.uid))
        self._audit.report(self.issues)

    def _read_entry(self, node: Node) -> None:
        uid = node.child_text("uid") or ""
        last, first = node.child_text("lastName"), node.child_text("firstName")
        name = join_name(last, first)
        sha256 = self.writer.version.files.get(self.name, "")
        provenance = Provenance(uid, f"{self.name}:{node.line}", sha256)
        if not uid or not name:
            self.issues.warn("nameless-party", f"Entry {uid or 'without a number'} has no name; it "
                             "is not stated.", locator=provenance.locator)  # fmt: skip
            return
        self.parties += 1
        entry = self.book.add(uid, node.child_text("sdnType") or "", name, provenance)
        if entry not in self._by_name[name]:
            self._by_name[name].append(entry)
        if last and first:
            self.book.name_parts(entry, (("Last Name", last), ("First Name", first)))
        for title in node.texts("title"):
            self.book.facts.titles(entry, title)
        programs = [text for each in node.children("programList") for text in each.texts("program")]
        # The file is the list, and does not say since when.
        self.book.listings(entry, (), Membership("", "", programs=programs))
        for each in _children(node, "akaList", "aka"):
            self._read_alias(entry, each)
        for each in _children(node, "addressList", "address"):
            self._read_address(entry, each)
        for fact in self._iter_facts(entry, node):
            self.book.fact(entry, fact)
        node.report(self._audit, provenance.locator)

    def _read_alias(self, entry: Entry, node: Node) -> None:
        node.ignore("uid")  # numbers the alias
        kind = node.child_text("type") or ""
        name = join_name(node.child_text("lastName"), node.child_text("firstName"))
        weak = (node.child_text("category") or "").lower() == "weak"
        if name:
            self.book.alias(entry, Alias(name, kind, weak))
        else:
            self.book.warn("empty-alias", "An alias has no name.", entry)

    def _read_address(self, entry: Entry, node: Node) -> None:
        number = node.child_text("uid") or ""
        parts = {name: text for tag, name in _ADDRESS if (text := node.child_text(tag))}
        self.book.address(entry, number, parts, node.child_text("country"))

    def _iter_facts(self, entry: Entry, node: Node) -> Iterator[Fact]:
        for section, tag, text_tag, label in _FACTS:
            for each in _children(node, section, tag):
                each.ignore("uid", "mainEntry")  # its number, and which of several comes first
                value = each.child_text(text_tag)
                if value:
                    yield read_labelled(label, value)
        for each in _children(node, "idList", "id"):
            each.ignore("uid")  # numbers the document
            yield from self._read_id(entry, each)
        for vessel in node.children("vesselInfo"):
            for tag, label in _VEHICLE:
                yield from (read_labelled(label, text) for text in vessel.texts(tag))
        rest, linked = split_linked(node.child_text("remarks") or "")
        self._links += [(entry, Fact("linked", "Linked To:", name, f"Linked To: {name}"))
                        for name in linked]  # fmt: skip
        for fact in iter_facts(rest):
            if fact.kind == "linked":
                self._links.append((entry, fact))
            else:
                yield fact

    def _read_id(self, entry: Entry, node: Node) -> Iterator[Fact]:
        label, value = node.child_text("idType") or "", node.child_text("idNumber")
        stated = Stated(node.child_text("idCountry"), node.child_text("issueDate"),
                        node.child_text("expirationDate"))  # fmt: skip
        if not label or not value:
            self.book.warn("empty-document", f"A document of type {label!r} has no number.", entry)
            return
        is_sentence = label.endswith((":", "-")) or not any(each.isdigit() for each in value)
        read = read_labelled if is_sentence else read_document
        yield read(label, value, stated)


def join_name(last: str | None, first: str | None) -> str:
    """The name as the comma-separated files print it: "LAST, First"."""
    return ", ".join(part for part in (last, first) if part)


def _children(node: Node, section: str, tag: str) -> list[Node]:
    return [each for group in node.children(section) for each in group.children(tag)]
