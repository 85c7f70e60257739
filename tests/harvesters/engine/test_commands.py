"""What scripts and people get: commands, actions, their shapes and who may call them."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckanext.harvest.model import HarvestJob
from rq import Worker

from ckanext.harvesters import config
from ckanext.harvesters.engine import jobs
from ckanext.harvesters.engine.sources import registered
from ckanext.harvesters.engine.tables import HarvestRun
from tests.harvesters.engine.conftest import by_hand, document, harvest, rows

pytestmark = pytest.mark.usefixtures("with_plugins")

COUNTS = ["seen", "added", "updated", "unchanged", "failed", "deleted", "out_of_scope", "gone"]


def test_status_has_the_promised_shape_and_counts_no_harvest_sources(source, ask) -> None:
    harvest(source)
    by_hand("by-hand")
    found = json.loads(ask("status", "--json").stdout)
    assert list(found) == ["datasets", "sources"]
    assert list(found["datasets"]) == ["total", "by_source", "by_type", "by_region"]
    assert found["datasets"]["total"] == 13
    assert found["datasets"]["by_source"] == {"odwb": 12}
    assert sum(found["datasets"]["by_type"].values()) == 13
    [one] = found["sources"]
    assert (one["name"], one["protocol"]) == ("odwb", "opendatasoft")
    assert list(one["last_run"]) == ["status", "started", "seconds", *COUNTS]
    assert [one["last_run"][key] for key in COUNTS] == [12, 12, 0, 0, 0, 0, 0, 0]


def test_a_source_that_was_never_harvested_has_no_last_run(source, ask) -> None:
    assert json.loads(ask("status", "--json").stdout)["sources"][0]["last_run"] is None


def test_run_here_ends_with_the_list_of_sources(source, ask) -> None:
    done = ask("run", "--here", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["sources"][0]["last_run"]["added"] == 12
    assert "odwb: finished" in done.stderr


def test_a_run_that_did_not_finish_is_no_success(source, portal, ask) -> None:
    portal.odwb.catalogue.replace({})
    assert ask("run", "--here", "odwb").exit_code == 1


def test_a_dry_run_tells_and_writes_nothing(source, portal, ask, count) -> None:
    harvest(source)
    portal.put(document(3, title="Autre"), document(30))
    before = rows(), count(HarvestRun), count(HarvestJob)
    done = json.loads(ask("run", "--dry-run", "--json").stdout)
    [one] = done["sources"]
    assert done["dry_run"] is True
    assert (one["would"]["added"], one["would"]["updated"], one["would"]["unchanged"]) == (1, 1, 11)
    assert sorted(change["kind"] for change in one["changes"]) == ["added", "updated"]
    assert (rows(), count(HarvestRun), count(HarvestJob)) == before


def test_waiting_without_a_worker_says_so(source, ask, monkeypatch) -> None:
    # The time that a worker needs to start, made short: none is started here.
    monkeypatch.setattr(jobs, "STARTING", 0.1)
    done = ask("run", "--wait")
    assert done.exit_code == 1
    assert "No worker" in done.stderr


def test_a_worker_that_is_just_starting_is_waited_for(source) -> None:
    worker = Worker([tk.get_job_queue(config.queue())], connection=connect_to_redis())
    started = threading.Timer(1, worker.register_birth)
    started.start()
    try:
        assert not jobs.has_worker()
        assert jobs.worker_comes()
    finally:
        started.join()
        worker.register_death()


def test_a_worker_that_was_killed_is_none(source) -> None:
    worker = Worker([tk.get_job_queue(config.queue())], connection=connect_to_redis())
    worker.register_birth()
    try:
        assert jobs.has_worker()
        gone = subprocess.Popen(["true"])
        gone.wait()
        connect_to_redis().hset(worker.key, "pid", gone.pid)
        assert not jobs.has_worker()
    finally:
        worker.register_death()


def test_an_unknown_source_is_named(source, ask) -> None:
    done = ask("run", "odbw")
    assert done.exit_code == 2
    assert "odbw" in done.stderr


def test_the_report_is_for_machines_and_people(source, portal, ask) -> None:
    portal.put(document(7, title=""))
    harvest(source)
    found = json.loads(ask("report", "odwb", "--json", "--lang", "nl").stdout)
    assert found["count"] == len(found["problems"])
    assert found["reasons"]["no-title"] == 1
    assert {"guid", "field", "value", "reason", "text", "url", "severity", "detail"} == set(found["problems"][0])
    assert "no title" in ask("report", "odwb", "--lang", "en").stdout


def test_clear_takes_the_datasets_of_the_named_sources(source, ask) -> None:
    harvest(source)
    assert ask("clear").exit_code == 2
    assert len(rows()) == 12
    assert ask("clear", "odwb").exit_code == 0
    assert not rows()
    assert next(registered(["odwb"])).id == source.id


SOURCES = """\
sources:
  - name: wallonie
    title: {{nl: Wallonië, fr: Wallonie, en: Wallonia}}
    protocol: opendatasoft
    url: https://www.odwb.be
    replay: /odwb
    organization: {{name: odwb-org, title: {{nl: Wallonië, fr: Wallonie, en: {title}}}}}
    language: fr
    metadata_license: https://creativecommons.org/publicdomain/zero/1.0/
    frequency: DAILY
    options: {{domain: www.odwb.be}}
