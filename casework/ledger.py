"""The ledger: what people decided, kept for ever, in SQLite or PostgreSQL.

Invariant: whatever changes the ledger is in one transaction with the audit row that records it,
and one writer at a time extends the chain, from however many processes. SQLite runs in WAL mode and
syncs at each commit, so that an acknowledged decision survives a loss of power. What the rows mean
belongs to `casework.audit`, `entity_resolution.judgements` and their like.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework import audit, migrations
from casework.audit import Entry, Position, Verification
from entity_resolution import judgements
from entity_resolution.judgements import JudgedPair, NewJudgement
from graph.errors import ConfigurationError, StoreError, StoreUnavailable

# How long a writer waits for the one before; transactions here take milliseconds.
LOCK_SECONDS = 30
# The first 63 bits of SHA-256("cuibono ledger"): no other application's advisory lock.
LOCK_KEY = 0x3E489A701850661E
POSTGRESQL_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_WRITES = "ledger_writes"
_POLL_SECONDS = 0.05


class Ledger:
    """One open ledger, acted on by one actor. Safe to share between threads, not across a fork."""

    def __init__(self, engine: sa.Engine, name: str, actor: str) -> None:
        self._engine = engine
        self._name = name
        self.actor = actor

    @classmethod
    def open(cls, where: str | Path, *, actor: str) -> Ledger:
        """Open a ledger; create it or bring it to this code's schema where needed.

        Several processes may do so at once.

        Args:
            where: Path of an SQLite file in an existing folder, or a URL (`sqlite:///…`,
                `postgresql://host/database`). Leave a password to PGPASSWORD or a .pgpass file.
            actor: Who acts, as the audit log shall name them.

        Raises:
            ConfigurationError: When the place is no ledger and cannot become one, a newer cuibono
                wrote it, or the driver is not installed.
            StoreUnavailable: When the server does not answer, or another process holds the lock.
        """
        url = _parse_place(where)
        name = _describe(url)
        if url.get_backend_name() == "sqlite":
            _prepare_file(Path(url.database or ""))
        ledger = cls(_make_engine(url), name, actor)
        try:
            ledger._ensure_schema()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def acting_as(self, actor: str) -> Ledger:
        """The same ledger for another actor; closing either closes both."""
        return Ledger(self._engine, self._name, actor)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Write, alone: all of it is kept, or none when the block raises.

        Everything read in it is as the writer before left it. Keep it short: other writers wait.

        Raises:
            StoreUnavailable: When the database is locked for longer than `LOCK_SECONDS`, or away.
            StoreError: When the database refuses a change.
        """
        with (
            self._translating(),
            self._engine.connect() as connection,
            connection.execution_options(**{_WRITES: True}).begin(),
        ):
            if connection.dialect.name == "postgresql":
                wait = sa.func.set_config("lock_timeout", f"{LOCK_SECONDS}s", True)
                connection.execute(sa.select(wait))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_KEY)))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read one state of the ledger; writers neither wait nor are waited for."""
        with self._translating(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    def position(self) -> Position:
        """Number and hash of the last audit row."""
        with self.reading() as connection:
            return audit.position(connection)

    def verify(self) -> Verification:
        """Check the whole audit chain; see `audit.verify` for what it cannot find."""
        with self.reading() as connection:
            return audit.verify(connection)

    def record(self, action: str, payload: Mapping[str, Any]) -> Entry:
        """Log what was done when nothing else changes: a search, a view, an export."""
        with self.transaction() as connection:
            return audit.append(connection, action, payload, actor=self.actor)

    def decide(self, new: NewJudgement) -> JudgedPair:
        """Add a judgement and its audit row.

        Raises:
            ConflictingJudgement: When it contradicts one that stands; nothing is written.
        """
        with self.transaction() as connection:
            left, right = sorted((new.left_id, new.right_id))
            payload = {
                "left": left,
                "right": right,
                "judgement": new.judgement.value,
                "score": new.score,
                "algorithm": new.algorithm,
                "reason": new.reason,
            }
            entry = audit.append(connection, "judgement.decide", payload, actor=self.actor)
            return judgements.decide(connection, new, actor=self.actor, at=entry.moment)

    def undo(self, left: str, right: str, *, reason: str) -> list[JudgedPair]:
        """Withdraw the standing judgements of a pair, with an audit row that says why.

        Returns:
            The rows withdrawn; empty when none stood (the attempt is logged all the same).
        """
        with self.transaction() as connection:
            first, second = sorted((left, right))
            payload = {"left": first, "right": second, "reason": reason}
            entry = audit.append(connection, "judgement.undo", payload, actor=self.actor)
            return judgements.undo(connection, left, right, at=entry.moment)

    def _ensure_schema(self) -> None:
        with self.reading() as connection:
            if migrations.get_revision(connection) == migrations.SCHEMA:
                return
        with self.transaction() as connection:
            migrations.upgrade(connection)

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as exc:
            # The first line only: PostgreSQL's next one quotes the row.
            said = (str(exc.orig).splitlines() or ["no reason given"])[0]
            if _is_passing(exc):
                raise StoreUnavailable(
                    f"The ledger {self._name} does not answer: {said}; try again."
                ) from exc
            raise StoreError(f"The ledger {self._name} refused: {said}.") from exc
        except PoolTimeout as exc:  # every connection of this process is in use
            raise StoreUnavailable(f"The ledger {self._name} is busy; try again.") from exc


def _is_passing(exc: DBAPIError) -> bool:
    if isinstance(exc.orig, sqlite3.Error):
        code = getattr(exc.orig, "sqlite_errorname", "")
        return code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return exc.connection_invalidated or isinstance(exc, OperationalError)


def _parse_place(where: str | Path) -> sa.URL:
    """The database's URL. A message never repeats one that was given: it may hold a password."""
    text = str(where)
    if "://" not in text:
        return sa.URL.create("sqlite", database=str(Path(text).absolute()))
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError) as exc:
        raise ConfigurationError("The ledger's URL is malformed.") from exc
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return sa.URL.create("sqlite", database=str(Path(url.database).absolute()))
    if url.drivername in POSTGRESQL_SCHEMES:
        return url.set(drivername="postgresql+psycopg")
    raise ConfigurationError(
        f"The ledger's URL starts with {url.drivername!r}; give the path of a file, "
        "or a URL that starts with sqlite:/// and a path, or with postgresql://."
    )


