"""Edges of FollowTheMoney as relations: ends, role, period, share, and who states them.

What FollowTheMoney can say and a relation cannot (a second role, a summary, an amount) stays a
statement of the relation's own entity, so that nothing of the file is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product

from followthemoney.schema import Schema

from graph.edges import require_edge
from graph.model import Percentage
from graph.statements import Assertion, Provenance, Relation, StatementWriter
from ingest.catalog import read_catalog
from ingest.dates import parse_date
from ingest.ids import digest
from ingest.source import IssueLog
from ingest.sources.ftm.rows import FileEntity
from ingest.table.shares import parse_share

_NOTES = ("summary", "description")
_SHARE = "percentage"


def write_edge(
    writer: StatementWriter,
    issues: IssueLog,
    entity: FileEntity,
    schema: Schema,
    ends: tuple[list[str], list[str]],
    relation_id: str,
    provenance: Provenance,
) -> list[tuple[str, set[tuple[str, str]]]]:
    """Write a relation for each pair of ends, with one assertion for each dataset.

    Returns:
        The ids written, each with the (property, value) pairs that the relation says itself.
    """
    role_prop = "role" if schema.get("role") else "relationship"
    roles = _values(entity, role_prop)
    start, end, period = _read_period(entity, schema)
    share = _read_share(entity, schema, issues)
    spent = {(role_prop, roles[0])} if len(roles) == 1 else set()
    spent |= period
    written = []
    pairs = list(product(*ends))
    for source, target in pairs:
        own = relation_id if len(pairs) == 1 else f"{relation_id}-{digest(source, target)}"
        relation = Relation(own, "link", schema.name, source, target, "; ".join(roles), start, end,
                            share)  # fmt: skip
        for assertion in _iter_assertions(writer, entity):
            writer.add_relation(relation, assertion, provenance)
        stated = set(require_edge(schema.name).iter_values(relation))
        written.append((own, spent | stated))
    return written


def _iter_assertions(writer: StatementWriter, entity: FileEntity) -> list[Assertion]:
    day = parse_date(entity.first_seen) if entity.first_seen else None
    properties = {name: _values(entity, name) for name in sorted(entity.properties)}
    urls, publishers = _values(entity, "sourceUrl"), _values(entity, "publisher")
    notes = [text for name in _NOTES for text in _values(entity, name)]
    return [
        Assertion(
            by=dataset_title(dataset),
            on=day or writer.version.published,
            source_title=publishers[0] if publishers else dataset_title(dataset),
            source_url=urls[0] if urls else None,
            quote=json.dumps(properties, ensure_ascii=False),
            note="\n".join(notes) or None,
            standing=True,
        )
        for dataset in entity.datasets or (writer.version.dataset,)
    ]


def dataset_title(name: str) -> str:
    """The title of a dataset of the catalog; of others the file gives the name alone."""
    entry = read_catalog().get(name)
    return entry.title if entry else name


def _values(entity: FileEntity, prop: str) -> list[str]:
    return list(dict.fromkeys(value.text for value in entity.properties.get(prop, ())))


def _read_period(
    entity: FileEntity, schema: Schema
) -> tuple[str | None, str | None, set[tuple[str, str]]]:
    """First start and last end; where there are several, the others stay statements.

    A payment is made on a day.
    """
    texts = {name: _values(entity, name) for name in ("startDate", "endDate", "date")}
    days: Mapping[str, dict[str, str]] = {
        name: {day: text for text in found if (day := parse_date(text))}
        for name, found in texts.items()
    }
    start, end = min(days["startDate"], default=None), max(days["endDate"], default=None)
    spent = {("startDate", days["startDate"][start])} if start else set()
    spent |= {("endDate", days["endDate"][end])} if end else set()
    if schema.name == "Payment" and start is None and end is None and len(days["date"]) == 1:
        start = end = next(iter(days["date"]))
    return start, end, spent


def _read_share(entity: FileEntity, schema: Schema, issues: IssueLog) -> Percentage | None:
    texts = _values(entity, _SHARE) if schema.get(_SHARE) else []
    if not texts:
        return None
    try:
        shares = {parse_share(text) for text in texts}
    except ValueError as exc:
        issues.warn("no-share", f"{exc}; the share is left unknown.", locator=entity.locator)
        return None
    if len(shares) > 1:
        issues.warn("no-share", f"Shares {', '.join(texts)} differ; the share is left unknown.",
                    locator=entity.locator)  # fmt: skip
        return None
    return shares.pop()
