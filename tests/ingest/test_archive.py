"""The archive of published files."""

from __future__ import annotations

import gzip
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from graph.errors import ChecksumMismatch, ConfigurationError, ParseError
from graph.statements import DatasetVersion
from ingest.archive import Archive, hash_file, take_fingerprint, version_of, write_atomically


def _version(name: str, published: str | None, retrieved: str, sha: str) -> DatasetVersion:
    return DatasetVersion("some_list", name, published, retrieved, {"a.csv": sha})


def test_a_file_is_kept_once_by_its_digest(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"same")
    assert archive.keep(tmp_path / "one") == archive.keep(tmp_path / "two")
    sha = hash_file(tmp_path / "one")
    assert archive.file(sha, verify=True).read_bytes() == b"same"
    assert archive.file(sha) == tmp_path / "archive" / "files" / sha[:2] / sha
    assert len([each for each in archive.root.rglob("*") if each.is_file()]) == 1


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").write_bytes(b"same")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        Archive(tmp_path / "archive").keep(tmp_path / "one")
    assert [each for each in (tmp_path / "archive").rglob("*") if each.is_file()] == []


def test_a_changed_file_is_noticed_when_asked(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    (tmp_path / "one").write_bytes(b"same")
    sha = archive.keep(tmp_path / "one")
    archive.file(sha).write_bytes(b"other")
    with pytest.raises(ChecksumMismatch, match="restore it from a backup"):
        archive.file(sha, verify=True)


def test_an_absent_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="load the dataset again"):
        Archive(tmp_path).file("ab" * 32)


def test_the_version_depends_on_content_not_on_packing_or_order(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b").write_bytes(b"second")
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"first", mtime=0))
    plain = version_of({"a.csv": tmp_path / "a", "b.csv": tmp_path / "b"})
    assert plain == version_of({"b.csv": tmp_path / "b", "a.csv": tmp_path / "a.gz"})
    assert plain != version_of({"a.csv": tmp_path / "b", "b.csv": tmp_path / "a"})
    assert len(plain) == 16


def _zip(path: Path, members: dict[str, bytes], level: int = 6, year: int = 2020) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=level)
    return path


def test_a_list_zipped_again_is_the_same_version(tmp_path: Path) -> None:
    members = {"b.xml": b"<b/>" * 500, "a/a.xml": b"<a/>"}
    first = _zip(tmp_path / "1.zip", members)
    again = _zip(tmp_path / "2.zip", dict(reversed(members.items())), level=1, year=2021)
    assert first.read_bytes() != again.read_bytes()
    assert version_of({"x": first}) == version_of({"x": again})
    for changed in ({**members, "b.xml": b"<b/>"}, {"b.xml": members["b.xml"]},
                    {"b.xml": b"<a/>", "a/a.xml": members["b.xml"]}):  # fmt: skip
        assert version_of({"x": _zip(tmp_path / "3.zip", changed)}) != version_of({"x": first})


def test_a_zip_of_one_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"one\ntwo\n")
    zipped = _zip(tmp_path / "x.zip", {"any name.csv": b"one\ntwo\n"})
    plain, packed = (take_fingerprint(path, "x") for path in (tmp_path / "plain", zipped))
    assert plain.content == packed.content == plain.sha256
    assert packed.sha256 == hash_file(zipped)
    assert plain.lines == packed.lines == 2


@pytest.mark.parametrize(
    "content", [b"<a>\n</a>\n", b"\xef\xbb\xbf\n <a/>\n", b'{"a":\n1}', b"[\n]"]
)
def test_the_lines_of_what_is_no_file_of_lines_are_not_counted(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x").write_bytes(content)
    assert take_fingerprint(tmp_path / "x", "x").lines is None


@pytest.mark.parametrize(
    "packed",
    [b"", gzip.compress(b"", mtime=0), gzip.compress(b"text" * 99, mtime=0)[:-9]],
    ids=["empty", "packed-empty", "cut"],
)
def test_an_empty_or_broken_file_has_no_fingerprint(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "x").write_bytes(packed)
    with pytest.raises(ParseError, match=r"x, line 1: .*(empty|broken off)"):
        take_fingerprint(tmp_path / "x", "x")


def test_no_file_is_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as stream:
        for number in range(48):
            stream.write(bytes([65 + number % 26]) * (1 << 20))
    tracemalloc.start()
    try:
        assert take_fingerprint(path, "large").sha256 == Archive(tmp_path / "a").keep(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


def test_versions_come_in_order_of_publication(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    (tmp_path / "one").write_bytes(b"same")
    sha = archive.keep(tmp_path / "one")
    for version in (
        _version("new", "2024-01-01", "2024-02-01T00:00:00+00:00", sha),
        _version("undated", None, "2023-06-01T00:00:00+00:00", sha),
        _version("old", "2020", "2024-03-01T00:00:00+00:00", sha),
    ):
        archive.record(version, {"entities": 1})
        assert archive.find("some_list", version.version) == version
        assert archive.counts(version) == {"entities": 1}
    assert [each.version for each in archive.versions("some_list")] == ["old", "undated", "new"]
    assert archive.datasets() == ["some_list"]
    assert archive.versions("other") == []
    assert archive.find("some_list", "none") is None


@pytest.mark.parametrize("dataset", ["../evil", "a/b", "", ".."])
def test_a_dataset_name_cannot_leave_the_archive(tmp_path: Path, dataset: str) -> None:
    with pytest.raises(ConfigurationError, match="no name for a dataset"):
        Archive(tmp_path).versions(dataset)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(tmp_path / "x", b"content")
    assert list(tmp_path.iterdir()) == []
