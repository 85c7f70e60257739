"""Tables that wait: one job for any number of datasets, on a real queue."""

from __future__ import annotations

import time
from typing import Any

import pytest
from ckan.lib.jobs import get_queue
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import call_action
from rq.job import Job
from rq.registry import ScheduledJobRegistry

from ckanext.eurometropool.tables import config, waiting
from tests.tables.conftest import dataset

pytestmark = pytest.mark.usefixtures("clean_redis")


def names() -> dict[str, float]:
    """Return what waits: dataset → seconds from now."""
    found: Any = connect_to_redis().zrange(waiting._list(), 0, -1, withscores=True)
    return {name.decode(): moment - time.time() for name, moment in found}


def jobs() -> list[str]:
    registry = ScheduledJobRegistry(queue=get_queue(config.queue()))
    return sorted(job_id for job_id in registry.get_job_ids() if "-tables-" in job_id)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is put on the list be due in the same moment."""
    # The five seconds that changes have to settle, made shorter than a look at the list takes: no test waits for them.
    monkeypatch.setattr(waiting, "SETTLING", 0.000_001)


def loaded(made: dict[str, Any]) -> int:
    return call_action("datastore_search", resource_id=made["resources"][0]["id"], limit=0)["total"]


def test_saving_many_datasets_puts_one_job_on_the_queue(files: str, organization_id: str):
    made = [dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"}) for _ in range(3)]
    dataset(organization_id, {"url": f"{files}/x.pdf", "format": "PDF"})
    assert set(names()) == {one["id"] for one in made}
    assert len(jobs()) <= 2  # the datasets may have been saved on both sides of a slot's border
    assert Job.fetch(jobs()[0], connection=connect_to_redis()).func is waiting.work


def test_a_job_loads_all_that_is_due_and_empties_the_list(files: str, organization_id: str, at_once: None):
    made = [dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"}) for _ in range(3)]
    waiting.work()
    assert [loaded(one) for one in made] == [2, 2, 2]
    assert names() == {}


def test_a_dataset_that_is_not_committed_yet_is_tried_again_and_given_up_at_last(with_plugins: None, at_once: None):
    waiting.add("not-there-yet")
    waits = []
    for _ in range(len(waiting.TRIES)):
        waiting.work()
        waits.append(round(names()["not-there-yet"]))
        assert jobs()
        connect_to_redis().zadd(waiting._list(), {"not-there-yet": time.time()})
    assert waits == list(waiting.TRIES)
    waiting.work()
    assert names() == {}
    assert connect_to_redis().hgetall(waiting._tries()) == {}


def test_what_a_killed_worker_had_taken_is_loaded_by_the_next(files: str, organization_id: str, at_once: None):
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    assert waiting._take(connect_to_redis()) == made["id"]
    waiting.work()
    assert round(names()[made["id"]]) == waiting.LEASE
    connect_to_redis().zadd(waiting._list(), {made["id"]: time.time()})
    waiting.work()
    assert loaded(made) == 2
    assert names() == {}


def test_one_dataset_that_cannot_be_loaded_does_not_stop_the_others(
    files: str, organization_id: str, at_once: None, monkeypatch: pytest.MonkeyPatch
):
    broken = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    made = dataset(organization_id, {"url": f"{files}/bikes.csv", "format": "CSV"})
    monkeypatch.setitem(config.tk.config, "ckanext.eurometropool.tables.max_rows", "rubbish")
    waiting.work()
    assert names() == {}
    monkeypatch.undo()
    waiting.add(made["id"])
    waiting.add(broken["id"])
    assert set(names()) == {made["id"], broken["id"]}
