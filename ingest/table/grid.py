"""Tables as columns of text, some thousand rows at a time, each row with the place it stands at.

Cells are cleaned as FollowTheMoney's mapping cleans them before it looks at them: composed (NFC),
without control and zero-width characters, stripped; an empty one is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from followthemoney.util import sanitize_text
from normality.cleaning import remove_unsafe_chars

from ingest.columns import Batch
from ingest.table.yaml_text import suggest
from ingest.tally import RowIssues
from ingest.unpack import refuse

ROWS = 20_000  # of a chunk: enough for columns to pay, and few megabytes
_CHARACTERS = 32 << 20  # of a chunk, at most: rows may be long
_PLAIN = r"^[!-~]([ -~]*[!-~])?$"  # printable ASCII, no blank at the ends: nothing to clean
_HEADER_IN = 20  # rows: titles stand above the header of many published tables
_FULL = 0.8  # of the widest row's cells: a row so full is no title


class Line(NamedTuple):
    """A row of a grid, and the physical line (or row of a sheet) on which it starts."""

    number: int
    cells: Sequence[str | None]
    size: int  # characters, about


def clean_cells(cells: pa.StringArray) -> pa.StringArray:
    """Each cell as FollowTheMoney's mapping sees it: cleaned, null when nothing is left."""
    doubtful = pc.invert(pc.fill_null(pc.match_substring_regex(cells, _PLAIN), True))
    if not pc.any(doubtful).as_py():
        return cells
    distinct = cells.filter(doubtful).dictionary_encode()
    cleaned = pa.array(list(map(sanitize_text, distinct.dictionary.to_pylist())), pa.string())
    return pc.replace_with_mask(cells, doubtful, cleaned.take(distinct.indices))


def make_text(cells: Sequence[str | None]) -> pa.StringArray:
    """A column of texts; half of a surrogate pair, which JSON may state, is left out."""
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:
        return pa.array([cell and remove_unsafe_chars(cell) for cell in cells], pa.string())


def name_columns(cells: Iterable[str | None]) -> list[str]:
    """Names of the columns of a header, every one different.

    A name that stands twice is numbered ("Date (1)", "Date (2)"): neither is the column of that
    name. A column without a name is called by its place ("column 5").
    """
    names = [sanitize_text(cell) or f"column {place}" for place, cell in enumerate(cells, start=1)]
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(f"{name} ({seen[name]})" if names.count(name) > 1 else name)
    return unique


def find_header(head: Sequence[Line], needed: Iterable[str]) -> int:
    """Place of the header among the first rows: the one that names the columns that are needed.

    When none does, or none is needed: the first that is about as full as the fullest, one cell less
    at most in a narrow table.
    """
    wanted = set(needed)
    if wanted:
        for place, line in enumerate(head):
            if wanted <= set(name_columns(line.cells)):
                return place
    sizes = [sum(1 for cell in line.cells if cell and not cell.isspace()) for line in head]
    enough = min(max(sizes) * _FULL, max(sizes) - 1)
    return next(place for place, size in enumerate(sizes) if size >= enough)


def iter_batches(
    lines: Iterator[Line], needed: Sequence[str], tally: RowIssues, *, even: bool
) -> Iterator[Batch]:
    """The rows under the header of a grid.

    A row with more cells than the header is not read: its cells may stand under the wrong names. A
    row with fewer has empty cells at its end.

    Args:
        even: Rows are meant to be of one width, so a shorter one is worth an issue.

    Raises:
        ParseError: When there is no row, a needed column is absent, or most rows are not read.
    """
    filled = (line for line in lines if any(cell and not cell.isspace() for cell in line.cells))
    head = list(islice(filled, _HEADER_IN))
    if not head:
        raise refuse(tally.name, 1, "the table is empty", "Give the file with its rows.")
    place = find_header(head, needed)
    for line in head[:place]:
        text = next(cell for cell in line.cells if cell and not cell.isspace())
        tally.note("line-above-header", f"{text[:80]!r} is read as a title.",
                   f"{tally.name}:{line.number}")  # fmt: skip
    header = name_columns(head[place].cells)
    _require_columns(header, needed, tally.name, head[place].number)
    builder = _Builder(header, tally, even)
    for line in head[place + 1 :]:
        builder.add(line)
    for line in filled:
        if builder.is_full:
            yield builder.take()
        builder.add(line)
    rejected = tally.counts["long-row"]
    if rejected > builder.read:
        raise refuse(
            tally.name, builder.first_long,
            f"{rejected} of {rejected + builder.read} rows have more cells than the header",
            "State `delimiter:` in the mapping, or put cells that hold it in quotes.",
        )  # fmt: skip
    yield builder.take()


class _Builder:
    """Collects rows until they are a chunk."""

    def __init__(self, header: list[str], tally: RowIssues, even: bool) -> None:
        self._header, self._tally, self._even = header, tally, even
        self._rows: list[Sequence[str | None]] = []
        self._numbers: list[int] = []
        self._characters = 0
        self.read, self.first_long = 0, 1

    @property
    def is_full(self) -> bool:
        return len(self._rows) >= ROWS or self._characters >= _CHARACTERS

    def add(self, line: Line) -> None:
        cells, width = line.cells, len(self._header)
        if len(cells) != width:
            locator = f"{self._tally.name}:{line.number}"
            if any(cell and not cell.isspace() for cell in cells[width:]):
                self.first_long = line.number if self.first_long == 1 else self.first_long
                message = f"has {len(cells)} cells, the header {width}; the row is not read."
                self._tally.warn("long-row", message, locator)
                return
            if len(cells) < width and self._even:
                message = f"has {len(cells)} cells, the header {width}; the others are empty."
                self._tally.note("short-row", message, locator)
            cells = [*cells[:width], *[None] * (width - len(cells))]
        self._rows.append(cells)
        self._numbers.append(line.number)
        self._characters += line.size
        self.read += 1

    def take(self) -> Batch:
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self._header)
        batch = Batch(
            {name: clean_cells(make_text(cells))
             for name, cells in zip(self._header, columns, strict=True)},
            make_locators(self._tally.name, self._numbers),
        )  # fmt: skip
        self._rows, self._numbers, self._characters = [], [], 0
        return batch


def make_locators(name: str, numbers: Sequence[int]) -> pa.StringArray:
    """The place of each line or row: "companies.csv:17"."""
    return pa.array([f"{name}:{number}" for number in numbers], pa.string())


def _require_columns(header: list[str], needed: Iterable[str], name: str, line: int) -> None:
    for column in needed:
        if column not in header:
            require_column(column, header, name, line)


def require_column(column: str, header: Sequence[str], name: str, line: int) -> None:
    """Refuse a table without a column that the mapping reads.

    Raises:
        ParseError: Names the column and the nearest ones.
    """
    if f"{column} (1)" in header:
        fault = f"the column {column!r} stands twice in the header"
        remedy = f"Name one of them in the mapping: {column + ' (1)'!r}, {column + ' (2)'!r} …"
    else:
        fault = f"the table has no column {column!r}, which the mapping reads"
        remedy = suggest(column, header)
    raise refuse(name, line, fault, remedy)
