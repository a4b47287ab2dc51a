"""The commit of what arrives: rows, marks, quarantine and ledger in one transaction."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from contract.body import Fact
from contract.ids import token
from intake_server.core.kinds import PersonalDataErased
from intake_server.core.ledger import GENESIS, Source, microseconds
from intake_server.core.report import Report
from intake_server.core.uplink import BadRow, Batch, Garbage, GoodRow, Outcome, judge
from intake_server.errors import LedgerStoreError
from intake_server.store.erasing import erase_quarantine, erase_rows
from intake_server.store.quarantine import BOUNDS, Bounds
from intake_server.store.schema import CENTRE, MARK
from intake_server.store.settling import BEHIND, settle
from intake_server.store.sources import DeviceKey, find_digest, find_source, last_source
from intake_server.store.transaction import Head, MarkKey, Transaction


class IntakeStore:
    """The one writer of the centre's database; every method belongs on the writer.

    A transaction the database refuses raises LedgerStoreError and leaves nothing behind, in it or in memory.
    """

    def __init__(self, engine: sa.Engine, chance: random.Random, bounds: Bounds = BOUNDS) -> None:
        self._engine, self._chance, self._bounds = engine, chance, bounds
        self._marks: dict[MarkKey, tuple[int, int]] = {}
        self._sources: dict[DeviceKey, tuple[int, int]] = {}
        self.head = self._open_centre()

    def _open_centre(self) -> Head:
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(CENTRE)).one_or_none()
            if found is not None:
                return self._settled(connection, found)
            head = Head(token(self._chance.getrandbits(128)), 0, 0, GENESIS)
            first = {"inc": head.inc, "seq": 0, "rows": 0, "head": GENESIS, "settled": 0}
            connection.execute(CENTRE.insert(), first)
            return head

    def _settled(self, connection: sa.Connection, found: sa.Row[Any]) -> Head:
        """Settle what an earlier run left behind: whoever asks for an incarnation's newest fact needs all of it."""
        if found.rows > found.settled:
            settle(connection, found.settled, found.rows)
            connection.execute(CENTRE.update().values(settled=found.rows))
        return Head(found.inc, found.seq, found.rows, bytes(found.head), found.rows, last_source(connection))

    def take(self, arrived: Iterable[Batch | Garbage], now: datetime) -> Report:
        """Commit everything that arrived, in the order it came."""

        def work(transaction: Transaction) -> None:
            for one in arrived:
                if isinstance(one, Garbage):
                    transaction.quarantine(f"topic {one.topic[:200]}", None, one.fault, one.raw)
                else:
                    self._take_batch(transaction, one)

        return self._commit(work, now)

    def record(self, hall: str, facts: Sequence[Fact], now: datetime) -> Report:
        """Commit facts of the centre itself."""
        return self._commit(lambda transaction: transaction.append_own(hall, facts), now)

    def erase(self, hall: str, older_than: datetime, rule: str, now: datetime) -> Report:
        """Erase salt, personal fields and link of the hall's older rows, with an audit row; nothing to do, no row."""
        limit = microseconds(older_than)

        def work(transaction: Transaction) -> None:
            transaction.settle()
            rows = erase_rows(transaction.connection, hall, limit)
            raw = erase_quarantine(transaction.connection, limit)
            if rows or raw:
                erased = PersonalDataErased(rows=rows, raw=raw, before=older_than, rule=rule, at=now)
                transaction.append_own(hall, [erased])

        return self._commit(work, now)

    def mark(self, hall: str, uplink: str, inc: str) -> int:
        """Return the last committed row of a hall store, 0 before the first."""
        with self._engine.connect() as connection:
            return self._known_mark(connection, (hall, uplink, inc))[0]

    def commit(self, work: Callable[[Transaction], None], now: datetime) -> Report:
        """Commit what `work` adds to the ledger and to tables of its own, in one transaction."""
        return self._commit(work, now)

    def _commit(self, work: Callable[[Transaction], None], now: datetime) -> Report:
        try:
            with self._engine.begin() as connection:
                transaction = self._transaction(connection, now)
                transaction.settle(most=BEHIND)
                work(transaction)
                transaction.write()
        except SQLAlchemyError as error:
            plain = error.orig if isinstance(error, DBAPIError) else error
            raise LedgerStoreError(f"nothing was committed: {plain}; check the database's disk and rights") from error
        return self._keep(transaction)

    def _transaction(self, connection: sa.Connection, now: datetime) -> Transaction:
        def find(device: DeviceKey) -> tuple[int, int] | None:
            return self._sources.get(device) or find_source(connection, device)

        return Transaction(connection, self.head, find, self._chance, now, self._bounds)

    def _keep(self, transaction: Transaction) -> Report:
        """Go on from what was committed."""
        self.head = transaction.head
        self._marks.update(transaction.marks)
        self._sources.update(
            (device, (number, transaction.newest[device])) for device, number in transaction.numbers.items()
        )
        return transaction.report

    def _take_batch(self, transaction: Transaction, batch: Batch) -> None:
        key = (batch.uplink.hall, batch.uplink.name, batch.inc)
        mark, lost = transaction.marks.get(key) or self._known_mark(transaction.connection, key)
        verdict, report = judge(mark, batch), transaction.report
        if verdict.outcome is Outcome.EARLY:
            report.early += 1
            return
        report.acks[batch.uplink, batch.inc] = verdict.mark
        if verdict.outcome is Outcome.KNOWN:
            report.repeated += 1
            return
        gone = verdict.lost[1] - verdict.lost[0] + 1 if verdict.lost else 0
        transaction.marks[key] = (verdict.mark, lost + gone)
        report.lost += gone
        where = "/".join(key)
        for row in verdict.rows:
            self._take_row(transaction, where, row)

    def _take_row(self, transaction: Transaction, where: str, row: GoodRow | BadRow) -> None:
        if isinstance(row, BadRow):
            transaction.quarantine(where, row.number, row.fault, row.raw)
            return
        known = self._digest(transaction, row.source)
        if known is None:
            transaction.append(row.source, row.fact, row.parts, row.at, row.digest)
        elif known == row.digest:
            transaction.report.repeated += 1
        else:
            transaction.report.conflicts += 1
            transaction.quarantine(where, row.number, "conflict", row.raw)

    def _digest(self, transaction: Transaction, source: Source) -> bytes | None:
        """Return the digest held under a fact's number; only numbers up to the newest need a look."""
        number, newest = transaction.known((source.hall, source.device, source.inc))
        if source.seq > newest:
            return None
        if (inside := transaction.digests.get((number, source.seq))) is not None:
            return inside
        transaction.settle()
        return find_digest(transaction.connection, number, source.seq)

    def _known_mark(self, connection: sa.Connection, key: MarkKey) -> tuple[int, int]:
        if key not in self._marks:
            hall, uplink, inc = key
            where = (MARK.c.hall == hall, MARK.c.uplink == uplink, MARK.c.inc == inc)
            found = connection.execute(sa.select(MARK.c.mark, MARK.c.lost).where(*where)).one_or_none()
            self._marks[key] = (found.mark, found.lost) if found is not None else (0, 0)
        return self._marks[key]
