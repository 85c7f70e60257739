"""Runs in the database: one a source at a time, alive as long as it says so, and always ended.

A run's row is its source's lease: a partial unique index allows one ``running`` row a source, so two runs of one
source cannot overlap on any number of machines. A thread renews ``heartbeat`` while the run works; a run silent for
longer than ``ckanext.harvesters.stale_after`` is dead (its worker was killed), and the next one takes over.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestSource
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ckanext.harvesters import config
from ckanext.harvesters.engine.errors import AlreadyRunning, RunEnded
from ckanext.harvesters.engine.report import EngineReason, sentence
from ckanext.harvesters.engine.statistics import Counts, RunStatus
from ckanext.harvesters.engine.tables import HarvestRun, now

log = logging.getLogger(__name__)

#: How often a job is taken up again after its worker died, before it is given up.
ATTEMPTS = 3

#: Bulk statements need not look for the rows they touch among the session's objects.
AS_IT_IS = {"synchronize_session": False}


class Lease:
    """A run that this process carries out: a context manager that keeps it alive.

    `hold` belongs into every transaction that writes, so that a run which was taken over while it stood still cannot
    write any more.
    """

    def __init__(self, run_id: str, source_id: str, job_id: str) -> None:
        self.run_id, self.source_id, self.job_id = run_id, source_id, job_id
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{run_id}", daemon=True)

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=config.heartbeat())

    def _beat(self) -> None:
        while not self._stop.wait(config.heartbeat()):
            try:
                with ensure_engine().begin() as connection:
                    connection.execute(self._mine(sa.update(HarvestRun)).values(heartbeat=now()))
            except SQLAlchemyError:
                # The run itself meets the same trouble and ends; a heartbeat alone has nothing to decide.
                log.warning("No heartbeat for harvest run %s", self.run_id, exc_info=True)

    def _mine(self, statement: Any) -> Any:
        return statement.where(HarvestRun.id == self.run_id, HarvestRun.status == RunStatus.RUNNING)

    def hold(self) -> None:
        """Make sure, until the current transaction ends, that the run is still this process's. Raises `RunEnded`."""
        if model.Session.execute(self._mine(sa.select(HarvestRun.id)).with_for_update(read=True)).scalar() is None:
            raise RunEnded(EngineReason.TAKEN_OVER)

    def progress(self, counts: Counts, total: int | None = None) -> None:
        """Publish how far the run is, in a transaction of its own. Raises `RunEnded` when it should go no further."""
        values: dict[str, Any] = {**counts.as_dict(), "heartbeat": now()}
        if total is not None:
            values["total"] = total
        publish = self._mine(sa.update(HarvestRun)).values(values).returning(HarvestRun.id)
        mine = model.Session.execute(publish, execution_options=AS_IT_IS).scalar()
        job = sa.select(HarvestJob.status).where(HarvestJob.id == self.job_id)
        stopped = model.Session.execute(job).scalar() != "Running"
        model.Session.commit()
        if mine is None:
            raise RunEnded(EngineReason.TAKEN_OVER)
        if stopped:
            raise RunEnded(EngineReason.STOPPED)


def begin(source_id: str, name: str, job_id: str) -> Lease:
    """Start a run, taking over from a dead one. Raises `AlreadyRunning` while another is alive."""
    take_over(source_id)
    run = HarvestRun(source_id=source_id, job_id=job_id, worker=f"{socket.gethostname()}:{os.getpid()}")
    model.Session.add(run)
    try:
        set_job(job_id, status="Running", gather_started=now(), gather_finished=None, finished=None)
        model.Session.commit()
    except IntegrityError as error:
        model.Session.rollback()
        raise AlreadyRunning(name) from error
    return Lease(run.id, source_id, job_id)


def finish(
    lease: Lease, status: RunStatus, counts: Counts, reason: str | None = None, detail: str | None = None
) -> None:
    """End a run and its job. A run that was taken over has been ended already, and keeps that end."""
    model.Session.rollback()
    ended = model.Session.execute(
        sa.update(HarvestRun)
        .where(HarvestRun.id == lease.run_id, HarvestRun.status == RunStatus.RUNNING)
        .values(status=status, reason=reason, detail=detail, finished=now(), heartbeat=now(), **counts.as_dict())
        .returning(HarvestRun.id),
        execution_options=AS_IT_IS,
    ).scalar()
    if ended is not None:
        _end_job(lease.job_id, status, reason, detail)
    model.Session.commit()


#: How long after a run the next one is due, by ckanext-harvest's frequencies. ALWAYS: at the next tick; MANUAL: never.
_INTERVALS = {
    "MONTHLY": timedelta(days=30),
    "BIWEEKLY": timedelta(weeks=2),
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
}


