"""What readers have asked for and nobody shares yet.

Revision ID: 3b8e61f0c2a7
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "3b8e61f0c2a7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if sa.inspect(op.get_bind()).has_table("eurometropool_wish"):
        return
    op.create_table(
        "eurometropool_wish",
        sa.Column("token", sa.UnicodeText, primary_key=True),
        sa.Column("question", sa.UnicodeText, nullable=False),
        sa.Column("words", sa.UnicodeText, nullable=False),
        sa.Column("place", sa.UnicodeText, nullable=False),
        sa.Column("language", sa.UnicodeText, nullable=False),
        sa.Column("email", sa.UnicodeText, nullable=False),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.Column("confirmed", sa.DateTime),
        sa.Column("looked", sa.DateTime),
        sa.UniqueConstraint("words", "place", "email", name="eurometropool_wish_once"),
    )
    op.create_table(
        "eurometropool_wish_put",
        sa.Column("words", sa.UnicodeText, primary_key=True),
        sa.Column("place", sa.UnicodeText, primary_key=True),
        sa.Column("put", sa.DateTime, nullable=False),
    )


def downgrade():
    op.drop_table("eurometropool_wish_put")
    op.drop_table("eurometropool_wish")
