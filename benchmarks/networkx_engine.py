"""networkx as a peer: the same links in dictionaries, filters as functions over a view.

Parallel links are one networkx edge with the number of its group, so that routes are counted as in
the product; a filter looks at each link of the group. The graph is plain and undirected.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable
from itertools import islice, takewhile
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.generate import Generated
from benchmarks.questions import ALL_STATUSES, Answer, Pair, Question, Sort
from graph.columns import STATUS_CODES, TYPE_CODES


class Networkx:
    """The network as a `networkx.Graph`."""

    name = "networkx"

    def __init__(self, network: Generated) -> None:
        nodes = len(network.sorts)
        low = np.minimum(network.source, network.target).astype(np.int64)
        keys = low * nodes + np.maximum(network.source, network.target)
        order = np.argsort(keys, kind="stable")
        firsts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        # Plain arrays: reading one number of a numpy array takes four times as long.
        self._order = array("i", order.astype(np.int32).tobytes())
        self._firsts = array("i", [*firsts.tolist(), len(order)])
        self._columns = {
            name: array("i", network.links[name].astype(np.int32).tobytes())
            for name in ("type", "status", "start", "end")
        }
        self._degree = array("i", network.nodes["degree"].astype(np.int32).tobytes())
        self._listed = bytes(network.nodes["listed"].astype(np.uint8))
        heads = order[firsts]
        ends = zip(network.source[heads].tolist(), network.target[heads].tolist(), strict=True)
        gc.disable()  # else the collector walks the growing graph over and over
        try:
            self.graph = nx.Graph()
            self.graph.add_nodes_from(range(nodes))
            self.graph.add_edges_from(
                (left, right, {"group": group}) for group, (left, right) in enumerate(ends)
            )
        finally:
            gc.enable()

    def ask(self, question: Question) -> Callable[[Pair], Answer]:
        """What answers a question."""
        finders: dict[Sort, Callable[[Any, Question, Pair], Answer]] = {
            Sort.HOPS: _find_hops,
            Sort.ALL_SHORTEST: _find_all_shortest,
            Sort.K_SHORTEST: _find_k_shortest,
            Sort.NEAREST: self._find_nearest,
        }
        find = finders[question.sort]
        return lambda pair: find(self._view(question, pair), question, pair)

    def _view(self, question: Question, pair: Pair) -> Any:
        """The graph as a question's filters show it."""
        filters: dict[str, Any] = {}
        if question.types or question.dated or question.statuses != ALL_STATUSES:
            filters["filter_edge"] = self._edge_filter(question, pair.day)
        if question.max_degree is not None:
            degree, most, ends = self._degree, question.max_degree, (pair.source, pair.target)
            filters["filter_node"] = lambda node: degree[node] <= most or node in ends
        return nx.subgraph_view(self.graph, **filters) if filters else self.graph

    def _edge_filter(self, question: Question, day: int) -> Callable[[int, int], bool]:
        types = frozenset(TYPE_CODES[each] for each in question.types or TYPE_CODES)
        statuses = frozenset(STATUS_CODES[each] for each in question.statuses)
        first, last = (day, day) if question.dated else (65535, 0)
        adjacent, order, firsts = self.graph._adj, self._order, self._firsts
        type_of, status_of, start, end = self._columns.values()

        def admits(left: int, right: int) -> bool:
            group = adjacent[left][right]["group"]
            for position in range(firsts[group], firsts[group + 1]):
                link = order[position]
                if (
                    type_of[link] in types
                    and start[link] <= first
                    and end[link] >= last
                    and status_of[link] in statuses
                ):
                    return True
            return False

        return admits

    def _find_nearest(self, view: Any, question: Question, pair: Pair) -> Answer:
        listed = self._listed
        layers = islice(nx.bfs_layers(view, pair.source), 1, question.max_hops + 1)
        for depth, layer in enumerate(layers, 1):
            if any(listed[node] for node in layer):
                return depth
        return None


def _find_hops(view: Any, question: Question, pair: Pair) -> Answer:
    try:
        hops = len(nx.bidirectional_shortest_path(view, pair.source, pair.target)) - 1
    except nx.NetworkXNoPath:
        return None
    return hops if hops <= question.max_hops else None


def _find_all_shortest(view: Any, question: Question, pair: Pair) -> Answer:
    try:
        routes = islice(nx.all_shortest_paths(view, pair.source, pair.target), question.limit)
        found = frozenset(tuple(route) for route in routes)
    except nx.NetworkXNoPath:
        return frozenset()
    return frozenset(each for each in found if len(each) <= question.max_hops + 1)


def _find_k_shortest(view: Any, question: Question, pair: Pair) -> Answer:
    try:
        routes = nx.shortest_simple_paths(view, pair.source, pair.target)
        lengths = (len(route) - 1 for route in islice(routes, question.limit))
        return tuple(takewhile(lambda hops: hops <= question.max_hops, lengths))
    except nx.NetworkXNoPath:
        return ()
