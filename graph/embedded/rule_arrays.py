"""A rule as what the kernels read: masks, windows, and one number for each node and link.

What needs a pass over all nodes or links is kept between queries that ask for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import KIND_CODES, STATUS_CODES, TYPE_CODES, dataset_bits
from graph.embedded import kernels
from graph.embedded.csr import Array, Csr
from graph.embedded.ids import Ids
from graph.history import NOT_PUBLISHED, status_at
from graph.model import LinkKind, Status
from graph.network import PolicyRule
from graph.policy import Context
from graph.rules import Rule

NO_INDEX = np.zeros(0, np.int64)
_NO_BYTES = np.zeros(0, np.uint8)
_STATUSES = list(STATUS_CODES)


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule as kernel arguments."""

    graph: tuple[Array, ...]
    rule: Array
    wanted: tuple[int, int]
    clusters: Clusters

    @property
    def node_count(self) -> int:
        """Nodes of the network."""
        return len(self.graph[0]) - 1


class RuleArrays:
    """Rules for one `Csr`. Safe to share between threads."""

    def __init__(
        self, csr: Csr, ids: Ids, dataset_codes: dict[str, int], traps: Sequence[int]
    ) -> None:
        self._csr = csr
        self._ids = ids
        self._dataset_codes = dataset_codes
        self._traps = list(traps)
        self._usable: dict[float, tuple[int, ...]] = {}
        self._clusters: dict[tuple[int, ...], Clusters] = {}
        self._stops: dict[tuple[int, tuple[int, ...]], Array] = {}
        self._identities = np.flatnonzero(csr.links["kind"] == KIND_CODES[LinkKind.IDENTITY])

    def usable_identities(self, rule: Rule) -> tuple[int, ...]:
        """Identity links that join their ends under a rule, by index."""
        doubt = rule.filters.doubt
        if doubt not in self._usable:
            links = self._csr.links
            self._usable[doubt] = tuple(
                int(each)
                for each in self._identities
                if rule.usable_identity(
                    _STATUSES[links["status"][each]],
                    None if links["probability"][each] < 0 else float(links["probability"][each]),
                )
            )
        return self._usable[doubt]

    def clusters(self, rule: Rule) -> Clusters:
        """What counts as one node under a rule."""
        usable = self.usable_identities(rule)
        if usable not in self._clusters:
            self._clusters[usable] = self._join(usable)
        return self._clusters[usable]

    def _join(self, usable: tuple[int, ...]) -> Clusters:
        if not usable:
            return Clusters(NO_INDEX, NO_INDEX, NO_INDEX)
        rep = np.arange(self._csr.node_count, dtype=np.int64)

        def root(index: int) -> int:
            while rep[index] != index:
                index = int(rep[index])
            return index

        for each in usable:
            left, right = root(int(self._csr.source[each])), root(int(self._csr.target[each]))
            rep[max(left, right)] = min(left, right)
        touched = {
            int(end) for each in usable for end in (self._csr.source[each], self._csr.target[each])
        }
        for index in touched:
            rep[index] = root(index)
        starts = np.zeros(self._csr.node_count + 1, np.int64)
        np.cumsum(np.bincount(rep, minlength=self._csr.node_count), out=starts[1:])
        return Clusters(rep, starts, np.argsort(rep, kind="stable"))

    def _stopping(self, rule: Rule, clusters: Clusters) -> Array:
        """Which nodes may not stand inside a path, and why: a code of `kernels` for each."""
        bound = rule.policy.max_degree if rule.enforces(PolicyRule.HUBS) else -1
        key = (bound, self.usable_identities(rule))
        if key not in self._stops:
            nodes = self._csr.nodes
            stops = np.zeros(self._csr.node_count, np.uint8)
            if bound >= 0:
                stops[(nodes["degree"] > bound) | nodes["spread"]] = kernels.HUB
            stops[self._traps] = kernels.HUB
            if clusters.rep.size:
                np.maximum.at(stops, clusters.rep, stops.copy())
            self._stops[key] = stops
        stops = self._stops[key]
        avoid = [
            index for each in rule.filters.avoid if (index := self._ids.find(each)) is not None
        ]
        if avoid:
            stops = stops.copy()
            stops[[clusters.of(index) for index in avoid]] = kernels.AVOIDED
        return stops

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
        filters, links = rule.filters, self._csr.links
        tests: list[Array] = []
        if filters.min_confidence > 0:
            tests.append(links["credibility"] >= np.float32(filters.min_confidence))
        if filters.verified_only:
            tests.append(links["verified"])
        if filters.datasets:
            bits = dataset_bits(filters.datasets, self._dataset_codes)
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
        links = self._csr.links
        status = status_at(links["history_maybe" if rule.maybe_known else "history"], day)
        allowed = np.zeros(len(_STATUSES), np.bool_)
        allowed[[STATUS_CODES[each] for each in rule.statuses]] = True
        is_claim = links["kind"] == KIND_CODES[LinkKind.CLAIM]
        passed: Array = (status != NOT_PUBLISHED) & (allowed[status] | is_claim)
        return passed

    def prepare(self, rule: Rule) -> Prepared:
        """Everything that the kernels read of a rule."""
        csr = self._csr
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
            self._stopping(rule, clusters), self.link_test(rule),
        )  # fmt: skip
        return Prepared(graph, numbers, wanted, clusters)
