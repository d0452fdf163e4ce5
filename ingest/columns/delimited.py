"""Reads delimited files of any size in batches, and refuses what is not one.

Arrow splits the rows; this module sees to it that nothing is read wrongly in silence: a page of
HTML, another encoding, NUL bytes, a file that breaks off, a row of another width, a quotation mark
that is never closed. Locators count records, the header being row 1: where no cell holds a line
break, that is the line.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from graph.errors import ParseError
from ingest.columns.batch import Batch
from ingest.unpack import AGAIN, open_stream, refuse

BLOCK_BYTES = 8 << 20  # of text in a batch; a row must fit into it
_PIECE_BYTES = 1 << 18
_HEAD_BYTES = 1 << 20  # within which the header ends
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<script")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE = "Save it as UTF-8 or download it again."


def iter_csv_batches(
    path: Path,
    name: str,
    dataset: str = "",
    *,
    columns_required: Sequence[str],
    encoding: str = "utf-8",
    delimiter: str = ",",
    member: str | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Iterator[Batch]:
    """Read a delimited file with a header, plain, gzipped or zipped.

    A column twice in the header is there as "name (2)" besides. Columns that the caller does not
    know stay in the batch, for its audit.

    Args:
        path: The file.
        name: Its canonical name, for messages and locators ("file.csv:row 17").
        dataset: For errors.
        columns_required: Names that the header must have, without the blanks around them.
        encoding: Of the file, when it is not UTF-8.
        delimiter: Between cells.
        member: Pattern of the file wanted from a ZIP.
        block_bytes: Text that a batch holds.

    Raises:
        ParseError: See the module; names file, row or line, and remedy.
    """
    with open_stream(path, name, dataset, member=member) as stream:
        text = _Checked(stream, name, dataset, encoding)
        header = _read_header(text, delimiter)
        _require(header, columns_required, name, dataset)
        rows = 1
        for batch in _iter_parsed(text, header, delimiter, block_bytes):
            yield _make_batch(batch, header, name, rows)
            rows += batch.num_rows
    text.require_end()
    if text.lines > rows:  # a cell has a line break, or lacks its closing quotation mark
        _require_closed(path, text, delimiter, member)


class _Checked:
    """The text of a file as UTF-8, checked piece by piece; what Arrow reads."""

    closed = False

    def __init__(self, stream: io.BufferedReader, name: str, dataset: str, encoding: str) -> None:
        self.name, self.dataset, self.encoding = name, dataset, encoding
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._is_utf8 = codecs.lookup(encoding).name == "utf-8"
        self._feeds = self._returns = 0
        self._last = b""
        self._head = b""  # read already, to be given out first

    @property
    def lines(self) -> int:
        """Lines read so far, whichever character breaks them."""
        return max(self._feeds, self._returns)

    def readable(self) -> bool:
        """For Arrow."""
        return True

    def read(self, size: int) -> bytearray:
        """The next bytes, as many as there are: Arrow makes one batch of one block."""
        block = bytearray(self._head)
        while len(block) < size and (piece := self._read_piece()):
            block += piece
        self._head = bytes(block[size:])
        del block[size:]
        return block

    def read_head(self) -> bytes:
        """The beginning of the text, its first line at least; it will be read again."""
        while len(self._head) < _HEAD_BYTES and self.lines == 0:
            piece = self._read_piece()
            if not piece:
                break
            self._head += piece
        return self._head

    def require_end(self) -> None:
        """Refuse a file that ends within a record.

        Raises:
            ParseError: When its last line is not finished.
        """
        if self._last not in (b"\n", b"\r", b'"', b"\x1a"):
            raise self.refuse(self.lines + 1, "the file breaks off inside this record")

    def refuse(self, line: int, fault: str, remedy: str = AGAIN) -> ParseError:
        """An error of this file."""
        return refuse(self.name, line, fault, remedy, self.dataset)

    def _read_piece(self) -> bytes:
        """The next piece, checked; empty at the end. A character may be cut in two."""
        while piece := self._stream.read(_PIECE_BYTES):
            if piece.startswith(_UTF16) and not self._last:
                raise self.refuse(1, "the file is UTF-16, not UTF-8", _SAVE)
            nul = piece.find(b"\0")
            if nul >= 0:
                raise self.refuse(self._line(piece, nul), "the file holds a NUL byte")
            text = self._decode(piece)
            self._feeds += piece.count(b"\n")
            self._returns += piece.count(b"\r")
            self._last = piece[-1:]
            if self._is_utf8:
                return piece
            if text:
                return text.encode()
        self._decode(b"", final=True)
        return b""

    def _decode(self, piece: bytes, *, final: bool = False) -> str:
        held = len(self._decoder.getstate()[0])
        try:
            return self._decoder.decode(piece, final)
        except UnicodeDecodeError as exc:
            line = self._line(piece, max(exc.start - held, 0))
            fault = f"byte 0x{exc.object[exc.start]:02x} is not {self.encoding.upper()}"
            raise self.refuse(line, fault, _SAVE) from exc

    def _line(self, piece: bytes, place: int) -> int:
        feeds, returns = piece.count(b"\n", 0, place), piece.count(b"\r", 0, place)
        return max(self._feeds + feeds, self._returns + returns) + 1


def _read_header(text: _Checked, delimiter: str) -> list[str]:
    """The names of the columns, stripped, each once."""
    head = text.read_head()
    if not head.strip():
        raise text.refuse(1, "the file is empty")
    if head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML):
        raise text.refuse(1, "this is a web page or XML, not a delimited file")
    lines = head.decode("utf-8-sig", "ignore").splitlines()
    names: list[str] = []
    for cell in next(csv.reader(lines[:1], delimiter=delimiter), []):
        name = cell.strip()
        times = sum(1 for each in names if each == name or each.startswith(f"{name} ("))
        names.append(f"{name} ({times + 1})" if name in names else name)
    return names


def _require(header: Sequence[str], required: Sequence[str], name: str, dataset: str) -> None:
    missing = [each for each in required if each not in header]
    if missing:
        fault = f"the header has no column {', '.join(map(repr, missing))}"
        remedy = f"It has {', '.join(header[:12])}; check that this is the file meant."
        raise refuse(name, 1, fault, remedy, dataset)


def _iter_parsed(
    text: _Checked, header: Sequence[str], delimiter: str, block_bytes: int
) -> Iterator[pa.RecordBatch]:
    """What Arrow splits, one batch ahead in a second thread."""
    wrong: list[Any] = []

    def meet(row: Any) -> str:
        wrong.append(row)
        return "error"

    options = pv.ReadOptions(
        column_names=list(header), skip_rows_after_names=1, block_size=block_bytes,
        use_threads=False,
    )  # fmt: skip
    parsing = pv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=meet
    )
    converting = pv.ConvertOptions(
        column_types={each: pa.string() for each in header}, check_utf8=False, null_values=[""],
        strings_can_be_null=True, quoted_strings_can_be_null=True,
    )  # fmt: skip
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="csv") as pool:
            reader = pv.open_csv(pa.PythonFile(text, mode="r"), options, parsing, converting)
            coming = pool.submit(_next, reader)
            while (batch := coming.result()) is not None:
                coming = pool.submit(_next, reader)
                yield batch
    except pa.ArrowInvalid as exc:
        raise _explain(exc, wrong, text, block_bytes) from exc


def _next(reader: pv.CSVStreamingReader) -> pa.RecordBatch | None:
    try:
        return reader.read_next_batch()
    except StopIteration:
        return None


def _explain(
    exc: pa.ArrowInvalid, wrong: Sequence[Any], text: _Checked, block_bytes: int
) -> ParseError:
    if wrong:
        row = wrong[0]
        locator = f"{text.name}:row {row.number}"
        return ParseError(
            f"{text.name}, row {row.number}: the record has {row.actual_columns} columns instead "
            f"of {row.expected_columns}. {AGAIN}",
            locator=locator, dataset=text.dataset,
        )  # fmt: skip
    if "straddl" in str(exc):
        fault = f"a record of over {block_bytes} bytes: a quotation mark is not closed"
        return text.refuse(text.lines, fault)
    return text.refuse(text.lines, f"the records cannot be told apart ({exc})")


def _make_batch(batch: pa.RecordBatch, header: Sequence[str], name: str, rows: int) -> Batch:
    numbers = pa.array(np.arange(rows + 1, rows + 1 + batch.num_rows)).cast(pa.string())
    locators = pc.binary_join_element_wise(f"{name}:row", numbers, " ")
    return Batch(dict(zip(header, batch.columns, strict=True)), locators)


def _require_closed(path: Path, text: _Checked, delimiter: str, member: str | None) -> None:
    """Read the file again, strictly: Arrow takes what follows an open quotation mark as a cell.

    Raises:
        ParseError: When a quotation mark is not closed, or stands within a cell.
    """
    with open_stream(path, text.name, text.dataset, member=member) as stream:
        lines = io.TextIOWrapper(stream, encoding=text.encoding, newline="")
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        begin = 1
        try:
            for _ in reader:
                begin = reader.line_num + 1
        except csv.Error as exc:
            fault = f"a quoted text is not closed or not well formed ({exc})"
            raise text.refuse(begin, fault) from exc
