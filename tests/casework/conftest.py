"""Places for a ledger: a file, and an empty schema on a real PostgreSQL server.

The server is `CUIBONO_TEST_POSTGRES_URL` (a throwaway database: schemas are made and dropped in
it), or one that is started from the machine's binaries. Without either, or without the driver, the
PostgreSQL half skips visibly.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

READY_SECONDS = 20.0


def _find_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.skip("PostgreSQL is not installed; set CUIBONO_TEST_POSTGRES_URL to a server")
    return found[-1].parent if found else Path(on_path or "").parent


def _user() -> str | None:
    """The server refuses root: another account, or None to stay who we are."""
    if os.geteuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    pytest.skip("PostgreSQL refuses root, and there is no other account")


def _wait(url: sa.URL) -> None:
    engine = sa.create_engine(url)
    deadline = time.monotonic() + READY_SECONDS
    try:
        while True:
            try:
                with engine.connect():
                    return
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """The URL of a database in which tests may make schemas."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: cuibono[postgres]")
    if given := os.environ.get("CUIBONO_TEST_POSTGRES_URL"):
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    binaries, user = _find_binaries(), _user()
    home = Path(tempfile.mkdtemp(prefix="cuibono-postgresql-"))
    if user:
        shutil.chown(home, user)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    subprocess.run(
        [binaries / "initdb", "-A", "trust", "-U", "ledger", "-E", "UTF8", "--no-sync",
         "-D", home / "data"],
        check=True, capture_output=True, user=user, cwd=home,
    )  # fmt: skip
    options = ("fsync=off", "unix_socket_directories=", "listen_addresses=127.0.0.1")
    command = [str(binaries / "postgres"), "-D", str(home / "data"), "-p", str(port)]
    for option in options:
        command += ["-c", option]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=home)
    try:
        url = sa.URL.create(
            "postgresql+psycopg", "ledger", host="127.0.0.1", port=port, database="postgres"
        )
        _wait(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # ends open sessions
        server.wait(timeout=READY_SECONDS)
        shutil.rmtree(home)


def _run(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new ledger can be opened, on each of the databases."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.sqlite")
        return
    server: sa.URL = request.getfixturevalue("postgresql_server")
    name = f"ledger_{uuid.uuid4().hex}"
    _run(server, f"CREATE SCHEMA {name}")
    url = server.update_query_dict({"options": f"-csearch_path={name}"})
    yield url.render_as_string(hide_password=False)
    _run(server, f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def raw(place: str) -> Iterator[sa.Engine]:
    """Another program's access to the same database, as someone who tampers has it."""
    engine = sa.create_engine(place if "://" in place else f"sqlite:///{place}")
    yield engine
    engine.dispose()
