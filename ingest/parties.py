"""What lists state of a party, written in one way: names, dates, addresses, documents, listings.

A source makes a `Party` for each record and puts what it read. A value that its property's type
rejects, or that the schema has no place for, is kept in `notes` as published, with an issue beside
it: nothing a list says of a party is lost. Addresses, documents and sanction records are entities
of their own, with ids made from the party's, so that a record is the same in every version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from followthemoney.types import registry

from graph.cleaning import Cleaner
from graph.countries import find_country
from graph.statements import Provenance, StatementWriter, require_schema
from ingest.dates import parse_dates
from ingest.ids import digest
from ingest.source import IssueLog

Props = str | tuple[str, ...]  # in order of preference: the first that the schema has is taken


class Place(NamedTuple):
    """The parts of an address as published; what is not stated is None."""

    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None  # a name or a code
    po_box: str | None = None
    remarks: str | None = None
    full: str | None = None  # the whole as published; default: the parts, joined by commas


class Document(NamedTuple):
    """An identity document or a number in a register, dates as published."""

    kind: str  # the publisher's word: "Passport", "Tax ID No."
    number: str
    country: str | None = None
    issued: str | None = None
    expires: str | None = None
    authority: str | None = None
    props: Props = ()  # flat properties of the party that hold the number, in order of preference


@dataclass(frozen=True, slots=True)
class Sanction:
    """One entry of one list about a party. Dates are as published."""

    key: str  # what tells the party's entries on this publisher's lists apart
    authority: str
    list_title: str | None = None  # the `publisher` property: which list
    number: str | None = None  # the authority's own
    country: str | None = None
    programs: Sequence[str] = ()
    listed: str | None = None  # day of the decision
    start: str | None = None  # day from which it has effect, where that differs
    end: str | None = None  # day of delisting, or end of an order
    modified: str | None = None
    reasons: Sequence[str] = ()
    measures: Sequence[str] = ()  # "asset freeze", "travel ban": the `provisions` property
    source_url: str | None = None
    unsc_id: str | None = None
    notes: Sequence[str] = field(default=())


class PartyWriter:
    """Makes the parties of one load."""

    def __init__(self, writer: StatementWriter, issues: IssueLog, *, month_first: bool = False):
        """Write to `writer`; `month_first` is how this publisher prints dates in digits."""
        self.writer = writer
        self.issues = issues
        self.month_first = month_first

    def party(self, entity_id: str, schema: str, provenance: Provenance) -> Party:
        """A party that a record is about; states that it exists."""
        self.writer.add_entity(entity_id, schema, provenance)
        return Party(self, entity_id, schema, provenance)


class Party:
    """One party while its record is written."""

    __slots__ = ("_into", "_model", "id", "provenance", "schema")

    def __init__(
        self, into: PartyWriter, entity_id: str, schema: str, provenance: Provenance
    ) -> None:
        self._into = into
        self._model = require_schema(schema)
        self.id, self.schema, self.provenance = entity_id, schema, provenance

    def has(self, prop: str) -> bool:
        """Whether the party's schema has a property."""
        return self._model.get(prop) is not None

    def put(
        self,
        props: Props,
        value: str | None,
        *,
        original: str | None = None,
        lang: str | None = None,
        scope: str | None = None,
    ) -> bool:
        """State a property; what cannot be stated becomes a note with an issue.

        Args:
            props: One property, or several of which the first that the schema has is taken.
            value: As published; None or blank states nothing.
            original: The published text, where `value` was made from it.

        Returns:
            Whether the property was stated.
        """
        if value is None or not value.strip():
            return False
        names = (props,) if isinstance(props, str) else props
        found = next(filter(None, map(self._model.get, names)), None)
        if found is None:
            self._keep(names[0], original or value, "misplaced-value", "has no place here")
            return False
        prop = found.name
        if found.type is not registry.entity and not Cleaner.of(found).accepts(value):
            self._keep(prop, original or value, "unclean-value", "does not fit its type")
            return False
        self._into.writer.add(
            self.id, self.schema, prop, value, self.provenance,
            original=original if original != value else None, lang=lang, scope=scope,
        )  # fmt: skip
        return True

    def put_all(self, props: Props, values: Iterable[str], *, lang: str | None = None) -> None:
        """State several values of one property."""
        for value in values:
            self.put(props, value, lang=lang)

    def dates(self, props: Props, text: str | None) -> None:
        """State a published date, or both ends of a range, as precise as it is."""
        if text is None or not text.strip():
            return
        found = parse_dates(text, month_first=self._into.month_first)
        for value in found:
            self.put(props, value, original=text)
        if not found:
            name = props if isinstance(props, str) else props[0]
            self._keep(name, text, "unclean-value", "is no date that is understood")

    def note(self, text: str | None) -> None:
        """Keep a text as published."""
        if text and text.strip():
            self._into.writer.add(self.id, self.schema, "notes", text.strip(), self.provenance)

    def warn(self, code: str, message: str) -> None:
        """Log an issue of this record."""
        self._into.issues.warn(code, message, entity_id=self.id, locator=self.provenance.locator)

    def address(self, place: Place, *, key: str | None = None) -> str | None:
        """State an address; a country alone is a country of the party, not a place.

        Args:
            key: The publisher's own number of the address, where it has one.

        Returns:
            Id of the Address entity; None when there was none to make.
        """
        parts = (place.street, place.po_box, place.city, place.region, place.postal_code)
        stated = [part.strip() for part in parts if part and part.strip()]
        if not stated and not place.full:
            self.put("country", place.country)
            self.note(place.remarks and f"Address: {place.remarks}")
            return None
        full = place.full or ", ".join([*stated, *([place.country] if place.country else [])])
        entity = f"{self.id}-addr-{key or digest(full)}"
        values = {
            "full": full, "street": place.street, "city": place.city, "state": place.region,
            "postalCode": place.postal_code, "postOfficeBox": place.po_box,
            "remarks": place.remarks,
        }  # fmt: skip
        address = Party(self._into, entity, "Address", self.provenance)
        for prop, value in values.items():
            address.put(prop, value)
        if place.country and not _is_country(place.country):
            address.put("region", place.country)
        else:
            address.put("country", place.country)
        self.put("addressEntity", entity)
        self.put("address", full)
        return entity

    def document(self, document: Document) -> None:
        """State a number: flat on the party, and as a document with its country and dates."""
        number = document.number.strip()
        if not number:
            return
        is_passport = "passport" in document.kind.lower()
        names = document.props or ("passportNumber" if is_passport else "idNumber",
                                   "registrationNumber")  # fmt: skip
        for prop in (names,) if isinstance(names, str) else names:
            found = self._model.get(prop)
            if found is not None and Cleaner.of(found).accepts(number):
                self.put(prop, number)
                break
        if not self._model.is_a("LegalEntity"):
            if not any(self.has(prop) for prop in ((names,) if isinstance(names, str) else names)):
                self.note(f"{document.kind}: {number}")
            return
        entity = f"{self.id}-id-{digest(document.kind.lower(), number, document.country)}"
        held = Party(self._into, entity, "Passport" if is_passport else "Identification",
                     self.provenance)  # fmt: skip
        held.put("holder", self.id)
        held.put("type", document.kind)
        held.put("number", number)
        held.put("country", document.country)
        held.put("authority", document.authority)
        held.dates("startDate", document.issued)
        held.dates("endDate", document.expires)

    def sanction(self, entry: Sanction) -> str:
        """State that the party is on a list.

        Returns:
            Id of the Sanction entity.
        """
        entity = f"{self.id}-{entry.key}"
        record = Party(self._into, entity, "Sanction", self.provenance)
        record.put("entity", self.id)
        for prop, value in (
            ("authority", entry.authority), ("publisher", entry.list_title),
            ("authorityId", entry.number), ("country", entry.country),
            ("sourceUrl", entry.source_url), ("unscId", entry.unsc_id),
        ):  # fmt: skip
            record.put(prop, value)
        for program in entry.programs:
            record.put("program", program)
            record.put("programId", program)
        for prop, date in (
            ("listingDate", entry.listed), ("startDate", entry.start), ("endDate", entry.end),
            ("modifiedAt", entry.modified),
        ):  # fmt: skip
            record.dates(prop, date)
        record.put_all("reason", entry.reasons)
        record.put_all("provisions", entry.measures)
        record.put_all("summary", entry.notes)
        return entity

    def _keep(self, prop: str, value: str, code: str, fault: str) -> None:
        """Keep what cannot be stated: in the notes, else in the summary, else in the issue."""
        place = "kept in notes"
        if self.has("notes"):
            self.note(f"{prop}: {value}")
        elif self.has("summary"):
            place = "kept in summary"
            self._into.writer.add(
                self.id, self.schema, "summary", f"{prop}: {value}", self.provenance
            )
        else:
            place = "kept here alone"
        self._into.issues.note(
            code, f"{prop} {value!r} {fault}; {place}.",
            entity_id=self.id, locator=self.provenance.locator,
        )  # fmt: skip


def _is_country(text: str) -> bool:
    return find_country(text) is not None
