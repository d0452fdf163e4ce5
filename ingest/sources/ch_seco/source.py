"""The Swiss list of SECO: all sanctioned persons, entities and objects, also the de-listed ones.

Places and sanctions sets stand once and are referred to by number, before or after the targets: the
file is read twice. A target that was de-listed stays in the file, and stays a party: its listing
has an end and it has no topic. The history inside `modification` is not read: it repeats whole
targets as they were.

A set of measures counts as financial sanctions unless its name says that it is about goods,
markets, travel or transport: SECO names some sets only by the annex ("annexe 13").

Source: State Secretariat for Economic Affairs (SECO), "Gesamtliste der sanktionierten Personen,
Unternehmen und Organisationen", XML, https://www.seco.admin.ch.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.audit import Audit
from ingest.dates import parse_date
from ingest.ids import digest, make_id
from ingest.listfile import (
    ListFile,
    begins_with_root,
    find_list_file,
    member_of,
)
from ingest.parties import Party, PartyWriter, Sanction
from ingest.source import IssueLog
from ingest.sources.ch_seco.identity import SecoPlace, read_place, write_identity
from ingest.unpack import refuse
from ingest.xml import Node, iter_nodes, require_records

NAME, ROOT = "swiss_sanctions_list.xml", "swiss-sanctions-list"
AUTHORITY = "State Secretariat for Economic Affairs (SECO)"
TITLE = "SECO list of sanctioned persons, companies and organisations"
PAGE = (
    "https://www.seco.admin.ch/seco/en/home/Aussenwirtschaftspolitik_Wirtschaftliche_Zusammenarbeit"
    "/Wirtschaftsbeziehungen/exportkontrollen-und-sanktionen/sanktionen-embargos.html"
)
FILE = ListFile(NAME, ("*swiss*sanctions*list*.xml", "*seco*.xml", "consolidated-list_*.xml"),
                begins_with_root(ROOT), PAGE)  # fmt: skip

_SCHEMATA = {"individual": "Person", "entity": "Organization"}
_OBJECTS = {"vessel": "Vessel", "aircraft": "Airplane"}
_RELATIONS = frozenset({"related-to"})
_LISTED, _AMENDED, _DELISTED = "listed", "amended", "de-listed"
_UN_NUMBER = re.compile(r"[A-Z]{2}[ie]\.\d{3}")
_IMO = re.compile(r"\bIMO\b\D{0,20}(\d{7})\b", re.IGNORECASE)
_FREEZE = re.compile(r"financial|freez|assets|funds", re.IGNORECASE)
_EXPORT = re.compile(r"\bgoods\b|dual-?use|export|technolog|militar", re.IGNORECASE)
_OTHER = re.compile(
    r"capital market|securities|travel|entry|transit|vessel|\bships?\b|\bports?\b|aircraft|media|"
    r"broadcast|transaction",
    re.IGNORECASE,
)


class _Set(NamedTuple):
    """One set of measures of a programme."""

    program: str | None
    name: str | None
    origin: str | None  # "UN", "EU", "CH"


@dataclass(slots=True)
class _Directory:
    """What targets refer to by number."""

    sets: dict[str, _Set] = field(default_factory=dict)
    places: dict[str, SecoPlace] = field(default_factory=dict)
    targets: set[str] = field(default_factory=set)


class _Spell(NamedTuple):
    """One time on the list. Dates as published."""

    decided: str | None
    effective: str | None
    end: str | None = None
    ended: bool = False  # also on a day that is not stated


class SecoSource:
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
        """The day in `swiss-sanctions-list@date`."""
        root = next(self._nodes(files))
        return parse_date(root.attribute("date") or "")

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        audit = Audit()
        directory = self._read_directory(files, audit)
        require_records(len(directory.targets), "targets", NAME, self.dataset)
        targets = _Targets(directory, writer, issues)
        for node in self._nodes(files):
            if node.tag == "target":
                targets.write(node)
                node.report(audit, f"{NAME}:{node.line}")
        require_records(targets.written, "targets that are parties", NAME, self.dataset)
        audit.report(issues)

    def _read_directory(self, files: Mapping[str, Path], audit: Audit) -> _Directory:
        directory = _Directory()
        for node in self._nodes(files):
            locator = f"{NAME}:{node.line}"
            if node.tag == "target":
                directory.targets.add(node.attribute("ssid") or "")
                continue
            if node.tag == "place":
                number, place = read_place(node)
                directory.places[number] = place
            elif node.tag == "sanctions-program":
                directory.sets |= _read_program(node)
            else:
                self._check_root(node)
            node.report(audit, locator)
        return directory

    def _check_root(self, root: Node) -> None:
        kind = root.attribute("list-type")
        root.ignore("@date")  # see `published`
        if kind not in (None, "whole-list"):
            fault = f"the list is of the type {kind!r}: changes only, not the whole list"
            raise refuse(NAME, root.line, fault, "Download the whole list.", self.dataset)

    def _nodes(self, files: Mapping[str, Path]) -> Iterator[Node]:
        return iter_nodes(
            files[NAME], NAME, ("sanctions-program", "place", "target"), roots=(ROOT,),
            dataset=self.dataset, member=member_of(NAME),
        )  # fmt: skip


def _read_program(node: Node) -> dict[str, _Set]:
    node.ignore("@ssid", "@version-date", "@predecessor-version-date")  # of the ordinance's text
    names = _by_language(node.children("program-name")) or _by_language(
        node.children("program-key")
    )
    node.ignore("program-key")  # a short form of the name
    origin = node.child_text("origin")
    sets: dict[str, dict[str | None, str]] = {}
    for child in node.children("sanctions-set"):
        number, language = child.attribute("ssid"), child.attribute("lang")
        text = child.text()
        if number:
            sets.setdefault(number, {})
            if text:
                sets[number][language] = text
    return {number: _Set(_pick(names), _pick(texts), origin) for number, texts in sets.items()}


def _by_language(nodes: Sequence[Node]) -> dict[str | None, str]:
    found = {}
    for node in nodes:
        language, text = node.attribute("lang"), node.text()
        if text:
            found[language] = text
    return found


def _pick(texts: Mapping[str | None, str]) -> str | None:
    """The English text, else the first."""
    return texts.get("eng") or next(iter(texts.values()), None)


class _Targets:
    """Writes the targets of one load."""

    def __init__(self, directory: _Directory, writer: StatementWriter, issues: IssueLog) -> None:
        self._directory = directory
        self._writer, self._issues = writer, issues
        self._parties = PartyWriter(writer, issues)
        self._sha256 = writer.version.files.get(NAME, "")
        self._stubs: set[str] = set()
        self._numbers: set[str] = set()
        self.written = 0

    def write(self, node: Node) -> None:
        locator = f"{NAME}:{node.line}"
        number = node.attribute("ssid")
        body, schema = _find_body(node)
        if number is None or body is None:
            self._issues.warn("empty-target", f"Target {number} has no number, or is neither a "
                              "person, an entity nor an object; it is not read.",
                              locator=locator)  # fmt: skip
            return
        self.written += 1
        party = self._parties.party(
            make_id("ch", number), schema or "Asset", Provenance(number, locator, self._sha256)
        )
        if number in self._numbers:
            party.warn("duplicate-id", f"Target {number} stands there more than once; all that is "
                       "said of it is stated of one party.")  # fmt: skip
        self._numbers.add(number)
        if schema is None:
            party.warn("unknown-type", f"Target {number} is an object of an unknown type; taken as "
                       "an asset.")  # fmt: skip
        party.put("gender", body.attribute("sex"))
        for identity in body.children("identity"):
            write_identity(party, identity, self._directory.places)
        for text in _texts(body, "other-information"):
            party.note(text)
            if schema == "Vessel":
                party.put_all("imoNumber", _IMO.findall(text))
        for relation in body.children("relation"):
            self._write_relation(party, relation)
        self._write_listing(party, number, node, _texts(body, "justification"))

    def _write_relation(self, party: Party, node: Node) -> None:
        target, kind = node.attribute("target-id"), node.attribute("relation-type") or ""
        number, remark = node.attribute("ssid"), node.text() or node.child_text("remark")
        if target is None:
            party.warn("broken-relation", f"A relation {kind!r} names no target; it is not stated.")
            return
        if kind not in _RELATIONS:
            party.warn("unknown-relation-type", f"A relation has the unknown type {kind!r}; kept "
                       "as a link in these words.")  # fmt: skip
        other = make_id("ch", target)
        if target not in self._directory.targets:
            other = self._stub(party, target)
        role = kind.replace("-", " ").strip().capitalize() or "Related to"
        day = self._writer.version.published
        self._writer.add_relation(
            Relation(
                id=make_id("ch-relation", number) if number
                else f"ch-relation-{digest(party.id, other, kind)}",
                kind="link", schema="UnknownLink", source=party.id, target=other, role=role,
            ),
            Assertion(
                by="SECO", on=day, standing=True, source_url=PAGE, note=remark,
                source_title=f"{TITLE}, {day}" if day else TITLE, quote=kind or None,
            ),
            party.provenance,
        )  # fmt: skip

    def _stub(self, party: Party, target: str) -> str:
        stub = make_id("ch-unresolved", target)
        party.warn("unresolved-link", f"Target {target} is not in this file.")
        if stub not in self._stubs:
            self._stubs.add(stub)
            self._writer.add_entity(stub, "LegalEntity", party.provenance)
            self._writer.add(stub, "LegalEntity", "notes", f"SECO target {target}, which the list "
                             "does not hold.", party.provenance, origin="relation")  # fmt: skip
        return stub

    def _write_listing(self, party: Party, number: str, node: Node, reasons: Sequence[str]) -> None:
        sets = list(self._sets(party, node))
        foreign = node.texts("foreign-identifier")
        un_numbers = [each for each in foreign if _UN_NUMBER.fullmatch(each)]
        if not un_numbers and any(each.origin == "UN" for each in sets):
            un_numbers = foreign
        for each in foreign:
            if each not in un_numbers[:1]:
                party.note(f"Foreign identifier: {each}")
        spells, modified = _read_spells(party, node)
        for at, spell in enumerate(spells):
            party.sanction(
                Sanction(
                    "seco" if at == 0 else f"seco-{at + 1}", AUTHORITY, TITLE, number, "ch",
                    programs=list(dict.fromkeys(each.program for each in sets if each.program)),
                    listed=spell.decided, start=spell.effective, end=spell.end, modified=modified,
                    reasons=reasons, source_url=PAGE,
                    measures=list(dict.fromkeys(each.name for each in sets if each.name)),
                    unsc_id=next(iter(un_numbers), None),
                )
            )  # fmt: skip
        if not spells[-1].ended:
            topics = [_topic(each.name or "") for each in sets] or ["sanction"]
            party.put_all("topics", dict.fromkeys(topics))

    def _sets(self, party: Party, node: Node) -> Iterator[_Set]:
        attribute = node.attribute("sanctions-set-id")
        for number in dict.fromkeys([*node.texts("sanctions-set-id"), *([attribute] if attribute
                                                                        else [])]):  # fmt: skip
            found = self._directory.sets.get(number)
            if found is None:
                party.warn("unknown-set", f"Sanctions set {number} is not in the file.")
                party.note(f"Sanctions set: {number}")
            else:
                yield found


def _find_body(node: Node) -> tuple[Node | None, str | None]:
    """The one child that says what the target is, and the schema; None for an unknown object."""
    for tag, schema in _SCHEMATA.items():
        body = node.child(tag)
        if body is not None:
            return body, schema
    body = node.child("object")
    return body, _OBJECTS.get((body.attribute("object-type") or "") if body is not None else "")


def _texts(node: Node, tag: str) -> list[str]:
    children = node.children(tag)
    for child in children:
        child.ignore("@ssid", "@lang")  # no other file refers to it; English in the English list
    return [text for text in (child.text() for child in children) if text]


def _topic(name: str) -> str:
    if _FREEZE.search(name):
        return "sanction"
    if _EXPORT.search(name):
        return "export.control"
    return "reg.action" if _OTHER.search(name) else "sanction"


def _read_spells(party: Party, node: Node) -> tuple[list[_Spell], str | None]:
    """The times on the list, oldest first, at least one; and when it was last changed.

    The file has the youngest change first, but not always: dates decide, and order where they are
    the same.
    """
    changes = []
    for child in node.children("modification"):
        child.ignore("added", "removed")  # the target as it was
        kind = child.attribute("modification-type") or ""
        names = ("enactment-date", "publication-date", "effective-date")
        enacted, published, effective = (child.attribute(name) for name in names)
        child.ignore("@ssid")
        if kind not in (_LISTED, _AMENDED, _DELISTED):
            party.warn("unknown-modification", f"A change has the unknown type {kind!r}; it "
                       "changes nothing here.")  # fmt: skip
        changes.append((effective or enacted or published or "", kind,
                        _Spell(enacted or published or effective, effective)))  # fmt: skip
    changes.reverse()
    changes.sort(key=lambda change: change[0])
    spells: list[_Spell] = []
    for day, kind, spell in changes:
        if kind == _LISTED and (not spells or spells[-1].ended):
            spells.append(spell)
        elif kind == _DELISTED and (not spells or not spells[-1].ended):
            before = spells.pop() if spells else _Spell(None, None)
            spells.append(before._replace(end=day or None, ended=True))
            if not day:
                party.warn("undated-end", "It was de-listed on a day that is not stated.")
    modified = next((day for day, _, _ in reversed(changes) if day), None)
    return spells or [_Spell(None, None)], modified
