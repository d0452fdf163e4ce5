"""The audit log and the judgements, both append-only by trigger.

The triggers stop slips and ordinary SQL. Whoever owns the database can drop them: that is what the
hash chain is for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Compared by code point on every database, whatever its locale: ids have one canonical order.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# BEFORE INSERT also refuses SQLite's INSERT OR REPLACE, which deletes without a DELETE trigger.
SQLITE = (
    """
    CREATE TRIGGER audit_log_insert BEFORE INSERT ON audit_log
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_log)
      OR NEW.previous_hash IS NOT coalesce(
        (SELECT hash FROM audit_log ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
    BEGIN SELECT RAISE(ABORT, 'audit_log: the row does not continue the chain'); END
    """,
    """
    CREATE TRIGGER audit_log_update BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_log_delete BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END
    """,
    """
    CREATE TRIGGER judgement_insert BEFORE INSERT ON judgement
    WHEN EXISTS (SELECT 1 FROM judgement WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'judgement is append-only'); END
    """,
    """
    CREATE TRIGGER judgement_update BEFORE UPDATE ON judgement
    WHEN OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL
      OR NEW.id IS NOT OLD.id OR NEW.left_id IS NOT OLD.left_id
      OR NEW.right_id IS NOT OLD.right_id OR NEW.judgement IS NOT OLD.judgement
      OR NEW.score IS NOT OLD.score OR NEW.algorithm IS NOT OLD.algorithm
      OR NEW.reason IS NOT OLD.reason OR NEW.actor IS NOT OLD.actor
      OR NEW.created_at IS NOT OLD.created_at
    BEGIN SELECT RAISE(ABORT, 'judgement is append-only: it can only be undone, once'); END
    """,
    """
    CREATE TRIGGER judgement_delete BEFORE DELETE ON judgement
    BEGIN SELECT RAISE(ABORT, 'judgement is append-only'); END
    """,
)

# 23000 is integrity_constraint_violation, the class that SQLite's RAISE(ABORT) has too.
POSTGRESQL = (
    """
    CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = '23000';
    END $$
    """,
    """
    CREATE FUNCTION audit_log_continue() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM audit_log)
        OR NEW.previous_hash IS DISTINCT FROM coalesce(
          (SELECT hash FROM audit_log ORDER BY seq DESC LIMIT 1), repeat('0', 64))
      THEN
        RAISE EXCEPTION USING
          MESSAGE = 'audit_log: the row does not continue the chain', ERRCODE = '23000';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION judgement_undo_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      undone judgement%ROWTYPE;
    BEGIN
      SELECT OLD.* INTO undone;
      undone.deleted_at = NEW.deleted_at;
      IF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL OR NEW IS DISTINCT FROM undone THEN
        RAISE EXCEPTION USING
          MESSAGE = 'judgement is append-only: it can only be undone, once', ERRCODE = '23000';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_log_insert BEFORE INSERT ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_continue()
    """,
    """
    CREATE TRIGGER audit_log_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse()
    """,
    """
    CREATE TRIGGER audit_log_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
    """,
    """
    CREATE TRIGGER judgement_update BEFORE UPDATE ON judgement
    FOR EACH ROW EXECUTE FUNCTION judgement_undo_only()
    """,
    """
    CREATE TRIGGER judgement_delete BEFORE DELETE ON judgement
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse()
    """,
    """
    CREATE TRIGGER judgement_truncate BEFORE TRUNCATE ON judgement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
    """,
)


def upgrade() -> None:
    """Create both tables and their triggers."""
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("left_id", TEXT, nullable=False),
        sa.Column("right_id", TEXT, nullable=False),
        sa.Column("judgement", TEXT, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("algorithm", TEXT),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("deleted_at", TEXT),
        sa.CheckConstraint("left_id < right_id", name="judgement_order"),
        sa.CheckConstraint(
            "judgement IN ('positive', 'negative', 'unsure')", name="judgement_value"
        ),
        sa.CheckConstraint("score >= 0 AND score <= 1", name="judgement_score"),
    )
    op.create_index("judgement_left", "judgement", ["left_id"])
    op.create_index("judgement_right", "judgement", ["right_id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if postgresql else SQLITE:
        op.execute(statement)
