"""Which row of a text table is its header: the one that holds the most headings that are known.

A table reader without such knowledge takes the first row that is about as full as the fullest; a
damaged row with too many cells near the top would then stand for the header.
"""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path

from ingest.source import IssueLog
from ingest.sources.agents.layout import LAYOUTS, Settings, fold, read_layout
from ingest.table.delimited import find_delimiter, find_encoding
from ingest.table.grid import name_columns
from ingest.tally import RowIssues
from ingest.unpack import find_member, open_stream

_SAMPLE = 1 << 16  # bytes
_ROWS = 20  # titles stand above the header of many lists, but not a page of them
_ENOUGH = 2  # one known word may stand in a title, too
_OTHER = (b"PK", b"PAR1", b"{", b"[", b"<")  # workbooks and other tables have their own headers


def find_header(path: Path, name: str, settings: Settings) -> tuple[str, ...]:
    """The known headings of a text table, as they are written; empty where none is recognised."""
    with open_stream(path, name, member=find_member(path, name)) as stream:
        sample = stream.read(_SAMPLE)
    if not sample or sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHER):
        return ()
    encoding = settings.reading.encoding or find_encoding(sample, RowIssues(name, IssueLog()))
    text = sample.decode(encoding, "replace").lstrip("\ufeff")
    delimiter = settings.reading.delimiter or find_delimiter(text, ())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    known, best = _known_headings(settings), list[str]()
    try:
        for cells in islice(reader, _ROWS):
            found = [each for each in name_columns(cells) if fold(each) in known]
            best = found if len(found) > len(best) else best
    except csv.Error:  # a cell that is not closed: the table reader says where
        pass
    return tuple(best) if len(best) >= _ENOUGH else ()


def _known_headings(settings: Settings) -> frozenset[str]:
    shipped = (each for name in LAYOUTS for each in read_layout(name).columns.values())
    stated = (tuple(map(fold, each)) for each in settings.columns.values())
    return frozenset(heading for group in (*shipped, *stated) for heading in group)
