"""The audit log: what was done, by whom and when, as a chain in which each row holds the last hash.

Invariant: `seq` counts from 1 without a gap, and `hash` is the SHA-256 of the row's other fields,
among them the hash of the row before. An edited, removed, inserted or moved row breaks the chain
from there on. Rows cut off at the end, and a chain rewritten whole, leave a valid chain: only a
position kept elsewhere shows them. What the actions mean is the caller's affair.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from graph.errors import StoreError

METADATA = sa.MetaData()
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# `casework/migrations` creates it, with its triggers.
AUDIT_LOG = sa.Table(
    "audit_log",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", _TEXT, nullable=False),
    sa.Column("actor", _TEXT, nullable=False),
    sa.Column("action", _TEXT, nullable=False),
    sa.Column("payload", _TEXT, nullable=False),
    sa.Column("previous_hash", _TEXT, nullable=False),
    sa.Column("hash", _TEXT, nullable=False),
)
_READ_AHEAD = 1000


@dataclass(frozen=True, slots=True)
class Position:
    """How far a ledger had come: number and hash of its last audit row. A snapshot names it."""

    seq: int
    hash: str


# No row is written when a ledger is made: two fresh ones have the same position, so that the
# snapshots built on them can have the same hash.
START = Position(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at` is ISO 8601 in UTC, `payload` canonical JSON."""

    seq: int
    at: str
    actor: str
    action: str
    payload: str
    previous_hash: str
    hash: str

    @property
    def moment(self) -> datetime:
        """`at` as an aware datetime."""
        return datetime.fromisoformat(self.at)

    @property
    def position(self) -> Position:
        """Where the ledger stands once this row is written."""
        return Position(self.seq, self.hash)


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the whole chain gave.

    Attributes:
        rows: How many rows the table has.
        first_bad_seq: The first number at which the chain does not hold (the row is edited, moved
            or missing); None when all of it holds.
        head: The last row up to which it holds. Compare it with a position kept elsewhere.
    """

    ok: bool
    rows: int
    first_bad_seq: int | None
    head: Position


def append(
    connection: sa.Connection,
    action: str,
    payload: Mapping[str, Any],
    *,
    actor: str,
    now: datetime | None = None,
) -> Entry:
    """Add a row at the end of the chain.

    Its time is later than that of every row before it, also when the clock was set back, so that
    the order of times is the order of rows and a position names one moment.

    Args:
        connection: Of `Ledger.transaction`, which admits one writer at a time. On any other, a
            row that would fork the chain is refused by the database.
        action: Dotted, what was done: `judgement.decide`.
        payload: Values that JSON has. Keep it to what a review needs: it cannot be removed.
        actor: Who did it.
        now: Aware; the clock by default.

    Raises:
        ValueError: When actor or action is empty or not printable, or a number is not finite.
    """
    for name, text in (("actor", actor), ("action", action)):
        if not text.strip() or not text.isprintable():
            raise ValueError(f"The {name} {text!r} of an audit row is empty or not printable.")
    last = connection.execute(
        sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.seq.desc()).limit(1)
    ).one_or_none()
    previous, after = (Position(last.seq, last.hash), last.at) if last else (START, "")
    at = _stamp(now or datetime.now(UTC), after)
    seq, text = previous.seq + 1, canonical_json(payload)
    digest = _hash(seq, at, actor, action, text, previous.hash)
    entry = Entry(seq, at, actor, action, text, previous.hash, digest)
    connection.execute(sa.insert(AUDIT_LOG).values(asdict(entry)))
    return entry


def position(connection: sa.Connection) -> Position:
    """Number and hash of the last row; `START` when there is none."""
    row = connection.execute(
        sa.select(AUDIT_LOG.c.seq, AUDIT_LOG.c.hash).order_by(AUDIT_LOG.c.seq.desc()).limit(1)
    ).one_or_none()
    return Position(row.seq, row.hash) if row else START


def require_moment(connection: sa.Connection, position: Position) -> datetime:
    """When a ledger came to a position, for the *as of* of a replay.

    Raises:
        StoreError: When this ledger never stood there: it is another one, was cut or rewritten.
    """
    if position == START:
        return datetime.min.replace(tzinfo=UTC)
    at = connection.scalar(
        sa.select(AUDIT_LOG.c.at).where(
            AUDIT_LOG.c.seq == position.seq, AUDIT_LOG.c.hash == position.hash
        )
    )
    if at is None:
        raise StoreError(
            f"This ledger has no audit row {position.seq} with hash {position.hash!r}; it is "
            "another ledger, or its log was changed: run `cuibono audit verify`."
        )
    return datetime.fromisoformat(at)


def verify(connection: sa.Connection) -> Verification:
    """Check the whole chain.

    Finds rows that were edited, removed from inside, inserted or moved. Does not find that the last
    rows were cut off or that all was rewritten with new hashes: compare `head` with a position
    kept elsewhere.

    Complexity:
        One pass in the order of the primary key; memory is constant.
    """
    rows, head, holds = 0, START, True
    query = sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.seq)
    for row in connection.execute(query.execution_options(yield_per=_READ_AHEAD)):
        rows += 1
        fields = tuple(row)
        holds = holds and _continues(fields, head)
        if holds:
            head = Position(fields[0], fields[-1])
    return Verification(holds, rows, None if holds else head.seq + 1, head)


def _continues(fields: tuple[Any, ...], head: Position) -> bool:
    seq, at, actor, action, payload, previous_hash, digest = fields
    # SQLite lets whoever edits the file put a value of any type into a column.
    if not all(isinstance(each, str) for each in fields[1:]):
        return False
    expected = _hash(head.seq + 1, at, actor, action, payload, head.hash)
    return (seq, previous_hash, digest) == (head.seq + 1, head.hash, expected)


def canonical_json(payload: Mapping[str, Any]) -> str:
    """One text for one payload: sorted keys, no spaces, ASCII only.

    ASCII, because then no database, locale or Unicode normalisation on the way can change a byte.
    """
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _hash(seq: int, at: str, actor: str, action: str, payload: str, previous_hash: str) -> str:
    """SHA-256 over all fields; JSON keeps them apart.

    The payload enters by its own digest: a law may one day require a payload to be erased, and its
    digest is then enough to check the chain.
    """
    # surrogateescape: a text that is no longer UTF-8 must fail the check, not stop it.
    inner = hashlib.sha256(payload.encode(errors="surrogateescape")).hexdigest()
    fields = json.dumps([seq, at, actor, action, inner, previous_hash], separators=(",", ":"))
    return hashlib.sha256(fields.encode()).hexdigest()


def _stamp(now: datetime, after: str) -> str:
    at = _to_text(now)
    if at > after:
        return at
    return _to_text(datetime.fromisoformat(after) + timedelta(microseconds=1))


def _to_text(moment: datetime) -> str:
    """Fixed width and UTC, so that texts compare as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
