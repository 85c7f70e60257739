"""Which fields of a harvested dataset a person has corrected.

Revision ID: 1d9a6c03f5b8
Revises: 77e5b1d0c962
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "1d9a6c03f5b8"
down_revision = "77e5b1d0c962"
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a column may be there before its migration.
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("harvest_record")}
    if "corrected" not in columns:
        op.add_column("harvest_record", sa.Column("corrected", JSONB))


def downgrade():
    op.drop_column("harvest_record", "corrected")
