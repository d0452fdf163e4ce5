"""Searches over a network that is fetched while it is searched.

The kernels of `graph.embedded` run on the part that is known. A node whose links are not all known
has a *trap*: a link that every rule admits, to a node that may not carry a path. The kernels report
the hubs they met; a trap among them says that the search expanded a node without knowing all its
links. Those are fetched and the search runs again, until it meets no trap. Rows are padded to their
true length, so that the search weighs its two sides as it would on the whole network. The last run
is therefore, step for step, the run on the whole network: equal routes, hubs and depth, and equal
counts but where the collection of very many routes stopped inside a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from graph.columns import KIND_CODES, STATUS_CODES, TYPE_CODES, LinkRow, NodeRow
from graph.dates import DAY_MAX, DAY_MIN
from graph.embedded import kernels
from graph.embedded.csr import Csr, build_csr, columns_of
from graph.embedded.engine import CsrEngine
from graph.embedded.ids import ListIds
from graph.history import pack_changes
from graph.model import LinkKind
from graph.rules import Listed, Routes, Rule, Scope

# No id of a publisher starts with a control character.
_TRAP = "\x00"
_NO_ROW = NodeRow(listed=False, degree=0, spread=False, listed_by=0)
# A word whose type is none that exists, so that no rule admits it.
_UNUSABLE = 63
# A search that would fetch more than this ends as partial: beyond it the embedded backend, which
# reads a snapshot's arrays, is the one to ask.
MAX_FETCHED = 2_000_000
R = TypeVar("R", bound="Routes | Listed")


class NodeFacts(NamedTuple):
    """A node, the number of its link ends in the whole network, and what a search reads of it."""

    id: str
    slots: int
    row: NodeRow


class LinkFacts(NamedTuple):
    """A link, its ends and what a search reads of it."""

    id: str
    source: str
    target: str
    row: LinkRow


class Source(Protocol):
    """Where the parts come from."""

    @property
    def dataset_codes(self) -> dict[str, int]:
        """Bit of each dataset."""
        ...

    @property
    def identities(self) -> Mapping[str, Sequence[LinkFacts]]:
        """Every identity link that is not rejected, by each of its ends."""
        ...

    def fetch_nodes(self, ids: Sequence[str]) -> list[NodeFacts]:
        """Nodes by id; absent ones are left out."""
        ...

    def fetch_links(self, ids: Sequence[str]) -> tuple[list[LinkFacts], list[NodeFacts]]:
        """All links of some nodes, claims included, and the nodes at their other ends."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    """The known part as arrays, before traps."""

    ids: list[str]
    links: list[LinkFacts]


class PartialNetwork:
    """The part of a network that searches have needed so far. For one thread."""

    def __init__(self, source: Source, *, max_fetched: int = MAX_FETCHED) -> None:
        self._source = source
        self._max_fetched = max_fetched
        self._nodes: dict[str, NodeFacts] = {}
        self._links: dict[str, LinkFacts] = {}
        self._ends: Counter[str] = Counter()
        self._whole: set[str] = set()

    # -- what is known ------------------------------------------------------------------------

    def add_nodes(self, ids: Iterable[str]) -> None:
        """Know some nodes, their identity clusters included."""
        unknown = sorted(set(ids) - self._nodes.keys())
        if unknown:
            self._add(self._source.fetch_nodes(unknown), [])

    def __contains__(self, entity_id: str) -> bool:
        return entity_id in self._nodes

    def link_ends(self, entity_id: str) -> int:
        """Number of link ends of a known node in the whole network."""
        return self._nodes[entity_id].slots

    def expand(self, ids: Iterable[str]) -> None:
        """Know all links of some nodes."""
        wanted = sorted(each for each in set(ids) if self._is_incomplete(each))
        if wanted:
            links, nodes = self._source.fetch_links(wanted)
            self._whole.update(wanted)
            self._add(nodes, links)

    def links_of(self, entity_id: str) -> list[LinkFacts]:
        """All links of one node, in order of id."""
        self.expand([entity_id])
        ends = (each for each in self._links.values() if entity_id in (each.source, each.target))
        return sorted(ends)

    def _is_incomplete(self, entity_id: str) -> bool:
        return entity_id not in self._whole and self._ends[entity_id] < self._nodes[entity_id].slots

    def _add(self, nodes: Iterable[NodeFacts], links: Iterable[LinkFacts]) -> None:
        new = [each for each in nodes if each.id not in self._nodes]
        self._nodes.update((each.id, each) for each in new)
        for link in links:
            self._add_link(link)
        self._close({each.id for each in new})

    def _add_link(self, link: LinkFacts) -> None:
        if link.id not in self._links:
            self._links[link.id] = link
            self._ends.update((link.source, link.target))

    def _close(self, ids: set[str]) -> None:
        """Know whole identity clusters: a party is met wherever one of its records is."""
        identities = self._source.identities
        if not identities:
            return
        waiting, missing = list(ids), set()
        joined: dict[str, LinkFacts] = {}
        reached = set(ids)
        while waiting:
            for link in identities.get(waiting.pop(), ()):
                joined[link.id] = link
                for end in (link.source, link.target):
                    if end not in reached:
                        reached.add(end)
                        waiting.append(end)
                        missing.add(end)
        unknown = sorted(missing - self._nodes.keys())
        if unknown:
            self._nodes.update((each.id, each) for each in self._source.fetch_nodes(unknown))
        for link in joined.values():
            self._add_link(link)

    # -- searches -----------------------------------------------------------------------------

    def find_routes(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, scope: Scope
    ) -> Routes:
        """Simple routes between two sets of known nodes, as `CsrEngine.find_routes`."""
        return self._search(rule, lambda engine: engine.find_routes(sources, targets, rule, scope))

    def find_listed(self, source: str, lists: Sequence[str], rule: Rule, scope: Scope) -> Listed:
        """Listed nodes by distance, as `CsrEngine.find_listed`."""
        return self._search(rule, lambda engine: engine.find_listed(source, lists, rule, scope))

    def find_usable(self, pairs: Sequence[tuple[str, str]], rule: Rule) -> list[list[LinkFacts]]:
        """For each pair the links that a rule admits, in order of id; one end is known whole."""
        known = self._known()
        csr = self._build(known, [], None)
        engine = CsrEngine(csr, ListIds([*known.ids, _TRAP]), self._codes)
        return [[known.links[each] for each in found] for found in engine.usable_links(pairs, rule)]

    @property
    def _codes(self) -> dict[str, int]:
        return self._source.dataset_codes

    def _search(self, rule: Rule, run: Callable[[CsrEngine], R]) -> R:
        while True:
            result, met = self._try(rule, run)
            if not met:
                return result
            if len(self._links) > self._max_fetched:
                return replace(result, cut=True, exhausted=False, completed_depth=0)
            self.expand(met)

    def _try(self, rule: Rule, run: Callable[[CsrEngine], R]) -> tuple[R, list[str]]:
        """Run on the known part; the result and the nodes it needed to know whole."""
        known = self._known()
        open_ids = [each for each in known.ids if self._is_incomplete(each)]
        csr = self._build(known, open_ids, rule)
        names = [*known.ids, *(_TRAP + each for each in open_ids), _TRAP]
        traps = range(len(known.ids), len(known.ids) + len(open_ids))
        result = run(CsrEngine(csr, ListIds(names), self._codes, traps=traps))
        met = [each.removeprefix(_TRAP) for each in result.hubs if each.startswith(_TRAP)]
        hubs = tuple(each for each in result.hubs if not each.startswith(_TRAP))
        return replace(result, hubs=hubs), met

    def _known(self) -> _Known:
        return _Known(sorted(self._nodes), [self._links[each] for each in sorted(self._links)])

    def _build(self, known: _Known, open_ids: Sequence[str], rule: Rule | None) -> Csr:
        """Arrays of the known part, each row as long as in the whole network.

        Nodes: the known ones, one trap for each of `open_ids`, one to which padding leads.
        """
        position = {each: index for index, each in enumerate(known.ids)}
        size = len(known.ids)
        trap = _trap_row(rule) if rule is not None else None
        open_at = [position[each] for each in open_ids] if trap is not None else []
        traps = [trap] * len(open_at) if trap is not None else []
        source = [position[each.source] for each in known.links] + open_at
        target = [position[each.target] for each in known.links]
        target += range(size, size + len(open_at))
        rows = [each.row for each in known.links] + traps
        nodes = [self._nodes[each].row for each in known.ids]
        nodes += [_NO_ROW] * (len(open_ids) + 1)
        csr = build_csr(
            np.array(source, np.int32), np.array(target, np.int32), *columns_of(rows, nodes)
        )
        full = np.array([self._nodes[each].slots for each in known.ids], np.int64)
        return _pad(csr, full, len(known.links))


def _trap_row(rule: Rule) -> LinkRow | None:
    """The row of a link that a rule admits; None when it admits no link at all."""
    kind, status = LinkKind.RELATIONSHIP, min(rule.statuses, default=None)
    if status is None:
        kind, status = LinkKind.CLAIM, next(iter(STATUS_CODES))
    if not rule.types or (kind is LinkKind.CLAIM and not rule.claims):
        return None
    return LinkRow(
        type=TYPE_CODES[min(rule.types)],
        kind=KIND_CODES[kind],
        status=STATUS_CODES[status],
        start=DAY_MIN,
        end=DAY_MAX,
        certain_start=DAY_MIN,
        certain_end=DAY_MAX,
        history=pack_changes([(DAY_MIN, status)]),
        history_maybe=pack_changes([(DAY_MIN, status)]),
        principal=0,
        context=0,
        credibility=1.0,
        probability=-1.0,
        datasets=-1,
        verified=True,
    )


def _pad(csr: Csr, full: Any, real_links: int) -> Csr:
    """Lengthen rows to `full`, and open traps to both directions."""
    word = csr.word.copy()
    word[csr.eid >= real_links] |= kernels.DIRECTION_BOTH << kernels.DIRECTION_SHIFT
    missing = np.zeros(csr.node_count, np.int64)
    missing[: len(full)] = np.maximum(full - np.diff(csr.ptr)[: len(full)], 0)
    at = np.repeat(csr.ptr[1:], missing)
    ptr = csr.ptr.copy()
    ptr[1:] += np.cumsum(missing)
    padded = replace(
        csr,
        ptr=ptr,
        # Padding leads to the last node, so that rows stay sorted by neighbour.
        adj=np.insert(csr.adj, at, csr.node_count - 1),
        eid=np.insert(csr.eid, at, 0),
        word=np.insert(word, at, _UNUSABLE),
    )
    for array in (padded.ptr, padded.adj, padded.eid, padded.word):
        array.setflags(write=False)  # the same numba signature as a memory map
    return padded
