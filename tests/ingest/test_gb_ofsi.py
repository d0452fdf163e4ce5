"""OFSI's consolidated list: both layouts on small invented files, and the real list of 2018."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.cells import (
    Packed,
    pair_places,
    parse_documents,
    parse_nationality,
    split_country,
    split_packed,
)
from ingest.parties import Document
from ingest.sources.gb_ofsi.source import OfsiSource, find_un_references
from tests.data import require_data
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, links, parse_list

OLD = (
    "Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Title", "DOB", "Town of Birth",
    "Country of Birth", "Nationality", "Passport Details", "NI Number", "Position", "Address 1",
    "Address 2", "Address 3", "Address 4", "Address 5", "Address 6", "Post/Zip Code", "Country",
    "Other Information", "Group Type", "Alias Type", "Regime", "Listed On", "Last Updated",
    "Group ID",
)  # fmt: skip
NEW = (
    *OLD[:7], "Name Non-Latin Script", "Non-Latin Script Type", "Non-Latin Script Language",
    *OLD[7:11], "Passport Number", "Passport Details", "National Identification Number",
    "National Identification Details", *OLD[13:25], "Alias Quality", "Regime", "Listed On",
    "UK Sanctions List Date Designated", "Last Updated", "Group ID",
)  # fmt: skip
PERSON = {
    "Name 6": " QUUXLEY", "Name 1": "Foo", "Name 2": "Bar", "Group Type": "Individual",
    "Alias Type": "Prime Alias", "Regime": "Zzyzx", "Listed On": "01/04/2016",
    "Last Updated": "02/04/2016", "Group ID": "90001",
}  # fmt: skip
FIRM = {
    "Name 6": "NEVERLAND TRADING LLC", "Group Type": "Entity", "Alias Type": "Prime Alias",
    "Regime": "Zzyzx", "Listed On": "05/05/2015", "Last Updated": "05/05/2015",
    "Group ID": "90002",
}  # fmt: skip


def _text(
    rows: Sequence[dict[str, str]], columns: Sequence[str] = OLD, day: str = "13/04/2018"
) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["Last Updated", day])
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return stream.getvalue()


def _codes(parsed: Parsed) -> list[str]:
    """The codes without the one that every load of the closed list has."""
    assert parsed.codes().count("closed-list") == 1
    return [code for code in parsed.codes() if code != "closed-list"]


def _parse(
    tmp_path: Path, *rows: dict[str, str], columns: Sequence[str] = OLD, encoding: str = "utf-8"
) -> Parsed:
    (tmp_path / "ConList.csv").write_bytes(_text(rows, columns).encode(encoding))
    return parse_list(OfsiSource("gb_ofsi"), tmp_path, tmp_path / "out")


def test_the_rows_of_a_group_are_one_party_whose_values_are_stated_once(tmp_path: Path) -> None:
    first = {**PERSON, "DOB": "00/00/1980", "Nationality": "1) Saudi Arabia 2) Qatar"}
    parsed = _parse(
        tmp_path,
        {**first, "Name 1": "Foe", "Alias Type": "AKA"},
        FIRM,  # the rows of a group need not stand together
        first,
        {**first, "DOB": "01/02/1981"},
        {**first, "Name 6": "OLDNAME", "Alias Type": "FKA"},
    )
    assert existing(parsed) == {"gb-90001": "Person", "gb-90002": "Organization"}
    assert parsed.values("gb-90001", "name") == ["Foo Bar QUUXLEY"]
    assert parsed.values("gb-90001", "firstName") == ["Foo"]
    assert parsed.values("gb-90001", "lastName") == ["QUUXLEY"]
    assert parsed.values("gb-90001", "alias") == ["Foe Bar QUUXLEY"]
    assert parsed.values("gb-90001", "previousName") == ["Foo Bar OLDNAME"]
    assert parsed.values("gb-90001", "birthDate") == ["1980", "1981-02-01"]
    assert parsed.values("gb-90001", "nationality") == ["qa", "sa"]
    assert parsed.values("gb-90001", "topics") == ["sanction"]
    assert parsed.values("gb-90001-ofsi", "listingDate") == ["2016-04-01"]
    assert parsed.values("gb-90001-ofsi", "provisions") == ["Asset freeze"]
    assert _codes(parsed) == []
    assert {row["locator"] for row in parsed.rows("gb-90001", "name")} == {"conlist.csv:5"}


def test_a_second_regime_is_a_second_listing(tmp_path: Path) -> None:
    other = {**PERSON, "Regime": "Elsewhere", "Listed On": "01/01/2010"}
    parsed = _parse(tmp_path, PERSON, other)
    listings = [row for row in parsed.statements if row["prop"] == "listingDate"]
    assert sorted((row["entity_id"], row["value"]) for row in listings) == [
        ("gb-90001-ofsi", "2010-01-01"),
        ("gb-90001-ofsi-zzyzx", "2016-04-01"),
    ]


def test_places_addresses_and_countries_keep_what_is_said_of_them(tmp_path: Path) -> None:
    row = {
        **PERSON, "Town of Birth": "(1) Old Town (2)-(3) -",
        "Country of Birth": "(1)-(2) Tunisia (3) Libya", "Address 1": "PO Box 12",
        "Address 2": "Elm Row", "Address 6": "Baluchistan Province", "Post/Zip Code": "W12",
        "Country": "Pakistan (as at Apr 2009)",
    }  # fmt: skip
    no_place = dict.fromkeys(("Address 1", "Address 2", "Address 6", "Post/Zip Code"), "")
    parsed = _parse(tmp_path, row, {**row, **no_place, "Country": "Kuwait (previous)"})
    assert parsed.values("gb-90001", "birthPlace") == ["Libya", "Old Town, Tunisia", "Tunisia"]
    assert set(parsed.values("gb-90001", "birthCountry")) == {"ly", "tn"}
    (address,) = parsed.values("gb-90001", "addressEntity")
    assert parsed.values(address, "street") == ["Elm Row"]
    assert parsed.values(address, "postOfficeBox") == ["PO Box 12"]
    assert parsed.values(address, "state") == ["Baluchistan Province"]
    assert parsed.values(address, "country") == ["pk"]
    assert parsed.values(address, "remarks") == ["as at Apr 2009"]
    assert parsed.values("gb-90001", "country") == ["kw"]
    assert "Address: previous" in parsed.values("gb-90001", "notes")


def test_cp1252_is_read_and_said_and_damaged_utf8_is_refused(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, {**FIRM, "Name 6": "CAFÉ ÉTOILÉ"}, encoding="cp1252")
    assert parsed.values("gb-90002", "name") == ["CAFÉ ÉTOILÉ"]
    assert _codes(parsed) == ["encoding"]
    assert _parse(tmp_path, {**FIRM, "Name 6": "CAFÉ"}, encoding="utf-8-sig").rejected == []
    content = _text([{**FIRM, "Name 6": "ÉÉÉÉ"}]).encode().replace("É".encode(), b"\xc3", 1)
    (tmp_path / "ConList.csv").write_bytes(content)
    with pytest.raises(ParseError, match=r"conlist\.csv, line 3: byte 0xc3 is not UTF-8, as"):
        parse_list(OfsiSource("gb_ofsi"), tmp_path, tmp_path / "out")


def test_the_layout_of_2022_has_scripts_numbers_and_sections(tmp_path: Path) -> None:
    person = {
        **PERSON, "Alias Type": "Primary name", "Name Non-Latin Script": "فو بار",
        "Non-Latin Script Type": "Arabic", "Non-Latin Script Language": "Arabic",
        "Passport Number": "(1) D 000933 (2) X1234567",
        "Passport Details": "(1) (Afghan) Issued on 13 Sep 1998 (2) Expires 2 Mar 2030",
        "UK Sanctions List Date Designated": "31/12/2020",
        "Other Information": "(UK Sanctions List Ref):ZZZ0001. (UN Ref):QDI.901. (UK Statement of "
        "Reasons):Reported to lead a unit. (Gender):Male",
    }  # fmt: skip
    firm = {
        **FIRM, "Alias Type": "Primary name",
        "Other Information": "(UK Sanctions List Ref):ZZZ0002 (Phone number):(1) +963112121816 (2) "
        "+963112121834 (Email address):a@example.com; b@example.com (Parent company):(1) Outer "
        "Holding (2) MOTHER CO (Business Reg No):1037739044111 (Website):www.example.com",
    }  # fmt: skip
    mother = {**FIRM, "Name 6": "Mother Co", "Alias Type": "Primary name", "Group ID": "90003"}
    ship = {
        **FIRM, "Name 6": "SEA GHOST", "Group Type": "Ship", "Alias Type": "Primary name",
        "Group ID": "90004", "Other Information": "(IMO number):7406784 (Tonnage of ship):10,000 "
        "(Current believed flag of ship):Panama (Year built):1975 (Length of ship):120m",
    }  # fmt: skip
    weak = {**person, "Name 6": "FUZZY", "Alias Type": "AKA", "Alias Quality": "Low"}
    parsed = _parse(tmp_path, person, weak, firm, mother, ship, columns=NEW)
    (script,) = parsed.rows("gb-90001", "alias")
    assert (script["value"], script["lang"]) == ("فو بار", "ara")
    assert parsed.values("gb-90001", "weakAlias") == ["Foo Bar FUZZY"]
    assert parsed.values("gb-90001", "passportNumber") == ["D 000933", "X1234567"]
    issued = [row for row in parsed.statements if row["schema"] == "Passport"]
    assert {row["value"] for row in issued if row["prop"] == "startDate"} == {"1998-09-13"}
    assert {row["value"] for row in issued if row["prop"] == "endDate"} == {"2030-03-02"}
    assert parsed.values("gb-90001", "gender") == ["male"]
    assert parsed.values("gb-90001-ofsi", "unscId") == ["QDi.901"]
    assert parsed.values("gb-90001-ofsi", "reason") == ["Reported to lead a unit."]
    assert parsed.values("gb-90001-ofsi", "startDate") == ["2020-12-31"]
    assert parsed.values("gb-90002", "phone") == ["+963112121816", "+963112121834"]
    assert parsed.values("gb-90002", "email") == ["a@example.com", "b@example.com"]
    assert parsed.values("gb-90002", "registrationNumber") == ["1037739044111"]
    assert existing(parsed)["gb-90002"] == "Company"
    assert existing(parsed)["gb-90004"] == "Vessel"
    assert parsed.values("gb-90004", "imoNumber") == ["IMO7406784"]
    assert parsed.values("gb-90004", "flag") == ["pa"]
    assert parsed.values("gb-90004", "tonnage") == ["10000"]
    assert parsed.values("gb-90004", "buildDate") == ["1975"]
    assert links(parsed) == [
        ("Ownership", "gb-90003", "gb-90002", "Parent company"),
        ("Ownership", "gb-unresolved-outer-holding", "gb-90002", "Parent company"),
    ]
    assert _codes(parsed) == ["unresolved-link"]


def test_a_new_column_and_an_unknown_alias_type_are_reported(tmp_path: Path) -> None:
    row = {**PERSON, "Alias Type": "NKA", "Shoe Size": "44"}
    parsed = _parse(tmp_path, row, columns=[*OLD[:-1], "Shoe Size", "Group ID"])
    assert _codes(parsed) == ["no-primary-name", "unknown-alias-type", "unread-field"]
    assert parsed.values("gb-90001", "alias") == ["Foo Bar QUUXLEY"]
    assert "shoe size is not read: 1 times" in parsed.messages("unread-field")[0]


def test_a_row_without_a_group_is_reported_and_an_unknown_type_kept(tmp_path: Path) -> None:
    parsed = _parse(tmp_path, {**PERSON, "Group ID": ""}, {**FIRM, "Group Type": "Planet"})
    assert existing(parsed) == {"gb-90002": "LegalEntity"}
    assert _codes(parsed) == ["no-group-id", "unknown-type"]
    assert "QUUXLEY" in parsed.messages("no-group-id")[0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\xff\xfeL\0a\0", "UTF-16"),
        (_text([FIRM]).encode().replace(b"TRADING", b"TRA\0ING"), "line 3: the file holds a NUL"),
        (_text([FIRM]).encode()[:-1], "line 3: the file breaks off"),
        (_text([FIRM]).encode()[:-12], "line 3: the row has"),
        (_text([FIRM]).encode() + b'"open', "line 4: a quoted text is not closed"),
        (b"a,b\n1,2\n", "no line at the top is a header"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "ConList.csv").write_bytes(content)
    with pytest.raises(ParseError, match=fault):
        parse_list(OfsiSource("gb_ofsi"), tmp_path, tmp_path / "out")


def test_a_list_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionFailed, match="holds no groups"):
        _parse(tmp_path)


def test_the_file_is_found_packed_renamed_and_not_in_doubt(tmp_path: Path) -> None:
    source, content = OfsiSource("gb_ofsi"), _text([FIRM]).encode()
    renamed = tmp_path / "download (3).csv"
    renamed.write_bytes(content)
    (tmp_path / "notes.txt").write_text("not a list", "utf-8")
    assert source.find_files(renamed) == {"conlist.csv": renamed}
    assert source.find_files(tmp_path) == {"conlist.csv": renamed}
    with zipfile.ZipFile(tmp_path / "SANCTIONSCONLIST.zip", "w") as packed:
        packed.writestr("readme.txt", "hello")
        packed.writestr("ConList.csv", content)
    parsed = parse_list(source, tmp_path, tmp_path / "out")  # its name goes before its content
    assert existing(parsed) == {"gb-90002": "Organization"}
    (tmp_path / "conlist.csv.gz").write_bytes(gzip.compress(content))
    with pytest.raises(ParseError, match="there more than once"):
        source.find_files(tmp_path)
    with pytest.raises(ParseError, match=r"'notes\.txt' is not conlist\.csv"):
        source.find_files(tmp_path / "notes.txt")


def test_the_first_line_states_the_day_of_publication(tmp_path: Path) -> None:
    source = OfsiSource("gb_ofsi")
    (tmp_path / "ConList.csv").write_text(_text([FIRM]), "utf-8")
    assert source.published(source.find_files(tmp_path)) == "2018-04-13"
    (tmp_path / "ConList.csv").write_text(_text([FIRM], day="soon"), "utf-8")
    assert source.published(source.find_files(tmp_path)) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Syria", [(0, "Syria")]),
        ("(1) Algerian (b) Malian", [(1, "Algerian"), (2, "Malian")]),
        ("a) Syria, b) Iraq", [(1, "Syria"), (2, "Iraq")]),
        ("(1) (2) Egypt", [(1, "Egypt"), (2, "Egypt")]),
        ("(1) to (3) Mali (4) Chad", [(1, "Mali"), (2, "Mali"), (3, "Mali"), (4, "Chad")]),
        ("no. (A)001 (B)101", [(0, "no."), (1, "001"), (2, "101")]),
        ("Head of branch 279)", [(0, "Head of branch 279)")]),
        ("Region (a) of two", [(0, "Region (a) of two")]),
        ("  ", []),
    ],
)
def test_packed_cells_are_split_where_the_marks_count_on(
    text: str, values: list[tuple[int, str]]
) -> None:
    assert split_packed(text) == [Packed(*value) for value in values]


def test_places_are_paired_by_number() -> None:
    assert pair_places("(1) Tunis (2) Rome", "Tunisia") == [
        ("Tunis", "Tunisia"), ("Rome", "Tunisia")
    ]  # fmt: skip
    assert pair_places("-", "(1) Mali (2) Chad") == [(None, "Mali"), (None, "Chad")]
    assert pair_places(None, None) == []


def test_a_doubted_or_revoked_nationality_is_none() -> None:
    assert parse_nationality("Iranian citizenship").country == "Iranian"
    assert parse_nationality("Tunisian (dual nationality)").country == "Tunisian"
    for text in ("Bahrain (citizenship revoked in 2015)", "Possibly Ethiopian",
                 "USSR (until 1991)"):  # fmt: skip
        assert parse_nationality(text).country is None
    assert split_country("Iran (Islamic Republic of)") == ("Iran (Islamic Republic of)", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Passport No: 592667 (Qatari passport issued on 3 May 2007).",
         ("Passport", "592667", "Qatari", "3 May 2007", None)),
        ("CAR Diplomatic Passport No D00000897 issued 5 April 2013, valid until 4 April 2018",
         ("Diplomatic passport", "D00000897", "CAR", "5 April 2013", "4 April 2018")),
        ("TR-M842033 (Turkish). Issued in Mainz by the Consulate on 2 May 2002.",
         ("Passport", "TR-M842033", "Turkish", "2 May 2002", None)),
        ("D 000974 (Afghan)", ("Passport", "D 000974", "Afghan", None, None)),
        ("Qatar national id no. 28440000526",
         ("National identification", "28440000526", "Qatar", None, None)),
    ],
)  # fmt: skip
def test_plain_documents_are_read(text: str, expected: tuple[str | None, ...]) -> None:
    assert [tuple(each[:5]) for each in parse_documents(text, "Passport")
            if isinstance(each, Document)] == [expected]  # fmt: skip
    assert not [each for each in parse_documents(text, "Passport") if isinstance(each, str)]


def test_what_is_not_plain_comes_back_as_text() -> None:
    assert list(parse_documents("Uganda Passport.", "Passport")) == ["Uganda Passport."]
    found = list(parse_documents("(1) S335026 (False Indonesian) (2) 4117921", "Passport"))
    assert [each for each in found if isinstance(each, str)] == ["S335026 (False Indonesian)"]
    assert [each.number for each in found if isinstance(each, Document)] == ["S335026", "4117921"]


def test_the_uns_numbers_are_found_in_prose() -> None:
    text = "UN REF:QE.A.146.14. Later UN Ref.KPI.067 and UN Ref: E.29.I.11. The UN said QDi.001."
    assert find_un_references(text) == ["QE.A.146.14", "KPi.067", "E.29.I.11"]


@pytest.mark.parametrize(
    "text",
    ["UN Ref" + " " * 20000, "IMO" + " " * 20000, "(1" * 10000, "(" * 20000, "A " * 10000 + "1"],
)
def test_a_hostile_text_ends_soon_and_is_kept(tmp_path: Path, text: str) -> None:
    cells = dict.fromkeys(("Passport Details", "Nationality", "Other Information"), text)
    parsed = _parse(tmp_path, {**PERSON, **cells, "Name 1": "Fo\u200bo\u202e"})
    assert existing(parsed) == {"gb-90001": "Person"}
    assert any(text.strip()[:50] in note for note in parsed.values("gb-90001", "notes"))


@pytest.mark.lists
def test_i14_the_list_of_2018_is_read_whole(tmp_path: Path) -> None:
    source = OfsiSource("gb_ofsi")
    location = require_data("uk_ofsi_2018-04-13")
    assert source.published(source.find_files(location)) == "2018-04-13"
    parsed = parse_list(source, location, tmp_path)
    assert Counter(existing(parsed).values()) == {"Person": 1426, "Organization": 680}
    counts = Counter(_codes(parsed))
    assert counts == {"encoding": 1, "unclean-value": 8}
    assert parsed.rejected == []
    listed = {row["entity_id"] for row in parsed.statements if row["prop"] == "listingDate"}
    assert len(listed) == 2106 + 8  # six groups are listed under more than one regime
    assert all(parsed.values(party, "name") for party in list(existing(parsed))[::50])
    assert parsed.values("gb-13349", "birthDate") == ["1980", "1981"]
    assert parsed.values("gb-13349", "nationality") == ["qa", "sa"]
    assert parsed.values("gb-13349-ofsi", "unscId") == ["QDe.004"]
    assert parsed.values("gb-13349", "passportNumber") == ["592667"]
