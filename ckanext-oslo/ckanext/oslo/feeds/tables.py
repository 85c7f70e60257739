"""The tables of the feeds. Made by the Alembic migration of plugin ``oslo``, with the triggers that keep them right.

All times are UTC without zone, as in CKAN's own tables. RDF is kept as a gzip member: members put one after the other
are a gzip file (RFC 1952 §2.2), so that a dump needs no compressing.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import Mapped, mapped_column

Texts = ARRAY(sa.UnicodeText)


class FeedEntry(toolkit.BaseModel):
    """What one profile says of one dataset that everybody may see.

    Without ``turtle`` the dataset cannot be written, and ``problem`` says why: it is then in no feed.
    """

    __tablename__ = "oslo_feed_entry"
    __table_args__ = (sa.Index("oslo_feed_entry_order", "profile", "position", unique=True),)

    package_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True
    )
    profile: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    #: The place in the feed: given once, so that pages hold still while datasets change.
    position: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity())
    iri: Mapped[str] = mapped_column(sa.UnicodeText)
    #: SHA-256 of the N-Triples, in hexadecimal digits.
    digest: Mapped[str] = mapped_column(sa.UnicodeText)
    #: When what is written last became another.
    changed: Mapped[datetime] = mapped_column(sa.DateTime)
    #: What a reader may ask for: the organization's name and id and publishers' URIs; keys; URIs and codes; the type.
    publisher: Mapped[list[str]] = mapped_column(Texts)
    municipality: Mapped[list[str]] = mapped_column(Texts)
    theme: Mapped[list[str]] = mapped_column(Texts)
    type: Mapped[str] = mapped_column(sa.UnicodeText)
    turtle: Mapped[bytes | None] = mapped_column(BYTEA)
    ntriples: Mapped[bytes | None] = mapped_column(BYTEA)
    problem: Mapped[str | None] = mapped_column(sa.UnicodeText)


class FeedDue(toolkit.BaseModel):
    """A dataset that changed since its entries were written. Triggers on CKAN's tables put it here."""

    __tablename__ = "oslo_feed_due"

    package_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    #: Another one with each change: who has written entries clears the mark they saw, not a newer one.
    mark: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity())
    #: PostgreSQL's number of the transaction that made the change; 0 when nothing changed and all is written anew.
    transaction: Mapped[int] = mapped_column(sa.BigInteger)


class FeedVersion(toolkit.BaseModel):
    """What an entry was, at one time: the members of the event stream. Written by a trigger on the entries.

    ``number`` and ``published`` are given when the transaction has ended (`stream.number`): in the order in which
    versions become visible, so that no member ever appears before one that a client has read.
    """

    __tablename__ = "oslo_feed_version"
    __table_args__ = (
        sa.Index("oslo_feed_version_order", "profile", "number", unique=True),
        sa.Index("oslo_feed_version_of_dataset", "package_id", "profile"),
        sa.Index("oslo_feed_version_new", "profile", postgresql_where=sa.text("number IS NULL")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    profile: Mapped[str] = mapped_column(sa.UnicodeText)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText)
    iri: Mapped[str] = mapped_column(sa.UnicodeText)
    #: Create, Update or Delete, as the ActivityStreams vocabulary calls them.
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    created: Mapped[datetime] = mapped_column(sa.DateTime)
    number: Mapped[int | None] = mapped_column(sa.BigInteger)
    published: Mapped[datetime | None] = mapped_column(sa.DateTime)
    turtle: Mapped[bytes | None] = mapped_column(BYTEA)


# Rows are deleted in the order of dependence (CKAN's tests do so): a deleted entry still writes to the log.
FeedEntry.__table__.add_is_dependent_on(FeedVersion.__table__)  # pyright: ignore[reportAttributeAccessIssue]
