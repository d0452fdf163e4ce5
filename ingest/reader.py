"""Reads published delimited files whole, and refuses what is not one.

A publisher's server answers with an error page, a download breaks off, a spreadsheet program
re-saves a file: each must be refused with the line and the remedy before anything is loaded. This
module knows bytes, lines and columns; what the columns mean belongs to the source.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ingest.unpack import find_member, open_stream, refuse

# The largest published list in this form is under 10 MB. A gzip file that unpacks to more than
# this is refused instead of filling the memory.
MAX_BYTES = 512 * 1024 * 1024
SAVE_AGAIN = "Save it as UTF-8 or download it again."
END_MARK = "\x1a"  # DOS end of file, the last line of every OFAC file
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<script")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """One record and the physical line on which it starts, counted from 1."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Delimited:
    """The rows of one file, and whether its end mark was there."""

    name: str
    rows: list[Row]
    ended: bool


def read_bytes(path: Path, name: str, dataset: str = "") -> bytes:
    """The content of a file, unpacked when its first bytes say gzip or ZIP.

    Of a ZIP of several, as with a readme, the one that is called as the file is read.

    Raises:
        ParseError: When it is empty, damaged, or unpacks to more than `MAX_BYTES`.
    """
    member = find_member(path, name, dataset)
    with open_stream(path, name, dataset, member=member, limit=MAX_BYTES) as stream:
        content = stream.read()
    if not content:
        raise refuse(name, 1, "the file is empty", dataset=dataset)
    return content


def read_delimited(path: Path, name: str, columns: int, dataset: str = "") -> Delimited:
    """Read a comma-separated file without a header whose records all have so many columns.

    Args:
        path: The file, plain or gzipped.
        name: Its canonical name, for messages and locators.
        columns: The number of columns of the format.

    Raises:
        ParseError: See the module; names file, line and remedy.
    """
    text = decode_utf8(read_bytes(path, name, dataset), name, dataset)
    body = text.rstrip("\r\n ")
    ended = body.endswith(END_MARK)
    if ended:
        # A blank before the line break belongs to the last cell ("-0- ").
        text = text.rstrip("\r\n ").rstrip(END_MARK + "\r\n")
        text = text + "\n" if text else ""
    rows = list(_iter_rows(text, name, columns, dataset))
    if not ended and not text.endswith(("\n", "\r")) and not body.endswith(('"', "-0-")):
        line = rows[-1].line if rows else 1
        raise refuse(name, line, "the file breaks off inside this record", dataset=dataset)
    return Delimited(name, rows, ended)


def decode_utf8(content: bytes, name: str, dataset: str) -> str:
    """The text of a delimited file that is published in UTF-8.

    Raises:
        ParseError: When it is not that, or not text; see `check_text`.
    """
    check_text(content, name, dataset)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        fault = f"byte 0x{content[exc.start]:02x} is not UTF-8"
        raise refuse(name, line, fault, SAVE_AGAIN, dataset) from exc


def check_text(content: bytes, name: str, dataset: str) -> None:
    """Refuse a web page, UTF-16 and NUL bytes where a delimited file should be.

    Raises:
        ParseError: Names file, line and remedy.
    """
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_HTML):
        fault = "this is a web page or XML, not a comma-separated file"
        raise refuse(name, 1, fault, dataset=dataset)
    if content.startswith(_UTF16):
        raise refuse(name, 1, "the file is UTF-16, not UTF-8", SAVE_AGAIN, dataset)
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise refuse(name, line, "the file holds a NUL byte", dataset=dataset)


def _iter_rows(text: str, name: str, columns: int, dataset: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                if len(cells) != columns:
                    fault = f"the record has {len(cells)} columns instead of {columns}"
                    raise refuse(name, line, fault, dataset=dataset)
                yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as exc:
        fault = f"a quoted text is not closed or not well formed ({exc})"
        raise refuse(name, line, fault, dataset=dataset) from exc
