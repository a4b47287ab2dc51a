"""The centre's quarantine, bounded: the oldest messages make room for the newest and are counted on a tombstone."""

from typing import NamedTuple

import sqlalchemy as sa

from intake_server.core.report import Aside
from intake_server.store.schema import QUARANTINE, TOMBSTONE

_SIZE = sa.func.length(QUARANTINE.c.raw)
_TOTAL = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_SIZE), 0)).select_from(QUARANTINE)
_OLDEST = sa.select(QUARANTINE.c.source, QUARANTINE.c.digest, _SIZE, QUARANTINE.c.first_us).order_by(
    QUARANTINE.c.first_us, QUARANTINE.c.source, QUARANTINE.c.digest
)
_ONE = sa.and_(QUARANTINE.c.source == sa.bindparam("source_"), QUARANTINE.c.digest == sa.bindparam("digest_"))
PAGE = 500


class Bounds(NamedTuple):
    """How many messages, and how many bytes of them, the quarantine keeps at most."""

    messages: int = 10_000
    bytes: int = 64_000_000


BOUNDS = Bounds()


def standing(connection: sa.Connection) -> Aside:
    """Return what the quarantine holds and how many messages it let go."""
    messages, size = connection.execute(_TOTAL).one()
    dropped = connection.execute(sa.select(TOMBSTONE.c.messages)).scalar_one_or_none()
    return Aside(int(messages), int(size), int(dropped or 0))


def trim(connection: sa.Connection, bounds: Bounds) -> Aside:
    """Let the oldest messages go until the rest is within `bounds`; return what is there then."""
    now = standing(connection)
    while now.messages > bounds.messages or now.bytes > bounds.bytes:
        _drop(connection, now, bounds)
        now = standing(connection)
    return now


def _drop(connection: sa.Connection, now: Aside, bounds: Bounds) -> None:
    """Let up to a page of messages go, no more than needed."""
    messages, size, gone = now.messages, now.bytes, list[tuple[str, bytes, int, int]]()
    for source, digest, length, first in connection.execute(_OLDEST.limit(PAGE)).all():
        if messages <= bounds.messages and size <= bounds.bytes:
            break
        gone.append((source, digest, length, first))
        messages, size = messages - 1, size - length
    connection.execute(QUARANTINE.delete().where(_ONE), [{"source_": one[0], "digest_": one[1]} for one in gone])
    _count(connection, len(gone), now.bytes - size, gone[0][3], gone[-1][3])


def _count(connection: sa.Connection, messages: int, size: int, first: int, last: int) -> None:
    more = {"messages": TOMBSTONE.c.messages + messages, "bytes": TOMBSTONE.c.bytes + size, "last_us": last}
    if connection.execute(TOMBSTONE.update().values(**more)).rowcount == 0:
        row = {"messages": messages, "bytes": size, "first_us": first, "last_us": last}
        connection.execute(TOMBSTONE.insert(), row)
