"""What people judged about identity: the same party, different parties, or unsure.

Invariant: clusters are a function of the *set* of standing rows. No row is changed or removed; undo
stamps `deleted_at`, and *as of* is a filter. The positive rows never join two parties that a
negative row holds apart. The functions work on a connection they are given, inside the caller's
transaction, which admits one writer at a time; `casework.ledger` adds the audit row to it.

A judgement is what a person said, with a reason. It is not proof of identity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from graph.errors import ConflictingJudgement, ResolutionError

METADATA = sa.MetaData()
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# `casework/migrations` creates it, with its checks and triggers.
JUDGEMENT = sa.Table(
    "judgement",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("left_id", _TEXT, nullable=False),
    sa.Column("right_id", _TEXT, nullable=False),
    sa.Column("judgement", _TEXT, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("algorithm", _TEXT),
    sa.Column("reason", _TEXT, nullable=False),
    sa.Column("actor", _TEXT, nullable=False),
    sa.Column("created_at", _TEXT, nullable=False),
    sa.Column("deleted_at", _TEXT),
    sa.Index("judgement_left", "left_id"),
    sa.Index("judgement_right", "right_id"),
)
_ROW = JUDGEMENT.c
_STANDING = _ROW.deleted_at.is_(None)
# Well under the number of parameters that a statement may have on either database.
_BATCH = 500


class Judgement(StrEnum):
    """Whether two ids stand for one party."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """What a person says of two ids, in either order, and why.

    Attributes:
        score: 0..1, what the algorithm had proposed; None when nothing was proposed.
        algorithm: The name of that algorithm.
    """

    left_id: str
    right_id: str
    judgement: Judgement
    reason: str
    score: float | None = None
    algorithm: str | None = None

    def __post_init__(self) -> None:
        if self.left_id == self.right_id:
            raise ResolutionError(f"{self.left_id!r} is itself; a judgement needs two ids.")
        for each in (self.left_id, self.right_id):
            if not each or not each.isprintable():
                raise ResolutionError(f"{each!r} is no entity id; `cuibono search` finds ids.")
        if not self.reason.strip() or not _is_storable(self.reason):
            raise ResolutionError("A judgement needs a reason, in readable text.")
        if self.score is not None and not 0 <= self.score <= 1:
            raise ResolutionError(f"The score {self.score!r} is not within 0 and 1.")


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One row; `left_id` sorts before `right_id`. `deleted_at` None: it stands."""

    id: int
    left_id: str
    right_id: str
    judgement: Judgement
    score: float | None
    algorithm: str | None
    reason: str
    actor: str
    created_at: datetime
    deleted_at: datetime | None


def decide(connection: sa.Connection, new: NewJudgement, *, actor: str, at: datetime) -> JudgedPair:
    """Add a row.

    A second judgement of a pair does not replace the first: an unsure one gives way to a decisive
    one whichever came first (`settle`), and to change a decisive one, undo it before.

    Args:
        connection: In a transaction that admits no other writer until it ends.
        new: Its order of ids does not matter.
        actor: Who says it.
        at: Aware; later than every earlier row's, so that *as of* is exact.

    Raises:
        ConflictingJudgement: When the positive rows, with this one, would join two parties that a
            negative row holds apart.
    """
    if new.judgement is Judgement.POSITIVE:
        _require_joinable(connection, new.left_id, new.right_id)
    elif new.judgement is Judgement.NEGATIVE:
        _require_apart(connection, new.left_id, new.right_id)
    left, right = sorted((new.left_id, new.right_id))
    row = connection.execute(
        sa.insert(JUDGEMENT)
        .values(
            left_id=left,
            right_id=right,
            judgement=new.judgement.value,
            score=new.score,
            algorithm=new.algorithm,
            reason=new.reason,
            actor=actor,
            created_at=_to_text(at),
        )
        .returning(JUDGEMENT)
    ).one()
    return _read(row)


def undo(connection: sa.Connection, left: str, right: str, *, at: datetime) -> list[JudgedPair]:
    """Withdraw every standing row of a pair; both parties are as they were before it.

    Returns:
        The rows as they now are, oldest first; empty when none stood.
    """
    first, second = sorted((left, right))
    pair = sa.and_(_STANDING, _ROW.left_id == first, _ROW.right_id == second)
    rows = connection.execute(
        sa.update(JUDGEMENT).where(pair).values(deleted_at=_to_text(at)).returning(JUDGEMENT)
    ).all()
    return sorted(map(_read, rows), key=lambda each: each.id)


