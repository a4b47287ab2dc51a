"""The incarnations of devices the ledger knows: each one's number, its newest fact, and the digest of an older one."""

import sqlalchemy as sa

from intake_server.store.schema import LEDGER, PLACE, SOURCE

DeviceKey = tuple[str, str, str]
"""Hall, device, incarnation."""

_NUMBER = sa.select(SOURCE.c.source).where(
    SOURCE.c.hall == sa.bindparam("hall_"),
    SOURCE.c.device == sa.bindparam("device_"),
    SOURCE.c.inc == sa.bindparam("inc_"),
)
_LAST = sa.select(sa.func.coalesce(sa.func.max(SOURCE.c.source), 0))
_NEWEST = sa.select(sa.func.max(PLACE.c.seq)).where(PLACE.c.source == sa.bindparam("source_"))
_DIGEST = (
    sa.select(LEDGER.c.digest)
    .join(PLACE, PLACE.c.row == LEDGER.c.row)
    .where(PLACE.c.source == sa.bindparam("source_"), PLACE.c.seq == sa.bindparam("seq_"))
)


def last_source(connection: sa.Connection) -> int:
    """Return the number of the incarnation seen last, 0 before the first."""
    return int(connection.execute(_LAST).scalar_one())


def find_source(connection: sa.Connection, device: DeviceKey) -> tuple[int, int] | None:
    """Return an incarnation's number and its newest settled fact, None if no fact came from it."""
    hall, name, inc = device
    number = connection.execute(_NUMBER, {"hall_": hall, "device_": name, "inc_": inc}).scalar_one_or_none()
    if number is None:
        return None
    return number, connection.execute(_NEWEST, {"source_": number}).scalar_one() or 0


def find_digest(connection: sa.Connection, source: int, seq: int) -> bytes | None:
    """Return the digest of a settled fact, None if there is none under its number."""
    found = connection.execute(_DIGEST, {"source_": source, "seq_": seq}).scalar_one_or_none()
    return bytes(found) if found is not None else None
