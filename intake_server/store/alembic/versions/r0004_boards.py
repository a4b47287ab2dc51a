"""The inventory of small boards.

Revision ID: r0004
Revises: r0003
"""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

TEXTS = ("kind", "board", "serial", "version", "issued", "expires")


def upgrade() -> None:
    op.create_table(
        "board",
        sa.Column("hall", sa.Text, primary_key=True),
        sa.Column("device", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        sa.Column("window", sa.BigInteger),
    )


def downgrade() -> None:
    op.drop_table("board")
