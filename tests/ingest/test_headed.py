"""Rows with a header: cells by column, lines that can be looked up, and no damaged file read."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ParseError
from ingest.headed import Layout, fold_column, note_encoding, read_table
from ingest.source import IssueLog

STRICT = Layout(("Name", "Number"))
OLD = Layout(("name", "number"), fold_column, "cp1252")


def _write(folder: Path, content: bytes) -> Path:
    path = folder / "x.csv"
    path.write_bytes(content)
    return path


def test_cells_go_by_column_whatever_their_order_and_lines_are_the_files(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbfNumber, Name ,Hat\r\n1,"QUUX\r\nLTD",\r\n\r\n2,ZOR,green,,\r\n'
    table = read_table(_write(tmp_path, content), "x.csv", STRICT)
    assert [(row.locator, row.take("Number"), row.take("Name")) for row in table.rows] == [
        ("x.csv:2", "1", "QUUX\r\nLTD"), ("x.csv:5", "2", "ZOR"),
    ]  # fmt: skip
    assert list(table.rows[1].iter_left()) == [("Hat", "green")]


def test_a_header_may_stand_below_a_title_in_another_case(tmp_path: Path) -> None:
    content = b"Last updated,2026-01-02\n\nNUMBER,  name,,\n1,QUUX\n".replace(b",QUUX", b",QUUX,,")
    [row] = read_table(_write(tmp_path, content), "x.csv", OLD).rows
    assert (row.locator, row.take("number"), row.take("name")) == ("x.csv:4", "1", "QUUX")


def test_only_a_layout_with_a_legacy_encoding_reads_it_and_says_so(tmp_path: Path) -> None:
    path = _write(tmp_path, "Name,Number\nESPAÑA,1\n".encode("cp1252"))
    table, issues = read_table(path, "x.csv", OLD), IssueLog()
    note_encoding(table, issues)
    assert table.rows[0].take("name") == "ESPAÑA"
    assert [issue.code for issue in issues.issues] == ["encoding"]
    with pytest.raises(ParseError, match="line 2: byte 0xd1 is not UTF-8"):
        read_table(path, "x.csv", STRICT)
    damaged = "Name,Number\nESPAÑA ÉÉ".encode() + b"\xd1,1\n"
    with pytest.raises(ParseError, match="line 2: byte 0xd1 is not UTF-8, as the rest"):
        read_table(_write(tmp_path, damaged), "x.csv", OLD)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "line 1: the file is empty"),
        (b"\n\n", "line 1: no line at the top is a header with the columns Name, Number"),
        (b"Name,Nummer\nA,1\n", "line 1: the header has no column 'Number'"),
        (b"name,number\nA,1\n", "line 1: no line at the top is a header"),
        (b"Name,Number,Name\nA,1,B\n", "line 1: the header names 'Name' more than once"),
        (b"Name,Number\nA,1\nB\n", "line 3: the row has 1 columns instead of 2"),
        (b"Name,Number\nA,1,B\n", "line 2: the row has 3 columns instead of 2"),
        (b"Name,Number\nA,1\nB,2", "line 3: the file breaks off"),
        (b'Name,Number\nA,1\n"B,2', "line 3: a quoted text is not closed"),
        (b"Name,Number\nA\0,1\n", "line 2: the file holds a NUL"),
        (b"<!DOCTYPE html><html></html>", "line 1: this is a web page"),
        ("Name,Number\n".encode("utf-16"), "line 1: the file is UTF-16"),
    ],
)
def test_what_is_no_such_table_is_refused_with_line_and_remedy(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    with pytest.raises(ParseError, match=fault) as caught:
        read_table(_write(tmp_path, content), "x.csv", STRICT, "d")
    assert str(caught.value).startswith("x.csv, line ")
    assert "again" in str(caught.value)
    assert caught.value.dataset == "d"
