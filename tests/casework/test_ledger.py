from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from casework import audit, migrations
from casework.ledger import Ledger
from entity_resolution import judgements
from entity_resolution.judgements import Judgement, NewJudgement, find_clusters, list_as_of
from graph.errors import (
    ConfigurationError,
    ConflictingJudgement,
    ResolutionError,
    StoreError,
    StoreUnavailable,
)

PROJECT = Path(__file__).resolve().parents[2]
POSITIVE, NEGATIVE = Judgement.POSITIVE, Judgement.NEGATIVE


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    with Ledger.open(place, actor="inventedA") as opened:
        yield opened


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        stdout=subprocess.PIPE, text=True, cwd=PROJECT,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> None:
    with process:
        assert process.wait(timeout=60) == 0


def same(left: str, right: str) -> NewJudgement:
    return NewJudgement(left, right, POSITIVE, "same passport")


def different(left: str, right: str) -> NewJudgement:
    return NewJudgement(left, right, NEGATIVE, "born in other years")


# Opening and migration


def test_a_new_ledger_has_the_schema_of_the_tables(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        assert migrations.get_revision(connection) == migrations.SCHEMA
        options = {"compare_type": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        tables = sa.MetaData()
        for each in (audit.AUDIT_LOG, judgements.JUDGEMENT):
            each.to_metadata(tables)
        assert compare_metadata(context, tables) == []


def _is_ours(_: object, name: str | None, *__: object) -> bool:
    return name != migrations.VERSION_TABLE


def test_the_schema_is_the_newest_revision() -> None:
    files = (PROJECT / "casework" / "migrations" / "versions").glob("v*.py")
    assert max(file.name[1:5] for file in files) == migrations.SCHEMA


def test_a_ledger_is_opened_again_as_it_was_left(place: str) -> None:
    with Ledger.open(place, actor="inventedA") as first:
        left = first.record("view", {}).position
    with Ledger.open(place, actor="inventedB") as second:
        assert second.position() == left


def test_a_migration_that_fails_leaves_nothing_behind(place: str, raw: sa.Engine) -> None:
    with raw.begin() as connection:
        connection.execute(sa.text("CREATE TABLE judgement (other INTEGER)"))
    with pytest.raises(StoreError, match="already exists"):
        Ledger.open(place, actor="inventedA")
    with raw.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["judgement"]


def test_a_ledger_of_a_newer_version_is_refused_with_the_remedy(place: str, raw: sa.Engine) -> None:
    Ledger.open(place, actor="inventedA").close()
    with raw.begin() as connection:
        connection.execute(sa.text("UPDATE ledger_schema SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=r"'9999'.*install the version that wrote it"):
        Ledger.open(place, actor="inventedA")


OPEN = """
import sys
from casework.ledger import Ledger
with Ledger.open(sys.argv[1], actor="inventedA") as ledger:
    ledger.record("view", {})
"""


def test_three_processes_may_create_one_ledger_at_once(place: str) -> None:
    for process in [start(OPEN, place) for _ in range(3)]:
        finish(process)
    with Ledger.open(place, actor="inventedA") as ledger:
        assert (ledger.verify().ok, ledger.position().seq) == (True, 3)


def test_threads_may_create_ledgers_at_once(tmp_path: Path) -> None:
    def make(number: int) -> int:
        with Ledger.open(tmp_path / f"{number % 3}.sqlite", actor="inventedA") as ledger:
            return ledger.record("view", {}).seq

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(make, range(6))) == [1, 1, 1, 2, 2, 2]


def test_sqlite_runs_with_the_promised_settings(tmp_path: Path) -> None:
    with (
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", actor="inventedA") as ledger,
        ledger.reading() as connection,
    ):
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert found == ["wal", 2, 1, 30_000]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_text("not a database, and long enough to be taken for one " * 20)
    with pytest.raises(ConfigurationError, match="cannot be opened as a ledger"):
        Ledger.open(path, actor="inventedA")


def test_a_folder_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a folder that exists"):
        Ledger.open(tmp_path / "absent" / "ledger.sqlite", actor="inventedA")


@pytest.mark.parametrize(
    "url", ["mysql://u:hush@host/db", "sqlite://", "sqlite:///:memory:", "://"]
)
def test_a_url_of_another_kind_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Ledger.open(url, actor="inventedA")
    assert "hush" not in str(caught.value)


def test_a_server_that_does_not_answer_is_unavailable_and_its_password_unsaid() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed: cuibono[postgres]")
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1") as caught:
        Ledger.open("postgresql://u:hush@127.0.0.1:1/db?connect_timeout=2", actor="inventedA")
    assert caught.value.retryable
    assert "hush" not in str(caught.value)


def test_a_driver_that_is_absent_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"install cuibono\[postgres\]"):
        Ledger.open("postgresql://host/db", actor="inventedA")


# Transactions


def test_nothing_is_kept_when_a_transaction_fails(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.transaction() as connection:
            audit.append(connection, "view", {}, actor="inventedA")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert ledger.position() == audit.START


def test_a_reader_sees_one_state_while_others_write(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        before = audit.position(connection)
        ledger.record("view", {})
        assert audit.position(connection) == before
    assert ledger.position().seq == before.seq + 1


APPEND = """
import sys
from casework.ledger import Ledger
with Ledger.open(sys.argv[1], actor=sys.argv[2]) as ledger:
    for number in range(100):
        ledger.record("view", {"number": number})
"""


def test_two_processes_extend_one_unbroken_chain(ledger: Ledger, place: str) -> None:
    for process in [start(APPEND, place, actor) for actor in ("inventedA", "inventedB")]:
        finish(process)
    found = ledger.verify()
    assert (found.ok, found.rows) == (True, 200)
    with ledger.reading() as connection:
        rows = connection.execute(
            sa.select(audit.AUDIT_LOG.c.actor, audit.AUDIT_LOG.c.at).order_by(sa.text("seq"))
        ).all()
    assert {actor: [each.actor for each in rows].count(actor) for actor in
            ("inventedA", "inventedB")} == {"inventedA": 100, "inventedB": 100}  # fmt: skip
    moments = [each.at for each in rows]
    assert moments == sorted(set(moments))


CRASH = """
import sys, time
from casework import audit
from casework.ledger import Ledger
ledger = Ledger.open(sys.argv[1], actor="inventedA")
ledger.record("view", {"number": 1})
with ledger.transaction() as connection:
    for number in range(2, 2000):
        audit.append(connection, "view", {"number": number}, actor="inventedA")
    print("written", flush=True)
    time.sleep(60)
"""


def test_a_process_killed_in_a_transaction_leaves_a_chain_that_verifies(place: str) -> None:
    with start(CRASH, place) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    with Ledger.open(place, actor="inventedB") as ledger:
        assert ledger.record("view", {}).seq == 2
        found = ledger.verify()
    assert (found.ok, found.rows) == (True, 2)


def test_a_lock_held_too_long_is_unavailable_and_may_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.ledger.LOCK_SECONDS", 0.05)
    path = tmp_path / "ledger.sqlite"
    with (
        Ledger.open(path, actor="inventedA") as ledger,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked") as caught:
            ledger.record("view", {})
        assert caught.value.retryable
        other.execute("ROLLBACK")
        assert ledger.record("view", {}).seq == 1


def test_a_refusal_of_the_database_is_a_store_error_without_the_row(ledger: Ledger) -> None:
    bad = sa.insert(judgements.JUDGEMENT).values(
        left_id="b", right_id="a", judgement="positive", reason="hush", actor="x", created_at="x"
    )

    def write() -> None:
        with ledger.transaction() as connection:
            connection.execute(bad)

    with pytest.raises(StoreError) as caught:
        write()
    assert not caught.value.retryable
    assert "hush" not in str(caught.value)


# Judgements with their audit rows


def test_a_judgement_and_its_audit_row_name_one_moment_and_actor(ledger: Ledger) -> None:
    judged = ledger.acting_as("inventedB").decide(same("b", "a"))
    with ledger.reading() as connection:
        row = connection.execute(sa.select(audit.AUDIT_LOG)).one()
    assert (row.action, row.actor, judged.actor) == ("judgement.decide", "inventedB", "inventedB")
    assert row.at == judged.created_at.isoformat(timespec="microseconds")
    assert '"left":"a"' in row.payload


def test_a_conflicting_judgement_leaves_no_audit_row(ledger: Ledger) -> None:
    ledger.decide(same("a", "b"))
    before = ledger.position()
    with pytest.raises(ConflictingJudgement):
        ledger.decide(different("b", "a"))
    assert ledger.position() == before


def test_a_ledger_position_gives_the_judgements_of_then(ledger: Ledger) -> None:
    ledger.decide(same("a", "b"))
    joined = ledger.position()
    withdrawn = ledger.undo("b", "a", reason="wrong passport")
    apart = ledger.position()
    assert [each.deleted_at is not None for each in withdrawn] == [True]
    with ledger.reading() as connection:
        found = [
            find_clusters(list_as_of(connection, audit.require_moment(connection, each)))
            for each in (audit.START, joined, apart)
        ]
    assert found == [[], [frozenset("ab")], []]


def test_undoing_what_nobody_judged_is_logged_and_changes_nothing(ledger: Ledger) -> None:
    assert ledger.undo("a", "b", reason="none") == []
    assert ledger.position().seq == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM judgement",
        "UPDATE judgement SET reason = 'other' WHERE id = 1",
        "UPDATE judgement SET judgement = 'negative', deleted_at = '2' WHERE id = 1",
        "UPDATE judgement SET score = 0.5, deleted_at = '2' WHERE id = 1",
        "UPDATE judgement SET deleted_at = NULL WHERE id = 2",
        "UPDATE judgement SET deleted_at = '2' WHERE id = 2",
        "TRUNCATE judgement",
        "INSERT OR REPLACE INTO judgement SELECT 1, 'a', 'b', 'negative', NULL, NULL, 'x', 'x', "
        "'1', NULL",
    ],
)
def test_the_database_lets_a_judgement_only_be_undone_once(
    ledger: Ledger, raw: sa.Engine, statement: str
) -> None:
    own = {"INSERT OR REPLACE": "sqlite", "TRUNCATE": "postgresql"}
    if any(word in statement and raw.dialect.name != name for word, name in own.items()):
        pytest.skip(f"no such statement in {raw.dialect.name}")
    ledger.decide(same("a", "b"))
    ledger.decide(same("c", "d"))
    ledger.undo("c", "d", reason="wrong passport")
    with raw.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text(statement))


def test_ids_have_one_order_on_every_database(ledger: Ledger) -> None:
    pairs = [("B", "a"), ("a-b", "aa"), ("é", "z"), ("ａ", "😀"), ("1", "A")]
    for left, right in pairs:
        found = ledger.decide(same(right, left))
        assert (found.left_id, found.right_id) == tuple(sorted((left, right)))


def test_two_writers_cannot_together_make_a_contradiction(ledger: Ledger) -> None:
    ledger.decide(same("b", "c"))

    def attempt(new: NewJudgement) -> bool:
        try:
            ledger.decide(new)
        except ResolutionError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(attempt, [same("a", "b"), different("a", "c")]))
    assert sorted(done) == [False, True]
