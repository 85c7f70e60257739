"""Source records as the portals sent them, kept compressed.

Revision ID: c41b7a90d3e6
Revises: 8c2d4e90b7a1
"""

import zlib

import sqlalchemy as sa
from alembic import op

revision = "c41b7a90d3e6"
down_revision = "8c2d4e90b7a1"
branch_labels = None
depends_on = None


def upgrade():
    # Tests make all tables from the models at once, so that a table may be there before its migration.
    if not sa.inspect(op.get_bind()).has_table("harvest_original"):
        op.create_table(
            "harvest_original",
            sa.Column(
                "source_id", sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
            ),
            sa.Column("guid", sa.UnicodeText, primary_key=True),
            sa.Column("package_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE")),
            sa.Column("media_type", sa.UnicodeText, nullable=False),
            sa.Column("url", sa.UnicodeText),
            sa.Column("modified", sa.UnicodeText),
            sa.Column("content", sa.LargeBinary, nullable=False),
            sa.Column("fetched", sa.DateTime, nullable=False),
        )
    _take_over()


def _take_over():
    """Keep what stood, as text, with ckanext-harvest's objects."""
    connection = op.get_bind()
    found = sa.text(
        "SELECT r.source_id, r.guid, r.package_id, o.content, o.fetch_finished FROM harvest_record r JOIN harvest_object o"
        " ON o.harvest_source_id = r.source_id AND o.guid = r.guid AND o.current WHERE o.content <> ''"
    )
    kept = sa.text(
        "INSERT INTO harvest_original (source_id, guid, package_id, media_type, content, fetched)"
        " VALUES (:source, :guid, :package, :media_type, :content, coalesce(:fetched, now() AT TIME ZONE 'utc'))"
        " ON CONFLICT DO NOTHING"
    )
    for source, guid, package, content, fetched in connection.execute(found).all():
        values = {"source": source, "guid": guid, "package": package, "fetched": fetched}
        values |= {"media_type": _media_type(content), "content": zlib.compress(content.encode())}
        connection.execute(kept, values)


def _media_type(content):
    if content.startswith("{"):
        return "application/json"
    if not content.startswith("<") or content.startswith("<http"):
        return "application/n-triples"
    return "application/rdf+xml" if "<rdf:RDF" in content[:2000] else "application/xml"


def downgrade():
    op.drop_table("harvest_original")
