"""Statements of the Beneficial Ownership Data Standard, versions 0.2 to 0.4: who owns or controls.

The last statement about each record stands. Ids are made from the publisher's record ids within the
dataset (`bods-<name>-<digest>`): record ids are unique to their publisher alone, and a file cannot
claim to speak of another publisher's party. Numbers of registers are stated as such, so that
resolution joins what is the same.

Source: Open Ownership, Beneficial Ownership Data Standard 0.4, 0.3 and 0.2,
standard.openownership.org, github.com/openownership/data-standard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit
from ingest.ids import digest, make_id
from ingest.parties import PartyWriter
from ingest.source import IssueLog
from ingest.sources.bods.files import Placed, find_statement_files, iter_placed
from ingest.sources.bods.links import LinkWriter, Statement
from ingest.sources.bods.parties import entity_schema, write_entity, write_person
from ingest.sources.bods.parts import Part
from ingest.sources.bods.sources import Publication
from ingest.sources.bods.versions import (
    ENTITY,
    PERSON,
    RELATIONSHIP,
    Records,
    record_type,
    statement_id,
)
from ingest.xml import require_records

_STATUSES = ("new", "updated", "closed")


class BodsSource:
    """Reads files of statements; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_statement_files(location, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`; a dataset of this kind has no other format."""
        return bool(names)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """Read the files twice: which statements stand, then those. See `ingest.source.Source`."""
        records = Records.read(self._iter_all(files, IssueLog()))
        load = _Load(self.dataset, records, writer, issues)
        for order, placed in enumerate(self._iter_all(files, issues)):
            load.write(placed, order)
        require_records(len(records.kinds), "statements", ", ".join(files), self.dataset)
        load.finish()

    def _iter_all(self, files: Mapping[str, Path], issues: IssueLog) -> Iterator[Placed]:
        for name, path in sorted(files.items()):
            yield from iter_placed(path, name, self.dataset, issues)


class _Load:
    """One load: writes each statement that stands."""

    def __init__(
        self, dataset: str, records: Records, writer: StatementWriter, issues: IssueLog
    ) -> None:
        self._prefix = make_id(dataset.replace("_", "-"))
        self._records, self._writer, self._issues = records, writer, issues
        self._audit = Audit()
        self._parties = PartyWriter(writer, issues)
        self._links = LinkWriter(self._prefix, self._parties, records, self._party_id)

    def _party_id(self, record: str) -> str:
        return f"{self._prefix}-{digest(record)}"

    def write(self, placed: Placed, order: int) -> None:
        """Write a statement if it is the last one about its record."""
        raw, locator = placed
        kind = record_type(raw)
        if kind is None:
            stated = raw.get("recordType") or raw.get("statementType")
            self._issues.warn("unknown-type", f"A statement about {stated!r} is not taken.",
                              locator=locator)  # fmt: skip
            return
        if not self._records.stands(raw, order):
            return
        statement = Part(raw)
        details = self._read_details(statement)
        name = locator.rpartition(":")[0]
        provenance = Provenance(
            statement_id(raw), locator, self._writer.version.files.get(name, "")
        )
        record = self._records.record_of(raw)
        publication = Publication.read(statement)
        closed = self._read_status(statement, locator)
        if kind == RELATIONSHIP:
            self._links.write(Statement(record, details, publication, provenance, closed))
        else:
            self._write_party(kind, record, details, publication, provenance, closed=closed)
        statement.report(self._audit, locator, kind)

    def _read_details(self, statement: Part) -> Part:
        """What the record says: in 0.4 an object of its own, before the statement itself."""
        # The id is the provenance, the record names the party; the type is known. A declaration,
        # its subject and the chain of statements group statements: the links say the same.
        statement.ignore("statementId", "statementID", "recordId", "recordType", "statementType",
                         "declaration", "declarationSubject", "replacesStatements")  # fmt: skip
        details = statement.part("recordDetails")
        return statement if details is None else details

    def _read_status(self, statement: Part, locator: str) -> bool:
        status = statement.text("recordStatus")
        if status is not None and status not in _STATUSES:
            self._issues.warn("unknown-word", f"recordStatus {status!r} is not of the standard; "
                              "the statement is taken as one that stands.",
                              locator=locator)  # fmt: skip
        return status == "closed"

    def _write_party(
        self,
        kind: str,
        record: str,
        details: Part,
        publication: Publication,
        provenance: Provenance,
        *,
        closed: bool,
    ) -> None:
        schema, unknown = ("Person", None) if kind == PERSON else entity_schema(details)
        party = self._parties.party(self._party_id(record), schema, provenance)
        if unknown is not None:
            party.warn("unknown-word", f"entityType {unknown!r} is not of the standard.")
        if kind == ENTITY:
            write_entity(party, details)
        else:
            write_person(party, details)
        # Whether a party is a step of an indirect relationship shows in the links.
        details.ignore("isComponent")
        party.put("publisher", publication.by)
        party.put("publisherUrl", publication.publisher_url)
        party.put("sourceUrl", publication.origin.url)
        source = publication.origin.describe()
        party.note(source and f"Source: {source}")
        for annotation in publication.annotations:
            party.note(annotation)
        if closed:
            party.note(f"The publisher closed this record: {publication.stated or 'no day stated'}")

    def finish(self) -> None:
        """Report what was not read, and what later statements took the place of."""
        if self._records.superseded:
            self._issues.note("superseded-statement", f"{self._records.superseded} statements are "
                              "not taken: a later one is about the same record.")  # fmt: skip
        self._audit.report(self._issues)
