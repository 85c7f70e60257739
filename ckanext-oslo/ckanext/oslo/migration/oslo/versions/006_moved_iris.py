"""A dataset that takes another IRI: the event stream says that the old one is gone, and that the new one came.

Whoever follows the stream knows objects by their IRIs. As an update of the new one alone, the old one stayed with them
for ever. While another dataset goes out under the old IRI, it is not gone.

Revision ID: 7d41be06c9f2
Revises: c03b9d52e7fa
"""

from alembic import op

revision = "7d41be06c9f2"
down_revision = "c03b9d52e7fa"
branch_labels = None
depends_on = None

_UTC_NOW = "timezone('utc', clock_timestamp())"
_FUNCTION = """
CREATE OR REPLACE FUNCTION oslo_feed_log() RETURNS trigger LANGUAGE plpgsql{settings} AS $$
DECLARE
    was_shown boolean := TG_OP <> 'INSERT' AND OLD.turtle IS NOT NULL;
    is_shown boolean := TG_OP <> 'DELETE' AND NEW.turtle IS NOT NULL;
    is_known boolean := was_shown;
BEGIN
{moved}    IF is_shown AND (NOT was_shown OR NEW.digest <> OLD.digest) THEN
        INSERT INTO oslo_feed_version (profile, package_id, iri, kind, created, turtle)
        VALUES (NEW.profile, NEW.package_id, NEW.iri, CASE WHEN is_known THEN 'Update' ELSE 'Create' END,
                {utc_now}, NEW.turtle);
    ELSIF was_shown AND NOT is_shown THEN
        UPDATE oslo_feed_version SET turtle = NULL
        WHERE package_id = OLD.package_id AND profile = OLD.profile AND turtle IS NOT NULL;
        INSERT INTO oslo_feed_version (profile, package_id, iri, kind, created)
        VALUES (OLD.profile, OLD.package_id, OLD.iri, 'Delete', {utc_now});
    END IF;
    RETURN NULL;
END $$
"""
# Who else has the IRI is found by the index of datasets' IRIs, also while PostgreSQL takes a new table for a small one.
_MOVED = f"""\
    IF was_shown AND is_shown AND NEW.iri <> OLD.iri THEN
        is_known := false;
        INSERT INTO oslo_feed_version (profile, package_id, iri, kind, created)
        SELECT OLD.profile, OLD.package_id, OLD.iri, 'Delete', {_UTC_NOW}
        WHERE NOT EXISTS (
            SELECT FROM package JOIN oslo_feed_entry AS entry ON entry.package_id = package.id
            WHERE package.extras ->> 'uri' = OLD.iri AND package.id <> OLD.package_id
                AND entry.profile = OLD.profile AND entry.iri = OLD.iri AND entry.turtle IS NOT NULL
        );
    END IF;
"""


def upgrade():
    op.execute(_FUNCTION.format(moved=_MOVED, utc_now=_UTC_NOW, settings=" SET enable_seqscan = off"))


def downgrade():
    op.execute(_FUNCTION.format(moved="", utc_now=_UTC_NOW, settings=""))
