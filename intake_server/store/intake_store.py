"""The commit of what arrives: rows, marks, quarantine and ledger in one transaction."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from contract.body import Fact
from contract.ids import token
from intake_server.core.kinds import PersonalDataErased
from intake_server.core.ledger import GENESIS, Source, microseconds
from intake_server.core.report import Report
from intake_server.core.uplink import BadRow, Batch, Garbage, GoodRow, Outcome, judge
from intake_server.errors import LedgerStoreError
from intake_server.store.quarantine import BOUNDS, Bounds
from intake_server.store.schema import CENTRE, LEDGER, LINK, MARK, QUARANTINE, SECRET
from intake_server.store.transaction import Head, MarkKey, Transaction

DeviceKey = tuple[str, str, str]

_OF_DEVICE = sa.and_(
    LEDGER.c.hall == sa.bindparam("hall_"),
    LEDGER.c.device == sa.bindparam("device_"),
    LEDGER.c.inc == sa.bindparam("inc_"),
)
_NEWEST = sa.select(sa.func.max(LEDGER.c.seq)).where(_OF_DEVICE)
_DIGEST = sa.select(LEDGER.c.digest).where(_OF_DEVICE, LEDGER.c.seq == sa.bindparam("seq_"))


class IntakeStore:
    """The one writer of the centre's database; every method belongs on the writer.

    A transaction the database refuses raises LedgerStoreError and leaves nothing behind, in it or in memory.
    """

    def __init__(self, engine: sa.Engine, chance: random.Random, bounds: Bounds = BOUNDS) -> None:
        self._engine, self._chance, self._bounds = engine, chance, bounds
        self._marks: dict[MarkKey, tuple[int, int]] = {}
        self._newest: dict[DeviceKey, int] = {}
        self.head = self._open_centre()

    def _open_centre(self) -> Head:
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(CENTRE)).one_or_none()
            if found is not None:
                return Head(found.inc, found.seq, found.rows, bytes(found.head))
            head = Head(token(self._chance.getrandbits(128)), 0, 0, GENESIS)
            connection.execute(CENTRE.insert(), {"inc": head.inc, "seq": 0, "rows": 0, "head": GENESIS})
            return head

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
        """Delete salt, personal fields and link of the hall's older rows, with an audit row; nothing to do, no row."""
        limit = microseconds(older_than)
        old = sa.select(LEDGER.c.row).where(LEDGER.c.hall == hall, LEDGER.c.at_us < limit)

        def work(transaction: Transaction) -> None:
            connection = transaction.connection
            connection.execute(LINK.delete().where(LINK.c.row.in_(old)))
            rows = connection.execute(SECRET.delete().where(SECRET.c.row.in_(old))).rowcount
            raw = connection.execute(QUARANTINE.delete().where(QUARANTINE.c.first_us < limit)).rowcount
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
                transaction = Transaction(connection, self.head, self._chance, now, self._bounds)
                work(transaction)
                transaction.write()
        except SQLAlchemyError as error:
            plain = error.orig if isinstance(error, DBAPIError) else error
            raise LedgerStoreError(f"nothing was committed: {plain}; check the database's disk and rights") from error
        return self._keep(transaction)

    def _keep(self, transaction: Transaction) -> Report:
        """Go on from what was committed."""
        self.head = transaction.head
        self._marks.update(transaction.marks)
        self._newest.update(transaction.newest)
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
        device = (source.hall, source.device, source.inc)
        newest = transaction.newest.get(device)
        if newest is None:
            newest = self._known_newest(transaction.connection, device)
        if source.seq > newest:
            transaction.newest[device] = source.seq
            return None
        if (inside := transaction.digests.get((*device, source.seq))) is not None:
            return inside
        where = {**_named(device), "seq_": source.seq}
        found = transaction.connection.execute(_DIGEST, where).scalar_one_or_none()
        return bytes(found) if found is not None else None

    def _known_newest(self, connection: sa.Connection, device: DeviceKey) -> int:
        if device not in self._newest:
            self._newest[device] = connection.execute(_NEWEST, _named(device)).scalar_one() or 0
        return self._newest[device]

    def _known_mark(self, connection: sa.Connection, key: MarkKey) -> tuple[int, int]:
        if key not in self._marks:
            hall, uplink, inc = key
            where = (MARK.c.hall == hall, MARK.c.uplink == uplink, MARK.c.inc == inc)
            found = connection.execute(sa.select(MARK.c.mark, MARK.c.lost).where(*where)).one_or_none()
            self._marks[key] = (found.mark, found.lost) if found is not None else (0, 0)
        return self._marks[key]


def _named(device: DeviceKey) -> dict[str, str]:
    return dict(zip(("hall_", "device_", "inc_"), device, strict=True))
