"""Rows of neighbours: every link twice, sorted, with its facts packed; files are mapped back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph.columns import KIND_CODES, STATUS_CODES, LinkRow, NodeRow, make_link_row
from graph.embedded import kernels
from graph.embedded.csr import LINK_DTYPES, NODE_DTYPES, Csr, build_csr, columns_of
from graph.model import Link
from tests.oracle.worlds import Draw, entity, link

PLAIN = NodeRow(False, 0, False, 0)


def csr_of(links: list[Link], ids: list[str]) -> Csr:
    parties = {each: entity(each) for each in ids}
    rows = [make_link_row(each, parties, {"case_x": 0}) for each in links]
    columns, nodes = columns_of(rows, [PLAIN] * len(ids))
    source = np.array([ids.index(each.source) for each in links], np.int32)
    target = np.array([ids.index(each.target) for each in links], np.int32)
    return build_csr(source, target, columns, nodes)


def random_csr(seed: int) -> tuple[list[Link], list[str], Csr]:
    world = Draw(seed).world()
    links = sorted(world.links, key=lambda each: each.id)
    ids = sorted(world.entities)
    return links, ids, csr_of(links, ids)


@pytest.mark.parametrize("seed", range(10))
def test_every_link_stands_in_both_rows(seed: int) -> None:
    links, ids, csr = random_csr(seed)
    assert csr.node_count == len(ids)
    assert csr.link_count == len(links)
    found = set()
    for node in range(csr.node_count):
        row = range(int(csr.ptr[node]), int(csr.ptr[node + 1]))
        order = [(int(csr.adj[slot]), int(csr.eid[slot])) for slot in row]
        assert order == sorted(order)
        found |= {(ids[node], ids[other], each) for other, each in order}
        for other in range(csr.node_count):
            between = [int(csr.eid[slot]) for slot in csr.slots_between(node, other)]
            assert between == [each for one, each in order if one == other]
    assert found == {
        pair
        for number, each in enumerate(links)
        for pair in ((each.source, each.target, number), (each.target, each.source, number))
    }


@pytest.mark.parametrize("seed", range(5))
def test_packed_facts_are_those_of_the_columns(seed: int) -> None:
    _, _, csr = random_csr(seed)
    for slot in range(len(csr.adj)):
        word, number = int(csr.word[slot]), int(csr.eid[slot])
        assert word & 63 == csr.links["type"][number]
        code = int(csr.links["kind"][number]) * 8 + int(csr.links["status"][number])
        assert (word >> kernels.KIND_STATUS_SHIFT) & 31 == code
        assert (word >> kernels.START_SHIFT) & 0xFFFF == csr.links["start"][number]
        assert word >> kernels.END_SHIFT == csr.links["end"][number]


def test_direction_and_way_are_those_of_the_side() -> None:
    links = [
        link("1", "a", "b", schema="Ownership"),
        link("2", "a", "b", schema="Representation"),
        link("3", "a", "b", role="paid out at"),
    ]
    csr = csr_of(links, ["a", "b"])

    def facts(node: int) -> list[tuple[int, int]]:
        row = range(int(csr.ptr[node]), int(csr.ptr[node + 1]))
        words = [int(csr.word[slot]) for slot in row]
        return [
            ((each >> kernels.DIRECTION_SHIFT) & 3, (each >> kernels.MOVE_SHIFT) & 3)
            for each in words
        ]

    up, down = kernels.MOVE_UP, kernels.MOVE_DOWN
    out, back = kernels.DIRECTION_OUT, kernels.DIRECTION_IN
    assert facts(0) == [(out, 0), (out, up), (out, down)]
    assert facts(1) == [(back, 0), (back, down), (back, up)]


@pytest.mark.parametrize("seed", range(3))
def test_files_are_mapped_back_read_only(tmp_path: Path, seed: int) -> None:
    _, _, csr = random_csr(seed)
    csr.save(tmp_path)
    again = Csr.open(tmp_path)
    for name, array in csr._arrays().items():
        opened = again._arrays()[name]
        assert opened.dtype == array.dtype
        assert np.array_equal(opened, array)
        with pytest.raises(ValueError, match="read-only"):
            opened[:1] = 0


def test_an_empty_network_has_files_too(tmp_path: Path) -> None:
    csr_of([], []).save(tmp_path)
    opened = Csr.open(tmp_path)
    assert (opened.node_count, opened.link_count) == (0, 0)


def test_wrong_columns_are_refused() -> None:
    columns, nodes = columns_of([], [PLAIN] * 2)
    one = np.array([0], np.int32)
    with pytest.raises(ValueError, match="one value per link"):
        build_csr(one, one, columns, nodes)
    row = make_link_row(link("1", "a", "b"), {"a": entity("a"), "b": entity("b")}, {})
    columns, nodes = columns_of([row], [PLAIN] * 2)
    for wrong in (2, -1):
        with pytest.raises(ValueError, match="does not exist"):
            build_csr(one, np.array([wrong], np.int32), columns, nodes)


def test_columns_and_rows_have_the_same_names() -> None:
    assert tuple(LINK_DTYPES) == LinkRow._fields
    assert tuple(NODE_DTYPES) == NodeRow._fields


def test_codes_fit_their_bits() -> None:
    assert max(KIND_CODES.values()) * 8 + max(STATUS_CODES.values()) < 32
    assert max(STATUS_CODES.values()) < 8
