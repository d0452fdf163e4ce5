"""Israel's designations of persons and organisations, two workbooks of the NBCTF.

The English header is the second row, under a Hebrew one; columns are read by name, and those that
nothing here knows are reported. A cell of a day may say "בוטל ביום 1.1.2020": cancelled on that
day. The publisher describes the workbooks nowhere; their columns are known from public readers of
the files, so that a column may be missing here.

Source: National Bureau for Counter Terror Financing of Israel, "Designations", workbooks
`NBCTF Israel designation Individuals_XL.xlsx` and `NBCTFIsrael - Terror Organization Designation
List_XL.xlsx`, https://nbctf.mod.gov.il.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path

from graph.errors import ParseError
from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.audit import Audit, Fields
from ingest.cells import parse_documents, split_values
from ingest.dates import parse_dates
from ingest.headed import fold_column
from ingest.ids import digest, make_id
from ingest.parties import Document, Party, PartyWriter, Place, Sanction
from ingest.source import IssueLog
from ingest.workbook import begins_as_workbook, read_sheets
from ingest.xml import require_records

PERSONS, BODIES = "individuals.xlsx", "organizations.xlsx"
AUTHORITY = "National Bureau for Counter Terror Financing of Israel"
TITLE = "NBCTF designations"
PAGE = "https://nbctf.mod.gov.il/en/MinisterSanctions/Designation/Pages/default.aspx"
_FILES = {  # canonical name -> what its own name holds, and the column that no other sheet has
    PERSONS: ("individual", "name of individual - english"),
    BODIES: ("organi", "organization name - english"),
}
_SEQUENCE = "internal seq. id"
_LANGUAGES = {"english": "eng", "hebrew": "heb", "arabic": "ara"}

_NOTHING = re.compile(r"""^=?["'\s/.-]+$""")
_QUOTED_NOTHING = re.compile(r"""="-*"\s*""")
_NUMBERED = re.compile(r"\b\d+\s*:\s*")  # "1: IBRAHIM 2: ALI", the parts of one name
_CANCELLED = re.compile(r"בוטל(?:ה)?(?:\s*ביום)?\s*:?\s*([\d./-]+)?")
_SERIAL = re.compile(r"[2-6]\d{4}")  # days since 1899-12-30, a date that lost its format
_PARTS = re.compile(r"[;\n•]")
_HEBREW_KINDS = (('ת"ז', "ID"), ("ת״ז", "ID"), ("ת.ז", "ID"), ("דרכון", "passport"))
_DAY_COLUMNS = (
    "date of designation in israel", "date of temporary designation",
    "date of permenant designation", "date of permanent designation",
    "date designation in west bank",
)  # fmt: skip


