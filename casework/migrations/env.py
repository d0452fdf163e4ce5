"""Alembic's environment: runs the revisions on the connection that `upgrade` was given.

Alembic executes this file; nothing imports it. The transaction is the caller's.
"""

from __future__ import annotations

from alembic import context

from casework.migrations import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
