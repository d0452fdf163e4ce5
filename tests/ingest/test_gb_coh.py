"""The reader of Companies House's basic company data, on small invented files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.gb_coh import CompanySource
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import parse_list

# As published: some names have a leading blank.
HEADER = (
    "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.POBox,RegAddress.AddressLine1,"
    " RegAddress.AddressLine2,RegAddress.PostTown,RegAddress.County,RegAddress.Country,"
    "RegAddress.PostCode,CompanyCategory,CompanyStatus,CountryOfOrigin,DissolutionDate,"
    "IncorporationDate,Accounts.AccountRefDay,Accounts.AccountCategory,Mortgages.NumMortCharges,"
    "SICCode.SicText_1,SICCode.SicText_2,URI,PreviousName_1.CONDATE, PreviousName_1.CompanyName,"
    " PreviousName_2.CONDATE, PreviousName_2.CompanyName,ConfStmtNextDueDate"
)
NAMES = [name.strip() for name in HEADER.split(",")]
QUUX = {
    "CompanyName": "QUUX TRADING LIMITED",
    "CompanyNumber": "00012345",
    "RegAddress.CareOf": "ZOT & CO",
    "RegAddress.POBox": "77",
    "RegAddress.AddressLine1": "62 BUCKLE LANE",
    "RegAddress.AddressLine2": "UNIT 4",
    "RegAddress.PostTown": "NEVERTOWN",
    "RegAddress.Country": "ENGLAND",
    "RegAddress.PostCode": "N1 1AA",
    "CompanyCategory": "Private Limited Company",
    "CompanyStatus": "Active - Proposal to Strike off",
    "CountryOfOrigin": "United Kingdom",
    "IncorporationDate": "03/04/2011",
    "Accounts.AccountCategory": "DORMANT",
    "SICCode.SicText_1": "46420 - Wholesale of clothing and footwear",
    "SICCode.SicText_2": "None Supplied",
    "URI": "http://business.data.gov.uk/id/company/00012345",
    "PreviousName_1.CONDATE": "05/06/2015",
    "PreviousName_1.CompanyName": "OLD QUUX LIMITED",
    "PreviousName_2.CONDATE": "07/08/2012",
    "PreviousName_2.CompanyName": "OLDER QUUX LIMITED",
}
ID = "gb-coh-00012345"


def content(*rows: dict[str, str], header: str = HEADER) -> bytes:
    names = [name.strip() for name in header.split(",")]
    lines = [",".join(f'"{row.get(name, "")}"' for name in names) for row in rows]
    return "\r\n".join([header, *lines, ""]).encode()


def read(folder: Path, *rows: dict[str, str], header: str = HEADER) -> Parsed:
    (folder / "BasicCompanyData.csv").write_bytes(content(*rows, header=header))
    return parse_list(CompanySource("gb_coh"), folder, folder / "out")


def test_a_company_of_a_file_whose_header_has_leading_blanks(tmp_path: Path) -> None:
    parsed = read(tmp_path, QUUX)
    assert parsed.values(ID, "name") == ["QUUX TRADING LIMITED"]
    assert parsed.values(ID, "registrationNumber") == ["00012345"]
    assert parsed.values(ID, "status") == ["Active - Proposal to Strike off"]
    assert parsed.values(ID, "legalForm") == ["Private Limited Company"]
    assert parsed.values(ID, "jurisdiction") == ["gb"]
    assert parsed.values(ID, "sector") == ["46420 - Wholesale of clothing and footwear"]
    (day,) = parsed.rows(ID, "incorporationDate")
    assert (day["value"], day["original_value"]) == ("2011-04-03", "03/04/2011")
    assert parsed.codes() == []
    assert parsed.rejected == []


def test_former_names_say_until_when_they_were_used(tmp_path: Path) -> None:
    parsed = read(tmp_path, QUUX)
    assert parsed.values(ID, "previousName") == ["OLD QUUX LIMITED", "OLDER QUUX LIMITED"]
    assert parsed.values(ID, "notes") == [
        "Accounts: DORMANT", "Name until 2012-08-07: OLDER QUUX LIMITED",
        "Name until 2015-06-05: OLD QUUX LIMITED",
    ]  # fmt: skip


def test_the_registered_office_is_an_address_with_parts(tmp_path: Path) -> None:
    parsed = read(tmp_path, QUUX)
    (office,) = parsed.values(ID, "addressEntity")
    assert parsed.values(office, "street") == ["62 BUCKLE LANE, UNIT 4"]
    assert parsed.values(office, "postOfficeBox") == ["77"]
    assert parsed.values(office, "remarks") == ["ZOT & CO"]
    assert parsed.values(office, "country") == ["gb"]
    assert parsed.values(office, "full") == [
        "62 BUCKLE LANE, UNIT 4, 77, NEVERTOWN, N1 1AA, ENGLAND"
    ]


def test_a_country_that_is_none_stays_in_the_address_as_a_region(tmp_path: Path) -> None:
    parsed = read(tmp_path, {**QUUX, "RegAddress.Country": "Bucklesex"})
    office = f"{ID}-addr-registered"
    assert parsed.values(office, "region") == ["Bucklesex"]
    assert parsed.values(office, "country") == []
    assert parsed.rejected == []


@pytest.mark.parametrize("number", ["SC123456", "OE000001", "R0000042", "00000001"])
def test_a_number_is_text(tmp_path: Path, number: str) -> None:
    parsed = read(tmp_path, {**QUUX, "CompanyNumber": number})
    assert parsed.values(f"gb-coh-{number.lower()}", "registrationNumber") == [number]


def test_what_is_no_day_or_country_is_kept_in_words_and_told(tmp_path: Path) -> None:
    odd = {**QUUX, "IncorporationDate": "31/02/2011", "CountryOfOrigin": "UTOPIA"}
    parsed = read(tmp_path, odd)
    assert parsed.values(ID, "incorporationDate") == []
    assert "IncorporationDate: 31/02/2011" in parsed.values(ID, "notes")
    assert "CountryOfOrigin: UTOPIA" in parsed.values(ID, "notes")
    assert parsed.codes() == ["unclean-value", "unknown-country"]


def test_a_row_without_number_is_told_and_the_others_keep_their_places(tmp_path: Path) -> None:
    other = {**QUUX, "CompanyNumber": "NI000002", "CompanyName": "ZOT LIMITED"}
    parsed = read(tmp_path, {**QUUX, "CompanyNumber": ""}, other)
    (name,) = parsed.rows("gb-coh-ni000002", "name")
    assert (name["value"], name["locator"]) == ("ZOT LIMITED", "basiccompanydata.csv:row 3")
    assert parsed.codes() == ["no-number"]


def test_a_new_column_is_told(tmp_path: Path) -> None:
    parsed = read(tmp_path, {**QUUX, "Mood": "gloomy"}, header=f"{HEADER},Mood")
    assert parsed.codes() == ["unread-field"]


def test_all_parts_of_a_snapshot_are_read(tmp_path: Path) -> None:
    for number in (1, 2):
        company = content({**QUUX, "CompanyNumber": f"0000000{number}"})
        name = f"BasicCompanyData-2025-11-01-part{number}_2"
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            archive.writestr(f"{name}.csv", company)
    source = CompanySource("gb_coh")
    names = ["basiccompanydata-01-of-02.csv", "basiccompanydata-02-of-02.csv"]
    assert list(source.find_files(tmp_path)) == names
    assert list(source.find_files(tmp_path / "BasicCompanyData-2025-11-01-part2_2.zip")) == names
    parsed = parse_list(source, tmp_path, tmp_path / "out")
    assert {row["value"] for row in parsed.statements if row["prop"] == "registrationNumber"} == {
        "00000001", "00000002",
    }  # fmt: skip


def test_a_snapshot_of_which_a_part_is_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "BasicCompanyData-2025-11-01-part1_3.csv").write_bytes(content(QUUX))
    (tmp_path / "BasicCompanyData-2025-11-01-part3_3.csv").write_bytes(content(QUUX))
    with pytest.raises(ParseError, match="part 2 of 3 is missing"):
        CompanySource("gb_coh").find_files(tmp_path)


def test_two_snapshots_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content(QUUX))
    (tmp_path / "b.csv").write_bytes(content(QUUX))
    with pytest.raises(ParseError, match=r"more than one snapshot \(a.csv and b.csv\)"):
        CompanySource("gb_coh").find_files(tmp_path)
    assert CompanySource("gb_coh").find_files(tmp_path / "b.csv")


def test_an_empty_register_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="holds no companies"):
        read(tmp_path)