def _describe(url: sa.URL) -> str:
    if url.get_backend_name() == "sqlite":
        return repr(url.database)
    return repr(f"postgresql://{url.host or ''}/{url.database or ''}")


def _prepare_file(path: Path) -> None:
    """Create the file, and set WAL mode, which it keeps.

    SQLite does not wait for other processes when the mode changes, so that this does.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.DatabaseError as exc:
            passing = exc.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
            if passing and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                continue
            if passing:
                raise StoreUnavailable(f"The ledger {str(path)!r} is locked; try again.") from exc
            raise ConfigurationError(
                f"{str(path)!r} cannot be opened as a ledger: {exc}; give a file that cuibono "
                "made, or a new one in a folder that exists and can be written to."
            ) from exc
        if mode != "wal":
            raise ConfigurationError(
                f"{str(path)!r} is on a file system without write-ahead logging; "
                "put the ledger on a local disk, or use PostgreSQL."
            )
        return


def _make_engine(url: sa.URL) -> sa.Engine:
    # hide_parameters: an error that is logged must not carry names and reasons.
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return sa.create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except ImportError as exc:
        raise ConfigurationError(
            "A ledger in PostgreSQL needs the driver psycopg: install cuibono[postgres]."
        ) from exc


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Python's driver would begin transactions late, and never as IMMEDIATE.
    connection.isolation_level = None
    connection.text_factory = _decode
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _decode(text: bytes) -> str:
    """Text that someone made invalid outside cuibono is read, so that `verify` can name its row."""
    return text.decode(errors="surrogateescape")


def _begin_sqlite(connection: sa.Connection) -> None:
    # IMMEDIATE: two transactions that both read before they write would otherwise fail, not wait.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
