"""Datasets that share a foreign IRI: found quickly, and due anew when one of them comes, goes or takes another IRI.

Of several datasets with one IRI only the oldest goes out under it (`feeds.store.with_elders`).

Revision ID: 9a4f03c7d1e8
Revises: 2d8b6e0f5a37
"""

from alembic import op

revision = "9a4f03c7d1e8"
down_revision = "2d8b6e0f5a37"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION oslo_feed_iri_shared() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := CASE WHEN TG_OP <> 'INSERT' THEN OLD.extras ->> 'uri' END;
    after text := CASE WHEN TG_OP <> 'DELETE' THEN NEW.extras ->> 'uri' END;
    this text := CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END;
BEGIN
    IF coalesce(before, after) IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND before IS NOT DISTINCT FROM after
        AND (OLD.state, OLD.private, OLD.owner_org) IS NOT DISTINCT FROM (NEW.state, NEW.private, NEW.owner_org)
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO oslo_feed_due (package_id, transaction)
    SELECT id, txid_current() FROM package
    WHERE extras ->> 'uri' IN (before, after) AND id <> this AND state = 'active' AND NOT coalesce(private, false)
    ON CONFLICT (package_id) DO UPDATE SET mark = DEFAULT, transaction = EXCLUDED.transaction;
    RETURN NULL;
END $$
"""


def upgrade():
    op.execute("CREATE INDEX IF NOT EXISTS oslo_feed_package_uri ON package ((extras ->> 'uri'))")
    op.execute(FUNCTION)
    op.execute("DROP TRIGGER IF EXISTS oslo_feed_shared ON package")
    op.execute(
        "CREATE TRIGGER oslo_feed_shared AFTER INSERT OR UPDATE OR DELETE ON package"
        " FOR EACH ROW EXECUTE FUNCTION oslo_feed_iri_shared()"
    )


def downgrade():
    op.execute("DROP TRIGGER IF EXISTS oslo_feed_shared ON package")
    op.execute("DROP FUNCTION IF EXISTS oslo_feed_iri_shared()")
    op.execute("DROP INDEX IF EXISTS oslo_feed_package_uri")
