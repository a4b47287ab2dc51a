"""The tombstone of a bounded quarantine.

Revision ID: r0003
Revises: r0002
"""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombstone",
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("messages", "bytes", "first_us", "last_us")),
    )


def downgrade() -> None:
    op.drop_table("tombstone")
