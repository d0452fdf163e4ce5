"""What fuzzing found (`tests.fuzz`), each as the smallest file that showed it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.catalog import get_source
from ingest.sources.au_dfat import DfatSource
from ingest.sources.ch_seco.source import SecoSource
from ingest.sources.gb_psc.source import PscSource
from ingest.sources.gleif.lei import LeiSource
from ingest.sources.gleif.repex import ExceptionSource
from ingest.sources.us_ofac.advanced import OfacAdvancedSource
from ingest.sources.us_ofac.csv import OfacSource
from ingest.sources.us_ofac.enhanced import OfacEnhancedSource
from ingest.sources.us_ofac.xml import OfacXmlSource
from ingest.unpack import list_members, open_stream
from tests.ingest import test_au_dfat, test_ch_seco, test_gb_psc, test_gleif
from tests.ingest.ofac_files import Parsed, address, parse, party, write_list
from tests.ingest.ofac_formats import make_advanced, make_enhanced, make_legacy
from tests.ingest.parsed_list import parse_list


def ids(parsed: Parsed) -> set[str]:
    """Ids of everything that is stated, relations too."""
    return {row["entity_id"] for row in parsed.statements} | set(
        parsed.tables.relations["id"].to_pylist()
    )


def lower(parsed: Parsed) -> bool:
    """Whether all ids are in lower case and without blanks."""
    return all(each == each.lower() and " " not in each for each in ids(parsed))


def test_a_number_of_ofac_that_is_a_word_makes_an_id_in_lower_case(tmp_path: Path) -> None:
    entry = party(1, "QUUX, Foo", "individual")
    place = address(1, 7, "1 Elm Row", "Zzyzx").replace("1,7,", '1,"Place B",', 1)
    parsed = parse(write_list(tmp_path / "in", [entry], addresses=[place]), tmp_path / "out",
                   OfacSource("us_ofac_sdn"))  # fmt: skip
    assert {"ofac-1", "ofac-addr-place-b"} <= ids(parsed)
    assert lower(parsed)


@pytest.mark.parametrize(
    ("name", "text", "reader"),
    [
        ("sdn.xml", make_legacy().replace("<uid>101</uid>", "<uid>Entity X</uid>")
         .replace("<uid>1020</uid>", "<uid>Place B</uid>"), OfacXmlSource),
        ("sdn_advanced.xml", make_advanced().replace('"101"', '"Entity X"'), OfacAdvancedSource),
        ("sdn_enhanced.xml", make_enhanced().replace('"101"', '"Entity X"'), OfacEnhancedSource),
    ],
)  # fmt: skip
def test_so_it_does_in_the_xml_files(
    tmp_path: Path, name: str, text: str,
    reader: type[OfacXmlSource | OfacAdvancedSource | OfacEnhancedSource],
) -> None:  # fmt: skip
    (tmp_path / name).write_text(text, "utf-8")
    parsed = parse(tmp_path, tmp_path / "out", reader("us_ofac_sdn"))
    assert "ofac-entity-x" in ids(parsed)
    assert lower(parsed)


def test_targets_that_are_nobody_are_no_list(tmp_path: Path) -> None:
    path = tmp_path / "consolidated-list.xml"
    path.write_text(test_ch_seco._text('<target ssid="1"><foreign-identifier/>'), "utf-8")
    with pytest.raises(AssertionFailed, match="targets that are parties"):
        parse_list(SecoSource("ch_seco"), path, tmp_path / "out")


@pytest.mark.parametrize("stated", ["None", "2023-99-01", "x"])
def test_a_day_of_publication_that_is_none_is_unknown(tmp_path: Path, stated: str) -> None:
    text = test_gleif.level1_xml(test_gleif.QUUX_XML)
    path = tmp_path / "lei2.xml"
    path.write_text(text.replace("2023-06-05T08:20:51Z", stated), "utf-8")
    source = LeiSource("gleif_lei")
    assert source.published(source.find_files(path)) is None


def test_an_lei_of_other_letters_is_reported_not_a_crash(tmp_path: Path) -> None:
    row = {**test_gleif.QUUX, "LEI": "Обувь"}
    content = test_gleif.as_csv(row, test_gleif.QUUX, columns=list(test_gleif.QUUX))
    parsed = test_gleif.read_level1(tmp_path, content)
    assert "wrong-lei" in parsed.codes()
    assert lower(parsed)


def test_records_without_an_lei_are_no_list(tmp_path: Path) -> None:
    content = test_gleif.as_csv({**test_gleif.QUUX, "LEI": ""}, columns=list(test_gleif.QUUX))
    with pytest.raises(AssertionFailed, match="records with an LEI"):
        test_gleif.read_level1(tmp_path, content)


def test_an_unknown_nature_of_control_stands_in_an_id_in_lower_case(tmp_path: Path) -> None:
    entry = test_gb_psc.entry(natures_of_control=["owns-it-ALL", "1_000ǅ"])
    parsed = test_gb_psc.read(tmp_path, entry)
    assert {row["role"] for row in parsed.tables.relations.to_pylist()} == {"owns-it-ALL", "1_000ǅ"}
    assert lower(parsed)


def test_entries_of_no_company_are_no_list(tmp_path: Path) -> None:
    entry = test_gb_psc.entry()
    del entry["company_number"]
    path = tmp_path / "psc-snapshot-2025-11-24.txt"
    path.write_bytes(test_gb_psc.lines(entry, test_gb_psc.totals(1)))
    with pytest.raises(AssertionFailed, match="entries of a company"):
        parse_list(PscSource("gb_psc"), tmp_path, tmp_path / "out")


@pytest.mark.parametrize("name", ["", "."])
def test_a_file_in_a_zip_that_has_no_name_is_refused(tmp_path: Path, name: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "1,2\n")
    path = tmp_path / "list.zip"
    path.write_bytes(stream.getvalue())
    with pytest.raises(ParseError, match="place outside itself"):
        list_members(path, "list.zip")
    with pytest.raises(ParseError, match="place outside itself"), open_stream(path, "list.zip"):
        pass


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("zed.csv", b"entity_id\rprop,value\n", ParseError),
        ("zed.json", b'{"id": "ghost", "schema": "Wraith", "properties": {"name": ["x"]}}\n',
         AssertionFailed),
    ],
)  # fmt: skip
def test_files_of_followthemoney_with_nothing_in_them_are_refused(
    tmp_path: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    source = get_source("ftm", path)
    with pytest.raises(error):
        parse_list(source, path, tmp_path / "out")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"<v>101</v>", b"<v>Entity</v>"),
        ("xl/worksheets/sheet1.xml", b"<sheetPr>", b'<sheetPr ref="A1">'),
    ],
)
def test_a_workbook_whose_parts_are_wrong_is_refused(
    tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(test_au_dfat._book([test_au_dfat.PERSON]))) as book,
        zipfile.ZipFile(stream, "w") as archive,
    ):
        for name in book.namelist():
            content = book.read(name)
            assert name != part or old in content
            archive.writestr(name, content.replace(old, new) if name == part else content)
    (tmp_path / "regulation8_consolidated.xlsx").write_bytes(stream.getvalue())
    with pytest.raises(ParseError, match="damaged"):
        parse_list(DfatSource("au_dfat"), tmp_path, tmp_path / "out")


def test_relationships_and_exceptions_of_nobody_are_no_list(tmp_path: Path) -> None:
    row = {**test_gleif.RELATED, "Relationship.StartNode.NodeID": ""}
    with pytest.raises(AssertionFailed, match="relationships between LEIs"):
        test_gleif.read_level2(tmp_path, row)
    row = {"LEI": "", "Exception.Category": "X", "Exception.Reason.1": "NATURAL_PERSONS"}
    path = tmp_path / "repex.csv"
    path.write_bytes(test_gleif.as_csv(row, columns=list(row)))
    with pytest.raises(AssertionFailed, match="exceptions of an LEI"):
        parse_list(ExceptionSource("gleif_repex"), path, tmp_path / "out")
