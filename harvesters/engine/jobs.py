"""Jobs of ckanext-harvest for the engine's sources: made, found again, followed."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.logic import HarvestJobExists
from ckanext.harvest.model import HarvestJob
from rq import Worker
from rq.worker import BaseWorker

from ckanext.harvesters import config
from ckanext.harvesters.engine import runs
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.tables import HarvestRun

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
