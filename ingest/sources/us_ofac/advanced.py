"""OFAC's Advanced XML, streamed: 130 MB, of which only tables, places and documents stay.

The sections come in one order: tables of reference values, locations, documents, parties, their
relations, their entries on the lists. A party is written when it is met; its listings and relations
at the end, when all parties are known.

Source: US Department of the Treasury, "Advanced Sanctions List Standard" (sdn_advanced_notes.pdf).
Namespaces: http://www.un.org/sanctions/1.0 until 2024, OFAC's own since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit
from ingest.source import IssueLog
from ingest.sources.us_ofac.advanced_party import PartyReader
from ingest.sources.us_ofac.advanced_values import (
    TABLES,
    Location,
    References,
    RegDocument,
    read_date,
    read_document,
    read_location,
    read_period,
)
from ingest.sources.us_ofac.links import ListTitle
from ingest.sources.us_ofac.lists import LISTS, find_document, require_membership
from ingest.sources.us_ofac.parties import Membership, PartyBook
from ingest.sources.us_ofac.relations import RelationWriter, Tie
from ingest.unpack import refuse
from ingest.xml import Node, iter_nodes, require_records

_ROOT = "Sanctions"
_SECTIONS = (
    *TABLES, "Location", "IDRegDocument", "DistinctParty", "ProfileRelationship", "SanctionsEntry",
    "DateOfIssue", "SanctionsEntryLink",
)  # fmt: skip
_PROGRAM = "program"  # the type of a measure whose comment is the code of a program


class OfacAdvancedSource:
    """Reader of one of the two lists; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.of = LISTS[dataset]
        self.name = f"{self.of.stem}_advanced.xml"

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return self.name in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        stems = (f"{self.of.stem}_advanced", f"{self.of.stem}advanced")
        return find_document(location, self.name, self.dataset, stems=stems, root=_ROOT)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`."""
        for node in self._iter_nodes(files, ("DateOfIssue", "ReferenceValueSets")):
            if node.tag == "DateOfIssue":
                return read_date(node)
            if node.tag != _ROOT:
                break
        return None

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        reading = _Reading(self, writer, issues)
        for node in self._iter_nodes(files, _SECTIONS):
            reading.take(node)
        require_records(reading.parties, "parties", self.name, self.dataset)
        reading.finish()
        require_membership(reading.members, self.of, self.name, self.dataset)

    def _iter_nodes(self, files: Mapping[str, Path], sections: Collection[str]) -> Iterator[Node]:
        return iter_nodes(files[self.name], self.name, sections, roots=(_ROOT,),
                          dataset=self.dataset, member="*.xml")  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """One pass over the file."""

    source: OfacAdvancedSource
    writer: StatementWriter
    issues: IssueLog
    parties: int = 0
    members: int = 0
    audit: Audit = field(default_factory=Audit)
    book: PartyBook = field(init=False)
    references: References = field(init=False)
    reader: PartyReader = field(init=False)
    _locations: dict[str, Location] = field(default_factory=dict)
    _documents: dict[str, list[RegDocument]] = field(default_factory=lambda: defaultdict(list))
    _profiles: dict[str, str] = field(default_factory=dict)  # Profile ID -> uid
    _memberships: dict[str, list[Membership]] = field(default_factory=lambda: defaultdict(list))
    _ties: list[Tie] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = PartyBook(self.writer, self.issues, self.source.of)
        self.references = References(self.issues, self.source.name)
        self.reader = PartyReader(
            self.book, self.references, self.audit, self._locations, self._documents
        )

    def take(self, node: Node) -> None:
        """Read one value, place, document, party, relation or entry."""
        self._refuse_delta(node)
        if node.tag == "DistinctParty":
            found = self.reader.read(node, self._provenance(node, node.attribute("FixedRef")))
            self._profiles.update(found)
            self.parties += len(found)
        elif node.tag == "Location":
            number, location = read_location(node, self.references, self.audit)
            self._locations[number] = location
        elif node.tag == "IDRegDocument":
            identity, document = read_document(node, self.references, self.audit)
            self._documents[identity].append(document)
        elif node.tag == "ProfileRelationship":
            self._read_relation(node)
        elif node.tag == "SanctionsEntry":
            self._read_entry(node)
        elif node.tag == "SanctionsEntryLink":  # none has been published so far
            node.report(self.audit, f"{self.source.name}:{node.line}")
        elif node.tag in TABLES:
            self.references.add(node)

    def finish(self) -> None:
        """State listings and relations, and report what was not read."""
        for uid, entry in self.book.entries.items():
            memberships = self._memberships.pop(uid, [])
            if not memberships:
                self.book.warn("no-listing", f"No entry says on which list {uid} is; it is taken "
                               "to be on this one.", entry)  # fmt: skip
            self.members += self.book.listings(entry, memberships)
        for uid in self._memberships:
            self.issues.warn("dangling-listing", f"An entry lists profile {uid}, which is no party "
                             "of the file.", locator=self.source.name)  # fmt: skip
        self.book.finish()
        title = ListTitle(self.book.of.title, self.writer.version.published)
        relations = RelationWriter(self.writer, self.issues, title, self.book.schemata)
        for tie in self._ties:
            relations.write(self._with_quote(tie))
        self._report_orphans()
        self.audit.report(self.issues)

    def _refuse_delta(self, node: Node) -> None:
        """A file of changes lists few parties, and not those who stay."""
        if node.attribute("DeltaAction"):
            raise refuse(
                self.source.name, node.line,
                "this is a delta file, which states changes and not the list",
                "Download the whole list.", self.source.dataset,
            )  # fmt: skip

    def _provenance(self, node: Node, number: str | None) -> Provenance:
        sha256 = self.writer.version.files.get(self.source.name, "")
        return Provenance(number or "", f"{self.source.name}:{node.line}", sha256)

    def _uid(self, profile: str | None) -> str:
        """The uid of a profile; its own number where the party is of another list."""
        return self._profiles.get(profile or "", profile or "")

    def _read_relation(self, node: Node) -> None:
        node.ignore("@SanctionsEntryID")  # the entry in which it was published
        number = node.attribute("ID") or ""
        words = self.references.words
        type_id = node.attribute("RelationTypeID") or ""
        tie = Tie(
            number,
            node.attribute("From-ProfileID") or "",
            node.attribute("To-ProfileID") or "",
            type_id,
            words("RelationType", type_id),
            self._provenance(node, number),
            quote="",
            quality=words("RelationQuality", node.attribute("RelationQualityID")),
            former=(node.attribute("Former") or "").lower() == "true",
            comment=node.child_text("Comment"),
        )
        node.report(self.audit, tie.provenance.locator)
        self._ties.append(tie)

    def _with_quote(self, tie: Tie) -> Tie:
        source, target = self._uid(tie.source), self._uid(tie.target)
        entry = self.book.entries.get(target)
        quote = f"{tie.words} {entry.name}" if entry else tie.words
        return Tie(tie.number, source, target, tie.type_id, tie.words, tie.provenance, quote,
                   tie.quality, tie.former, tie.comment)  # fmt: skip

    def _read_entry(self, node: Node) -> None:
        profile = node.attribute("ProfileID") or ""
        title = self.references.words("List", node.attribute("ListID"))
        days, reasons, notes = self._read_events(node)
        programs, measures = self._read_measures(node)
        notes += node.texts("LimitationsToListing")
        number = node.attribute("ID") or ""
        # Where an entry has several events, the first is its creation.
        day = min(days) if days else None
        self._memberships[self._uid(profile)].append(
            Membership(number, title, day, tuple(programs), tuple(reasons),
                       (*measures, *notes))
        )  # fmt: skip
        node.report(self.audit, f"{self.source.name}:{node.line}")

    def _read_events(self, node: Node) -> tuple[list[str], list[str], list[str]]:
        """Days, legal bases and comments of the events of an entry."""
        days, reasons, notes = [], [], []
        for event in node.children("EntryEvent"):
            event.ignore("@ID")
            kind = self.references.words("EntryEventType", event.attribute("EntryEventTypeID"))
            date = event.child("Date")
            day = read_date(date) if date is not None else None
            if kind.lower() in ("created", "", "1"):
                days += [day] if day else []
            elif day:
                notes.append(f"{kind} {day}")
            basis = self.references.words("LegalBasis", event.attribute("LegalBasisID"))
            reasons += [basis] if basis and basis.lower() != "unknown" else []
            notes += event.texts("Comment")
        return days, reasons, notes

    def _read_measures(self, node: Node) -> tuple[list[str], list[str]]:
        """Programs, and the other measures of an entry with their comments."""
        programs, measures = [], []
        for measure in node.children("SanctionsMeasure"):
            measure.ignore("@ID")
            kind = self.references.words("SanctionsType", measure.attribute("SanctionsTypeID"))
            comment = measure.child_text("Comment")
            periods = (read_period(each) for each in measure.children("DatePeriod"))
            when = ", ".join(period for period in periods if period)
            if kind.lower() == _PROGRAM:
                programs += [comment] if comment else []
            else:
                measures.append(": ".join(part for part in (kind, comment, when) if part))
        return programs, measures

    def _report_orphans(self) -> None:
        lost = [identity for identity in self._documents if identity not in self.reader.identities]
        for identity in lost:
            self.issues.warn("dangling-document", f"A document belongs to identity {identity}, "
                             "which no party has.", locator=self.source.name)  # fmt: skip
