"""Tables as they come: broken, sloppy, hostile, huge."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from graph.errors import ParseError
from ingest.source import IssueLog
from ingest.table.rows import iter_table
from ingest.table.sidecar import Reading

Rows = list[dict[str, str | None]]


def read(
    tmp_path: Path, content: bytes, *needed: str, name: str = "a.csv", **reading: str
) -> tuple[Rows, IssueLog]:
    """The rows of a file, each with its locator under "", and the issues."""
    path = tmp_path / "digest-of-the-archive"
    path.write_bytes(content)
    issues = IssueLog()
    rows: Rows = []
    for batch in iter_table(path, name, needed, Reading(**reading), issues):  # type: ignore[arg-type]
        columns = {each: batch.column(each).to_pylist() for each in batch.names}
        columns[""] = batch.locators.to_pylist()
        rows += [
            dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
        ]
    return rows, issues


def codes(issues: IssueLog) -> list[str]:
    return [issue.code for issue in issues.issues]


def test_rows_name_the_physical_line_on_which_they_begin(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, b'id,name\r\n1,"Zed\r\nExample"\r\n\r\n2,Yan\r\n')
    assert [(row[""], row["name"]) for row in rows] == [
        ("a.csv:2", "Zed\r\nExample"), ("a.csv:5", "Yan"),
    ]  # fmt: skip


def test_nul_and_invisible_characters_are_cleaned_away(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "id,name\n1,G\0ho\x07st\u200b\n2,\0\n".encode())
    assert [row["name"] for row in rows] == ["Ghost", None]


@pytest.mark.parametrize("size", [1, 19, 20, 21, 20_000, 20_021, 45_000])
def test_no_row_is_lost_between_header_and_batches(tmp_path: Path, size: int) -> None:
    rows, _ = read(tmp_path, b"id,name\n" + b"".join(b"%d,x\n" % at for at in range(size)))
    assert [row["id"] for row in rows] == [str(at) for at in range(size)]
    assert [row[""] for row in rows] == [f"a.csv:{at + 2}" for at in range(size)]


def test_a_line_of_ten_megabytes_is_a_row(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, b"id,name\n1," + b"x" * 10_000_000 + b"\n2,y\n")
    assert [len(row["name"] or "") for row in rows] == [10_000_000, 1]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"a\.csv, line 2: the line has more than"):
        read(tmp_path, b"id,name\n1," + b"x" * (33 << 20))


def test_a_longer_row_is_not_read_and_a_shorter_one_is(tmp_path: Path) -> None:
    rows, issues = read(tmp_path, b"id,name\n1,Ghost, Ltd\n2\n3,Beta,\n")
    assert [(row["id"], row["name"]) for row in rows] == [("2", None), ("3", "Beta")]
    assert [(each.code, each.locator) for each in issues.issues] == [
        ("long-row", "a.csv:2"), ("short-row", "a.csv:3"),
    ]  # fmt: skip


def test_a_table_of_longer_rows_has_another_delimiter(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"line 2: 2 of 2 rows have more cells .*delimiter"):
        read(tmp_path, b"id,name\n1;a,b,c\n2;a,b,c\n")


def test_many_issues_of_one_kind_are_counted(tmp_path: Path) -> None:
    _, issues = read(tmp_path, b"id,name\n" + b"1\n" * 250)
    assert codes(issues) == ["short-row"] * 101
    assert issues.issues[-1].message == "and 150 more like this; 250 in all."


def test_a_name_that_stands_twice_is_told_apart(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, b"id,date,date,\n1,2,3,4\n")
    assert rows[0] == {"id": "1", "date (1)": "2", "date (2)": "3", "column 4": "4", "": "a.csv:2"}
    with pytest.raises(ParseError, match=r"'date' stands twice .*'date \(1\)'"):
        read(tmp_path, b"id,date,date\n1,2,3\n", "date")


def test_an_absent_column_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"line 1: .*no column 'nmae'.*Did you mean 'name'\?"):
        read(tmp_path, b"id,name\n1,x\n", "nmae")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the table is empty"),
        (b"<!DOCTYPE html><p>404", "this is a web page"),
        (b"\xd0\xcf\x11\xe0 old", "a workbook of the old format"),
        (b'id,name\n1,"Ghost\n2,Beta\n', "line 2: a quoted cell .* is not closed"),
        (b'id,name\n1,a\n2,"Ghost', "line 3: a quoted cell .* is not closed"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"PAR1 broken", "the Parquet file is damaged"),
        (b"\x1f\x8b broken", "damaged"),
        (b"[1, 2]", "no JSON objects"),
        (b"{\n", "no JSON objects"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        read(tmp_path, content)
    assert caught.value.locator.startswith("a.csv:")


def test_text_that_is_no_utf8_is_guessed_at_with_a_warning(tmp_path: Path) -> None:
    content = "id,name\n" + "".join(f"{at},Müller Straße Österreich\n" for at in range(30))
    rows, issues = read(tmp_path, content.encode("cp1252"))
    assert rows[0]["name"] == "Müller Straße Österreich"
    assert codes(issues) == ["encoding-guessed"]
    rows, issues = read(tmp_path, content.encode("cp1252"), encoding="windows-1252")
    assert rows[0]["name"] == "Müller Straße Österreich"
    assert codes(issues) == []


def test_a_wrong_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"line \d+: the text is not utf-8 .*State `encoding:`"):
        read(tmp_path, "id,name\n1,Müller\n".encode("cp1252"), encoding="utf-8")
    late = b"id,name\n" + b"1,a\n" * 400_000 + b"2,M\xfcller\n"
    with pytest.raises(ParseError, match="the text is not utf-8"):
        read(tmp_path, late)


def test_quotes_inside_a_cell_are_text(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, b'id,name\n1,5" pipe\n2,"the ""Ghost"""\n')
    assert [row["name"] for row in rows] == ['5" pipe', 'the "Ghost"']


