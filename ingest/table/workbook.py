"""Sheets of XLSX workbooks: the values that a reader of the sheet sees, as text.

A formula counts as the value that was saved with it. Dates are ISO dates, 25 % is "25%", and a
number shown with leading zeros has them. Nothing in a workbook is computed, fetched or run.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

from openpyxl import load_workbook

from ingest.table.grid import Line, name_columns
from ingest.table.yaml_text import suggest
from ingest.tally import RowIssues
from ingest.unpack import AGAIN, refuse
from ingest.workbook import DAMAGE

LAST_ROW = 1_048_576  # of a sheet: ECMA-376, and every spreadsheet program
_MAX_COLUMNS = 16_384
_HEADER_IN = 20
_FORMULAS_IN = 1_000  # rows in which formulas without a saved value are looked for
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:]+)"')
_ZEROS = re.compile(r"0{2,20}")
_BLOCK = 1 << 20


def iter_sheet(
    file: BinaryIO, needed: Sequence[str], wanted: str | None, tally: RowIssues
) -> Iterator[Line]:
    """The rows of one sheet of a workbook.

    Args:
        wanted: Name of the sheet; default: the first whose header has the needed columns, else the
            first.

    Raises:
        ParseError: When the file is no workbook, or has no such sheet.
    """
    try:
        _check_parts(file, tally)
        book = _open(file, values=True)
        try:
            sheet = _choose(book, needed, wanted, tally)
            _warn_of_formulas(file, sheet.title, tally)
            yield from _iter_lines(sheet, tally)
        finally:
            book.close()
    except DAMAGE as exc:
        fault = f"the workbook is damaged ({type(exc).__name__}: {exc})"
        raise refuse(tally.name, 1, fault, AGAIN) from exc


def _open(file: BinaryIO, *, values: bool) -> Any:
    """A workbook with the saved values of its formulas, or with the formulas."""
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that openpyxl does not know
        return load_workbook(file, read_only=True, data_only=values, keep_links=False)


def _check_parts(file: BinaryIO, tally: RowIssues) -> None:
    """Refuse document types, which a workbook has none of; say which cells are merged."""
    with zipfile.ZipFile(file) as parts:
        for name in parts.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            with parts.open(name) as part:
                block = part.read(_BLOCK)
                if b"<!DOCTYPE" in block[:4096] or b"<!ENTITY" in block[:4096]:
                    fault = f"{name!r} in the workbook declares a document type"
                    raise refuse(tally.name, 1, fault, "Save the workbook again, or as CSV.")
                if name.startswith("xl/worksheets/"):
                    _note_merged(block, part, name, tally)
    file.seek(0)


def _note_merged(block: bytes, part: Any, name: str, tally: RowIssues) -> None:
    merged: list[str] = []
    tail = b""
    while block:
        text = tail + block
        ends = [match.end() for match in _MERGED.finditer(text)]
        merged += [match[1].decode() for match in _MERGED.finditer(text)]
        tail = text[max(ends[-1] if ends else 0, len(text) - 100) :]
        block = part.read(_BLOCK)
    if merged:
        listed = ", ".join(merged[:5])
        tally.warn(
            "merged-cells",
            f"{name} merges {len(merged)} ranges ({listed} …): only the first cell of each has the "
            "value, the others are read as empty. Unmerge them if the value is that of each row.",
            tally.name,
        )


def _choose(book: Any, needed: Sequence[str], wanted: str | None, tally: RowIssues) -> Any:
    names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise refuse(tally.name, 1, "the workbook has no sheet of cells", "Save the table as CSV.")
    if wanted is not None:
        if wanted not in names:
            raise refuse(tally.name, 1, f"no sheet is called {wanted!r}", suggest(wanted, names))
        return book[wanted]
    chosen = next((sheet for sheet in book.worksheets if _has(sheet, needed)), book.worksheets[0])
    if len(names) > 1:
        others = ", ".join(repr(name) for name in names if name != chosen.title)
        tally.note(
            "other-sheets",
            f"the sheet {chosen.title!r} is read; {others} are not. `sheet:` in the mapping names "
            "another.", tally.name,
        )  # fmt: skip
    return chosen


def _has(sheet: Any, needed: Sequence[str]) -> bool:
    sheet.reset_dimensions()
    head = sheet.iter_rows(max_row=_HEADER_IN, values_only=True)
    return bool(needed) and any(
        set(needed) <= set(name_columns(None if cell is None else str(cell) for cell in row))
        for row in head
    )


def _warn_of_formulas(file: BinaryIO, title: str, tally: RowIssues) -> None:
    """A program that computes nothing may have written formulas and no values."""
    book, values = _open(file, values=False), _open(file, values=True)
    try:
        sheets = (book[title], values[title])
        for sheet in sheets:
            sheet.reset_dimensions()
        rows = zip(*(sheet.iter_rows(max_row=_FORMULAS_IN) for sheet in sheets), strict=False)
        for formulas, saved in rows:
            for formula, value in zip(formulas, saved, strict=False):
                if formula.data_type == "f" and value.value is None:
                    tally.warn(
                        "formula-without-value",
                        "holds a formula of which no value was saved; the cell is read as empty. "
                        "Open the workbook in a spreadsheet program and save it.",
                        f"{tally.name}:{formula.row}",
                    )
    finally:
        book.close()
        values.close()


def _iter_lines(sheet: Any, tally: RowIssues) -> Iterator[Line]:
    # What a sheet says of its own size may be a million empty rows and columns.
    sheet.reset_dimensions()
    number = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=None), start=1):
        if cells:
            texts = list(_iter_texts(cells[:_MAX_COLUMNS], number, tally))
            yield Line(number, texts, sum(len(text) for text in texts if text))
    if number >= LAST_ROW:
        tally.warn(
            "sheet-full",
            f"the sheet is full ({LAST_ROW} rows): what did not fit into it is not there. Ask for "
            "the table as CSV.", f"{tally.name}:{number}",
        )  # fmt: skip


def _iter_texts(cells: Iterable[Any], number: int, tally: RowIssues) -> Iterator[str | None]:
    for cell in cells:
        if cell.value is None:
            yield None
        elif cell.data_type == "e":
            message = f"holds the error {cell.value}; the cell is read as empty."
            tally.note("spreadsheet-error", message, f"{tally.name}:{number}")
            yield None
        else:
            yield make_cell_text(cell.value, cell.number_format or "")


def make_cell_text(value: object, number_format: str) -> str:
    """The value of a cell as its reader sees it, without thousands separators and currency signs.

    Example:
        >>> make_cell_text(0.25, "0.00%"), make_cell_text(7, "00000"), make_cell_text(2.0, "")
        ('25%', '00007', '2')
        >>> make_cell_text(datetime(2020, 1, 2), "dd.mm.yyyy")
        '2020-01-02'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        if "%" in number_format:
            return f"{value * 100:.10g}%"
        if float(value).is_integer():
            whole = str(int(value))
            zeros = _ZEROS.fullmatch(number_format)
            return whole.zfill(len(number_format)) if zeros else whole
        return f"{value:.15g}"
    return str(value)
