"""Tables for runs, records and problems.

Revision ID: 5a1f0c7d2e31
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "5a1f0c7d2e31"
down_revision = None
branch_labels = None
depends_on = None


def source():
    return sa.Column("source_id", sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), nullable=False)


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if sa.inspect(op.get_bind()).has_table("harvest_run"):
        return
    op.create_table(
        "harvest_run",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        source(),
        sa.Column("job_id", sa.UnicodeText, sa.ForeignKey("harvest_job.id", ondelete="SET NULL")),
        sa.Column("status", sa.UnicodeText, nullable=False),
        sa.Column("reason", sa.UnicodeText),
        sa.Column("detail", sa.UnicodeText),
        sa.Column("worker", sa.UnicodeText, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("heartbeat", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime),
        sa.Column("total", sa.Integer),
        *(
            sa.Column(name, sa.Integer, nullable=False, server_default="0")
            for name in ("seen", "added", "updated", "unchanged", "failed", "deleted")
        ),
    )
    op.create_index(
        "harvest_run_one_at_a_time",
        "harvest_run",
        ["source_id"],
        unique=True,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index("harvest_run_latest", "harvest_run", ["source_id", "started"])
    op.create_table(
        "harvest_record",
        sa.Column(
            "source_id", sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column(
            "package_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sa.Column("fingerprint", sa.UnicodeText, nullable=False),
    )
    op.create_table(
        "harvest_problem",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        source(),
        sa.Column("run_id", sa.UnicodeText, sa.ForeignKey("harvest_run.id", ondelete="CASCADE"), nullable=False),
        sa.Column("guid", sa.UnicodeText),
        sa.Column("severity", sa.UnicodeText, nullable=False),
        sa.Column("field", sa.UnicodeText, nullable=False),
        sa.Column("value", sa.UnicodeText, nullable=False),
        sa.Column("reason", sa.UnicodeText, nullable=False),
        sa.Column("detail", sa.UnicodeText),
        sa.Column("url", sa.UnicodeText),
    )
    op.create_index("harvest_problem_of_record", "harvest_problem", ["source_id", "guid"])


def downgrade():
    for table in ("harvest_problem", "harvest_record", "harvest_run"):
        op.drop_table(table)
