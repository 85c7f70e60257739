"""The engine's own tables: runs, records and problems. Made by the Alembic migration of plugin ``harvesters``.

ckanext-harvest's tables say what its pages and API show (sources, jobs, objects, errors). These say what it has no
place for: how a run goes while it goes, what each record said last, and what is wrong with it now. All times are UTC
without zone, as in CKAN's own tables.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from ckan.model.types import make_uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.harvesters.engine.statistics import RunStatus


def now() -> datetime:
    """Return the time in UTC, without zone, as CKAN's tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def database_now() -> sa.ColumnElement[datetime]:
    """Return the time by the database's clock, as SQL: leases are measured by one clock, whatever machines' clocks say.

    It goes on within a transaction.
    """
    return sa.func.timezone("utc", sa.func.clock_timestamp(), type_=sa.DateTime)


class HarvestRun(tk.BaseModel):
    """One pass over a source, step by step. There can be only one ``running`` a source, and one worker at it.

    A worker that carries out a step has the lease: its name, and a heartbeat. Between steps no worker is named.
    """

    __tablename__ = "harvest_run"
    __table_args__ = (
        sa.Index("harvest_run_one_at_a_time", "source_id", unique=True, postgresql_where=sa.text("status = 'running'")),
        sa.Index("harvest_run_latest", "source_id", "started"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=make_uuid)
    source_id: Mapped[str] = mapped_column(sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(sa.UnicodeText, sa.ForeignKey("harvest_job.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(sa.UnicodeText, default=RunStatus.RUNNING)
    #: Why it did not finish: a code of ``reasons`` or of ``engine.report``, and what the portal or machine said.
    reason: Mapped[str | None] = mapped_column(sa.UnicodeText)
    detail: Mapped[str | None] = mapped_column(sa.UnicodeText)
    #: Which machine and process has the lease; empty between steps.
    worker: Mapped[str] = mapped_column(sa.UnicodeText)
    #: How many steps have been begun; how many workers have died, and how often it was put off, since it last moved on.
    steps: Mapped[int] = mapped_column(sa.Integer, default=1, server_default="1")
    deaths: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")
    delays: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")
    #: How far it has come (`place.Place`), and when the next step may begin.
    place: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    wait_until: Mapped[datetime | None] = mapped_column(sa.DateTime)
    started: Mapped[datetime] = mapped_column(sa.DateTime, default=now)
    heartbeat: Mapped[datetime] = mapped_column(sa.DateTime, default=database_now())
    finished: Mapped[datetime | None] = mapped_column(sa.DateTime)
    #: How many records the portal says it has, once it says so.
    total: Mapped[int | None] = mapped_column(sa.Integer)
    seen: Mapped[int] = mapped_column(sa.Integer, default=0)
    added: Mapped[int] = mapped_column(sa.Integer, default=0)
    updated: Mapped[int] = mapped_column(sa.Integer, default=0)
    unchanged: Mapped[int] = mapped_column(sa.Integer, default=0)
    failed: Mapped[int] = mapped_column(sa.Integer, default=0)
    deleted: Mapped[int] = mapped_column(sa.Integer, default=0)
    out_of_scope: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")
    gone: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")


class HarvestRecord(tk.BaseModel):
    """Which dataset a source's record became, and the fingerprint of what it said.

    The primary key makes identity a matter of the database: no two datasets for one (source, guid), ever. A dataset
    that is purged takes its row along, and is then new again.
    """

    __tablename__ = "harvest_record"

    source_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
    )
    guid: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    package_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), unique=True
    )
    fingerprint: Mapped[str] = mapped_column(sa.UnicodeText)
    #: The digest of each field of what it said, to tell what a change changes; none for rows of older versions.
    fields: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    #: The run that did not meet it, while the brake waits for a person (`gone`).
    missing_run: Mapped[str | None] = mapped_column(sa.UnicodeText)
    #: Since when its source does not have it, and when the engine deleted its dataset for that.
    gone: Mapped[datetime | None] = mapped_column(sa.DateTime)
    removed: Mapped[datetime | None] = mapped_column(sa.DateTime)
    #: The fields of its dataset that a person has corrected (`corrections`).
    corrected: Mapped[list[str] | None] = mapped_column(JSONB)
    #: A person wants its dataset though the source does not have it.
    kept: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())


class HarvestProblem(tk.BaseModel):
    """What is wrong now with a record (``guid``) or with a source as a whole (no ``guid``): the report's lines.

    Warnings stand until their record changes; errors until the run in which they no longer occur.
    """

    __tablename__ = "harvest_problem"
    __table_args__ = (sa.Index("harvest_problem_of_record", "source_id", "guid"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"))
    #: The last run that met it.
    run_id: Mapped[str] = mapped_column(sa.UnicodeText, sa.ForeignKey("harvest_run.id", ondelete="CASCADE"))
    guid: Mapped[str | None] = mapped_column(sa.UnicodeText)
    severity: Mapped[str] = mapped_column(sa.UnicodeText)
    field: Mapped[str] = mapped_column(sa.UnicodeText)
    value: Mapped[str] = mapped_column(sa.UnicodeText)
    reason: Mapped[str] = mapped_column(sa.UnicodeText)
    #: What a validator or a portal said, in its own words.
    detail: Mapped[str | None] = mapped_column(sa.UnicodeText)
    url: Mapped[str | None] = mapped_column(sa.UnicodeText)


class HarvestAnswer(tk.BaseModel):
    """What a portal answered last at an address (`answers`): ``key`` is a digest of that, ``body`` is compressed."""

    __tablename__ = "harvest_answer"

    source_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    run_id: Mapped[str] = mapped_column(sa.UnicodeText)
    fetched: Mapped[datetime] = mapped_column(sa.DateTime, default=now)
    status: Mapped[int] = mapped_column(sa.Integer)
    url: Mapped[str] = mapped_column(sa.UnicodeText)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


class HarvestPreview(tk.BaseModel):
    """What the next run of a source would change, as it was worked out last (`preview`)."""

    __tablename__ = "harvest_preview"

    source_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
    )
    made: Mapped[datetime] = mapped_column(sa.DateTime, default=now)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)


def migrate() -> None:
    """Bring these tables to the newest version; done twice it does nothing."""
    alembic = Config(Path(__file__).parent.parent / "migration" / "harvesters" / "alembic.ini")
    # A percent sign in a password is Alembic's sign for a reference.
    alembic.set_main_option("sqlalchemy.url", tk.config["sqlalchemy.url"].replace("%", "%%"))
    command.upgrade(alembic, "head")
