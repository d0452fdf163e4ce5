"""The published files as received, by SHA-256, and which version of a dataset each belongs to.

A file is stored once, under the digest of the bytes as received. A version is named after the
content of its files, so that the same list plain, gzipped or zipped is the same version. A record
appears only after everything that it names is on the disk; whatever is killed leaves at most a file
that no record names. No file is ever held in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from graph.errors import ChecksumMismatch, ConfigurationError
from graph.statements import DatasetVersion
from ingest.unpack import iter_members, list_members, open_stream, refuse

_BLOCK = 1 << 20
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
# What begins so is no file of lines: a publisher may break them anywhere, or nowhere.
_UNLINED = (b"<", b"{", b"[", b"PK\x03\x04")
VERSION_DIGITS = 16
STALE_AFTER = timedelta(hours=1)  # every block that is written makes a file younger


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one file is, without its packing."""

    sha256: str  # of the bytes as received
    content: str  # of what they unpack to: the same plain, gzipped and zipped
    lines: int | None  # of a file of lines; None for XML, JSON and workbooks


def hash_file(path: Path) -> str:
    """SHA-256 of the bytes as received, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def take_fingerprint(path: Path, name: str, dataset: str = "") -> Fingerprint:
    """Read a file once (a packed one: twice, packed and unpacked) and say what it is.

    The content of a ZIP of one file is that file's; that of several is their names and contents, so
    that zipping them again does not make another version.

    Args:
        name: Canonical name, for messages.

    Raises:
        ParseError: When it is empty, or its packing is damaged or hostile.
    """
    if len(list_members(path, name, dataset)) > 1:
        digest = hashlib.sha256()
        counted: list[int] = []
        for member, stream in iter_members(path, name, dataset):
            content, number = _read(stream)
            digest.update(f"{member}\n{content}\n".encode())
            counted += [] if number is None else [number]
        return Fingerprint(hash_file(path), digest.hexdigest(), sum(counted) if counted else None)
    with open_stream(path, name, dataset) as stream:
        if not stream.peek(1):
            raise refuse(name, 1, "the file is empty", dataset=dataset)
        content, number = _read(stream)
    with path.open("rb") as raw:
        packed = raw.read(4).startswith(_PACKED)
    return Fingerprint(hash_file(path) if packed else content, content, number)


def _read(stream: io.BufferedReader) -> tuple[str, int | None]:
    """SHA-256 and number of lines of a stream."""
    digest, lines, lined = hashlib.sha256(), 0, None
    while block := stream.read(_BLOCK):
        if lined is None:
            lined = not block.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_UNLINED)
        digest.update(block)
        lines += block.count(b"\n")
    return digest.hexdigest(), lines if lined else None


def version_of(files: Mapping[str, Path], dataset: str = "") -> str:
    """Name of the version that these files make, independent of their packing and order.

    Args:
        files: Canonical name -> path.

    Raises:
        ParseError: See `take_fingerprint`.
    """
    return name_version(
        {name: take_fingerprint(path, name, dataset) for name, path in files.items()}
    )


def name_version(fingerprints: Mapping[str, Fingerprint]) -> str:
    """Name of the version that files of these fingerprints make."""
    digest = hashlib.sha256()
    for name, fingerprint in sorted(fingerprints.items()):
        digest.update(f"{name}\n{fingerprint.content}\n".encode())
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
        """Store a file; a second time changes nothing. It is read once, while it is copied.

        Returns:
            Its SHA-256.
        """
        folder = self.root / "files"
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".partial")
        temporary, digest = Path(name), hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as copy, path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
                    copy.write(block)
                copy.flush()
                target = self._file(digest.hexdigest())
                if not target.exists():
                    os.fsync(copy.fileno())
                    target.parent.mkdir(exist_ok=True)
                    temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return digest.hexdigest()

    def sweep(self, now: datetime) -> None:
        """Remove half-written files that killed processes left."""
        for pattern in ("files/.*.partial", "datasets/*/.*.partial", "fetched/.*.partial"):
            for path in self.root.glob(pattern):
                try:
                    if now.timestamp() - path.stat().st_mtime > STALE_AFTER.total_seconds():
                        path.unlink(missing_ok=True)
                except FileNotFoundError:  # its owner has just ended
                    continue

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

    def files(self, version: DatasetVersion) -> dict[str, Path]:
        """The stored files of a version by their canonical names; raises as `file` does."""
        return {name: self.file(sha256) for name, sha256 in version.files.items()}

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
