"""OFAC's legacy files: the SDN list and the non-SDN list, four comma-separated files each.

Ids are `ofac-<ent_num>`. Addresses, documents, wallets and the listing itself are entities of their
own. The files hold no listing dates, so none is stated. Two records with one number and different
names are two parties: the second is `ofac-<ent_num>-dup2`, the aliases and addresses of the number
stay with the first, and an issue names both.

Source: US Department of the Treasury, Office of Foreign Assets Control, "SDN data formats"
(dat_spec.txt): columns of SDN, ALT, ADD and SDN_COMMENTS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import AssertionFailed, ParseError
from graph.statements import Provenance, StatementWriter
from ingest.listfile import find_named
from ingest.reader import Delimited, Row, read_delimited
from ingest.source import IssueLog
from ingest.sources.us_ofac.addresses import write_address
from ingest.sources.us_ofac.facts import Entry, FactWriter
from ingest.sources.us_ofac.links import LinkWriter, ListTitle
from ingest.sources.us_ofac.lists import (
    AUTHORITY,
    CONSOLIDATED_LIST,
    DETAILS,
    SCHEMATA,
    SDN_LIST,
    OfacList,
)
from ingest.sources.us_ofac.remarks import REMARKS_LIMIT, iter_facts
from ingest.unpack import refuse

_ALIASES = {"aka": "alias", "fka": "previousName", "nka": "alias"}
_COLUMNS = {"primary": 12, "alias": 5, "address": 6, "comments": 2}
# No row of the published lists names an entry that is absent. More than this share of a file, and
# its entries are those of another publication, or the primary file is cut.
_DANGLING_LIMIT = 0.01
_SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "V"})


@dataclass(frozen=True, slots=True)
class OfacFiles:
    """The canonical names of the four files of a list."""

    primary: str
    alias: str
    address: str
    comments: str
    of: OfacList


SDN = OfacFiles("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv", SDN_LIST)
CONSOLIDATED = OfacFiles("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv",
                         CONSOLIDATED_LIST)  # fmt: skip
_FILES = {"us_ofac_sdn": SDN, "us_ofac_cons": CONSOLIDATED}


def text_of(cell: str) -> str | None:
    """The published text, or None for the list's null, which is "-0-" with or without a blank."""
    stripped = cell.strip()
    return None if stripped in ("-0-", "") else stripped


@dataclass(slots=True)
class _Parties:
    """The entries of the primary file by number, by name and in order."""

    rows: list[tuple[Entry, Row]] = field(default_factory=list)
    by_uid: dict[str, Entry] = field(default_factory=dict)
    by_name: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    folded: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def find(self, name: str) -> str | None:
        """Id of the only organisation or person of this primary name, whatever the case."""
        found = self.folded.get(name.casefold(), set())
        return next(iter(found)) if len(found) == 1 else None


