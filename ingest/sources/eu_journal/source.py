"""The EU's restrictive measures: annexes of its regulations and decisions, transcribed as CSV.

A row is one designation under one measure, and the same party stands in several annexes of an act:
`eu_journal_parties` says which rows are one. Across acts, that is for entity resolution.

The id is `eu-<act>-<annex>-<entry number>`; where the act prints no number, the name is digested.
Amendments only add and modify, so what they leave out ends no listing. The topic is "sanction"
where funds are concerned (asset freeze, financial restrictions); other measures have their own.
The files state no relations and no day of publication.

Source: the format's description (FORMAT.md beside the files).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit, Fields
from ingest.ids import make_id
from ingest.parties import Party, PartyWriter, Sanction
from ingest.source import IssueLog
from ingest.sources.eu_journal.cells import (
    split_cell,
    write_address,
    write_code,
    write_contacts,
    write_countries,
    write_dates,
    write_numbers,
)
from ingest.sources.eu_journal.files import PROGRAMS, find_tables, iter_rows
from ingest.sources.eu_journal.names import write_name
from ingest.sources.eu_journal.parties import Entry, assign_ids
from ingest.sources.un_sc.numbers import split_enumeration
from ingest.sources.un_sc.text import strip_particulars
from ingest.xml import require_records

AUTHORITY = "Council of the European Union"
TITLE = "EU restrictive measures (Official Journal)"
_ACT = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{celex}"
_TOPICS = {
    "Asset freeze": "sanction",
    "Financial restrictions": "sanction",
    "Export control": "export.control",
    "Arms embargo": "export.control",
    "Investment ban": "invest.ban",
    "Transportation restrictions": "reg.action",
    "Services ban": "reg.action",
    "Travel ban": "reg.action",
}
_SCHEMATA = frozenset({"Person", "LegalEntity", "Organization", "Company", "Vessel", "Asset"})
_PLAIN: Mapping[str, str | tuple[str, ...]] = {
    "alias": "alias", "weakAlias": "weakAlias", "previousName": "previousName",
    "birthPlace": "birthPlace", "position": "position", "gender": "gender",
    "appearance": "appearance", "ethnicity": "ethnicity", "fatherName": "fatherName",
    "motherName": "motherName", "legalForm": "legalForm", "sector": "sector",
    "leiCode": "leiCode", "swiftBic": "swiftBic", "ticker": "ticker",
    "imoNumber": ("imoNumber", "registrationNumber"), "mmsi": "mmsi",
}  # fmt: skip
_NAMES = ("alias", "weakAlias", "previousName")
_COUNTRIES = ("country", "nationality", "jurisdiction", "flag")
_CONTACTS = ("phone", "email", "website")
_NUMBERS = {"passportNumber": "Passport", "idNumber": "ID number", "taxNumber": "Tax number",
            "registrationNumber": "Registration number"}  # fmt: skip
_CODES = ("innCode", "ogrnCode", "kppCode", "okpoCode")


class EuJournalSource:
    """Reader of the annexes; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return any(name.startswith(("consolidated/", "amendments/")) for name in names)

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`; every file is known by its header."""
        return find_tables(location, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        # Consolidated acts first: an amendment names a party of theirs by its number.
        names = sorted(files.keys() - {PROGRAMS}, key=lambda name: (name[0] == "a", name))
        rows = [(name, row) for name in names for row in iter_rows(files[name], name, self.dataset)]
        require_records(len(rows), "designation", names[0], self.dataset)
        reading = _Reading(writer, issues, self._programs(files, issues))
        ids = assign_ids([Entry.of(row) for _, row in rows])
        for entity_id, (name, row) in zip(ids, rows, strict=True):
            reading.write(entity_id, name, row)
        reading.audit.report(issues)

    def _programs(self, files: Mapping[str, Path], issues: IssueLog) -> dict[str, set[str]]:
        """Titles of programmes by act."""
        if PROGRAMS not in files:
            issues.note("no-programs", f"{PROGRAMS} is not there; the programmes have no titles.",
                        locator=PROGRAMS)  # fmt: skip
            return {}
        titles: dict[str, set[str]] = {}
        for row in iter_rows(files[PROGRAMS], PROGRAMS, self.dataset):
            for celex in row.split("framework_celexes", ";"):
                titles.setdefault(celex, set()).add(row.peek("name") or "")
        return titles


class _Reading:
    """One pass over the rows."""

    def __init__(
        self, writer: StatementWriter, issues: IssueLog, titles: Mapping[str, set[str]]
    ) -> None:
        self.audit = Audit()
        self._parties = PartyWriter(writer, issues)
        self._titles = titles
        self._files = writer.version.files

    def write(self, entity_id: str, file: str, row: Fields) -> None:
        """State one designation."""
        provenance = Provenance(
            f"{file.rpartition('/')[2].removesuffix('.csv')}/{row.peek('annex') or ''}/"
            f"{row.peek('recordId') or row.locator.rpartition(':')[2]}",
            row.locator, self._files.get(file, ""),
        )  # fmt: skip
        schema = row.take("schema") or ""
        party = self._parties.party(
            entity_id, schema if schema in _SCHEMATA else "LegalEntity", provenance
        )
        if schema not in _SCHEMATA:
            party.warn("unknown-type", f"{entity_id} has the unknown schema {schema!r}; taken as a "
                       "legal entity.")  # fmt: skip
        name = row.take("name")
        if name:
            write_name(party, name)
        else:
            party.warn("no-name", f"{entity_id} has no name.")
        self._write_listing(party, row)
        _write_properties(party, row)
        row.report(self.audit)

    def _write_listing(self, party: Party, row: Fields) -> None:
        amended = row.take("amendedCelex")
        by = row.take("amendmentCelex")
        act = amended or row.take("celex") or ""
        annex, number = row.take("annex"), row.take("recordId")
        program, measure = row.take("programKey") or "", row.take("measure") or ""
        reason = row.take("reason")
        titles = sorted(title for title in self._titles.get(act, ()) if title)
        entity = party.sanction(
            Sanction(
                key=make_id("oj", annex or "act", measure, program), authority=AUTHORITY,
                list_title=TITLE, number=number, programs=[program] if program else [],
                listed=row.take("startDate"), reasons=[reason] if reason else [],
                measures=[measure] if measure else [],
                source_url=_ACT.format(celex=by or act),
                notes=[f"{act}, Annex {annex}" if annex else act,
                       *([f"Amended by {by}"] if by else [])],
            )
        )  # fmt: skip
        listing = Party(self._parties, entity, "Sanction", party.provenance)
        for title in titles:
            listing.put("program", title)
        topic = _TOPICS.get(measure)
        if topic is None:
            party.warn("unknown-measure", f"The measure {measure!r} is not known; it is kept with "
                       "the listing and taken for a financial sanction.")  # fmt: skip
        party.put("topics", topic or "sanction")


def _write_properties(party: Party, row: Fields) -> None:
    for column, props in _PLAIN.items():
        for value in split_cell(row.take(column)):
            for part in split_enumeration(value):
                text = part.rstrip(".") if column == "gender" else part
                if column in _NAMES and party.schema == "Person":
                    text = strip_particulars(part)
                party.put(props, text, original=value)
    for prop in _COUNTRIES:
        for value in split_cell(row.take(prop)):
            write_countries(party, (prop, "country"), value)
    for prop in _CONTACTS:
        for value in split_cell(row.take(prop)):
            write_contacts(party, prop, value)
    for prop in ("birthDate", "incorporationDate"):
        write_dates(party, prop, split_cell(row.take(prop)))
    for prop, kind in _NUMBERS.items():
        write_numbers(party, prop, kind, split_cell(row.take(prop)))
    for prop in _CODES:
        for value in split_cell(row.take(prop)):
            write_code(party, prop, value)
    for value in split_cell(row.take("address")):
        write_address(party, value)
    for value in split_cell(row.take("notes")):
        party.note(value)
