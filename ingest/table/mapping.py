"""A mapping file: FollowTheMoney's syntax and semantics, checked before a row is read.

What FollowTheMoney would pass over in silence, such as a misspelt key, is an error here, with file,
line and remedy. Keys under `cuibono:` are ours; FollowTheMoney's own reader passes over them, so
one file serves both.

Specification: followthemoney 4.11, `followthemoney/mapping/`; <https://followthemoney.tech/docs/mappings/>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from followthemoney import model
from followthemoney.property import Property
from followthemoney.schema import Schema

from ingest.table.formats import find_fault_of_format
from ingest.table.places import clean_place
from ingest.table.sidecar import (
    About,
    LinkRules,
    Reading,
    TopicRule,
    read_about,
    read_link_rules,
    read_reading,
    read_topic_rule,
)
from ingest.table.yaml_text import Block, read_yaml, suggest

MAPPING = "mapping.yml"

_QUERIES = ("queries", "query")
# What mapping files say of a dataset beside its queries; FollowTheMoney reads none of it.
_KNOWN = (
    *(*_QUERIES, "cuibono", "name", "title", "label", "description", "summary", "foreign_id"),
    *("info_url", "url", "category", "publisher", "countries", "languages", "frequency"),
    *("coverage", "updated_at", "version", "tags", "roles", "data_url", "managed", "casefile"),
)
_QUERY_KEYS = ("csv_url", "csv_urls", "entities", "filters", "filters_not", "cuibono")
_SQL = ("database", "table", "tables", "joins")
_ENTITY_KEYS = ("schema", "key", "keys", "key_literal", "id_column", "properties", "cuibono")
_PROPERTY_KEYS = (
    *("column", "columns", "literal", "literals", "template", "join", "split"),
    *("entity", "format", "fuzzy", "required"),
)
_TEMPLATE = re.compile("{{([^(}})]*)}}")  # FollowTheMoney's own pattern


@dataclass(frozen=True, slots=True)
class PropertyRule:
    """Where the values of one property come from."""

    prop: Property
    columns: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    template: str | None = None
    join: str | None = None
    split: str | None = None
    entity: str | None = None  # name of another entity of the query
    format: str | None = None
    fuzzy: bool = False
    required: bool = False

    @property
    def refs(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (*self.columns, *_TEMPLATE.findall(self.template or ""))


@dataclass(frozen=True, slots=True)
class EntityRule:
    """How one entity is made of a row."""

    name: str
    schema: Schema
    properties: tuple[PropertyRule, ...]
    keys: tuple[str, ...] = ()
    key_literal: str | None = None
    id_column: str | None = None
    link: LinkRules = field(default_factory=LinkRules)
    topics: TopicRule | None = None

    @property
    def id_columns(self) -> tuple[str, ...]:
        """The columns that make the id."""
        return (self.id_column,) if self.id_column else self.keys

    def refs(self) -> Iterator[str]:
        """Every column that is read for the entity."""
        yield from self.id_columns
        for rule in self.properties:
            yield from rule.refs
        yield from self.link.refs()
        if self.topics:
            yield self.topics.column


@dataclass(frozen=True, slots=True)
class Query:
    """One or more files of the same columns, and the entities of each of their rows."""

    files: tuple[str, ...]
    entities: tuple[EntityRule, ...]  # an entity stands after those that it names
    filters: tuple[tuple[str, frozenset[str | None]], ...] = ()
    filters_not: tuple[tuple[str, frozenset[str | None]], ...] = ()
    reading: Reading = field(default_factory=Reading)
    line: int = 1

    def refs(self) -> list[str]:
        """Every column that is read, once, in the order of the file."""
        columns = [column for column, _ in (*self.filters, *self.filters_not)]
        columns += [ref for entity in self.entities for ref in entity.refs()]
        return list(dict.fromkeys(columns))


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A whole mapping file. `name` is FollowTheMoney's dataset: the prefix of its keys."""

    name: str
    about: About
    queries: tuple[Query, ...]

    def files(self) -> list[str]:
        """The files that it reads, once, in the order of the file."""
        return list(dict.fromkeys(name for query in self.queries for name in query.files))


