"""Tables for quality: scores, links and the trend.

Revision ID: 7c1e2f9a4b10
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7c1e2f9a4b10"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if sa.inspect(op.get_bind()).has_table("oslo_quality"):
        return
    op.create_table(
        "oslo_quality",
        sa.Column(
            "package_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("pending", sa.Integer, nullable=False, server_default="0"),
        sa.Column("measures", JSONB, nullable=False),
        sa.Column("addresses", JSONB, nullable=False),
        sa.Column("modified", sa.DateTime, nullable=False),
        sa.Column("measured", sa.DateTime, nullable=False),
    )
    op.create_table(
        "oslo_link",
        sa.Column("url", sa.UnicodeText, primary_key=True),
        sa.Column("answers", sa.Boolean),
        sa.Column("status", sa.Integer),
        sa.Column("reason", sa.UnicodeText),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("changed", sa.DateTime),
        sa.Column("checked", sa.DateTime),
        sa.Column("due", sa.DateTime, nullable=False),
    )
    op.create_index("oslo_link_due", "oslo_link", ["due"])
    op.create_table(
        "oslo_quality_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("scope", sa.UnicodeText, primary_key=True),
        sa.Column("scope_id", sa.UnicodeText, primary_key=True),
        sa.Column("datasets", sa.Integer, nullable=False),
        sa.Column("points", sa.Float, nullable=False),
    )


def downgrade():
    for table in ("oslo_quality_day", "oslo_link", "oslo_quality"):
        op.drop_table(table)
