"""Datasets that share a foreign IRI: found by the index also where PostgreSQL has no statistics yet.

A function's plans are made when it is called first, in a new catalogue of an empty table, and kept as long as the
connection lives: a first harvest then read the whole table with each dataset it saved.

Revision ID: c03b9d52e7fa
Revises: 51c7d2e08b64
"""

from alembic import op

revision = "c03b9d52e7fa"
down_revision = "51c7d2e08b64"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION oslo_feed_iri_shared() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
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
    -- The IRI by itself, or the index of states could be taken instead of that of IRIs.
    INSERT INTO oslo_feed_due (package_id, transaction)
    WITH namesake AS MATERIALIZED (
        SELECT id, state, private FROM package WHERE extras ->> 'uri' IN (before, after)
    )
    SELECT id, txid_current() FROM namesake
    WHERE id <> this AND state = 'active' AND NOT coalesce(private, false)
    ON CONFLICT (package_id) DO UPDATE SET mark = DEFAULT, transaction = EXCLUDED.transaction;
    RETURN NULL;
END $$
"""


def upgrade():
    op.execute(FUNCTION)


def downgrade():
    # What the function does is the same; it may read the table again.
    op.execute("ALTER FUNCTION oslo_feed_iri_shared() RESET enable_seqscan")
