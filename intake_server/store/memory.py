"""What the store remembers of its senders, and the same with what is on its way to the disk."""

from collections.abc import Sequence

import sqlalchemy as sa

from intake_server.store.schema import MARK
from intake_server.store.sources import DeviceKey, find_source
from intake_server.store.transaction import MarkKey, NotAtHandError, Transaction


class Memory:
    """Marks and sources as they were last committed, read from the database when first asked for."""

    def __init__(self) -> None:
        self.marks: dict[MarkKey, tuple[int, int]] = {}
        self.sources: dict[DeviceKey, tuple[int, int]] = {}

    def mark(self, connection: sa.Connection | None, key: MarkKey) -> tuple[int, int]:
        """Return an uplink's mark and the rows it declared lost, nothing of either before its first batch."""
        known = self.marks.get(key)
        if known is None:
            known = self.marks[key] = _read_mark(_open(connection), key)
        return known

    def source(self, connection: sa.Connection | None, device: DeviceKey) -> tuple[int, int] | None:
        """Return an incarnation's number and newest fact, None if it is new."""
        return self.sources.get(device) or find_source(_open(connection), device)

    def learn(self, transaction: Transaction) -> None:
        """Take over what was committed."""
        self.marks.update(transaction.marks)
        for device, number in transaction.numbers.items():
            self.sources[device] = (number, transaction.newest[device])


class Overlay:
    """A memory as it will be once the transactions ahead are committed, in their order."""

    def __init__(self, below: Memory, ahead: Sequence[Transaction]) -> None:
        self._below, self._ahead = below, tuple(reversed(ahead))

    def mark(self, connection: sa.Connection | None, key: MarkKey) -> tuple[int, int]:
        """Return an uplink's mark and the rows it declared lost."""
        for one in self._ahead:
            if (known := one.marks.get(key)) is not None:
                return known
        return self._below.mark(connection, key)

    def source(self, connection: sa.Connection | None, device: DeviceKey) -> tuple[int, int] | None:
        """Return an incarnation's number and newest fact, None if it is new."""
        for one in self._ahead:
            if (number := one.numbers.get(device)) is not None:
                return number, one.newest[device]
        return self._below.source(connection, device)


def _open(connection: sa.Connection | None) -> sa.Connection:
    if connection is None:
        raise NotAtHandError
    return connection


def _read_mark(connection: sa.Connection, key: MarkKey) -> tuple[int, int]:
    hall, uplink, inc = key
    where = (MARK.c.hall == hall, MARK.c.uplink == uplink, MARK.c.inc == inc)
    found = connection.execute(sa.select(MARK.c.mark, MARK.c.lost).where(*where)).one_or_none()
    return (found.mark, found.lost) if found is not None else (0, 0)
