"""Registries in columns: what is read, what is refused, and that columns equal single values."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.ingest import run_mapping, run_register
from graph.errors import ParseError
from ingest.audit import Audit
from ingest.columns import (
    Batch,
    batch_rows,
    choose_first,
    find_unmapped,
    iter_csv_batches,
    join_texts,
    keep_where,
    make_ids,
    map_words,
    parse_days,
    prefix_texts,
)
from ingest.dates import parse_date
from ingest.ids import make_id
from ingest.source import IssueLog

NAME = "reg.csv"


def read(content: bytes | Path, *required: str, **options: object) -> list[Batch]:
    if isinstance(content, bytes):
        raise TypeError("write it first")
    return list(
        iter_csv_batches(content, NAME, "reg", columns_required=required, **options)  # type: ignore[arg-type]
    )


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "whatever.CSV"
    path.write_bytes(content)
    return path


def rows_of(batches: list[Batch]) -> list[dict[str, str | None]]:
    """All rows, stripped, as dictionaries."""
    rows: list[dict[str, str | None]] = []
    for batch in batches:
        columns = [batch.column(name).to_pylist() for name in batch.names]
        rows += [dict(zip(batch.names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return rows


def test_cells_are_stripped_and_empty_ones_null(tmp_path: Path) -> None:
    path = stored(
        tmp_path, b'\xef\xbb\xbf Number,Name , Note\r\n 1 ,"Bolt, plc",""\r\n2,  ,x\xc2\xa0\r\n'
    )
    (batch,) = read(path, "Number", "Note")
    assert rows_of([batch]) == [
        {"Number": "1", "Name": "Bolt, plc", "Note": None},
        {"Number": "2", "Name": None, "Note": "x"},
    ]
    assert batch.locators.to_pylist() == ["reg.csv:row 2", "reg.csv:row 3"]
    assert batch.column("Number") is batch.column("Number")
    assert batch.column("Absent").to_pylist() == [None, None]


@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
def test_packed_files_are_read_like_plain_ones(tmp_path: Path, packing: str) -> None:
    content = b"a,b\n1,2\n"
    path = stored(tmp_path, gzip.compress(content) if packing == "gzip" else content)
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inner.csv", content)
    assert rows_of(read(path, "a")) == [{"a": "1", "b": "2"}]


TEXTS = st.text(
    alphabet=st.sampled_from([*'ab1 ,;"\n\r\t', "é", "中", "\u2028", "\u200f", "0", "-"]),
    max_size=6,
)


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=12),
    st.sampled_from([64, 1 << 20]), st.sampled_from(["\n", "\r\n"]), st.sampled_from([",", ";"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)  # fmt: skip
def test_what_a_writer_quotes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], block: int, end: str, delimiter: str,
    encoding: str,
) -> None:  # fmt: skip
    """Line breaks, quotation marks and delimiters in cells; blocks of a few rows."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator=end, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["x", "y", "z"])
    writer.writerows(rows)
    path = stored(tmp_path, held.getvalue().encode(encoding))
    batches = read(path, "x", delimiter=delimiter, block_bytes=block)
    expected = [{name: cell.strip() or None for name, cell in zip("xyz", row, strict=True)}
                for row in rows]  # fmt: skip
    assert rows_of(batches) == expected
    locators = [each for batch in batches for each in batch.locators.to_pylist()]
    assert locators == [f"{NAME}:row {place + 2}" for place in range(len(rows))]


def test_other_encodings_are_read_when_named(tmp_path: Path) -> None:
    path = stored(tmp_path, "navn\nKjøbenhavn Ærø\n".encode("cp1252"))
    assert rows_of(read(path, "navn", encoding="cp1252")) == [{"navn": "Kjøbenhavn Ærø"}]


def test_a_column_named_twice_is_there_twice(tmp_path: Path) -> None:
    path = stored(tmp_path, b"a,b,a\n1,2,3\n")
    assert rows_of(read(path, "a")) == [{"a": "1", "b": "2", "a (2)": "3"}]


