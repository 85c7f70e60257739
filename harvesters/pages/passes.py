"""Runs as pages show them: the engine's, and the jobs of ckanext-harvest's own queue as far as its tables tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckanext.harvest.model import HarvestJob, HarvestObject

from ckanext.harvesters import config
from ckanext.harvesters.engine import runs
from ckanext.harvesters.engine.sources import is_ours
from ckanext.harvesters.engine.statistics import Counts, RunStatus
from ckanext.harvesters.engine.tables import HarvestRun, now
from ckanext.harvesters.pages.health import Health, health

#: A `HarvestJob`. ckanext-harvest maps its tables without types, and a type checker takes its values for columns.
Job = Any

#: How ckanext-harvest names what became of a record → how the engine does.
_REPORTED = {
    "added": "added",
    "updated": "updated",
    "not modified": "unchanged",
    "errored": "failed",
    "deleted": "deleted",
}


@dataclass(frozen=True)
class Pass:
    """One run of a source. Moments are UTC without zone; ``total`` is what the portal says it has, where it says so."""

    job_id: str
    source_id: str
    health: Health
    started: datetime | None = None
    finished: datetime | None = None
    seconds: float | None = None
    total: int | None = None
    counts: Counts = field(default_factory=Counts)
    reason: str | None = None
    detail: str | None = None
    #: The engine's run, None for a job that waits or is not the engine's.
    run_id: str | None = None


def latest(source_ids: Collection[str]) -> dict[str, Pass]:
    """Return the latest run or waiting job of each of these sources that has had one."""
    query = (
        sa.select(HarvestJob)
        .where(HarvestJob.source_id.in_(source_ids))
        .distinct(HarvestJob.source_id)
        .order_by(HarvestJob.source_id, HarvestJob.created.desc(), HarvestJob.id)
    )
    return {one.source_id: one for one in of_jobs(list(model.Session.execute(query).scalars()))}


def of_source(source_id: str, *, limit: int, offset: int = 0) -> list[Pass]:
    """Return runs of a source, the latest first."""
    query = (
        sa.select(HarvestJob)
        .where(HarvestJob.source_id == source_id)
        .order_by(HarvestJob.created.desc(), HarvestJob.id)
        .limit(limit)
        .offset(offset)
    )
    return of_jobs(list(model.Session.execute(query).scalars()))


def count(source_id: str) -> int:
    """Return how many runs of a source are remembered."""
    query = sa.select(sa.func.count()).select_from(HarvestJob).where(HarvestJob.source_id == source_id)
    return model.Session.execute(query).scalar_one()


def of_jobs(jobs: Sequence[Job]) -> list[Pass]:
    """Return the runs of jobs, in their order."""
    found = runs.of_jobs(job.id for job in jobs)
    others = _counted([job.id for job in jobs if job.id not in found])
    return [
        _of_run(found[job.id], job.id) if job.id in found else _of_job(job, others.get(job.id, Counts()))
        for job in jobs
    ]


def _of_run(run: HarvestRun, job_id: str) -> Pass:
    silent = bool(run.worker) and run.heartbeat < now() - config.stale_after()
    return Pass(
        job_id=job_id,
        source_id=run.source_id,
        health=health(run.status, run.failed, silent=silent),
        started=run.started,
        finished=run.finished,
        seconds=((run.finished or now()) - run.started).total_seconds(),
        total=run.total,
        counts=Counts(**{name: getattr(run, name) for name in Counts().as_dict()}),
        reason=run.reason,
        detail=run.detail,
        run_id=run.id,
    )


def _of_job(job: Job, counts: Counts) -> Pass:
    """Return a job that no worker has begun, or that another harvester runs."""
    finished = job.finished or job.gather_finished
    return Pass(
        job_id=job.id,
        source_id=job.source_id,
        health=_of_status(job, counts.failed),
        started=job.gather_started or job.created,
        finished=job.finished,
        seconds=(finished - job.gather_started).total_seconds() if finished and job.gather_started else None,
        counts=counts,
    )


def _of_status(job: Job, failed: int) -> Health:
    if job.status in ("New", "Running"):
        return Health.RUNNING if job.gather_started and job.status == "Running" else Health.WAITING
    # A job of the engine that ended without a run was stopped while it waited.
    stopped = job.status == "Aborted" or is_ours(job.source_id)
    return health(RunStatus.INTERRUPTED if stopped else RunStatus.FINISHED, failed)


def _counted(job_ids: Collection[str]) -> Mapping[str, Counts]:
    """Count what became of records by job, as ckanext-harvest's objects say it."""
    counts: dict[str, Counts] = defaultdict(Counts)
    if not job_ids:
        return counts
    kinds = HarvestObject.harvest_job_id, HarvestObject.report_status
    query = sa.select(*kinds, sa.func.count()).where(HarvestObject.harvest_job_id.in_(job_ids)).group_by(*kinds)
    for job_id, reported, many in model.Session.execute(query):
        name = _REPORTED.get(reported)
        if name:
            setattr(counts[job_id], name, many)
            counts[job_id].seen += many if name != "deleted" else 0
    return counts
