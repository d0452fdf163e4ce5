"""Addresses of parties, stated from the columns of a registry."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from graph.countries import find_country
from graph.statements import RowOrigins, StatementWriter
from ingest.columns import join_texts, keep_where, map_distinct


def write_addresses(
    writer: StatementWriter,
    schema: str,
    ids: pa.StringArray,
    rows: RowOrigins,
    parts: Mapping[str, pa.StringArray],
    *,
    key: str,
    language: pa.StringArray | None = None,
) -> None:
    """State one address of each party as an entity with its parts, as `ingest.parties` does.

    Args:
        parts: By properties of Address, as published; with a "country", which may be any text.
        key: What tells the addresses of a party apart: `<id>-addr-<key>`.
        language: Of each address.
    """
    country = parts["country"]
    is_country = map_distinct(country, find_country).is_valid()
    parts = {
        **parts,
        "country": keep_where(is_country, country),
        "region": keep_where(pc.invert(is_country), country),
    }
    places = ("street", "postOfficeBox", "city", "state", "postalCode", "country")
    texts = {**parts, "country": country}
    full = join_texts(", ", *(texts[name] for name in places if name in texts))
    at = pc.indices_nonzero(full.is_valid())
    if not len(at):
        return
    if len(at) < len(ids):
        ids, full = ids.take(at), full.take(at)
        rows = RowOrigins(rows.record_ids.take(at), rows.locators.take(at), rows.sha256)
        parts = {name: column.take(at) for name, column in parts.items()}
        language = language if language is None else language.take(at)
    own = pc.binary_join_element_wise(ids, f"addr-{key}", "-")
    writer.add_entities("Address", own, rows)
    writer.add_columns("Address", "full", own, full, rows, lang=language)
    for prop, values in parts.items():
        if values.null_count < len(values):
            writer.add_columns("Address", prop, own, values, rows)
    writer.add_columns(schema, "addressEntity", ids, own, rows)
    writer.add_columns(schema, "address", ids, full, rows)
