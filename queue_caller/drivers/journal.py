"""The engine's journal: facts in order, committed before anybody hears of them, and the outbox at the same time."""

import sqlite3
from collections.abc import Iterator, Sequence

from hallkit.runtime.outbox import Row
from hallkit.runtime.store import migrate, tidy

_STEPS = (
    """CREATE TABLE meta(inc TEXT NOT NULL, acked INTEGER NOT NULL);
       CREATE TABLE fact(seq INTEGER PRIMARY KEY, payload BLOB NOT NULL);
       CREATE TABLE snapshot(only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL, state BLOB NOT NULL);""",
)


class Journal:
    """Facts of one queue engine; every method belongs on the engine's writer."""

    def __init__(self, database: sqlite3.Connection, new_inc: str) -> None:
        self._database = database
        migrate(database, _STEPS)
        if not database.execute("SELECT 1 FROM meta").fetchone():
            database.execute("INSERT INTO meta VALUES (?, 0)", (new_inc,))
        self.inc: str = database.execute("SELECT inc FROM meta").fetchone()[0]
        self.acked: int = database.execute("SELECT acked FROM meta").fetchone()[0]
        self.last = self._last()
        self.untidy = 0
        """Commits since the journal was tidied."""

    def append(self, first: int, payloads: Sequence[bytes]) -> None:
        """Commit facts numbered from `first` on, all or none."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.executemany("INSERT INTO fact VALUES (?, ?)", enumerate(payloads, first))
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self.last = first + len(payloads) - 1
        self.untidy += 1

    def tidy(self) -> None:
        """Do while nobody waits what the commit of every few hundredth fact else waits for."""
        tidy(self._database)
        self.untidy = 0

    def rows(self, after: int, limit: int) -> list[Row]:
        """Return up to `limit` committed facts after `after`, oldest first."""
        found = self._database.execute(
            "SELECT seq, payload FROM fact WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
        )
        return [Row(*one) for one in found]

    def acknowledge(self, seq: int) -> None:
        """Note that the hall store has committed every fact up to `seq`."""
        self._database.execute("UPDATE meta SET acked = ?", (seq,))
        self.acked = seq

    def since(self, seq: int) -> Iterator[bytes]:
        """Yield every committed fact after `seq`, oldest first."""
        for (payload,) in self._database.execute("SELECT payload FROM fact WHERE seq > ? ORDER BY seq", (seq,)):
            yield payload

    def newest(self) -> Iterator[bytes]:
        """Yield the committed facts, newest first."""
        for (payload,) in self._database.execute("SELECT payload FROM fact ORDER BY seq DESC"):
            yield payload

    def snapshot(self) -> tuple[int, bytes]:
        """Return the newest snapshot and the fact it includes last; `(0, b"")` if there is none."""
        found: tuple[int, bytes] | None = self._database.execute("SELECT seq, state FROM snapshot").fetchone()
        return found or (0, b"")

    def save_snapshot(self, seq: int, state: bytes) -> None:
        """Keep the engine's state after fact `seq`, in place of the older one."""
        self._database.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)", (seq, state))

    def new_incarnation(self, inc: str) -> None:
        """Number on under another incarnation: the hall store knows more of the old one than this journal does."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("UPDATE meta SET inc = ?, acked = ?", (inc, self.last))
        self._database.execute("COMMIT")
        self.inc, self.acked = inc, self.last

    def forget(self, before: int) -> int:
        """Delete facts before `before` that are acknowledged and in the snapshot; return how many."""
        limit = min(before, self.acked + 1, self.snapshot()[0] + 1)
        return self._database.execute("DELETE FROM fact WHERE seq < ?", (limit,)).rowcount

    def _last(self) -> int:
        highest: int | None = self._database.execute("SELECT max(seq) FROM fact").fetchone()[0]
        return max(highest or 0, self.acked, self.snapshot()[0])
