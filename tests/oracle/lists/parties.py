"""What both readings are brought to, and the product's statements in that shape."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from followthemoney import registry

from graph.statements import DatasetTables, DatasetVersion, StatementWriter, read_column
from ingest.catalog import get_source
from ingest.source import IssueLog

NAMES = ("name", "alias", "weakAlias", "previousName")
COLUMNS = ("entity_id", "schema", "prop", "value")
COUNTRIES = ("nationality", "citizenship", "birthCountry", "country", "jurisdiction", "flag")


@dataclass(slots=True)
class Party:
    """One listed party; every set may be empty."""

    kind: str = ""  # FollowTheMoney schema
    names: set[tuple[str, str]] = field(default_factory=set)  # (one of NAMES, text)
    births: set[str] = field(default_factory=set)  # ISO prefixes
    countries: set[tuple[str, str]] = field(default_factory=set)  # (one of COUNTRIES, code)
    numbers: set[str] = field(default_factory=set)  # of documents and registrations
    programs: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)  # ISO days
    places: set[str] = field(default_factory=set)  # country codes of addresses
    topics: set[str] = field(default_factory=set)
    text: str = ""  # all that the record says, of a second reading


Link = tuple[str, str, str, str]  # schema, source, target, role
Reading = dict[str, Party]


def squeeze(text: str | None) -> str:
    """Text in NFC, every run of white space as one blank, without invisible characters."""
    composed = normalize("NFC", text or "")
    seen = "".join(each for each in composed if category(each) != "Cf")
    return " ".join(seen.split())


def code(name: str | None) -> str | None:
    """The code of a country name; None where FollowTheMoney knows none."""
    return registry.country.clean(squeeze(name)) if squeeze(name) else None


def read_product(dataset: str, location: Path, out: Path) -> tuple[Reading, set[Link]]:
    """What the product stores of a list: its parties by id, and its relations."""
    source = get_source(dataset, None)
    files = source.find_files(location)
    version = DatasetVersion(dataset, "v", None, "2026-01-01T00:00:00+00:00", {})
    writer = StatementWriter(version)
    source.parse(files, writer, IssueLog())
    out.mkdir(parents=True, exist_ok=True)
    writer.write(out)
    tables = DatasetTables.read(out)
    rows: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[str, str] = {}
    columns = (read_column(tables.statements, each) for each in COLUMNS)
    for entity, schema, prop, value in zip(*columns, strict=True):
        rows[entity][prop].append(value)
        if prop == "id":
            kinds[entity] = schema
    links = {
        (row["schema"], row["source"], row["target"], row["role"])
        for row in tables.relations.to_pylist()
    }
    return _gather(rows, kinds), links


def _gather(rows: dict[str, dict[str, list[str]]], kinds: dict[str, str]) -> Reading:
    found: Reading = {}
    for key, props in rows.items():
        if key in kinds and "entity" not in props and "holder" not in props:
            found[key] = Party(
                kinds[key],
                {(prop, squeeze(value)) for prop in NAMES for value in props.get(prop, ())},
                set(props.get("birthDate", ())),
                {(prop, value) for prop in COUNTRIES for value in props.get(prop, ())},
                topics=set(props.get("topics", ())),
            )
            for address in props.get("addressEntity", ()):
                found[key].places.update(rows[address].get("country", ()))
    for props in rows.values():
        for key in props.get("entity", ()):
            found[key].programs.update(props.get("program", ()))
            found[key].listed.update(props.get("listingDate", ()))
        for key in props.get("holder", ()):
            found[key].numbers.update(squeeze(number) for number in props.get("number", ()))
    return found


def differing(ours: Reading, theirs: Reading, aspect: str) -> dict[str, tuple[set[Any], set[Any]]]:
    """Parties whose aspect differs: {id: (only the product has, only the other has)}."""
    found: dict[str, tuple[set[Any], set[Any]]] = {}
    for key in sorted(ours.keys() | theirs.keys()):
        left, right = (getattr(each.get(key, Party()), aspect) for each in (ours, theirs))
        if left != right:
            left, right = (each if isinstance(each, set) else {each} for each in (left, right))
            found[key] = (left - right, right - left)
    return found
