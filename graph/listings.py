"""What sanction records and addresses add to the party that they belong to.

They are entities of their own in the statements, and no nodes: a listing stands with its party, and
an address gives the party a country. A party is listed while any list's record of it has no end, or
an end that was still to come when the list was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.model import CASE_PREFIX
from graph.statements import DatasetTables, read_column

_LISTING_PROPS = (
    "entity", "authority", "publisher", "programId", "program", "listingDate", "startDate",
    "endDate", "sourceUrl", "provisions", "reason",
)  # fmt: skip


@dataclass(slots=True)
class Folded:
    """What sanction records and addresses add."""

    listings: dict[str, list[dict[str, Any]]]  # by party
    countries: dict[str, list[str]]  # by address
    lists_loaded: bool  # not evidence files alone


def read_folded(tables: Iterable[DatasetTables]) -> Folded:
    """Sanction records as listings, and the countries of addresses."""
    records: dict[tuple[str, str], dict[str, Any]] = {}
    countries: dict[str, list[str]] = {}
    for each in tables:
        schema = each.statements["schema"].cast(pa.string())
        prop = each.statements["prop"].cast(pa.string())
        sanctions = each.statements.filter(
            pc.and_(pc.equal(schema, "Sanction"), pc.is_in(prop, pa.array(_LISTING_PROPS)))
        )
        names = ("entity_id", "prop", "value", "dataset", "record_id", "last_seen")
        for row in zip(*(read_column(sanctions, name) for name in names), strict=True):
            entity_id, name, value, dataset, record, seen = row
            stated = records.setdefault((dataset, entity_id), {"record_id": record})
            if name == "endDate" and seen is not None and value > seen:
                name = "ends"
            stated.setdefault(name, []).append(value)
        places = each.statements.filter(
            pc.and_(pc.equal(schema, "Address"), pc.equal(prop, "country"))
        )
        ids, codes = read_column(places, "entity_id"), read_column(places, "value")
        for entity_id, code in zip(ids, codes, strict=True):
            countries.setdefault(entity_id, []).append(code)
    listings: dict[str, list[dict[str, Any]]] = {}
    for (dataset, _), stated in records.items():
        for party in stated.get("entity", ()):
            listings.setdefault(party, []).append(_make_listing(dataset, stated))
    by_lists = any(not dataset.startswith(CASE_PREFIX) for dataset, _ in records)
    return Folded(listings, countries, by_lists)


def _make_listing(dataset: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    def first(*names: str) -> str | None:
        return next((stated[name][0] for name in names if name in stated), None)

    return {
        "authority": first("authority") or dataset,
        "list": first("publisher") or dataset,
        "programs": tuple(stated.get("programId") or stated.get("program", ())),
        "since": first("listingDate", "startDate"),
        "until": first("endDate"),
        "ends": first("ends"),
        "measures": tuple(stated.get("provisions", ())),
        "reasons": tuple(stated.get("reason", ())),
        "dataset": dataset,
        "record_id": stated["record_id"],
        "source_url": first("sourceUrl"),
        "reported": dataset.startswith(CASE_PREFIX),
    }
