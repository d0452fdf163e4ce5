"""Israel's designations, on small invented workbooks with the columns that the real ones have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from graph.errors import AssertionFailed, ParseError
from ingest.sources.il_nbctf import NbctfSource
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

PERSON_COLUMNS = (
    "Header", "internal seq. id", "Date of Designation In Israel (DD/MM/YYYY)",
    "Name of Individual - English", "Nationality / Residency ", "Individual ID",
    "D.O.B (DD/MM/YYYY)", "Name of Individual - Hebrew", "Name of Individual - Arabic",
    "Designation ", "Designated by - Hebrew", "Designated by - English", "Foreign Designation ",
    "Date of Foreign Designation Date (DD/MM/YYYY)", "Additional information",
)  # fmt: skip
BODY_COLUMNS = (
    "internal seq. id", "Date of temporary designation (DD/MM/YYYY)",
    "Date of permenant designation (DD/MM/YYYY)", "Organization Name - Hebrew",
    "Organization Name - Hebrew - aka", "Organization Name - Arabic",
    "Organization Name - Arabic aka", "Organization Name - English",
    "Organization Name - English - aka", "Corporation Type - English", "Corporation ID",
    "Designation Type", "Designation Justification - English", "Linked to (internal seq. id)",
    "Country - English", "Street - English", "City/Village - English", "Telephone", "Telephone",
)  # fmt: skip
PERSON: dict[str, Any] = {
    "internal seq. id": 1, "Date of Designation In Israel (DD/MM/YYYY)": date(2020, 2, 1),
    "Name of Individual - English": "1: FOO 2: QUUXLEY", "Name of Individual - Hebrew": "פו",
    "Name of Individual - Arabic": "فو", "Nationality / Residency ": "Lebanon",
    "Individual ID": 'ת"ז: 123456782; passport A1234567', "D.O.B (DD/MM/YYYY)": "01/02/1970",
    "Designation ": "Order 1", "Designated by - English": "Minister of Defense",
    "Designated by - Hebrew": "שר", "Foreign Designation ": "OFAC",
}  # fmt: skip
BODY: dict[str, Any] = {
    "internal seq. id": 7, "Date of temporary designation (DD/MM/YYYY)": 43862,
    "Organization Name - Hebrew": "קרן", "Organization Name - English": "NEVERLAND FUND",
    "Organization Name - English - aka": "a) NEVERLAND CLUB b) FUND OF NEVERLAND",
    "Corporation Type - English": "Company", "Corporation ID": "510000003",
    "Designation Justification - English": "Reported to finance a listed group",
    "Linked to (internal seq. id)": "8; 99", "Country - English": "Lebanon",
    "Street - English": "1 Elm Row", "City/Village - English": "Zzyzx",
}  # fmt: skip


def _save(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append([f"כותרת {number}" for number in range(len(columns))])
    book.active.append(list(columns))
    for row in rows:
        book.active.append([row.get(column, "----") for column in columns])
    book.active.append([""] * len(columns))
    book.save(path)


def _write(
    folder: Path, persons: Sequence[dict[str, Any]], bodies: Sequence[dict[str, Any]]
) -> None:
    _save(folder / "NBCTF Israel designation Individuals_XL.xlsx", PERSON_COLUMNS, persons)
    name = "NBCTFIsrael - Terror Organization Designation List_XL.xlsx"
    _save(folder / name, BODY_COLUMNS, bodies)


def _parse(
    tmp_path: Path,
    persons: Sequence[dict[str, Any]] = (PERSON,),
    bodies: Sequence[dict[str, Any]] = (BODY, {**BODY, "internal seq. id": 8,
                                               "Linked to (internal seq. id)": None}),
) -> Parsed:  # fmt: skip
    _write(tmp_path, persons, bodies)
    return parse_list(NbctfSource("il_nbctf"), tmp_path, tmp_path / "out")


def test_a_person_has_names_in_three_languages(tmp_path: Path) -> None:
    parsed = _parse(tmp_path)
    party = "il-ind-1"
    assert existing(parsed)[party] == "Person"
    assert parsed.values(party, "name") == ["FOO QUUXLEY"]
    assert {(row["value"], row["lang"]) for row in parsed.rows(party, "alias")} == {
        ("פו", "heb"), ("فو", "ara")
    }  # fmt: skip
    assert parsed.values(party, "birthDate") == ["1970-02-01"]
    assert parsed.values(party, "country") == ["lb"]
    assert parsed.values(party, "idNumber") == ["123456782"]
    assert parsed.values(party, "passportNumber") == ["A1234567"]
    assert parsed.values(party, "topics") == ["sanction"]
    assert "Foreign designation: OFAC" in parsed.values(party, "notes")
    assert parsed.values(f"{party}-nbctf", "listingDate") == ["2020-02-01"]
    assert parsed.values(f"{party}-nbctf", "authority") == ["Minister of Defense"]
    assert parsed.values(f"{party}-nbctf", "program") == ["Order 1"]


def test_an_organisation_has_aliases_an_address_and_links(tmp_path: Path) -> None:
    parsed = _parse(tmp_path)
    party = "il-org-7"
    assert parsed.values(party, "name") == ["NEVERLAND FUND"]
    assert parsed.values(party, "alias") == ["FUND OF NEVERLAND", "NEVERLAND CLUB", "קרן"]
    assert parsed.values(f"{party}-nbctf", "listingDate") == ["2020-02-01"]  # a bare day count
    assert parsed.values(f"{party}-nbctf", "reason") == ["Reported to finance a listed group"]
    assert parsed.values(party, "registrationNumber") == ["510000003"]
    assert parsed.values(party, "legalForm") == ["Company"]
    (address,) = parsed.values(party, "addressEntity")
    assert parsed.values(address, "full") == ["1 Elm Row, Zzyzx, Lebanon"]
    assert links(parsed) == [
        ("UnknownLink", party, "il-org-8", "Linked to"),
        ("UnknownLink", party, "il-unresolved-org-99", "Linked to"),
    ]
    assert parsed.codes() == ["unresolved-link"]


def test_a_cancelled_designation_has_an_end_and_no_topic(tmp_path: Path) -> None:
    day = "Date of Designation In Israel (DD/MM/YYYY)"
    ended = {**PERSON, day: "3/2/2012 בוטל ביום 1.1.2020"}
    undated = {**PERSON, "internal seq. id": 2, day: "בוטל"}
    parsed = _parse(tmp_path, [ended, undated])
    assert parsed.values("il-ind-1-nbctf", "listingDate") == ["2012-02-03"]
    assert parsed.values("il-ind-1-nbctf", "endDate") == ["2020-01-01"]
    assert parsed.values("il-ind-1", "topics") == []
    assert parsed.values("il-ind-2", "topics") == []
    assert "undated-end" in parsed.codes()


def test_a_number_that_stands_twice_is_kept_apart(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, [PERSON, {**PERSON, "Name of Individual - English": "BAZ"}])
    assert parsed.values("il-ind-1-dup2", "name") == ["BAZ"]
    assert "duplicate-id" in parsed.codes()


def test_a_column_that_nothing_knows_is_reported(tmp_path: Path) -> None:
    _write(tmp_path, [PERSON], [BODY])
    (tmp_path / "NBCTF Israel designation Individuals_XL.xlsx").unlink()
    path = tmp_path / "download.xlsx"  # known by its columns
    _save(path, [*PERSON_COLUMNS, "Shoe Size"], [{**PERSON, "Shoe Size": 44}])
    source = NbctfSource("il_nbctf")
    assert source.find_files(tmp_path)["individuals.xlsx"] == path
    parsed = parse_list(source, tmp_path, tmp_path / "out")
    assert parsed.messages("unread-field") == ["shoe size is not read: 1 times, first '44'."]


def test_half_of_the_list_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    _write(tmp_path, [PERSON], [])
    source = NbctfSource("il_nbctf")
    with pytest.raises(AssertionFailed, match=r"organizations\.xlsx holds no designations"):
        parse_list(source, tmp_path, tmp_path / "out")
    (tmp_path / "NBCTFIsrael - Terror Organization Designation List_XL.xlsx").unlink()
    with pytest.raises(ParseError, match=r"organizations\.xlsx is missing"):
        source.find_files(tmp_path)
