"""Rows of the ledger settled in the tables they are found by, many at once and behind the commits.

A commit only appends; entering a few thousand rows together, in the order of each table, touches every page of it
once. What is not settled yet is at most the ledger's last `BEHIND` rows and a commit.
"""

from typing import Any

import sqlalchemy as sa

from intake_server.store.schema import LEDGER, PLACE, SPAN, SUBJECT

BEHIND = 2_000
"""Rows that may wait to be settled."""

_NEW = sa.and_(LEDGER.c.row > sa.bindparam("after"), LEDGER.c.row <= sa.bindparam("last"))
TICKET_SUBJECT = LEDGER.c.business_day + "/" + LEDGER.c.ticket


def ticket_subject(business_day: str, ticket: str) -> str:
    """Return what the rows about a ticket are found by."""
    return f"{business_day}/{ticket}"


def _entries(table: sa.Table, *columns: sa.ColumnElement[Any]) -> sa.Insert:
    wanted = sa.select(*columns).where(_NEW, *(column.is_not(None) for column in columns[:1]))
    return table.insert().from_select([column.name for column in table.columns], wanted.order_by(*columns[:2]))


_STATEMENTS = (
    _entries(PLACE, LEDGER.c.source, LEDGER.c.seq, LEDGER.c.row),
    _entries(SUBJECT, TICKET_SUBJECT, LEDGER.c.row),
    _entries(SUBJECT, LEDGER.c.service_event, LEDGER.c.row),
    SPAN.insert().from_select(
        [column.name for column in SPAN.columns],
        sa.select(
            sa.func.min(LEDGER.c.row), sa.func.max(LEDGER.c.row), sa.func.min(LEDGER.c.at_us),
            sa.func.max(LEDGER.c.at_us), sa.func.count(LEDGER.c.salt),
        ).where(_NEW),
    ),
)  # fmt: skip


def settle(connection: sa.Connection, after: int, last: int) -> None:
    """Enter the committed rows behind `after` up to `last`, at least one."""
    for statement in _STATEMENTS:
        connection.execute(statement, {"after": after, "last": last})
