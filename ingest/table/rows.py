"""Any table, by what its first bytes say: CSV, XLSX, JSON lines or Parquet, plain or packed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ingest.columns import Batch
from ingest.source import IssueLog
from ingest.table.delimited import SAMPLE, iter_delimited
from ingest.table.grid import iter_batches
from ingest.table.sidecar import Reading
from ingest.table.typed import iter_json, iter_parquet
from ingest.table.workbook import iter_sheet
from ingest.tally import RowIssues
from ingest.unpack import find_member, list_members, open_stream, refuse

_IN_MEMORY = 512 << 20  # bytes of a packed workbook or Parquet file: both are read back and forth
_ZIP, _PARQUET, _OLD_EXCEL = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"


def iter_table(
    path: Path, name: str, needed: Sequence[str], reading: Reading, issues: IssueLog
) -> Iterator[Batch]:
    """The rows of a table, some thousand at a time.

    Args:
        name: How the mapping calls the file; `path` may be called anything.
        needed: Columns that must be there.

    Raises:
        ParseError: When the file is no table, or lacks a column; names file, line and remedy.
    """
    tally = RowIssues(name, issues)
    try:
        yield from _iter_table(path, needed, reading, tally)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError) as exc:
        raise refuse(name, 1, f"the file is damaged or cannot be read ({exc})") from exc
    tally.close()


def _iter_table(
    path: Path, needed: Sequence[str], reading: Reading, tally: RowIssues
) -> Iterator[Batch]:
    name = tally.name
    member = find_member(path, name)
    with open_stream(path, name, member=member) as stream:
        sample = _read(stream, SAMPLE)
    if not sample:
        raise refuse(name, 1, "the file is empty", "Give the file with its rows.")
    if sample.startswith(_OLD_EXCEL):
        raise refuse(name, 1, "this is a workbook of the old format", "Save it as XLSX or CSV.")
    if sample.startswith((_ZIP, _PARQUET)):
        with _seekable(path, name, member) as file:
            if sample.startswith(_PARQUET):
                yield from iter_parquet(file, needed, tally)
            else:
                lines = iter_sheet(file, needed, reading.sheet, tally)
                yield from iter_batches(lines, needed, tally, even=False)
    else:
        with open_stream(path, name, member=member) as stream:
            if sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
                yield from iter_json(cast(BinaryIO, stream), needed, tally)
            else:
                lines = iter_delimited(cast(BinaryIO, stream), sample, needed, reading, tally)
                yield from iter_batches(lines, needed, tally, even=True)


def _read(stream: io.BufferedReader, size: int) -> bytes:
    """So many bytes, unless the file ends before."""
    blocks: list[bytes] = []
    while size > 0 and (block := stream.read(size)):
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)


@contextmanager
def _seekable(path: Path, name: str, member: str | None) -> Iterator[BinaryIO]:
    """A file to read back and forth: itself, or what is packed in it."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if head == _PARQUET or (head == _ZIP and not list_members(path, name)):
            yield file
            return
    with open_stream(path, name, member=member, limit=_IN_MEMORY) as stream:
        yield io.BytesIO(stream.read())
