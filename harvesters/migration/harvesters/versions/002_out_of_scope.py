"""Count of the records that are none of the portal's business.

Revision ID: 8c2d4e90b7a1
Revises: 5a1f0c7d2e31
"""

import sqlalchemy as sa
from alembic import op

revision = "8c2d4e90b7a1"
down_revision = "5a1f0c7d2e31"
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a column may be there before its migration.
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("harvest_run")}
    if "out_of_scope" not in columns:
        op.add_column("harvest_run", sa.Column("out_of_scope", sa.Integer, nullable=False, server_default="0"))


def downgrade():
    op.drop_column("harvest_run", "out_of_scope")
