"""The questions that every engine is asked, in words of no engine.

An engine turns a question into a call that takes a pair and gives a plain answer: the number of
hops (None: not within the bound), the set of shortest routes, or the lengths of the k shortest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from benchmarks.generate import STATUS_SHARES
from graph.model import Status

ALL_STATUSES = tuple(STATUS_SHARES)
Answer: TypeAlias = "int | frozenset[tuple[int, ...]] | tuple[int, ...] | None"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties by index, and the day that a dated question asks about."""

    source: int
    target: int
    day: int


class Sort(StrEnum):
    """What kind of answer a question wants."""

    HOPS = "hops"
    ALL_SHORTEST = "all shortest"
    K_SHORTEST = "k shortest"
    NEAREST = "nearest listed"


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the table.

    `max_degree` refuses to pass through an organisation that more parties are tied to; such a hub
    may end a path. `limit` is the number of routes wanted.
    """

    text: str
    sort: Sort = Sort.HOPS
    max_hops: int = 8
    types: tuple[str, ...] = ()
    dated: bool = False
    statuses: tuple[Status, ...] = ALL_STATUSES
    max_degree: int | None = None
    limit: int = 1


PLAIN = Question("single pair, no filter")


def make_questions(node_count: int) -> tuple[Question, ...]:
    """The rows of the table. In a small network a smaller degree makes a hub."""
    hub = min(1000, max(node_count // 2000, 50))
    return (
        PLAIN,
        Question("link types (2 of 5)", types=("Ownership", "Directorship")),
        Question("valid at a date", dated=True),
        Question(
            "types, date, statuses, hubs > 25",
            types=("Ownership", "Directorship", "Payment"),
            dated=True,
            statuses=(Status.ASSERTED, Status.CORROBORATED),
            max_degree=25,
        ),
        Question(f"no hubs > {hub:,}", max_degree=hub),
        Question("all shortest <= 6, cap 100", Sort.ALL_SHORTEST, max_hops=6, limit=100),
        Question("k = 10 shortest simple", Sort.K_SHORTEST, limit=10),
        Question("nearest listed <= 4", Sort.NEAREST, max_hops=4),
    )


class Engine(Protocol):
    """An engine that has loaded the network."""

    @property
    def name(self) -> str:
        """As the table shows it."""
        ...

    def ask(self, question: Question) -> Callable[[Pair], Answer] | None:
        """What answers a question; None when the engine cannot. Preparing it is not timed."""
        ...
