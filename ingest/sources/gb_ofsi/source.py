"""OFSI's consolidated list of financial sanctions targets, `ConList.csv`, in its layouts to 2026.

One row for each combination of a name, an address and a date of birth; rows of one Group ID, which
need not stand together, are one party. The first line says the day of publication, the second is
the header; columns are read by name, since the layout of 2022 has more of them. The list was closed
on 28 January 2026: from then on the UK Sanctions List (`gb_fcdo`) is the only one.

Source: HM Treasury, Office of Financial Sanctions Implementation, "Consolidated list of asset
freeze targets", formats of 2018 and 2022.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit, Fields
from ingest.cells import split_values
from ingest.dates import parse_date
from ingest.headed import Layout, fold_column, note_encoding, read_table
from ingest.ids import make_id
from ingest.listfile import (
    HEAD,
    ListFile,
    begins_with_columns,
    find_list_file,
    member_of,
)
from ingest.parties import PartyWriter
from ingest.source import IssueLog
from ingest.sources.gb_ofsi.entry import ASSET_FREEZE, Entry, Listing, Name, write_entry
from ingest.sources.gb_ofsi.links import Link, NamedLinks
from ingest.unpack import open_stream
from ingest.xml import require_records

NAME = "conlist.csv"
AUTHORITY = "HM Treasury, Office of Financial Sanctions Implementation"
TITLE = "OFSI Consolidated List of Financial Sanctions Targets"
PAGE = (
    "https://www.gov.uk/government/publications/"
    "financial-sanctions-consolidated-list-of-targets"
)  # fmt: skip
FILE = ListFile(
    NAME, ("*conlist*.csv",), begins_with_columns("name 6", "group type", "group id"), PAGE
)
LAYOUT = Layout(
    ("name 6", "name 1", "group type", "alias type", "regime", "listed on", "group id"),
    fold_column, "cp1252",
)  # fmt: skip

# New-style references (QDi.001) in any case; old-style ones (QI.A.151.03, E.29.I.11).
_UN_REFERENCE = re.compile(
    r"\bUN\s{0,3}Ref(?:erence)?(?:\s{0,3}(?:no|number))?[\s.:)]{0,6}"
    r"((?-i:[A-Z]{1,2}(?:\.[A-Z\d]+){2,3})|[A-Z]{2}[ie]\.\s?\d{3})",
    re.IGNORECASE,
)
_NEW_STYLE = re.compile(r"([A-Z]{2})([ie])\.\s?(\d{3})", re.IGNORECASE)
_IMO = re.compile(r"\bIMO[\s:.]{0,4}(?:number|no)?[\s:.]{0,4}(\d{7})\b", re.IGNORECASE)
# "(Phone number):(1) +44 … (Website):…": since 2021 what has no column stands so in the text.
_SECTION = re.compile(r"\(([A-Z][^():]{2,60}(?:\(s\))?)\)\s?:")
_SECTIONS = (  # words of a heading -> kind of fact; the first that fits
    (re.compile(r"statement of reasons", re.I), "reason"),
    (re.compile(r"phone", re.I), "phone"),
    (re.compile(r"e-?mail", re.I), "email"),
    (re.compile(r"website", re.I), "website"),
    (re.compile(r"gender", re.I), "gender"),
    (re.compile(r"type of entity", re.I), "entity_type"),
    (re.compile(r"parent", re.I), "parent"),
    (re.compile(r"subsidiar", re.I), "subsidiary"),
    (re.compile(r"business reg", re.I), "registration"),
    (re.compile(r"imo", re.I), "imo"),
    (re.compile(r"previous owner", re.I), "past_owner"),
    (re.compile(r"owner|operator", re.I), "owner"),
    (re.compile(r"previous flag", re.I), "past_flag"),
    (re.compile(r"flag", re.I), "flag"),
    (re.compile(r"type of ship|ship type", re.I), "ship_type"),
    (re.compile(r"tonnage", re.I), "tonnage"),
    (re.compile(r"length", re.I), "length"),
    (re.compile(r"year built|built", re.I), "built"),
    (re.compile(r"hull", re.I), "hull"),
)  # fmt: skip
# How the links are named in the words of the UK Sanctions List.
LINK_ROLES = {
    "parent": ("Parent company", "named"), "subsidiary": ("Subsidiary", "source"),
    "owner": ("Current owner/operator", ""),
}  # fmt: skip


class OfsiSource:
    """Reader of the list; an `ingest.source.Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return NAME in names

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_list_file(location, FILE, self.dataset)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """The day that the first line states: "Last Updated,13/04/2018"."""
        return find_day(files[NAME], NAME, self.dataset)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        table = read_table(files[NAME], NAME, LAYOUT, self.dataset)
        note_encoding(table, issues)
        issues.warn("closed-list", "OFSI closed this list on 28 January 2026, and its address "
                    "serves the last one still; who is listed since then is in the UK Sanctions "
                    "List (gb_fcdo).", locator=NAME)  # fmt: skip
        groups: dict[str, list[Fields]] = {}
        for fields in table.rows:
            group = fields.peek("group id")
            if group is None:
                issues.warn("no-group-id", f"{fields.peek('name 6')!r} has no Group ID; the row is "
                            "not read.", locator=fields.locator)  # fmt: skip
            else:
                groups.setdefault(group, []).append(fields)
        require_records(len(groups), "groups", NAME, self.dataset)
        parties, audit = PartyWriter(writer, issues), Audit()
        links = NamedLinks("gb", "OFSI", TITLE, PAGE)
        sha256 = writer.version.files.get(NAME, "")
        for group, rows in groups.items():
            entry = _read_group(group, rows, sha256, issues)
            for fields in rows:
                fields.report(audit)
            write_entry(parties, entry, AUTHORITY, TITLE)
            collect_links(links, entry)
        links.write(writer, issues)
        audit.report(issues)


def find_day(path: Path, name: str, dataset: str) -> str | None:
    """The first date in the first line of a list, as an ISO day; None when there is none."""
    with open_stream(path, name, dataset, member=member_of(name)) as stream:
        line = stream.read(HEAD).decode("latin-1").splitlines()[:1]
    words = re.split(r"[,:\"]", line[0]) if line else []
    days = (parse_date(word.strip()) for word in words if word.strip())
    return next((day for day in days if day), None)


def collect_links(links: NamedLinks, entry: Entry) -> None:
    """Let the links of a list know an entry's names, and which others it names."""
    schema = entry.schema()
    for name in entry.names:
        primary = name.kind.strip().lower() in ("prime alias", "primary name")
        links.learn(entry.id, schema, name.full, primary=primary)
    for kind, (role, owner) in LINK_ROLES.items():
        for text in entry.facts.get(kind, ()):
            for value in split_names(text):
                links.links.append(Link(entry.id, role, value, entry.provenance, owner))


def split_names(text: str) -> list[str]:
    """The names of a cell, which are numbered or parted by semicolons or line breaks."""
    names = (name for value in split_values(text) for name in re.split(r"[;\n]", value))
    return [name.strip() for name in names if name.strip()]


def _read_group(group: str, rows: Sequence[Fields], sha256: str, issues: IssueLog) -> Entry:
    """Collect the distinct values of all rows of a group."""
    first = next((row for row in rows if _is_primary(row.peek("alias type"))), rows[0])
    kinds = list(dict.fromkeys(filter(None, (row.peek("group type") for row in [first, *rows]))))
    entry = Entry(make_id("gb", group), kinds[0] if kinds else "",
                  Provenance(group, first.locator, sha256))  # fmt: skip
    if len(kinds) > 1:
        issues.warn("several-types", f"Group {group} is {' and '.join(kinds)}; taken as the first.",
                    entity_id=entry.id, locator=first.locator)  # fmt: skip
    listings: dict[tuple[str | None, ...], None] = {}
    for row in rows:
        row.ignore("group id", "group type")  # read above
        _read_names(row, entry)
        _read_facts(row, entry)
        names = ("regime", "listed on", "uk sanctions list date designated", "last updated")
        listings[tuple(row.take(name) for name in names)] = None
    for text in entry.facts.get("note", ()):
        _read_other_information(text, entry)
    entry.listings = list(_make_listings(group, list(listings), entry))
    return entry


def _is_primary(kind: str | None) -> bool:
    return (kind or "").lower() in ("prime alias", "primary name")


def _read_names(row: Fields, entry: Entry) -> None:
    given = tuple(filter(None, (row.take(f"name {number}") for number in range(1, 6))))
    last = row.take("name 6") or ""
    kind, strength = row.take("alias type") or "", row.take("alias quality") or ""
    if last or given:
        entry.names.append(Name(given, last, kind, strength))
    script = row.take("name non-latin script")
    language = row.take("non-latin script language")
    row.ignore("non-latin script type")  # the script is seen in the letters
    if script and (script, language) not in entry.scripts:
        entry.scripts.append((script, language))


def _read_facts(row: Fields, entry: Entry) -> None:
    for column, kind in (
        ("title", "title"), ("dob", "birth_date"), ("nationality", "nationality"),
        ("position", "position"), ("other information", "note"),
    ):  # fmt: skip
        entry.add(kind, row.take(column))
    birth = (row.take("town of birth"), row.take("country of birth"))
    if any(birth):
        entry.births.append(birth)
    for default, number, details in (
        ("Passport", row.take("passport number"), row.take("passport details")),
        ("National identification", row.take("national identification number"),
         row.take("national identification details")),
        ("National identification", None, row.take("ni number")),
    ):  # fmt: skip
        document = (default, number, details)
        if (number or details) and document not in entry.documents:
            entry.documents.append(document)
    lines = tuple(row.take(f"address {number}") for number in range(1, 7))
    address = (lines, row.take("post/zip code"), row.take("country"))
    if any(lines) or any(address[1:]):
        entry.addresses.append(address)


def _read_other_information(text: str, entry: Entry) -> None:
    marks = list(_SECTION.finditer(text))
    for at, mark in enumerate(marks):
        stop = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        kind = next((kind for words, kind in _SECTIONS if words.search(mark[1])), None)
        if kind:
            value = text[mark.end() : stop].strip()
            entry.add(kind, value if kind == "reason" else value.rstrip(" ."))
    if "imo" not in entry.facts and entry.kind.lower() != "individual":
        for number in _IMO.findall(text):
            entry.add("imo", number)


def find_un_references(text: str) -> list[str]:
    """The UN's reference numbers in a text, new ones in the UN's own spelling ("QDi.001")."""
    found = []
    for reference in _UN_REFERENCE.findall(text):
        match = _NEW_STYLE.fullmatch(reference)
        found.append(f"{match[1].upper()}{match[2].lower()}.{match[3]}" if match else reference)
    return list(dict.fromkeys(found))


def _make_listings(
    group: str, found: Sequence[tuple[str | None, ...]], entry: Entry
) -> list[Listing]:
    """One listing for each regime; the oldest keeps the plain key when another is added."""
    references = tuple(
        each for text in entry.facts.get("note", ()) for each in find_un_references(text)
    )
    by_regime: dict[str | None, tuple[str | None, ...]] = {}
    for listing in sorted(found, key=lambda each: (parse_date(each[1] or "") or "", each[0] or "")):
        by_regime.setdefault(listing[0], listing)
    return [
        Listing(
            "ofsi" if at == 0 else make_id("ofsi", regime or ""), group, regime, listed, start,
            modified, (ASSET_FREEZE.capitalize(),), references,
            tuple(entry.facts.get("reason", ())),
        )
        for at, (regime, listed, start, modified) in enumerate(by_regime.values())
    ]  # fmt: skip
