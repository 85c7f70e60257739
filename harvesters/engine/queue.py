"""Harvests on CKAN's job queue: one job of the queue is one step of the run of one source.

A run is cut into steps of about a minute, so that any worker can carry out the next one and no source keeps others
waiting. Nothing depends on a message being there or not: what is to be done stands in the database (ckanext-harvest's
jobs, our runs), `tend` compares it with the queue and puts right what is missing, and a job that comes twice finds the
lease taken or the work done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestJob, HarvestSource
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import InvalidJobOperation
from rq.job import Job, JobStatus
from sqlalchemy.exc import SQLAlchemyError

from ckanext.harvesters import config
from ckanext.harvesters.engine import gone, jobs, runs
from ckanext.harvesters.engine.errors import AlreadyRunning
from ckanext.harvesters.engine.run import step, take_over
from ckanext.harvesters.engine.sources import protocol_names, registered
from ckanext.harvesters.engine.tables import now
from ckanext.harvesters.engine.writer import GONE
from ckanext.oslo import slots

log = logging.getLogger(__name__)

#: How long it is known when a job was taken (seconds): longer than a queue takes to bring any of them.
_KEPT = 86_400

_PENDING = {JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED}


def enqueue(source_id: str, job_id: str) -> None:
    """Put a job of ckanext-harvest on the queue, unless it is there."""
    asked = {"source_id": source_id, "job_id": job_id}
    put(harvest, _queue_id(job_id), asked, title=f"harvest {source_id}", timeout=config.step_deadline())


def put(function: Callable[..., None], queue_id: str, asked: Mapping[str, str], *, title: str, timeout: int) -> None:
    """Put a call of a function on the queue under an id, unless one waits or is being done. ``timeout`` in seconds."""
    if is_pending(queue_id):
        return
    waiting = tk.get_job_queue(config.queue())
    waiting.intermediate_queue.remove(queue_id)
    waiting.connection.delete(_taken_key(queue_id))
    options = {"job_id": queue_id, "timeout": timeout, "result_ttl": 0}
    tk.enqueue_job(function, kwargs=dict(asked), title=title, queue=config.queue(), rq_kwargs=options)


def _queue_id(job_id: str) -> str:
    """Name a job on the queue: anew for each step, because that of a dead worker may still stand as started."""
    return f"harvest-{job_id}-{runs.steps(job_id)}"


def harvest(source_id: str, job_id: str) -> None:
    """Do what a job on the queue asks for: a step of a harvest, unless that is being done or has been done."""
    job = model.Session.get(HarvestJob, job_id)
    source = next(registered([source_id]), None)
    if job is None or source is None or job.status not in ("New", "Running"):
        log.info("Harvest job %s of source %s is done, stopped or gone", job_id, source_id)
        return
    arm()
    try:
        if step(source, job_id):
            enqueue(source_id, job_id)
    except AlreadyRunning as busy:
        log.info("Harvest job %s: %s", job_id, busy)


def tend() -> None:
    """Put right what a killed worker, a lost queue or a restart has left: take over from the dead, go on with runs."""
    take_over()
    runs.end_stopped()
    ours = protocol_names()
    jobs.end_unbegun(ours)
    # A new job is for whoever made it to begin with; broken off before, it would keep its source waiting for ever.
    left = sa.and_(HarvestJob.status == "New", HarvestJob.created < now() - config.stale_after())
    begun = (
        sa.select(HarvestJob.id, HarvestJob.source_id)
        .join(HarvestSource)
        .where(sa.or_(HarvestJob.status == "Running", left), HarvestSource.type.in_(ours))
    )
    for job_id, source_id in model.Session.execute(begun).all():
        if not (runs.is_alive(source_id) or runs.is_waiting(job_id)):
            enqueue(source_id, job_id)


def watch(every: float = 10) -> NoReturn:
    """Tend again and again (``every`` seconds), and keep the schedule armed, whatever is away meanwhile."""
    while True:
        look()
        time.sleep(every)


def look() -> None:
    """Tend once, and keep the schedule armed; when the database or Redis is away, say so in the log."""
    try:
        arm()
        tend()
        # Not in a `finally`: it ends a transaction, which fails as well when the database has gone since.
        model.Session.remove()
    except (SQLAlchemyError, RedisError) as error:
        log.warning("Harvests cannot be tended now: %s", error)
        runs.drop_connection()


def is_pending(queue_id: str) -> bool:
    """Tell whether a job of the queue waits or is being done, by its id there."""
    try:
        job = tk.job_from_id(queue_id)
        status = job.get_status()
    except (KeyError, InvalidJobOperation):
        return False
    return status in _PENDING and not (status == JobStatus.QUEUED and _is_lost(job))


def _is_lost(job: Job) -> bool:
    """Tell whether a worker has taken a job that still says that it waits, and has not begun it for long.

    A work horse that dies before it begins (CKAN reads its configuration there, and asks the database) leaves its job
    on no queue, as one that waits. RQ looks for those every ten minutes. How long it was is told by Redis' clock.
    """
    if Queue(job.origin, connection=job.connection).get_job_position(job) is not None:
        return False
    key = _taken_key(job.id)
    job.connection.set(key, "", nx=True, ex=_KEPT)
    seen_for = _KEPT * 1000 - job.connection.pttl(key)
    return seen_for >= config.stale_after().total_seconds() * 1000


def _taken_key(queue_id: str) -> str:
    """Name the key that says since when a job is known to be taken."""
    return f"ckan:{tk.config['ckan.site_id']}:harvest-taken:{queue_id}"


def await_database(patience: float = 30) -> None:
    """Wait until the database answers; called before a worker forks a work horse.

    Gives up with the first failure after ``patience`` seconds. A work horse that finds no database dies without a word
    to its worker, which then counts as dead itself.
    """
    until = time.monotonic() + patience
    while True:
        try:
            ensure_engine().connect().close()
        except GONE as error:
            if time.monotonic() > until:
                log.warning("The database has been away for %g s: %s", patience, error)
                return
            time.sleep(0.2)
        else:
            return
        finally:
            # No connection is to be shared with the work horse.
            ensure_engine().dispose()


def arm() -> None:
    """See to it that `tick` comes in time."""
    every = config.schedule_every().total_seconds()
    slots.arm(tick, "harvest-tick", queue=config.queue(), after=time.time(), every=every, ahead=2)


def tick() -> None:
    """Start the harvests that are due (`harvest_jobs_run` does it) and arm the next tick."""
    # First, so that a worker killed in the middle leaves the chain whole.
    arm()
    tk.get_action("harvest_jobs_run")({"ignore_auth": True, "user": _site_user()}, {})
    gone.remove_due()
    gone.purge_due()


def _site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
