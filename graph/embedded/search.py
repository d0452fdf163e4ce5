"""One search in the kernels: the marks and queues of a thread, and what they hold at its end."""

from __future__ import annotations

import threading

import numpy as np

from graph.embedded import kernels
from graph.embedded.csr import Array
from graph.embedded.ids import Ids
from graph.embedded.rule_arrays import Prepared
from graph.rules import Route

# More routes of one length than this are not collected: the answer becomes partial.
ROUTE_CAP = 10_000
_MAX_EPOCH = 1 << 24


class Workspace(threading.local):
    """Marks and queues of one thread, reused between searches: 48 bytes a node."""

    def __init__(self) -> None:
        self.size = -1
        self.epoch = 0
        self.marks: tuple[Array, Array]
        self.queues: tuple[Array, Array]
        self.useful: Array
        self.hubs: tuple[Array, Array]

    def begin(self, node_count: int) -> int:
        """Make room and give a fresh epoch."""
        if self.size != node_count or self.epoch >= _MAX_EPOCH:
            states = 2 * node_count
            self.size, self.epoch = node_count, 0
            self.marks = (np.zeros(states, np.int32), np.zeros(states, np.int32))
            self.queues = (np.empty(states, np.int32), np.empty(states, np.int32))
            self.useful = np.empty(states, np.int32)
            self.hubs = (np.empty(node_count, np.int32), np.zeros(node_count, np.int32))
        self.epoch += 1
        return self.epoch


class Search:
    """One bidirectional (or, without ends, one-sided) search in a thread's workspace."""

    def __init__(
        self, room: Workspace, ready: Prepared, starts: Array, ends: Array, budget: int
    ) -> None:
        self._ready = ready
        self._budget = budget
        self._room = room
        epoch = room.begin(ready.node_count)
        state = np.zeros(kernels.STATE_SIZE, np.int64)
        state[kernels.S_EPOCH], state[kernels.S_BEST] = epoch, kernels.NO_DISTANCE
        for side, nodes, high in ((0, starts, kernels.S_HI_F), (1, ends, kernels.S_HI_B)):
            self._room.marks[side][2 * nodes] = epoch << kernels.MARK_SHIFT
            self._room.queues[side][: len(nodes)] = 2 * nodes
            state[high] = len(nodes)
        self._state = state

    @property
    def slots(self) -> int:
        """Link ends looked at."""
        return int(self._state[kernels.S_SLOTS])

    @property
    def nodes(self) -> int:
        """States marked, the ends left out."""
        return int(self._state[kernels.S_NODES])

    @property
    def cut(self) -> bool:
        """Whether the budget ended the search."""
        return bool(self._state[kernels.S_DONE] == kernels.DONE_BUDGET)

    @property
    def exhausted(self) -> bool:
        """Whether one side has nothing left to expand."""
        return bool(self._state[kernels.S_DONE] == kernels.DONE_EXHAUSTED)

    @property
    def frontier_size(self) -> int:
        """Nodes that a further forward level would start from."""
        return int(self._state[kernels.S_HI_F] - self._state[kernels.S_LO_F])

    def depth(self, max_hops: int) -> int:
        """Hops up to which nothing was overlooked."""
        if self.exhausted:
            return max_hops
        return int(self._state[kernels.S_DEPTH_F] + self._state[kernels.S_DEPTH_B])

    def hubs(self, ids: Ids) -> tuple[str, ...]:
        """Ids of the hubs that were met and not passed."""
        met = np.unique(self._room.hubs[0][: self._state[kernels.S_HUBS]])
        return tuple(ids.name(int(index)) for index in met)

    def grow(self, until: int, *, stop_at_best: bool) -> int:
        """Expand both sides; the length of the best route so far."""
        ready, room = self._ready, self._room
        kernels.grow(
            ready.graph, ready.rule, ready.wanted, room.marks, room.queues, self._state,
            until, stop_at_best, self._budget, room.hubs,
        )  # fmt: skip
        return int(self._state[kernels.S_BEST])

    def next_level(self) -> Array:
        """Expand the forward side once; the nodes newly reached, hubs that end included."""
        ready, room, state = self._ready, self._room, self._state
        lo, hi = int(state[kernels.S_LO_F]), int(state[kernels.S_HI_F])
        before = int(state[kernels.S_HUBS])
        tail = kernels.expand_level(
            ready.graph, ready.rule, ready.wanted[0], room.marks[0], room.marks[1],
            room.queues[0], lo, hi, int(state[kernels.S_DEPTH_F]), state, self._budget, room.hubs,
        )  # fmt: skip
        state[kernels.S_LO_F], state[kernels.S_HI_F] = hi, tail
        state[kernels.S_DEPTH_F] += 1
        met = room.hubs[0][before : state[kernels.S_HUBS]]
        reached: Array = np.unique(np.concatenate([room.queues[0][hi:tail] >> 1, met]))
        return reached

    def routes(self, length: int, starts: Array, ids: Ids) -> tuple[list[Route], bool]:
        """All simple routes of one length, and whether there were more than can be collected."""
        ready, room, state = self._ready, self._room, self._state
        marked = kernels.mark_useful(
            ready.graph, ready.rule, ready.wanted, room.marks, room.queues, state, length,
            room.useful,
        )  # fmt: skip
        limit = 64
        while True:
            table = np.empty((limit + 1, 2 * length), np.int32)
            count = kernels.enumerate_routes(
                ready.graph, ready.rule, ready.wanted, room.marks, state, starts, length,
                limit, self._budget, table,
            )  # fmt: skip
            if count < limit or limit >= ROUTE_CAP:
                break
            limit = min(limit * 8, ROUTE_CAP)
        room.marks[1][room.useful[:marked]] = 0
        return _names(table[:count], ids), count == ROUTE_CAP


def _names(table: Array, ids: Ids) -> list[Route]:
    names = {int(index): ids.name(int(index)) for index in np.unique(table)}
    return [
        tuple(
            (names[row[position]], names[row[position + 1]]) for position in range(0, len(row), 2)
        )
        for row in table.tolist()
    ]
