"""SQLite opened the one way that keeps a promise."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from hallkit.errors import HallkitError
from hallkit.runtime.commit_points import connection_class


class StoreError(HallkitError):
    """A store could not be opened or written; says which file and what to check."""


Opener = Callable[[str], sqlite3.Connection]
"""Opens the database of a name; a hall uses `open_database`, the simulated day its simulated disk."""

PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
"""How every store of a hall is opened: a commit is on the disk itself before anybody is told of it."""


def open_database(path: str | Path) -> sqlite3.Connection:
    """Open (or create) a database whose commits survive kill -9 and power cuts: WAL with synchronous FULL."""
    try:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=connection_class())
        for pragma in PRAGMAS:
            database.execute(pragma)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"cannot open {path}: {error}; check the disk and who may write there") from error
    return database


def tidy(database: sqlite3.Connection) -> None:
    """Move what was committed into the database file and begin its log anew; else a commit does it that is waited for.

    The log's first page after that is written at once too: SQLite flushes the disk twice for it.
    """
    database.execute("PRAGMA wal_checkpoint(PASSIVE)")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    database.execute(f"PRAGMA user_version={version}")


def migrate(database: sqlite3.Connection, steps: Sequence[str]) -> None:
    """Bring a database to version `len(steps)`, one script a version, each in its own transaction."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > len(steps):
        raise StoreError(
            f"the store is of version {version}, this program knows {len(steps)}; install the newer program"
        )
    for number, script in enumerate(steps[version:], version + 1):
        database.executescript(f"BEGIN;{script};PRAGMA user_version={number};COMMIT;")