LONG = b"a,b\n" + b"1,2\n" * 300_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"line 1: the file is empty"),
        (b"a,b\n1,2\n\xff,3\n", r"line 3: byte 0xff is not UTF-8"),
        (LONG + b"\xe9,3\n", r"line 300002: byte 0xe9 is not UTF-8"),
        (LONG + b"1,2\xc3", r"line 300002: byte 0xc3 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), r"line 1: the file is UTF-16"),
        (b"a,b\n1,2\n3,\x00\n", r"line 3: the file holds a NUL byte"),
        (b"<!DOCTYPE html><html>\n", r"line 1: this is a web page"),
        (b'<?xml version="1.0"?>\n<a/>\n', r"line 1: this is a web page or XML"),
        (b"c,b\n1,2\n", r"line 1: the header has no column 'a'. It has c, b"),
        (b"a,b\n1,2\n3\n", r"row 3: the record has 1 columns instead of 2"),
        (b"a,b\n1,2\n3,4,5\n", r"row 3: the record has 3 columns instead of 2"),
        (LONG + b"3\n", r"row 300002: the record has 1 columns instead of 2"),
        (b"a,b\n1,2\n3,4", r"line 3: the file breaks off inside this record"),
        (b'a,b\n1,"2\n3,4\n', r"line 2: a quoted text is not closed"),
        (b'a,b\n1,"2\n3,"4"\n', r"line 2: a quoted text is not closed or not well formed"),
        (b'a,b\n1,2\n3,"' + b"x" * 200, r"a quotation mark is not closed|breaks off"),
    ],
    ids=lambda each: repr(each[-24:]),
)  # fmt: skip
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = stored(tmp_path, content)
    with pytest.raises(ParseError, match=message) as raised:
        read(path, "a")
    assert str(raised.value).startswith(NAME)


def test_a_record_larger_than_a_block_is_an_open_quotation_mark(tmp_path: Path) -> None:
    path = stored(tmp_path, b'a,b\n1,"2\n' + b"3,4\n" * 100)
    with pytest.raises(ParseError, match="a quotation mark is not closed"):
        read(path, "a", block_bytes=64)


def test_a_packed_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, gzip.compress(LONG)[:-40])
    with pytest.raises(ParseError, match="broken off or damaged"):
        read(path, "a")


def test_a_reader_may_stop_early(tmp_path: Path) -> None:
    path = stored(tmp_path, LONG)
    batches = iter_csv_batches(path, NAME, "reg", columns_required=("a",), block_bytes=4096)
    assert len(next(batches)) > 0
    batches.close()  # type: ignore[attr-defined]


def test_what_nobody_took_is_reported_once_with_its_number(tmp_path: Path) -> None:
    path = stored(tmp_path, b"a,b,c,d,e\n1,2,,x,\n1,,,y,\n1,3, ,,\n" * 1)
    audit, issues = Audit(), IssueLog()
    for batch in read(path, "a", block_bytes=20):
        batch.column("a")
        batch.ignore("d")
        batch.report(audit)
    audit.report(issues)
    (issue,) = issues.issues
    assert (issue.code, issue.locator) == ("unread-field", "reg.csv:row 2")
    assert issue.message == "b is not read: 2 times, first '2'."


def test_a_part_of_a_batch_takes_for_the_whole(tmp_path: Path) -> None:
    (batch,) = read(stored(tmp_path, b"a,b\n1,x\n,y\n3,\n"), "a")
    part = batch.where(batch.column("a").is_valid())
    assert part.column("b").to_pylist() == ["x", None]
    assert part.locators.to_pylist() == ["reg.csv:row 2", "reg.csv:row 4"]
    assert part.column("c").to_pylist() == [None, None]
    issues, audit = IssueLog(), Audit()
    batch.report(audit)
    audit.report(issues)
    assert issues.issues == []
    origins = part.origins(part.column("a"), "ab")
    assert (origins.record_ids, origins.locators, origins.sha256) == (
        part.column("a"), part.locators, "ab",
    )  # fmt: skip


