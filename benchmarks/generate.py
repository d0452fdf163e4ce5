"""A seeded network of companies, persons and addresses, made as arrays.

Its shape is that of a register joined with a list: 70 % companies, 25 % persons, 5 % addresses, two
and a half links a node in five types, degrees with a heavy tail and a few agents that thousands are
tied to, 0.4 % listed parties. The same numbers give the same network, on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from graph.columns import KIND_CODES, STATUS_CODES, TYPE_CODES
from graph.dates import DAY_MAX, DAY_MIN, to_day
from graph.embedded.csr import LINK_DTYPES, NODE_DTYPES, Array, Csr, build_csr
from graph.model import LinkKind, Status

COMPANY, PERSON, ADDRESS = 0, 1, 2
SHARES = (0.70, 0.25, 0.05)
LINKS_PER_NODE = 2.5
LISTED_SHARE = 0.004
DATASETS = 8
# Ends of links for each node of the network: what each type takes from each sort of node. Every
# sort then has five link ends a node on average.
LINK_SHARES = (
    # type, source, target, links per node
    ("Ownership", COMPANY, COMPANY, 0.70),
    ("Ownership", PERSON, COMPANY, 0.30),
    ("Directorship", PERSON, COMPANY, 0.70),
    ("Payment", COMPANY, COMPANY, 0.45),
    ("UnknownLink", COMPANY, ADDRESS, 0.20),
    ("UnknownLink", PERSON, ADDRESS, 0.05),
    ("Associate", PERSON, PERSON, 0.10),
)
# No refuted links: in a Neo4j they are no relationships, so that no plain query could meet them.
STATUS_SHARES = {
    Status.ASSERTED: 0.80,
    Status.CORROBORATED: 0.14,
    Status.DISPUTED: 0.05,
    Status.SUPERSEDED: 0.01,
}
# Agents and nominees: the largest is tied to 3.9 % of as many parties as there are nodes (78,000 of
# two million), the next to half of that, a third, and so on.
HUBS = 28
TOP_HUB_SHARE = 0.039
# Of the degrees of everybody else; they give a median of 4 and a 99th percentile near 21.
SIGMA = 0.68
TAIL_SHARE, TAIL_EXPONENT = 0.02, 1.8
FIRST_DAY, LAST_DAY = to_day(date(1995, 1, 1)), to_day(date(2024, 12, 31))
UNKNOWN_START, OPEN_END = 0.10, 0.65
MEAN_DAYS = 8 * 365


class NumberedIds:
    """Ids that are computed from the index, so that millions of them take no memory."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._width = max(len(str(count)), 7)

    def find(self, entity_id: str) -> int | None:
        """Index of a node, None when absent."""
        index = int(entity_id[1:])
        return index if index < self._count else None

    def name(self, index: int) -> str:
        """Id of a node; in order of index."""
        return f"n{index:0{self._width}d}"


@dataclass(frozen=True, slots=True)
class Generated:
    """The network as columns: what `build_csr` takes, and what sort each node is."""

    source: Array
    target: Array
    links: dict[str, Array]
    nodes: dict[str, Array]
    sorts: Array

    @property
    def ids(self) -> NumberedIds:
        """Ids by index."""
        return NumberedIds(len(self.sorts))

    def build(self) -> Csr:
        """The rows that the embedded engine searches."""
        return build_csr(self.source, self.target, self.links, self.nodes)

    def with_identities(self, count: int, seed: int) -> Generated:
        """The same network in which some pairs of parties are confirmed to be one."""
        parties = np.flatnonzero(self.sorts != ADDRESS)
        pairs = np.random.default_rng(seed).choice(parties, (2, count), replace=False)
        fixed = {
            "type": TYPE_CODES["SameAs"],
            "kind": KIND_CODES[LinkKind.IDENTITY],
            "status": STATUS_CODES[Status.CONFIRMED],
            "probability": 0.95,
        }
        links = {
            name: np.append(column, np.full(count, fixed.get(name, column[0])).astype(column.dtype))
            for name, column in self.links.items()
        }
        source, target = np.concatenate([[self.source, self.target], pairs], axis=1)
        return replace(
            self, source=source.astype(np.int32), target=target.astype(np.int32), links=links
        )

    def describe(self) -> str:
        """Size and degrees."""
        ends = np.concatenate([self.source, self.target])
        degrees = np.bincount(ends, minlength=len(self.sorts))
        shares = np.percentile(degrees, [50, 99, 99.99]).astype(int)
        return (
            f"{len(self.sorts):,} nodes, {len(self.source):,} links; degree p50 {shares[0]}, p99 "
            f"{shares[1]}, p99.99 {shares[2]}, largest {degrees.max():,}, "
            f"{int((degrees >= 1000).sum())} nodes of 1,000 or more; "
            f"{int(self.nodes['listed'].sum()):,} listed"
        )


