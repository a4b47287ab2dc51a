"""A ledger that commits only append to: secrets beside their rows, sources numbered, and rows settled behind.

Revision ID: r0005
Revises: r0004
"""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

SPAN_ROWS = 2_000

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _create_sources()
    _create_ledger()
    _create_places()
    op.add_column("centre", sa.Column("settled", sa.BigInteger, nullable=False, server_default="0"))
    with op.batch_alter_table("centre") as centre:
        centre.alter_column("settled", server_default=None)
    op.execute(sa.text("UPDATE centre SET settled = rows"))


def _create_sources() -> None:
    op.create_table(
        "ledger_source",
        sa.Column("source", NUMBER, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("hall", "device", "inc")),
        sa.UniqueConstraint("hall", "device", "inc", name="uq_ledger_source_hall"),
    )
    op.execute(sa.text(
        "INSERT INTO ledger_source (source, hall, device, inc) "
        'SELECT row_number() OVER (ORDER BY min("row")), hall, device, inc FROM ledger GROUP BY hall, device, inc'
    ))  # fmt: skip


def _create_ledger() -> None:
    op.create_table(
        "ledger_settled",
        sa.Column("row", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "type")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("source", "seq")),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("business_day", "ticket", "service_event")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("public", "commitment", "chain")),
        *(sa.Column(name, sa.LargeBinary) for name in ("salt", "personal")),
    )
    op.execute(sa.text(
        'INSERT INTO ledger_settled SELECT l."row", l.at_us, l.kind, l.type, s.source, l.seq, l.digest, '
        "l.business_day, l.ticket, l.service_event, l.public, l.commitment, l.chain, k.salt, k.personal "
        "FROM ledger l JOIN ledger_source s ON s.hall = l.hall AND s.device = l.device AND s.inc = l.inc "
        'LEFT JOIN ledger_secret k ON k."row" = l."row" ORDER BY l."row"'
    ))  # fmt: skip
    op.drop_table("ledger_secret")
    op.drop_table("ledger")
    op.rename_table("ledger_settled", "ledger")


def _create_places() -> None:
    number = sa.Column("row", sa.BigInteger, nullable=False)
    op.create_table(
        "ledger_place",
        *(sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False) for name in ("source", "seq")),
        number,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_subject",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_span",
        sa.Column("first", NUMBER, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("last", "low_us", "high_us", "secrets")),
    )
    for statement in _SETTLE:
        op.execute(sa.text(statement))


_SETTLE = (
    'INSERT INTO ledger_place (source, seq, "row") SELECT source, seq, "row" FROM ledger ORDER BY source, seq',
    'INSERT INTO ledger_subject (subject, "row") SELECT business_day || \'/\' || ticket, "row" FROM ledger '
    "WHERE business_day IS NOT NULL AND ticket IS NOT NULL ORDER BY 1, 2",
    'INSERT INTO ledger_subject (subject, "row") SELECT service_event, "row" FROM ledger '
    "WHERE service_event IS NOT NULL ORDER BY 1, 2",
    "INSERT INTO ledger_span (first, last, low_us, high_us, secrets) "
    'SELECT min("row"), max("row"), min(at_us), max(at_us), count(salt) FROM ledger '
    f'GROUP BY ("row" - 1) / {SPAN_ROWS} ORDER BY 1',
)


def downgrade() -> None:
    _restore_ledger()
    for table in ("ledger_span", "ledger_subject", "ledger_place", "ledger_settled", "ledger_source"):
        op.drop_table(table)
    with op.batch_alter_table("centre") as centre:
        centre.drop_column("settled")


def _restore_ledger() -> None:
    op.rename_table("ledger", "ledger_settled")
    op.create_table(
        "ledger",
        sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "type", "hall", "device", "inc")),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("business_day", "ticket", "service_event")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("public", "commitment", "chain")),
    )
    op.create_table(
        "ledger_secret",
        sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("salt", "personal")),
    )
    op.execute(sa.text(
        'INSERT INTO ledger SELECT l."row", l.at_us, l.kind, l.type, s.hall, s.device, s.inc, l.seq, l.digest, '
        "l.business_day, l.ticket, l.service_event, l.public, l.commitment, l.chain "
        'FROM ledger_settled l JOIN ledger_source s ON s.source = l.source ORDER BY l."row"'
    ))  # fmt: skip
    op.execute(sa.text(
        'INSERT INTO ledger_secret SELECT "row", salt, personal FROM ledger_settled WHERE salt IS NOT NULL'
    ))  # fmt: skip
    op.create_index("uq_ledger_source", "ledger", ["hall", "device", "inc", "seq"], unique=True)
    op.create_index("ix_ledger_at_us", "ledger", ["at_us"])
    for name, columns in (("ticket", ["ticket", "business_day"]), ("service_event", ["service_event"])):
        present = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_ledger_{name}", "ledger", columns, sqlite_where=present, postgresql_where=present)
