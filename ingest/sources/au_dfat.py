"""Australia's consolidated list, `regulation8_consolidated.xlsx`, in both of its layouts.

A party has a row for each of its names: 101, 101a, 101b, which need not stand together. Where rows
that stand apart, or that contradict each other in type or birth, bear one number, it was used twice
by mistake: the second party is kept apart as "-dup2". Since November 2025 columns say which
measures apply; before, the list was of targeted financial sanctions alone.

Source: Department of Foreign Affairs and Trade, "Consolidated List",
https://www.dfat.gov.au/international-relations/security/sanctions/consolidated-list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.countries import find_country
from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit, Fields
from ingest.cells import parse_nationality, split_packed, split_values
from ingest.dates import parse_dates
from ingest.ids import digest, make_id
from ingest.listfile import ListFile, find_list_file
from ingest.parties import Party, PartyWriter, Place, Sanction
from ingest.source import IssueLog
from ingest.sources.gb_ofsi.source import find_un_references
from ingest.workbook import begins_as_workbook, read_sheets
from ingest.xml import require_records

NAME = "regulation8_consolidated.xlsx"
AUTHORITY = "Department of Foreign Affairs and Trade"
TITLE = "Australian Sanctions Consolidated List"
PAGE = "https://www.dfat.gov.au/international-relations/security/sanctions/consolidated-list"
FILE = ListFile(
    NAME,
    ("*regulation8*.xlsx", "*consolidated*list*.xlsx", "*consolidated*.xlsx"),
    begins_as_workbook,
    PAGE,
)
REQUIRED = ("reference", "name of individual or entity", "type", "name type")
FREEZE = "targeted financial sanction"
MEASURES = (FREEZE, "travel ban", "arms embargo", "maritime restriction")

_SCHEMATA = {
    "individual": "Person", "person": "Person", "entity": "Organization", "vessel": "Vessel",
    "ship": "Vessel", "aircraft": "Airplane",
}  # fmt: skip
_NAMES = {
    "primary name": "name", "primary": "name", "original script": "alias", "alias": "alias",
    "aka": "alias", "a.k.a.": "alias", "former name": "previousName", "fka": "previousName",
    "formerly known as": "previousName",
}  # fmt: skip
_REFERENCE = re.compile(r"(\d+)\s*([A-Za-z]*)")
_TRUE = frozenset({"true", "yes", "y", "1", "x"})
_FALSE = frozenset({"false", "no", "n", "0"})
_UN_NUMBER = re.compile(r"^\W*([A-Z]{2}[ie]\.\d{3})\b")
_LINES = re.compile(r"[;\n]")
_DATES = re.compile(r"[;\n]|,(?=\s*\D|\s*\d{4}\b)|\s(?:or|and)\s", re.IGNORECASE)
_SPLIT_COUNTRIES = re.compile(r"[,;/\n]|\sand\s")


@dataclass(slots=True)
class _Listed:
    """The rows of one party."""

    number: str
    id: str
    type: str
    rows: list[Fields] = field(default_factory=list)
    births: set[str] = field(default_factory=set)  # dates as far as they are understood
    primary: str | None = None

    def contradicts(self, row: Fields, *, apart: bool) -> str | None:
        """Why a row of this number is of another party; None when it may be of this one."""
        kind = (row.peek("type") or "").lower()
        if self.type and kind and self.type != kind:
            return f"one is {self.type!r}, the other {kind!r}"
        births = set(_iter_dates(row.peek("date of birth") or ""))
        if births and self.births and not _agree(births, self.births):
            return "their dates of birth differ"
        name = row.peek("name of individual or entity")
        if apart and _is_primary(row) and self.primary and name != self.primary:
            return "both have a primary name, and they do not stand together"
        return None

    def take(self, row: Fields) -> None:
        self.rows.append(row)
        self.type = self.type or (row.peek("type") or "").lower()
        self.births.update(_iter_dates(row.peek("date of birth") or ""))
        if _is_primary(row) and self.primary is None:
            self.primary = row.peek("name of individual or entity")

    def values(self, column: str) -> list[str]:
        """The distinct values of a column."""
        return list(dict.fromkeys(filter(None, (row.take(column) for row in self.rows))))


class DfatSource:
    """Reader of the list; an `ingest.source.Reader`."""

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
        audit, parties = Audit(), PartyWriter(writer, issues)
        sha256 = writer.version.files.get(NAME, "")
        sheets = read_sheets(files[NAME], NAME, REQUIRED, issues, self.dataset)
        found = _group([row for sheet in sheets for row in sheet.rows], issues)
        require_records(len(found), "references", NAME, self.dataset)
        for listed in found:
            _write(listed, parties, Provenance(listed.number, listed.rows[0].locator, sha256))
            for row in listed.rows:
                row.report(audit)
        audit.report(issues)


def _group(rows: Sequence[Fields], issues: IssueLog) -> list[_Listed]:
    """The parties of the list: rows by number, apart where they contradict each other."""
    by_number: dict[str, list[_Listed]] = {}
    last: _Listed | None = None
    for row in rows:
        reference = row.take("reference") or ""
        match = _REFERENCE.fullmatch(reference)
        if not reference:
            name = row.peek("name of individual or entity")
            issues.warn("no-reference", f"{name!r} has no reference; the row is not read.",
                        locator=row.locator)  # fmt: skip
            continue
        if match is None:
            issues.warn("odd-reference", f"{reference!r} is no number with letters; kept as is.",
                        locator=row.locator)  # fmt: skip
        number = match[1] if match else reference
        found = by_number.setdefault(number, [])
        apart = bool(found) and (last is None or last.number != number)
        last = _assign(row, number, found, issues, apart=apart)
    return [listed for found in by_number.values() for listed in found]


def _assign(
    row: Fields, number: str, found: list[_Listed], issues: IssueLog, *, apart: bool
) -> _Listed:
    reasons = [listed.contradicts(row, apart=apart) for listed in found]
    if None in reasons:
        listed = found[reasons.index(None)]
        if apart:
            issues.warn("non-contiguous", f"Rows of reference {number} do not stand together; they "
                        "are taken as one party.", entity_id=listed.id,
                        locator=row.locator)  # fmt: skip
    else:
        entity = make_id("au", number)
        if found:
            entity += f"-dup{len(found) + 1}"
            issues.warn("reused-reference", f"Reference {number} is of two parties ({reasons[0]}); "
                        f"the second is kept as {entity}.", entity_id=entity,
                        locator=row.locator)  # fmt: skip
        listed = _Listed(number, entity, "")
        found.append(listed)
    listed.take(row)
    return listed


def _is_primary(row: Fields) -> bool:
    return (row.peek("name type") or "").lower().startswith("primary")


def _agree(left: Collection[str], right: Collection[str]) -> bool:
    """Whether some date of one may be one of the other: 1957 and 1957-05-05 may."""
    return any(one.startswith(two) or two.startswith(one) for one in left for two in right)


def _iter_dates(text: str) -> Iterator[str]:
    for value in _split_dates(text):
        yield from parse_dates(value)


def _split_dates(text: str) -> list[str]:
    """The dates of a cell, each as published, a range in one piece."""
    found = []
    for part in split_packed(text):
        value = " ".join(part.text.replace("\xa0", " ").split())
        if parse_dates(value):
            found.append(value)
        else:
            found.extend(piece.strip(" ,.") for piece in _DATES.split(part.text))
    return [value for value in found if value]


def _write(listed: _Listed, parties: PartyWriter, provenance: Provenance) -> None:
    schema = _SCHEMATA.get(listed.type)
    party = parties.party(listed.id, schema or "LegalEntity", provenance)
    if schema is None:
        party.warn("unknown-type", f"Reference {listed.number} is a {listed.type!r}; taken as a "
                   "legal entity.")  # fmt: skip
    for row in listed.rows:
        _write_name(party, row)
        row.ignore("type")  # read above
    if listed.primary is None:
        party.warn("no-primary-name", f"Reference {listed.number} has no primary name.")
    for text in listed.values("date of birth"):
        for value in _split_dates(text):
            party.dates(("birthDate", "incorporationDate", "buildDate"), value)
    for text in listed.values("place of birth"):
        for value in split_values(text):
            party.put(("birthPlace", "summary"), " ".join(value.split()))
            country = value.rpartition(",")[2].strip()
            if party.has("birthCountry") and find_country(country):
                party.put("birthCountry", country)
    for text in listed.values("citizenship"):
        _write_citizenship(party, text)
    for text in listed.values("address"):
        for value in split_values(text):
            for line in filter(None, _LINES.split(value.strip(" .,"))):
                _write_address(party, line)
    party.put_all("imoNumber", listed.values("imo number"))
    notes = listed.values("additional information")
    for text in notes:
        party.note(text)
    _write_listings(party, listed, notes)


def _write_name(party: Party, row: Fields) -> None:
    name, kind = row.take("name of individual or entity"), row.take("name type") or ""
    strength = row.take("alias strength") or ""
    prop = _NAMES.get(kind.lower())
    if prop is None:
        party.warn("unknown-name-type", f"The name {name!r} has the unknown type {kind!r}; taken "
                   "as an alias.")  # fmt: skip
        prop = "alias"
    if strength.lower() == "weak" and prop != "name":
        prop = "weakAlias"
    elif strength.lower() not in ("strong", "weak", ""):
        party.warn("unknown-strength", f"The name {name!r} has the unknown strength {strength!r}.")
    party.put(prop, " ".join((name or "").split()))


def _write_citizenship(party: Party, text: str) -> None:
    for value in split_values(text):
        found = [value] if find_country(value) else _SPLIT_COUNTRIES.split(value)
        for each in filter(None, map(str.strip, found)):
            nationality = parse_nationality(each)
            if nationality.country is None:
                party.note(f"Citizenship: {nationality.text}")
            else:
                party.put(("citizenship", "country"), nationality.country, original=each)


def _write_address(party: Party, line: str) -> None:
    plain = line.strip(" .,")
    country = plain.rpartition(",")[2].strip()
    known = country if find_country(country) else None
    party.address(Place(full=None if plain == known else plain, country=known))


def _write_listings(party: Party, listed: _Listed, notes: Sequence[str]) -> None:
    """One listing for each committee or regime; the first keeps the plain key."""
    measures = _measures(party, listed)
    references = [match[1] for text in notes if (match := _UN_NUMBER.match(text))]
    listings: dict[str | None, list[Fields]] = {}
    for row in listed.rows:
        listings.setdefault(row.take("committees"), []).append(row)
    for at, (committee, rows) in enumerate(listings.items()):
        texts: dict[str, None] = {}
        dates: dict[str, None] = {}
        for row in rows:
            for column in ("listing information", "instrument of designation"):
                texts.update(dict.fromkeys(filter(None, [row.take(column)])))
            dates.update(dict.fromkeys(filter(None, [row.take("control date")])))
        found = references or [each for text in texts for each in find_un_references(text)]
        party.sanction(
            Sanction(
                "dfat" if at == 0 else f"dfat-{digest(committee)}", AUTHORITY, TITLE,
                listed.number, "au", programs=(committee,) if committee else (),
                listed=next(iter(dates), None), measures=measures, notes=list(texts),
                source_url=PAGE, unsc_id=next(iter(found), None),
            )
        )  # fmt: skip
        for day in list(dates)[1:]:
            party.note(f"Control date: {day}")
    frozen = FREEZE.capitalize() in measures
    party.put("topics", "sanction" if frozen or not measures else "reg.action")


def _measures(party: Party, listed: _Listed) -> list[str]:
    stated, found = False, []
    for measure in MEASURES:
        for value in listed.values(measure):
            stated = True
            if value.lower() in _TRUE:
                found.append(measure.capitalize())
            elif value.lower() not in _FALSE:
                party.warn("unknown-flag", f"{measure.capitalize()} is {value!r}; taken as true.")
                found.append(f"{measure.capitalize()}: {value}")
    if not stated:
        return [FREEZE.capitalize()]  # the old layout: a list of these alone
    if not found:
        party.warn("no-measures", f"Reference {listed.number} is under none of the measures; it is "
                   "screened until the publisher says otherwise.")  # fmt: skip
    return list(dict.fromkeys(found))
