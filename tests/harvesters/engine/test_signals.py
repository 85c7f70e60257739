"""What machines that watch are told, and how politely portals are asked."""

from __future__ import annotations

import json
import re
import threading
import time

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.harvest.model import HarvestJob, HarvestSource

from ckanext.harvesters.engine import hosts, jobs, runs, signals
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.tables import HarvestRun
from tests.harvesters.engine.conftest import context, document, harvest, make_source

pytestmark = pytest.mark.usefixtures("with_plugins")

LINE = re.compile(r'(# (HELP|TYPE) \w+ .+|\w+\{\w+="[\w-]+"(,\w+="[\w-]+")*\} [-+.e\d]+)')


def test_metrics_are_what_prometheus_reads(source, portal, app) -> None:
    portal.put(document(3, title=""))
    harvest(source)
    answer = app.get("/harvest-metrics")
    assert answer.headers["Content-Type"] == signals.MEDIA_TYPE
    lines = answer.body.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert 'harvest_records{source="odwb",kind="added"} 11' in lines
    assert 'harvest_runs_total{source="odwb",status="finished"} 1' in lines
    assert 'harvest_problems{source="odwb",severity="error"} 1' in lines
    assert 'harvest_stuck{source="odwb"} 0' in lines


def health(app, status: int) -> dict:
    return json.loads(app.get("/health", status=status).body)


def test_all_is_well(source, app) -> None:
    harvest(source)
    assert health(app, 200) == {"status": "ok", "stuck": []}


def test_a_worker_that_fell_silent_and_was_not_taken_over_is_told(source, app) -> None:
    runs.begin(source.id, source.name, jobs.create(source, enqueue=False))
    model.Session.execute(sa.text("UPDATE harvest_run SET heartbeat = heartbeat - interval '1 hour'"))
    model.Session.commit()
    assert health(app, 503)["stuck"] == [{"source": "odwb", "why": "silent"}]
    runs.take_over()
    model.Session.execute(sa.update(HarvestRun).values(heartbeat=HarvestRun.heartbeat - signals.PATIENCE))
    model.Session.commit()
    assert health(app, 503)["stuck"] == [{"source": "odwb", "why": "waiting"}]


def test_a_job_that_nobody_begins_is_told(source, app) -> None:
    jobs.create(source, enqueue=True)
    assert health(app, 200)["stuck"] == []
    model.Session.execute(sa.update(HarvestJob).values(created=HarvestJob.created - 2 * signals.PATIENCE))
    model.Session.commit()
    assert health(app, 503)["stuck"] == [{"source": "odwb", "why": "waiting"}]


def test_a_source_that_is_long_overdue_is_told(source, app) -> None:
    late = sa.func.now() - 2 * signals.PATIENCE
    model.Session.execute(sa.update(HarvestSource).values(frequency="DAILY", next_run=late))
    model.Session.commit()
    assert health(app, 503)["stuck"] == [{"source": "odwb", "why": "overdue"}]


def test_no_more_workers_than_allowed_ask_one_host_at_a_time(clean_db, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.per_host", 2)
    at_once, most = [0], [0]
    lock = threading.Lock()

    def one(host: str) -> None:
        with hosts.turn(host):
            with lock:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            time.sleep(0.05)
            with lock:
                at_once[0] -= 1

    threads = [threading.Thread(target=one, args=("portal.example",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    with hosts.turn("elsewhere.example"):
        pass
    for thread in threads:
        thread.join()
    assert most == [2]


@pytest.fixture
def secret(source) -> Registered:
    """Make a private source beside the public one, long overdue."""
    hidden = make_source("secret", f"{source.url}/", scope={"refine": "publisher:Ville de Tournai"})
    tk.get_action("package_patch")(context(), {"id": hidden.id, "private": True})
    late = sa.func.now() - 2 * signals.PATIENCE
    overdue = sa.update(HarvestSource).where(HarvestSource.id == hidden.id)
    model.Session.execute(overdue.values(frequency="DAILY", next_run=late))
    model.Session.commit()
    return hidden


def test_a_private_source_is_named_only_to_those_who_may_see_it(source, secret, app) -> None:
    harvest(source)
    harvest(secret)
    stranger, admin = factories.UserWithToken(), factories.SysadminWithToken()
    for reader, sees in (({}, False), (stranger, False), (admin, True)):
        headers = {"Authorization": reader["token"]} if reader else {}
        user = reader.get("name", "")
        found = tk.get_action("harvest_status")({"user": user}, {})
        assert ("secret" in [one["name"] for one in found["sources"]]) is sees
        assert "odwb" in [one["name"] for one in found["sources"]]
        assert ("secret" in found["datasets"]["by_source"]) is sees
        assert ("secret" in app.get("/harvest-metrics", headers=headers).body) is sees
        assert "odwb" in app.get("/harvest-metrics", headers=headers).body


def test_a_private_source_that_stands_still_is_counted_and_not_named(source, secret, app) -> None:
    assert health(app, 503) == {"status": "stuck", "stuck": [], "private": 1}
    admin = {"Authorization": factories.SysadminWithToken()["token"]}
    told = json.loads(app.get("/health", headers=admin, status=503).body)
    assert told == {"status": "stuck", "stuck": [{"source": "secret", "why": "overdue"}]}
