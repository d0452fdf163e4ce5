"""Finds the one file of a list, whatever it was renamed to, and reads delimited ones with a header.

Publishers date their files and people rename their downloads: a file is known by its name, or else
by how its content begins. What the columns mean belongs to the source.
"""

from __future__ import annotations

import csv
import fnmatch
import io
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from graph.errors import ParseError
from ingest.reader import MAX_BYTES
from ingest.source import IssueLog
from ingest.unpack import open_stream, refuse

HEAD = 1 << 14  # bytes in which a root element or a header line stands
_PACKING = (".gz", ".zip")
_WEB_PAGE = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<script")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEADER_LINES = 6  # a title, a date and a blank line may come before the header


@dataclass(frozen=True, slots=True)
class ListFile:
    """The one file of a list: how it is called and how it is known when it is called otherwise."""

    name: str  # canonical, lower case: "conlist.csv"
    patterns: tuple[str, ...]  # of names in lower case, without .gz and .zip
    begins: Callable[[bytes], bool]  # whether content that begins so is of this list
    page: str  # where a person finds it


def find_list_file(location: Path, wanted: ListFile, dataset: str) -> dict[str, Path]:
    """The file at a folder, or the file given, by its canonical name.

    Raises:
        ParseError: When there is none or more than one; the message names the remedy.
    """
    if not location.exists():
        raise _missing(location, f"{location.as_posix()!r} does not exist", wanted, dataset)
    if location.is_file():
        if _is_named(location, wanted) or _begins(location, wanted, dataset):
            return {wanted.name: location}
        fault = f"{location.name!r} is not {wanted.name}"
        raise _missing(location, fault, wanted, dataset)
    paths = [path for path in sorted(location.iterdir()) if path.is_file()]
    found = [path for path in paths if _is_named(path, wanted)]
    found = found or [path for path in paths if _begins(path, wanted, dataset)]
    if len(found) == 1:
        return {wanted.name: found[0]}
    if not found:
        fault = f"{wanted.name} is missing in {location.as_posix()!r}"
        raise _missing(location, fault, wanted, dataset)
    several = " and ".join(path.name for path in found)
    raise ParseError(
        f"{wanted.name} is there more than once ({several}); keep one, or give the file itself.",
        locator=wanted.name, dataset=dataset,
    )  # fmt: skip


def _missing(location: Path, fault: str, wanted: ListFile, dataset: str) -> ParseError:
    return ParseError(
        f"{fault}; give the folder or the file, plain, gzipped or zipped, from {wanted.page}.",
        locator=location.as_posix(), dataset=dataset,
    )  # fmt: skip


def _is_named(path: Path, wanted: ListFile) -> bool:
    name = path.name.lower()
    for ending in _PACKING:
        plain = name.removesuffix(ending)
        if plain != name and "." not in plain:
            plain += Path(wanted.name).suffix  # "UK-Sanctions-List.zip" does not say of what
        name = plain
    return any(fnmatch.fnmatch(name, pattern) for pattern in wanted.patterns)


def _begins(path: Path, wanted: ListFile, dataset: str) -> bool:
    try:
        with open_stream(path, wanted.name, dataset, member=member_of(wanted.name)) as stream:
            return wanted.begins(stream.read(HEAD))
    except ParseError:
        return False  # something else that lies there, packed


def member_of(name: str) -> str:
    """Pattern of the file in a ZIP that holds others (a note, a schema) beside it."""
    return f"*{Path(name).suffix}"


def begins_with_root(*roots: str) -> Callable[[bytes], bool]:
    """Recognises XML by its root element, with or without a namespace prefix."""
    pattern = re.compile(
        rb"(?:^|[>\s])<(?:[\w.-]+:)?(?:" + b"|".join(root.encode() for root in roots) + rb")[\s/>]"
    )
    return lambda head: pattern.search(b" " + head) is not None


def begins_with_columns(*columns: str) -> Callable[[bytes], bool]:
    """Recognises a delimited file by columns in one of its first lines."""
    wanted = [column.encode() for column in columns]

    def begins(head: bytes) -> bool:
        lines = head.lower().splitlines()[:_HEADER_LINES]
        return any(all(column in line for column in wanted) for line in lines)

    return begins


class Line(NamedTuple):
    """One row and the physical line on which it starts, counted from 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file with a header."""

    name: str
    preamble: str  # the text above the header, its cells joined by blanks
    columns: list[str]  # names in lower case, blanks collapsed
    rows: list[Line]
    encoding: str  # "utf-8" or "cp1252"

    def cells(self, row: Line) -> dict[str, str]:
        """The cells of a row by column."""
        return dict(zip(self.columns, row.cells, strict=True))


