"""ckanext-harvest's own ways lead to the engine: its jobs, its schedule, its clearing, its reports."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.engine import jobs, queue, runs, store
from ckanext.harvesters.engine.tables import HarvestProblem
from tests.harvesters.engine.conftest import (
    context,
    document,
    guid,
    harvest,
    index,
    rows,
)
from tests.real_worker import work

pytestmark = pytest.mark.usefixtures("with_plugins")


#: What the worker has to know of a test's configuration: that it may ask the stand-in.
ALLOWED = ("ckanext.oslo.fetch.allow",)


def test_reharvest_puts_the_job_on_ckans_queue_and_the_worker_does_it(source, tmp_path: Path) -> None:
    tk.get_action("harvest_job_create")(context(), {"source_id": source.id})
    work("harvest", tmp_path, ALLOWED)
    [run_] = tk.get_action("harvest_run_list")({"ignore_auth": True}, {"source": "odwb"})
    assert run_["status"] == "finished"
    status = tk.get_action("harvest_source_show")(context(), {"id": source.id})["status"]
    assert status["last_job"]["status"] == "Finished"
    assert status["last_job"]["stats"]["added"] == 12
    assert status["total_datasets"] == 12


def test_an_unchanged_run_says_so_on_the_admin_page(source) -> None:
    harvest(source)
    harvest(source)
    status = tk.get_action("harvest_source_show_status")(context(), {"id": source.id})
    assert status["last_job"]["stats"]["not modified"] == 12
    assert status["total_datasets"] == 12


def test_due_sources_are_harvested_by_the_tick(source, tmp_path: Path) -> None:
    model.Session.execute(sa.text("UPDATE harvest_source SET frequency = 'DAILY'"))
    model.Session.commit()
    queue.tick()
    work("harvest", tmp_path, ALLOWED)
    assert len(rows()) == 12
    due = model.Session.execute(sa.text("SELECT next_run > now() FROM harvest_source")).scalar()
    assert due is True


def test_a_source_harvested_by_hand_is_not_due_at_once(source) -> None:
    model.Session.execute(sa.text("UPDATE harvest_source SET frequency = 'WEEKLY'"))
    model.Session.commit()
    harvest(source)
    queue.tick()
    model.Session.remove()
    # Beside harvests, a tick asks for other work too.
    assert not [one for one in tk.get_job_queue("harvest").job_ids if one.startswith("harvest-")]


def test_clear_forgets_the_source_and_the_next_run_gives_the_same_datasets(source) -> None:
    harvest(source)
    before = {name: identifier for name, (identifier, _version) in rows().items()}
    tk.get_action("harvest_source_clear")(context(), {"id": source.id})
    model.Session.remove()
    assert not rows()
    assert not index()
    assert store.known(source.id) == {}
    assert harvest(source)["added"] == 12
    assert {name: identifier for name, (identifier, _version) in rows().items()} == before


def test_clear_waits_for_a_run_under_way(source) -> None:
    runs.begin(source.id, source.name, jobs.create(source, enqueue=False))
    with pytest.raises(tk.ValidationError):
        tk.get_action("harvest_source_clear")(context(), {"id": source.id})


def test_the_job_report_of_the_admin_page_names_the_record(source, portal, count) -> None:
    portal.put(document(7, title=""))
    job_id = harvest(source)["job_id"]
    found = tk.get_action("harvest_job_report")(context(), {"id": job_id})
    [errors] = found["object_errors"].values()
    assert errors["guid"] == guid(7)
    assert "title" in errors["errors"][0]["message"]
    assert count(HarvestProblem) >= 1
