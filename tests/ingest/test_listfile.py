"""A list is found by its name, else by how it begins, and never when it may be another."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from graph.errors import ParseError
from ingest.listfile import (
    ListFile,
    begins_with_columns,
    begins_with_root,
    find_list_file,
    find_parts,
    read_day,
)

PAGE = "https://example.org/lists"
WANTED = ListFile("quux.xml", ("quux.xml", "*quux*list*.xml"), begins_with_root("quuxList"), PAGE)
REGISTER = ListFile("zor.csv", (), begins_with_columns("Zor Number"), PAGE)


@pytest.mark.parametrize(
    ("head", "is_it"),
    [
        (b"<quuxList/>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<q:quuxList xmlns:q='urn:q'>", True),
        ("<?xml version='1.0' encoding='utf-16'?><quuxList day='2026-01-02'>".encode("utf-16"),
         True),
        (b"<!-- not <other> --><quuxList>", True),
        (b"<!-- a <quuxList> once --><other/>", False),
        (b"<other><quuxList/></other>", False),  # the root says what a file is, nothing below it
        (b"<quuxLists/>", False),
        (b"<quuxList", False),
        (b"quuxList", False),
        (b"", False),
    ],
)  # fmt: skip
def test_xml_is_known_by_its_root_alone(head: bytes, *, is_it: bool) -> None:
    assert begins_with_root("quuxList", "zorList")(head) is is_it


def test_a_table_is_known_by_columns_below_a_title_in_any_case() -> None:
    begins = begins_with_columns("Zor Number", "name")
    assert begins(b"Last updated,2026-01-02\n\nNAME,zor number\n")
    assert not begins(b"name\n1\nzor number\n")
    assert not begins(b"\n" * 6 + b"name,zor number\n")


def test_a_name_goes_before_content_and_two_are_refused(tmp_path: Path) -> None:
    (tmp_path / "download.xml").write_text("<quuxList/>", "utf-8")
    (tmp_path / "notes.txt").write_text("nothing", "utf-8")
    assert find_list_file(tmp_path, WANTED, "d") == {"quux.xml": tmp_path / "download.xml"}
    named = tmp_path / "2026 QUUX list (1).XML.gz"
    named.write_bytes(gzip.compress(b"<quuxList/>"))
    assert find_list_file(tmp_path, WANTED, "d") == {"quux.xml": named}
    with zipfile.ZipFile(tmp_path / "quux.zip", "w") as archive:
        archive.writestr("x.xml", "<quuxList/>")
    with pytest.raises(ParseError, match=r"there more than once .* keep one"):
        find_list_file(tmp_path, WANTED, "d")


def test_what_is_missing_is_named_with_the_page_that_has_it(tmp_path: Path) -> None:
    other = tmp_path / "other.xml"
    other.write_text("<other/>", "utf-8")
    for location, fault in (
        (tmp_path / "absent", r"quux\.xml is missing: .*absent' does not exist"),
        (tmp_path, r"quux\.xml is missing"),
        (other, r"'other\.xml' is not quux\.xml"),
    ):
        with pytest.raises(ParseError, match=fault) as caught:
            find_list_file(location, WANTED, "d")
        assert PAGE in str(caught.value)
        assert caught.value.dataset == "d"


def test_parts_are_all_there_or_refused(tmp_path: Path) -> None:
    for number in (2, 1):
        (tmp_path / f"Zor-part{number}_2.csv").write_text("zor number\n1\n", "utf-8")
    names = ["zor-01-of-02.csv", "zor-02-of-02.csv"]
    assert list(find_parts(tmp_path / "Zor-part2_2.csv", REGISTER, "d")) == names
    (tmp_path / "Zor-part1_2.csv").unlink()
    with pytest.raises(ParseError, match="part 1 of 2 is missing"):
        find_parts(tmp_path, REGISTER, "d")


def test_the_day_of_a_root_is_as_precise_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    for day, read in (("2026-03-01T10:00:00Z", "2026-03-01"), ("soon", None)):
        path.write_text(f"<quuxList day='{day}'/>", "utf-8")
        assert read_day(path, "quux.xml", "quuxList", "day", "d") == read
    with pytest.raises(ParseError, match="root element is <quuxList>"):
        read_day(path, "quux.xml", "zorList", "day", "d")
