"""What a rating pad keeps: its outbox, which service events were rated, and reasons still to be answered."""

import sqlite3
from collections.abc import Callable

from contract.body import Fact
from contract.rating import RatingGiven, RatingReasonsGiven
from hallkit.runtime.outbox import Outbox, OutboxFullError

KEPT_EVENTS = 500
_TABLES = """
CREATE TABLE IF NOT EXISTS rated(number INTEGER PRIMARY KEY, service_event TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS reasons_open(rating TEXT PRIMARY KEY, service_event TEXT NOT NULL);"""


class PadOutbox(Outbox):
    """An outbox that says when the hall store took something."""

    on_acknowledged: Callable[[], None] = staticmethod(lambda: None)

    def acknowledge(self, seq: int) -> None:
        """Free every fact up to `seq`, then tell."""
        super().acknowledge(seq)
        self.on_acknowledged()

    @property
    def is_full(self) -> bool:
        """Whether the next press could not be stored; a rating needs room for its reasons too."""
        return self.depth + 2 > self._capacity


class PadStore:
    """Every fact and what follows from it in one transaction; `add_fact` numbers and stores a fact within it."""

    def __init__(self, database: sqlite3.Connection, outbox: PadOutbox, add_fact: Callable[[Fact], None]) -> None:
        self._database, self._outbox, self._add_fact = database, outbox, add_fact
        database.executescript(_TABLES)

    def is_rated(self, service_event: str) -> bool:
        """Whether this pad already took a rating for a service event."""
        found = self._database.execute("SELECT 1 FROM rated WHERE service_event = ?", (service_event,))
        return found.fetchone() is not None

    def rate(self, fact: RatingGiven) -> bool:
        """Commit a rating; False if its service event has one; OutboxFullError if there is no room for its reasons."""
        if self.is_rated(fact.service_event):
            return False
        if self._outbox.is_full:
            raise OutboxFullError("the pad's store is full; bring the hall store back before taking more")
        with self._outbox.transaction():
            self._add_fact(fact)
            self._database.execute("INSERT INTO rated(service_event) VALUES (?)", (fact.service_event,))
            self._database.execute(
                "DELETE FROM rated WHERE number <= (SELECT max(number) FROM rated) - ?", (KEPT_EVENTS,)
            )
            if fact.grade.is_bad:
                self._database.execute("INSERT INTO reasons_open VALUES (?, ?)", (fact.rating, fact.service_event))
        return True

    def answer(self, fact: RatingReasonsGiven) -> None:
        """Commit the answer to the reasons question, once."""
        with self._outbox.transaction():
            gone = self._database.execute("DELETE FROM reasons_open WHERE rating = ?", (fact.rating,))
            if gone.rowcount:
                self._add_fact(fact)

    def unanswered(self) -> list[RatingReasonsGiven]:
        """Return empty answers for the questions a power cut interrupted."""
        rows = self._database.execute("SELECT rating, service_event FROM reasons_open ORDER BY rating")
        return [RatingReasonsGiven(rating=rating, service_event=event) for rating, event in rows]
