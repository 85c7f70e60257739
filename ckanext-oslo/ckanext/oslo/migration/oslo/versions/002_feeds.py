"""Feeds: what is written of each dataset, what is due, and the log of versions, kept right by triggers.

Revision ID: 2d8b6e0f5a37
Revises: 7c1e2f9a4b10
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

revision = "2d8b6e0f5a37"
down_revision = "7c1e2f9a4b10"
branch_labels = None
depends_on = None

UTC_NOW = "(clock_timestamp() AT TIME ZONE 'utc')"

FUNCTIONS = (
    # A dataset that changed is due to be written anew; one that nobody may see any more leaves every feed, and this in
    # the very transaction that changes it, whoever makes the change.
    """
CREATE OR REPLACE FUNCTION oslo_feed_package_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'active' AND NOT coalesce(NEW.private, false)
        AND (NEW.owner_org IS NULL OR EXISTS (SELECT FROM "group" WHERE id = NEW.owner_org AND state = 'active'))
    THEN
        INSERT INTO oslo_feed_due (package_id, transaction) VALUES (NEW.id, txid_current())
        ON CONFLICT (package_id) DO UPDATE SET mark = DEFAULT, transaction = EXCLUDED.transaction;
    ELSE
        DELETE FROM oslo_feed_entry WHERE package_id = NEW.id;
        DELETE FROM oslo_feed_due WHERE package_id = NEW.id;
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE OR REPLACE FUNCTION oslo_feed_package_purged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM oslo_feed_entry WHERE package_id = OLD.id;
    DELETE FROM oslo_feed_due WHERE package_id = OLD.id;
    RETURN OLD;
END $$
""",
    # An organization is named in its datasets; when it is gone, so are they.
    """
CREATE OR REPLACE FUNCTION oslo_feed_organization_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'active' THEN
        INSERT INTO oslo_feed_due (package_id, transaction)
        SELECT id, txid_current() FROM package
        WHERE owner_org = NEW.id AND state = 'active' AND NOT coalesce(private, false)
        ON CONFLICT (package_id) DO UPDATE SET mark = DEFAULT, transaction = EXCLUDED.transaction;
    ELSE
        DELETE FROM oslo_feed_entry WHERE package_id IN (SELECT id FROM package WHERE owner_org = NEW.id);
        DELETE FROM oslo_feed_due WHERE package_id IN (SELECT id FROM package WHERE owner_org = NEW.id);
    END IF;
    RETURN NULL;
END $$
""",
    # The log follows the entries. What is withdrawn leaves no content behind, not even in older versions.
    f"""
CREATE OR REPLACE FUNCTION oslo_feed_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_shown boolean := TG_OP <> 'INSERT' AND OLD.turtle IS NOT NULL;
    is_shown boolean := TG_OP <> 'DELETE' AND NEW.turtle IS NOT NULL;
BEGIN
    IF is_shown AND (NOT was_shown OR NEW.digest <> OLD.digest) THEN
        INSERT INTO oslo_feed_version (profile, package_id, iri, kind, created, turtle)
        VALUES (NEW.profile, NEW.package_id, NEW.iri, CASE WHEN was_shown THEN 'Update' ELSE 'Create' END,
                {UTC_NOW}, NEW.turtle);
    ELSIF was_shown AND NOT is_shown THEN
        UPDATE oslo_feed_version SET turtle = NULL
        WHERE package_id = OLD.package_id AND profile = OLD.profile AND turtle IS NOT NULL;
        INSERT INTO oslo_feed_version (profile, package_id, iri, kind, created)
        VALUES (OLD.profile, OLD.package_id, OLD.iri, 'Delete', {UTC_NOW});
    END IF;
    RETURN NULL;
END $$
""",
)

TRIGGERS = (
    ("oslo_feed_changed", "package", "AFTER INSERT OR UPDATE", "", "oslo_feed_package_changed"),
    ("oslo_feed_purged", "package", "BEFORE DELETE", "", "oslo_feed_package_purged"),
    (
        "oslo_feed_changed",
        '"group"',
        "AFTER UPDATE",
        "WHEN (NEW.is_organization AND OLD.* IS DISTINCT FROM NEW.*)",
        "oslo_feed_organization_changed",
    ),
    ("oslo_feed_log", "oslo_feed_entry", "AFTER INSERT OR UPDATE OR DELETE", "", "oslo_feed_log"),
)


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if not sa.inspect(op.get_bind()).has_table("oslo_feed_entry"):
        make_tables()
    # RDF comes compressed: PostgreSQL need not try.
    for table, columns in (("oslo_feed_entry", ("turtle", "ntriples")), ("oslo_feed_version", ("turtle",))):
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
    for function in FUNCTIONS:
        op.execute(function)
    for name, table, when, condition, function in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION {function}()")
    # What is there already is due; the first reader or `ckan oslo feed rebuild` writes it.
    op.execute(
        "INSERT INTO oslo_feed_due (package_id, transaction) SELECT id, txid_current() FROM package p"
        " WHERE state = 'active' AND NOT coalesce(private, false)"
        " AND (owner_org IS NULL OR EXISTS (SELECT FROM \"group\" g WHERE g.id = p.owner_org AND g.state = 'active'))"
        " ON CONFLICT DO NOTHING"
    )


def make_tables():
    op.create_table(
        "oslo_feed_entry",
        sa.Column("package_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("profile", sa.UnicodeText, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("iri", sa.UnicodeText, nullable=False),
        sa.Column("digest", sa.UnicodeText, nullable=False),
        sa.Column("changed", sa.DateTime, nullable=False),
        sa.Column("publisher", ARRAY(sa.UnicodeText), nullable=False),
        sa.Column("municipality", ARRAY(sa.UnicodeText), nullable=False),
        sa.Column("theme", ARRAY(sa.UnicodeText), nullable=False),
        sa.Column("type", sa.UnicodeText, nullable=False),
        sa.Column("turtle", BYTEA),
        sa.Column("ntriples", BYTEA),
        sa.Column("problem", sa.UnicodeText),
    )
    op.create_index("oslo_feed_entry_order", "oslo_feed_entry", ["profile", "position"], unique=True)
    op.create_table(
        "oslo_feed_due",
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
        sa.Column("mark", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("transaction", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "oslo_feed_version",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("profile", sa.UnicodeText, nullable=False),
        sa.Column("package_id", sa.UnicodeText, nullable=False),
        sa.Column("iri", sa.UnicodeText, nullable=False),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("published", sa.DateTime),
        sa.Column("turtle", BYTEA),
    )
    op.create_index("oslo_feed_version_order", "oslo_feed_version", ["profile", "number"], unique=True)
    op.create_index("oslo_feed_version_of_dataset", "oslo_feed_version", ["package_id", "profile"])
    op.create_index(
        "oslo_feed_version_new", "oslo_feed_version", ["profile"], postgresql_where=sa.text("number IS NULL")
    )


def downgrade():
    for name, table, _when, _condition, _function in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in ("package_changed", "package_purged", "organization_changed", "log"):
        op.execute(f"DROP FUNCTION IF EXISTS oslo_feed_{name}()")
    for table in ("oslo_feed_version", "oslo_feed_due", "oslo_feed_entry"):
        op.drop_table(table)
