"""Refresh products again and again, on CKAN's own job queue and the scheduler of its workers.

Time is cut into slots of ``product.refresh`` seconds. A job first puts the job of the next slot on the schedule, then
does its work: a worker that is killed in the middle does not break the chain. The id of a job is its slot, so two
chains that meet become one. A chain lost with Redis is begun anew by :func:`ensure`, which ``ckan products sync``
calls, and every reader who finds old data.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import ckan.plugins.toolkit as tk
from ckan.lib.jobs import get_queue
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus

from ckanext.eurometropool.products import config
from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.errors import NotSyncedError, UnknownProductError
from ckanext.eurometropool.products.refreshing import refresh

log = logging.getLogger(__name__)

WAITING = frozenset({JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.STARTED, JobStatus.DEFERRED})
KEPT = 300  # seconds a finished job stays in Redis
LONGEST = 240  # seconds a job may take


def run(name: str) -> None:
    """Refresh the product of this name, as a job, after scheduling the next refresh."""
    try:
        product = config.product(name)
    except UnknownProductError:
        log.info("Product %s is no longer defined: its refreshes end here", name)
        return
    _schedule(product, datetime.now(UTC) + timedelta(seconds=product.refresh))
    try:
        refresh(product)
    except NotSyncedError:
        log.warning("Product %s has no dataset yet: run `ckan products sync`", name)


def ensure(product: Product) -> bool:
    """Begin refreshing a product if no refresh is waiting; say whether that was needed."""
    job = _pending(product)
    if job is not None and job.get_status() in WAITING and not _overdue(job, product):
        return False
    _schedule(product, datetime.now(UTC))
    return True


def ensure_quietly(product: Product) -> None:
    """Do :func:`ensure` for a reader, who must get an answer also while Redis is away."""
    try:
        ensure(product)
    except RedisError as error:
        log.warning("Product %s cannot be scheduled: %s", product.name, error)


def stop(product: Product) -> None:
    """Take the next refresh off the schedule."""
    job = _pending(product)
    if job is not None:
        job.delete()
    connect_to_redis().delete(_key(product))


def _schedule(product: Product, at: datetime) -> None:
    slot = int(at.timestamp() // product.refresh)
    job_id = f"{_key(product).replace(':', '-')}-{slot}"
    connection = connect_to_redis()
    if _job(job_id) is None:
        queue = get_queue(config.queue())
        job = queue.enqueue_at(
            datetime.fromtimestamp(slot * product.refresh, UTC),
            run,
            product.name,
            job_id=job_id,
            job_timeout=LONGEST,
            result_ttl=KEPT,
            failure_ttl=KEPT,
            meta={"title": f"refresh {product.name}", "slot": slot},
        )
        log.debug("Refresh %s is scheduled", job.id)
    connection.set(_key(product), job_id)


def _pending(product: Product) -> Job | None:
    job_id = connect_to_redis().get(_key(product))
    return _job(job_id.decode()) if isinstance(job_id, bytes) else None


def _job(job_id: str) -> Job | None:
    try:
        return Job.fetch(job_id, connection=connect_to_redis())
    except NoSuchJobError:
        return None


def _overdue(job: Job, product: Product) -> bool:
    """Say whether a job that counts as started must have been lost with its worker."""
    begun = job.started_at
    if job.get_status() is not JobStatus.STARTED or begun is None:
        return False
    return datetime.now(UTC) - begun.replace(tzinfo=begun.tzinfo or UTC) > timedelta(seconds=LONGEST + product.refresh)


def _key(product: Product) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:product:{product.name}"