def fold_column(name: str) -> str:
    """Name of a column in lower case with its blanks collapsed."""
    return " ".join(name.replace("\ufeff", "").split()).lower()


def read_table(path: Path, name: str, required: Collection[str], dataset: str = "") -> Table:
    """Read a comma-separated file whose header is one of its first lines.

    Args:
        required: Columns, folded, by which the header is known; all must be there.

    Raises:
        ParseError: When it is empty, a web page, in an unknown encoding, cut, or has no such
            header; names file, line and remedy.
    """
    member = member_of(name)
    with open_stream(path, name, dataset, member=member, limit=MAX_BYTES) as stream:
        content = stream.read()
    if not content:
        raise refuse(name, 1, "the file is empty", dataset=dataset)
    text, encoding = decode(content, name, dataset)
    rows = _read_rows(text, name, dataset)
    at = _find_header(rows, required, name, dataset)
    columns = [fold_column(cell) for cell in rows[at].cells]
    while not columns[-1]:
        columns.pop()
    _refuse_twins(columns, name, rows[at].number, dataset)
    body = [_fit(each, len(columns), name, dataset) for each in rows[at + 1 :]]
    _refuse_cut(text, body, name, dataset)
    preamble = " ".join(cell.strip() for each in rows[:at] for cell in each.cells if cell.strip())
    return Table(name, preamble, columns, body, encoding)


def _find_header(rows: Sequence[Line], required: Collection[str], name: str, dataset: str) -> int:
    for at, row in enumerate(rows[:_HEADER_LINES]):
        if set(required) <= {fold_column(cell) for cell in row.cells}:
            return at
    fault = f"no line at the top is a header with the columns {', '.join(sorted(required))}"
    raise refuse(name, 1, fault, dataset=dataset)


def decode(content: bytes, name: str, dataset: str) -> tuple[str, str]:
    """The text and its encoding: UTF-8 where it is that, else the publisher's cp1252.

    Raises:
        ParseError: When it is a web page, UTF-16 or holds NUL bytes; or is UTF-8 that was damaged,
            which cp1252 would turn into nonsense without a word.
    """
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_WEB_PAGE):
        raise refuse(name, 1, "this is a web page or XML, not a comma-separated file",
                     dataset=dataset)  # fmt: skip
    remedy = "Save it as UTF-8 or download it again."
    if content.startswith(_UTF16):
        raise refuse(name, 1, "the file is UTF-16, not UTF-8", remedy, dataset)
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise refuse(name, line, "the file holds a NUL byte", dataset=dataset)
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as exc:
        lenient = content.decode("utf-8", errors="replace")
        damaged = lenient.count("\ufffd")
        line = content.count(b"\n", 0, exc.start) + 1
        if sum(not each.isascii() for each in lenient) - damaged > damaged:
            fault = f"byte 0x{content[exc.start]:02x} is not UTF-8, as the rest of the file is"
            raise refuse(name, line, fault, remedy, dataset) from exc
        try:
            return content.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            fault = f"byte 0x{content[exc.start]:02x} is neither UTF-8 nor cp1252"
            raise refuse(name, line, fault, remedy, dataset) from exc


def note_encoding(table: Table, issues: IssueLog) -> None:
    """Say when a file was not in UTF-8: a letter may then be another one."""
    if table.encoding != "utf-8":
        issues.note("encoding", f"{table.name} is not UTF-8; read as {table.encoding}.",
                    locator=f"{table.name}:1")  # fmt: skip


def _read_rows(text: str, name: str, dataset: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, number = [], 1
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                rows.append(Line(number, cells))
            number = reader.line_num + 1
    except csv.Error as exc:
        fault = f"a quoted text is not closed or not well formed ({exc})"
        raise refuse(name, number, fault, dataset=dataset) from exc
    return rows


def _fit(row: Line, width: int, name: str, dataset: str) -> Line:
    cells = row.cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]  # commas with nothing between them, as spreadsheets add
    if len(cells) != width:
        fault = f"the row has {len(cells)} columns instead of {width}"
        raise refuse(name, row.number, fault, dataset=dataset)
    return Line(row.number, cells)


def _refuse_cut(text: str, body: Sequence[Line], name: str, dataset: str) -> None:
    """A last cell without an end may be half a number: half a group's number is another group."""
    if body and not text.endswith(("\n", "\r", '"')) and body[-1].cells[-1].strip():
        raise refuse(name, body[-1].number, "the file breaks off inside this row", dataset=dataset)


def _refuse_twins(columns: Sequence[str], name: str, line: int, dataset: str) -> None:
    twins = sorted({column for column in columns if columns.count(column) > 1})
    if twins:
        fault = f"the header names {', '.join(map(repr, twins))} more than once"
        raise refuse(name, line, fault, dataset=dataset)
