"""Searches over a `Csr`: turns a rule into kernel numbers, runs the kernels, gives back ids.

The same class serves a snapshot's mapped arrays and a subgraph that another backend fetched.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from graph.columns import KIND_CODES, STATUS_CODES, TYPE_CODES, dataset_bits
from graph.dates import DAY_MAX
from graph.embedded import kernels
from graph.embedded.csr import Array, Csr
from graph.errors import EntityNotFound
from graph.model import LinkKind, Status
from graph.network import PolicyRule
from graph.policy import Context
from graph.rules import Listed, Route, Routes, Rule, Scope

# More routes of one length than this are not collected: the answer becomes partial.
ROUTE_CAP = 10_000
_NO_BYTES = np.zeros(0, np.uint8)
_NO_INDEX = np.zeros(0, np.int64)
_MAX_EPOCH = 1 << 24
_STATUSES = list(STATUS_CODES)


class Ids(Protocol):
    """Node ids by index, and back."""

    def find(self, entity_id: str) -> int | None:
        """Index of a node, None when absent."""
        ...

    def name(self, index: int) -> str:
        """Id of a node."""
        ...


class ListIds:
    """Ids in memory: for subgraphs and tests."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = list(ids)
        self._index = {each: position for position, each in enumerate(self._ids)}

    def find(self, entity_id: str) -> int | None:
        """Index of a node, None when absent."""
        return self._index.get(entity_id)

    def name(self, index: int) -> str:
        """Id of a node."""
        return self._ids[index]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Nodes that count as one. Empty arrays: every node stands alone."""

    rep: Array
    starts: Array
    members: Array

    def of(self, index: int) -> int:
        """The node that stands for a node."""
        return int(self.rep[index]) if self.rep.size else index

    def all_of(self, index: int) -> list[int]:
        """All nodes that count as this one."""
        if not self.rep.size:
            return [index]
        rep = self.rep[index]
        return [int(each) for each in self.members[self.starts[rep] : self.starts[rep + 1]]]


class _Workspace(threading.local):
    """Marks and queues of one thread, reused between searches: 24 bytes a state."""

    def __init__(self) -> None:
        self.size = -1
        self.epoch = 0
        self.marks: tuple[Array, Array]
        self.queues: tuple[Array, Array]
        self.useful: Array
        self.hubs = np.empty(kernels.HUB_BUFFER, np.int64)

    def begin(self, node_count: int) -> int:
        """Make room and give a fresh epoch."""
        if self.size != node_count or self.epoch >= _MAX_EPOCH:
            states = 2 * node_count
            self.size, self.epoch = node_count, 0
            self.marks = (np.zeros(states, np.int32), np.zeros(states, np.int32))
            self.queues = (np.empty(states, np.int32), np.empty(states, np.int32))
            self.useful = np.empty(states, np.int32)
        self.epoch += 1
        return self.epoch


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A rule as kernel arguments."""

    graph: tuple[Array, ...]
    rule: Array
    wanted: tuple[int, int]
    clusters: Clusters