def list_as_of(connection: sa.Connection, at: datetime | None = None) -> list[JudgedPair]:
    """The rows that stood at a moment, oldest first.

    Args:
        connection: Reading is enough.
        at: Aware, inclusive; None is now. Of a ledger position: `casework.audit.require_moment`.
    """
    stood: sa.ColumnElement[bool] = _STANDING
    if at is not None:
        moment = _to_text(at)
        stood = sa.and_(_ROW.created_at <= moment, sa.or_(_STANDING, _ROW.deleted_at > moment))
    return [_read(row) for row in connection.execute(_select(stood))]


def settle(judged: Iterable[JudgedPair]) -> dict[tuple[str, str], Judgement]:
    """What standing rows say of each pair, in any order: a decisive row outweighs an unsure one."""
    settled: dict[tuple[str, str], Judgement] = {}
    for each in judged:
        pair = (each.left_id, each.right_id)
        if settled.get(pair, Judgement.UNSURE) is Judgement.UNSURE:
            settled[pair] = each.judgement
    return settled


def find_clusters(judged: Iterable[JudgedPair]) -> list[frozenset[str]]:
    """The parties that positive rows join, two ids or more each, sorted by their first id.

    Ids stay what they are: a cluster is shown as one, and undoing a row takes it apart.
    """
    adjacent: dict[str, set[str]] = defaultdict(set)
    for each in judged:
        if each.judgement is Judgement.POSITIVE:
            adjacent[each.left_id].add(each.right_id)
            adjacent[each.right_id].add(each.left_id)
    clusters, seen = [], set[str]()
    for start in sorted(adjacent):
        if start in seen:
            continue
        members, waiting = {start}, [start]
        while waiting:
            fresh = adjacent[waiting.pop()] - members
            members |= fresh
            waiting += fresh
        seen |= members
        clusters.append(frozenset(members))
    return clusters


def _require_joinable(connection: sa.Connection, left: str, right: str) -> None:
    ours = _reach(connection, left)
    if right in ours:
        return
    theirs = _reach(connection, right)
    fewer, more = sorted((ours, theirs), key=len)
    for negative in _iter_touching(connection, Judgement.NEGATIVE, list(fewer)):
        if negative.left_id in more or negative.right_id in more:
            raise ConflictingJudgement(
                f"{left!r} and {right!r} would join {negative.left_id!r} and "
                f"{negative.right_id!r}, which were judged different; undo that judgement first.",
                left=left,
                right=right,
                existing=f"negative: {negative.left_id} / {negative.right_id}",
            )


def _require_apart(connection: sa.Connection, left: str, right: str) -> None:
    reached = _reach(connection, left)
    if right not in reached:
        return
    chain = [right]
    while chain[-1] != left:
        chain.append(reached[chain[-1]])
    raise ConflictingJudgement(
        f"{left!r} and {right!r} were judged the same, over a chain of {len(chain) - 1} "
        "positive judgements; undo one of them first.",
        left=left,
        right=right,
        existing="positive: " + " / ".join(reversed(chain)),
    )


def _reach(connection: sa.Connection, start: str) -> dict[str, str]:
    """Every id that standing positive rows join with one: id -> the id it was reached from."""
    reached = {start: start}
    frontier = [start]
    while frontier:
        fresh: list[str] = []
        for row in _iter_touching(connection, Judgement.POSITIVE, frontier):
            for near, far in ((row.left_id, row.right_id), (row.right_id, row.left_id)):
                if near in reached and far not in reached:
                    reached[far] = near
                    fresh.append(far)
        frontier = fresh
    return reached


def _iter_touching(
    connection: sa.Connection, judgement: Judgement, ids: Sequence[str]
) -> Iterator[JudgedPair]:
    """Standing rows of one kind that have an end among the ids; maybe twice where both have."""
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        touching = sa.or_(_ROW.left_id.in_(batch), _ROW.right_id.in_(batch))
        kind = _ROW.judgement == judgement.value
        yield from map(_read, connection.execute(_select(_STANDING, kind, touching)).all())


def _select(*conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    return sa.select(JUDGEMENT).where(*conditions).order_by(_ROW.id)


def _read(row: sa.Row[tuple[object, ...]]) -> JudgedPair:
    fields = dict(row._mapping)
    deleted = fields["deleted_at"]
    fields["judgement"] = Judgement(fields["judgement"])
    fields["created_at"] = datetime.fromisoformat(fields["created_at"])
    fields["deleted_at"] = datetime.fromisoformat(deleted) if deleted else None
    return JudgedPair(**fields)


def _to_text(moment: datetime) -> str:
    """Fixed width and UTC, so that texts compare as moments do."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give an aware moment.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _is_storable(text: str) -> bool:
    """Whether both databases take a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
