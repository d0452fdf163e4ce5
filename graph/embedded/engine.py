"""Searches over a `Csr`: runs the kernels under a rule, gives back ids.

The same class serves a snapshot's mapped arrays and a subgraph that another backend fetched.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.columns import dataset_bits
from graph.embedded import kernels
from graph.embedded.csr import Csr
from graph.embedded.ids import Ids
from graph.embedded.rule_arrays import NO_INDEX, RuleArrays
from graph.embedded.search import Search, Workspace
from graph.errors import EntityNotFound
from graph.rules import Listed, Route, Routes, Rule, Scope


class CsrEngine:
    """Searches of one `Csr`. Safe to share between threads.

    `traps` are nodes that stand for what is not known: no route passes one under any rule, and one
    that was met is named with the hubs.
    """

    def __init__(
        self, csr: Csr, ids: Ids, dataset_codes: dict[str, int], traps: Sequence[int] = ()
    ) -> None:
        self.csr = csr
        self.ids = ids
        self.dataset_codes = dataset_codes
        self.rules = RuleArrays(csr, ids, dataset_codes, traps)
        self._workspace = Workspace()

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
        ready = self.rules.prepare(rule)
        starts = np.unique([ready.clusters.of(self.require(each)) for each in sources])
        ends = np.unique([ready.clusters.of(self.require(each)) for each in targets])
        search = Search(self._workspace, ready, starts, ends, scope.budget)
        found: list[Route] = []
        cut = False
        best = search.grow(scope.max_hops, stop_at_best=True)
        depth = min(best, scope.max_hops)
        # Nothing is shorter than the best length, if the search for it was not cut.
        complete = min(best - 1, search.depth(scope.max_hops)) if search.cut else best - 1
        while depth <= scope.max_hops and best <= scope.max_hops and not search.cut:
            search.grow(depth, stop_at_best=False)
            if search.cut:
                break
            routes, capped = search.routes(depth, starts, self.ids)
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
            completed_depth=complete if best <= scope.max_hops else search.depth(scope.max_hops),
            nodes=search.nodes,
            links=search.slots,
            # Where routes exist, longer ones may too, however little is left to expand.
            exhausted=search.exhausted and not search.cut and best > scope.max_hops,
            cut=cut or search.cut,
            hubs=search.hubs(self.ids),
        )

    def find_listed(self, source: str, lists: Sequence[str], rule: Rule, scope: Scope) -> Listed:
        """Listed nodes by distance, every one of the last distance reached."""
        ready = self.rules.prepare(rule)
        start = ready.clusters.of(self.require(source))
        clusters = ready.clusters
        wanted = self.csr.nodes["listed"]
        if lists:
            bits = dataset_bits(lists, self.dataset_codes)
            wanted = wanted & ((self.csr.nodes["listed_by"] & bits) != 0)
        # A cluster is of interest when any of its members is.
        of_interest = wanted
        if clusters.rep.size:
            of_interest = np.zeros_like(wanted)
            of_interest[clusters.rep[np.flatnonzero(wanted)]] = True
        seen = set(clusters.all_of(self.require(source)))
        search = Search(self._workspace, ready, np.array([start]), NO_INDEX, scope.budget)
        found: list[tuple[str, int]] = []
        depth = 0
        while depth < scope.max_hops and len(found) < scope.limit and not search.cut:
            level = search.next_level()
            if not level.size:
                break
            depth += 1
            hits = {
                member
                for node in level[of_interest[level]]
                for member in clusters.all_of(int(node))
                if wanted[member] and member not in seen
            }
            seen |= hits
            found += sorted((self.ids.name(index), depth) for index in hits)
        return Listed(
            found=tuple(found),
            completed_depth=depth if search.frontier_size else scope.max_hops,
            nodes=search.nodes,
            links=search.slots,
            exhausted=not search.frontier_size and not search.cut,
            cut=search.cut,
            hubs=search.hubs(self.ids),
        )

    def usable_links(self, pairs: Sequence[tuple[str, str]], rule: Rule) -> list[list[int]]:
        """For each pair of nodes the links that pass a rule, by index, ascending."""
        csr, ready = self.csr, self.rules.prepare(rule)
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
