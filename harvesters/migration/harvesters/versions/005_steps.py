"""Runs in steps, and what portals answered.

Revision ID: 77e5b1d0c962
Revises: c41f7be2a905
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "77e5b1d0c962"
down_revision = "c41f7be2a905"
branch_labels = None
depends_on = None

COLUMNS = [
    sa.Column("steps", sa.Integer, nullable=False, server_default="1"),
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
    sa.Column("delays", sa.Integer, nullable=False, server_default="0"),
    sa.Column("place", JSONB),
    sa.Column("wait_until", sa.DateTime),
]


def upgrade():
    # Tests make all tables from the models at once, so that a column may be there before its migration.
    inspector = sa.inspect(op.get_bind())
    there = {column["name"] for column in inspector.get_columns("harvest_run")}
    for column in COLUMNS:
        if column.name not in there:
            op.add_column("harvest_run", column)
    if inspector.has_table("harvest_answer"):
        return
    op.create_table(
        "harvest_answer",
        sa.Column(
            "source_id", sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("key", sa.UnicodeText, primary_key=True),
        sa.Column("run_id", sa.UnicodeText, nullable=False),
        sa.Column("fetched", sa.DateTime, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("url", sa.UnicodeText, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def downgrade():
    op.drop_table("harvest_answer")
    for column in COLUMNS:
        op.drop_column("harvest_run", column.name)
