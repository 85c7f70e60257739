"""The tables of quality: scores, links and the trend. Made by the Alembic migration of plugin ``oslo``.

All times are UTC without zone, as in CKAN's own tables.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def now() -> datetime:
    """Return the time in UTC, without zone, as CKAN's tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


class DatasetQuality(toolkit.BaseModel):
    """The score of one dataset as it was last measured. A purged dataset takes its row along."""

    __tablename__ = "oslo_quality"

    package_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True
    )
    points: Mapped[int] = mapped_column(sa.Integer)
    #: Points that link checks may still bring.
    pending: Mapped[int] = mapped_column(sa.Integer, default=0)
    #: By metric: the share that meets it, and the share not checked yet.
    measures: Mapped[dict[str, list[float]]] = mapped_column(JSONB)
    #: The addresses whose answers count.
    addresses: Mapped[list[str]] = mapped_column(JSONB)
    #: ``metadata_modified`` of the dataset that was measured: another value means that it has to be measured again.
    modified: Mapped[datetime] = mapped_column(sa.DateTime)
    measured: Mapped[datetime] = mapped_column(sa.DateTime, default=now)


class Link(toolkit.BaseModel):
    """What was found at one address. ``answers`` is None until it was asked, or when the server asked for patience."""

    __tablename__ = "oslo_link"
    __table_args__ = (sa.Index("oslo_link_due", "due"),)

    url: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    answers: Mapped[bool | None] = mapped_column(sa.Boolean)
    #: HTTP status, where there was one.
    status: Mapped[int | None] = mapped_column(sa.Integer)
    #: Why it does not answer: a code of ``ckanext.oslo.fetch.Code``.
    reason: Mapped[str | None] = mapped_column(sa.UnicodeText)
    #: Checks in a row that failed.
    failures: Mapped[int] = mapped_column(sa.Integer, default=0)
    #: Since when it answers, or does not.
    changed: Mapped[datetime | None] = mapped_column(sa.DateTime)
    checked: Mapped[datetime | None] = mapped_column(sa.DateTime)
    due: Mapped[datetime] = mapped_column(sa.DateTime, default=now)


class QualityDay(toolkit.BaseModel):
    """The average of one day: of the catalogue, an organization or a harvest source. One row a day and scope."""

    __tablename__ = "oslo_quality_day"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    #: ``catalogue``, ``organization`` or ``source``.
    scope: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    #: The organization's id, the source's name; empty for the catalogue.
    scope_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    datasets: Mapped[int] = mapped_column(sa.Integer)
    points: Mapped[float] = mapped_column(sa.Float)


class QualityReader(toolkit.BaseModel):
    """A person who gets an organization's report by mail each month. Goes with the person or the organization."""

    __tablename__ = "oslo_quality_reader"

    organization_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(sa.UnicodeText, sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    #: In which the report is written: ``nl``, ``fr`` or ``en``.
    language: Mapped[str] = mapped_column(sa.UnicodeText)
    #: The first day of the last month that needs no report any more.
    sent: Mapped[date] = mapped_column(sa.Date)
