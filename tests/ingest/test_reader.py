"""Each bad file is refused with one sentence that names file, line and remedy."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from graph.errors import ParseError
from ingest import reader
from ingest.listfile import find_named
from ingest.reader import read_delimited

GOOD = b'1,"A"\r\n2,"B"\r\n\x1a'


def _write(folder: Path, content: bytes) -> Path:
    path = folder / "x.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        (b"", 1, "empty"),
        (b"<!DOCTYPE html><html>Service unavailable</html>", 1, "web page"),
        (b"\xef\xbb\xbf  <html>", 1, "web page"),
        (b'1,"A"\r\n2,"B\0"\r\n\x1a', 2, "NUL"),
        (b'1,"A"\r\n2,"Espa\xf1a"\r\n\x1a', 2, "not UTF-8"),
        ('1,"A"\r\n'.encode("utf-16"), 1, "UTF-16"),
        (b'1,"A"\r\n2,"B', 2, "not closed"),
        (b'1,"A"\r\n2\r\n\x1a', 2, "1 columns instead of 2"),
        (b'1,"A"\r\n2,"B","C"\r\n\x1a', 2, "3 columns instead of 2"),
        (b'1,"A"\r\n2,B', 2, "breaks off"),
        (b'1,"A"x\r\n\x1a', 1, "not well formed"),
        (gzip.compress(GOOD, mtime=0)[:-9], 1, "broken off or damaged"),
        (gzip.compress(GOOD, mtime=0)[:-4] + b"\0\0\0\0", 1, "broken off or damaged"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_remedy(
    tmp_path: Path, content: bytes, line: int, fault: str
) -> None:
    path = _write(tmp_path, content)
    with pytest.raises(ParseError, match=fault) as caught:
        read_delimited(path, "x.csv", 2, "d")
    assert str(caught.value).startswith(f"x.csv, line {line}: ")
    assert "again" in str(caught.value)
    assert caught.value.locator == f"x.csv:{line}"
    assert caught.value.dataset == "d"


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        gzip.compress(GOOD, mtime=0),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\r\n", b"\n"),
        GOOD + b"\r\n",
        GOOD.rstrip(b"\x1a"),
        GOOD.rstrip(b"\r\n\x1a"),
    ],
)
def test_the_same_rows_are_read_from_every_good_form(tmp_path: Path, content: bytes) -> None:
    table = read_delimited(_write(tmp_path, content), "x.csv", 2)
    assert [(row.line, row.cells) for row in table.rows] == [(1, ["1", "A"]), (2, ["2", "B"])]
    assert table.ended is (b"\x1a" in (gzip.decompress(content) if content[:1] == b"\x1f"
                                       else content))  # fmt: skip


def test_the_blank_of_the_last_cell_is_kept(tmp_path: Path) -> None:
    table = read_delimited(_write(tmp_path, b"1,-0- \r\n\x1a"), "x.csv", 2)
    assert table.rows[0].cells == ["1", "-0- "]


def test_a_file_of_only_the_end_mark_holds_no_rows(tmp_path: Path) -> None:
    assert read_delimited(_write(tmp_path, b"\x1a"), "x.csv", 2).rows == []


def test_lines_are_physical_lines_when_a_text_holds_line_breaks(tmp_path: Path) -> None:
    table = read_delimited(_write(tmp_path, b'1,"A\r\nB"\r\n2,"C"\r\n\x1a'), "x.csv", 2)
    assert [row.line for row in table.rows] == [1, 3]


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 1000)
    path = _write(tmp_path, gzip.compress(b"0" * 100_000, mtime=0))
    with pytest.raises(ParseError, match="more than 1000 bytes"):
        read_delimited(path, "x.csv", 2)


def test_names_are_found_in_any_case_plain_or_gzipped(tmp_path: Path) -> None:
    (tmp_path / "SDN.CSV").write_bytes(GOOD)
    (tmp_path / "Alt.csv.GZ").write_bytes(GOOD)
    found = find_named(tmp_path, ("sdn.csv", "alt.csv"), "d")
    assert [path.name for path in found.values()] == ["SDN.CSV", "Alt.csv.GZ"]
    assert find_named(tmp_path / "SDN.CSV", ("sdn.csv",), "d") == {"sdn.csv": tmp_path / "SDN.CSV"}


def test_a_zip_with_a_readme_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.csv.zip", "w") as archive:
        archive.writestr("README.txt", "of the publisher")
        archive.writestr("X.csv", GOOD)
    found = find_named(tmp_path, ("x.csv",), "d")
    assert len(read_delimited(found["x.csv"], "x.csv", 2).rows) == 2


def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"alt\.csv is missing; add it in .* plain, gzipped or z"):
        find_named(tmp_path, ("alt.csv",), "d")
    with pytest.raises(ParseError, match=r"does not exist; give the folder that holds alt\.csv"):
        find_named(tmp_path / "absent", ("alt.csv",), "d")


def test_a_name_that_fits_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("sdn.csv", "SDN.csv.gz"):
        (tmp_path / name).write_bytes(GOOD)
    with pytest.raises(ParseError, match=r"twice \(SDN.csv.gz and sdn.csv\); keep one"):
        find_named(tmp_path, ("sdn.csv",), "d")
