"""What did not validate, raw and bounded: the oldest makes room for the newest and is counted on a tombstone."""

import sqlite3
from typing import NamedTuple

STEP = """CREATE TABLE tombstone(messages INTEGER NOT NULL, bytes INTEGER NOT NULL, first TEXT, last TEXT);
          INSERT INTO tombstone VALUES (0, 0, NULL, NULL);"""
"""The migration that lets a quarantine forget."""


class Bounds(NamedTuple):
    """How many messages, and how many bytes of them, a quarantine keeps at most."""

    messages: int = 10_000
    bytes: int = 64_000_000


BOUNDS = Bounds()


class Standing(NamedTuple):
    """What a quarantine holds, and what it let go: messages and bytes, and when the oldest and newest of those came."""

    messages: int
    bytes: int
    dropped: int
    dropped_bytes: int
    first: str | None
    last: str | None


class Quarantine:
    """The table of one store, written inside the store's own transactions."""

    def __init__(self, database: sqlite3.Connection, bounds: Bounds) -> None:
        self._database, self._bounds = database, bounds
        self._messages = self._bytes = 0
        self.recount()

    def recount(self) -> None:
        """Count again what is there: after a start, or a transaction that came to nothing."""
        found = self._database.execute("SELECT count(*), total(length(payload)) FROM quarantine").fetchone()
        self._messages, self._bytes = int(found[0]), int(found[1])

    def add(self, at: str, topic: str, fault: str, payload: bytes) -> int:
        """Put one message aside; return how many of the oldest went because there was more than may be."""
        self._database.execute(
            "INSERT INTO quarantine(at, topic, fault, payload) VALUES (?, ?, ?, ?)", (at, topic, fault, payload)
        )
        self._messages, self._bytes = self._messages + 1, self._bytes + len(payload)
        dropped = 0
        while self._messages > self._bounds.messages or self._bytes > self._bounds.bytes:
            self._drop_oldest()
            dropped += 1
        return dropped

    def erase(self) -> int:
        """Delete everything; return how many messages that were."""
        erased = self._database.execute("DELETE FROM quarantine").rowcount
        self.recount()
        return erased

    def erase_before(self, at: str) -> int:
        """Delete what came before `at`, an ISO time of the hall; return how many messages that were."""
        erased = self._database.execute("DELETE FROM quarantine WHERE at < ?", (at,)).rowcount
        if erased:
            self.recount()
        return erased

    @property
    def messages(self) -> int:
        """How many messages are here."""
        return self._messages

    def standing(self) -> Standing:
        """Return how full the quarantine is and what it let go."""
        return Standing(self._messages, self._bytes, *self._database.execute("SELECT * FROM tombstone").fetchone())

    def _drop_oldest(self) -> None:
        oldest = "SELECT id, at, length(payload) FROM quarantine ORDER BY id LIMIT 1"
        number, at, size = self._database.execute(oldest).fetchone()
        self._database.execute("DELETE FROM quarantine WHERE id = ?", (number,))
        self._database.execute(
            "UPDATE tombstone SET messages = messages + 1, bytes = bytes + ?, first = coalesce(first, ?), last = ?",
            (size, at, at),
        )
        self._messages, self._bytes = self._messages - 1, self._bytes - size
