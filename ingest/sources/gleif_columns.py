"""Columns of registries: addresses stated, and what many rows have in common told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from graph.countries import find_country
from graph.statements import RowOrigins, StatementWriter
from ingest.columns import Batch, find_unmapped, join_texts, keep_where, map_distinct
from ingest.source import IssueLog


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


@dataclass(slots=True)
class _Met:
    rows: int
    locator: str


@dataclass(slots=True)
class Tally:
    """What was met, by kind and text, with the number of rows and the first of them."""

    _met: dict[tuple[str, str], _Met] = field(default_factory=dict)

    def see(self, code: str, message: str, locator: str, rows: int = 1) -> None:
        """Some rows have this in common."""
        known = self._met.get((code, message))
        if known is None:
            self._met[code, message] = _Met(rows, locator)
        else:
            known.rows += rows

    def see_where(self, code: str, message: str, batch: Batch, mask: pa.BooleanArray) -> None:
        """The rows of a batch of which `mask` is true have this in common."""
        rows = pc.sum(mask).as_py() or 0
        if rows:
            first = batch.locators[pc.index(mask, True).as_py()].as_py()
            self.see(code, message, first, rows)

    def see_unmapped(
        self, code: str, what: str, batch: Batch, published: pa.StringArray, made: pa.StringArray
    ) -> None:
        """Of these published texts nothing was made; they are kept as they are."""
        for text, (rows, first) in find_unmapped(published, made).items():
            self.see(code, f"{what} {text[:80]!r} is not known; kept as published",
                     batch.locators[first].as_py(), rows)  # fmt: skip

    def report(self, issues: IssueLog, *, notes: frozenset[str] = frozenset()) -> None:
        """One issue for each; those of the codes in `notes` change no answer."""
        for (code, message), met in self._met.items():
            log = issues.note if code in notes else issues.warn
            log(code, f"{message}: {met.rows} rows.", locator=met.locator)
        self._met.clear()
