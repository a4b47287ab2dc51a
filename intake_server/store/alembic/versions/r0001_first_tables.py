"""First tables: marks, ledger with secrets and links, quarantine, centre.

Revision ID: r0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uplink_mark",
        sa.Column("hall", sa.Text, primary_key=True),
        sa.Column("uplink", sa.Text, primary_key=True),
        sa.Column("inc", sa.Text, primary_key=True),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("lost", sa.BigInteger, nullable=False),
    )
    _create_ledger()
    op.create_table(
        "ledger_secret",
        sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
    )
    _create_lookups()
    op.create_table(
        "centre",
        sa.Column("inc", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
    )


def _create_ledger() -> None:
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
    op.create_index("uq_ledger_source", "ledger", ["hall", "device", "inc", "seq"], unique=True)
    op.create_index("ix_ledger_at_us", "ledger", ["at_us"])
    _create_partial("ix_ledger_ticket", ["ticket", "business_day"])
    _create_partial("ix_ledger_service_event", ["service_event"])


def _create_partial(name: str, columns: list[str]) -> None:
    present = sa.text(f"{columns[0]} IS NOT NULL")
    op.create_index(name, "ledger", columns, sqlite_where=present, postgresql_where=present)


def _create_lookups() -> None:
    op.create_table(
        "ticket_link",
        sa.Column("link", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("hall", "business_day", "ticket")),
        sa.Column("row", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_ticket_link_row", "ticket_link", ["row"])
    op.create_table(
        "quarantine",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_quarantine_first_us", "quarantine", ["first_us"])


def downgrade() -> None:
    for table in ("centre", "quarantine", "ticket_link", "ledger_secret", "ledger", "uplink_mark"):
        op.drop_table(table)
