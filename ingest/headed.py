"""Reads published comma-separated files with a header: rows whose cells are known by column.

Columns are found by name, in any order; a column that nobody reads is reported by the audit. What
is cut, damaged or no such file is refused with its line and the remedy before anything is loaded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ingest.audit import Fields
from ingest.listfile import HEADER_LINES, member_of
from ingest.reader import MAX_BYTES, SAVE_AGAIN, check_text, decode_utf8
from ingest.source import IssueLog
from ingest.unpack import open_stream, refuse


def fold_column(name: str) -> str:
    """Name of a column in lower case with its blanks collapsed."""
    return " ".join(name.replace("\ufeff", "").split()).lower()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the header of a format is known, and how its columns are called."""

    required: tuple[str, ...]  # columns, as they are called here, that make a line the header
    name_column: Callable[[str], str] = str.strip  # `fold_column` where publishers vary the case
    legacy: str | None = None  # encoding of files that are not UTF-8, where some were published


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below a header, each with "file.csv:line" of the line on which it starts."""

    name: str
    rows: list[Fields]
    encoding: str  # "utf-8", or the layout's legacy one


class _Line(NamedTuple):
    """One row and the physical line on which it starts, counted from 1."""

    number: int
    cells: list[str]


def read_table(path: Path, name: str, layout: Layout, dataset: str = "") -> Table:
    """Read a comma-separated file whose header is one of its first lines.

    Args:
        path: The file, plain, gzipped or zipped.
        name: Its canonical name, for messages and locators.

    Raises:
        ParseError: When it is empty, a web page, in an unknown encoding, cut, or has no such
            header; names file, line and remedy.
    """
    with open_stream(path, name, dataset, member=member_of(name), limit=MAX_BYTES) as stream:
        content = stream.read()
    if not content:
        raise refuse(name, 1, "the file is empty", dataset=dataset)
    text, encoding = decode(content, name, layout.legacy, dataset)
    lines = _read_lines(text, name, dataset)
    at = _find_header(lines, layout, name, dataset)
    columns = [layout.name_column(cell) for cell in lines[at].cells]
    while not columns[-1]:
        columns.pop()
    _refuse_twins(columns, name, lines[at].number, dataset)
    body = [_fit(each, len(columns), name, dataset) for each in lines[at + 1 :]]
    if body and not text.endswith(("\n", "\r", '"')) and body[-1].cells[-1].strip():
        # A last cell without an end may be half a number: half a group's number is another group.
        raise refuse(name, body[-1].number, "the file breaks off inside this row", dataset=dataset)
    rows = [
        Fields(dict(zip(columns, line.cells, strict=True)), f"{name}:{line.number}")
        for line in body
    ]
    return Table(name, rows, encoding)


def note_encoding(table: Table, issues: IssueLog) -> None:
    """Say when a file was not in UTF-8: a letter may then be another one."""
    if table.encoding != "utf-8":
        issues.note("encoding", f"{table.name} is not UTF-8; read as {table.encoding}.",
                    locator=f"{table.name}:1")  # fmt: skip


def decode(content: bytes, name: str, legacy: str | None, dataset: str) -> tuple[str, str]:
    """The text and its encoding: UTF-8 where it is that, else the publisher's legacy one.

    Raises:
        ParseError: When it is a web page, UTF-16 or holds NUL bytes; or is UTF-8 that was damaged,
            which a legacy encoding would turn into nonsense without a word.
    """
    if legacy is None:
        return decode_utf8(content, name, dataset), "utf-8"
    check_text(content, name, dataset)
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as exc:
        lenient = content.decode("utf-8", errors="replace")
        damaged = lenient.count("\ufffd")
        line = content.count(b"\n", 0, exc.start) + 1
        byte = f"byte 0x{content[exc.start]:02x}"
        if sum(not each.isascii() for each in lenient) - damaged > damaged:
            fault = f"{byte} is not UTF-8, as the rest of the file is"
            raise refuse(name, line, fault, SAVE_AGAIN, dataset) from exc
        try:
            return content.decode(legacy), legacy
        except UnicodeDecodeError:
            fault = f"{byte} is neither UTF-8 nor {legacy}"
            raise refuse(name, line, fault, SAVE_AGAIN, dataset) from exc


def _read_lines(text: str, name: str, dataset: str) -> list[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, number = [], 1
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                lines.append(_Line(number, cells))
            number = reader.line_num + 1
    except csv.Error as exc:
        fault = f"a quoted text is not closed or not well formed ({exc})"
        raise refuse(name, number, fault, dataset=dataset) from exc
    return lines


def _find_header(lines: Sequence[_Line], layout: Layout, name: str, dataset: str) -> int:
    """The first line with all required columns; the nearest one says which of them is missing."""
    missing = list(layout.required)
    for at, line in enumerate(lines[:HEADER_LINES]):
        present = {layout.name_column(cell) for cell in line.cells}
        absent = [column for column in layout.required if column not in present]
        if not absent:
            return at
        missing = min(missing, absent, key=len)
    fault = f"the header has no column {missing[0]!r}"
    if len(missing) == len(layout.required):
        columns = ", ".join(layout.required)
        fault = f"no line at the top is a header with the columns {columns}"
    raise refuse(name, 1, fault, dataset=dataset)


def _fit(line: _Line, width: int, name: str, dataset: str) -> _Line:
    cells = line.cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]  # commas with nothing between them, as spreadsheets add
    if len(cells) != width:
        fault = f"the row has {len(cells)} columns instead of {width}"
        raise refuse(name, line.number, fault, dataset=dataset)
    return _Line(line.number, cells)


def _refuse_twins(columns: Sequence[str], name: str, line: int, dataset: str) -> None:
    twins = sorted({column for column in columns if columns.count(column) > 1})
    if twins:
        fault = f"the header names {', '.join(map(repr, twins))} more than once"
        raise refuse(name, line, fault, dataset=dataset)
