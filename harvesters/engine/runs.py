"""Runs in the database: one a source at a time, a worker at each for a step, and always ended.

A partial unique index allows one ``running`` row a source, so two runs of one source cannot overlap on any number of
machines. The worker that carries out a step of a run has its lease: ``worker`` names it and a thread renews
``heartbeat``. A worker silent for longer than ``ckanext.harvesters.stale_after`` is dead: it loses the lease, and
whichever worker is free goes on at the place where the run was.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterable, Sequence
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
from ckanext.harvesters.engine.place import Place
from ckanext.harvesters.engine.report import EngineReason, sentence
from ckanext.harvesters.engine.statistics import Counts, RunStatus
from ckanext.harvesters.engine.tables import HarvestRun, database_now, now

log = logging.getLogger(__name__)

#: How many workers may die at one place of a run before it is given up.
ATTEMPTS = 3

#: How often a run may be put off at one place (the database or the index is away) before it is given up.
DELAYS = 20

#: Bulk statements need not look for the rows they touch among the session's objects.
AS_IT_IS = {"synchronize_session": False}


class Lease:
    """A step of a run that this process carries out: a context manager that keeps it alive.

    ``place`` is where it begins, ``step`` which of the run's steps it is, ``started`` when the run began, ``again``
    whether it maps what is kept of the source's records instead of asking the portal. `hold` belongs into every
    transaction that writes, so that a worker which lost its lease while it stood still cannot write any more.
    """

    def __init__(self, run: HarvestRun) -> None:
        self.run_id, self.source_id, self.job_id = run.id, run.source_id, run.job_id or ""
        self.step, self.started, self.place, self.delays = run.steps, run.started, Place.of(run.place), run.delays
        self.again = _maps_again(run)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{run.id}", daemon=True)

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
                    connection.execute(self.mine(sa.update(HarvestRun)).values(heartbeat=database_now()))
            except SQLAlchemyError:
                # The run itself meets the same trouble and ends; a heartbeat alone has nothing to decide.
                log.warning("No heartbeat for harvest run %s", self.run_id, exc_info=True)

    def mine(self, statement: Any) -> Any:
        """Narrow a statement on runs to this one, as long as this process has the lease."""
        return statement.where(
            HarvestRun.id == self.run_id,
            HarvestRun.status == RunStatus.RUNNING,
            HarvestRun.steps == self.step,
            HarvestRun.worker != "",
        )

    def hold(self) -> None:
        """Make sure, until the current transaction ends, that the run is still this process's. Raises `RunEnded`."""
        if model.Session.execute(self.mine(sa.select(HarvestRun.id)).with_for_update(read=True)).scalar() is None:
            raise RunEnded(EngineReason.TAKEN_OVER)

    def reach(self, place: Place) -> None:
        """Note, in the current transaction, that everything before a place is done."""
        moved = {"place": place.as_dict(), "deaths": 0, "delays": 0}
        model.Session.execute(self.mine(sa.update(HarvestRun)).values(moved), execution_options=AS_IT_IS)

    def progress(self, counts: Counts, total: int | None = None, place: Place | None = None) -> None:
        """Publish how far the run is, in a transaction of its own. Raises `RunEnded` when it should go no further."""
        values: dict[str, Any] = {**counts.as_dict(), "heartbeat": database_now()}
        if total is not None:
            values["total"] = total
        if place is not None:
            values |= {"place": place.as_dict(), "deaths": 0, "delays": 0}
        publish = self.mine(sa.update(HarvestRun)).values(values).returning(HarvestRun.id)
        mine = model.Session.execute(publish, execution_options=AS_IT_IS).scalar()
        job = sa.select(HarvestJob.status).where(HarvestJob.id == self.job_id)
        stopped = model.Session.execute(job).scalar() != "Running"
        model.Session.commit()
        if mine is None:
            raise RunEnded(EngineReason.TAKEN_OVER)
        if stopped:
            raise RunEnded(EngineReason.STOPPED)


def _maps_again(run: HarvestRun) -> bool:
    """Tell whether a run maps what is kept of a source; that is its reason from the beginning to the end."""
    return run.reason == EngineReason.MAPPED_AGAIN


def drop_connection() -> None:
    """Give up the session's connection as it is, without a word to a database that may be away.

    To end its transaction there would fail like what has failed before.
    """
    model.Session().invalidate()
    model.Session.remove()