class CsrEngine:
    """Searches of one `Csr`. Safe to share between threads."""

    def __init__(self, csr: Csr, ids: Ids, dataset_codes: dict[str, int]) -> None:
        self.csr = csr
        self.ids = ids
        self.dataset_codes = dataset_codes
        self._workspace = _Workspace()
        self._clusters: dict[tuple[int, ...], Clusters] = {}
        self._carry: dict[tuple[int, bool], Array] = {}
        kinds = csr.links["kind"]
        self._identities = np.flatnonzero(kinds == KIND_CODES[LinkKind.IDENTITY])

    # -- rules ------------------------------------------------------------------------------

    def usable_identities(self, rule: Rule) -> list[int]:
        """Identity links that join their ends under a rule, by index."""
        links = self.csr.links
        return [
            int(each)
            for each in self._identities
            if rule.usable_identity(
                _STATUSES[links["status"][each]],
                None if links["probability"][each] < 0 else float(links["probability"][each]),
            )
        ]

    def clusters(self, rule: Rule) -> Clusters:
        """What counts as one node under a rule."""
        usable = tuple(self.usable_identities(rule))
        if usable not in self._clusters:
            self._clusters[usable] = self._join(usable)
        return self._clusters[usable]

    def _join(self, usable: tuple[int, ...]) -> Clusters:
        if not usable:
            return Clusters(_NO_INDEX, _NO_INDEX, _NO_INDEX)
        rep = np.arange(self.csr.node_count, dtype=np.int64)

        def root(index: int) -> int:
            while rep[index] != index:
                index = int(rep[index])
            return index

        for each in usable:
            left, right = root(int(self.csr.source[each])), root(int(self.csr.target[each]))
            rep[max(left, right)] = min(left, right)
        touched = {
            int(end) for each in usable for end in (self.csr.source[each], self.csr.target[each])
        }
        for index in touched:
            rep[index] = root(index)
        starts = np.zeros(self.csr.node_count + 1, np.int64)
        np.cumsum(np.bincount(rep, minlength=self.csr.node_count), out=starts[1:])
        return Clusters(rep, starts, np.argsort(rep, kind="stable"))

    def _carrying(self, rule: Rule, clusters: Clusters) -> Array:
        """Which nodes may stand inside a path."""
        hubs_end = rule.enforces(PolicyRule.HUBS)
        key = (rule.policy.max_degree if hubs_end else -1, hubs_end)
        if key not in self._carry:
            nodes = self.csr.nodes
            carry = np.ones(self.csr.node_count, np.uint8)
            if hubs_end:
                carry[(nodes["degree"] > rule.policy.max_degree) | nodes["spread"]] = 0
            self._carry[key] = carry
        carry = self._carry[key]
        avoid = [index for each in rule.filters.avoid if (index := self.ids.find(each)) is not None]
        if not avoid and not clusters.rep.size:
            return carry
        carry = carry.copy()
        carry[avoid] = 0
        if clusters.rep.size:
            np.minimum.at(carry, clusters.rep, carry.copy())
        return carry

    def _mask(self, rule: Rule) -> tuple[int, bool]:
        """Allowed kinds and statuses as bits; whether statuses need the link columns (known_at)."""
        by_date = rule.known_day is not None
        statuses = list(Status) if by_date else list(rule.statuses)
        mask = 0
        for kind in (LinkKind.RELATIONSHIP, LinkKind.DERIVED):
            for status in statuses:
                mask |= 1 << (KIND_CODES[kind] * 8 + STATUS_CODES[status])
        if rule.claims:
            mask |= 0xFF << (KIND_CODES[LinkKind.CLAIM] * 8)
        return mask, by_date

    def link_test(self, rule: Rule) -> Array:
        """Which links pass the parts of a rule that are not in the packed word; empty: all."""
        filters, links = rule.filters, self.csr.links
        tests: list[Array] = []
        if filters.min_confidence > 0:
            tests.append(links["credibility"] >= np.float32(filters.min_confidence))
        if filters.datasets:
            bits = dataset_bits(filters.datasets, self.dataset_codes)
            tests.append((links["datasets"] & bits) != 0)
        if filters.certain_dates and (filters.as_of is not None or filters.during is not None):
            window = rule.valid
            tests.append(
                (links["certain_start"] <= window.first) & (links["certain_end"] >= window.last)
            )
        if rule.known_day is not None:
            tests.append(self._known_test(rule, rule.known_day))
        if not tests:
            return _NO_BYTES
        passed: Array = np.logical_and.reduce(tests).astype(np.uint8)
        return passed

    def _known_test(self, rule: Rule, day: int) -> Array:
        """Links that had been published by a day, with a status of that day that passes."""
        links = self.csr.links
        allowed = np.zeros(len(_STATUSES), np.bool_)
        allowed[[STATUS_CODES[status] for status in rule.statuses]] = True
        is_claim = links["kind"] == KIND_CODES[LinkKind.CLAIM]
        contested = links["contested_from"] <= day
        status = np.where(contested, links["status"], links["uncontested"])
        if rule.maybe_known:
            published = (links["known_maybe"] <= day) & (links["known_maybe"] < DAY_MAX)
        else:
            published = (links["known_from"] <= day) & (links["known_from"] < DAY_MAX)
        passed: Array = published & (allowed[status] | is_claim)
        return passed

    def _prepare(self, rule: Rule) -> _Prepared:
        csr = self.csr
        clusters = self.clusters(rule)
        mask, _ = self._mask(rule)
        deny = 0
        if rule.enforces(PolicyRule.FAMILY):
            deny |= Context.FAMILY
        if rule.enforces(PolicyRule.SHARED_VALUES):
            deny |= Context.SHARED_VALUE
        window = rule.valid
        numbers = np.zeros(kernels.RULE_SIZE, np.int64)
        numbers[kernels.R_TYPES] = sum(1 << TYPE_CODES[name] for name in rule.types)
        numbers[kernels.R_KIND_STATUS] = mask
        numbers[kernels.R_CONTEXT_DENY] = deny
        numbers[kernels.R_LAST], numbers[kernels.R_FIRST] = window.last, window.first
        numbers[kernels.R_MOVES] = rule.enforces(PolicyRule.SHARED_PRINCIPAL)
        wanted = {
            "any": (kernels.DIRECTION_BOTH, kernels.DIRECTION_BOTH),
            "out": (kernels.DIRECTION_OUT, kernels.DIRECTION_IN),
            "in": (kernels.DIRECTION_IN, kernels.DIRECTION_OUT),
        }[rule.filters.direction]
        graph = (
            csr.ptr, csr.adj, csr.eid, csr.word, clusters.rep, clusters.starts, clusters.members,
            self._carrying(rule, clusters), self.link_test(rule),
        )  # fmt: skip
        return _Prepared(graph, numbers, wanted, clusters)

    # -- searches ---------------------------------------------------------------------------

    def require(self, entity_id: str) -> int:
        """Index of a node.

        Raises:
            EntityNotFound: When it is absent.
        """
        index = self.ids.find(entity_id)
        if index is None:
            raise EntityNotFound(entity_id)
        return index

    def find_routes(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, scope: Scope
    ) -> Routes:
        """Simple routes, shortest first, equal lengths in order of node ids.

        Collects all routes of a length before it stops, so that a caller can rank ties; longer
        lengths are searched until `scope.limit` routes are found.
        """
        ready = self._prepare(rule)
        starts = np.unique([ready.clusters.of(self.require(each)) for each in sources])
        ends = np.unique([ready.clusters.of(self.require(each)) for each in targets])
        search = _Search(self, ready, starts, ends, scope.budget)
        found: list[Route] = []
        cut = False
        best = search.grow(scope.max_hops, stop_at_best=True)
        depth = min(best, scope.max_hops)
        complete = 0
        while depth <= scope.max_hops and best <= scope.max_hops and not search.cut:
            search.grow(depth, stop_at_best=False)
            if search.cut:
                break
            routes, capped = search.routes(depth, starts)
            found += routes
            cut = cut or capped
            if search.cut:
                break
            complete = depth
            if len(found) >= scope.limit or (scope.only_shortest and found):
                break
            depth += 1
        return Routes(
            routes=tuple(found),
            completed_depth=complete if found else search.depth(scope.max_hops),
            nodes=search.nodes,
            links=search.slots,
            exhausted=search.exhausted and not search.cut,
            cut=cut or search.cut,
            hubs=search.hubs(),
        )

    def find_listed(self, source: str, lists: Sequence[str], rule: Rule, scope: Scope) -> Listed:
        """Listed nodes by distance, every one of the last distance reached."""
        ready = self._prepare(rule)
        start = ready.clusters.of(self.require(source))
        nodes = self.csr.nodes
        wanted = nodes["listed"].copy()
        if lists:
            wanted &= (nodes["listed_by"] & dataset_bits(lists, self.dataset_codes)) != 0
        seen = set(ready.clusters.all_of(self.require(source)))
        search = _Search(self, ready, np.array([start]), _NO_INDEX, scope.budget)
        found: list[tuple[str, int]] = []
        depth = 0
        while depth < scope.max_hops and len(found) < scope.limit and not search.cut:
            level = search.next_level()
            if not level.size:
                break
            depth += 1
            hits = {
                member
                for node in level
                for member in ready.clusters.all_of(int(node))
                if wanted[member] and member not in seen
            }
            seen |= hits  # a hub is not marked: it may be met again, further away
            found += sorted((self.ids.name(index), depth) for index in hits)
        return Listed(
            found=tuple(found),
            completed_depth=depth if search.frontier_size else scope.max_hops,
            nodes=search.nodes,
            links=search.slots,
            exhausted=not search.frontier_size and not search.cut,
            cut=search.cut,
            hubs=search.hubs(),
        )

    def usable_links(self, pairs: Sequence[tuple[str, str]], rule: Rule) -> list[list[int]]:
        """For each pair of nodes the links that pass a rule, by index, ascending."""
        csr, ready = self.csr, self._prepare(rule)
        test = ready.graph[-1]
        return [
            [
                int(csr.eid[slot])
                for slot in csr.slots_between(self.require(left), self.require(right))
                if kernels.usable(int(csr.word[slot]), ready.rule, ready.wanted[0])
                and (not test.size or test[csr.eid[slot]])
            ]
            for left, right in pairs
        ]


class _Search:
    """One bidirectional (or, without ends, one-sided) search in a thread's workspace."""

    def __init__(
        self, engine: CsrEngine, ready: _Prepared, starts: Array, ends: Array, budget: int
    ) -> None:
        self._engine = engine
        self._ready = ready
        self._budget = budget
        self._room = engine._workspace
        epoch = self._room.begin(engine.csr.node_count)
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

    def hubs(self) -> tuple[str, ...]:
        """Ids of the hubs that were met and not passed."""
        met = np.unique(self._room.hubs[: self._state[kernels.S_HUBS]])
        return tuple(self._engine.ids.name(int(index)) for index in met)

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
        met = room.hubs[before : state[kernels.S_HUBS]]
        reached: Array = np.unique(np.concatenate([room.queues[0][hi:tail] >> 1, met]))
        return reached

    def routes(self, length: int, starts: Array) -> tuple[list[Route], bool]:
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
        return self._names(table[:count]), count == ROUTE_CAP

    def _names(self, table: Array) -> list[Route]:
        names = {int(index): self._engine.ids.name(int(index)) for index in np.unique(table)}
        return [
            tuple(
                (names[row[position]], names[row[position + 1]])
                for position in range(0, len(row), 2)
            )
            for row in table.tolist()
        ]
