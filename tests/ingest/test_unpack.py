"""Packed files: what their bytes say, and what is refused before a byte of it is believed."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from graph.errors import ParseError
from ingest import unpack
from ingest.unpack import Meter, find_member, list_members, measured, open_stream

TEXT = b"one,two\n" * 1000


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(path: Path, **options: object) -> bytes:
    with open_stream(path, "x.csv", "us", **options) as stream:  # type: ignore[arg-type]
        return stream.read()


def test_what_a_file_is_its_bytes_say_not_its_name(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.gz", tmp_path / "b.csv"
    plain.write_bytes(TEXT)
    packed.write_bytes(gzip.compress(TEXT))
    zipped = make_zip(tmp_path / "c.csv", {"folder/x.csv": TEXT})
    assert read(plain) == read(packed) == read(zipped) == TEXT


def test_a_workbook_is_read_as_it_is(tmp_path: Path) -> None:
    book = make_zip(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<x/>", "xl/a.xml": b"<y/>"})
    assert read(book) == book.read_bytes()
    assert list_members(book, "a.xlsx") == []


def test_one_file_of_a_zip_is_chosen_by_its_pattern(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"readme.txt": b"r", "data/NODES.CSV": TEXT})
    assert read(path, member="nodes*.csv") == TEXT
    assert list_members(path, "a.zip") == ["readme.txt", "data/NODES.CSV"]
    with pytest.raises(ParseError, match=r"holds readme.txt, data/NODES.CSV; exactly one file"):
        read(path)
    with pytest.raises(ParseError, match=r"exactly one \*.xml"):
        read(path, member="*.xml")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "C:\\boot.ini", "a/../../b"]
)
def test_a_zip_that_names_a_place_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "a.zip", {name: TEXT})
    with pytest.raises(ParseError, match="names a place outside itself"):
        read(path)
    with pytest.raises(ParseError, match="names a place outside itself"):
        list_members(path, "a.zip")


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "_SMALL", 1 << 16)
    zeros = bytes(1 << 22)
    with pytest.raises(ParseError, match="ZIP bomb"):
        read(make_zip(tmp_path / "a.zip", {"x.csv": zeros}))
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(zeros))
    with pytest.raises(ParseError, match="unpacks to more than"):
        read(packed)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"x.csv": TEXT})
    content = path.read_bytes()
    size = len(TEXT).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(ParseError, match="damaged"):
        read(path)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"x.csv": TEXT})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag of the local header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and of the directory
    path.write_bytes(content)
    with pytest.raises(ParseError, match=r"encrypted.*Unpack it"):
        read(path)


@pytest.mark.parametrize("packed", [gzip.compress(TEXT, mtime=0), None], ids=["gzip", "zip"])
def test_a_download_that_broke_off_is_refused(tmp_path: Path, packed: bytes | None) -> None:
    content = packed or make_zip(tmp_path / "whole.zip", {"x.csv": TEXT}).read_bytes()
    path = tmp_path / "cut"
    for size in range(5, len(content) - 1, 7):
        path.write_bytes(content[:size])
        with pytest.raises(ParseError, match="broken off or damaged"):
            read(path)


def test_no_more_is_read_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT)
    assert read(path, limit=len(TEXT)) == TEXT
    with pytest.raises(ParseError, match=f"more than {len(TEXT) - 1} bytes"):
        read(path, limit=len(TEXT) - 1)


def test_the_meter_ends_at_the_size_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(TEXT))
    told: list[tuple[int, int]] = []
    with measured(Meter(path.stat().st_size, lambda *pair: told.append(pair))):
        assert read(path) == TEXT
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert told == sorted(told)
    read(path)
    assert told[-1] == (path.stat().st_size, path.stat().st_size), "outside it nobody is told"


def test_an_empty_file_is_an_empty_stream(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert read(tmp_path / "a") == b""


def test_of_a_zip_of_several_the_file_of_that_name_is_wanted(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"readme.txt": b"r", "data/X.CSV": TEXT})
    assert find_member(path, "lists/x.csv.zip") == "x.csv"
    assert read(path, member=find_member(path, "x.csv")) == TEXT
    assert find_member(make_zip(tmp_path / "b.zip", {"other.txt": TEXT}), "x.csv") is None
    (tmp_path / "plain").write_bytes(TEXT)
    assert find_member(tmp_path / "plain", "x.csv") is None


@pytest.mark.parametrize(
    ("local", "central", "value"),
    [(4, 6, b"\xff\x00"), (8, 10, b"\x63\x00"), (8, 10, b"\x0e\x00"), (0, 42, b"\0\0\0\x7f")],
    ids=["version", "unknown method", "lzma", "place"],
)
def test_an_odd_header_is_refused(
    tmp_path: Path, local: int, central: int, value: bytes
) -> None:  # fmt: skip
    content = bytearray(make_zip(tmp_path / "a.zip", {"x.csv": TEXT}).read_bytes())
    at = content.index(b"PK\x01\x02") + central
    content[at : at + len(value)] = value
    if local:
        content[local : local + len(value)] = value
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ParseError, match=r"(Download|Unpack)"):
        read(tmp_path / "a.zip")


def test_an_empty_zip_and_one_whose_files_overlap_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="holds nothing"):
        read(make_zip(tmp_path / "a.zip", {}))
    content = bytearray(make_zip(tmp_path / "b.zip", {"x.csv": TEXT, "y.csv": TEXT}).read_bytes())
    for at in (content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")):
        content[at + 20 : at + 24] = len(content).to_bytes(4, "little")
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(ParseError, match="overlap"):
        list_members(tmp_path / "b.zip", "b.zip")