def test_rows_of_other_readers_make_batches() -> None:
    rows: list[tuple[dict[str, str | None], str]]
    rows = [({"a": " 1", "b": None}, "x.xml:3"), ({"c": "", "a": "2"}, "x.xml:9"),
            ({}, "x.xml:12")]  # fmt: skip
    first, second = batch_rows(iter(rows), 2)
    assert rows_of([first]) == [{"a": "1", "b": None, "c": None}, {"a": "2", "b": None, "c": None}]
    assert (len(second), second.names) == (1, ())
    assert second.locators.to_pylist() == ["x.xml:12"]


CELLS = st.lists(
    st.one_of(st.none(), st.text(max_size=8).map(str.strip).filter(bool),
              st.sampled_from(["TAe.010", "a..b", "ÄÖ", "RC 1/2", "00123", ".", "A.B-"])),
    max_size=8,
)  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(CELLS, CELLS)
def test_ids_are_those_of_single_values(first: list[str | None], second: list[str | None]) -> None:
    size = min(len(first), len(second))
    one, two = (pa.array(each[:size], pa.string()) for each in (first, second))
    expected = [None if left is None or right is None else make_id("gb", left, right)
                for left, right in zip(first, second, strict=False)]  # fmt: skip
    assert make_ids("gb", one, two).to_pylist() == expected
    assert make_ids("gb", one).to_pylist() == [
        each if each is None else make_id("gb", each) for each in first[:size]
    ]


DATES = st.one_of(
    st.sampled_from(["2020-02-30", "1990", "2001-05", "31/12/2019", "12/31/2019", "3 May 2001",
                     "2020-02-28T23:59:59Z", "2020-02-31 10:00", "2015-03-27-04:00", "2020-1-1",
                     "2012-11-29T16:33:00.000Z", "0000-00-00", "soon", "20200229", "1951 to 1953",
                     "3000-01-01", "2020-01-31", "2020-13-01T00:00", "9999-12-31"]),
    st.dates().map(str), st.datetimes().map(str), st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(st.one_of(st.none(), DATES), max_size=10), st.booleans())
def test_days_are_those_of_single_values(texts: list[str | None], month_first: bool) -> None:
    column = pa.array(texts, pa.string())
    expected = [each if each is None else parse_date(each, month_first=month_first)
                for each in texts]  # fmt: skip
    assert parse_days(column, month_first=month_first).to_pylist() == expected


def text(*values: str | None) -> pa.StringArray:
    return pa.array(values, pa.string())


def test_texts_are_joined_chosen_and_kept_row_by_row() -> None:
    one, two = text("a", None, None), text("b", "c", None)
    assert join_texts(", ", one, two).to_pylist() == ["a, b", "c", None]
    gaps = text(None, "x", None)
    assert join_texts(" ", gaps, gaps, gaps).to_pylist() == [None, "x x x", None]
    assert join_texts(" ", gaps).to_pylist() == [None, "x", None]
    assert choose_first(one, two).to_pylist() == ["a", "c", None]
    assert prefix_texts("x-", one).to_pylist() == ["x-a", None, None]
    mask = pa.array([True, None, False])
    assert keep_where(mask, two).to_pylist() == ["b", None, None]


def test_unknown_words_are_null_and_found() -> None:
    words = text("A", "B", None, "C", "B")
    made = map_words(words, {"A": "a"})
    assert made.to_pylist() == ["a", None, None, None, None]
    assert find_unmapped(words, made) == {"B": (2, 1), "C": (1, 3)}


def test_nothing_is_nothing(tmp_path: Path) -> None:
    assert read(stored(tmp_path, b"a,b\n"), "a") == []
    empty = text()
    for made in (make_ids("x", empty), parse_days(empty), map_words(empty, {}),
                 join_texts(" ", empty, empty)):  # fmt: skip
        assert made.to_pylist() == []
    assert list(batch_rows([])) == []


def test_the_benchmark_and_its_peer_state_the_same(tmp_path: Path) -> None:
    """FollowTheMoney's own mapping of the same register: as many statements."""
    ours = run_register(tmp_path, 400)
    assert ours.statements == run_mapping(tmp_path, 400).statements
    assert ours.statements > 400 * 10
