"""What the hall store was last told of every panel, kept beside the outbox and changed in one commit with it."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from hallkit.runtime.device import Device
from hallkit.runtime.outbox import Outbox

_TABLE = "CREATE TABLE IF NOT EXISTS raised_fault(subject TEXT PRIMARY KEY, fault TEXT NOT NULL)"


class FaultBook:
    """The faults that are raised and not cleared; a controller that dies between two facts goes on where it was."""

    def __init__(self, database: sqlite3.Connection, outbox: Outbox) -> None:
        self._database, self._outbox = database, outbox
        database.execute(_TABLE)

    def raised(self, subject: str) -> Fault | None:
        """Return the fault the hall store was told a panel has, None for a panel that is well."""
        found = self._database.execute("SELECT fault FROM raised_fault WHERE subject = ?", (subject,)).fetchone()
        return Fault(found[0]) if found else None

    def subjects(self) -> list[str]:
        """Return whose faults are raised, in the order of their names."""
        return [name for (name,) in self._database.execute("SELECT subject FROM raised_fault ORDER BY subject")]

    def tell(self, device: Device, subject: str, fault: Fault | None, at: datetime) -> bool:
        """Commit what changed of a panel and how to tell it; raise OutboxFullError or sqlite3.Error if nothing was.

        Return False if the hall store knows it already.
        """
        before = self.raised(subject)
        if fault is before:
            return False
        with self._outbox.transaction():
            for fact in _facts(subject, before, fault, at):
                device.add_fact(fact)
            self._database.execute("DELETE FROM raised_fault WHERE subject = ?", (subject,))
            if fault is not None:
                self._database.execute("INSERT INTO raised_fault VALUES (?, ?)", (subject, fault.value))
        device.facts_committed()
        return True


def _facts(
    subject: str, before: Fault | None, after: Fault | None, at: datetime
) -> Sequence[FaultCleared | FaultRaised]:
    cleared = () if before is None else (FaultCleared(subject=subject, fault=before, at=at),)
    raised = () if after is None else (FaultRaised(subject=subject, fault=after, at=at),)
    return (*cleared, *raised)
