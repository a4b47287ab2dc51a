"""Erasure: salt, personal fields and slip's token go, every hash stays."""

import sqlalchemy as sa

from intake_server.store.schema import LEDGER, LINK, QUARANTINE, SOURCE, SPAN

_OLD = sa.and_(
    LEDGER.c.row.between(sa.bindparam("first_"), sa.bindparam("last_")),
    LEDGER.c.at_us < sa.bindparam("limit_"),
    LEDGER.c.salt.is_not(None),
    LEDGER.c.source.in_(sa.select(SOURCE.c.source).where(SOURCE.c.hall == sa.bindparam("hall_"))),
)
_FORGET = LEDGER.update().where(_OLD).values(salt=None, personal=None)
_UNLINK = LINK.delete().where(LINK.c.row.in_(sa.select(LEDGER.c.row).where(_OLD)))
_COUNT = SPAN.update().where(SPAN.c.first == sa.bindparam("first_"))


def erase_rows(connection: sa.Connection, hall: str, limit_us: int) -> int:
    """Erase the hall's settled rows from before `limit_us`; return how many had something to erase."""
    wanted = sa.select(SPAN).where(SPAN.c.low_us < limit_us, SPAN.c.secrets > 0).order_by(SPAN.c.first)
    erased = 0
    for span in connection.execute(wanted).all():
        place = {"first_": span.first, "last_": span.last, "limit_": limit_us, "hall_": hall}
        connection.execute(_UNLINK, place)
        rows = connection.execute(_FORGET, place).rowcount
        connection.execute(_COUNT.values(secrets=span.secrets - rows), {"first_": span.first})
        erased += rows
    return erased


def erase_quarantine(connection: sa.Connection, limit_us: int) -> int:
    """Erase quarantined messages from before `limit_us`; return how many."""
    return connection.execute(QUARANTINE.delete().where(QUARANTINE.c.first_us < limit_us)).rowcount
