"""Who gets an organization's quality by mail each month.

Revision ID: 51c7d2e08b64
Revises: 9a4f03c7d1e8
"""

import sqlalchemy as sa
from alembic import op

revision = "51c7d2e08b64"
down_revision = "9a4f03c7d1e8"
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if sa.inspect(op.get_bind()).has_table("oslo_quality_reader"):
        return
    op.create_table(
        "oslo_quality_reader",
        sa.Column(
            "organization_id", sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("user_id", sa.UnicodeText, sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("language", sa.UnicodeText, nullable=False),
        sa.Column("sent", sa.Date, nullable=False),
    )


def downgrade():
    op.drop_table("oslo_quality_reader")
