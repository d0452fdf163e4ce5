"""Relationships of the Beneficial Ownership Data Standard: one link for each interest.

A relationship whose other side is not named is a link too: who declares that nobody can be named,
or that naming is not required, says something. Its other end is a node without a name, one for each
record, so that two of them are never one.

Source: Beneficial Ownership Data Standard 0.4, "Relationship record details", object
UnspecifiedRecord, codelist unspecifiedReason; 0.2 and 0.3, "Ownership-or-control statement".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from graph.statements import Assertion, Provenance, Relation
from ingest.dates import parse_date
from ingest.ids import digest
from ingest.parties import Party, PartyWriter
from ingest.sources.bods.interests import (
    NOT_STATED,
    SHARES,
    Interest,
    canonical_type,
    read_interest,
)
from ingest.sources.bods.parties import describe_reason
from ingest.sources.bods.parts import Part
from ingest.sources.bods.sources import Publication
from ingest.sources.bods.versions import PERSON, RELATIONSHIP, Records

_NO_OWNERS = "noBeneficialOwners"
_CLOSED = "closed"
# Members of 0.2 and 0.3 by which a reference says what it names.
_DESCRIBED = ("describedByEntityStatement", "describedByPersonStatement")


@dataclass(frozen=True, slots=True)
class End:
    """One side of a relationship."""

    id: str | None  # None: there is none, by the declaration itself
    reason: str | None = None  # verbatim, where it is not named
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One relationship while it is written."""

    record: str
    details: Part
    publication: Publication
    provenance: Provenance
    closed: bool


