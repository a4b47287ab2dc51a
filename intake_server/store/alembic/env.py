"""Alembic's entry: migrates the connection it is given."""

from alembic import context

from intake_server.store import case_tables  # noqa: F401  (registers its tables)
from intake_server.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
