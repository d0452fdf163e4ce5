"""Sheets of a published workbook as rows of text by column.

A cell may be a text, a number, a date or a truth value, whatever its neighbours are: all become the
text that a person sees, a date without a time as an ISO day. Nothing in a workbook is computed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from graph.errors import ParseError
from ingest.audit import Fields
from ingest.headed import fold_column
from ingest.listfile import HEAD
from ingest.source import IssueLog
from ingest.unpack import open_stream, refuse

MAX_BYTES = 256 << 20  # the largest list in this form has under 5 MB
_HEADER_LINES = 8  # a title, a note and a header in another language may come before it
_RETURN = re.compile(r"_x000D_\n?|\r\n?")  # how a workbook's XML keeps a carriage return
_MARKS = ("<!DOCTYPE", "<!ENTITY")
# What openpyxl and its parsers raise on parts that are not as they should be; XML errors of both
# parsers are SyntaxErrors.
DAMAGE = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError,
    TypeError, AttributeError, OSError, EOFError, OverflowError, NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet below its header."""

    title: str
    rows: list[Fields]


def begins_as_workbook(head: bytes) -> bool:
    """Whether content begins as a workbook does, which is a ZIP."""
    return head.startswith(b"PK\x03\x04")


def read_sheets(
    path: Path, name: str, required: Collection[str], issues: IssueLog, dataset: str = ""
) -> list[Sheet]:
    """The sheets of a workbook that have a header with the required columns.

    Args:
        required: Columns, folded (`ingest.headed.fold_column`).

    Raises:
        ParseError: When it is no workbook, is damaged, or no sheet has such a header.
    """
    with open_stream(path, name, dataset, limit=MAX_BYTES) as stream:
        content = stream.read()
    if not begins_as_workbook(content):
        fault = "the file is empty" if not content else "this is not an XLSX workbook"
        raise refuse(name, 1, fault, dataset=dataset)
    try:
        _refuse_document_types(content, name, dataset)
        sheets = _read_book(content, name, required, issues)
    except DAMAGE as exc:
        if isinstance(exc, ParseError):
            raise
        fault = f"the workbook is damaged ({' '.join(str(exc).split())})"
        raise refuse(name, 1, fault, dataset=dataset) from exc
    if not sheets:
        fault = f"no sheet has a header with the columns {', '.join(sorted(required))}"
        raise refuse(name, 1, fault, dataset=dataset)
    return sheets


def _read_book(
    content: bytes, name: str, required: Collection[str], issues: IssueLog
) -> list[Sheet]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = []
    try:
        for sheet in book.worksheets:
            found = _read_sheet(sheet, name, required)
            if found is None:
                issues.note("unread-sheet", f"Sheet {sheet.title!r} has no header of this list; it "
                            "is not read.", locator=f"{name}:{sheet.title}")  # fmt: skip
            else:
                sheets.append(found)
    finally:
        book.close()
    return sheets


def _refuse_document_types(content: bytes, name: str, dataset: str) -> None:
    """No part of a workbook has a document type; one that has is made to do harm."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            with parts.open(part) as stream:
                head = stream.read(HEAD).replace(b"\0", b"").upper()
            if any(mark.encode() in head for mark in _MARKS):
                fault = f"{part} in the workbook declares a document type"
                raise refuse(name, 1, fault, dataset=dataset)


def _read_sheet(sheet: Any, name: str, required: Collection[str]) -> Sheet | None:
    sheet.reset_dimensions()  # what a program wrote there may be wrong
    columns: list[str] = []
    rows = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [text_of(value) for value in values]
        if not columns:
            if set(required) <= {fold_column(cell) for cell in cells}:
                columns = _name_columns(cells)
            elif number >= _HEADER_LINES:
                return None
        elif any(cells):
            rows.append(Fields(dict(_pair(columns, cells)), f"{name}:{number}"))
    return Sheet(str(sheet.title), rows) if columns else None


def _name_columns(cells: Sequence[str]) -> list[str]:
    """Names of all columns, each once: "telephone", "telephone 2", "column 7"."""
    names: list[str] = []
    for at, cell in enumerate(cells, start=1):
        plain = fold_column(cell) or f"column {at}"
        number, found = 2, plain
        while found in names:
            number, found = number + 1, f"{plain} {number}"
        names.append(found)
    return names


def _pair(columns: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from zip(columns, cells, strict=False)
    for at in range(len(columns), len(cells)):
        if cells[at]:
            yield f"column {at + 1}", cells[at]


def text_of(value: Any) -> str:
    r"""The text of a cell; "" of an empty one.

    Example:
        >>> text_of(datetime(1963, 5, 4)), text_of(101.0), text_of(True), text_of("a_x000D_b")
        ('1963-05-04', '101', 'TRUE', 'a\nb')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _RETURN.sub("\n", str(value)).strip()
