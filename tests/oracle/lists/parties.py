"""What both readings are brought to, and the product's statements in that shape."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from followthemoney import registry

from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.catalog import get_source
from ingest.source import IssueLog

NAMES = ("name", "alias", "weakAlias", "previousName")
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


Link = tuple[str, str, str, str]  # schema, source, target, role
Reading = dict[str, Party]


def squeeze(text: str | None) -> str:
    """Text with every run of white space as one blank."""
    return " ".join((text or "").split())


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
    for row in tables.iter_statements():
        rows[row["entity_id"]][row["prop"]].append(row["value"])
        if row["prop"] == "id":
            kinds[row["entity_id"]] = row["schema"]
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


def differing(ours: Reading, theirs: Reading, aspect: str) -> dict[str, tuple[object, object]]:
    """Parties whose aspect differs: {id: (only product, only this reading)}."""
    found: dict[str, tuple[object, object]] = {}
    for key in sorted(ours.keys() | theirs.keys()):
        left = getattr(ours.get(key, Party()), aspect)
        right = getattr(theirs.get(key, Party()), aspect)
        if left != right:
            both = isinstance(left, set)
            found[key] = (left - right, right - left) if both else (left, right)
    return found
