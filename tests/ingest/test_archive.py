"""The archive of published files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from graph.errors import ChecksumMismatch, ConfigurationError
from graph.statements import DatasetVersion
from ingest.archive import Archive, hash_file, version_of, write_atomically


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
