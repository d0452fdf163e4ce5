"""Snapshots: immutable directories that hold everything computed from archive and ledger.

A snapshot is written into a directory that no reader knows, synced, renamed into place, and made
live by replacing the file `current` in one step. A build that is killed at any moment leaves an
unfinished directory and the previous snapshot serving. Any stage may add named parts (`csr`,
`names`, `statements`, …); the manifest lists every file with its SHA-256, and the snapshot's id is
derived from them, so that the same archive, ledger position and code give the same id.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from graph.embedded.network import EmbeddedNetwork
from graph.errors import StoreUnavailable
from graph.model import Frozen

CURRENT = "current"
MANIFEST = "manifest.json"
SNAPSHOTS = "snapshots"
UNFINISHED = ".unfinished-"
_ID = re.compile(r"^[0-9a-f]{16}$")


class DatasetEntry(Frozen):
    """One dataset version in a snapshot."""

    dataset: str
    version: str
    title: str = ""
    publisher: str = ""
    licence: str = ""
    published: str | None
    retrieved_at: str
    files: dict[str, str]
    refresh_hours: int | None = None
    entities: int = 0
    links: int = 0


class Manifest(Frozen):
    """What a snapshot was made of, and every file in it."""

    id: str
    created_at: str
    code_version: str
    ledger_position: str
    datasets: tuple[DatasetEntry, ...]
    dataset_codes: dict[str, int]
    counts: dict[str, int]
    files: dict[str, str] = Field(default_factory=dict)


class SnapshotWriter:
    """An unfinished snapshot: parts are written into it, then it is sealed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def part(self, name: str) -> Path:
        """A new folder for one part."""
        path = self.directory / name
        path.mkdir(parents=True)
        return path

    def seal(self, contents: Mapping[str, object], created_at: str) -> Manifest:
        """Hash every file and write the manifest; the id depends on all but `created_at`."""
        files = {
            path.relative_to(self.directory).as_posix(): _digest(path)
            for path in sorted(self.directory.rglob("*"))
            if path.is_file()
        }
        manifest = Manifest.model_validate(
            {**contents, "files": files, "id": "", "created_at": created_at}
        )
        manifest = manifest.model_copy(update={"id": _identify(manifest)})
        target = self.directory / MANIFEST
        target.write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        _sync(target)
        return manifest


def _identify(manifest: Manifest) -> str:
    """The id that a manifest's contents give."""
    contents = manifest.model_dump(mode="json", exclude={"id", "created_at"})
    basis = json.dumps(contents, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(basis.encode()).hexdigest()[:16]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def write_snapshot(root: Path) -> Iterator[SnapshotWriter]:
    """An unfinished snapshot under a workspace; removed when the block fails."""
    parent = root / SNAPSHOTS
    parent.mkdir(parents=True, exist_ok=True)
    directory = parent / f"{UNFINISHED}{uuid.uuid4().hex}"
    directory.mkdir()
    try:
        yield SnapshotWriter(directory)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def publish(root: Path, writer: SnapshotWriter, manifest: Manifest) -> Path:
    """Rename a sealed snapshot into place and make it live, each in one step."""
    place = root / SNAPSHOTS / manifest.id
    if place.exists() and not verify_snapshot(root, manifest.id):
        shutil.rmtree(writer.directory)  # the same contents are there already
    else:
        if place.exists():  # damaged since: this build mends it
            place.rename(place.with_name(f"{UNFINISHED}{uuid.uuid4().hex}"))
        for path in writer.directory.rglob("*"):
            if path.is_file():
                _sync(path)
        writer.directory.rename(place)
        _sync(place.parent)
    pointer = root / f".{CURRENT}-{uuid.uuid4().hex}"
    pointer.write_text(manifest.id + "\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(root / CURRENT)
    _sync(root)
    return place


def sweep_unfinished(root: Path) -> int:
    """Remove what killed builds left behind; call it with the build lock held."""
    left = list((root / SNAPSHOTS).glob(f"{UNFINISHED}*")) + list(root.glob(f".{CURRENT}-*"))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def current_id(root: Path) -> str | None:
    """Id of the live snapshot, None when nothing is published."""
    pointer = root / CURRENT
    try:
        text = pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        text = ""
    if not _ID.fullmatch(text):
        raise StoreUnavailable(
            f"{pointer} does not name a snapshot; run `cuibono build` to publish one."
        )
    return text


def read_manifest(root: Path, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot.

    Raises:
        StoreUnavailable: When the snapshot is absent or its manifest unreadable.
    """
    path = root / SNAPSHOTS / snapshot_id / MANIFEST
    if not _ID.match(snapshot_id) or not path.is_file():
        raise StoreUnavailable(
            f"No snapshot {snapshot_id!r} in {root}; `cuibono snapshots` lists them."
        )
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValueError as exc:
        raise StoreUnavailable(f"{path} is damaged; run `cuibono build` again.") from exc


def list_snapshots(root: Path) -> list[Manifest]:
    """Every finished snapshot, newest first."""
    folder = root / SNAPSHOTS
    ids = (
        [path.name for path in folder.iterdir() if _ID.match(path.name)] if folder.is_dir() else []
    )
    manifests = [read_manifest(root, each) for each in ids]
    return sorted(manifests, key=lambda each: (each.created_at, each.id), reverse=True)


def verify_snapshot(root: Path, snapshot_id: str) -> list[str]:
    """Names of files that are absent or changed; the manifest itself where it fits no such id."""
    try:
        manifest = read_manifest(root, snapshot_id)
    except StoreUnavailable:
        return [MANIFEST]
    place = root / SNAPSHOTS / snapshot_id
    changed = [] if _identify(manifest) == snapshot_id else [MANIFEST]
    return changed + [
        name
        for name, digest in manifest.files.items()
        if not (place / name).is_file() or _digest(place / name) != digest
    ]


@dataclass(frozen=True)
class Snapshot:
    """An open snapshot: its manifest, its network, and where its other parts are."""

    directory: Path
    manifest: Manifest
    network: EmbeddedNetwork

    @property
    def names_directory(self) -> Path:
        """The names index, which entity resolution opens."""
        return self.directory / "names"

    def close(self) -> None:
        """Release files."""
        self.network.close()


def open_snapshot(root: Path, snapshot_id: str) -> Snapshot:
    """Open one snapshot of a workspace.

    Raises:
        StoreUnavailable: When it is absent or damaged.
    """
    manifest = read_manifest(root, snapshot_id)
    directory = root / SNAPSHOTS / snapshot_id
    missing = [name for name in manifest.files if not (directory / name).is_file()]
    if missing:
        raise StoreUnavailable(
            f"Snapshot {snapshot_id} lacks {missing[0]}; run `cuibono build` again."
        )
    return Snapshot(directory, manifest, EmbeddedNetwork(directory, snapshot_id))


def open_current(root: Path) -> Snapshot:
    """Open the live snapshot of a workspace.

    Raises:
        StoreUnavailable: When nothing is published; the message names the remedy.
    """
    snapshot_id = current_id(root)
    if snapshot_id is None:
        raise StoreUnavailable(
            f"{root} has no snapshot yet; load a dataset with `cuibono load` and run "
            "`cuibono build`, or try `cuibono demo`."
        )
    return open_snapshot(root, snapshot_id)
