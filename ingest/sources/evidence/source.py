"""Evidence files: what somebody states about parties, every row with its source.

`docs/evidence-files.md` describes the two tables. Nothing enters without a source and somebody who
said it. A list owns what it says of its parties: evidence rows only name them, and the entity table
alone may add to them. A status in the file is its author's word: kept with the evidence, not used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from followthemoney import model
from followthemoney.exc import InvalidData
from followthemoney.schema import Schema

from graph.errors import ParseError
from graph.model import NodeKind
from graph.statements import Assertion, Provenance, Relation, StatementWriter, require_schema
from ingest.source import IssueLog
from ingest.sources.evidence.facts import (
    End,
    EntityRow,
    Fact,
    accept_rows,
    check_entity,
    check_fact,
)
from ingest.sources.evidence.tables import (
    FORMATS,
    REQUIRED,
    make_error,
    plain_name,
    read_tables,
)

_PROGRAM = re.compile(r"\bprogram(?:me)? ([A-Z0-9][A-Z0-9_-]*)")
_PLAIN_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")  # the forms that FollowTheMoney has

_Value = TypeVar("_Value")


class EvidenceSource:
    """Reads a case: a CSV or YAML file, or a folder with `evidence.*` and perhaps `entities.*`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`."""
        return any(name.endswith(FORMATS) for name in names)

    def find_files(self, location: Path) -> dict[str, Path]:
        """The file itself, or `evidence.*` and `entities.*` of a folder, plain or gzipped.

        Raises:
            ParseError: When there is no such file, or more than one for a table.
        """
        if location.is_file():
            if not plain_name(location).endswith(FORMATS):
                raise make_error(f"{location.name} is neither CSV nor YAML; save it as CSV.")
            return {plain_name(location): location}
        if not location.is_dir():
            raise make_error(f"{location} is absent; give a file or a folder with evidence.csv.")
        found: dict[str, Path] = {}
        for table in REQUIRED:
            names = {f"{table}{suffix}" for suffix in FORMATS}
            paths = [path for path in sorted(location.iterdir()) if plain_name(path) in names]
            if len(paths) > 1:
                listed = ", ".join(path.name for path in paths)
                raise make_error(f"{location} holds {listed}; keep one of them.")
            found |= {plain_name(path): path for path in paths}
        if not any(name.startswith("evidence.") for name in found):
            raise make_error(f"{location} holds no evidence.csv or evidence.yaml; add one.")
        return found

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """Read both tables; log every rejected row; write entities, listings and relations.

        Raises:
            ParseError: When a file is not of the format, or most of its rows are rejected.
        """
        try:
            tables = read_tables(files)
            entities = accept_rows(tables["entities"], check_entity, issues)
            facts = accept_rows(tables["evidence"], check_fact, issues)
        except ParseError as exc:
            exc.dataset = self.dataset
            raise
        case = _Case(writer, issues, find_schemata(facts, entities, issues))
        case.write_entities(entities)
        case.write_named(facts, {entity.id for entity in entities})
        case.write_facts(facts)


def is_outlet(fact: Fact) -> bool:
    """Whether the object of a location row is a place of business, to be screened like a party."""
    return fact.kind == "location" and "outlet" in fact.role.casefold()


def _iter_ranges(fact: Fact) -> Iterator[tuple[End, Schema]]:
    """What FollowTheMoney asks of the two ends."""
    edge = require_schema(fact.schema)
    for end, prop in ((fact.subject, edge.source_prop), (fact.object, edge.target_prop)):
        if prop is not None and prop.range is not None:
            yield end, prop.range


def _combine(left: str, right: str) -> str | None:
    try:
        return model.common_schema(left, right).name
    except InvalidData:
        return None


def find_schemata(facts: list[Fact], entities: list[EntityRow], issues: IssueLog) -> dict[str, str]:
    """The schema of every entity in the file, as far as the file can tell.

    What is declared stands; what the rows imply may only make it narrower, as an Organization that
    somebody owns is a Company. An entity of which no row implies anything is a LegalEntity: a name
    does not tell a person from an organisation.
    """
    schemata: dict[str, str] = {}
    implied: dict[str, set[str]] = {}
    declared = [(End(row.id, "", row.schema), row.locator) for row in entities]
    for fact in (fact for fact in facts if fact.kind != "listing"):
        declared += [(end, fact.locator) for end in (fact.subject, fact.object)]
        for end, required in _iter_ranges(fact):
            # Of the assets that FollowTheMoney knows, the one that rows own undeclared.
            name = "Company" if required.name == "Asset" else required.name
            implied.setdefault(end.id, set()).add(name)
        if fact.kind == "location":
            implied[fact.object.id].add("Organization" if is_outlet(fact) else "Address")
    for end, locator in declared:
        current = schemata.setdefault(end.id, end.schema) if end.schema else ""
        combined = _combine(current, end.schema) if current else ""
        if combined is None:
            issues.warn(
                "schema-differs",
                f"{end.id} is declared {end.schema} here, {current} before, which is kept.",
                entity_id=end.id,
                locator=locator,
            )
        schemata |= {end.id: combined} if combined else {}
    for entity_id, names in implied.items():
        for name in sorted(names):
            current = schemata.setdefault(entity_id, name)
            schemata[entity_id] = _combine(current, name) or current
        if schemata[entity_id] == "Thing":
            schemata[entity_id] = "LegalEntity"
    return schemata


class _Case:
    """Writes the facts of one case."""

    def __init__(
        self, writer: StatementWriter, issues: IssueLog, schemata: Mapping[str, str]
    ) -> None:
        self.writer = writer
        self.issues = issues
        self.schemata = schemata

    def write_entities(self, entities: list[EntityRow]) -> None:
        """State what the entity table says."""
        for entity in entities:
            for prop, value in entity.values:
                self._add(entity.id, self.schemata[entity.id], prop, value, entity.locator)

    def write_named(self, facts: list[Fact], described: set[str]) -> None:
        """State the entities that only the evidence table names."""
        names: dict[str, list[str]] = {}
        outlets = {fact.object.id for fact in facts if is_outlet(fact)}
        for fact in facts:
            for end in (fact.subject,) if fact.kind == "listing" else (fact.subject, fact.object):
                if end.id.startswith("case:") and end.id not in described:
                    known = names.setdefault(end.id, [])
                    if end.name not in known:
                        known.append(end.name)
                        self._write_name(end, known, fact.locator, outlet=end.id in outlets)

    def _write_name(self, end: End, known: list[str], locator: str, *, outlet: bool) -> None:
        if len(known) > 1:
            self.issues.warn(
                "name-differs",
                f"{end.id} is called {end.name!r} here, {known[0]!r} before; both are kept. "
                "Check that they are the same.",
                entity_id=end.id,
                locator=locator,
            )
        schema = self.schemata.get(end.id, "LegalEntity")
        self._add(end.id, schema, "full" if schema == "Address" else "name", end.name, locator)
        if end.name.startswith("(") and end.name.endswith(")"):
            self._add(end.id, schema, "notes", "unnamed in the source", locator)
        if outlet and require_schema(schema).get("classification"):
            self._add(end.id, schema, "classification", NodeKind.OUTLET.value, locator)

    def write_facts(self, facts: list[Fact]) -> None:
        """Write listings and relations; rows that state the same one are its evidence together."""
        groups: dict[str, list[Fact]] = {}
        for fact in facts:
            relation_id = make_relation_id(self.writer.version.dataset, fact)
            groups.setdefault(relation_id, []).append(fact)
        for relation_id, group in groups.items():
            if group[0].kind == "listing":
                for fact in group:
                    self._write_listing(relation_id, fact)
            else:
                self._write_relation(relation_id, group)

    def _write_listing(self, listing_id: str, fact: Fact) -> None:
        said = fact.assertions[0]
        program = _PROGRAM.search(fact.object.name)
        values = {
            "entity": fact.subject.id,
            "authority": said.by,
            "listingDate": fact.start,
            "startDate": fact.start,
            "endDate": fact.end,
            "program": program[1] if program else fact.object.name,
            "provisions": fact.role,
            "description": fact.object.name,
            "sourceUrl": said.source_url,
            "publisher": said.source_title,
            "reason": said.quote,
            "summary": said.note,
        }
        for prop, value in values.items():
            if value and prop.endswith("Date") and not _PLAIN_DATE.fullmatch(value):
                self.issues.warn(
                    "unusable-date",
                    f"a listing takes a plain date; {prop} {value!r} is left out.",
                    entity_id=fact.subject.id,
                    locator=fact.locator,
                )
            elif value:
                self._add(listing_id, "Sanction", prop, value, fact.locator)

    def _write_relation(self, relation_id: str, group: list[Fact]) -> None:
        first = group[0]
        relation = Relation(
            id=relation_id,
            kind=first.kind,  # type: ignore[arg-type]  # one of RelationKind: listings are apart
            schema=self._find_edge(first),
            source=first.subject.id,
            target=first.object.id,
            role=first.role,
            start=self._agree("start_date", [(fact.start, fact) for fact in group]),
            end=self._agree("end_date", [(fact.end, fact) for fact in group]),
            percentage=self._agree("percentage", [(fact.percentage, fact) for fact in group]),
            confidence=self._agree("confidence", [(fact.confidence, fact) for fact in group]),
            probability=self._agree("probability", [(fact.probability, fact) for fact in group]),
        )
        # Two denials of one statement need two rows: the statement itself is written once.
        first_at: dict[Assertion, str] = {}
        for fact in group:
            for assertion in fact.assertions:
                first_at.setdefault(assertion, fact.locator)
        for assertion, locator in first_at.items():
            self.writer.add_relation(relation, assertion, self._locate(relation_id, locator))

    def _find_edge(self, fact: Fact) -> str:
        """The row's schema, or UnknownLink where an end is nothing that it can link."""
        for end, required in _iter_ranges(fact):
            schema = self.schemata[end.id]
            if not require_schema(schema).is_a(required):
                self.issues.note(
                    "schema-generalised",
                    f"{fact.schema} cannot link {end.id}, a {schema}; kept as UnknownLink "
                    f"with the role {fact.role!r}.",
                    entity_id=end.id,
                    locator=fact.locator,
                )
                return "UnknownLink"
        return fact.schema

    def _agree(self, column: str, values: list[tuple[_Value | None, Fact]]) -> _Value | None:
        """The first value that a row states; a blank is no disagreement."""
        stated = [(value, fact) for value, fact in values if value is not None]
        for value, fact in stated[1:]:
            if value != stated[0][0]:
                self.issues.warn(
                    "values-differ",
                    f"{column} is {value} here, {stated[0][0]} in {stated[0][1].locator}, "
                    "which is kept.",
                    entity_id=fact.subject.id,
                    locator=fact.locator,
                )
        return stated[0][0] if stated else None

    def _add(self, entity_id: str, schema: str, prop: str, value: str, locator: str) -> None:
        self.writer.add(entity_id, schema, prop, value, self._locate(entity_id, locator))

    def _locate(self, record_id: str, locator: str) -> Provenance:
        sha256 = self.writer.version.files.get(locator.rpartition(":")[0], "")
        return Provenance(record_id, locator, sha256)


def make_relation_id(dataset: str, fact: Fact) -> str:
    """The id of what a row states, whoever says it and wherever the row stands.

    The role belongs to it: one person may be both owner and director of a company. Events and
    listings recur, so their start belongs to it too.
    """
    role = " ".join(fact.role.casefold().split())
    parts = [dataset, fact.kind, fact.subject.id, fact.schema, fact.object.id, role]
    if fact.kind in ("event", "listing"):
        parts.append(fact.start or "")
    digest = hashlib.sha1("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()
    return f"ev-{digest[:16]}"
