"""The EU's annexes in CSV: by small files of invented parties, and the real ones whole."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.eu_journal.cells import read_dates, split_cell
from ingest.sources.eu_journal.source import EuJournalSource
from tests.data import require_data
from tests.ingest.ofac_files import Parsed
from tests.ingest.parsed_list import existing, parse_list

COLUMNS = """
    recordId programKey annex measure startDate reason schema name alias weakAlias previousName
    country nationality jurisdiction birthDate birthPlace position passportNumber gender
    appearance ethnicity fatherName motherName incorporationDate legalForm sector
    registrationNumber taxNumber idNumber innCode ogrnCode kppCode okpoCode leiCode swiftBic
    ticker imoNumber mmsi flag address phone email website notes
"""
SHARED = COLUMNS.split()
ACT, OTHER, BY = "32001R9999", "32002R9998", "32026R9997"


def row(name: str, number: str = "", annex: str = "I", **more: str) -> dict[str, str]:
    plain = {"celex": ACT, "recordId": number, "programKey": "EU-QUUX", "annex": annex,
             "measure": "Asset freeze", "schema": "Person", "name": name}  # fmt: skip
    return {**plain, **more}


def amendment(name: str, number: str = "", annex: str = "I", **more: str) -> dict[str, str]:
    made = row(name, number, annex, **more)
    return {"amendedCelex": made.pop("celex"), "amendmentCelex": BY, **made}


def table(rows: list[dict[str, str]], *, amends: bool = False, extra: tuple[str, ...] = ()) -> str:
    first = ["amendedCelex", "amendmentCelex"] if amends else ["celex"]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*first, *SHARED, *extra], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(
    folder: Path,
    rows: list[dict[str, str]],
    amended: list[dict[str, str]] | None = None,
    act: str = ACT,
) -> Path:
    (folder / "consolidated").mkdir(parents=True, exist_ok=True)
    (folder / "consolidated" / f"{act}.csv").write_text(table(rows), "utf-8")
    if amended is not None:
        (folder / "amendments").mkdir(exist_ok=True)
        (folder / "amendments" / f"{BY}.csv").write_text(table(amended, amends=True), "utf-8")
    (folder / "programs.csv").write_text(
        "regime_id,program_keys,has_lists,framework_celexes,name\n"
        f"1,QUUX,true,{ACT};32001D0001,Measures against Quux\n", "utf-8"
    )  # fmt: skip
    return folder


def read(
    tmp_path: Path, rows: list[dict[str, str]], amended: list[dict[str, str]] | None = None
) -> Parsed:
    folder = write(tmp_path / "in", rows, amended)
    return parse_list(EuJournalSource("eu_journal"), folder, tmp_path / "out")


def test_a_designation_is_a_party_with_a_listing(tmp_path: Path) -> None:
    parsed = read(tmp_path, [row("QUUX Foo", "1", startDate="6.10.2001", reason="Did things; so.")])
    party, listing = "eu-32001r9999-i-1", "eu-32001r9999-i-1-oj-i-asset-freeze-eu-quux"
    assert existing(parsed) == {party: "Person"}
    assert parsed.values(party, "topics") == ["sanction"]
    assert parsed.values(listing, "listingDate") == ["2001-10-06"]
    assert parsed.values(listing, "provisions") == ["Asset freeze"]
    assert parsed.values(listing, "program") == ["EU-QUUX", "Measures against Quux"]
    assert parsed.values(listing, "programId") == ["EU-QUUX"]
    assert parsed.values(listing, "reason") == ["Did things; so."]
    assert parsed.values(listing, "sourceUrl") == [
        "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32001R9999"
    ]
    assert parsed.codes() == []
    assert {each["locator"] for each in parsed.statements} == {"consolidated/32001r9999.csv:2"}


@pytest.mark.parametrize(
    ("measure", "topic"),
    [("Asset freeze", "sanction"), ("Financial restrictions", "sanction"),
     ("Export control", "export.control"), ("Transportation restrictions", "reg.action"),
     ("Services ban", "reg.action"), ("Investment ban", "invest.ban")],
)  # fmt: skip
def test_the_measure_decides_the_topic(tmp_path: Path, measure: str, topic: str) -> None:
    parsed = read(tmp_path, [row("GHOST", "1", schema="LegalEntity", measure=measure)])
    assert parsed.values("eu-32001r9999-i-1", "topics") == [topic]


def test_an_unknown_measure_or_schema_is_kept_and_reported(tmp_path: Path) -> None:
    parsed = read(tmp_path, [row("GHOST", "1", schema="Robot", measure="Ban of hats")])
    assert existing(parsed) == {"eu-32001r9999-i-1": "LegalEntity"}
    assert parsed.codes() == ["unknown-measure", "unknown-type"]


def test_a_party_in_several_annexes_of_an_act_is_one_with_several_listings(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        [
            row("Ghost Bank", "7", "I", schema="LegalEntity"),
            row("GHOST  BANK", "", "V", schema="LegalEntity", measure="Financial restrictions"),
            row("GHOST BANK", "3", "IX", schema="Company", measure="Export control"),
            row("Ghost Bank", "", "V"),  # a person of that name is another
        ],
    )
    bank = "eu-32001r9999-i-7"
    listings = {each["entity_id"] for each in parsed.statements
                if each["prop"] == "entity" and each["value"] == bank}  # fmt: skip
    assert len(listings) == 3
    assert len(existing(parsed)) == 2
    assert parsed.values(bank, "topics") == ["export.control", "sanction", "sanction"]


def test_two_entries_of_one_annex_stay_two_and_a_third_of_their_name_joins_neither(
    tmp_path: Path,
) -> None:
    parsed = read(
        tmp_path, [row("Foo Bar", "1"), row("Foo Bar", "2"), row("Foo Bar", "", "II")]
    )  # fmt: skip
    assert len(existing(parsed)) == 3


def test_other_dates_of_birth_are_other_persons_and_a_year_agrees_with_its_days(
    tmp_path: Path,
) -> None:
    parsed = read(
        tmp_path,
        [
            row("Foo Bar", "", birthDate="5.3.1962"), row("Foo Bar", "", birthDate="1962"),
            row("Foo Bar", "", birthDate="7.8.1971"), row("Baz", "1", birthDate="1.1.1950"),
            row("Baz", "9", "II", birthDate="2.1.1950"),
        ],
    )  # fmt: skip
    assert len(existing(parsed)) == 4


def test_a_person_and_an_entity_may_have_one_number_of_an_annex(tmp_path: Path) -> None:
    parsed = read(tmp_path, [row("Foo", "1"), row("GHOST", "1", schema="LegalEntity")])
    assert existing(parsed) == {
        "eu-32001r9999-i-1": "Person", "eu-32001r9999-i-1-other": "LegalEntity"
    }  # fmt: skip


def test_a_port_and_the_ship_of_its_name_stay_two(tmp_path: Path) -> None:
    rows = [row("ZORBTOWN", "7", "XLII", schema="Vessel"),
            row("Zorbtown", "6", "XLVII", schema="Asset"),
            row("Zorbtown", "", "XLVIII", schema="Asset"),
            row("Zorbtown", "7", "XLII", schema="LegalEntity")]  # fmt: skip
    found = existing(read(tmp_path, rows))
    assert found == {
        "eu-32001r9999-xlii-7": "Vessel",
        "eu-32001r9999-xlvii-6": "Asset",
        "eu-32001r9999-xlii-7-other": "LegalEntity",
    }


def test_an_amendment_adds_to_the_party_of_its_number_or_name_and_ends_nothing(
    tmp_path: Path,
) -> None:
    parsed = read(
        tmp_path,
        [row("OLD TUG", "629", "XLII", schema="Vessel"), row("Foo Bar", birthDate="1960"),
         row("Left Out", "2")],
        [amendment("NEW TUG (ex OLD TUG)", "629", "XLII", schema="Vessel"),
         amendment("Foo Bar", birthDate="(a) 30.4.1971, (b) 1972"), amendment("Newcomer", "8")],
    )  # fmt: skip
    assert len(existing(parsed)) == 4
    tug = "eu-32001r9999-xlii-629"
    assert parsed.values(tug, "name") == ["NEW TUG", "OLD TUG"]
    assert parsed.values(tug, "previousName") == ["OLD TUG"]
    (listing,) = {each["entity_id"] for each in parsed.statements
                  if each["prop"] == "entity" and each["value"] == tug}  # fmt: skip
    assert "Amended by 32026R9997" in parsed.values(listing, "summary")
    ends = [each for each in parsed.statements
            if each["prop"] == "endDate" and each["schema"] == "Sanction"]  # fmt: skip
    assert ends == []
    (foo,) = {each["entity_id"] for each in parsed.statements if each["value"] == "Foo Bar"}
    assert parsed.values(foo, "birthDate") == ["1960", "1971-04-30", "1972"]


def test_ids_do_not_change_with_other_acts_or_later_rows(tmp_path: Path) -> None:
    rows = [row("Foo", "1"), row("Unnumbered Foo")]
    before = existing(read(tmp_path / "a", rows))
    folder = write(tmp_path / "b", [*rows, row("Later", "3")])
    write(folder, [row("Foo", "1", celex=OTHER)], act=OTHER)
    after = existing(parse_list(EuJournalSource("eu_journal"), folder, tmp_path / "out"))
    assert before.keys() < after.keys()


def test_names_in_brackets_are_taken_out_only_when_labelled_or_in_another_script(
    tmp_path: Path,
) -> None:
    parsed = read(
        tmp_path,
        [row("Ghost Works (GW) (formerly known as ‘Spook Works’) (ГОСТ Завод)", "1",
             schema="LegalEntity", alias='Spook; "Foo; Bar"; Баз', weakAlias="Boo",
             previousName="Old Ghost")],
    )  # fmt: skip
    party = "eu-32001r9999-i-1"
    assert parsed.values(party, "name") == ["Ghost Works (GW)"]
    assert parsed.values(party, "previousName") == ["Old Ghost", "Spook Works"]
    assert parsed.values(party, "alias") == ["Foo; Bar", "Spook", "Баз", "ГОСТ Завод"]
    assert parsed.values(party, "weakAlias") == ["Boo"]
    assert parsed.rows(party, "name")[0]["original_value"].startswith("Ghost Works (GW) (formerly")


@pytest.mark.parametrize(
    ("name", "plain", "strong", "weak"),
    [
        ("Zorb (a.k.a. Sorb) QUUXLEY", "Zorb QUUXLEY", [], ["Sorb"]),
        ("Zorb (a.k.a. Abd al-Sorb) QUUXLEY", "Zorb QUUXLEY", [], ["Abd al-Sorb"]),
        ("Zorb QUUXLEY (a.k.a. Quux, al-Quux)", "Zorb QUUXLEY", [], ["Quux, al-Quux"]),
        ("Zorb (محمد) QUUXLEY", "Zorb QUUXLEY", [], ["محمد"]),
        ("Zorb QUUXLEY (a.k.a. Sorb KUKSLI)", "Zorb QUUXLEY", ["Sorb KUKSLI"], []),
        ("Zorb QUUXLEY (Зорб КУКСЛИ)", "Zorb QUUXLEY", ["Зорб КУКСЛИ"], []),
        ("Zorb QUUXLEY (a.k.a. Sorb KUKSLI) Зорб", "Zorb QUUXLEY Зорб", ["Sorb KUKSLI"], []),
        ("Zorb QUUXLEY (a.k.a. Sorb KUKSLI) (Зорб)", "Zorb QUUXLEY", ["Sorb KUKSLI"], ["Зорб"]),
    ],
)
def test_a_spelling_of_one_word_of_a_persons_name_is_no_strong_alias(
    tmp_path: Path, name: str, plain: str, strong: list[str], weak: list[str]
) -> None:
    parsed = read(tmp_path, [row(name, "1", schema="Person")])
    assert parsed.values("eu-32001r9999-i-1", "name") == [plain]
    assert parsed.values("eu-32001r9999-i-1", "alias") == strong
    assert parsed.values("eu-32001r9999-i-1", "weakAlias") == weak


def test_particulars_behind_an_alias_are_no_part_of_the_name(tmp_path: Path) -> None:
    alias = "Sorb KUKSLI (Date of birth: 22.8.1973; place of birth: Neverland)"
    parsed = read(tmp_path, [row("Zorb QUUXLEY", "1", schema="Person", alias=f'"{alias}"')])
    (found,) = parsed.rows("eu-32001r9999-i-1", "alias")
    assert (found["value"], found["original_value"]) == ("Sorb KUKSLI", alias)
    assert parsed.values("eu-32001r9999-i-1", "birthDate") == []


def test_cells_decode_without_loss() -> None:
    assert split_cell('"a ""quoted"" one; with"; plain;  spaced ') == [
        'a "quoted" one; with', "plain", "spaced"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "dates", "whole"),
    [
        ("11.8.1960", ["1960-08-11"], True),
        ("(a) 3.3.1965, (b) circa 1944", ["1965-03-03", "1944"], True),
        ("(i) 11.4.1963, (ii) 1960", ["1963-04-11", "1960"], True),
        ("26 Feb. 2011", ["2011-02-26"], True),
        ("1979, 1980 or 1981", ["1979", "1980", "1981"], True),
        ("10.2.1983 (or 10.3.1983)", ["1983-02-10", "1983-03-10"], True),
        ("1343 (Iranian Hijri calendar), 1964 or 1965 (Gregorian calendar)", ["1964", "1965"],
         False),
        ("24.6.1402 (Hijri Calendar)", [], False),
        ("3.5.1977 (15.4.1974 for the alias Foo)", ["1977-05-03"], False),
        ("(probably) 1944", ["1944"], True),
        ("before 1964", [], False),
        ("1960s", [], False),
        ("year unknown", [], False),
    ],
)  # fmt: skip
def test_dates_are_read_as_printed(text: str, dates: list[str], whole: bool) -> None:
    read = read_dates(text)
    assert ([date for date, _ in read.dates], read.whole) == (dates, whole)


def test_numbers_have_countries_and_what_is_not_understood_is_a_note(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        [row("Foo", "1", nationality='"(a) Malaysia, (b) Iraqi"; Iranian and US; na',
             passportNumber='"(a) 27082171 (Chad), (b) W3340 (Tunisian national identity number '
                            'issued on 9.3.2011)"; diplomatic passport',
             birthDate="before 1964", gender="Male.")],
    )  # fmt: skip
    party = "eu-32001r9999-i-1"
    assert parsed.values(party, "nationality") == ["iq", "ir", "my", "us"]
    assert parsed.values(party, "passportNumber") == ["27082171"]
    assert parsed.values(party, "idNumber") == ["W3340"]
    assert parsed.values(party, "gender") == ["male"]
    notes = parsed.values(party, "notes")
    assert "Passport: diplomatic passport" in notes
    assert "birthDate: before 1964" in notes
    assert parsed.codes() == ["unclean-value"]


def test_companies_have_their_codes_each_under_its_system(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        [row("OOO GHOST", "1", schema="Company", innCode="7730239877, KPP 773001001",
             registrationNumber="190950894 (Belarus); 9731097379 (INN), 1227700483350 (OGRN)",
             address='Elm Row 1, Zzyzx, Chad; "(a) Foo; (b) Bar, Oman"',
             email="a@ghost.test, b@ghost.test", website="www.ghost.test")],
    )  # fmt: skip
    party = "eu-32001r9999-i-1"
    assert parsed.values(party, "innCode") == ["7730239877", "9731097379"]
    assert parsed.values(party, "kppCode") == ["773001001"]
    assert parsed.values(party, "ogrnCode") == ["1227700483350"]
    assert parsed.values(party, "registrationNumber") == ["190950894"]
    assert parsed.values(party, "email") == ["a@ghost.test", "b@ghost.test"]
    assert parsed.values(party, "address") == ["Bar, Oman", "Elm Row 1, Zzyzx, Chad", "Foo"]
    countries = {each["value"] for each in parsed.statements
                 if each["schema"] == "Address" and each["prop"] == "country"}  # fmt: skip
    assert countries == {"td", "om"}


def test_a_new_column_is_reported_and_a_missing_one_refused(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    made = table([{**row("Foo", "1"), "hat": "green"}], extra=("hat",))
    (folder / "x.csv").write_text(made, "utf-8")
    parsed = parse_list(EuJournalSource("eu_journal"), folder, tmp_path / "out")
    assert parsed.codes() == ["no-programs", "unread-field"]
    (folder / "x.csv").write_text(made.replace("measure", "meassure"), "utf-8")
    with pytest.raises(ParseError, match=r"x\.csv, line 1: the header has no column 'measure'"):
        parse_list(EuJournalSource("eu_journal"), folder, tmp_path / "out2")


def test_files_are_known_by_their_headers_whatever_their_place_and_packing(tmp_path: Path) -> None:
    source = EuJournalSource("eu_journal")
    text = table([row("Foo", "1")])
    packed = tmp_path / "Download.CSV.gz"
    packed.write_bytes(gzip.compress(text.encode("utf-8-sig")))
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert source.find_files(packed) == {"consolidated/download.csv": packed}
    assert source.find_files(tmp_path) == source.find_files(packed)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "download.csv").write_text(text, "utf-8")
    with pytest.raises(ParseError, match=r"consolidated/download\.csv stands in .* twice"):
        source.find_files(tmp_path)


@pytest.mark.parametrize("content", ["<html><body>busy</body></html>", "", "celexx,foo\n1,2\n"])
def test_what_is_not_the_format_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(ParseError, match="holds no table of designations"):
        EuJournalSource("eu_journal").find_files(tmp_path)


def test_a_cut_file_is_refused_and_one_without_rows_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [row("Foo", "1", reason="said so"), row("Bar", "2")])
    path = folder / "consolidated" / f"{ACT}.csv"
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    with pytest.raises(ParseError, match=r"32001r9999\.csv, line 3"):
        parse_list(EuJournalSource("eu_journal"), folder, tmp_path / "out")
    write(folder, [])
    with pytest.raises(AssertionFailed, match="holds no designation"):
        parse_list(EuJournalSource("eu_journal"), folder, tmp_path / "out")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    source = EuJournalSource("eu_journal")
    return parse_list(source, require_data("eu_2026-08"), tmp_path_factory.mktemp("euj"))


@pytest.mark.lists
def test_i14_all_files_are_read_and_no_field_is_left(real: Parsed) -> None:
    source = EuJournalSource("eu_journal")
    names = source.find_files(require_data("eu_2026-08"))
    kinds = Counter(name.partition("/")[0] for name in names)
    assert kinds == {"consolidated": 45, "amendments": 11, "programs.csv": 1}
    rows = Counter(row["locator"].partition("/")[0] for row in real.statements
                   if row["prop"] == "id")  # fmt: skip
    assert rows == {"consolidated": 8017, "amendments": 417}
    codes = Counter(issue.code for issue in real.issues.issues)
    assert set(codes) == {"unclean-value"}
    assert codes["unclean-value"] < 420  # mostly Russian phones without a country
    assert real.rejected == []


@pytest.mark.lists
def test_i14_parties_listings_and_topics_of_the_real_annexes(real: Parsed) -> None:
    assert len(existing(real)) == 8378  # the port of Murmansk is not the ship MURMANSK
    listings = {row["entity_id"] for row in real.statements if row["schema"] == "Sanction"}
    assert len(listings) == 8422
    terror = {row["entity_id"] for row in real.statements
              if row["value"] == "EU-TERR" and row["prop"] == "programId"}  # fmt: skip
    assert len(terror) == 36
    froze = Counter(row["value"] for row in real.statements if row["prop"] == "provisions")
    assert froze["Asset freeze"] == 6199 + 254
    weak = [row for row in real.statements if row["prop"] == "weakAlias"]
    assert len(weak) > 200
