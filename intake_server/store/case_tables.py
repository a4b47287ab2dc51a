"""The tables of cases: their journal with everything personal, their papers, and what keeps a repeat a repeat."""

import sqlalchemy as sa

from intake_server.store.schema import METADATA

FILE = sa.Table(
    "case_file",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("link", sa.Text, nullable=False, unique=True),
    sa.Column("query_code", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("content", sa.Text, nullable=False, index=True),
    sa.Column("look_on", sa.Text, index=True),
    sa.Column("events", sa.BigInteger, nullable=False),
)
"""One row a case: what it is found by, and the day on which time alone changes something about it."""

EVENT = sa.Table(
    "case_event",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""A case's facts whole, in order; the same transaction puts them into the ledger."""

PAPER = sa.Table(
    "case_paper",
    METADATA,
    sa.Column("document", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""Papers as they were first given."""

COUNTER = sa.Table(
    "case_counter",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)
"""The last number of every series."""

REQUEST = sa.Table(
    "case_request",
    METADATA,
    sa.Column("device", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("reply", sa.LargeBinary, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False, index=True),
)
"""What was answered to which key."""

DOCUMENT = sa.Table(
    "case_document",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
)
PIECE = sa.Table(
    "case_document_piece",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
"""The bytes of materials, named by their SHA-256, in pieces as they came."""

GUIDE = sa.Table(
    "case_guide",
    METADATA,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""Versions of guides published since the catalogue's files."""

CALENDAR = sa.Table(
    "case_calendar",
    METADATA,
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("year", sa.BigInteger, nullable=False),
    sa.Column("holidays", sa.Text, nullable=False),
    sa.Column("shifted", sa.Text, nullable=False),
)
"""Years of working days replaced by hand, in the order it was done; days as ISO dates with spaces between."""
