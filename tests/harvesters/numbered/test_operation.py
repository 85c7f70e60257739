"""Inputs 42 to 47: what happens to processes, services, sources and clocks while harvests run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import rebuild
from ckan.lib.search.common import make_connection
from ckan.model import ensure_engine
from rq import Worker

from ckanext.harvesters.engine import jobs, queue, runs
from ckanext.harvesters.engine.errors import AlreadyRunning
from ckanext.harvesters.engine.run import run
from ckanext.harvesters.engine.statistics import Counts
from ckanext.harvesters.engine.tables import now
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import context, harvest, index, make_source, rows

from .workers import installation

pytestmark = pytest.mark.usefixtures("with_plugins")


@contextmanager
def without_database() -> Iterator[None]:
    """Have the database refuse everybody for a while, as one that restarts does."""
    url = ensure_engine().url
    name = str(url.database)

    def say(*statements: str) -> None:
        engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(sa.text(statement), {"name": name} if ":name" in statement else {})

    model.Session.remove()
    ensure_engine().dispose()
    say(
        f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name",
    )
    try:
        yield
    finally:
        say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def within(seconds: float, done: Callable[[], Any]) -> Any:
    """Wait until something is so, and return it."""
    until = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < until
        time.sleep(0.2)
        model.Session.remove()
    return found


def test_42_a_worker_that_finds_no_database_waits_for_it(source, tmp_path) -> None:
    def living() -> set[int]:
        return {worker.pid for worker in Worker.all(connection=connect_to_redis())}

    with installation(1, tmp_path / "workers.log", {}) as [worker]:
        within(30, lambda: worker in living())
        job_id = jobs.create(source, enqueue=False)
        with without_database():
            asked = {"source_id": source.id, "job_id": job_id}
            tk.enqueue_job(queue.harvest, kwargs=asked, queue="harvest", rq_kwargs={"job_id": f"harvest-{job_id}-0"})
            within(10, lambda: not tk.get_job_queue("harvest").job_ids)
            # Longer than a work horse needs to read CKAN's configuration.
            time.sleep(3)
        within(30, lambda: runs.of_jobs([job_id]).get(job_id) and runs.of_jobs([job_id])[job_id].status == "finished")
        # For RQ it never died: it is asked for when somebody wants to know who works.
        assert worker in living()
    assert len(rows()) == 12


def test_43_two_workers_never_take_the_same_source(source, portal) -> None:
    portal.odwb.faults = Faults(delay=0.2)
    job_id = jobs.create(source, enqueue=False)
    ends: list[str] = []

    def one() -> None:
        try:
            ends.append(run(source, job_id)["status"])
        except AlreadyRunning:
            ends.append("busy")
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["busy", "finished"]
    assert len(rows()) == 12


def test_44_a_source_deleted_during_its_run_ends_it(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 0)
    job_id = jobs.create(source, enqueue=True)
    queue.harvest(source.id, job_id)
    tk.get_action("harvest_source_delete")(context(), {"id": source.id})
    queue.harvest(source.id, job_id)
    queue.tend()
    assert runs.of_jobs([job_id])[job_id].status == "interrupted"
    assert len(rows()) < 12
    assert set(index()) == set(rows())


def test_44_a_source_whose_protocol_is_switched_off_disturbs_nobody(source, portal) -> None:
    make_source("other", portal.url, region="wallonie")
    model.Session.execute(
        sa.text("UPDATE harvest_source SET type = 'no-such-protocol' WHERE id <> :id"), {"id": source.id}
    )
    model.Session.commit()
    queue.tick()
    assert harvest(source)["status"] == "finished"
    assert tk.get_action("harvest_status")(context(), {})["sources"][0]["name"] == "odwb"


@pytest.mark.parametrize("hours", [-26, 26])
def test_45_a_machine_whose_clock_is_wrong_takes_nothing_from_others_and_lets_go_in_time(
    source, monkeypatch, hours
) -> None:
    job_id = jobs.create(source, enqueue=False)
    lease = runs.begin(source.id, source.name, job_id)
    # Machines have the clocks they have; here the process plays another one.
    monkeypatch.setattr(runs, "now", lambda: now() + timedelta(hours=hours))
    with pytest.raises(AlreadyRunning):
        runs.begin(source.id, source.name, job_id)
    lease.hold()
    lease.progress(Counts())
    monkeypatch.undo()
    assert runs.is_alive(source.id)
    runs.put_down(lease, 3600)
    assert runs.is_waiting(job_id)
    with runs.begin(source.id, source.name, job_id) as other:
        # The clock of a machine that is wrong, as above.
        monkeypatch.setattr(runs, "now", lambda: now() + timedelta(hours=hours))
        assert runs.is_alive(source.id)
        other.hold()
        model.Session.rollback()


def test_45_a_worker_that_died_with_a_wrong_clock_does_not_hold_its_source(source, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.stale_after", 1)
    job_id = jobs.create(source, enqueue=False)
    with monkeypatch.context() as ahead:
        ahead.setattr(runs, "now", lambda: now() + timedelta(hours=26))
        runs.begin(source.id, source.name, job_id).progress(Counts())
    time.sleep(1.1)
    assert not runs.is_alive(source.id)
    runs.take_over(source.id)
    assert runs.begin(source.id, source.name, job_id).step == 2


def test_46_a_cancelled_run_starts_again_without_doubles(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 0)
    job_id = jobs.create(source, enqueue=True)
    queue.harvest(source.id, job_id)
    tk.get_action("harvest_job_abort")(context(), {"id": job_id})
    queue.tend()
    assert runs.of_jobs([job_id])[job_id].status == "interrupted"
    assert harvest(source)["status"] == "finished"
    assert len(rows()) == 12
    assert set(index()) == set(rows())


def test_47_ghosts_in_the_index_are_gone_after_a_rebuild_and_no_run_makes_any(source, portal) -> None:
    harvest(source)
    assert set(index()) == set(rows())
    ghost = {
        "id": "ghost",
        "name": "ghost",
        "index_id": "ghost",
        "site_id": tk.config["ckan.site_id"],
        "state": "active",
    }
    make_connection().add([{**ghost, "dataset_type": "dataset", "entity_type": "package"}], commit=True)
    assert "ghost" in index()
    rebuild(clear=True)
    assert set(index()) == set(rows())
