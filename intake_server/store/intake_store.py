"""The commit of what arrives: rows, marks, quarantine and ledger in one transaction."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
from intake_server.store.memory import Memory, Overlay
from intake_server.store.quarantine import BOUNDS, Bounds
from intake_server.store.schema import CENTRE
from intake_server.store.settling import settle
from intake_server.store.sources import find_digest, last_source
from intake_server.store.transaction import Head, NotAtHandError, Transaction


class IntakeStore:
    """The one writer of the centre's database; every method belongs on the writer.

    A transaction the database refuses raises LedgerStoreError and leaves nothing behind, in it or in memory.
    """

    def __init__(self, engine: sa.Engine, chance: random.Random, bounds: Bounds = BOUNDS) -> None:
        self._engine, self._chance, self._bounds = engine, chance, bounds
        self._known = Memory()
        self._settled = 0
        self._ahead: deque[Prepared] = deque()
        self.head = self._open_centre()

    def _open_centre(self) -> Head:
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(CENTRE)).one_or_none()
            if found is not None:
                return self._reopen(connection, found)
            head = Head(token(self._chance.getrandbits(128)), 0, 0, GENESIS)
            first = {"inc": head.inc, "seq": 0, "rows": 0, "head": GENESIS, "settled": 0}
            connection.execute(CENTRE.insert(), first)
            return head

    def _reopen(self, connection: sa.Connection, found: sa.Row[Any]) -> Head:
        """Settle what an earlier run left behind: whoever asks for an incarnation's newest fact needs all of it."""
        if found.rows > found.settled:
            settle(connection, found.settled, found.rows)
            connection.execute(CENTRE.update().values(settled=found.rows))
        self._settled = found.rows
        return Head(found.inc, found.seq, found.rows, bytes(found.head), last_source(connection))

    def prepare(self, arrived: Sequence[Batch | Garbage], now: datetime) -> Callable[[], Report] | None:
        """Seal what arrived behind what is on its way to the disk, on the loop, and return its commit for the writer.

        Return None where only the database can tell what something means: then `take` it, after all that is prepared.
        """
        while self._ahead and self._ahead[0].is_over:
            self._ahead.popleft()
        if any(one.is_void for one in self._ahead):
            return None
        base = self._ahead[-1].transaction.head if self._ahead else self.head
        overlay = Overlay(self._known, [one.transaction for one in self._ahead])
        transaction = Transaction(base, overlay, self._chance, now, self._bounds)
        try:
            _take_all(transaction, arrived)
        except NotAtHandError:
            return None
        prepared = Prepared(tuple(arrived), now, transaction)
        self._ahead.append(prepared)
        return lambda: self._commit_prepared(prepared)

    def _commit_prepared(self, prepared: "Prepared") -> Report:
        """Commit what was prepared; if something came between, seal it again."""
        try:
            if prepared.transaction.base is self.head:
                return self._write(prepared.transaction, lambda transaction: None)
            prepared.is_void = True
            return self.take(prepared.arrived, prepared.now)
        except LedgerStoreError:
            prepared.is_void = True
            raise
        finally:
            prepared.is_over = True

    def take(self, arrived: Iterable[Batch | Garbage], now: datetime) -> Report:
        """Commit everything that arrived, in the order it came."""
        return self.commit(lambda transaction: _take_all(transaction, arrived), now)

    def record(self, hall: str, facts: Sequence[Fact], now: datetime) -> Report:
        """Commit facts of the centre itself."""
        return self.commit(lambda transaction: transaction.append_own(hall, facts), now)

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

        return self.commit(work, now)

    def mark(self, hall: str, uplink: str, inc: str) -> int:
        """Return the last committed row of a hall store, 0 before the first."""
        with self._engine.connect() as connection:
            return self._known.mark(connection, (hall, uplink, inc))[0]

    def commit(self, work: Callable[[Transaction], None], now: datetime) -> Report:
        """Commit what `work` adds to the ledger and to tables of its own, in one transaction."""
        return self._write(Transaction(self.head, self._known, self._chance, now, self._bounds), work)

    def _write(self, transaction: Transaction, work: Callable[[Transaction], None]) -> Report:
        try:
            with self._engine.begin() as connection:
                transaction.attach(connection, self._settled)
                work(transaction)
                transaction.write()
        except SQLAlchemyError as error:
            plain = error.orig if isinstance(error, DBAPIError) else error
            raise LedgerStoreError(f"nothing was committed: {plain}; check the database's disk and rights") from error
        return self._keep(transaction)

    def _keep(self, transaction: Transaction) -> Report:
        """Go on from what was committed; the head last, because the loop prepares on it."""
        self._known.learn(transaction)
        self._settled = transaction.settled
        self.head = transaction.head
        return transaction.report


@dataclass(slots=True)
class Prepared:
    """What arrived, sealed on the loop; the writer tells whether it went wrong (`is_void`) and that it is done with."""

    arrived: tuple[Batch | Garbage, ...]
    now: datetime
    transaction: Transaction
    is_void: bool = False
    is_over: bool = False


def _take_all(transaction: Transaction, arrived: Iterable[Batch | Garbage]) -> None:
    for one in arrived:
        if isinstance(one, Garbage):
            transaction.quarantine(f"topic {one.topic[:200]}", None, one.fault, one.raw)
        else:
            _take_batch(transaction, one)


def _take_batch(transaction: Transaction, batch: Batch) -> None:
    key = (batch.uplink.hall, batch.uplink.name, batch.inc)
    mark, lost = transaction.mark(key)
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
        _take_row(transaction, where, row)


def _take_row(transaction: Transaction, where: str, row: GoodRow | BadRow) -> None:
    if isinstance(row, BadRow):
        transaction.quarantine(where, row.number, row.fault, row.raw)
        return
    known = _digest(transaction, row.source)
    if known is None:
        transaction.append(row.source, row.fact, row.parts, row.at, row.digest)
    elif known == row.digest:
        transaction.report.repeated += 1
    else:
        transaction.report.conflicts += 1
        transaction.quarantine(where, row.number, "conflict", row.raw)


def _digest(transaction: Transaction, source: Source) -> bytes | None:
    """Return the digest held under a fact's number; only numbers up to the newest need a look."""
    number, newest = transaction.known((source.hall, source.device, source.inc))
    if source.seq > newest:
        return None
    if (inside := transaction.digests.get((number, source.seq))) is not None:
        return inside
    transaction.settle()
    return find_digest(transaction.connection, number, source.seq)
