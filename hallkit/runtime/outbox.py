"""Facts on the device's own disk until the hall store has committed them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from hallkit.errors import HallkitError


class OutboxFullError(HallkitError):
    """The outbox is at its capacity: take nothing more from citizens until the hall store is back."""


class Row(NamedTuple):
    """One fact waiting: its sequence number and its encoded envelope."""

    seq: int
    payload: bytes


class FactSource(Protocol):
    """Anything whose rows a receiver acknowledges cumulatively: an outbox, a journal, a hall store."""

    @property
    def inc(self) -> str:
        """The incarnation the sequence numbers count in."""

    @property
    def acked(self) -> int:
        """Every row up to here is committed at the receiver."""

    @property
    def last(self) -> int:
        """The newest committed row."""

    def rows(self, after: int, limit: int) -> list[Row]:
        """Return up to `limit` committed rows after `after`, oldest first."""

    def acknowledge(self, seq: int) -> None:
        """Note that every row up to `seq` is committed at the receiver."""


_TABLES = """CREATE TABLE IF NOT EXISTS outbox_meta(inc TEXT NOT NULL, acked INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS outbox(seq INTEGER PRIMARY KEY, payload BLOB NOT NULL);"""


class Outbox:
    """A device's facts in its database; `add` belongs inside the caller's own transaction."""

    def __init__(self, database: sqlite3.Connection, new_inc: str, capacity: int = 100_000) -> None:
        self._database = database
        self._capacity = capacity
        self._prepare(new_inc)
        self.inc: str = database.execute("SELECT inc FROM outbox_meta").fetchone()[0]
        self.acked = self.last = 0
        self.reload()

    def _prepare(self, new_inc: str) -> None:
        self._database.executescript(_TABLES)
        if not self._database.execute("SELECT 1 FROM outbox_meta").fetchone():
            self._database.execute("INSERT INTO outbox_meta VALUES (?, 0, 0)", (new_inc,))

    @property
    def depth(self) -> int:
        """How many facts wait for the hall store."""
        return self.last - self.acked

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block stores, or roll it back and forget its numbers."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # a full disk has rolled back already
                self._database.execute("ROLLBACK")
            self.reload()
            raise

    def next_seq(self) -> int:
        """Return the number the next fact will carry; raise OutboxFullError at capacity."""
        if self.depth >= self._capacity:
            raise OutboxFullError(f"{self.depth} facts wait for the hall store; bring it back before taking more")
        return self.last + 1

    def add(self, seq: int, payload: bytes) -> None:
        """Store the fact numbered by `next_seq`; it waits once the caller's transaction commits."""
        self._database.execute("INSERT INTO outbox VALUES (?, ?)", (seq, payload))
        self._database.execute("UPDATE outbox_meta SET last = ?", (seq,))
        self.last = seq

    def reload(self) -> None:
        """Return to what is committed, after the caller rolled its transaction back."""
        self.acked, self.last = self._database.execute("SELECT acked, last FROM outbox_meta").fetchone()

    def rows(self, after: int, limit: int) -> list[Row]:
        """Return up to `limit` waiting facts after `after`, oldest first."""
        found: Iterator[tuple[int, bytes]] = self._database.execute(
            "SELECT seq, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
        )
        return [Row(seq, payload) for seq, payload in found]

    def acknowledge(self, seq: int) -> None:
        """Free every fact up to `seq`, which the hall store has committed."""
        if not self.acked < seq <= self.last:
            return
        with self.transaction():
            self._database.execute("DELETE FROM outbox WHERE seq <= ?", (seq,))
            self._database.execute("UPDATE outbox_meta SET acked = ?", (seq,))
        self.acked = seq
