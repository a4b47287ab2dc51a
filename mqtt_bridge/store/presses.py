"""Key presses the bridge has taken from a pad and the queue has not yet answered."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from hallkit.runtime.store import migrate
from mqtt_bridge.core.field_exchange import KeyPress, PadKey

_STEPS = (
    """CREATE TABLE press(
         place INTEGER PRIMARY KEY, serial INTEGER NOT NULL, epoch INTEGER NOT NULL, count INTEGER NOT NULL,
         address INTEGER NOT NULL, key TEXT NOT NULL, held INTEGER NOT NULL, age INTEGER NOT NULL, taken TEXT NOT NULL,
         UNIQUE(serial, epoch, count));""",
)


@dataclass(frozen=True, slots=True)
class KeptPress:
    """One key press and when the bridge took it."""

    press: KeyPress
    taken: datetime


class Presses:
    """Keeps presses in the order taken; a press is on disk before its pad may forget it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        migrate(database, _STEPS)

    def keep(self, press: KeyPress, taken: datetime) -> bool:
        """Store a press; return False for one that is kept already."""
        row = (press.serial, press.epoch, press.count, press.address, press.key.value, press.held, press.age)
        done = self._database.execute(
            "INSERT OR IGNORE INTO press(serial, epoch, count, address, key, held, age, taken) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, taken.isoformat()),
        )
        return done.rowcount == 1

    def forget(self, press: KeyPress) -> None:
        """Delete a press the queue has answered."""
        self._database.execute(
            "DELETE FROM press WHERE serial = ? AND epoch = ? AND count = ?", (press.serial, press.epoch, press.count)
        )

    def kept(self) -> list[KeptPress]:
        """Return every press that waits for the queue, oldest first."""
        found = self._database.execute(
            "SELECT address, serial, epoch, count, key, held, age, taken FROM press ORDER BY place"
        )
        return [
            KeptPress(
                KeyPress(address, serial, epoch, count, PadKey(key), bool(held), age), datetime.fromisoformat(taken)
            )
            for address, serial, epoch, count, key, held, age, taken in found
        ]
