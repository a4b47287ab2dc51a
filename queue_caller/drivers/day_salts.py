"""The hall's salts for person tokens: one for each business day, random, and gone when nobody needs it."""

import random
import sqlite3
from datetime import date, timedelta

SALT_BITS = 256
KEPT = timedelta(days=2)
"""Salts of days before are dropped: after that nobody can tell whose a token was."""


class DaySalts:
    """Keeps the salts of the days near by, in a database of their own: they are no facts and travel with none.

    Called on the loop: a new one is committed once a business day.
    """

    def __init__(self, database: sqlite3.Connection, chance: random.Random) -> None:
        self._database, self._chance = database, chance
        database.execute("CREATE TABLE IF NOT EXISTS salt(day TEXT PRIMARY KEY, salt BLOB NOT NULL) STRICT")
        self._known: dict[date, bytes] = {}

    def of(self, day: date) -> bytes:
        """Return a day's salt, the same for whoever asks; raise sqlite3.Error where a new one cannot be kept."""
        if day not in self._known:
            self._known[day] = self._kept(day)
        return self._known[day]

    def _kept(self, day: date) -> bytes:
        oldest = day - KEPT
        fresh = self._chance.getrandbits(SALT_BITS).to_bytes(SALT_BITS // 8, "big")
        self._database.execute("DELETE FROM salt WHERE day < ?", (oldest.isoformat(),))
        self._database.execute("INSERT OR IGNORE INTO salt VALUES (?, ?)", (day.isoformat(), fresh))
        found = self._database.execute("SELECT salt FROM salt WHERE day = ?", (day.isoformat(),)).fetchone()
        self._known = {one: salt for one, salt in self._known.items() if one >= oldest}
        return bytes(found[0])