def begin(source_id: str, name: str, job_id: str, *, again: bool | None = None) -> Lease:
    """Begin a run, or the next step of the job's run. Raises `AlreadyRunning` while it is not this job's turn.

    ``again``: a run that only maps what is kept again; it stays one, whoever goes on with it. None takes the run as it
    is; who asks for the other kind than there is gets `AlreadyRunning`.
    """
    if not _wanted(job_id, new=True):
        raise AlreadyRunning(name)
    worker = f"{socket.gethostname()}:{os.getpid()}"
    found = _running(source_id)
    if found is not None and found.job_id != job_id and not _wanted(found.job_id):
        _end([found.id], EngineReason.STOPPED)
        found = None
    if found is None:
        return Lease(_first(source_id, name, job_id, worker, EngineReason.MAPPED_AGAIN if again else None))
    if again is not None and again is not _maps_again(found):
        raise AlreadyRunning(name)
    free = sa.and_(HarvestRun.id == found.id, HarvestRun.status == RunStatus.RUNNING, HarvestRun.worker == "")
    claim = (
        sa.update(HarvestRun)
        .where(free, HarvestRun.job_id == job_id)
        .values(worker=worker, heartbeat=database_now(), steps=HarvestRun.steps + 1, wait_until=None)
        .returning(HarvestRun)
        .execution_options(populate_existing=True)
    )
    run = model.Session.execute(claim, execution_options=AS_IT_IS).scalar()
    if run is None:
        model.Session.rollback()
        raise AlreadyRunning(name)
    lease = Lease(run)
    model.Session.commit()
    return lease


def _first(source_id: str, name: str, job_id: str, worker: str, reason: str | None) -> HarvestRun:
    run = HarvestRun(source_id=source_id, job_id=job_id, worker=worker, reason=reason)
    model.Session.add(run)
    try:
        set_job(job_id, status="Running", gather_started=now(), gather_finished=None, finished=None)
        model.Session.commit()
    except IntegrityError as error:
        model.Session.rollback()
        raise AlreadyRunning(name) from error
    return run


def _running(source_id: str) -> HarvestRun | None:
    query = sa.select(HarvestRun).where(HarvestRun.source_id == source_id, HarvestRun.status == RunStatus.RUNNING)
    return model.Session.execute(query.execution_options(populate_existing=True)).scalar()


def _wanted(job_id: str | None, *, new: bool = False) -> bool:
    """Tell whether a job is still to be done: nobody has stopped it. ``new``: or it has not been begun."""
    job = sa.select(HarvestJob.status).where(HarvestJob.id == job_id)
    return model.Session.execute(job).scalar() in (("New", "Running") if new else ("Running",))


def put_down(lease: Lease, seconds: float = 0, *, delayed: bool = False) -> None:
    """End a step, not the run: the next one may begin after some seconds. ``delayed``: the step could not go on."""
    model.Session.rollback()
    query = lease.mine(sa.update(HarvestRun))
    values = {"worker": "", "wait_until": database_now() + timedelta(seconds=seconds)}
    if delayed:
        values["delays"] = HarvestRun.delays + 1
    model.Session.execute(query.values(values), execution_options=AS_IT_IS)
    model.Session.commit()


def finish(
    lease: Lease, status: RunStatus, counts: Counts, reason: str | None = None, detail: str | None = None
) -> bool:
    """End a run and its job; return False of a run that was taken over, which is another worker's to end."""
    model.Session.rollback()
    ended = model.Session.execute(
        sa.update(HarvestRun)
        .where(HarvestRun.id == lease.run_id, HarvestRun.status == RunStatus.RUNNING, HarvestRun.steps == lease.step)
        .values(
            place=None,
            status=status,
            reason=reason,
            detail=detail,
            finished=now(),
            heartbeat=database_now(),
            **counts.as_dict(),
        )
        .returning(HarvestRun.id),
        execution_options=AS_IT_IS,
    ).scalar()
    if ended is not None:
        _end_job(lease.job_id, status, reason, detail)
    model.Session.commit()
    return ended is not None


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
    return sa.and_(
        HarvestRun.status == RunStatus.RUNNING,
        HarvestRun.worker != "",
        HarvestRun.heartbeat < database_now() - config.stale_after(),
    )


