"""Anybody's FollowTheMoney data: entities as they are, edges as relations with their evidence.

Ids are put under the name of the dataset (`ftm-<name>-…`): a file may call its entities anything,
`ofac-…` too, and does not speak for that publisher by it. An id that is no plain lower-case one is
followed by a digest of itself, as ids of FollowTheMoney differ by case.

Source: FollowTheMoney 4, followthemoney.tech; OpenSanctions, opensanctions.org/docs/bulk.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from followthemoney import model
from followthemoney.exc import InvalidData
from followthemoney.property import Property
from followthemoney.schema import Schema
from followthemoney.types import registry

from graph.cleaning import Cleaner
from graph.statements import Provenance, StatementWriter
from ingest.ids import digest, make_id
from ingest.parties import Party, PartyWriter
from ingest.source import IssueLog
from ingest.sources.ftm.links import write_edge
from ingest.sources.ftm.rows import EntityFiles, FileEntity, Value, find_entity_files, join
from ingest.tally import Tally
from ingest.xml import require_records

# Marks of parties that the network treats as named without an id, or not at all.
_MARKS = ("-unresolved-", "-unnamed-")
_WIKIDATA = re.compile(r"Q[1-9]\d*")


class FtmSource:
    """Reads FollowTheMoney files; a `Reader`."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset

    def find_files(self, location: Path) -> dict[str, Path]:
        """See `ingest.source.Source`."""
        return find_entity_files(location, self.dataset)

    def reads(self, names: Collection[str]) -> bool:
        """See `ingest.source.Reader`; a dataset of this kind has no other format."""
        return bool(names)

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """Read the files twice: which ids there are, then everything.

        See `ingest.source.Source`. Edges wait until the end: their statements may be scattered.
        """
        known = _Known()
        for entity in EntityFiles(files, self.dataset, IssueLog()).iter_entities():
            known.add(entity)
        require_records(len(known.ids), "entities", ", ".join(files), self.dataset)
        load = _Load(make_id(self.dataset.replace("_", "-")), known, writer, issues)
        for entity in EntityFiles(files, self.dataset, issues).iter_entities():
            load.write(entity)
        load.finish()
        require_records(load.written, "entities of a known schema", ", ".join(files), self.dataset)


