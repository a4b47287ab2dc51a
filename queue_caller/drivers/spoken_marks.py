"""The last call each zone has begun to speak, on disk."""

import sqlite3
from datetime import datetime

from queue_caller.core.announcer import Mark

_TABLE = "CREATE TABLE IF NOT EXISTS spoken_mark(zone TEXT PRIMARY KEY, call INTEGER NOT NULL, at TEXT NOT NULL)"


class SpokenMarks:
    """Survives a restart, so that nothing is called again because a machine was switched on."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute(_TABLE)

    def load(self) -> dict[str, Mark]:
        """Return every zone's mark."""
        rows = self._database.execute("SELECT zone, call, at FROM spoken_mark ORDER BY zone")
        return {zone: Mark(call, datetime.fromisoformat(at)) for zone, call, at in rows}

    def keep(self, zone: str, mark: Mark) -> None:
        """Commit a zone's mark."""
        self._database.execute(
            "INSERT OR REPLACE INTO spoken_mark VALUES (?, ?, ?)", (zone, mark.call, mark.at.isoformat())
        )
