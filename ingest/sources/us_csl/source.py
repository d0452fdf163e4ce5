"""The US Consolidated Screening List: thirteen lists of three departments in one table.

It repeats others' lists, and says so in each row (`source`). Treasury's rows bear OFAC's number, so
they are the same parties as on OFAC's lists. The other lists number nobody: `_id` is a digest of
the whole row and changes with every correction, so the id is made of the list, the name and the
countries. Rows of one list with one name and the same countries are one party with several orders
or addresses; in another country they are another.

Most of the lists freeze nothing: an export licence may be needed, a person may not broker arms.
Each row is a listing of its own, with the words of its list and its own days. The end of an order
that is still to come is its duration and no end: until then the party is listed.

Source: US Department of Commerce, International Trade Administration, "Consolidated Screening List"
(consolidated.csv), data dictionary.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from graph.countries import find_country
from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit, Fields
from ingest.dates import parse_date, parse_dates
from ingest.headed import Layout, read_table
from ingest.ids import digest, make_id
from ingest.listfile import ListFile, begins_with_columns, find_list_file
from ingest.parties import Party, PartyWriter, Place, Sanction
from ingest.source import IssueLog
from ingest.sources.us_csl.ids import iter_ids
from ingest.sources.us_csl.lists import find_list
from ingest.sources.us_ofac.facts import Entry, FactWriter
from ingest.sources.us_ofac.labels import read_labelled
from ingest.sources.us_ofac.links import LinkWriter, ListTitle
from ingest.sources.us_ofac.lists import DETAILS, SCHEMATA
from ingest.sources.us_ofac.remarks import Fact, iter_facts, split_linked
from ingest.xml import require_records

NAME = "consolidated.csv"
TITLE = "US Consolidated Screening List"
PUBLISHER = "International Trade Administration"
PAGE = "https://www.trade.gov/consolidated-screening-list"
_LAYOUT = Layout(("source", "entity_number", "name", "addresses", "alt_names", "ids"))
FILE = ListFile(
    NAME, ("consolidated.csv", "consolidated_screening_list.csv", "csl.csv"),
    begins_with_columns(*_LAYOUT.required), PAGE,
)  # fmt: skip
_OFAC = "ofac-"  # what ids of parties begin with that OFAC has numbered
_SEPARATOR = "; "
_CODE = re.compile(r"(?:^|,\s*)([A-Z]{2})$")
_AND = re.compile(r"^(?:and\s+|[-,\s]+)|[,\s]+$")
# Column -> label under which OFAC prints the same.
_LABELS = {
    "nationalities": "Nationality Country", "citizenships": "Citizenship Country",
    "places_of_birth": "Place of Birth", "call_sign": "Vessel Call Sign",
    "vessel_type": "Vessel Type", "vessel_flag": "Vessel Flag", "vessel_owner": "Vessel Owner",
    "gross_tonnage": "Vessel Gross Tonnage",
    "gross_registered_tonnage": "Vessel Gross Registered Tonnage",
}  # fmt: skip


def _alias_kind(entry: Entry, alias: str) -> str:
    """How strong an alias of an OFAC list is, which the repeating table does not say.

    OFAC prints strong names of individuals as "SURNAME, Given"; of the aliases of individuals
    without a comma it calls 97 % weak (nicknames, single words: 1,128 of 1,161 that are on the SDN
    list of 2023-12-28 too). Of other parties and lists nothing can be told; they stay aliases.
    """
    nickname = entry.schema == "Person" and entry.id.startswith(_OFAC) and "," not in alias
    return "weakAlias" if nickname else "alias"


class CslSource:
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
        named = sum(row.peek("name") is not None for row in rows)
        require_records(named, "named parties", NAME, self.dataset)
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
        self._folded: dict[str, set[str]] = defaultdict(set)
        self._listed: dict[str, str] = {}  # listing of a numbered party -> its name
        named: dict[str, dict[str, Entry]] = defaultdict(dict)
        for row in rows:
            entry = self._entry(row)
            if entry.id.startswith(_OFAC) and entry.name:
                named[entry.name].setdefault(entry.id, entry)
                self._folded[entry.name.casefold()].add(entry.id)
        by_name = {name: list(entries.values()) for name, entries in named.items()}
        self.facts = FactWriter(writer, issues, self._find)
        title = ListTitle(TITLE, writer.version.published)
        self.links = LinkWriter(writer, issues, by_name, title, PUBLISHER)

    def write(self, row: Fields) -> None:
        """State the party of a row and its listing."""
        if not row.peek("name"):
            self.issues.warn("nameless-party", "The row has no name; it is not stated.",
                             locator=row.locator)  # fmt: skip
            return
        entry = self._entry(row)
        party = self.parties.party(entry.id, entry.schema, entry.provenance)
        kind = row.take("type")
        if kind and kind.lower() not in SCHEMATA:
            party.warn("unknown-type", f"The type {kind!r} is not known; taken as a legal entity.")
        if entry.id.startswith(_OFAC):
            first = self._listed.setdefault(entry.sanction_id, entry.name)
            if first != entry.name:
                party.warn("duplicate-id", f"{first!r} and {entry.name!r} have one number on one "
                           "list; both are stated of one party.")  # fmt: skip
        self.facts.name(entry, "name", entry.name)
        for alias in row.split("alt_names", ";"):
            if _AND.sub("", alias):
                self.facts.name(entry, _alias_kind(entry, alias), _AND.sub("", alias))
        for address in row.split("addresses", _SEPARATOR):
            party.address(_place(address))
        for title in row.split("title", _SEPARATOR):
            self.facts.titles(entry, title)
        self._write_listing(row, entry, party)
        for fact in self._iter_facts(row, entry):
            self.facts.write(entry, fact)
        for text in row.split("dates_of_birth", _SEPARATOR):
            self._write_birth(entry, text)
        # The number of the row and what was taken of it by now.
        row.ignore("_id", "entity_number", "name", "source")
        row.report(self.audit)

    def _entry(self, row: Fields) -> Entry:
        """The party of a row; leaves the row as it is."""
        name, number = row.peek("name") or "", row.peek("entity_number")
        name = " ".join(name.split())
        listed = find_list(row.peek("source") or "")
        kind = row.peek("type")
        schema = SCHEMATA.get(kind.lower(), "LegalEntity") if kind else "LegalEntity"
        if number and listed.numbered_by_ofac:
            entity_id = make_id(_OFAC.rstrip("-"), number)
            key = f"csl-{listed.code}"
        else:
            places = (_place(each) for each in (row.peek("addresses") or "").split(_SEPARATOR))
            countries = sorted({each.country for each in places if each.country})
            own = number or digest(name.casefold(), *countries)
            entity_id = make_id("us-csl", listed.code, own)
            key = "order-" + digest(row.peek("start_date"), row.peek("federal_register_notice"))
        sha256 = self.writer.version.files.get(NAME, "")
        provenance = Provenance(row.peek("_id") or entity_id, row.locator, sha256)
        sanction = f"{entity_id}-{key}"
        return Entry(number or entity_id, entity_id, schema, name, sanction, None, provenance)

    def _write_listing(self, row: Fields, entry: Entry, party: Party) -> None:
        words = row.peek("source") or ""
        listed = find_list(words)
        programs = row.split("programs", _SEPARATOR)
        if not listed.topics:
            party.warn("unknown-list", f"The list {words!r} is not known; what being on it means "
                       "is not stated.")  # fmt: skip
        for topic in (*listed.topics, *listed.topics_of(programs)):
            party.put("topics", topic)
        measures = [
            f"{label}: {text}" if label else text
            for column, label in (("license_requirement", "License requirement"),
                                  ("license_policy", "License policy"),
                                  ("standard_order", "Standard order"))
            if (text := row.take(column))
        ]  # fmt: skip
        notices = row.take("federal_register_notice")
        notes = [f"Federal Register: {notices}"] if notices else []
        start, end = row.take("start_date"), row.take("end_date")
        ended = self._has_ended(end)
        if end and not ended:
            notes.append(f"End of the order: {end}")
        if not entry.id.startswith(_OFAC):
            notes += [text for text in (row.take("remarks"),) if text]
        party.sanction(
            Sanction(
                key=entry.sanction_id.removeprefix(f"{entry.id}-"),
                authority=listed.authority,
                list_title=words,
                number=row.peek("entity_number"),
                country="us",
                programs=programs,
                start=start,
                end=end if ended else None,
                measures=measures,
                notes=notes,
                source_url=row.take("source_information_url"),
            )
        )
        record = Party(self.parties, entry.sanction_id, "Sanction", entry.provenance)
        record.put("sourceUrl", row.take("source_list_url"))
        if end and not ended:
            record.put("duration", f"{start or '…'} to {end}")

    def _has_ended(self, end: str | None) -> bool:
        """Whether an order had ended when the table was published, or was retrieved."""
        day = parse_date(end) if end else None
        now = self.writer.version.published or self.writer.version.retrieved_at[:10]
        return day is not None and day < now

    def _iter_facts(self, row: Fields, entry: Entry) -> Iterator[Fact]:
        for column, label in _LABELS.items():
            values = row.split(column, _SEPARATOR)
            yield from (read_labelled(label, value) for value in values)
        yield from iter_ids(row.take("ids") or "")
        if row.peek("remarks"):
            rest, linked = split_linked(row.take("remarks") or "")
            for name in linked:
                fact = Fact("linked", "Linked To:", name, f"Linked To: {name}")
                self.links.write(entry, fact, DETAILS.format(uid=entry.uid))
            yield from iter_facts(rest)

    def _write_birth(self, entry: Entry, text: str) -> None:
        dates = parse_dates(text)
        if not dates or entry.schema != "Person":
            self.facts.write(entry, Fact("birth", "DOB", text, f"DOB {text}"))
            return
        for date in dates:
            self.facts.put(entry, "birthDate", date, text)

    def _find(self, name: str) -> str | None:
        found = self._folded.get(name.casefold(), set())
        return next(iter(found)) if len(found) == 1 else None


def _place(text: str) -> Place:
    """An address whose last part is the code of its country; a code alone is a country."""
    plain = " ".join(text.split()).strip(" ;")
    match = _CODE.search(plain)
    code = match[1] if match and find_country(match[1]) else None
    if code is None or match is None:
        return Place(full=plain or None)
    street = plain[: match.start()].strip(" ,")
    return Place(full=plain, country=code) if street else Place(country=code)
