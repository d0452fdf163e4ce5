"""The published files as received, by SHA-256, and which version of a dataset each belongs to.

A file is stored once, under the digest of the bytes as received. A version is named after the
content of its files, so that the same list plain or gzipped is the same version. A record appears
only after everything that it names is on the disk; whatever is killed leaves at most a file that no
record names.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graph.errors import ChecksumMismatch, ConfigurationError
from graph.statements import DatasetVersion
from ingest.reader import read_bytes

_BLOCK = 1 << 20
VERSION_DIGITS = 16


def hash_file(path: Path) -> str:
    """SHA-256 of the bytes as received, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def version_of(files: Mapping[str, Path], dataset: str = "") -> str:
    """Name of the version that these files make, independent of gzip and of their order.

    Args:
        files: Canonical name -> path.

    Raises:
        ParseError: When a file is empty or broken gzip.
    """
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = hashlib.sha256(read_bytes(path, name, dataset)).hexdigest()
        digest.update(f"{name}\n{content}\n".encode())
    return digest.hexdigest()[:VERSION_DIGITS]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either absent or whole, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class Archive:
    """Files by digest and versions by dataset, under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, path: Path) -> str:
        """Store a file; a second time changes nothing.

        Returns:
            Its SHA-256.
        """
        sha256 = hash_file(path)
        target = self._file(sha256)
        if not target.exists():
            write_atomically(target, path.read_bytes())
        return sha256

    def file(self, sha256: str, *, verify: bool = False) -> Path:
        """Path of a stored file.

        Args:
            verify: Also read it and compare its digest.

        Raises:
            ConfigurationError: When the archive does not hold it.
            ChecksumMismatch: When its bytes are no longer those that were stored.
        """
        path = self._file(sha256)
        if not path.is_file():
            raise ConfigurationError(
                f"The archive {self.root.as_posix()!r} holds no file {sha256!r}; restore it from a "
                "backup or load the dataset again."
            )
        if verify and (actual := hash_file(path)) != sha256:
            raise ChecksumMismatch(
                f"The archived file {path.as_posix()!r} has changed; restore it from a backup.",
                expected=sha256,
                actual=actual,
            )
        return path

    def record(self, version: DatasetVersion, counts: Mapping[str, Any]) -> None:
        """Make a version known. Call it last: whatever it names must be on the disk.

        Args:
            counts: What the version holds, for comparison with the next one.
        """
        sizes = {name: self._file(sha).stat().st_size for name, sha in version.files.items()}
        record = {**asdict(version), "sizes": sizes, "counts": dict(counts)}
        text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write_atomically(self._record(version.dataset, version.version), text.encode())

    def find(self, dataset: str, version: str) -> DatasetVersion | None:
        """The recorded version of this name, or None."""
        path = self._record(dataset, version)
        return _read_version(path) if path.is_file() else None

    def counts(self, version: DatasetVersion) -> dict[str, Any]:
        """What was counted when the version was loaded."""
        record = json.loads(self._record(version.dataset, version.version).read_text("utf-8"))
        counts: dict[str, Any] = record["counts"]
        return counts

    def versions(self, dataset: str) -> list[DatasetVersion]:
        """The recorded versions of a dataset, oldest publication first; empty when unknown."""
        folder = self._record(dataset, "x").parent
        return sorted(map(_read_version, folder.glob("[!.]*.json")), key=chronology)

    def record_name(self, version: DatasetVersion) -> str:
        """Where a version is recorded, from the folder that the archive lies in."""
        path = self._record(version.dataset, version.version)
        return path.relative_to(self.root.parent).as_posix()

    def datasets(self) -> list[str]:
        """Names of the datasets of which a version is recorded, sorted."""
        return sorted({path.parent.name for path in self.root.glob("datasets/*/[!.]*.json")})

    def _file(self, sha256: str) -> Path:
        return self.root / "files" / sha256[:2] / sha256

    def _record(self, dataset: str, version: str) -> Path:
        if not dataset.replace("_", "").replace("-", "").isalnum():
            raise ConfigurationError(
                f"{dataset!r} is no name for a dataset; use letters, digits, '_' and '-'."
            )
        return self.root / "datasets" / dataset / f"{version}.json"


def chronology(version: DatasetVersion) -> tuple[str, str]:
    """Sort key: day of publication, else of retrieval; then time of retrieval."""
    return version.published or version.retrieved_at[:10], version.retrieved_at


def _read_version(path: Path) -> DatasetVersion:
    record = json.loads(path.read_text("utf-8"))
    names = ("dataset", "version", "published", "retrieved_at", "files")
    return DatasetVersion(**{name: record[name] for name in names})
