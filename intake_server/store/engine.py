"""A database opened the one way that keeps a promise, and brought to the newest schema."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from hallkit.runtime.commit_points import connection_class
from intake_server.errors import LedgerStoreError

CHECKPOINT = "wal_autocheckpoint=4000"
"""16 MB of log: index pages that many commits touch go to the file once."""

MIGRATIONS = Path(__file__).parent / "alembic"

_VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text))

BUSY_SECONDS = 30.0
"""How long a commit waits for another connection's, a slow disk's or a backup's, before it is refused."""

READING = "intake_reading"
"""The execution option of an engine that only reads: one unchanging view, and no waiting for who commits."""


def open_engine(url: str) -> sa.Engine:
    """Open (or create) the database at an SQLAlchemy URL and migrate it; raise LedgerStoreError naming it."""
    shown = sa.make_url(url).render_as_string(hide_password=True)
    try:
        engine = _sqlite(url) if sa.make_url(url).get_backend_name() == "sqlite" else sa.create_engine(url)
        migrate(engine)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise LedgerStoreError(f"cannot open {shown}: {error}; check the disk and who may write there") from error
    return engine


def migrate(engine: sa.Engine) -> None:
    """Run every migration the database has not seen; one that has seen all costs no Alembic in memory."""
    with engine.begin() as connection:
        if _revision(connection) == newest_revision():
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_revision() -> str:
    """Return the name of the last migration: revisions are named r0001, r0002, … like their files."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("r*.py"))


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar_one_or_none()


def _sqlite(url: str) -> sa.Engine:
    path = sa.make_url(url).database
    is_file = bool(path) and path != ":memory:"
    if path and is_file:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"check_same_thread": False, "factory": connection_class(), "timeout": BUSY_SECONDS}
    # Two transactions of two threads on one connection break each other; only a database in memory has but one.
    engine = sa.create_engine(url, poolclass=QueuePool if is_file else StaticPool, connect_args=arguments)
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    """Commits survive kill -9 and power cuts: WAL with synchronous FULL; erased bytes are overwritten."""
    connection.isolation_level = None
    wanted = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", CHECKPOINT)
    for pragma in wanted:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    reads = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
