"""What a record's fields said, and what becomes of a dataset that its source no longer has.

Revision ID: c41f7be2a905
Revises: c41b7a90d3e6
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c41f7be2a905"
down_revision = "c41b7a90d3e6"
branch_labels = None
depends_on = None

COLUMNS = {
    "harvest_run": [sa.Column("gone", sa.Integer, nullable=False, server_default="0")],
    "harvest_record": [
        sa.Column("fields", JSONB),
        sa.Column("missing_run", sa.UnicodeText),
        sa.Column("gone", sa.DateTime),
        sa.Column("removed", sa.DateTime),
        sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false()),
    ],
}


def upgrade():
    # Tests make all tables from the models at once, so that a column may be there before its migration.
    for table, columns in COLUMNS.items():
        there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
        for column in columns:
            if column.name not in there:
                op.add_column(table, column)
    if not sa.inspect(op.get_bind()).has_table("harvest_preview"):
        op.create_table(
            "harvest_preview",
            sa.Column(
                "source_id", sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
            ),
            sa.Column("made", sa.DateTime, nullable=False),
            sa.Column("result", JSONB, nullable=False),
        )


def downgrade():
    op.drop_table("harvest_preview")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