def parse_mapping(text: str, name: str = MAPPING) -> TableMapping:
    """Read a mapping file and check every name in it that can be checked without the tables.

    Raises:
        ParseError: Names file, line, fault and the nearest known word.
    """
    root = read_yaml(name, text)
    datasets = {key: value for key, value in root.items() if isinstance(value, Block)}
    if len(datasets) != 1 or len(root) != 1:
        found = ", ".join(root) or "nothing"
        raise root.fault(
            f"the file holds {found} instead of one dataset",
            "Write one name with `queries:` under it; a second dataset takes a second file.",
        )
    ((dataset, block),) = datasets.items()
    block.require_keys(_KNOWN, "a dataset")
    queries = [
        query
        for key in _QUERIES
        for query in (block[key] if isinstance(block.get(key), list) else [block.get(key)])
        if query is not None
    ]
    if not queries:
        raise block.fault(f"{dataset!r} has no queries", "Write `queries:` with one or more.")
    for query in queries:
        if not isinstance(query, Block):
            raise block.fault("a query is no mapping", "Give it `csv_url:` and `entities:`.")
    about = read_about(block, dataset)
    return TableMapping(dataset, about, tuple(_read_query(query) for query in queries))


def _read_query(block: Block) -> Query:
    if sql := [key for key in _SQL if key in block]:
        remedy = "Export the tables as CSV and name them in `csv_urls`."
        raise block.fault("a database is not read", remedy, sql[0])
    block.require_keys(_QUERY_KEYS, "a query")
    files = [clean_place(block, place) for place in block.texts("csv_url", "csv_urls")]
    if not files:
        raise block.fault("the query names no file", "Name one in `csv_url`.")
    entities = block.block("entities")
    if not entities:
        raise block.fault("the query has no entities", "Write `entities:` with one or more.")
    rules = []
    for name, entity in entities.items():
        if not isinstance(entity, Block):
            raise entities.fault(f"{name!r} is no mapping", "Give it `schema:` and `key:`.", name)
        rules.append(_read_entity(name, entity))
    for rule in rules:
        _check_ends(rule, rules, entities[rule.name])
    return Query(
        files=tuple(dict.fromkeys(files)),
        entities=tuple(_sort(rules, entities)),
        filters=tuple(_read_filters(block.block("filters"))),
        filters_not=tuple(_read_filters(block.block("filters_not"))),
        reading=read_reading(block),
        line=block.line,
    )


def _read_filters(block: Block) -> Iterator[tuple[str, frozenset[str | None]]]:
    """Column and wanted texts; None is an empty cell."""
    for column, stated in block.items():
        values = stated if isinstance(stated, list) else [stated]
        for value in values:
            if isinstance(value, list | Block):
                raise block.fault(f"the filter of {column!r} is nested", "Write texts.", column)
        if stated is None:
            # FollowTheMoney keeps a null in a list and drops a lone one: then no row fits.
            raise block.fault(f"the filter of {column!r} is empty",
                              "Write `[null]` for rows whose cell is empty.", column)  # fmt: skip
        yield column, frozenset(None if value is None else str(value) for value in values)


