from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import audit
from casework.audit import START, Position
from casework.ledger import Ledger
from graph.errors import StoreError

ROWS = 6


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    with Ledger.open(place, actor="inventedA") as opened:
        for number in range(1, ROWS + 1):
            opened.record("search", {"query": f"Ärtikel {number}", "hits": number})
        yield opened


def tamper(raw: sa.Engine, *statements: str) -> None:
    """Change rows as whoever owns the database can: without the triggers."""
    with raw.begin() as connection:
        if raw.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        else:
            for name in ("insert", "update", "delete"):
                connection.execute(sa.text(f"DROP TRIGGER audit_log_{name}"))
        for statement in statements:
            connection.execute(sa.text(statement))


def test_an_empty_log_verifies_and_stands_at_the_start(place: str) -> None:
    with Ledger.open(place, actor="inventedA") as empty:
        found = empty.verify()
        assert (found.ok, found.rows, found.first_bad_seq, found.head) == (True, 0, None, START)
        assert empty.position() == START


def test_an_untouched_log_verifies_up_to_its_position(ledger: Ledger) -> None:
    found = ledger.verify()
    assert (found.ok, found.rows, found.first_bad_seq) == (True, ROWS, None)
    assert found.head == ledger.position()
    assert found.head.seq == ROWS


def test_the_hash_can_be_recomputed_from_its_description(ledger: Ledger) -> None:
    entry = ledger.record("search", {"b": 1, "a": "é"})
    assert entry.payload == '{"a":"\\u00e9","b":1}'
    inner = hashlib.sha256(entry.payload.encode()).hexdigest()
    fields = [entry.seq, entry.at, entry.actor, entry.action, inner, entry.previous_hash]
    text = json.dumps(fields, separators=(",", ":"))
    assert entry.hash == hashlib.sha256(text.encode()).hexdigest()


SET = "UPDATE audit_log SET {} WHERE seq = 3"
INSERT = (
    "INSERT INTO audit_log (seq, at, actor, action, payload, previous_hash, hash) "
    "SELECT {seq}, at, actor, action, payload, {previous}, {hash} "
    "FROM audit_log WHERE seq = {source}"
)


@pytest.mark.parametrize(
    "change",
    [
        "at = '2001-01-01T00:00:00.000000+00:00'",
        "actor = 'inventedB'",
        "action = 'view'",
        "payload = '{}'",
        "payload = payload || ' '",
        "previous_hash = hash",
        "hash = previous_hash",
        "actor = action, action = actor",
    ],
)
def test_an_edit_of_any_field_is_found_at_its_row(
    ledger: Ledger, raw: sa.Engine, change: str
) -> None:
    tamper(raw, SET.format(change))
    found = ledger.verify()
    assert (found.ok, found.rows, found.first_bad_seq, found.head.seq) == (False, ROWS, 3, 2)


def test_an_edit_with_its_own_hash_recomputed_is_found_at_the_next_row(
    ledger: Ledger, raw: sa.Engine
) -> None:
    with ledger.reading() as connection:
        row = connection.execute(sa.select(audit.AUDIT_LOG).where(sa.text("seq = 3"))).one()
    digest = audit._hash(row.seq, row.at, "inventedB", row.action, row.payload, row.previous_hash)
    tamper(raw, SET.format(f"actor = 'inventedB', hash = '{digest}'"))
    assert ledger.verify().first_bad_seq == 4


@pytest.mark.parametrize(
    ("statements", "first_bad"),
    [
        (["DELETE FROM audit_log WHERE seq = 1"], 1),
        (["DELETE FROM audit_log WHERE seq = 3"], 3),
        (["DELETE FROM audit_log WHERE seq = 3", "UPDATE audit_log SET seq = 3 WHERE seq = 6"], 3),
    ],
    ids=["first", "inside", "filled with the last"],
)
def test_a_row_removed_is_found_where_it_stood(
    ledger: Ledger, raw: sa.Engine, statements: list[str], first_bad: int
) -> None:
    tamper(raw, *statements)
    found = ledger.verify()
    assert (found.ok, found.first_bad_seq) == (False, first_bad)


def test_two_rows_that_changed_places_are_found(ledger: Ledger, raw: sa.Engine) -> None:
    tamper(
        raw,
        "UPDATE audit_log SET seq = 99 WHERE seq = 4",
        "UPDATE audit_log SET seq = 4 WHERE seq = 5",
        "UPDATE audit_log SET seq = 5 WHERE seq = 99",
    )
    assert ledger.verify().first_bad_seq == 4


