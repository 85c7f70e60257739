"""The same dataset in several portals: what datasets are compared by, pairs with their reasons, decisions, groups.

Revision ID: e7d09c4b2f61
Revises: 1d9a6c03f5b8
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "e7d09c4b2f61"
down_revision = "1d9a6c03f5b8"
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if sa.inspect(op.get_bind()).has_table("harvest_duplicate_key"):
        return
    op.create_table(
        "harvest_duplicate_description",
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
        sa.Column("modified", sa.DateTime),
        sa.Column("visible", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("said", JSONB, nullable=False),
    )
    op.create_table(
        "harvest_duplicate_key",
        sa.Column("digest", sa.UnicodeText, primary_key=True),
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
    )
    op.create_index("harvest_duplicate_key_of", "harvest_duplicate_key", ["package_id"])
    op.create_table(
        "harvest_duplicate_pair",
        sa.Column("first", sa.UnicodeText, primary_key=True),
        sa.Column("second", sa.UnicodeText, primary_key=True),
        sa.Column("sure", sa.Boolean, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("found", sa.DateTime, nullable=False),
    )
    op.create_index("harvest_duplicate_pair_other", "harvest_duplicate_pair", ["second"])
    op.create_table(
        "harvest_duplicate_decision",
        sa.Column("first", sa.UnicodeText, primary_key=True),
        sa.Column("second", sa.UnicodeText, primary_key=True),
        sa.Column("decision", sa.UnicodeText, nullable=False),
        sa.Column("user_id", sa.UnicodeText),
        sa.Column("decided", sa.DateTime, nullable=False),
    )
    op.create_table(
        "harvest_duplicate_member",
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
        sa.Column("master_id", sa.UnicodeText, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
    )
    op.create_index("harvest_duplicate_member_of", "harvest_duplicate_member", ["master_id"])


def downgrade():
    for name in ("member", "decision", "pair", "key", "description"):
        op.drop_table(f"harvest_duplicate_{name}")
