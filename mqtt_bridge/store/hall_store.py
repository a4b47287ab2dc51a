"""The hall store's tables: facts in order of arrival, a mark for every sender, and the quarantine."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from contract.topics import Address
from hallkit.rules.marks import Verdict, judge
from hallkit.runtime.store import migrate
from mqtt_bridge.core.arrival import Arrival
from mqtt_bridge.store.quarantine import BOUNDS, STEP, Bounds, Quarantine, Standing

_STEPS = (
    """CREATE TABLE meta(inc TEXT NOT NULL, uplinked INTEGER NOT NULL);
       CREATE TABLE mark(kind TEXT, name TEXT, inc TEXT, seq INTEGER NOT NULL, PRIMARY KEY(kind, name, inc));
       CREATE TABLE fact(
         row INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, inc TEXT NOT NULL, seq INTEGER NOT NULL,
         digest BLOB NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL);
       CREATE UNIQUE INDEX fact_number ON fact(kind, name, inc, seq);
       CREATE TABLE quarantine(
         id INTEGER PRIMARY KEY, at TEXT NOT NULL, topic TEXT NOT NULL, fault TEXT NOT NULL, payload BLOB NOT NULL);""",
    STEP,
    "CREATE TABLE day(date TEXT PRIMARY KEY, first INTEGER NOT NULL);",
)


class Stored(NamedTuple):
    """One committed fact and its place in the store."""

    row: int
    topic: str
    payload: bytes


class Sender(NamedTuple):
    """Whose numbering a mark counts."""

    address: Address
    inc: str


@dataclass(slots=True)
class Taken:
    """What one commit did."""

    acks: dict[Sender, int] = field(default_factory=dict)
    rows: int = 0
    quarantined: list[str] = field(default_factory=list)
    dropped: int = 0
    """Messages the quarantine let go to make room."""


class HallStore:
    """Takes batches of arrivals in one transaction each; every method belongs on the store's writer."""

    def __init__(self, database: sqlite3.Connection, hall: str, new_inc: str, bounds: Bounds = BOUNDS) -> None:
        self._database, self._hall = database, hall
        migrate(database, _STEPS)
        self._aside = Quarantine(database, bounds)
        if not database.execute("SELECT 1 FROM meta").fetchone():
            database.execute("INSERT INTO meta VALUES (?, 0)", (new_inc,))
        self.inc: str = database.execute("SELECT inc FROM meta").fetchone()[0]
        self.uplinked: int = database.execute("SELECT uplinked FROM meta").fetchone()[0]
        self.last = self._last_row()
        self._marks = self._read_marks()
        self._day = self.newest_day()

    def take(self, arrivals: Iterable[Arrival], at: str) -> Taken:
        """Commit a batch and return whom to acknowledge how far; on an error nothing of it happened."""
        taken = Taken()
        before = dict(self._marks)
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for arrival in arrivals:
                self._take_one(arrival, at, taken)
            for sender, seq in taken.acks.items():
                self._database.execute(
                    "INSERT INTO mark VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq",
                    (sender.address.kind, sender.address.name, sender.inc, seq),
                )
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            self._marks, self._day = before, self.newest_day()
            self._aside.recount()
            self.last = self._last_row()
            raise
        return taken

    def rows(self, after: int, limit: int) -> list[Stored]:
        """Return up to `limit` committed facts after row `after`, oldest first."""
        found = self._database.execute(
            "SELECT row, topic, payload FROM fact WHERE row > ? ORDER BY row LIMIT ?", (after, limit)
        )
        return [Stored(*one) for one in found]

    def note_uplinked(self, row: int) -> None:
        """Note that the centre has committed everything up to `row`."""
        self._database.execute("UPDATE meta SET uplinked = ?", (row,))
        self.uplinked = row

    def forget(self, since: date, limit: int) -> int:
        """Delete up to `limit` facts that came before `since` and that the centre has; return how many."""
        old = "SELECT max(first) FROM day WHERE date < ?"
        young = f"SELECT ({old}), (SELECT min(first) FROM day WHERE first > ({old}))"
        last_old, first_young = self._database.execute(young, (since.isoformat(),) * 2).fetchone()
        end = min(first_young or self.uplinked, self.uplinked) if last_old is not None else 0
        oldest = "DELETE FROM fact WHERE row IN (SELECT row FROM fact WHERE row < ? ORDER BY row LIMIT ?)"
        return self._database.execute(oldest, (end, limit)).rowcount

    def newest_day(self) -> date | None:
        """Return the day on which the newest fact came, by the clock of then; None for an empty store."""
        found = self._database.execute("SELECT date FROM day ORDER BY first DESC LIMIT 1").fetchone()
        return date.fromisoformat(found[0]) if found else None

    def mark(self, address: Address, inc: str) -> int:
        """Return how far a sender's facts are committed."""
        return self._marks.get(Sender(address, inc), 0)

    def marks(self) -> dict[Sender, int]:
        """Return how far every sender's newest facts are committed, in the order the senders became known."""
        return dict(self._marks)

    def quarantined(self) -> list[tuple[str, str]]:
        """Return topic and fault of everything in quarantine, oldest first."""
        return list(self._database.execute("SELECT topic, fault FROM quarantine ORDER BY id"))

    def erase_quarantine(self) -> int:
        """Delete what is in quarantine; return how many messages that were."""
        return self._aside.erase()

    def forget_quarantine(self, since: date) -> int:
        """Delete what came into quarantine before `since`; return how many messages that were."""
        return self._aside.erase_before(since.isoformat())

    @property
    def aside(self) -> int:
        """How many messages are in quarantine."""
        return self._aside.messages

    def standing(self) -> Standing:
        """Return how full the quarantine is and what it let go."""
        return self._aside.standing()

    def _take_one(self, arrival: Arrival, at: str, taken: Taken) -> None:
        if arrival.address is None or arrival.inc is None or arrival.seq is None:
            self._quarantine(arrival, at, taken)
            return
        sender = Sender(arrival.address, arrival.inc)
        mark = self._marks.get(sender, 0)
        verdict = judge(mark, arrival.seq, arrival.low)
        if verdict is Verdict.AHEAD:
            return
        if verdict is Verdict.KNOWN:
            self._compare(arrival, at, taken)
        else:
            self._store(arrival, verdict, mark, at, taken)
            self._marks[sender] = arrival.seq
        taken.acks[sender] = self._marks.get(sender, 0)

    def _store(self, arrival: Arrival, verdict: Verdict, mark: int, at: str, taken: Taken) -> None:
        if verdict is Verdict.AFTER_LOSS:
            self._quarantine(arrival, at, taken, f"lost: {mark + 1} to {(arrival.seq or 0) - 1} are nowhere", b"")
        if arrival.fault is not None:
            self._quarantine(arrival, at, taken)
            return
        assert arrival.address is not None
        if self._day != (day := date.fromisoformat(at[:10])):
            self._database.execute("INSERT OR REPLACE INTO day VALUES (?, ?)", (day.isoformat(), self.last + 1))
            self._day = day
        self._database.execute(
            "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.last + 1,
                arrival.address.kind,
                arrival.address.name,
                arrival.inc,
                arrival.seq,
                arrival.digest,
                arrival.topic,
                arrival.payload,
            ),
        )
        self.last += 1
        taken.rows += 1

    def _compare(self, arrival: Arrival, at: str, taken: Taken) -> None:
        assert arrival.address is not None
        number = (arrival.address.kind, arrival.address.name, arrival.inc, arrival.seq)
        known = self._database.execute(
            "SELECT digest FROM fact WHERE kind = ? AND name = ? AND inc = ? AND seq = ?", number
        ).fetchone()
        if known is not None and known[0] != arrival.digest:
            self._quarantine(arrival, at, taken, "number_reused: another fact has this number")

    def _quarantine(
        self, arrival: Arrival, at: str, taken: Taken, fault: str | None = None, payload: bytes | None = None
    ) -> None:
        cause = fault or arrival.fault or "unreadable"
        raw = arrival.payload if payload is None else payload
        taken.dropped += self._aside.add(at, arrival.topic, cause, raw)
        taken.quarantined.append(cause)

    def _last_row(self) -> int:
        highest: int | None = self._database.execute("SELECT max(row) FROM fact").fetchone()[0]
        return max(highest or 0, self.uplinked)

    def _read_marks(self) -> dict[Sender, int]:
        found = self._database.execute("SELECT kind, name, inc, seq FROM mark")
        return {Sender(Address(self._hall, kind, name), inc): seq for kind, name, inc, seq in found}
