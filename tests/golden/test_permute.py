"""The permuted copy is the published list in everything but ids and names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingest.reader import read_delimited
from tests.data import require_data
from tests.golden.permute import LIST_FILES, REMARKS_LIMIT, Permutation, read_rows
from tests.golden.worlds import LIST, SAMPLE, World, Worlds

pytestmark = pytest.mark.lists


def make(tmp_path: Path) -> tuple[Permutation, Path, Path]:
    """A permutation, the published folder and the written one."""
    folder = require_data("ofac_sdn_2023-12-28")
    permutation = Permutation(folder, SAMPLE)
    return permutation, folder, permutation.write_list(tmp_path / "list")


def test_numbers_names_and_letters_are_replaced_one_to_one(tmp_path: Path) -> None:
    """An injective renaming keeps "the same name" and "another name" what they were."""
    permutation, folder, _ = make(tmp_path)
    rows = read_rows(folder / "sdn.csv.gz")
    ids = [f"ofac-{row[0]}" for row in rows]
    assert len({permutation.id(each) for each in ids}) == len(ids)
    assert [permutation.original(permutation.id(each)) for each in ids] == ids
    assert sum(permutation.id(each) == each for each in ids) < len(ids) / 100
    names = {row[1] for row in rows}
    assert len({permutation.name(name) for name in names}) == len(names)
    lettered = {name for name in names if any(letter.isalpha() for letter in name)}
    assert not [name for name in lettered if permutation.name(name) == name]
    assert permutation.name("Grand Stores (THE GAMBIA LOCATION ONLY)").endswith(
        " (THE GAMBIA LOCATION ONLY)"
    )


def test_the_files_keep_the_publishers_format(tmp_path: Path) -> None:
    """Line ends, nulls, end mark and the cut of the remarks are part of what is read."""
    _, folder, written = make(tmp_path)
    for name in LIST_FILES:
        content = (written / name).read_bytes()
        assert content.endswith(b"\n\x1a")
        published = read_rows(folder / f"{name}.gz")
        table = read_delimited(written / name, name, len(published[0]), LIST)
        assert table.ended
        # Names grow, so that more remarks are cut: there are more continuations.
        enough = len(table.rows) >= len(published)
        assert enough if name == "sdn_comments.csv" else len(table.rows) == len(published)
        numbers = [int(row.cells[0]) for row in table.rows]
        assert numbers == sorted(numbers)
        assert (content.count(b"\r\n") > 0) == (name != "sdn_comments.csv")
    remarks = [row.cells[11] for row in read_delimited(written / "sdn.csv", "x", 12, LIST).rows]
    assert max(map(len, remarks)) == REMARKS_LIMIT
    before = sum(row.count("-0- ") for row in read_rows(folder / "sdn.csv.gz"))
    after = (written / "sdn.csv").read_bytes().count(b",-0- ")
    assert after == before


def outline(world: World) -> Counter[tuple[str, ...]]:
    """Every link by type, status, role and original ends."""
    return Counter(
        (link.type, link.status, link.role, world.original(link.source),
         world.original(link.target))
        for link, _ in world.network.iter_links()
        # A party that the list names without an id gets one from its name.
        if "unresolved" not in link.target
        # Shared values have no direction: their ends stand in order of id.
        and link.kind not in ("derived", "identity")
    )  # fmt: skip


def undirected(world: World) -> Counter[tuple[str, str, frozenset[str]]]:
    """Every derived link and every proposed identity of the list by type, value and ends."""
    return Counter(
        (link.type, link.status, frozenset(map(world.original, (link.source, link.target))))
        for link, _ in world.network.iter_links()
        if link.kind in ("derived", "identity")
    )


def test_both_worlds_hold_the_same_network(worlds: Worlds) -> None:
    """Nothing in the building of a network may hang on a number or a spelling."""
    published, permuted = worlds.get("published"), worlds.get("permuted")
    assert outline(permuted) == outline(published)
    assert undirected(permuted) == undirected(published)
    counts = [Counter(issue.code for issue in each.workspace.issues(LIST)) for each in
              (published, permuted)]  # fmt: skip
    assert counts[0] == counts[1]
