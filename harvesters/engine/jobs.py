"""Jobs of ckanext-harvest for the engine's sources: made, found again, followed, ended when nobody begins them."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.logic import HarvestJobExists
from ckanext.harvest.model import HarvestJob, HarvestSource
from rq import Worker
from rq.worker import BaseWorker

from ckanext.harvesters import config
from ckanext.harvesters.engine import runs
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.statistics import RunStatus
from ckanext.harvesters.engine.tables import HarvestRun, now

#: How long a worker may need from its start until it listens (seconds): it loads CKAN first.
STARTING = 20.0


def create(source: Registered, *, enqueue: bool) -> str:
    """Return the id of a job for a source: a new one, on the queue if wanted, or the one it has that is not done."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        job = tk.get_action("harvest_job_create")(
            {"ignore_auth": True, "user": user}, {"source_id": source.id, "run": enqueue}
        )
    except HarvestJobExists:
        query = (
            sa.select(HarvestJob.id)
            .where(HarvestJob.source_id == source.id, HarvestJob.status.in_(("New", "Running")))
            .order_by(HarvestJob.created.desc())
        )
        return model.Session.execute(query).scalars().first() or create(source, enqueue=enqueue)
    return job["id"]


def has_worker() -> bool:
    """Tell whether a worker listens to the queue of harvests.

    One that was killed stays in RQ's list for seven minutes: of this machine's, only those that live count.
    """
    return any(_may_live(worker) for worker in Worker.all(queue=tk.get_job_queue(config.queue())))


def worker_comes() -> bool:
    """Tell whether a worker listens to the queue of harvests; one that has just been started is waited for."""
    end = time.monotonic() + STARTING
    while not (there := has_worker()) and time.monotonic() < end:
        time.sleep(0.5)
    return there


def _may_live(worker: BaseWorker) -> bool:
    if worker.hostname != socket.gethostname() or not worker.pid:
        return True
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True


def end_unbegun(kinds: Iterable[str]) -> None:
    """End jobs without a run, of sources of these types that somebody has removed."""
    inactive = sa.literal_column("harvest_source.active").is_(False)
    removed = sa.select(HarvestSource.id).where(inactive, HarvestSource.type.in_(list(kinds)))
    waiting = sa.update(HarvestJob).where(
        HarvestJob.status.in_(("New", "Running")), HarvestJob.source_id.in_(removed), sa.not_(_has_run())
    )
    model.Session.execute(waiting.values(status="Finished", finished=now()), execution_options=runs.AS_IT_IS)
    model.Session.commit()


def _has_run() -> sa.ColumnElement[bool]:
    """Meet jobs that have a run which goes on."""
    here = sa.and_(HarvestRun.job_id == HarvestJob.id, HarvestRun.status == RunStatus.RUNNING)
    return sa.select(HarvestRun.id).where(here).correlate(HarvestJob).exists()


def unbegun(source_ids: Iterable[str]) -> dict[str, datetime]:
    """Return, by source, since when a job waits for a worker to begin with it (UTC)."""
    query = (
        sa.select(HarvestJob.source_id, sa.func.min(HarvestJob.created))
        .where(HarvestJob.source_id.in_(list(source_ids)), HarvestJob.status.in_(("New", "Running")))
        .where(sa.not_(_has_run()))
        .group_by(HarvestJob.source_id)
    )
    return dict(model.Session.execute(query).tuples().all())


def stands_still(source_id: str) -> bool:
    """Tell whether a source is neither being harvested nor about to be; then it stays so in the current transaction.

    A new job refers to its source, so it waits for the lock on the source's row.
    """
    if _has_job(source_id):
        return False
    model.Session.execute(sa.select(HarvestSource.id).where(HarvestSource.id == source_id).with_for_update())
    return not _has_job(source_id)


def _has_job(source_id: str) -> bool:
    job = sa.select(HarvestJob.id).where(HarvestJob.source_id == source_id, HarvestJob.status.in_(("New", "Running")))
    return model.Session.execute(job.limit(1)).first() is not None


def follow(job_ids: Sequence[str], every: float = 0.5) -> Iterator[dict[str, HarvestRun]]:
    """Yield the runs of jobs (job id → run, as far as there is one) again and again until all jobs are done.

    ``every`` is the pause between two looks (seconds).
    """
    done = sa.select(HarvestJob.id).where(HarvestJob.id.in_(job_ids), HarvestJob.status.not_in(("New", "Running")))
    while True:
        finished = len(model.Session.execute(done).scalars().all()) >= len(job_ids)
        yield runs.of_jobs(job_ids)
        # A new transaction each time, or the database would show the same state for ever.
        model.Session.remove()
        if finished:
            return
        time.sleep(every)