def plan_next(source_id: str) -> None:
    """Set when a source is due again, counted from now: one harvested by hand is not due a minute later."""
    for frequency, interval in _INTERVALS.items():
        due = sa.update(HarvestSource).where(HarvestSource.id == source_id, HarvestSource.frequency == frequency)
        model.Session.execute(due.values(next_run=now() + interval), execution_options=AS_IT_IS)
    model.Session.commit()


def set_job(job_id: str, **values: Any) -> None:
    """Set columns of a job of ckanext-harvest, in the current transaction."""
    model.Session.execute(sa.update(HarvestJob).where(HarvestJob.id == job_id).values(values))


def _end_job(job_id: str, status: RunStatus, reason: str | None, detail: str | None) -> None:
    set_job(job_id, status="Finished", gather_finished=now(), finished=now())
    told = sa.select(HarvestGatherError.id).where(HarvestGatherError.harvest_job_id == job_id).limit(1)
    if status is not RunStatus.FINISHED and reason and model.Session.execute(told).first() is None:
        message = end_text(reason, detail, "en")
        model.Session.add(HarvestGatherError(message=message, harvest_job_id=job_id))


def end_text(reason: str, detail: str | None, language: str) -> str:
    """Return why a run ended as a person reads it."""
    return f"{sentence(reason, language)} {detail or ''}".strip()


def _dead() -> sa.ColumnElement[bool]:
    return sa.and_(HarvestRun.status == RunStatus.RUNNING, HarvestRun.heartbeat < now() - config.stale_after())


def take_over(source_id: str | None = None) -> list[tuple[str, str | None]]:
    """End the dead runs of a source, or of all; return (source id, job id) of each. Their jobs are left as they are."""
    query = (
        sa.update(HarvestRun)
        .where(_dead())
        .values(status=RunStatus.INTERRUPTED, reason=EngineReason.WORKER_DIED, finished=HarvestRun.heartbeat)
        .returning(HarvestRun.source_id, HarvestRun.job_id)
    )
    if source_id:
        query = query.where(HarvestRun.source_id == source_id)
    ended = model.Session.execute(query, execution_options=AS_IT_IS).all()
    model.Session.commit()
    for source, job in ended:
        log.warning("Harvest run of source %s (job %s) was silent for too long and has been ended", source, job)
    return [(source, job) for source, job in ended]


def give_up(job_id: str) -> None:
    """End a job whose worker died once too often."""
    _end_job(job_id, RunStatus.INTERRUPTED, EngineReason.WORKER_DIED, None)
    model.Session.commit()


def attempts(job_id: str) -> int:
    """Return how many runs a job has had."""
    query = sa.select(sa.func.count()).select_from(HarvestRun).where(HarvestRun.job_id == job_id)
    return model.Session.execute(query).scalar_one()


def is_alive(source_id: str) -> bool:
    """Tell whether a source is being harvested at this moment."""
    query = sa.select(HarvestRun.id).where(
        HarvestRun.source_id == source_id, HarvestRun.status == RunStatus.RUNNING, sa.not_(_dead())
    )
    return model.Session.execute(query).first() is not None


def latest(source_ids: Iterable[str]) -> dict[str, HarvestRun]:
    """Return the latest run of each of these sources that has had one."""
    query = (
        sa.select(HarvestRun)
        .where(HarvestRun.source_id.in_(list(source_ids)))
        .distinct(HarvestRun.source_id)
        .order_by(HarvestRun.source_id, HarvestRun.started.desc(), HarvestRun.id)
    )
    return {run.source_id: run for run in model.Session.execute(query).scalars()}


def of_jobs(job_ids: Iterable[str]) -> dict[str, HarvestRun]:
    """Return the latest run of each of these jobs that has had one."""
    query = (
        sa.select(HarvestRun)
        .where(HarvestRun.job_id.in_(list(job_ids)))
        .distinct(HarvestRun.job_id)
        .order_by(HarvestRun.job_id, HarvestRun.started.desc(), HarvestRun.id)
    )
    return {run.job_id: run for run in model.Session.execute(query).scalars() if run.job_id}


def iso(moment: datetime | None) -> str | None:
    """Return a time of the tables as ISO 8601 in UTC, to the second."""
    return moment.isoformat(timespec="seconds") + "Z" if moment else None


def dictize(run: HarvestRun) -> dict[str, Any]:
    """Return a run as actions and commands show it. Times are UTC; ``seconds`` is how long it took, or takes so far."""
    return {
        "id": run.id,
        "source_id": run.source_id,
        "job_id": run.job_id,
        "status": run.status,
        "reason": run.reason,
        "detail": run.detail,
        "started": iso(run.started),
        "finished": iso(run.finished),
        "seconds": round(((run.finished or now()) - run.started).total_seconds(), 1),
        "total": run.total,
        **{name: getattr(run, name) for name in Counts().as_dict()},
    }
