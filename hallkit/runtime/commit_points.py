"""Named commits at which a test may end a program as a power cut would; without an order nothing here is used.

A commit point is `<database>/<verb>-<table>/<before|after>`: the commit of the database file that inserts into,
updates or deletes from the table, and the moment just before or just after it, as `queue-engine/insert-fact/after`.
"""

import os
import re
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hallkit.errors import ConfigError

ORDER: Final = "HALL24_KILL"
"""The environment variable that names the order file: whoever reaches the point written in it is killed, once."""

_WRITES: Final = re.compile(
    r"\s*(INSERT)(?: OR \w+)? INTO\s+\W?(\w+)|\s*(UPDATE)\s+\W?(\w+)|\s*(DELETE) FROM\s+\W?(\w+)"
)
_order: Path | None = None


def arm(order: str | None, *, demo: bool) -> None:
    """Obey an order file from now on, none if empty; raise ConfigError in a hall that is not a demonstration."""
    global _order
    if order and not demo:
        raise ConfigError(f"{ORDER} is set: only a demonstration's programs may be killed; unset it")
    _order = Path(order) if order else None


def connection_class() -> type[sqlite3.Connection]:
    """Return what databases are opened with: SQLite's own connection unless there may be an order."""
    return sqlite3.Connection if _order is None else WatchedConnection


def named(sql: str) -> str | None:
    """Return `<verb>-<table>` of a statement that writes."""
    found = _WRITES.match(sql)
    return "-".join(part for part in found.groups() if part).lower() if found else None


def _ordered() -> str:
    """Return the order that stands, empty if none does: it may be carried out elsewhere while we look."""
    try:
        return _order.read_text("utf-8").strip() if _order is not None else ""
    except FileNotFoundError:
        return ""


class WatchedConnection(sqlite3.Connection):
    """A connection that looks for an order around every commit."""

    def __init__(self, database: str | Path, *rest: Any, **named_rest: Any) -> None:
        super().__init__(database, *rest, **named_rest)
        self.name = Path(database).stem
        self.written: list[str] = []

    def cursor(self, *_: Any) -> "WatchedCursor":  # type: ignore[override]
        """Return a cursor that tells what it writes."""
        return super().cursor(WatchedCursor)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """Run one statement."""
        return self.cursor().execute(sql, *parameters)

    def executemany(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """Run one statement for many rows."""
        return self.cursor().executemany(sql, *parameters)

    def commit(self) -> None:
        """Commit as DB-API callers do."""
        self.around(super().commit)

    def around(self, commit: Callable[[], object]) -> None:
        """Run a commit between its two moments."""
        self._reach("before")
        commit()
        self._reach("after")
        self.written.clear()

    def _reach(self, moment: str) -> None:
        if not self.written or _ordered() not in {f"{self.name}/{one}/{moment}" for one in self.written}:
            return
        assert _order is not None
        _order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


class WatchedCursor(sqlite3.Cursor):
    """A cursor that tells its connection what it writes, and when it commits."""

    connection: WatchedConnection

    def execute(self, sql: str, *parameters: Any) -> "WatchedCursor":
        """Run one statement."""
        return self._run(sql, lambda: super(WatchedCursor, self).execute(sql, *parameters))

    def executemany(self, sql: str, *parameters: Any) -> "WatchedCursor":
        """Run one statement for many rows."""
        return self._run(sql, lambda: super(WatchedCursor, self).executemany(sql, *parameters))

    def _run(self, sql: str, statement: Callable[[], object]) -> "WatchedCursor":
        here = self.connection
        if (name := named(sql)) is not None:
            here.written.append(name)
        if sql.upper().startswith("COMMIT") or (name is not None and not here.in_transaction):
            here.around(statement)
            return self
        statement()
        if sql.upper().startswith("ROLLBACK"):
            here.written.clear()
        return self
