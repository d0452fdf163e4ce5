"""Entities whose schema links two: relations with evidence, beside their statements.

A relation says what one row says, quotes the row's cells and names its line. An entity that lacks
an end, or links something to itself, stays an entity without a relation: no path runs over it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from followthemoney.property import Property

from graph.statements import Assertion, RowOrigins, StatementWriter
from ingest.columns import Batch, join_texts, map_distinct, parse_days
from ingest.table.execute import Made, Present, as_mask
from ingest.table.mapping import EntityRule, Query, TableMapping
from ingest.table.shares import make_shares
from ingest.table.values import Cells
from ingest.tally import RowIssues

_QUOTE = 300  # characters: a quotation points into the table, it does not copy it
_CELL = 120  # characters of one cell in it
_DAY = 10  # characters of an ISO day


class Links:
    """Writes the relations of a load."""

    def __init__(self, mapping: TableMapping, writer: StatementWriter) -> None:
        about, version = mapping.about, writer.version
        self._writer = writer
        self._day = about.published or version.published
        self._assertion = Assertion(
            by=about.by, on=self._day, source_title=about.title, source_url=about.url, standing=True
        )
        # "then or earlier" (ISO 8601-2): a table that says *ended* says no more.
        self._ended = f"[..{self._day or version.retrieved_at[:_DAY]}]"
        self._ends: dict[int, int] = {}  # digest of an id -> that of its two ends

    def write(
        self, entity: Made, query: Query, batch: Batch, sha256: str, tally: RowIssues
    ) -> dict[str, pa.StringArray]:
        """Write the relations of an entity's rows.

        Returns:
            By property, the values that the writer states with the relations, row by row.
        """
        rule = entity.rule
        source, target = self._find_ends(entity)
        fits = self._find_links(entity, source, target, batch, tally)
        fresh, other = self._compare_ends(entity.ids, source, target, fits)
        _tell(tally, "ends-differ", other, batch,
              f"{rule.name} has the id of an earlier link with other ends; kept without a link. "
              "Add the columns of both ends to its keys.")  # fmt: skip
        keep = pa.array(fits & ~other)
        columns, stated = self._make_columns(entity, batch, tally)
        columns |= {"id": entity.ids, "source": source, "target": target}
        quote = make_quote(_find_quoted(rule, query), batch)
        if pc.any(keep).as_py():
            self._writer.add_relation_columns(
                rule.schema.name,
                {name: column.filter(keep) for name, column in columns.items()},
                self._assertion,
                RowOrigins(entity.record_ids.filter(keep), batch.locators.filter(keep), sha256),
                stated={"quote": quote.filter(keep)},
            )
        first = pa.array(fits & fresh)
        return {prop: pc.if_else(first, values, None) for prop, values in stated.items()}

    def _find_links(
        self, entity: Made, source: pa.StringArray, target: pa.StringArray, batch: Batch,
        tally: RowIssues,
    ) -> Present:  # fmt: skip
        """The rows that link two different things."""
        name = entity.rule.name
        fits = entity.present & as_mask(pc.and_(source.is_valid(), target.is_valid()))
        _tell(tally, "link-without-end", entity.present & ~fits, batch,
              f"{name} has one end only; kept without a link.")  # fmt: skip
        same = fits & as_mask(pc.equal(source, target))
        _tell(tally, "self-link", same, batch,
              f"{name} links something to itself; kept without a link.")  # fmt: skip
        return fits & ~same

    def _find_ends(self, entity: Made) -> tuple[pa.StringArray, pa.StringArray]:
        schema = entity.rule.schema
        size = len(entity.ids)
        source, target = (_first(entity, prop, size) for prop in
                          (schema.source_prop, schema.target_prop))  # fmt: skip
        return source, target

    def _compare_ends(
        self, ids: pa.StringArray, source: pa.StringArray, target: pa.StringArray, fits: Present
    ) -> tuple[Present, Present]:
        """Rows whose id was not met before, and rows whose id was met with other ends."""
        fresh, other = np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.bool_)
        places = np.flatnonzero(fits)
        at = pa.array(places)
        rows = zip(places.tolist(), ids.take(at).to_pylist(), source.take(at).to_pylist(),
                   target.take(at).to_pylist(), strict=True)  # fmt: skip
        for place, name, left, right in rows:
            key, ends = hash(name), hash((left, right))
            known = self._ends.get(key)
            if known is None:
                self._ends[key] = ends
                fresh[place] = True
            else:
                other[place] = known != ends
        return fresh, other

    def _make_columns(
        self, entity: Made, batch: Batch, tally: RowIssues
    ) -> tuple[dict[str, pa.Array], dict[str, pa.StringArray]]:
        """What is known of the relations, and by property what of it the writer states."""
        schema, size = entity.rule.schema, len(batch)
        source, target = self._find_ends(entity)
        ends = ((schema.source_prop, source), (schema.target_prop, target))
        stated = {prop.name: column for prop, column in ends if prop is not None}
        role = "role" if schema.get("role") else "relationship"
        columns: dict[str, pa.Array] = {}
        for name, prop in (("role", role), ("start", "startDate"), ("end", "endDate")):
            found = _first(entity, schema.get(prop), size)
            # Links are dated by days; a time of day stays with the statements.
            columns[name] = found if name == "role" else pc.utf8_slice_codeunits(found, 0, _DAY)
            stated[prop] = pc.if_else(pc.equal(columns[name], found), found, None)
        columns["end"] = self._find_end(entity.rule, columns["end"], batch, tally)
        share = _first(entity, schema.get("percentage"), size)
        columns |= make_shares(entity.rule, share, batch, tally)
        exact = pc.equal(columns["percentage_minimum"], columns["percentage_maximum"])
        stated["percentage"] = pc.if_else(exact, share, None)
        return columns, stated

    def _find_end(
        self, rule: EntityRule, end: pa.StringArray, batch: Batch, tally: RowIssues
    ) -> pa.StringArray:
        """The end of each link: as stated, else what the status says."""
        status = rule.link.status
        if status is None:
            return end
        words = map_distinct(
            batch.column(status.column),
            lambda text: self._ended if text.casefold() in status.ended else None,
        )
        day = words
        if status.date is not None:
            stated = batch.column(status.date)
            days = parse_days(stated)
            _tell(tally, "unclean-date", as_mask(pc.and_(stated.is_valid(), days.is_null())), batch,
                  f"{status.date!r} is no date that is understood.")  # fmt: skip
            day = pc.coalesce(pc.if_else(words.is_valid(), days, None), words)
        return pc.coalesce(end, day)


def _first(entity: Made, prop: Property | None, size: int) -> pa.StringArray:
    """The first value of a property in each row; null where it has none."""
    found: pa.StringArray = pa.nulls(size, pa.string())
    for cells in entity.values.get(prop.name, ()) if prop is not None else ():
        found = pc.coalesce(found, _align(cells, size))
    return found


def _align(cells: Cells, size: int) -> pa.StringArray:
    """The first value of each row."""
    if cells.at is None:
        return cells.values
    valid = np.flatnonzero(as_mask(cells.values.is_valid()))
    rows, first = np.unique(cells.at[valid], return_index=True)
    places = np.full(size, -1, np.int64)
    places[rows] = valid[first]
    at = pa.array(places, mask=places < 0)
    return cells.values.take(at)


def _find_quoted(rule: EntityRule, query: Query) -> list[str]:
    """The columns that a quotation shows: those of the link, and what its ends are called."""
    ends = {prop.entity for prop in rule.properties if prop.entity}
    columns = []
    for entity in query.entities:
        if entity.name in ends:
            columns += [ref for prop in entity.properties if prop.prop.name == "name"
                        for ref in prop.refs]  # fmt: skip
            columns += entity.id_columns
    return list(dict.fromkeys((*columns, *rule.refs())))


def make_quote(names: list[str], batch: Batch) -> pa.StringArray:
    """The cells of a row under the names of their columns: "owner: Zed; share: 25"."""
    parts = []
    for name in names:
        column = pc.utf8_slice_codeunits(batch.column(name), 0, _CELL)
        parts.append(pc.binary_join_element_wise(f"{name}: ", column, ""))
    joined = join_texts("; ", *parts)
    cut = pc.binary_join_element_wise(pc.utf8_slice_codeunits(joined, 0, _QUOTE - 1), "…", "")
    return pc.if_else(pc.greater(pc.utf8_length(joined), _QUOTE), cut, joined)


def _tell(tally: RowIssues, code: str, rows: Present, batch: Batch, message: str) -> None:
    for place in np.flatnonzero(rows).tolist():
        tally.warn(code, message, batch.locators[place].as_py())
