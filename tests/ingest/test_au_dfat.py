"""Australia's consolidated list, on small invented workbooks in both layouts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from graph.errors import AssertionFailed, ParseError
from ingest.sources.au_dfat import DfatSource
from ingest.workbook import text_of
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, parse_list

OLD = (
    "Reference", "Name of Individual or Entity", "Type", "Name Type", "Date of Birth",
    "Place of Birth", "Citizenship", "Address", "Additional Information", "Listing Information",
    "Committees", "Control Date",
)  # fmt: skip
NEW = (
    *OLD[:4], "Alias Strength", *OLD[4:10], "IMO Number", *OLD[10:], "Instrument of Designation",
    "Targeted Financial Sanction", "Travel Ban", "Arms Embargo", "Maritime Restriction",
)  # fmt: skip
PERSON: dict[str, Any] = {
    "Reference": 101, "Name of Individual or Entity": "Foo QUUXLEY", "Type": "Individual",
    "Name Type": "Primary Name", "Date of Birth": date(1957, 5, 5), "Committees": "1267 (AQ)",
    "Control Date": date(2016, 4, 1),
}  # fmt: skip
ALIAS = {**PERSON, "Reference": "101a", "Name of Individual or Entity": "Foe Kuxley",
         "Name Type": "aka"}  # fmt: skip
FIRM = {
    "Reference": 102, "Name of Individual or Entity": "Neverland Trading", "Type": "Entity",
    "Name Type": "Primary Name", "Committees": "Autonomous (Zzyzx)",
    "Control Date": date(2020, 1, 2),
}  # fmt: skip


def _book(rows: Sequence[dict[str, Any]], columns: Sequence[str] = OLD) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row.get(column) for column in columns])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _parse(tmp_path: Path, *rows: dict[str, Any], columns: Sequence[str] = OLD) -> Parsed:
    (tmp_path / "Regulation8_consolidated.xlsx").write_bytes(_book(rows, columns))
    return parse_list(DfatSource("au_dfat"), tmp_path, tmp_path / "out")


def test_i14_the_rows_101_and_101a_are_one_party(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON, ALIAS, FIRM)
    assert existing(parsed) == {"au-101": "Person", "au-102": "Organization"}
    assert parsed.values("au-101", "name") == ["Foo QUUXLEY"]
    assert parsed.values("au-101", "alias") == ["Foe Kuxley"]
    assert parsed.values("au-101", "birthDate") == ["1957-05-05"]
    assert parsed.values("au-101", "topics") == ["sanction"]
    assert parsed.values("au-101-dfat", "listingDate") == ["2016-04-01"]
    assert parsed.values("au-101-dfat", "program") == ["1267 (AQ)"]
    # The old layout is a list of these alone.
    assert parsed.values("au-101-dfat", "provisions") == ["Targeted financial sanction"]
    assert parsed.codes() == []
    assert {row["locator"] for row in parsed.rows("au-101", "alias")} == {
        "regulation8_consolidated.xlsx:2"
    }


def test_i14_rows_that_do_not_stand_together_are_flagged_and_merged(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON, FIRM, ALIAS)
    assert existing(parsed) == {"au-101": "Person", "au-102": "Organization"}
    assert parsed.values("au-101", "alias") == ["Foe Kuxley"]
    assert parsed.codes() == ["non-contiguous"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Type": "Entity", "Date of Birth": None}, "one is 'individual', the other 'entity'"),
        ({"Date of Birth": "6 June 1970"}, "their dates of birth differ"),
        ({"Date of Birth": None, "Name Type": "Primary Name"}, "both have a primary name"),
    ],
)
def test_a_number_that_was_used_twice_makes_two_parties(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    parsed = _parse(tmp_path, PERSON, FIRM, {**ALIAS, **change})
    assert set(existing(parsed)) == {"au-101", "au-101-dup2", "au-102"}
    (message,) = parsed.messages("reused-reference")
    assert reason in message
    assert parsed.values("au-101", "alias") == []


def test_a_year_agrees_with_a_day_of_it(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON, {**ALIAS, "Date of Birth": 1957})
    assert existing(parsed) == {"au-101": "Person"}
    assert parsed.values("au-101", "birthDate") == ["1957", "1957-05-05"]


@pytest.mark.parametrize(
    ("cell", "dates"),
    [
        (1963, ["1963"]),
        (1963.0, ["1963"]),
        ("Approximately 1963", ["1963"]),
        ("Between 1958 and 1960", ["1958", "1960"]),
        ("a) 1 Jan 1960 b) Approximately 1962", ["1960-01-01", "1962"]),
        ("1963, 1965", ["1963", "1965"]),
        ("4 Mar 1961_x000D_\n5 Mar 1961", ["1961-03-04", "1961-03-05"]),
        ("1 Jan. 1960 or 1961", ["1960-01-01", "1961"]),
    ],
)
def test_births_are_read_whatever_the_cell_is(
    tmp_path: Path, cell: object, dates: list[str]
) -> None:
    parsed = _parse(tmp_path, {**PERSON, "Date of Birth": cell})
    assert parsed.values("au-101", "birthDate") == dates
    assert parsed.codes() == []


def test_a_birth_that_nobody_understands_is_kept(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, {**PERSON, "Date of Birth": "In the monsoon of 1961"})
    assert "birthDate: In the monsoon of 1961" in parsed.values("au-101", "notes")
    assert parsed.codes() == ["unclean-value"]


def test_packed_cells_are_split(tmp_path: Path) -> None:
    row = {
        **PERSON, "Place of Birth": "a) Old Town, Pakistan b) New Town",
        "Citizenship": "Iranian; Iraq", "Address": "a) 1 Elm Row, Kabul, Afghanistan b) Pakistan",
        "Additional Information": "QDi.901. First_x000D_\nsecond",
        "Listing Information": "Listed by UN 1267 Committee",
    }  # fmt: skip
    parsed = _parse(tmp_path, row)
    assert parsed.values("au-101", "birthPlace") == ["New Town", "Old Town, Pakistan"]
    assert parsed.values("au-101", "birthCountry") == ["pk"]
    assert parsed.values("au-101", "citizenship") == ["iq", "ir"]
    assert parsed.values("au-101", "country") == ["pk"]
    (address,) = parsed.values("au-101", "addressEntity")
    assert parsed.values(address, "full") == ["1 Elm Row, Kabul, Afghanistan"]
    assert parsed.values(address, "country") == ["af"]
    assert parsed.values("au-101", "notes") == ["QDi.901. First\nsecond"]
    assert parsed.values("au-101-dfat", "unscId") == ["QDi.901"]
    assert parsed.values("au-101-dfat", "summary") == ["Listed by UN 1267 Committee"]


def test_the_new_layout_says_which_measures_apply(tmp_path: Path) -> None:
    flags = {"Targeted Financial Sanction": True, "Travel Ban": "TRUE", "Arms Embargo": False,
             "Maritime Restriction": False}  # fmt: skip
    vessel = {
        **FIRM, "Reference": 103, "Type": "Vessel", "IMO Number": 7406784,
        "Instrument of Designation": "Instrument 2025", "Targeted Financial Sanction": False,
        "Maritime Restriction": True, "Travel Ban": False, "Arms Embargo": False,
    }  # fmt: skip
    weak = {**ALIAS, **flags, "Name Type": "Alias", "Alias Strength": "Weak"}
    script = {**ALIAS, **flags, "Reference": "101b", "Name of Individual or Entity": "فو",
              "Name Type": "Original Script"}  # fmt: skip
    parsed = _parse(tmp_path, {**PERSON, **flags}, weak, script, vessel, columns=NEW)
    assert parsed.values("au-101-dfat", "provisions") == [
        "Targeted financial sanction", "Travel ban"
    ]  # fmt: skip
    assert parsed.values("au-101", "weakAlias") == ["Foe Kuxley"]
    assert parsed.values("au-101", "alias") == ["فو"]
    assert existing(parsed)["au-103"] == "Vessel"
    assert parsed.values("au-103", "imoNumber") == ["IMO7406784"]
    assert parsed.values("au-103", "topics") == ["reg.action"]
    assert parsed.values("au-103-dfat", "summary") == ["Instrument 2025"]
    assert parsed.codes() == []


def test_what_is_unknown_is_kept_and_reported(tmp_path: Path) -> None:
    rows = (
        {**FIRM, "Type": "Planet", "Name Type": "Nickname", "Shoe Size": 44},
        {**PERSON, "Reference": "X-9"},
        {**PERSON, "Reference": None},
    )
    parsed = _parse(tmp_path, *rows, columns=[*OLD, "Shoe Size"])
    assert existing(parsed) == {"au-102": "LegalEntity", "au-x-9": "Person"}
    assert set(parsed.codes()) == {
        "unknown-type", "unknown-name-type", "no-primary-name", "odd-reference", "no-reference",
        "unread-field",
    }  # fmt: skip


def test_a_second_committee_is_a_second_listing(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, PERSON, {**ALIAS, "Committees": "1988 (Taliban)"})
    programs = [row for row in parsed.statements if row["prop"] == "program"]
    assert len({row["entity_id"] for row in programs}) == 2
    assert "au-101-dfat" in {row["entity_id"] for row in programs}


@pytest.mark.parametrize(
    ("content", "error", "fault"),
    [
        (b"<html>gone</html>", ParseError, "not an XLSX workbook"),
        (_book([PERSON])[:-400], ParseError, "broken off or damaged"),
        (_book([PERSON], ["A", "B"]), ParseError, "no sheet has a header"),
        (_book([]), AssertionFailed, "holds no references"),
    ],
)
def test_a_broken_workbook_is_refused(
    tmp_path: Path, content: bytes, error: type[Exception], fault: str
) -> None:
    (tmp_path / "regulation8_consolidated.xlsx").write_bytes(content)
    with pytest.raises(error, match=fault):
        parse_list(DfatSource("au_dfat"), tmp_path, tmp_path / "out")


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "regulation8_consolidated.xlsx"
    with zipfile.ZipFile(io.BytesIO(_book([PERSON]))) as good, zipfile.ZipFile(path, "w") as bad:
        for part in good.namelist():
            text = good.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            bad.writestr(part, text)
    with pytest.raises(ParseError, match="declares a document type"):
        parse_list(DfatSource("au_dfat"), tmp_path, tmp_path / "out")


def test_other_sheets_are_named_and_a_renamed_file_is_found(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["A note"])
    sheet = book.create_sheet("List")
    sheet.append(["Australian list"])
    sheet.append(list(OLD))
    sheet.append([FIRM.get(column) for column in OLD])
    book.save(tmp_path / "sanctions (1).xlsx")
    parsed = parse_list(DfatSource("au_dfat"), tmp_path, tmp_path / "out")
    assert existing(parsed) == {"au-102": "Organization"}
    assert parsed.codes() == ["unread-sheet"]


def test_a_cell_is_the_text_that_a_person_sees() -> None:
    assert text_of(datetime.fromisoformat("2020-01-02T03:04")) == "2020-01-02 03:04:00"
    assert [text_of(value) for value in (None, 7.5, 0, False)] == ["", "7.5", "0", "FALSE"]
