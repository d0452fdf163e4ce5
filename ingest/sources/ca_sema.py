"""Canada's consolidated list of autonomous sanctions, `sema-lmes.xml`.

Flat records without a number of their own: the regulation's country, schedule and item are the
stable ones. Since 2026 each element's name is in two languages ("Country-Pays"); the English half
is the older name. "Country" is the regulation, not a nationality. An IMO number makes a ship.

Source: Global Affairs Canada, "Consolidated Canadian Autonomous Sanctions List", layouts of 2023
and 2026; Special Economic Measures Act, s. 4: the list is of persons with whose property no
Canadian may deal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from graph.statements import Provenance, StatementWriter
from ingest.audit import Audit, Fields
from ingest.ids import digest, make_id
from ingest.listfile import (
    ListFile,
    begins_with_root,
    find_list_file,
    member_of,
)
from ingest.parties import Party, PartyWriter, Sanction
from ingest.source import IssueLog
from ingest.xml import Node, iter_nodes, require_records

NAME, ROOT = "sema-lmes.xml", "data-set"
AUTHORITY = "Global Affairs Canada"
TITLE = "Consolidated Canadian Autonomous Sanctions List"
PAGE = (
    "https://www.international.gc.ca/world-monde/international_relations-relations_internationales/"
    "sanctions/consolidated-consolide.aspx"
)  # fmt: skip
FILE = ListFile(NAME, ("*sema*lmes*.xml", "*sema*.xml"), begins_with_root(ROOT), PAGE)
FREEZE = "Asset freeze"

# Names of the layout of 2026, and of older ones -> the name used here.
_OLDER = {
    "Entity": "EntityOrShip", "DateOfBirth": "DateOfBirthOrShipBuildDate",
    "Title": "TitleOrShipType", "TitleOrShip": "TitleOrShipType",
}  # fmt: skip
_BILINGUAL = re.compile(r"\s*\|\s*|\s+/\s+")
_FIRM_ENDING = re.compile(
    r"^(?:co|ltd|llc|inc|corp|limited|gmbh|s\.?a|a\.?g|plc|pjsc|jsc|l\.?l\.?c|ltda|bv|nv)\b\.?",
    re.IGNORECASE,
)


class SemaSource:
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
        seen: dict[str, list[Mapping[str, str]]] = {}  # records by id
        for node in self._nodes(files):
            locator = f"{NAME}:{node.line}"
            if node.tag == "record":
                cells = _read_cells(node)
                fields = Fields(cells, locator)
                entity = _identify(fields, cells, seen, issues)
                if entity:
                    record_id = ", ".join(fields.peek(name) or "" for name in _KEYS)
                    _write(parties, fields, entity, Provenance(record_id, locator, sha256))
                    fields.report(audit)
            node.report(audit, locator)
        require_records(len(seen), "records", NAME, self.dataset)
        audit.report(issues)

    def _nodes(self, files: Mapping[str, Path]) -> Iterator[Node]:
        return iter_nodes(
            files[NAME], NAME, ("record",), roots=(ROOT,), dataset=self.dataset,
            member=member_of(NAME),
        )  # fmt: skip


_KEYS = ("Country", "Schedule", "Item")


def _read_cells(node: Node) -> dict[str, str]:
    cells: dict[str, list[str]] = {}
    for child in node.all_children():
        name = child.tag.partition("-")[0]
        text = " ".join((child.text() or "").split())
        if text:
            cells.setdefault(_OLDER.get(name, name), []).append(text)
    return {name: "; ".join(texts) for name, texts in cells.items()}


def _identify(
    fields: Fields,
    cells: Mapping[str, str],
    seen: dict[str, list[Mapping[str, str]]],
    issues: IssueLog,
) -> str | None:
    """Id of a record; None for one that stands there twice, word for word, or names nobody."""
    name = _full_name(fields)
    if not name:
        issues.warn("no-name", "A record names nobody; it is not read.", locator=fields.locator)
        return None
    country, schedule = _english(fields.peek("Country") or ""), fields.peek("Schedule")
    item = fields.peek("Item")
    if item is None:
        issues.warn("no-item", f"{name!r} has no item number; its id is made of its name.",
                    locator=fields.locator)  # fmt: skip
    entity = make_id("ca", country, schedule or "none", item or digest(name))
    earlier = seen.setdefault(entity, [])
    if cells in earlier:
        issues.warn("duplicate-row", f"{name!r} stands there twice, word for word.",
                    entity_id=entity, locator=fields.locator)  # fmt: skip
        return None
    earlier.append(cells)
    if len(earlier) > 1:
        entity += f"-dup{len(earlier)}"
        issues.warn("duplicate-id", f"Schedule {schedule}, item {item} of {country} is of more "
                    f"than one; {name!r} is kept as {entity}.", entity_id=entity,
                    locator=fields.locator)  # fmt: skip
    return entity


def _english(text: str) -> str:
    """The English half of "Russia / Russie" or "General Cargo | Cargo classique"."""
    return _BILINGUAL.split(text, maxsplit=1)[0].strip()


def _full_name(fields: Fields) -> str:
    entity = fields.peek("EntityOrShip")
    parts = filter(None, (fields.peek("GivenName"), fields.peek("LastName")))
    return entity or " ".join(parts)


def _write(parties: PartyWriter, fields: Fields, entity: str, provenance: Provenance) -> None:
    imo, name = fields.take("ShipIMONumber"), _full_name(fields)
    given, last = fields.take("GivenName"), fields.take("LastName")
    schema = "Vessel" if imo else "Organization" if fields.take("EntityOrShip") else "Person"
    fields.ignore("EntityOrShip")  # read above
    party = parties.party(entity, schema, provenance)
    party.put("name", name)
    if schema == "Person":
        if given and last:
            party.put("firstName", given)
            party.put("lastName", last)
    else:
        party.put_all("alias", (each for each in (given, last) if each))
    aliases = fields.take("Aliases")
    for value in split_aliases(aliases or "", person=schema == "Person"):
        party.put("alias", value, original=aliases)
    party.put("imoNumber", imo)
    _write_title(party, fields.take("TitleOrShipType"))
    party.dates(("birthDate", "incorporationDate", "buildDate"),
                fields.take("DateOfBirthOrShipBuildDate"))  # fmt: skip
    party.put("topics", "sanction")
    country, schedule, item = (fields.take(key) for key in _KEYS)
    number = ", ".join(
        f"{words} {value}" for words, value in (("Schedule", schedule), ("item", item)) if value
    )
    party.sanction(
        Sanction(
            "sema", AUTHORITY, TITLE, number or None, "ca", programs=(country,) if country else (),
            listed=fields.take("DateOfListing"), measures=(FREEZE,), source_url=PAGE,
        )
    )  # fmt: skip


def _write_title(party: Party, text: str | None) -> None:
    if not text:
        return
    party.put(("title", "type", "summary"), _english(text), original=text)


def split_aliases(text: str, *, person: bool) -> list[str]:
    """The names of the one field for all of them.

    Semicolons part names. So do commas, but not in "Neverland Trading Co., Ltd".
    """
    found: list[str] = []
    for part in re.split(r"[;\n]", text):
        pieces = [piece.strip() for piece in re.split(r",(?=\s)|(?<=\s),", part)]
        for at, piece in enumerate(pieces):
            if at and not person and _FIRM_ENDING.match(piece):
                found[-1] += f", {piece}"
            else:
                found.append(piece)
    return list(dict.fromkeys(name for name in (each.strip(" ,") for each in found) if name))
