"""The UK Sanctions List, since 28 January 2026 the only British list, as XML and as CSV.

XML: one `Designation` each. CSV: one row for each combination of a designation's values, under the
line "Report Date: 13-Feb-2026". Designations of one OFSI Group ID are one party with a listing for
each: the group's number is the id of the party in OFSI's own list, too. Where designations of one
group are of different types, the number was used twice by mistake, and the parties are kept apart.

Source: Foreign, Commonwealth and Development Office, "The UK Sanctions List", formats of 2022-2026,
https://www.gov.uk/government/publications/the-uk-sanctions-list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit, Fields
from ingest.dates import parse_date
from ingest.headed import Layout, fold_column, note_encoding, read_table
from ingest.ids import make_id
from ingest.listfile import (
    ListFile,
    begins_with_columns,
    begins_with_root,
    find_list_file,
    member_of,
)
from ingest.parties import PartyWriter
from ingest.source import IssueLog
from ingest.sources.gb_ofsi.entry import ASSET_FREEZE, Entry, Listing, Name, write_entry
from ingest.sources.gb_ofsi.links import NamedLinks
from ingest.sources.gb_ofsi.source import collect_links, find_day
from ingest.xml import Node, iter_nodes, require_records

AUTHORITY = "Foreign, Commonwealth and Development Office"
TITLE = "UK Sanctions List"
PAGE = "https://www.gov.uk/government/publications/the-uk-sanctions-list"
XML_NAME, CSV_NAME = "uk_sanctions_list.xml", "uk_sanctions_list.csv"
_PATTERNS = ("*uk*sanctions*list*",)
XML_FILE = ListFile(
    XML_NAME, tuple(f"{each}.xml" for each in _PATTERNS), begins_with_root("Designations"), PAGE
)
CSV_FILE = ListFile(
    CSV_NAME, tuple(f"{each}.csv" for each in _PATTERNS),
    begins_with_columns("unique id", "name 6", "regime name"), PAGE,
)  # fmt: skip
LAYOUT = Layout(
    ("unique id", "name 6", "name type", "regime name", "sanctions imposed"), fold_column, "cp1252"
)

# Column of the CSV -> kind of fact (`gb_ofsi_entry`).
_COLUMNS = {
    "title": "title", "phone number": "phone", "website": "website", "email address": "email",
    "d.o.b": "birth_date", "nationality(/ies)": "nationality", "position": "position",
    "gender": "gender", "type of entity": "entity_type", "subsidiaries": "subsidiary",
    "parent company": "parent", "business registration number (s)": "registration",
    "imo number": "imo", "current owner/operator (s)": "owner",
    "previous owner/operator (s)": "past_owner", "current believed flag of ship": "flag",
    "previous flags": "past_flag", "type of ship": "ship_type", "tonnage of ship": "tonnage",
    "length of ship": "length", "year built": "built",
    "hull identification number (hin)": "hull", "other information": "note",
}  # fmt: skip
# (group, element) of the XML -> kind of fact.
_LISTS = {
    ("Titles", "Title"): "title", ("PhoneNumbers", "PhoneNumber"): "phone",
    ("EmailAddresses", "EmailAddress"): "email", ("Websites", "Website"): "website",
}  # fmt: skip
_DETAILS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "Individual": {
        ("Titles", "Title"): "title", ("DOBs", "DOB"): "birth_date",
        ("Nationalities", "Nationality"): "nationality", ("Positions", "Position"): "position",
        ("Genders", "Gender"): "gender",
    },
    "Entity": {
        ("BusinessRegistrationNumbers", "BusinessRegistrationNumber"): "registration",
        ("TypeOfEntities", "TypeOfEntity"): "entity_type",
        ("ParentCompanies", "ParentCompany"): "parent",
        ("Subsidiaries", "Subsidiary"): "subsidiary",
    },
    "Ship": {
        ("IMONumbers", "IMONumber"): "imo",
        ("CurrentOwnerOperators", "CurrentOwnerOperator"): "owner",
        ("PreviousOwnerOperators", "PreviousOwnerOperator"): "past_owner",
        ("CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip"): "flag",
        ("PreviousFlags", "PreviousFlag"): "past_flag",
        ("TypeOfShipDetails", "TypeOfShip"): "ship_type",
        ("TonnageOfShipDetails", "TonnageOfShip"): "tonnage",
        ("LengthOfShipDetails", "LengthOfShip"): "length",
        ("YearsBuilt", "YearBuilt"): "built",
        ("HullIdentificationNumbers", "HullIdentificationNumber"): "hull",
    },
}  # fmt: skip
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")  # "AssetFreeze"


class _Designations:
    """Writes the designations of one load, those of one group as one party."""

    def __init__(self, dataset: str, name: str, writer: StatementWriter, issues: IssueLog) -> None:
        self._dataset, self._name = dataset, name
        self._writer, self._issues = writer, issues
        self._parties = PartyWriter(writer, issues)
        self._links = NamedLinks("gb", "FCDO", TITLE, PAGE)
        self._kinds: dict[str, str] = {}  # id -> type of its first designation
        self._numbers: set[str] = set()

    def provenance(self, unique_id: str, locator: str) -> Provenance:
        return Provenance(unique_id, locator, self._writer.version.files.get(self._name, ""))

    def identify(self, group: str | None, unique_id: str, kind: str, locator: str) -> str:
        """Id of the party: of the OFSI group, or of the designation where there is none."""
        own = make_id("gb", unique_id)
        entity = make_id("gb", group) if group else own
        first = self._kinds.setdefault(entity, kind)
        if first != kind:
            self._issues.warn(
                "reused-number", f"OFSI group {group} is both {first!r} and {kind!r}; {unique_id} "
                f"is kept apart as {own}.", entity_id=own, locator=locator,
            )  # fmt: skip
            self._kinds[own] = kind
            return own
        return entity

    def see(self, unique_id: str, entity: str, locator: str) -> None:
        """Tell of a number that two designations have: each designation has its own."""
        number = unique_id.casefold()
        if number in self._numbers:
            self._issues.warn(
                "duplicate-id", f"{unique_id} stands there more than once; all that is said of it "
                f"is stated of {entity}.", entity_id=entity, locator=locator,
            )  # fmt: skip
        self._numbers.add(number)

    def write(self, entry: Entry) -> None:
        write_entry(self._parties, entry, AUTHORITY, TITLE)
        collect_links(self._links, entry)

    def finish(self) -> None:
        require_records(len(self._kinds), "designations", self._name, self._dataset)
        self._links.write(self._writer, self._issues)


class FcdoXmlSource:
    """Reader of the XML; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return XML_NAME in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_list_file(location, XML_FILE, self.dataset)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day in `DateGenerated`, which stands before the designations."""
        for node in self._nodes(files):
            if node.tag == "DateGenerated":
                return parse_date(node.text() or "")
            if node.tag == "Designation":
                break
        return None

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        designations = _Designations(self.dataset, XML_NAME, writer, issues)
        audit = Audit()
        for node in self._nodes(files):
            locator = f"{XML_NAME}:{node.line}"
            if node.tag == "Designation":
                entry = _read_designation(node, designations, locator, issues)
                if entry:
                    designations.write(entry)
            elif node.tag == "DateGenerated":
                node.text()  # see `published`
            node.report(audit, locator)
        designations.finish()
        audit.report(issues)

    def _nodes(self, files: Mapping[str, Path]) -> Iterator[Node]:
        return iter_nodes(
            files[XML_NAME], XML_NAME, ("DateGenerated", "Designation"), roots=("Designations",),
            dataset=self.dataset, member=member_of(XML_NAME),
        )  # fmt: skip


def _read_designation(
    node: Node, designations: _Designations, locator: str, issues: IssueLog
) -> Entry | None:
    unique_id, group = node.child_text("UniqueID"), node.child_text("OFSIGroupID")
    number = unique_id or group
    if number is None:
        issues.warn("no-unique-id", "A designation has neither a UniqueID nor an OFSIGroupID; it "
                    "is not read.", locator=locator)  # fmt: skip
        return None
    kind = node.child_text("IndividualEntityShip") or ""
    entry = Entry(designations.identify(group, number, kind, locator), kind,
                  designations.provenance(number, locator))  # fmt: skip
    designations.see(number, entry.id, locator)
    entry.names = list(_iter_names(node))
    for child in _children(node, "NonLatinNames", "NonLatinName"):
        script = child.child_text("NameNonLatinScript")
        language = child.child_text("NonLatinScriptLanguage")
        child.ignore("NonLatinScriptType")  # the script is seen in the letters
        if script:
            entry.scripts.append((script, language))
    for (outer, inner), fact in _LISTS.items():
        _add_all(entry, fact, _children(node, outer, inner))
    for child in _children(node, "Addresses", "Address"):
        lines = tuple(child.child_text(f"AddressLine{number}") for number in range(1, 7))
        entry.addresses.append(
            (lines, child.child_text("AddressPostalCode"), child.child_text("AddressCountry"))
        )
    for kind_name, facts in _DETAILS.items():
        for details in _children(node, f"{kind_name}Details", kind_name):
            for (outer, inner), fact in facts.items():
                _add_all(entry, fact, _children(details, outer, inner))
            _read_person(details, entry)
    _add_all(entry, "note", node.children("OtherInformation"))
    entry.listings.append(_make_listing(node, number))
    return entry


def _children(node: Node, outer: str, inner: str) -> Iterator[Node]:
    for each in node.children(outer):
        yield from each.children(inner)


def _add_all(entry: Entry, fact: str, nodes: Iterable[Node]) -> None:
    for node in nodes:
        entry.add(fact, node.text())


def _iter_names(node: Node) -> Iterator[Name]:
    for child in _children(node, "Names", "Name"):
        given = tuple(filter(None, (child.child_text(f"Name{number}") for number in range(1, 6))))
        last = child.child_text("Name6") or ""
        kind, strength = child.child_text("NameType"), child.child_text("AliasStrength")
        if given or last:
            yield Name(given, last, kind or "", strength or "")


def _read_person(details: Node, entry: Entry) -> None:
    for place in _children(details, "BirthDetails", "Location"):
        entry.births.append((place.child_text("TownOfBirth"), place.child_text("CountryOfBirth")))
    for group, default, stem in (
        ("PassportDetails", "Passport", "Passport"),
        ("NationalIdentifierDetails", "National identification", "NationalIdentifier"),
    ):
        for outer in details.children(group):
            # "Passport" in the files of 2026, "PassportDetail" in a description of the format.
            for held in outer.all_children():
                number = held.child_text(f"{stem}Number")
                remark = held.child_text(f"{stem}AdditionalInformation")
                if number or remark:
                    entry.documents.append((default, number, remark))


def _make_listing(node: Node, number: str) -> Listing:
    measures = _split_measures(node.child_text("SanctionsImposed"))
    indicated = [
        _WORD_BREAK.sub(" ", flag.tag).capitalize()
        for indicators in node.children("SanctionsImposedIndicators")
        for flag in indicators.all_children()
        if (flag.text() or "").lower() in ("true", "1", "yes")
    ]
    frozen = any(each.lower().startswith(ASSET_FREEZE) for each in measures)
    if not measures:
        measures = indicated
    elif not frozen and ASSET_FREEZE.capitalize() in indicated:
        measures.append(ASSET_FREEZE.capitalize())
    return Listing(
        make_id("fcdo", number), number, node.child_text("RegimeName"),
        node.child_text("DateDesignated"), modified=node.child_text("LastUpdated"),
        measures=tuple(measures), unsc_ids=tuple(node.texts("UNReferenceNumber")),
        reasons=tuple(node.texts("UKStatementofReasons")),
        source=node.child_text("DesignationSource"),
    )  # fmt: skip


def _split_measures(text: str | None) -> list[str]:
    parts = (part.strip() for part in (text or "").split("|"))
    return list(dict.fromkeys(part for part in parts if part))


class FcdoCsvSource:
    """Reader of the CSV; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return CSV_NAME in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_list_file(location, CSV_FILE, self.dataset)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day in "Report Date: 13-Feb-2026", the first line."""
        return find_day(files[CSV_NAME], CSV_NAME, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        table = read_table(files[CSV_NAME], CSV_NAME, LAYOUT, self.dataset)
        note_encoding(table, issues)
        rows: dict[str, list[Fields]] = {}
        for fields in table.rows:
            number = fields.peek("unique id") or fields.peek("ofsi group id")
            if number is None:
                issues.warn("no-unique-id", f"{fields.peek('name 6')!r} has neither a Unique ID "
                            "nor an OFSI Group ID; the row is not read.",
                            locator=fields.locator)  # fmt: skip
            else:
                rows.setdefault(number, []).append(fields)
        designations = _Designations(self.dataset, CSV_NAME, writer, issues)
        audit = Audit()
        for number, found in rows.items():
            designations.write(_read_rows(number, found, designations))
            for fields in found:
                fields.report(audit)
        designations.finish()
        audit.report(issues)


def _read_rows(number: str, rows: Collection[Fields], designations: _Designations) -> Entry:
    """Collect the distinct values of the rows of one designation."""
    column = _Column(rows)
    locator = next(iter(rows)).locator
    kinds = column.take("designation type") or column.take("individual, entity, ship")
    groups = column.take("ofsi group id")
    kind, group = next(iter(kinds), ""), next(iter(groups), None)
    entry = Entry(designations.identify(group, number, kind, locator), kind,
                  designations.provenance(number, locator))  # fmt: skip
    designations.see(number, entry.id, locator)
    for row in rows:
        _read_row(row, entry)
    for name, fact in _COLUMNS.items():
        for value in column.take(name):
            entry.add(fact, value)
    measures = [each for text in column.take("sanctions imposed") for each in _split_measures(text)]
    dates = column.take("date designated")
    entry.listings.append(
        Listing(
            make_id("fcdo", number), number, next(iter(column.take("regime name")), None),
            next(iter(dates), None), modified=next(iter(column.take("last updated")), None),
            measures=tuple(dict.fromkeys(measures)),
            unsc_ids=tuple(column.take("un reference number")),
            reasons=tuple(column.take("uk statement of reasons")),
            source="; ".join(column.take("designation source")) or None,
        )
    )  # fmt: skip
    return entry


class _Column:
    """The distinct values of a column over the rows of one designation."""

    def __init__(self, rows: Collection[Fields]) -> None:
        self._rows = rows

    def take(self, name: str) -> list[str]:
        values = (row.take(name) for row in self._rows)
        return list(dict.fromkeys(value for value in values if value))


def _read_row(row: Fields, entry: Entry) -> None:
    """What belongs together within a row: names, scripts, addresses, documents, places."""
    row.ignore("unique id")  # the rows are grouped by it
    given = tuple(filter(None, (row.take(f"name {number}") for number in range(1, 6))))
    last = row.take("name 6") or ""
    kind, strength = row.take("name type") or "", row.take("alias strength") or ""
    if given or last:
        entry.names.append(Name(given, last, kind, strength))
    script, language = row.take("name non-latin script"), row.take("non-latin script language")
    row.ignore("non-latin script type")  # the script is seen in the letters
    if script:
        entry.scripts.append((script, language))
    lines = tuple(row.take(f"address line {number}") for number in range(1, 7))
    address = (lines, row.take("address postal code"), row.take("address country"))
    if any(lines) or any(address[1:]):
        entry.addresses.append(address)
    birth = (row.take("town of birth"), row.take("country of birth"))
    if any(birth):
        entry.births.append(birth)
    for default, stem in (
        ("Passport", "passport"), ("National identification", "national identifier"),
    ):  # fmt: skip
        number = row.take(f"{stem} number")
        document = (default, number, row.take(f"{stem} additional information"))
        if any(document[1:]) and document not in entry.documents:
            entry.documents.append(document)