class OfacSource:
    """Reader of one of the two lists; a `Source`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.names = _FILES[dataset]

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return self.names.primary in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        names = self.names
        wanted = (names.primary, names.alias, names.address, names.comments)
        if location.is_file() and location.name.lower().removesuffix(".gz") not in wanted:
            # A file of another format, which must not be taken for the quartet beside it.
            raise ParseError(
                f"{location.name!r} is none of {', '.join(wanted)}.",
                locator=location.as_posix(), dataset=self.dataset,
            )  # fmt: skip
        return find_named(location, wanted, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        names = self.names
        primary = self._read(files, names.primary, "primary", issues)
        if not primary.rows:
            raise AssertionFailed(
                f"{names.primary} holds no entry; download the file again from the publisher.",
                metric="entries", expected=1, actual=0, dataset=self.dataset,
            )  # fmt: skip
        reading = _Reading(names, writer, issues, primary)
        reading.write_parties(self._read(files, names.comments, "comments", issues))
        reading.write_aliases(self._read_owned(files, names.alias, "alias", reading))
        reading.write_addresses(self._read_owned(files, names.address, "address", reading))

    def _read(self, files: Mapping[str, Path], name: str, part: str, issues: IssueLog) -> Delimited:
        table = read_delimited(files[name], name, _COLUMNS[part], self.dataset)
        self._check(table, issues)
        return table

    def _read_owned(
        self, files: Mapping[str, Path], name: str, part: str, reading: _Reading
    ) -> Delimited:
        """A file whose rows belong to entries of the primary file.

        Raises:
            ParseError: When too many of them belong to none.
        """
        table = self._read(files, name, part, reading.issues)
        lost = [row for row in table.rows if row.cells[0].strip() not in reading.parties.by_uid]
        if len(lost) > len(table.rows) * _DANGLING_LIMIT:
            fault = (f"{len(lost)} of {len(table.rows)} rows, this one first, name an entry that "
                     f"{self.names.primary} does not hold")  # fmt: skip
            remedy = "Download all files of the list again, on one day."
            raise refuse(name, lost[0].line, fault, remedy, self.dataset)
        return table

    def _check(self, table: Delimited, issues: IssueLog) -> None:
        for row in table.rows:
            number = row.cells[0].strip()
            if not number.isascii() or not number.isdigit():
                fault = f"{row.cells[0]!r} is not an entry number (the files have no header line)"
                raise refuse(table.name, row.line, fault, dataset=self.dataset)
        if not table.ended:
            issues.warn(
                "end-mark-missing",
                f"{table.name} does not end in the publisher's end mark (0x1A): it may be cut "
                "between two records; compare its size with the publisher's.",
                locator=table.name,
            )


class _Reading:
    """One pass over the four tables of one version."""

    def __init__(
        self, names: OfacFiles, writer: StatementWriter, issues: IssueLog, primary: Delimited
    ) -> None:
        self.names = names
        self.writer = writer
        self.issues = issues
        self.parties = _Parties()
        self.facts = FactWriter(writer, issues, self.parties.find)
        self._index(primary)

    def write_parties(self, comments: Delimited) -> None:
        title = ListTitle(self.names.of.title, self.writer.version.published)
        links = LinkWriter(self.writer, self.issues, self.parties.by_name, title)
        continued = self._continuations(comments)
        for entry, row in self.parties.rows:
            self._write_party(entry, row)
            remarks = row.cells[11] if text_of(row.cells[11]) else ""
            cut = self._is_cut(row) and entry.id not in continued
            if cut:
                self._report_cut(entry, comments)
            for fact in iter_facts(remarks + continued.get(entry.id, ""), cut=cut):
                if fact.kind == "linked":
                    links.write(entry, fact, DETAILS.format(uid=entry.uid))
                else:
                    self.facts.write(entry, fact)
        self.parties.rows.clear()  # the raw cells are no longer needed

    def _provenance(self, table: str, row: Row) -> Provenance:
        sha256 = self.writer.version.files.get(table, "")
        return Provenance(row.cells[0].strip(), f"{table}:{row.line}", sha256)

    def _index(self, table: Delimited) -> None:
        seen: dict[str, list[tuple[Entry, Row]]] = {}
        for row in table.rows:
            uid = row.cells[0].strip()
            earlier = seen.setdefault(uid, [])
            if any(other.cells == row.cells for _, other in earlier):
                self._warn("duplicate-row", f"Entry {uid} stands twice, word for word.", table, row)
                continue
            entry = self._entry(table, row, earlier)
            earlier.append((entry, row))
            parties = self.parties
            parties.rows.append((entry, row))
            parties.by_uid.setdefault(uid, entry)
            if entry not in parties.by_name[entry.name]:
                parties.by_name[entry.name].append(entry)
            if entry.schema in ("Person", "Organization"):
                parties.folded[entry.name.casefold()].add(entry.id)

    def _entry(self, table: Delimited, row: Row, earlier: list[tuple[Entry, Row]]) -> Entry:
        uid, name = row.cells[0].strip(), text_of(row.cells[1])
        if name is None:
            raise refuse(table.name, row.line, f"entry {uid} has no name")
        kind = text_of(row.cells[2]) or ""
        schema = SCHEMATA.get(kind.lower())
        if schema is None:
            schema = "LegalEntity"
            self._warn("unknown-type", f"Entry {uid} has the unknown type {kind!r}; taken as a "
                       "legal entity.", table, row)  # fmt: skip
        entity_id = f"ofac-{uid}"
        same = next((other for other, _ in earlier
                     if (other.name, other.schema) == (name, schema)), None)  # fmt: skip
        if same:
            entity_id = same.id
            self._warn("duplicate-id", f"Entry {uid} ({name!r}) stands twice with different "
                       "columns; both are kept under one id.", table, row)  # fmt: skip
        elif earlier:
            entity_id += f"-dup{len({other.id for other, _ in earlier}) + 1}"
            self._warn("duplicate-id", f"Entry {uid} is both {earlier[0][0].name!r} and {name!r}; "
                       f"the second is kept as {entity_id}, aliases and addresses stay with the "
                       "first.", table, row)  # fmt: skip
        return Entry(
            uid, entity_id, schema, name, f"{entity_id}-{self.names.of.suffix}",
            text_of(row.cells[4]), self._provenance(table.name, row),
        )  # fmt: skip

    def _continuations(self, table: Delimited) -> dict[str, str]:
        """Text to join, unstripped, to the remarks of each entry id whose remarks were cut."""
        cut = {
            entry.uid: entry
            for entry, row in self.parties.rows
            if len(row.cells[11]) >= REMARKS_LIMIT
        }
        joined: dict[str, str] = {}
        for row in table.rows:
            uid, text = row.cells[0].strip(), row.cells[1]
            if text_of(text) is None:
                continue
            entry = cut.get(uid)
            if entry:
                joined[entry.id] = joined.get(entry.id, "") + text
                continue
            known = self.parties.by_uid.get(uid)
            why = "has no remarks that were cut" if known else "is not on the list"
            if known:
                self.facts.keep_note(known, text)
            self._warn("dangling-continuation", f"Entry {uid} {why}; the continuation {text!r} is "
                       "not joined.", table, row)  # fmt: skip
        return joined

    def _is_cut(self, row: Row) -> bool:
        remarks = row.cells[11]
        return len(remarks) >= REMARKS_LIMIT and not remarks.endswith(".")

    def _report_cut(self, entry: Entry, comments: Delimited) -> None:
        self.issues.warn(
            "cut-remarks",
            f"The remarks of {entry.id} end after {REMARKS_LIMIT} characters and {comments.name} "
            "does not continue them; the last part is kept in notes, unread.",
            entity_id=entry.id,
            locator=entry.provenance.locator,
        )

    def _write_party(self, entry: Entry, row: Row) -> None:
        writer, schema, provenance = self.writer, entry.schema, entry.provenance
        writer.add_entity(entry.id, schema, provenance)
        self.facts.name(entry, "name", entry.name)
        for prop, part in _name_parts(entry):
            writer.add(entry.id, schema, prop, part, provenance)
        writer.add(entry.id, schema, "topics", self.names.of.topic, provenance)
        if entry.title:
            self.facts.titles(entry, entry.title)
        self._write_sanction(entry, text_of(row.cells[3]))
        self._write_vehicle(entry, row)

    def _write_sanction(self, entry: Entry, programs: str | None) -> None:
        values = [
            ("entity", entry.id), ("authority", AUTHORITY), ("authorityId", entry.uid),
            ("country", "us"), ("sourceUrl", DETAILS.format(uid=entry.uid)),
        ]  # fmt: skip
        for part in (programs or "").split("] ["):
            code = part.strip(" []")
            if code:
                values += [("program", code), ("programId", code)]
        for prop, value in values:
            self.writer.add(entry.sanction_id, "Sanction", prop, value, entry.provenance)

    def _write_vehicle(self, entry: Entry, row: Row) -> None:
        props = ("callSign", "type", "tonnage", "grossRegisteredTonnage", "flag")
        for prop, cell in zip(props, row.cells[5:10], strict=True):
            value = text_of(cell)
            if value is not None:
                self.facts.vehicle(entry, prop, value)
        owner = text_of(row.cells[10])
        if owner:
            self.facts.vehicle_party(entry, "owner", owner, f"Vessel owner: {owner}")

    def write_aliases(self, table: Delimited) -> None:
        for row, entry in self._owned(table, "dangling-alias"):
            kind, name = text_of(row.cells[2]) or "", text_of(row.cells[3])
            if name is None:
                self._warn("empty-alias", f"Alias {row.cells[1]} has no name.", table, row)
                continue
            prop = _ALIASES.get(kind.lower())
            if prop is None:
                self._warn("unknown-alias-type", f"The alias {name!r} has the unknown type "
                           f"{kind!r}; taken as an alias.", table, row)  # fmt: skip
            remark = text_of(row.cells[4])
            provenance = self._provenance(table.name, row)
            whole = f"{name} {remark}" if remark and remark.upper().endswith("ONLY)") else name
            self.facts.name(entry, prop or "alias", whole, provenance)
            if remark and whole == name:
                self.facts.keep_note(entry, f"{name}: {remark}")

    def write_addresses(self, table: Delimited) -> None:
        for row, entry in self._owned(table, "dangling-address"):
            write_address(self.facts, entry, [text_of(cell) for cell in row.cells],
                          self._provenance(table.name, row))  # fmt: skip

    def _owned(self, table: Delimited, code: str) -> Iterator[tuple[Row, Entry]]:
        """Each distinct row with the entry that it belongs to; reports the others."""
        seen: set[tuple[str, ...]] = set()
        for row in table.rows:
            uid = row.cells[0].strip()
            entry = self.parties.by_uid.get(uid)
            key = tuple(row.cells)
            if entry is None:
                self._warn(code, f"Entry {uid} is not on the list; the row reads {row.cells!r}.",
                           table, row)  # fmt: skip
            elif key in seen:
                self._warn("duplicate-row", f"A row of entry {uid} stands twice.", table, row)
            else:
                seen.add(key)
                yield row, entry

    def _warn(self, code: str, message: str, table: Delimited, row: Row) -> None:
        self.issues.warn(code, message, entity_id=f"ofac-{row.cells[0].strip()}",
                         locator=f"{table.name}:{row.line}")  # fmt: skip


def _name_parts(entry: Entry) -> list[tuple[str, str]]:
    """Last and given names of "LAST, Given", OFAC's own two parts of a person's name.

    With a second comma ("LAST, Given, Jr.") or a suffix for a given name it is not plain which
    part is which: none is stated.
    """
    last, comma, first = entry.name.partition(", ")
    if entry.schema != "Person" or not comma or "," in first:
        return []
    if not last.strip() or first.strip(" .").upper() in _SUFFIXES:
        return []
    return [("lastName", last), ("firstName", first)]
