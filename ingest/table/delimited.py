"""Comma-separated tables as people and programs save them: any encoding, any delimiter.

Encoding and delimiter are found out from the file, unless the mapping states them. The line of each
row is its physical one.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from normality import predict_encoding

from graph.errors import ParseError
from ingest.table.grid import Line, find_header, name_columns
from ingest.table.sidecar import Reading
from ingest.tally import RowIssues
from ingest.unpack import refuse

SAMPLE = 1 << 20  # bytes that encoding and delimiter are found out from
MAX_CELL = 32 << 20  # characters of a cell: a longer one is a quotation mark that nobody closed
_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
         (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_PAGES = ("<!doctype", "<html", "<head", "<body", "<?xml", "<script")


def find_encoding(sample: bytes, tally: RowIssues) -> str:
    """The encoding of a table, from its first bytes.

    Text that is no UTF-8 is guessed at, which may spoil letters outside ASCII: a warning says so.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[offset:4096:2]
        if half and half.count(0) > len(half) * 0.6:
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        guessed = predict_encoding(sample, default="windows-1252")
        tally.warn(
            "encoding-guessed",
            f"is no UTF-8 and is read as {guessed}; if names look spoilt, state `encoding:` in the "
            "mapping.", tally.name,
        )  # fmt: skip
        return guessed
    return "utf-8"


def find_delimiter(text: str, needed: Sequence[str]) -> str:
    """What stands between cells: it gives the needed columns, else the most columns throughout."""
    best, best_score = ",", (0, 0.0)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter,
                            skipinitialspace=True)  # fmt: skip
        lines = [Line(number, cells, 0) for number, cells in enumerate(_take(reader), 1) if cells]
        if not lines:
            continue
        header = name_columns(lines[find_header(lines[:20], needed)].cells)
        if needed and set(needed) <= set(header):
            return delimiter
        width = len(header)
        same = sum(1 for line in lines if len(line.cells) == width) / len(lines)
        score = (width if same > 0.5 else 1, same)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _take(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The first rows; the sample may end inside a quoted cell."""
    try:
        yield from islice(reader, 200)
    except csv.Error:
        return


def iter_delimited(
    stream: BinaryIO, sample: bytes, needed: Sequence[str], reading: Reading, tally: RowIssues
) -> Iterator[Line]:
    """The rows of a delimited table, the header among them.

    Raises:
        ParseError: When it is a web page, not of the stated encoding, or breaks off inside a cell.
    """
    encoding = reading.encoding or find_encoding(sample, tally)
    head = sample.decode(encoding, "replace").lstrip("\ufeff")
    if head[:512].lstrip().lower().startswith(_PAGES):
        raise refuse(tally.name, 1, "this is a web page or XML, not a table",
                     "Download the table itself.")  # fmt: skip
    delimiter = reading.delimiter or find_delimiter(head[: 1 << 16], needed)
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    text = io.TextIOWrapper(stream, encoding, newline="")
    yield from _iter_rows(_Lines(text, tally.name, encoding), delimiter)


class _Lines:
    """The physical lines of a text, and those of the row that is being read."""

    def __init__(self, text: io.TextIOWrapper, name: str, encoding: str) -> None:
        self._text, self.name, self._encoding = text, name, encoding
        self.number = 0
        self.row: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(MAX_CELL)
        except UnicodeError as exc:  # UTF-16 without its mark is no UnicodeDecodeError
            fault = f"the text is not {self._encoding} ({getattr(exc, 'reason', exc)})"
            remedy = "State `encoding:` in the mapping, or save the file as UTF-8."
            raise refuse(self.name, self.number + 1, fault, remedy) from exc
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= MAX_CELL:
            fault = f"the line has more than {MAX_CELL} characters"
            raise refuse(self.name, self.number, fault, "Save the table with line breaks.")
        self.row.append(line.lstrip("\ufeff") if self.number == 1 else line)
        return self.row[-1]


def _iter_rows(lines: _Lines, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    start, last = 1, list[str]()
    try:
        for cells in reader:
            last, lines.row = lines.row, []
            yield Line(start, cells, sum(map(len, last)))
            start = lines.number + 1
    except csv.Error as exc:
        raise _unclosed(lines.name, start, str(exc)) from exc
    try:  # the reader itself closes a quoted cell at the end of the file without a word
        list(csv.reader(last, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as exc:
        if "end of data" in str(exc):
            raise _unclosed(lines.name, start - len(last), "the file ends inside it") from exc


def _unclosed(name: str, line: int, reason: str) -> ParseError:
    fault = f"a quoted cell that begins in this row is not closed ({reason})"
    return refuse(name, line, fault, "Close the quotation mark, or fetch the file again.")
