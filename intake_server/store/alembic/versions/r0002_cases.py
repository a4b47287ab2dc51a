"""Cases: files, events, papers, counters, requests, documents, guides, calendar.

Revision ID: r0002
Revises: r0001
"""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

TABLES = ("case_calendar", "case_guide", "case_document_piece", "case_document", "case_request", "case_counter",
          "case_paper", "case_event", "case_file")  # fmt: skip


def upgrade() -> None:
    _create_files()
    _create_papers()
    _create_documents()
    _create_rules()


def _create_files() -> None:
    op.create_table(
        "case_file",
        sa.Column("number", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "link", "query_code", "person", "content")),
        sa.Column("look_on", sa.Text),
        sa.Column("events", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("link", name="uq_case_file_link"),
    )
    for column in ("state", "person", "content", "look_on"):
        op.create_index(f"ix_case_file_{column}", "case_file", [column])
    op.create_table(
        "case_event",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _create_papers() -> None:
    op.create_table(
        "case_paper",
        sa.Column("document", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_case_paper_number", "case_paper", ["number"])
    op.create_table(
        "case_counter",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "case_request",
        sa.Column("device", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "type")),
        sa.Column("reply", sa.LargeBinary, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_case_request_at_us", "case_request", ["at_us"])


def _create_documents() -> None:
    op.create_table(
        "case_document",
        sa.Column("digest", sa.Text, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("size", "received", "at_us")),
    )
    op.create_table(
        "case_document_piece",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _create_rules() -> None:
    op.create_table(
        "case_guide",
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "case_calendar",
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("holidays", "shifted")),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
