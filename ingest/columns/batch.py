"""Some thousand rows of a registry as columns of texts, each column to be taken or ignored.

A cell is stripped; an empty one is null. What nobody took goes to the audit, as for a single row
(`ingest.audit.Fields`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from graph.pieces import NO_TEXT
from graph.statements import RowOrigins
from ingest.audit import Audit

BATCH_ROWS = 25_000  # of a reader that gives single rows


class Batch:
    """Rows of one file by column name, and where each stands."""

    def __init__(self, columns: Mapping[str, pa.StringArray], locators: pa.StringArray) -> None:
        """Hold columns of the same length as `locators`."""
        self.locators = locators
        self._columns = columns
        self._taken: dict[str, pa.StringArray] = {}
        self._done: set[str] = set()
        self._whole: tuple[Batch, pa.BooleanArray] | None = None  # of which this is a part

    def __len__(self) -> int:
        return len(self.locators)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the file, in its order."""
        return tuple(self._columns)

    def column(self, name: str) -> pa.StringArray:
        """A column, stripped; null where a cell is empty, all null when the file has none of it.

        The same array each time, so that what is prepared from it is prepared once.
        """
        taken = self._taken.get(name)
        if taken is None:
            taken = self._taken[name] = self._take(name)
            self._done.add(name)
        return taken

    def _take(self, name: str) -> pa.StringArray:
        if self._whole is not None:
            whole, keep = self._whole
            return whole.column(name).filter(keep)
        given = self._columns.get(name)
        return pa.nulls(len(self), pa.string()) if given is None else _strip(given)

    def ignore(self, *names: str) -> None:
        """These columns say nothing that is wanted, for a reason that the caller states."""
        self._done.update(names)

    def where(self, keep: pa.BooleanArray) -> Batch:
        """The rows of which `keep` is true; what is taken of them is taken of the whole batch."""
        part = Batch(self._columns, self.locators.filter(keep))
        part._whole, part._done = (self, keep), self._done
        return part

    def origins(self, record_ids: pa.StringArray, sha256: str) -> RowOrigins:
        """Where the rows stand, for `StatementWriter`; make it once for each batch."""
        return RowOrigins(record_ids, self.locators, sha256)

    def report(self, audit: Audit) -> None:
        """The batch is done: columns with any value that nobody took go to the audit."""
        for name, column in self._columns.items():
            if name in self._done or column.null_count == len(column):
                continue
            cells = _strip(column)
            filled = cells.is_valid()
            count = len(cells) - cells.null_count
            if count:
                first = pc.index(filled, True).as_py()
                audit.see(name, cells[first].as_py(), self.locators[first].as_py(), count)


def batch_rows(
    rows: Iterable[tuple[Mapping[str, str | None], str]], size: int = BATCH_ROWS
) -> Iterator[Batch]:
    """Pack rows of another reader (flattened XML, JSON lines) into batches.

    Args:
        rows: (cells by column name, locator); a row lacks the columns that it does not fill.
        size: Rows of a batch.
    """
    source = iter(rows)
    while chunk := list(islice(source, size)):
        names = dict.fromkeys(name for cells, _ in chunk for name in cells)
        columns = {
            name: pa.array([cells.get(name) for cells, _ in chunk], pa.string()) for name in names
        }
        yield Batch(columns, pa.array([locator for _, locator in chunk], pa.string()))


def _strip(column: pa.StringArray) -> pa.StringArray:
    if column.null_count == len(column):
        return column
    stripped = pc.utf8_trim_whitespace(column)
    empty = pc.equal(stripped, "")
    return pc.if_else(empty, NO_TEXT, stripped) if pc.any(empty).as_py() else stripped
