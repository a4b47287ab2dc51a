"""The tables of the centre; alembic/versions brings a database to them step by step."""

from typing import Any

import sqlalchemy as sa


def _present(column: str) -> dict[str, Any]:
    return {f"{dialect}_where": sa.text(f"{column} IS NOT NULL") for dialect in ("sqlite", "postgresql")}


METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MARK = sa.Table(
    "uplink_mark",
    METADATA,
    sa.Column("hall", sa.Text, primary_key=True),
    sa.Column("uplink", sa.Text, primary_key=True),
    sa.Column("inc", sa.Text, primary_key=True),
    sa.Column("mark", sa.BigInteger, nullable=False),
    sa.Column("lost", sa.BigInteger, nullable=False),
)
"""How far each hall store is committed here, and how many of its rows it declared lost."""

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A BIGINT that is SQLite's own row number: the table itself is its index."""

SOURCE = sa.Table(
    "ledger_source",
    METADATA,
    sa.Column("source", _ROW_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("hall", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("inc", sa.Text, nullable=False),
    sa.UniqueConstraint("hall", "device", "inc", name="uq_ledger_source_hall"),
)
"""Every incarnation of a device that facts came from, numbered as they were first seen."""

LEDGER = sa.Table(
    "ledger",
    METADATA,
    sa.Column("row", _ROW_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("source", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("business_day", sa.Text),
    sa.Column("ticket", sa.Text),
    sa.Column("service_event", sa.Text),
    sa.Column("public", sa.LargeBinary, nullable=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary),
    sa.Column("personal", sa.LargeBinary),
)
"""Append-only but for `salt` and `personal`, which erasure takes away; found by row number alone, see SPAN."""

PLACE = sa.Table(
    "ledger_place",
    METADATA,
    sa.Column("source", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("row", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The row of a device's fact, which is unique for ever."""

SUBJECT = sa.Table(
    "ledger_subject",
    METADATA,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The rows about a service event, or about a ticket as `business day/ticket`."""

SPAN = sa.Table(
    "ledger_span",
    METADATA,
    sa.Column("first", _ROW_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("low_us", sa.BigInteger, nullable=False),
    sa.Column("high_us", sa.BigInteger, nullable=False),
    sa.Column("secrets", sa.BigInteger, nullable=False),
)
"""Consecutive rows that entered PLACE and SUBJECT together: their times, and how many still have their secret."""

LINK = sa.Table(
    "ticket_link",
    METADATA,
    sa.Column("link", sa.Text, primary_key=True),
    sa.Column("hall", sa.Text, nullable=False),
    sa.Column("business_day", sa.Text, nullable=False),
    sa.Column("ticket", sa.Text, nullable=False),
    sa.Column("row", sa.BigInteger, nullable=False, index=True),
)
"""The token on a slip, deleted when the personal fields of its row are erased."""

QUARANTINE = sa.Table(
    "quarantine",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Column("number", sa.BigInteger),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Column("first_us", sa.BigInteger, nullable=False, index=True),
)
"""What did not validate, raw; a repeat is counted, and all of it may be erased."""

TOMBSTONE = sa.Table(
    "tombstone",
    METADATA,
    sa.Column("messages", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("first_us", sa.BigInteger, nullable=False),
    sa.Column("last_us", sa.BigInteger, nullable=False),
)
"""At most one row: what a full quarantine let go, and when the oldest and the newest of it came."""

CENTRE = sa.Table(
    "centre",
    METADATA,
    sa.Column("inc", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("settled", sa.BigInteger, nullable=False),
)
"""One row: the incarnation and count of the centre's own facts, the ledger's length and head hash, and its last row
that entered PLACE, SUBJECT and SPAN."""
