"""One connection to a Neo4j server: reads, writes, and errors in words of ours.

The driver is imported here and only when a connection is opened, so that everything else runs
without it. Query texts are constants; data travels as parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from graph.errors import ConfigurationError, StoreError, StoreUnavailable

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Session

Auth = tuple[str, str] | None
Statement = tuple[str, Mapping[str, Any]]
# A search fetches level by level, so a single statement is short; one that is not is a fault.
TIMEOUT_S = 60.0
STATE = "MATCH (s:CuibonoSnapshot {key: 'snapshot'}) RETURN s.id, s.state, s.dataset_codes"


def plain_uri(uri: str) -> str:
    """The URI without user and password, for messages."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme}://{host}{port}"


class Connection:
    """A driver with retries, time-outs and errors of ours. Safe to share between threads."""

    def __init__(self, driver: Driver, uri: str, database: str | None) -> None:
        self._driver = driver
        self._database = database
        self.uri = plain_uri(uri)

    @classmethod
    def open(cls, uri: str, auth: Auth = None, *, database: str | None = None) -> Connection:
        """Connect and check that the server answers.

        Raises:
            ConfigurationError: When the driver is not installed or the URI is not one.
            StoreUnavailable: When the server does not answer or refuses the credentials.
        """
        try:
            import neo4j  # slow and not needed by the embedded backend
        except ImportError as exc:
            raise ConfigurationError(
                "The Neo4j driver is not installed; `pip install neo4j`."
            ) from exc
        try:
            driver = neo4j.GraphDatabase.driver(
                uri,
                auth=auth,
                connection_timeout=15.0,
                max_transaction_retry_time=10.0,
                notifications_min_severity="OFF",  # about labels that are not there yet
            )
        except (ValueError, neo4j.exceptions.ConfigurationError) as exc:
            raise ConfigurationError(
                f"{plain_uri(uri)} is no Bolt URI; write bolt://host:7687 or neo4j+s://host."
            ) from exc
        connection = cls(driver, uri, database)
        try:
            with connection._errors():
                driver.verify_connectivity()
        except BaseException:
            driver.close()
            raise
        return connection

    def close(self) -> None:
        """Close every connection of the pool."""
        self._driver.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        try:
            yield
        except AuthError as exc:
            error = StoreUnavailable(
                f"Neo4j at {self.uri} refuses the user or the password; "
                "check CUIBONO_NEO4J_USER and CUIBONO_NEO4J_PASSWORD."
            )
            error.retryable = False
            raise error from exc
        except (DriverError, OSError) as exc:
            raise StoreUnavailable(
                f"Neo4j at {self.uri} does not answer ({type(exc).__name__}); "
                "check that the server runs and that the address is right."
            ) from exc
        except Neo4jError as exc:
            if exc.is_retryable() or "TransientError" in (exc.code or ""):
                raise StoreUnavailable(
                    f"Neo4j at {self.uri} could not finish ({exc.code}); try again."
                ) from exc
            raise StoreError(f"Neo4j at {self.uri} refused a statement: {exc.code}.") from exc

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._errors(), self._driver.session(database=self._database) as session:
            yield session

    def read(self, *statements: Statement) -> list[list[list[Any]]]:
        """The rows of each statement, all read in one transaction."""

        def work(transaction: ManagedTransaction) -> list[list[list[Any]]]:
            return [_rows(transaction, each) for each in statements]

        with self._session() as session:
            return session.execute_read(_with_timeout(work))

    def stream(self, text: str) -> Iterator[list[Any]]:
        """The rows of one statement as they arrive; no time-out, because it may read everything."""
        with self._session() as session:
            for record in session.run(text):
                yield record.values()

    def write(self, *statements: Statement, require: Statement | None = None) -> None:
        """Run statements in one transaction; all of them happen or none.

        Args:
            statements: In order.
            require: Must give a row, else nothing happens.

        Raises:
            StoreUnavailable: When `require` gives no row.
        """

        def work(transaction: ManagedTransaction) -> None:
            if require is not None and not _rows(transaction, require):
                raise StoreUnavailable(
                    f"Another load into {self.uri} began meanwhile; load again when it has ended."
                )
            for each in statements:
                _rows(transaction, each)

        with self._session() as session:
            session.execute_write(_with_timeout(work))

    def define(self, statements: Sequence[str]) -> None:
        """Run schema statements, each in a transaction of its own, and wait for the indexes."""
        with self._session() as session:
            for text in statements:
                session.run(text).consume()
            session.run("CALL db.awaitIndexes(300)").consume()


def _rows(transaction: ManagedTransaction, statement: Statement) -> list[list[Any]]:
    text, parameters = statement
    # The driver types texts as literals; ours are constants or joined from allow-lists.
    result = transaction.run(text, dict(parameters))
    return [record.values() for record in result]


def _with_timeout(work: Callable[[ManagedTransaction], Any]) -> Callable[[ManagedTransaction], Any]:
    from neo4j import unit_of_work

    wrapped: Callable[[ManagedTransaction], Any] = unit_of_work(timeout=TIMEOUT_S)(work)
    return wrapped
