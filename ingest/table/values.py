"""The values of a property for the rows of a batch, as FollowTheMoney's mapping makes them.

Order and meaning are its own: a template replaces everything, else literals and columns; then
`join`, then `split`. Two things differ, on purpose: parts of a split are stripped, and empty texts,
which FollowTheMoney would keep as values, are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph.cleaning import Cleaner
from ingest.columns import Batch, join_texts, map_distinct
from ingest.table.mapping import PropertyRule

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Values of one property. `at` is the row of each; None: one for each row, in order."""

    values: pa.StringArray
    at: Places | None = None
    original: pa.StringArray | None = None


def iter_cells(rule: PropertyRule, batch: Batch) -> Iterator[Cells]:
    """The values of a property that is no reference to another entity of the row."""
    for cells in _iter_split(rule, batch):
        stripped = pc.utf8_trim_whitespace(cells.values)
        values = pc.if_else(pc.equal(stripped, ""), None, stripped)
        if values.null_count < len(values):
            yield Cells(values, cells.at)


def _iter_split(rule: PropertyRule, batch: Batch) -> Iterator[Cells]:
    for column in _iter_joined(rule, batch):
        if rule.split is None:
            yield Cells(column)
        else:
            parts = pc.split_pattern(column, rule.split)
            yield Cells(pc.list_flatten(parts), pc.list_parent_indices(parts).to_numpy())


def _iter_joined(rule: PropertyRule, batch: Batch) -> Iterator[pa.StringArray]:
    if rule.template is not None:
        yield _fill(rule.template, rule.refs[len(rule.columns) :], batch)
        return
    stated = [pa.repeat(pa.scalar(literal, pa.string()), len(batch)) for literal in rule.literals]
    columns = [*stated, *(batch.column(name) for name in rule.columns)]
    if rule.join is None:
        yield from columns
    else:
        yield join_texts(rule.join, *columns)


def _fill(template: str, refs: tuple[str, ...], batch: Batch) -> pa.StringArray:
    """The template with the cells of each row in the places of their columns."""
    columns = {f"{{{{{ref}}}}}": batch.column(ref).to_pylist() for ref in dict.fromkeys(refs)}

    def fill(row: int) -> str:
        text = template
        for place, cells in columns.items():
            text = text.replace(place, cells[row] or "")
        return text

    return pa.array([fill(row) for row in range(len(batch))], pa.string())


def make_cleaner(rule: PropertyRule) -> Callable[[str], str | None]:
    """How a property's values are cleaned: with its own format, or else as all of its type are."""
    kind, form = rule.prop.type, rule.format or rule.prop.format
    if not rule.fuzzy:
        return Cleaner(kind, form).clean
    return lambda text: kind.clean(text, fuzzy=True, format=form)


def clean_cells(cells: Cells, clean: Callable[[str], str | None]) -> Cells:
    """The cells cleaned, beside what was published; null where the property's type rejects them."""
    return Cells(map_distinct(cells.values, clean), cells.at, cells.values)