@pytest.mark.parametrize("seq", [-1, 0, 7])
def test_a_row_put_in_is_found(ledger: Ledger, raw: sa.Engine, seq: int) -> None:
    tamper(raw, INSERT.format(seq=seq, source=2, previous="previous_hash", hash="hash"))
    found = ledger.verify()
    assert (found.ok, found.rows, found.first_bad_seq) == (False, ROWS + 1, max(seq, 1))


def test_rows_cut_off_at_the_end_show_only_against_a_position_kept_elsewhere(
    ledger: Ledger, raw: sa.Engine
) -> None:
    kept = ledger.position()
    tamper(raw, "DELETE FROM audit_log WHERE seq = 6")
    found = ledger.verify()
    assert found.ok
    assert found.head != kept


@pytest.mark.parametrize("value", ["x'00ff'", "CAST(x'ff' AS TEXT)", "7"])
def test_a_value_that_is_no_text_is_found_and_does_not_stop_the_check(
    ledger: Ledger, raw: sa.Engine, value: str
) -> None:
    if raw.dialect.name == "postgresql":
        pytest.skip("PostgreSQL's columns hold text only")
    tamper(raw, SET.format(f"payload = {value}"))
    assert ledger.verify().first_bad_seq == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'inventedB' WHERE seq = 2",
        "DELETE FROM audit_log WHERE seq = 6",
        INSERT.format(seq=8, source=6, previous="hash", hash="'x'"),
        INSERT.format(seq=7, source=6, previous="previous_hash", hash="'x'"),
        INSERT.format(seq=3, source=6, previous="hash", hash="'x'"),
        INSERT.format(seq=3, source=6, previous="hash", hash="'x'").replace(
            "INTO", "OR REPLACE INTO"
        ),
        "TRUNCATE audit_log",
    ],
    ids=["update", "delete", "gap", "fork", "number twice", "replace", "truncate"],
)
def test_the_database_refuses_what_is_not_an_append(
    ledger: Ledger, raw: sa.Engine, statement: str
) -> None:
    own = {"INSERT OR REPLACE": "sqlite", "TRUNCATE": "postgresql"}
    if any(word in statement and raw.dialect.name != name for word, name in own.items()):
        pytest.skip(f"no such statement in {raw.dialect.name}")
    with raw.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text(statement))
    assert ledger.verify().ok
    assert ledger.position().seq == ROWS


def test_a_clock_set_back_does_not_put_a_row_before_its_predecessor(ledger: Ledger) -> None:
    now = datetime.now(UTC) + timedelta(days=1)
    with ledger.transaction() as connection:
        moments = [
            audit.append(connection, "view", {}, actor="inventedA", now=each).moment
            for each in (now, now, now - timedelta(days=400))
        ]
    assert moments == [now + timedelta(microseconds=number) for number in range(3)]


def test_a_position_names_the_moment_it_was_reached(ledger: Ledger) -> None:
    entry = ledger.record("export", {})
    ledger.record("view", {})
    with ledger.reading() as connection:
        assert audit.require_moment(connection, entry.position) == entry.moment
        assert audit.require_moment(connection, START) < entry.moment


def test_a_position_of_another_ledger_is_refused(ledger: Ledger) -> None:
    stranger = Position(2, "f" * 64)
    with ledger.reading() as connection, pytest.raises(StoreError, match="no audit row 2"):
        audit.require_moment(connection, stranger)


@pytest.mark.parametrize("actor", ["", "  ", "two\nlines", "nul\0", "\ud800"])
def test_an_actor_who_cannot_be_named_is_refused(ledger: Ledger, actor: str) -> None:
    with pytest.raises(ValueError, match="actor"):
        ledger.acting_as(actor).record("view", {})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_a_payload_that_json_lacks_is_refused(ledger: Ledger, value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        ledger.record("view", {"value": value})


@pytest.mark.parametrize("text", ["\0", "\ud800", "دفتر", "🧾", "'; DROP TABLE audit_log; --"])
def test_hostile_text_in_a_payload_is_kept_exactly(ledger: Ledger, text: str) -> None:
    entry = ledger.record("search", {text or "empty": text})
    with ledger.reading() as connection:
        stored = connection.scalar(
            sa.select(audit.AUDIT_LOG.c.payload).where(audit.AUDIT_LOG.c.seq == entry.seq)
        )
    assert json.loads(stored or "") == {text: text}
    assert ledger.verify().ok
