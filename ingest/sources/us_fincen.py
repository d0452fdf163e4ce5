"""FinCEN's special measures under section 311, as a table kept by hand.

FinCEN publishes its findings and rules as documents; the table has a row for each party that a
document names. A party is its name: the table has no numbers. People of one name under two
measures stay two. A measure against a country or a class of transactions is nobody's listing; those
whom it names as its targets are listed.

The notes are the words of whoever keeps the table, not of FinCEN: they stand as notes, never as
quotations, and no share is read from them.

Source: OpenSanctions, datasets/us/fincen_special_measures/details.csv, after FinCEN, "311 and 9714
Special Measures".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from graph.countries import find_country
from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.audit import Audit, Fields
from ingest.headed import Layout, read_table
from ingest.ids import digest
from ingest.listfile import ListFile, begins_with_columns, find_list_file
from ingest.parties import Party, PartyWriter, Place, Sanction
from ingest.source import IssueLog
from ingest.xml import require_records

NAME = "special_measures_details.csv"
AUTHORITY = "Financial Crimes Enforcement Network"
_LIST = "Special measures under section 311 of the USA PATRIOT Act"
PAGE = "https://www.fincen.gov/resources/statutes-and-regulations/311-and-9714-special-measures"
_LAYOUT = Layout(("Measure", "Relationship", "Type", "Name", "Source URL"))
FILE = ListFile(NAME, (NAME, "details.csv"), begins_with_columns(*_LAYOUT.required), PAGE)
_SCHEMATA = frozenset({"Company", "Person", "Organization", "PublicBody", "LegalEntity"})
# Relationship to the party of the measure -> (schema, whether the party of the row is its source).
_LINKS = {
    "owner": ("Ownership", True),
    "subsidiary": ("Ownership", False),
    "related": ("UnknownLink", True),
    "target": ("UnknownLink", True),
}
# The table marks with these whom the text of a measure covers; a special measure blocks nothing,
# so it is no "sanction" here.
_COVERED = frozenset({"sanction", "reg.warn"})
_FOOTNOTE = re.compile(r"\s*\*+$")


class FincenSource:
    """Reader of the table; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return NAME in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_list_file(location, FILE, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        rows = read_table(files[NAME], NAME, _LAYOUT, self.dataset).rows
        require_records(sum(map(_names_party, rows)), "parties", NAME, self.dataset)
        reading = _Reading(writer, issues, rows)
        for row in rows:
            reading.write(row)
        reading.audit.report(issues)


class _Reading:
    """One pass over the rows of one version."""

    def __init__(self, writer: StatementWriter, issues: IssueLog, rows: list[Fields]) -> None:
        self.writer = writer
        self.issues = issues
        self.audit = Audit()
        self.parties = PartyWriter(writer, issues)
        self._schemata: dict[str, str] = {}  # party -> the schema that some row states
        self._selves: dict[str, str] = {}  # measure -> the party that it is about
        for row in rows:
            if not row.peek("Name"):
                continue
            party, kind = _party_id(row), row.peek("Type")
            if kind in _SCHEMATA:
                self._schemata.setdefault(party, kind)
            if row.peek("Relationship") == "self" and not _is_country(row):
                self._selves.setdefault(row.peek("Measure") or "", party)

    def write(self, row: Fields) -> None:
        """State the party of a row, its listing and its tie to the measure's party."""
        measure, relationship = row.peek("Measure") or "", row.peek("Relationship") or ""
        if not _names_party(row):
            self.issues.note(
                "no-party", f"{measure!r} is a measure against a country, or the row names nobody; "
                "no party is stated.", locator=row.locator,
            )  # fmt: skip
            return
        party = self._write_party(row)
        row.ignore("Measure", "Relationship")  # known by now
        notes, url = row.take("Notes"), row.take("Source URL")
        topics = row.split("Topics", ";")
        covered = relationship in ("self", "target") or bool(_COVERED & set(topics))
        for topic in topics:
            if topic not in _COVERED:
                party.put("topics", topic)
        if covered:
            party.put("topics", "reg.action")
            party.sanction(
                Sanction(
                    key=f"311-{digest(measure)}",
                    authority=AUTHORITY,
                    list_title=_LIST,
                    country="us",
                    programs=(_FOOTNOTE.sub("", measure),),
                    source_url=url,
                    notes=(notes,) if notes else (),
                )
            )
        party.note(notes)
        self._write_link(party, measure, relationship, notes, url)
        row.report(self.audit)

    def _write_party(self, row: Fields) -> Party:
        entity_id = _party_id(row)
        kind = row.take("Type")
        schema = self._schemata.get(entity_id, "LegalEntity")
        provenance = Provenance(entity_id, row.locator,
                                self.writer.version.files.get(NAME, ""))  # fmt: skip
        party = self.parties.party(entity_id, schema, provenance)
        if kind and kind not in _SCHEMATA:
            party.warn("unknown-type", f"The type {kind!r} is not known; taken as {schema}.")
        name = row.take("Name") or ""
        party.put("name", _FOOTNOTE.sub("", name), original=name)
        party.put_all("alias", row.split("Alias", ";"))
        party.put_all("country", row.split("Country", ";"))
        address = row.take("Address")
        if address:
            party.address(Place(full=address))
        party.put("registrationNumber", row.take("Registration number"))
        return party

    def _write_link(
        self, party: Party, measure: str, relationship: str, notes: str | None, url: str | None
    ) -> None:
        target = self._selves.get(measure)
        if relationship == "self" or target is None or target == party.id:
            return
        schema, forward = _LINKS.get(relationship, ("UnknownLink", True))
        if relationship not in _LINKS:
            party.warn("unknown-relationship", f"The relationship {relationship!r} is not known; "
                       "kept as a link with that word.")  # fmt: skip
        source, target = (party.id, target) if forward else (target, party.id)
        if schema == "Ownership":
            if self._schemata.get(target) == "Person":
                schema = "UnknownLink"
            else:  # what is owned is a company
                self.writer.add_entity(target, "Company", party.provenance)
        relation = Relation(
            id=f"us-fincen-rel-{digest(source, target, relationship)}",
            kind="link", schema=schema, source=source, target=target, role=relationship,
        )  # fmt: skip
        assertion = Assertion(
            by="FinCEN", source_title=f"{_LIST}: {_FOOTNOTE.sub('', measure)}", source_url=url,
            note=notes, standing=True,
        )  # fmt: skip
        self.writer.add_relation(relation, assertion, party.provenance)


def _party_id(row: Fields) -> str:
    """Of the name; of a person's, together with the measure."""
    name = " ".join(_FOOTNOTE.sub("", row.peek("Name") or "").split()).casefold()
    measure = row.peek("Measure") if row.peek("Type") == "Person" else None
    return f"us-fincen-{digest(name, measure)}"


def _names_party(row: Fields) -> bool:
    """Whether a row is about a party: not a measure against a country, and not about nobody."""
    by_itself = row.peek("Relationship") == "self"
    return bool(row.peek("Name")) and not (by_itself and _is_country(row))


def _is_country(row: Fields) -> bool:
    """Whether the name is that of a country, against which the measure is."""
    return not row.peek("Type") and find_country(
        _FOOTNOTE.sub("", row.peek("Name") or "")
    ) is not None  # fmt: skip
