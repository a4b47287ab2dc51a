"""The ledger read back: pages for verification, events for replay, and one visitor's rows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake_server.core.event import Event
from intake_server.core.kinds import LedgerKind
from intake_server.core.ledger import GENESIS, LedgerRow, Secret, Source, microseconds, moment_of, opened, verify
from intake_server.core.report import Aside
from intake_server.store.engine import READING
from intake_server.store.quarantine import standing
from intake_server.store.schema import CENTRE, LEDGER, LINK, QUARANTINE, SOURCE, SPAN, SUBJECT
from intake_server.store.settling import ticket_subject

PAGE = 5_000
"""Rows read at once."""

_JOINED = sa.select(LEDGER, SOURCE.c.hall, SOURCE.c.device, SOURCE.c.inc).join(
    SOURCE, SOURCE.c.source == LEDGER.c.source
)
_BEHIND = LEDGER.c.row > sa.select(CENTRE.c.settled).scalar_subquery()
"""The rows that are not settled yet: a few thousand at the end, read through."""


class LedgerReader:
    """Reads of the centre's database, each in a transaction of its own beside the writer's."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(**{READING: True})

    def page(self, after: int, limit: int = PAGE) -> list[tuple[LedgerRow, Secret | None]]:
        """Return up to `limit` rows after row `after`, oldest first, each with its secret unless erased."""
        wanted = _JOINED.where(LEDGER.c.row > after).order_by(LEDGER.c.row).limit(limit)
        with self._engine.connect() as connection:
            return [(_row(found), _secret(found)) for found in connection.execute(wanted)]

    def rows(self) -> Iterator[tuple[LedgerRow, Secret | None]]:
        """Return the whole ledger, a page at a time."""
        after = 0
        while page := self.page(after):
            yield from page
            after = page[-1][0].row

    def first_broken(self) -> int | None:
        """Return the first row that does not hold, or None: the whole chain against the recorded head."""
        with self._engine.connect() as connection:
            head = bytes(connection.execute(sa.select(CENTRE.c.head)).scalar_one())
        return verify(self.rows(), GENESIS, 1, head)

    def events_since(self, moment: datetime) -> Iterator[Event]:
        """Return every event from the first row at or after `moment` on, in ledger order."""
        with self._engine.connect() as connection:
            wanted = LEDGER.c.row >= _first_row(connection, moment), LEDGER.c.at_us >= microseconds(moment)
            start = connection.execute(sa.select(LEDGER.c.row).where(*wanted).order_by(LEDGER.c.row).limit(1)).scalar()
        after = start - 1 if start is not None else None
        while after is not None and (page := self.page(after)):
            yield from (_event(row, secret) for row, secret in page)
            after = page[-1][0].row

    def ratings_between(self, first: datetime, end: datetime) -> Iterator[Event]:
        """Return every event of ratings and their rectification from `first` until before `end`, in ledger order."""
        with self._engine.connect() as connection:
            wanted = _JOINED.where(
                LEDGER.c.row >= _first_row(connection, first),
                LEDGER.c.kind == LedgerKind.RATING.value,
                LEDGER.c.at_us >= microseconds(first),
                LEDGER.c.at_us < microseconds(end),
            )
            for found in connection.execute(wanted.order_by(LEDGER.c.row)):
                yield _event(_row(found), _secret(found))

    def events_of_ticket(self, hall: str, business_day: str, ticket: str) -> list[Event]:
        """Return what is known of one ticket and of its service events, in ledger order."""
        mine = sa.and_(LEDGER.c.ticket == ticket, LEDGER.c.business_day == business_day)
        with self._engine.connect() as connection:
            found = _rows_about(connection, hall, mine, [ticket_subject(business_day, ticket)])
            visits = sorted({one.service_event for one in found if one.service_event is not None})
            found += _rows_about(connection, hall, LEDGER.c.service_event.in_(visits), visits) if visits else []
        rows = {one.row: one for one in found}
        return [_event(_row(rows[number]), _secret(rows[number])) for number in sorted(rows)]

    def find_ticket(self, token: str) -> tuple[str, str, str] | None:
        """Return hall, business day and ticket of a slip's token, or of a service event."""
        by_link = sa.select(LINK.c.hall, LINK.c.business_day, LINK.c.ticket).where(LINK.c.link == token)
        with self._engine.connect() as connection:
            if (slip := connection.execute(by_link).one_or_none()) is not None:
                return slip[0], slip[1], slip[2]
            about = _rows_about(connection, None, LEDGER.c.service_event == token, [token])
        found = next((one for one in about if one.ticket is not None), None)
        return (found.hall, found.business_day, found.ticket) if found is not None else None

    def quarantine_sizes(self) -> dict[str, int]:
        """Return how many different messages are quarantined, by the rule they break."""
        counted = sa.select(QUARANTINE.c.fault, sa.func.count()).group_by(QUARANTINE.c.fault)
        with self._engine.connect() as connection:
            return {found[0]: found[1] for found in connection.execute(counted.order_by(QUARANTINE.c.fault))}

    def quarantine_standing(self) -> Aside:
        """Return what the quarantine holds and how many messages it let go."""
        with self._engine.connect() as connection:
            return standing(connection)


def _first_row(connection: sa.Connection, moment: datetime) -> int:
    """Return a row before which nothing happened at or after `moment`."""
    span = sa.select(sa.func.min(SPAN.c.first)).where(SPAN.c.high_us >= microseconds(moment))
    first = connection.execute(span).scalar_one()
    return int(first if first is not None else connection.execute(sa.select(CENTRE.c.settled)).scalar_one() + 1)


def _rows_about(
    connection: sa.Connection, hall: str | None, condition: sa.ColumnElement[bool], subjects: list[str]
) -> list[sa.Row[Any]]:
    """Return the rows about subjects, settled or not, in ledger order; `condition` says the same of a row itself."""
    settled = LEDGER.c.row.in_(sa.select(SUBJECT.c.row).where(SUBJECT.c.subject.in_(subjects)))
    here = SOURCE.c.hall == hall if hall is not None else sa.true()
    found = [row for place in (settled, _BEHIND) for row in connection.execute(_JOINED.where(place, condition, here))]
    return sorted(found, key=lambda one: int(one.row))


def _row(found: Any) -> LedgerRow:
    source = Source(found.hall, found.device, found.inc, found.seq)
    hashes = bytes(found.public), bytes(found.commitment), bytes(found.chain)
    return LedgerRow(found.row, found.at_us, LedgerKind(found.kind), found.type, source, *hashes)


def _secret(found: Any) -> Secret | None:
    return Secret(bytes(found.salt), bytes(found.personal)) if found.salt is not None else None


def _event(row: LedgerRow, secret: Secret | None) -> Event:
    fact = opened(row.type, row.public, secret.personal if secret is not None else None)
    return Event(row.row, moment_of(row.at_us), row.kind, row.source.hall, row.source.device, fact)
