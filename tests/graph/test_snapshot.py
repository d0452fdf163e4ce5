"""A snapshot is published in one step, has the same id for the same contents, and is verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.embedded.writer import write_network
from graph.errors import StoreUnavailable
from graph.snapshot import (
    CURRENT,
    Manifest,
    current_id,
    list_snapshots,
    open_current,
    open_snapshot,
    publish,
    read_manifest,
    sweep_unfinished,
    verify_snapshot,
    write_snapshot,
)
from tests.oracle.build import CODES, projection_of
from tests.oracle.reference import World
from tests.oracle.worlds import Draw, entity, link, world_of

WORLD = world_of([entity("a"), entity("b"), entity("c")], [link("1", "a", "b")])


def contents(note: str = "") -> dict[str, object]:
    return {
        "code_version": "1", "ledger_position": note, "datasets": [],
        "dataset_codes": dict(CODES), "counts": {},
    }  # fmt: skip


def build(root: Path, world: World = WORLD, note: str = "", at: str = "2026-01-01") -> Manifest:
    with write_snapshot(root) as writer:
        write_network(projection_of(world), CODES, writer.directory)
        (writer.part("names") / "index").write_bytes(b"names")
        manifest = writer.seal(contents(note), at)
        publish(root, writer, manifest)
    return manifest


def test_a_published_snapshot_answers(tmp_path: Path) -> None:
    manifest = build(tmp_path)
    snapshot = open_current(tmp_path)
    assert snapshot.manifest == manifest == read_manifest(tmp_path, manifest.id)
    assert snapshot.network.snapshot == manifest.id
    assert snapshot.network.get_link("1") is not None
    assert (snapshot.names_directory / "index").read_bytes() == b"names"
    snapshot.close()
    assert verify_snapshot(tmp_path, manifest.id) == []
    assert {each.name for each in tmp_path.iterdir()} == {"snapshots", CURRENT}


@pytest.mark.parametrize("seed", range(3))
def test_the_same_contents_have_the_same_id_and_bytes(tmp_path: Path, seed: int) -> None:
    world = Draw(seed).world()
    mixed = World(dict(reversed(list(world.entities.items()))), world.links[::-1])
    one = build(tmp_path / "1", world, at="2026-01-01")
    two = build(tmp_path / "2", mixed, at="2027-07-07")
    assert one.files == two.files
    assert one.id == two.id


def test_anything_else_has_another_id(tmp_path: Path) -> None:
    first = build(tmp_path).id
    assert build(tmp_path, note="ledger moved").id != first
    assert build(tmp_path, world_of([entity("a")], [])).id != first


def test_building_again_is_harmless(tmp_path: Path) -> None:
    first, second = build(tmp_path), build(tmp_path, at="2027-01-01")
    assert first.id == second.id
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [first.id]
    assert verify_snapshot(tmp_path, first.id) == []


def test_readers_keep_the_snapshot_they_opened(tmp_path: Path) -> None:
    build(tmp_path)
    reader = open_current(tmp_path)
    newer = build(tmp_path, world_of([entity("z")], []))
    assert reader.network.get_entity("a") is not None
    reader.close()
    again = open_current(tmp_path)
    assert again.manifest.id == newer.id
    assert again.network.get_entity("a") is None
    again.close()


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    first = build(tmp_path)

    def fail() -> None:
        with write_snapshot(tmp_path) as writer:
            (writer.part("csr") / "x").write_bytes(b"half")
            raise RuntimeError("no space")

    with pytest.raises(RuntimeError, match="no space"):
        fail()
    assert current_id(tmp_path) == first.id
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [first.id]
    assert sweep_unfinished(tmp_path) == 0


def test_what_a_killed_build_left_is_swept(tmp_path: Path) -> None:
    first = build(tmp_path)
    (tmp_path / "snapshots" / ".unfinished-x" / "csr").mkdir(parents=True)
    (tmp_path / ".current-x").write_text("0")
    assert [each.id for each in list_snapshots(tmp_path)] == [first.id]
    assert sweep_unfinished(tmp_path) == 2
    assert sweep_unfinished(tmp_path) == 0
    assert current_id(tmp_path) == first.id


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "remove"])
def test_every_damaged_file_is_found(tmp_path: Path, damage: str) -> None:
    manifest = build(tmp_path)
    for name in manifest.files:
        path = tmp_path / "snapshots" / manifest.id / name
        whole = path.read_bytes()
        if damage == "remove":
            path.unlink()
        else:
            middle = len(whole) // 2
            flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
            path.write_bytes({"flip": flipped, "cut": whole[:-1], "grow": whole + b"0"}[damage])
        assert verify_snapshot(tmp_path, manifest.id) == [name]
        path.write_bytes(whole)
    assert verify_snapshot(tmp_path, manifest.id) == []


def test_a_missing_file_is_named_when_opening(tmp_path: Path) -> None:
    manifest = build(tmp_path)
    (tmp_path / "snapshots" / manifest.id / "csr" / "adj.npy").unlink()
    with pytest.raises(StoreUnavailable, match=r"lacks csr/adj\.npy"):
        open_current(tmp_path)


def test_building_again_repairs_a_damaged_snapshot(tmp_path: Path) -> None:
    """The remedy that the error names."""
    manifest = build(tmp_path)
    (tmp_path / "snapshots" / manifest.id / "csr" / "adj.npy").unlink()
    build(tmp_path)
    assert verify_snapshot(tmp_path, manifest.id) == []
    open_current(tmp_path).close()


def test_nothing_published_names_the_remedy(tmp_path: Path) -> None:
    assert current_id(tmp_path) is None
    assert list_snapshots(tmp_path) == []
    with pytest.raises(StoreUnavailable, match="cuibono build"):
        open_current(tmp_path)


@pytest.mark.parametrize(
    "garbage",
    [
        b"", b"\n", b"garbage", b"../../etc/passwd", b"0123456789abcdef0", b"0123456789ABCDEF",
        b"0123456789abcdef\n0123456789abcdef", b"\x00" * 16,
        b"\xff\xfe\x00garbage",
    ],
)  # fmt: skip
def test_a_garbled_pointer_is_no_snapshot(tmp_path: Path, garbage: bytes) -> None:
    build(tmp_path)
    (tmp_path / CURRENT).write_bytes(garbage)
    with pytest.raises(StoreUnavailable, match="cuibono build"):
        open_current(tmp_path)
    assert build(tmp_path).id == current_id(tmp_path)


def test_a_pointer_to_an_absent_snapshot_says_so(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / CURRENT).write_text("0123456789abcdef\n")
    with pytest.raises(StoreUnavailable, match="0123456789abcdef"):
        open_current(tmp_path)


@pytest.mark.parametrize("name", ["", "..", "../x", "0123456789abcdeg", "0123456789abcdef/.."])
def test_only_ids_open_snapshots(tmp_path: Path, name: str) -> None:
    build(tmp_path)
    with pytest.raises(StoreUnavailable, match="No snapshot"):
        open_snapshot(tmp_path, name)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"id": 1}', "null"])
def test_a_damaged_manifest_is_said_to_be_one(tmp_path: Path, text: str) -> None:
    manifest = build(tmp_path)
    (tmp_path / "snapshots" / manifest.id / "manifest.json").write_text(text)
    with pytest.raises(StoreUnavailable, match="damaged"):
        open_current(tmp_path)


def test_a_manifest_that_was_changed_with_its_file_is_found(tmp_path: Path) -> None:
    manifest = build(tmp_path)
    place = tmp_path / "snapshots" / manifest.id / "manifest.json"
    changed = json.loads(place.read_text())
    changed["ledger_position"] = "another"
    place.write_text(json.dumps(changed))
    assert verify_snapshot(tmp_path, manifest.id) != []


def test_snapshots_are_listed_newest_first(tmp_path: Path) -> None:
    old = build(tmp_path, at="2026-01-01")
    new = build(tmp_path, world_of([entity("z")], []), at="2026-02-02")
    assert [each.id for each in list_snapshots(tmp_path)] == [new.id, old.id]


@pytest.mark.parametrize("parties", [0, 1])
def test_an_empty_network_can_be_published(tmp_path: Path, parties: int) -> None:
    build(tmp_path, world_of([entity("a")][:parties], []))
    snapshot = open_current(tmp_path)
    assert [each.id for each in snapshot.network.iter_entities()] == ["a"][:parties]
    assert list(snapshot.network.iter_links()) == []
    snapshot.close()