def test_json_lines_are_flattened_and_kept_as_written(tmp_path: Path) -> None:
    lines = (
        b'{"id": 1.50, "big": 12345678901234567890, "at": {"city": "Ghosttown"}, "ok": true}\n'
        b"broken\n"
        b'{"names": ["a", "b"], "half": "\\ud800x", "deep": [{"a": 1}], "none": null}\n'
    )
    rows, issues = read(tmp_path, lines, "id", "names")
    assert rows[0]["id"] == "1.50"
    assert rows[0]["big"] == "12345678901234567890"
    assert (rows[0]["at.city"], rows[0]["ok"]) == ("Ghosttown", "true")
    assert (rows[1]["names"], rows[1]["half"], rows[1]["none"]) == ("a; b", "x", None)
    assert rows[1][""] == "a.csv:3"
    assert codes(issues) == ["no-object"]
    with pytest.raises(ParseError, match="no column 'nmaes'"):
        read(tmp_path, lines, "nmaes")


def test_json_nested_without_end_is_a_line_that_is_not_read(tmp_path: Path) -> None:
    rows, issues = read(tmp_path, b'{"a":' * 100_000 + b"\n" + b'{"id": "1"}\n')
    assert [row["id"] for row in rows] == ["1"]
    assert codes(issues) == ["no-object"]


def make_workbook(*rows: tuple[str, ...], **sheets: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    for title, row in sheets.items():
        book.create_sheet(title).append(row)
    return save(book)


def save(book: Any) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_cells_of_a_workbook_read_as_they_are_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(("id", "share", "born", "at", "on", "flag", "number"))
    day, moment = datetime(1960, 1, 2), datetime(1960, 1, 2, 3, 4)  # noqa: DTZ001  cells have no zone
    sheet.append((7, 0.255, day, moment, date(2001, 2, 3), True, 1234567.0))
    sheet["A2"].number_format = "00000"
    sheet["B2"].number_format = "0.0%"
    sheet["A4"] = 9  # row 3 is empty
    rows, issues = read(tmp_path, save(book), "id", name="a.xlsx")
    assert list(rows[0].values()) == [
        "00007", "25.5%", "1960-01-02", "1960-01-02T03:04:00", "2001-02-03", "true", "1234567",
        "a.xlsx:2",
    ]  # fmt: skip
    assert (rows[1]["id"], rows[1][""]) == ("9", "a.xlsx:4")
    assert codes(issues) == []


def test_formulas_count_as_their_saved_values_and_are_never_computed(tmp_path: Path) -> None:
    content = make_workbook(("id", "name"), ("1", "=HYPERLINK(A1)"), ("2", "Ghost"))
    rows, issues = read(tmp_path, content, "id", name="a.xlsx")
    assert [row["name"] for row in rows] == [None, "Ghost"]
    assert [(each.code, each.locator) for each in issues.issues] == [
        ("formula-without-value", "a.xlsx:2")
    ]


def test_merged_cells_and_spreadsheet_errors_are_reported(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (("id", "name"), (1, "Ghost"), (2, None), (3, "#N/A")):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    rows, issues = read(tmp_path, save(book), "id", name="a.xlsx")
    assert [row["name"] for row in rows] == ["Ghost", None, None]
    assert codes(issues) == ["merged-cells", "spreadsheet-error"]
    assert "(B2:B3" in issues.issues[0].message


def test_the_sheet_with_the_needed_columns_is_read(tmp_path: Path) -> None:
    content = make_workbook(("read me",), Parties=("id", "name"), Other=("x",))
    rows, issues = read(tmp_path, content, "id", name="a.xlsx")
    assert rows == []
    assert "the sheet 'Parties' is read; 'Sheet', 'Other' are not" in issues.issues[0].message
    with pytest.raises(ParseError, match=r"no sheet is called 'Partys'\. Did you mean 'Parties'"):
        read(tmp_path, content, "id", name="a.xlsx", sheet="Partys")
    with pytest.raises(ParseError, match="no column 'id'"):
        read(tmp_path, content, "id", name="a.xlsx", sheet="Other")


def test_a_sheet_that_claims_to_be_full_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    content = rewrite(make_workbook(("id", "name"), ("1", "Ghost")), "xl/worksheets/sheet1.xml",
                      b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')  # fmt: skip
    rows, issues = read(tmp_path, content, "id", name="a.xlsx")
    assert [row["name"] for row in rows] == ["Ghost"]
    assert codes(issues) == []


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    hostile = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///x'>]><workbook"
    book = make_workbook(("id", "name"), ("1", "Ghost"))
    content = rewrite(book, "xl/workbook.xml", b"<workbook", hostile)
    with pytest.raises(ParseError, match="declares a document type"):
        read(tmp_path, content, "id", name="a.xlsx")


BOOK = make_workbook(("id", "name"), ("1", "Ghost"), ("2", "=1+1"))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from([BOOK, b'{"id": "1"}\n', b'id,name\n1,"x"\n'])))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)
    ):
        content[place] = byte
    with contextlib.suppress(ParseError):
        read(tmp_path_factory.mktemp("damaged"), bytes(content))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_workbook_with_a_broken_part_is_refused(tmp_path: Path, part: str) -> None:
    content = rewrite(make_workbook(("id", "name"), ("1", "Ghost")), part, b"</", b"<")
    with pytest.raises(ParseError, match="the workbook is damaged"):
        read(tmp_path, content, name="a.xlsx")


def rewrite(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with a text of one of its parts replaced."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                assert old in text
                text = text.replace(old, new, 1)
            after.writestr(name, text)
    return changed.getvalue()