class _Known:
    """The ids of a load, and the ones that stand for others."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self._merged: dict[str, str] = {}

    def add(self, entity: FileEntity) -> None:
        self.ids.add(entity.id)
        for referent in entity.referents:
            if referent != entity.id:
                self._merged.setdefault(referent, entity.id)

    def find(self, reference: str) -> str:
        """The id under which the file has what a reference names; the reference, if it has none."""
        return reference if reference in self.ids else self._merged.get(reference, reference)


class _Load:
    """One load."""

    def __init__(
        self, prefix: str, known: _Known, writer: StatementWriter, issues: IssueLog
    ) -> None:
        self._prefix, self._known = prefix, known
        self._writer, self._issues = writer, issues
        self._parties = PartyWriter(writer, issues)
        self._tally = Tally()
        self._edges: dict[str, FileEntity] = {}
        self._referents: dict[str, set[str]] = {}
        self._stubs: set[str] = set()
        self.written = 0

    def write(self, entity: FileEntity) -> None:
        """Write an entity that is no edge; keep an edge for the end."""
        schema = model.get(entity.schema)
        self.written += schema is not None
        if schema is None:
            self._tally.see("unknown-schema", f"FollowTheMoney has no schema {entity.schema!r}; "
                            "such entities are not taken", entity.locator)  # fmt: skip
        elif schema.edge:
            whole = self._edges.setdefault(entity.id, entity)
            if whole is not entity:
                join(whole, entity)
                whole.schema = _common(whole.schema, entity.schema)
        else:
            self._write_properties(self.make_id(entity.id), schema, entity, set())

    def make_id(self, original: str) -> str:
        """The id of an entity that the file calls so."""
        slug = make_id(self._prefix, original)
        if any(mark in f"-{original}-" for mark in _MARKS):
            return f"{self._prefix}-{digest(original)}"
        return slug if slug == f"{self._prefix}-{original}" else f"{slug}-{digest(original)[:8]}"

    def finish(self) -> None:
        """Write the edges, and report what many entities have in common."""
        for entity in self._edges.values():
            self._write_edge(entity)
        self._tally.report(self._issues, notes=frozenset({"seen-days", "dangling-reference"}))

    def _write_edge(self, entity: FileEntity) -> None:
        schema = model[entity.schema]
        source, target = schema.source_prop, schema.target_prop
        own = self.make_id(entity.id)
        provenance = self._provenance(entity, entity.datasets)
        if source is None or target is None or not (
            entity.properties.get(source.name) and entity.properties.get(target.name)
        ):  # fmt: skip
            self._issues.warn("edge-without-end", f"{entity.id!r}, {entity.schema}, names no two "
                              "ends; it is kept as it is and links nothing.", entity_id=own,
                              locator=entity.locator)  # fmt: skip
            self._write_properties(own, schema, entity, set())
            return
        ends = (self._find_ends(entity, source), self._find_ends(entity, target))
        for relation, spent in write_edge(
            self._writer, self._issues, entity, schema, ends, own, provenance
        ):
            self._write_properties(relation, schema, entity, spent, ends={source.name, target.name})

    def _find_ends(self, entity: FileEntity, prop: Property) -> list[str]:
        found = []
        for value in entity.properties[prop.name]:
            reference = self._known.find(value.text)
            if reference in self._known.ids:
                found.append(self.make_id(reference))
            else:
                found.append(self._stub(reference, prop, entity))
        return list(dict.fromkeys(found))

    def _stub(self, reference: str, prop: Property, entity: FileEntity) -> str:
        """An end that the file only refers to."""
        own = f"{self._prefix}-unresolved-{digest(reference)}"
        if own not in self._stubs:
            self._stubs.add(own)
            provenance = self._provenance(entity, entity.datasets)
            stub = self._parties.party(own, _stub_schema(prop), provenance)
            stub.note(f"An edge of the file names it {reference}; the file says nothing of it.")
            stub.warn("unresolved-reference", f"{entity.id!r} names {reference!r}, which the file "
                      "does not have.")  # fmt: skip
        return own

    def _write_properties(
        self,
        own: str,
        schema: Schema,
        entity: FileEntity,
        spent: set[tuple[str, str]],
        ends: Collection[str] = (),
    ) -> None:
        """State all values but those that the relation has stated."""
        by_origin: dict[tuple[str, ...], Party] = {}
        party = self._party(own, schema, entity, entity.datasets, by_origin)
        self._writer.add_entity(own, schema.name, party.provenance)
        for name, values in entity.properties.items():
            if name in ends:
                continue
            for value in values:
                if (name, value.text) not in spent:
                    party = self._party(own, schema, entity, value.datasets, by_origin)
                    self._put(party, schema, name, value)
        self._write_identity(party, schema, entity)

    def _party(
        self,
        own: str,
        schema: Schema,
        entity: FileEntity,
        datasets: tuple[str, ...],
        made: dict[tuple[str, ...], Party],
    ) -> Party:
        """The entity as some datasets of the file state it: each has a provenance."""
        if datasets not in made:
            provenance = self._provenance(entity, datasets)
            made[datasets] = Party(self._parties, own, schema.name, provenance)
        return made[datasets]

    def _provenance(self, entity: FileEntity, datasets: tuple[str, ...]) -> Provenance:
        name = entity.locator.rpartition(":")[0]
        record = f"{'+'.join(datasets)}:{entity.id}" if datasets else entity.id
        return Provenance(record, entity.locator, self._writer.version.files.get(name, ""))

    def _put(self, party: Party, schema: Schema, name: str, value: Value) -> None:
        prop = schema.get(name)
        if prop is None or prop.stub:
            fault = f"{schema.name} has no property {name!r}; its values are kept as notes"
            self._tally.see("unknown-property", fault, party.provenance.locator)
            party.put(("notes", "summary"), f"{name}: {value.text}")
            return
        if prop.type is registry.entity:
            reference = self._known.find(value.text)
            if reference not in self._known.ids:
                self._tally.see("dangling-reference", f"{schema.name}.{name} names an entity that "
                                "the file does not have", party.provenance.locator)  # fmt: skip
            party.put(name, self.make_id(reference), original=value.text)
        elif value.origin and Cleaner.of(prop).accepts(value.text):
            self._writer.add(
                party.id, schema.name, name, value.text, party.provenance,
                original=value.original, lang=value.lang, origin=value.origin,
            )  # fmt: skip
        else:
            party.put(name, value.text, original=value.original, lang=value.lang)

    def _write_identity(self, party: Party, schema: Schema, entity: FileEntity) -> None:
        """State what the ids themselves say: Wikidata's number, and those that were merged."""
        if schema.is_a("Thing") and _WIKIDATA.fullmatch(entity.id):
            party.put("wikidataId", entity.id)
        told = self._referents.setdefault(party.id, {entity.id})
        others = [each for each in entity.referents if each not in told]
        told.update(others)
        if others and not schema.edge:
            party.put(("notes", "summary"), f"Merged in the file from: {', '.join(others)}")
        if entity.first_seen and not schema.edge:
            self._tally.see("seen-days", "first_seen and last_seen say when the file's maker saw "
                            "an entity; they are kept for links alone", entity.locator)  # fmt: skip


def _common(left: str, right: str) -> str:
    """The schema of two pieces of an edge; the first one's, where no schema fits both."""
    try:
        return model.common_schema(left, right).name
    except InvalidData:
        return left


def _stub_schema(prop: Property) -> str:
    wanted = prop.range
    if wanted is None or wanted.abstract or wanted.name in ("Asset", "Analyzable"):
        return "LegalEntity"
    return wanted.name