def generate(node_count: int, seed: int) -> Generated:
    """Make the network.

    Args:
        node_count: At least a few hundred, so that every sort of node is there.
        seed: Of the random numbers.
    """
    rng = np.random.default_rng(seed)
    counts = [int(node_count * share) for share in SHARES[1:]]
    sorts = np.repeat(
        np.array([COMPANY, PERSON, ADDRESS], np.uint8), [node_count - sum(counts), *counts]
    )
    rng.shuffle(sorts)
    weights = _weigh(rng, sorts)
    source, target, types = _link(rng, sorts, weights)
    links = _describe_links(rng, types)
    listed = (rng.random(node_count) < LISTED_SHARE) & (sorts != ADDRESS)
    nodes: dict[str, Array] = {
        "listed": listed,
        "degree": np.where(sorts == COMPANY, _count_parties(source, target, node_count), 0),
        "spread": np.zeros(node_count, np.bool_),
        "listed_by": listed.astype(np.int64),
    }
    nodes = {name: nodes[name].astype(dtype) for name, dtype in NODE_DTYPES.items()}
    return Generated(source, target, links, nodes, sorts)


def _weigh(rng: np.random.Generator, sorts: Array) -> Array:
    """How likely each node is to be the end of a link of its sort."""
    weights = rng.lognormal(0, SIGMA, len(sorts))
    tail = rng.random(len(sorts)) < TAIL_SHARE
    weights[tail] *= 1 + rng.pareto(TAIL_EXPONENT, int(tail.sum()))
    companies = np.flatnonzero(sorts == COMPANY)
    hubs = rng.choice(companies, HUBS, replace=False)
    ends = 2 * LINKS_PER_NODE * len(companies)
    sizes = TOP_HUB_SHARE * len(sorts) / np.arange(1, HUBS + 1)
    weights[hubs] = weights[companies].sum() * sizes / (ends - sizes.sum())
    return weights


def _link(rng: np.random.Generator, sorts: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Ends and types of all links, in random order; links of a node to itself are left out."""
    pools = [np.flatnonzero(sorts == sort).astype(np.int32) for sort in (COMPANY, PERSON, ADDRESS)]
    sums = [np.cumsum(weights[pool]) for pool in pools]

    def draw(sort: int, count: int) -> Array:
        at = np.searchsorted(sums[sort], rng.random(count) * sums[sort][-1], "right")
        drawn: Array = pools[sort][np.minimum(at, len(pools[sort]) - 1)]
        return drawn

    counts = [round(share * len(sorts)) for *_, share in LINK_SHARES]
    parts = zip(LINK_SHARES, counts, strict=True)
    pairs = [(draw(left, count), draw(right, count)) for (_, left, right, _), count in parts]
    source = np.concatenate([pair[0] for pair in pairs])
    target = np.concatenate([pair[1] for pair in pairs])
    codes = np.array([TYPE_CODES[name] for name, *_ in LINK_SHARES], np.uint8)
    types = np.repeat(codes, counts)
    order = rng.permutation(len(source))
    order = order[source[order] != target[order]]
    return source[order], target[order], types[order]


def _describe_links(rng: np.random.Generator, types: Array) -> dict[str, Array]:
    """The columns of the links: dates, statuses, datasets."""
    count = len(types)
    start = rng.integers(FIRST_DAY, LAST_DAY, count)
    end = np.minimum(start + rng.exponential(MEAN_DAYS, count).astype(np.int64), LAST_DAY)
    begun = start.copy()
    start[rng.random(count) < UNKNOWN_START] = DAY_MIN
    end[rng.random(count) < OPEN_END] = DAY_MAX
    codes = np.array([STATUS_CODES[each] for each in STATUS_SHARES], np.uint8)
    status = rng.choice(codes, count, p=list(STATUS_SHARES.values()))
    columns: dict[str, Array | int | float] = {
        "type": types,
        "kind": KIND_CODES[LinkKind.RELATIONSHIP],
        "status": status,
        "start": start,
        "end": end,
        "certain_start": begun,
        "certain_end": end,
        "history": _history(begun, status),
        "history_maybe": _history(begun, status),
        "principal": 0,
        "context": 0,
        "credibility": 0.7,
        "probability": -1.0,
        "datasets": np.left_shift(np.int64(1), rng.integers(0, DATASETS, count)),
        "verified": True,
    }
    return {
        name: np.broadcast_to(np.asarray(columns[name]), count).astype(dtype)
        for name, dtype in LINK_DTYPES.items()
    }


def _history(begun: Array, status: Array) -> Array:
    """One status since its first day, in the form of `graph.history`."""
    empty = sum(DAY_MAX << (19 * place) for place in (1, 2))
    return (status.astype(np.int64) << 16 | begun.astype(np.int64)) + empty


def _count_parties(source: Array, target: Array, node_count: int) -> Array:
    """How many different parties each node is tied to."""
    low = np.minimum(source, target).astype(np.int64)
    high = np.maximum(source, target).astype(np.int64)
    pairs = np.sort(low * node_count + high)  # np.unique hashes, which takes ten times as long
    pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
    ends = np.concatenate([pairs // node_count, pairs % node_count])
    return np.bincount(ends, minlength=node_count)