def _read_entity(name: str, block: Block) -> EntityRule:
    block.require_keys(_ENTITY_KEYS, f"the entity {name!r}")
    schema = _read_schema(name, block)
    keys, id_column = block.texts("key", "keys"), block.text("id_column")
    if bool(keys) == bool(id_column):
        fault = "both `keys` and `id_column`" if keys else "neither `keys` nor `id_column`"
        raise block.fault(f"{name!r} has {fault}", "Its id is made of one of the two: keep one.")
    stated = block.block("properties")
    rules = []
    for prop_name, prop in stated.items():
        found = schema.get(prop_name)
        if found is None:
            raise stated.fault(
                f"{schema.name} has no property {prop_name!r}",
                suggest(prop_name, [each for each in schema.properties if not
                                    schema.properties[each].stub]),
                prop_name,
            )  # fmt: skip
        if found.stub:
            raise stated.fault(
                f"{prop_name!r} is the other side of {found.reverse and found.reverse.qname}",
                "State the property there.", prop_name,
            )  # fmt: skip
        if not isinstance(prop, Block):
            raise stated.fault(f"{prop_name!r} has no keys", "Write `column: NAME`.", prop_name)
        rules.append(_read_property(found, prop))
    sidecar = block.block("cuibono")
    sidecar.require_keys(("percentage", "status", "topics"), f"`cuibono:` of {name!r}")
    return EntityRule(
        name=name,
        schema=schema,
        properties=tuple(rules),
        keys=keys,
        key_literal=block.text("key_literal"),
        id_column=id_column,
        link=read_link_rules(sidecar, schema),
        topics=read_topic_rule(sidecar, schema),
    )


def _read_schema(name: str, block: Block) -> Schema:
    stated = block.text("schema")
    if stated is None:
        raise block.fault(f"{name!r} has no schema", "Write `schema: Company`, or another.")
    schema = model.get(stated)
    if schema is None:
        known = [each.name for each in model if not each.abstract]
        raise block.fault(f"no schema is called {stated!r}", suggest(stated, known), "schema")
    if schema.abstract:
        below = sorted(each.name for each in schema.descendants if not each.abstract)
        raise block.fault(
            f"{stated} is abstract: nothing is just that",
            f"Take one of {', '.join(below[:8])}.", "schema",
        )  # fmt: skip
    return schema


def _read_property(prop: Property, block: Block) -> PropertyRule:
    block.require_keys(_PROPERTY_KEYS, f"the property {prop.name!r}")
    rule = PropertyRule(
        prop=prop,
        columns=block.texts("column", "columns"),
        literals=block.texts("literal", "literals"),
        template=block.text("template"),
        join=block.text("join"),
        split=block.text("split"),
        entity=block.text("entity"),
        format=block.text("format"),
        fuzzy=block.flag("fuzzy"),
        required=block.flag("required"),
    )
    if not (rule.refs or rule.literals or rule.template or rule.entity):
        raise block.fault(
            f"{prop.name!r} says not where its values come from",
            "Give it `column`, `columns`, `literal`, `template` or `entity`.",
        )
    if rule.split == "":
        raise block.fault("`split` is empty", "Name the text that stands between values.", "split")
    if rule.format is not None and (remedy := find_fault_of_format(prop.type, rule.format)):
        raise block.fault(f"{rule.format!r} is no format of a {prop.type.name}", remedy, "format")
    return rule


def _check_ends(rule: EntityRule, rules: list[EntityRule], block: Block) -> None:
    """Hold each named entity against the range of the property that names it."""
    by_name = {each.name: each for each in rules}
    properties = block.block("properties")
    for each in rule.properties:
        if each.entity is None:
            continue
        where = properties[each.prop.name]
        other = by_name.get(each.entity)
        if other is None:
            raise where.fault(f"no entity of the query is called {each.entity!r}",
                              suggest(each.entity, by_name), "entity")  # fmt: skip
        wanted = each.prop.range
        if wanted is None or not other.schema.is_a(wanted):
            kind = wanted.name if wanted else "text"
            raise where.fault(
                f"{each.prop.qname} takes a {kind}; {each.entity!r} is a {other.schema.name}",
                f"Give {each.entity!r} a schema that is a {kind}.", "entity",
            )  # fmt: skip


def _sort(rules: list[EntityRule], block: Block) -> list[EntityRule]:
    """The entities, each after those that it names."""
    left, done = list(rules), list[EntityRule]()
    while left:
        known = {each.name for each in done}
        ready = [
            each for each in left
            if all(rule.entity in known for rule in each.properties if rule.entity)
        ]  # fmt: skip
        if not ready:
            names = ", ".join(each.name for each in left)
            raise block.fault(f"{names} name each other in a circle", "Cut it at one of them.")
        done += ready
        left = [each for each in left if each not in ready]
    return done