@dataclass(slots=True)
class LinkWriter:
    """Writes the relationships of a load."""

    prefix: str
    parties: PartyWriter
    records: Records
    party_id: Callable[[str], str]
    _stubs: set[str] = field(default_factory=set)

    def write(self, statement: Statement) -> None:
        """Write one relationship."""
        details = statement.details
        owner = self._end(statement, "interestedParty")
        subject = self._end(statement, "subject")
        note = list(self._iter_notes(statement, owner, subject))
        stated = details.parts("interests")
        types = {canonical_type(str(part.raw.get("type"))) for part in stated}
        interests = [read_interest(part, beside_shares=SHARES in types) for part in stated]
        if owner.id is None or subject.id is None:
            return
        if not interests:
            reason = owner.reason or subject.reason
            role = reason.partition(":")[0] if reason else NOT_STATED
            interests = [Interest("", "UnknownLink", role, None, None, None, (), (),
                                  _quoted(details))]  # fmt: skip
        counted: Counter[str] = Counter()
        for interest in interests:
            counted[interest.key] += 1
            key = (statement.record, interest.key, str(counted[interest.key]))
            self._write_interest(statement, interest, digest(*key), (owner, subject), note)

    def _write_interest(
        self,
        statement: Statement,
        interest: Interest,
        key: str,
        ends: tuple[End, End],
        notes: list[str],
    ) -> None:
        owner, subject = ends
        relation = f"{self.prefix}-link-{key}"
        where = statement.provenance
        for fault in interest.faults:
            self.parties.issues.warn("unclean-interest", f"{fault}.", entity_id=relation,
                                     locator=where.locator)  # fmt: skip
        schema = interest.schema
        if schema in ("Ownership", "Directorship") and subject.is_person:
            fault = f"A person is the subject of {interest.role!r}; the link is of no type."
            self.parties.issues.warn("person-held", fault, entity_id=relation,
                                     locator=where.locator)  # fmt: skip
            schema = "UnknownLink"
        published = statement.publication
        start, end, unread = self._period(statement, interest)
        said = [*interest.notes, *unread, *notes, *published.annotations]
        self.parties.writer.add_relation(
            Relation(
                relation, "link", schema, owner.id or "", subject.id or "", interest.role, start,
                end, interest.share,
            ),
            Assertion(
                by=published.by,
                on=published.day or self.parties.writer.version.published,
                relays="; ".join(published.origin.said_by) or None,
                source_title=published.origin.describe() or published.by,
                source_url=published.origin.url or published.publisher_url,
                quote=json.dumps(interest.quote, ensure_ascii=False) if interest.quote else None,
                note="\n".join(said) or None,
                standing=True,
            ),
            where,
        )  # fmt: skip

    def _period(
        self, statement: Statement, interest: Interest
    ) -> tuple[str | None, str | None, list[str]]:
        """Both days; a record that was closed ended by the day of the statement at the latest."""
        start, end = (text and parse_date(text) for text in (interest.start, interest.end))
        unread = []
        for name, text, day in (("startDate", interest.start, start),
                                ("endDate", interest.end, end)):  # fmt: skip
            if text and not day:
                unread.append(f"{name}: {text}")
                self.parties.issues.note("unclean-value", f"{name} {text!r} is no date that is "
                                         "understood; kept in the note of the evidence.",
                                         locator=statement.provenance.locator)  # fmt: skip
        if statement.closed and not end:
            stated = statement.publication.stated
            end = f"[..{stated}]" if stated else None
            unread.append("The record is closed; when the interest ended is not stated.")
        return start, end, unread

    def _end(self, statement: Statement, name: str) -> End:
        details = statement.details
        reference = details.text(name)
        part = details.part(name)
        if part is not None:
            reference = next(filter(None, map(part.text, _DESCRIBED)), None)
            unspecified = part.part("unspecified") or (None if reference else part)
            if reference is None and unspecified is not None:
                return self._unnamed(statement, name, describe_reason(unspecified))
        if reference is None:
            return self._unnamed(statement, name, f"{name} is not stated")
        record = self.records.find(reference)
        if record is None or self.records.kinds[record] == RELATIONSHIP:
            return End(self._stub(statement, reference))
        return End(self.party_id(record), is_person=self.records.kinds[record] == PERSON)

    def _unnamed(self, statement: Statement, name: str, reason: str) -> End:
        """A party of which nothing is known but why; nobody where the declaration says nobody."""
        where = statement.provenance
        self.parties.issues.note("not-named", f"{name} is not named: {reason}.",
                                 locator=where.locator)  # fmt: skip
        if canonical_type(reason.partition(":")[0]) == _NO_OWNERS:
            return End(None, reason)
        entity = f"{self.prefix}-unnamed-{digest(statement.record, name)}"
        self.parties.party(entity, "LegalEntity", where).note(f"Not named: {reason}")
        return End(entity, reason)

    def _stub(self, statement: Statement, reference: str) -> str:
        entity = f"{self.prefix}-unresolved-{digest(reference)}"
        if entity not in self._stubs:
            self._stubs.add(entity)
            stub = self.parties.party(entity, "LegalEntity", statement.provenance)
            stub.note(f"Named by a relationship as {reference}; no statement about it was loaded.")
            stub.warn("unresolved-reference", f"No statement is about {reference!r}; it is a party "
                      "of which nothing is known.")  # fmt: skip
        return entity

    def _iter_notes(self, statement: Statement, owner: End, subject: End) -> Iterator[str]:
        """What is true of all interests of a relationship."""
        details = statement.details
        for end, other in ((owner, subject), (subject, owner)):
            if end.reason:
                yield f"Not named: {end.reason}"
                if other.id is not None and other.reason is None:
                    schema = "Person" if other.is_person else "LegalEntity"
                    about = Party(self.parties, other.id, schema, statement.provenance)
                    side = "owner or controller" if end is owner else "subject"
                    about.note(f"Declared about its {side}: {end.reason}")
        if details.flag("isComponent"):
            yield "Component: a step of an indirect relationship that is stated as well."
        components = details.texts("componentRecords") + details.texts("componentStatementIDs")
        if components:
            yield (f"Summary of the records {', '.join(components)}; their shares are in it and "
                   "are not to be added.")  # fmt: skip


def _quoted(details: Part) -> dict[str, object]:
    return {name: details.raw[name] for name in ("subject", "interestedParty")
            if name in details.raw}  # fmt: skip