def take_over(source_id: str | None = None) -> list[str]:
    """Take the lease from dead workers, of one source or of all; give up runs that killed too many of them.

    Return the ids of the sources whose harvests were given up.
    """
    query = (
        sa.update(HarvestRun)
        .where(_dead())
        .values(worker="", deaths=HarvestRun.deaths + 1)
        .returning(HarvestRun.id, HarvestRun.source_id, HarvestRun.job_id, HarvestRun.deaths)
    )
    if source_id:
        query = query.where(HarvestRun.source_id == source_id)
    found = model.Session.execute(query, execution_options=AS_IT_IS).all()
    model.Session.commit()
    for _run, source, job, deaths in found:
        log.warning("The worker at source %s (job %s) was silent for too long, the %s. time here", source, job, deaths)
    given_up = {run: source for run, source, _job, deaths in found if deaths >= ATTEMPTS}
    _end(list(given_up), EngineReason.WORKER_DIED)
    told = sa.select(HarvestRun.source_id).where(HarvestRun.id.in_(given_up), looked())
    return list(model.Session.execute(told).scalars())


def _end(run_ids: Sequence[str], reason: EngineReason) -> None:
    """End runs that nobody is at, and their jobs."""
    ended = (
        sa.update(HarvestRun)
        .where(HarvestRun.id.in_(run_ids), HarvestRun.status == RunStatus.RUNNING, HarvestRun.worker == "")
        .values(
            status=RunStatus.INTERRUPTED,
            reason=sa.case((looked(), reason), else_=HarvestRun.reason),
            detail=sa.case((looked(), HarvestRun.detail), else_=sentence(reason, "en")),
            finished=HarvestRun.heartbeat,
            place=None,
        )
        .returning(HarvestRun.job_id)
    )
    for job_id in model.Session.execute(ended, execution_options=AS_IT_IS).scalars().all():
        if job_id and _wanted(job_id):
            _end_job(job_id, RunStatus.INTERRUPTED, reason, None)
    model.Session.commit()


def end_stopped() -> None:
    """End runs between two steps whose job somebody has stopped, or whose source somebody has removed."""
    query = (
        sa.select(HarvestRun.id)
        .join(HarvestSource, HarvestSource.id == HarvestRun.source_id)
        .outerjoin(HarvestJob, HarvestJob.id == HarvestRun.job_id)
        .where(HarvestRun.status == RunStatus.RUNNING, HarvestRun.worker == "")
        .where(
            sa.or_(HarvestJob.status.is_distinct_from("Running"), sa.literal_column("harvest_source.active").is_(False))
        )
    )
    _end(list(model.Session.execute(query).scalars()), EngineReason.STOPPED)


def steps(job_id: str) -> int:
    """Return how many steps of a job have been begun."""
    query = sa.select(sa.func.coalesce(sa.func.sum(HarvestRun.steps), 0)).where(HarvestRun.job_id == job_id)
    return model.Session.execute(query).scalar_one()


def is_alive(source_id: str) -> bool:
    """Tell whether a worker is at a source at this moment."""
    query = sa.select(HarvestRun.id).where(
        HarvestRun.source_id == source_id,
        HarvestRun.status == RunStatus.RUNNING,
        HarvestRun.worker != "",
        sa.not_(_dead()),
    )
    return model.Session.execute(query).first() is not None


def is_waiting(job_id: str) -> bool:
    """Tell whether the next step of a job's run is to begin later than now."""
    query = sa.select(HarvestRun.id).where(
        HarvestRun.job_id == job_id, HarvestRun.status == RunStatus.RUNNING, HarvestRun.wait_until > database_now()
    )
    return model.Session.execute(query).first() is not None


def is_under_way(source_id: str) -> bool:
    """Tell whether a source has a run that will go on."""
    run = _running(source_id)
    return run is not None and (_wanted(run.job_id) or is_alive(source_id))


def looked() -> sa.ColumnElement[bool]:
    """Meet runs that looked at the portal: not those that mapped what is kept of it again."""
    return HarvestRun.reason.is_distinct_from(EngineReason.MAPPED_AGAIN)


def latest(source_ids: Iterable[str], *which: sa.ColumnElement[bool]) -> dict[str, HarvestRun]:
    """Return the latest run of each of these sources that has had one which meets all conditions."""
    query = (
        sa.select(HarvestRun)
        .where(HarvestRun.source_id.in_(list(source_ids)), *which)
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
