"""Whether engines give the same answers, looked at before anything is timed.

The embedded engine is the one that the others are held against; nobody is presumed right. A
difference is written down with the pair, so that it can be asked again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.measure import CallFailed
from benchmarks.questions import Answer, Engine, Pair, Question, Sort

# Sets of routes can be compared only when they are whole.
WHOLE = 5000


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers that should be one."""

    engine: str
    question: Question
    pair: Pair
    ours: Answer
    theirs: Answer

    def __str__(self) -> str:
        return (
            f"{self.engine} differs on {self.question.text!r} for {self.pair}: "
            f"{_show(self.ours)} against {_show(self.theirs)}"
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many answers of one engine to one question were compared, and which differ."""

    compared: int
    failed: int
    differences: tuple[Difference, ...]


def compare(
    question: Question, reference: Engine, other: Engine, pairs: Sequence[Pair], budget_s: float
) -> Agreement | None:
    """Compare two engines on one question; None when the other cannot answer it.

    Stops after the budget: the number compared is part of the result.
    """
    if question.sort is Sort.ALL_SHORTEST:
        question = replace(question, limit=WHOLE)
    ours, theirs = reference.ask(question), other.ask(question)
    if ours is None or theirs is None:
        return None
    deadline = time.monotonic() + budget_s
    compared, failed = 0, 0
    differences = []
    for pair in pairs:
        try:
            answers = ours(pair), theirs(pair)
        except CallFailed:
            failed += 1
        else:
            compared += 1
            if not _same(question, *answers):
                differences.append(Difference(other.name, question, pair, *answers))
        if time.monotonic() > deadline:
            break
    return Agreement(compared, failed, tuple(differences))


def _same(question: Question, ours: Answer, theirs: Answer) -> bool:
    if question.sort is Sort.ALL_SHORTEST and isinstance(ours, frozenset):
        assert isinstance(theirs, frozenset)
        return ours == theirs or len(ours) == len(theirs) == WHOLE
    if question.sort is not Sort.K_SHORTEST:
        return ours == theirs
    # Neo4j counts parallel links as routes of their own, so that fewer different ones may be among
    # the k it gives; those it gives must be the shortest.
    assert isinstance(ours, tuple)
    assert isinstance(theirs, tuple)
    return theirs == ours[: len(theirs)] and bool(theirs) == bool(ours)


def _show(answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return f"{len(answer)} routes {sorted(answer)[:3]}"
    return repr(answer)