class NbctfSource:
    """Reader of both workbooks; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return PERSONS in names and BODIES in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """Both workbooks, by their names or else by their columns; a half is not the list."""
        folder = location if location.is_dir() else location.parent
        found: dict[str, list[Path]] = {name: [] for name in _FILES}
        for path in sorted(folder.iterdir()) if location.exists() else ():
            name = self._recognise(path) if path.is_file() else None
            if name:
                found[name].append(path)
        for name, paths in found.items():
            if len(paths) != 1:
                several = " and ".join(path.name for path in paths)
                fault = f"is there more than once ({several})" if paths else "is missing"
                raise ParseError(
                    f"{name} {fault} in {folder.as_posix()!r}; put the workbook of each kind there "
                    f"once, from {PAGE}.", locator=name, dataset=self.dataset,
                )  # fmt: skip
        return {name: paths[0] for name, paths in found.items()}

    def _recognise(self, path: Path) -> str | None:
        plain = path.name.lower().removesuffix(".gz").removesuffix(".zip")
        for name, (word, column) in _FILES.items():
            if plain.endswith(".xlsx") and word in plain:
                return name
            if self._has_column(path, column):
                return name
        return None

    def _has_column(self, path: Path, column: str) -> bool:
        with path.open("rb") as stream:
            if not begins_as_workbook(stream.read(4)):
                return False
        try:
            read_sheets(path, path.name, (_SEQUENCE, column), IssueLog(), self.dataset)
        except ParseError:
            return False
        return True

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        designations = _Designations(writer, issues)
        for name, (_, column) in _FILES.items():
            sheets = read_sheets(files[name], name, (_SEQUENCE, column), issues, self.dataset)
            rows = [_clean(row) for sheet in sheets for row in sheet.rows]
            count = sum(designations.write(name, row) for row in rows)
            require_records(count, "designations", name, self.dataset)
        designations.finish()


def _clean(row: Fields) -> Fields:
    """The row with plain names of columns, without the cells that say nothing."""
    cells = {}
    for column, cell in row.iter_left():
        text = _QUOTED_NOTHING.sub("", cell).strip()
        if text and not _NOTHING.match(text):
            plain = column.replace("(dd/mm/yyyy)", "").replace("(internal seq. id)", "")
            cells[fold_column(plain)] = text
    return Fields(cells, row.locator)


class _Designations:
    """Writes the designations of one load."""

    def __init__(self, writer: StatementWriter, issues: IssueLog) -> None:
        self._writer, self._issues = writer, issues
        self._parties = PartyWriter(writer, issues)
        self._audit = Audit()
        self._seen: dict[str, int] = {}
        self._links: list[tuple[Party, str]] = []

    def write(self, name: str, row: Fields) -> bool:
        """Write one row; whether it was one of a designation."""
        number = row.take(_SEQUENCE)
        if number is None or not number.replace(".", "").isalnum():
            left = [cell for _, cell in row.iter_left()]
            if left:
                self._issues.warn("no-number", f"A row without a number is not read: {left[:3]!r}.",
                                  locator=row.locator)  # fmt: skip
            return False
        is_person = name == PERSONS
        entity = self._identify(make_id("il", "ind" if is_person else "org", number), row)
        provenance = Provenance(number, row.locator, self._writer.version.files.get(name, ""))
        party = self._parties.party(entity, "Person" if is_person else "Organization", provenance)
        row.ignore("header")  # an empty column of the layout
        _write_names(party, row, "name of individual" if is_person else "organization name")
        if is_person:
            _write_person(party, row)
        else:
            _write_body(party, row)
            linked = row.take("linked to") or ""
            self._links += [(party, each) for each in re.split(r"[;,\s]+", linked) if each]
        _write_designation(party, row, number)
        row.report(self._audit)
        return True

    def _identify(self, entity: str, row: Fields) -> str:
        self._seen[entity] = self._seen.get(entity, 0) + 1
        if self._seen[entity] == 1:
            return entity
        again = f"{entity}-dup{self._seen[entity]}"
        self._issues.warn("duplicate-id", f"The number of {entity} stands there more than once; "
                          f"this row is kept as {again}.", entity_id=again,
                          locator=row.locator)  # fmt: skip
        return again

    def finish(self) -> None:
        for party, number in self._links:
            self._write_link(party, number)
        self._audit.report(self._issues)

    def _write_link(self, party: Party, number: str) -> None:
        target = make_id("il", "org", number)
        if target == party.id:
            return
        if target not in self._seen:
            target = make_id("il-unresolved", "org", number)
            party.warn("unresolved-link", f"Organization {number} is not in the workbook.")
            self._writer.add_entity(target, "Organization", party.provenance)
        day = self._writer.version.published
        self._writer.add_relation(
            Relation(id=f"il-link-{digest(*sorted((party.id, target)))}", kind="link",
                     schema="UnknownLink", source=party.id, target=target, role="Linked to"),
            Assertion(by="NBCTF", on=day, standing=True, source_url=PAGE,
                      source_title=f"{TITLE}, {day}" if day else TITLE,
                      quote=f"linked to (internal seq. id): {number}"),
            party.provenance,
        )  # fmt: skip


def _write_names(party: Party, row: Fields, stem: str) -> None:
    """State the names: English as the name where there is one, other languages as aliases."""
    named = False
    for word, language in _LANGUAGES.items():
        for column in [name for name, _ in row.iter_left() if name.startswith(f"{stem} - {word}")]:
            text = row.take(column) or ""
            is_main = column == f"{stem} - {word}"
            plain = " ".join(_NUMBERED.sub(" ", text).split()) if is_main else text
            values = [plain] if is_main else _values(text)
            for value in values:
                prop = "name" if is_main and not named else "alias"
                party.put(prop, value, lang=language, original=text)
                named = named or is_main
    if not named:
        party.warn("no-name", f"{party.id} has no name; its aliases are kept.")


def _values(text: str) -> list[str]:
    found = (part for value in split_values(text) for part in _PARTS.split(value))
    return list(dict.fromkeys(part.strip() for part in found if part.strip(" -.")))


def _write_person(party: Party, row: Fields) -> None:
    for value in _values(row.take("d.o.b") or ""):
        party.dates("birthDate", _day(value))
    # Nationality or residence: the column does not say which.
    for value in _values(row.take("nationality / residency") or ""):
        party.put("country", value)
    for value in _values(row.take("individual id") or ""):
        _write_document(party, value)
    party.note(row.take("additional information"))


def _write_document(party: Party, text: str) -> None:
    plain = text
    for hebrew, english in _HEBREW_KINDS:
        plain = plain.replace(hebrew, english)
    for found in parse_documents(plain, "Identification"):
        if isinstance(found, Document):
            party.document(found)
        else:
            party.note(f"Identification: {text}")


def _write_body(party: Party, row: Fields) -> None:
    for value in _values(row.take("date of corporation") or ""):
        party.dates("incorporationDate", _day(value))
    kinds, places = (
        _pick(party, row, "corporation type"),
        _pick(party, row, "location of formation"),
    )
    party.put("legalForm", kinds)
    party.put(("jurisdiction",), places)
    for value in _values(row.take("corporation id") or ""):
        party.put(("registrationNumber", "idNumber"), value)
    country = _pick(party, row, "country")
    party.put("country", country)
    streets = _values(_pick(party, row, "street") or "")
    cities = _values(_pick(party, row, "city/village") or _pick(party, row, "city / village") or "")
    for street, city in zip_longest(streets, cities):
        party.address(Place(street=street, city=city, country=country))
    for stem in ("email", "telephone", "website"):
        for column in [name for name, _ in row.iter_left() if name.startswith(stem)]:
            party.put_all("phone" if stem == "telephone" else stem, _values(row.take(column) or ""))
    party.note(_pick(party, row, "comments"))
    for column in ("key operatives", "public records references"):
        text = row.take(column)
        party.note(text and f"{column.capitalize()}: {text}")


def _pick(party: Party, row: Fields, stem: str) -> str | None:
    """The English cell of a column in two languages, else the Hebrew one; both are kept."""
    english, hebrew = row.take(f"{stem} - english"), row.take(f"{stem} - hebrew")
    if english and hebrew and english != hebrew:
        party.note(f"{stem.capitalize()} (Hebrew): {hebrew}")
    return english or hebrew or row.take(stem)


def _write_designation(party: Party, row: Fields, number: str) -> None:
    starts, ends = [], []
    for column in _DAY_COLUMNS:
        for value in _values(row.take(column) or ""):
            cancelled = _CANCELLED.search(value)
            before = _day(value[: cancelled.start()] if cancelled else value).strip(" ,-")
            if before:
                starts.append(before)
            if cancelled:
                ends.append(cancelled[1] or "")
    listing = party.sanction(
        Sanction(
            "nbctf", _pick(party, row, "designated by") or AUTHORITY, TITLE, number, "il",
            programs=list(filter(None, (row.take("designation"), row.take("designation type")))),
            listed=_earliest(starts), end=next(filter(None, ends), None), source_url=PAGE,
            reasons=list(filter(None, [_pick(party, row, "designation justification")])),
        )
    )  # fmt: skip
    for value in starts:
        if value != _earliest(starts):
            party.note(f"Date of designation: {value}")
    if ends and not any(ends):
        party.warn("undated-end", f"{listing} was cancelled on a day that is not stated.")
    if not ends:
        party.put("topics", "sanction")
    for column, words in (
        ("foreign designation", "Foreign designation"),
        ("foreign designation id", "Foreign designation number"),
        ("date of foreign designation date", "Date of foreign designation"),
        ("date of foreign designation", "Date of foreign designation"),
        ("date designated in other countries", "Date of foreign designation"),
        ("seq. num in other countries", "Foreign designation number"),
    ):
        text = row.take(column)
        party.note(text and f"{words}: {text}")
    abroad = _pick(party, row, "designated by abroad")
    party.note(abroad and f"Designated abroad by: {abroad}")


def _earliest(texts: Collection[str]) -> str | None:
    """The first day among published dates; of those that nobody understands, the first printed."""
    return min(texts, key=lambda text: next(iter(parse_dates(text)), "9999"), default=None)


def _day(text: str) -> str:
    """A date as published; a bare day count of a spreadsheet as the day that it counts."""
    plain = text.strip()
    if not _SERIAL.fullmatch(plain):
        return plain
    return (date(1899, 12, 30) + timedelta(days=int(plain))).isoformat()
