"""Refreshes on CKAN's job queue, with a real Redis and a real worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ckan.lib.jobs import get_queue
from ckan.lib.redis import connect_to_redis
from rq.registry import ScheduledJobRegistry
from rq.scheduler import RQScheduler

from ckanext.eurometropool.products import schedule, store
from ckanext.eurometropool.products.definition import Product
from tests.products.conftest import CONNECTED, Clock
from tests.real_worker import work

pytestmark = pytest.mark.usefixtures("clean_redis")


def scheduled() -> list[str]:
    """Return the jobs of products: a saved dataset may have armed another one of the portal's."""
    return [name for name in ScheduledJobRegistry(queue=get_queue()).get_job_ids() if "-product-" in name]


def due() -> None:
    """Let the scheduler of CKAN's worker put on the queue what is due."""
    scheduler = RQScheduler([get_queue()], connection=connect_to_redis())
    scheduler.acquire_locks()
    scheduler.enqueue_scheduled_jobs()
    scheduler.release_locks()


def test_ensuring_twice_schedules_once(synced: Product):
    assert schedule.ensure(synced) is True
    assert schedule.ensure(synced) is False
    assert len(scheduled()) == 1


def test_job_schedules_the_next_slot_before_it_works(synced: Product, clock: Clock):
    schedule.ensure(synced)
    fetched = store.states(synced)["mel"].fetched
    clock.now += 3600
    due()
    assert get_queue().count == 1
    assert scheduled() == []
    schedule.run(synced.name)
    assert len(scheduled()) == 1
    moment = ScheduledJobRegistry(queue=get_queue()).get_scheduled_time(scheduled()[0])
    assert timedelta(0) < moment - datetime.now(UTC) <= timedelta(seconds=synced.refresh)
    assert store.states(synced)["mel"].fetched >= fetched


def test_two_chains_become_one(synced: Product):
    schedule.run(synced.name)
    schedule.run(synced.name)
    assert len(scheduled()) == 1


def test_lost_redis_is_found_out(synced: Product):
    schedule.ensure(synced)
    connect_to_redis().flushdb()
    assert scheduled() == []
    assert schedule.ensure(synced) is True
    assert len(scheduled()) == 1


def test_product_that_is_no_longer_defined_ends_its_chain(with_plugins):
    schedule.run("unicorns")
    assert scheduled() == []


def test_worker_runs_the_job(synced: Product, clock: Clock, tmp_path: Path):
    fetched = store.states(synced)["mel"].fetched
    clock.now += 3600
    schedule.ensure(synced)
    due()
    work("default", tmp_path, CONNECTED)
    assert len(scheduled()) == 1
    assert get_queue().count == 0
    assert store.states(synced)["mel"].fetched > fetched