"""


@pytest.fixture
def file(tmp_path: Path, source: Any) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(SOURCES.format(title="Wallonia"))
    return path


def versions() -> list[tuple[str, str]]:
    query = 'SELECT name, xmin::text FROM package UNION SELECT name, xmin::text FROM "group" ORDER BY 1'
    found = [tuple(row) for row in model.Session.execute(sa.text(query))]
    model.Session.rollback()
    return found


def test_sync_makes_sources_and_organizations_and_a_second_time_writes_nothing(file, portal, ask) -> None:
    words = ("sources", "sync", "--file", str(file), "--replay", portal.server.url, "--json")
    [first] = json.loads(ask(*words).stdout)
    assert (first["source"], first["done"], first["organization_done"]) == ("wallonie", "created", "created")
    before = versions()
    [second] = json.loads(ask(*words).stdout)
    assert (second["done"], second["organization_done"]) == ("unchanged", "unchanged")
    assert versions() == before
    made = next(registered(["wallonie"]))
    assert made.url == portal.url
    assert harvest(made)["added"] == 12


def test_sync_brings_changes_and_switches_back_to_the_live_address(file, portal, ask) -> None:
    ask("sources", "sync", "--file", str(file), "--replay", portal.server.url)
    file.write_text(SOURCES.format(title="Wallonia and Brussels"))
    [done] = json.loads(ask("sources", "sync", "--file", str(file), "--json").stdout)
    assert (done["done"], done["organization_done"]) == ("updated", "updated")
    assert next(registered(["wallonie"])).url == "https://www.odwb.be"


def test_a_file_with_a_mistake_changes_nothing_and_says_where(file, ask) -> None:
    file.write_text(SOURCES.format(title="x").replace("frequency: DAILY", "frequency: sometimes"))
    before = versions()
    done = ask("sources", "sync", "--file", str(file))
    assert done.exit_code == 1
    assert "sources.yaml:10: source 'wallonie': 'frequency' should be one of MANUAL" in done.stderr
    assert versions() == before


def test_a_form_with_a_bad_configuration_is_refused_with_the_mistake(source) -> None:
    from tests.harvesters.engine.conftest import context

    with pytest.raises(tk.ValidationError) as caught:
        tk.get_action("harvest_source_patch")(context(), {"id": source.id, "config": '{"language": "de"}'})
    assert "one of nl, fr, en" in str(caught.value.error_dict)


def test_the_status_is_public_and_reports_are_for_editors(source) -> None:
    harvest(source)
    anonymous: dict[str, Any] = {"user": "", "ignore_auth": False}
    assert tk.get_action("harvest_status")(dict(anonymous), {})["datasets"]["total"] == 12
    stranger = {"user": factories.User()["name"], "ignore_auth": False}
    for action in ("harvest_report", "harvest_run_list"):
        for who in (anonymous, stranger):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(action)(dict(who), {"source": "odwb"})
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("harvest_run_list")(dict(stranger), {})


def test_the_admin_page_and_its_job_report_open(source, portal, app, sysadmin_with_token) -> None:
    portal.put(document(7, title=""))
    job_id = harvest(source)["job_id"]
    headers = {"Authorization": sysadmin_with_token["token"]}
    page = app.get("/harvest/admin/odwb", headers=headers)
    assert "problems" in page.body  # one record was refused
    report = app.get(f"/harvest/odwb/job/{job_id}", headers=headers)
    assert "www.odwb.be:da_000007" in report.body
    assert "The dataset has no title" in report.body
    assert "De dataset heeft in geen enkele taal" in app.get(f"/nl/harvest/odwb/job/{job_id}", headers=headers).body


@pytest.fixture
def declared(source, tmp_path) -> Path:
    """Declare a source that CKAN does not have: the stand-in, under another name."""
    settings = {"language": "fr", "metadata_license": "https://e.org/licence", "options": {"domain": "www.odwb.be"}}
    organization = {"name": "elsewhere", "title": "Elsewhere"}
    one = {"name": "newcomer", "title": "New", "protocol": "opendatasoft", "url": "https://portal.example/"}
    file = tmp_path / "sources.yaml"
    entry = {**one, "replay": "/odwb", "organization": organization, **settings}
    file.write_text(json.dumps({"sources": [entry]}))
    return file


def test_a_declared_source_is_looked_at_before_it_is_there(declared, portal, ask, count) -> None:
    portal.put(document(3, modified="31/02/2026"))
    before = [count(table) for table in (model.Package, HarvestRun, HarvestJob)]
    words = ("preview", "newcomer", "--file", str(declared), "--replay", portal.server.url)
    done = ask(*words, "--json", "--lang", "nl")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["newcomer"]
    assert (found["count"], found["problem_count"]) == (12, 1)
    assert {one["score"]["points"] > 0 for one in found["records"]} == {True}
    [problem] = [problem for one in found["records"] for problem in one["problems"]]
    assert problem["text"] == "De waarde is geen bestaande datum."
    lines = ask(*words).stdout.splitlines()
    assert lines[0].startswith("newcomer: 12 of 12 records; 0 refused, 0 out of scope, 1 problems, average quality")
    assert "\tmetas.default.modified = 31/02/2026: The value is not a date that exists." in lines
    assert [count(table) for table in (model.Package, HarvestRun, HarvestJob)] == before


def test_a_preview_of_what_is_not_declared_or_does_not_answer_is_no_success(declared, portal, ask) -> None:
    assert "does not declare" in ask("preview", "another", "--file", str(declared)).stderr
    portal.server.stop()
    done = ask("preview", "newcomer", "--file", str(declared), "--replay", portal.server.url)
    assert done.exit_code == 1
    assert "did not answer" in done.stderr
