"""The network as compressed sparse rows: what the kernels search.

Nodes are sorted by id, so that the order of indices is the order of ids; each row is sorted by
neighbour, then by link. Both directions of every link are present: `ptr` int64[nodes + 1], `adj`
and `eid` int32[slots], `word` int64[slots] (packed facts, see `kernels`). Link and node columns are
those of `graph.columns`. Every file is a plain `.npy`, opened by memory map, read-only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.columns import TYPE_CODES, UNDIRECTED, LinkRow, NodeRow
from graph.embedded import kernels
from graph.policy import Principal

LINK_DTYPES: dict[str, Any] = {
    "type": np.uint8,
    "kind": np.uint8,
    "status": np.uint8,
    "start": np.uint16,
    "end": np.uint16,
    "certain_start": np.uint16,
    "certain_end": np.uint16,
    "history": np.int64,
    "history_maybe": np.int64,
    "principal": np.uint8,
    "context": np.uint8,
    "credibility": np.float32,
    "probability": np.float64,
    "datasets": np.int64,
    "verified": np.bool_,
}
NODE_DTYPES: dict[str, Any] = {
    "listed": np.bool_,
    "degree": np.int32,
    "spread": np.bool_,
    "listed_by": np.int64,
}
_UNDIRECTED_CODES = np.array(sorted(TYPE_CODES[name] for name in UNDIRECTED), np.uint8)

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Csr:
    """Rows of neighbours with packed facts, and the columns of links and nodes."""

    ptr: Array
    adj: Array
    eid: Array
    word: Array
    source: Array  # int32[links], node index
    target: Array
    links: dict[str, Array]
    nodes: dict[str, Array]

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.ptr) - 1

    @property
    def link_count(self) -> int:
        """Number of links, claims included."""
        return len(self.source)

    def slots_between(self, left: int, right: int) -> range:
        """The slots of a row that lead to one neighbour."""
        first, last = int(self.ptr[left]), int(self.ptr[left + 1])
        row = self.adj[first:last]
        return range(
            first + int(np.searchsorted(row, right, "left")),
            first + int(np.searchsorted(row, right, "right")),
        )

    def save(self, directory: Path) -> None:
        """Write every array as `.npy` into an existing directory."""
        for name, array in self._arrays().items():
            np.save(directory / f"{name}.npy", array, allow_pickle=False)

    def _arrays(self) -> dict[str, Array]:
        plain = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name not in ("links", "nodes")
        }
        return {
            **plain,
            **{f"link_{name}": array for name, array in self.links.items()},
            **{f"node_{name}": array for name, array in self.nodes.items()},
        }

    @classmethod
    def open(cls, directory: Path) -> Csr:
        """Map the arrays of a directory that `save` wrote."""

        def get(name: str) -> Array:
            # asarray: slicing a np.memmap object is slow; the view keeps the map alive.
            return np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r", allow_pickle=False))

        return cls(
            **{name: get(name) for name in ("ptr", "adj", "eid", "word", "source", "target")},
            links={name: get(f"link_{name}") for name in LINK_DTYPES},
            nodes={name: get(f"node_{name}") for name in NODE_DTYPES},
        )


def build_csr(
    source: Array, target: Array, links: dict[str, Array], nodes: dict[str, Array]
) -> Csr:
    """Build rows from columns.

    Args:
        source: int32 node index of each link's source; nodes are sorted by id.
        target: The same of its target.
        links: The columns of `LINK_DTYPES`, one value per link; links are sorted by id.
        nodes: The columns of `NODE_DTYPES`, one value per node.

    Raises:
        ValueError: When a column is short or an index is out of range.
    """
    node_count, link_count = len(nodes["listed"]), len(source)
    if any(len(column) != link_count for column in [target, *links.values()]):
        raise ValueError("Every link column needs one value per link.")
    ends = np.concatenate([source, target]).astype(np.int32)
    if link_count and (ends.min() < 0 or ends.max() >= node_count):
        raise ValueError("A link ends at a node that does not exist.")
    others = np.concatenate([target, source]).astype(np.int32)
    eid = np.concatenate([np.arange(link_count, dtype=np.int32)] * 2)
    order = np.lexsort((eid, others, ends))
    ptr = np.zeros(node_count + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=node_count), out=ptr[1:])
    packed = np.concatenate([_pack(links, outgoing=True), _pack(links, outgoing=False)])
    arrays: dict[str, Array] = {
        "ptr": ptr,
        "adj": others[order],
        "eid": eid[order],
        "word": packed[order],
        "source": source.astype(np.int32),
        "target": target.astype(np.int32),
    }
    for array in [*arrays.values(), *links.values(), *nodes.values()]:
        array.setflags(write=False)  # the same numba signature as a memory map
    return Csr(**arrays, links=links, nodes=nodes)


def _pack(links: dict[str, Array], *, outgoing: bool) -> Array:
    """The packed words of one direction of all links."""
    packed_names = ("type", "kind", "status", "context", "principal", "start", "end")
    columns = {name: links[name].astype(np.int64) for name in packed_names}
    here, there = (
        (Principal.SOURCE, Principal.TARGET) if outgoing else (Principal.TARGET, Principal.SOURCE)
    )
    move = np.where(
        columns["principal"] == there,
        kernels.MOVE_UP,
        np.where(columns["principal"] == here, kernels.MOVE_DOWN, 0),
    )
    direction = np.where(
        np.isin(links["type"], _UNDIRECTED_CODES),
        kernels.DIRECTION_BOTH,
        kernels.DIRECTION_OUT if outgoing else kernels.DIRECTION_IN,
    )
    packed: Array = (
        columns["type"] << kernels.TYPE_SHIFT
        | (columns["kind"] * 8 + columns["status"]) << kernels.KIND_STATUS_SHIFT
        | columns["context"] << kernels.CONTEXT_SHIFT
        | move << kernels.MOVE_SHIFT
        | direction << kernels.DIRECTION_SHIFT
        | columns["start"] << kernels.START_SHIFT
        | columns["end"] << kernels.END_SHIFT
    )
    return packed


def columns_of(
    link_rows: Sequence[LinkRow], node_rows: Sequence[NodeRow]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The rows of links and nodes as columns of the right width."""
    by_link = zip(*link_rows, strict=True) if link_rows else ([] for _ in LINK_DTYPES)
    by_node = zip(*node_rows, strict=True) if node_rows else ([] for _ in NODE_DTYPES)
    return (
        {
            name: np.array(list(values), LINK_DTYPES[name])
            for name, values in zip(LinkRow._fields, by_link, strict=True)
        },
        {
            name: np.array(list(values), NODE_DTYPES[name])
            for name, values in zip(NodeRow._fields, by_node, strict=True)
        },
    )
