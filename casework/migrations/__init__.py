"""The ledger's schema: which revision a database has, and how it is brought to this code's.

Revisions form one line; none is edited once released, and none is undone: the way back is a backup.
Nothing is read from the working directory, so an installed wheel migrates as a checkout does.
"""

from __future__ import annotations

import threading

import sqlalchemy as sa

from graph.errors import ConfigurationError

# The revision that this code reads and writes; `tests/casework/test_ledger.py` holds it against
# the files in `versions`.
SCHEMA = "0001"
# Not Alembic's own name: a team's PostgreSQL database may hold another application's.
VERSION_TABLE = "ledger_schema"

_VERSION = sa.table(VERSION_TABLE, sa.column("version_num", sa.String))
# Alembic keeps its environment in module globals.
_ONE_AT_A_TIME = threading.Lock()


def get_revision(connection: sa.Connection) -> str | None:
    """The revision of a database, None when it holds no ledger yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(sa.select(_VERSION.c.version_num))
    return revision


def upgrade(connection: sa.Connection) -> None:
    """Bring a database to this code's schema, within the transaction of the connection.

    Raises:
        ConfigurationError: When a newer version of cuibono wrote it.
    """
    # Slow to import, and needed once in the life of a schema.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "casework:migrations")
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    revision = get_revision(connection)
    if revision is not None and revision not in known:
        raise ConfigurationError(
            f"The ledger has schema {revision!r}, this version of cuibono knows up to {SCHEMA!r}; "
            "install the version that wrote it, or restore a backup of before."
        )
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
