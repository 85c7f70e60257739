"""What goes wrong costs what it must and no more: one record, one page, one source, one worker."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.jobs import Worker
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError

from ckanext.harvesters import config
from ckanext.harvesters.engine import jobs, queue, runs, store
from ckanext.harvesters.engine.errors import AlreadyRunning, RunEnded
from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.run import run
from ckanext.harvesters.engine.sources import registered
from ckanext.harvesters.engine.tables import HarvestProblem, HarvestRecord, HarvestRun, now
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import (
    by_hand,
    context,
    document,
    guid,
    harvest,
    index,
    make_source,
    rows,
)

pytestmark = pytest.mark.usefixtures("with_plugins")


def report(language: str = "en") -> dict:
    return tk.get_action("harvest_report")({"ignore_auth": True}, {"source": "odwb", "lang": language})


# one record


def test_a_record_that_cannot_be_mapped_costs_itself(source, portal, count) -> None:
    portal.put(document(7, title="", description="Sans titre"))
    done = harvest(source)
    assert (done["status"], done["added"], done["failed"]) == ("finished", 11, 1)
    [problem] = [one for one in report()["problems"] if one["severity"] == "error"]
    assert (problem["guid"], problem["reason"]) == (guid(7), "no-title")
    assert problem["url"].endswith("/explore/dataset/marches-7/")
    assert count(HarvestObjectError) == 1
    assert count(HarvestObject, HarvestObject.report_status == "errored") == 1


def test_the_report_is_in_the_readers_language(source, portal) -> None:
    portal.put(document(7, title=""))
    harvest(source)
    texts = {language: report(language)["problems"][0]["text"] for language in ("nl", "fr", "en")}
    assert texts["nl"].startswith("De dataset heeft")
    assert texts["fr"].startswith("Le jeu de données")


def test_a_record_that_the_database_refuses_costs_itself(source, portal) -> None:
    owner = dataset_of_somebody_else(source, 3)
    done = harvest(source)
    assert (done["added"], done["failed"]) == (11, 1)
    [problem] = [one for one in report()["problems"] if one["severity"] == "error"]
    assert (problem["guid"], problem["reason"]) == (guid(3), "not-ours")
    assert model.Package.get(owner).title == "Fait à la main"


def dataset_of_somebody_else(source, number: int) -> str:
    """Put a steward's dataset where a record's would go."""
    return by_hand("by-a-steward", id=dataset_id(source.name, guid(number)))


def test_a_record_that_gets_well_leaves_the_report(source, portal) -> None:
    portal.put(document(7, title=""))
    harvest(source)
    portal.put(document(7))
    assert harvest(source)["added"] == 1
    assert not [one for one in report()["problems"] if one["severity"] == "error"]


def test_values_no_vocabulary_knows_are_kept_marked_and_counted(source, portal) -> None:
    portal.put(document(7, theme=["Kwantumbreien"], license="Licence du coin", license_url=""))
    portal.put(document(8, theme=["Kwantumbreien"]))
    assert harvest(source)["failed"] == 0
    assert report()["unresolved"][0] == {"field": "metas.default.theme", "value": "Kwantumbreien", "count": 2}
    assert {"field": "metas.default.license", "value": "Licence du coin", "count": 1} in report()["unresolved"]
    kept = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id(source.name, guid(8))})
    assert kept["unresolved"] == [{"field": "metas.default.theme", "value": "Kwantumbreien"}]
    before = rows()
    assert harvest(source)["unchanged"] == 12
    assert (rows(), report()["unresolved"][0]["count"]) == (before, 2)
    portal.put(document(7))
    portal.put(document(8))
    harvest(source)
    assert report()["unresolved"] == []


# one source


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(status=503), id="down"),
        pytest.param(Faults(maintenance_page_at=1), id="maintenance page as data"),
    ],
)
def test_a_source_that_gives_nothing_fails_with_a_reason_and_keeps_what_was_there(source, portal, faults) -> None:
    harvest(source)
    before = rows(), index()
    portal.odwb.faults = faults
    done = harvest(source)
    assert done["status"] == "failed"
    assert done["reason"]
    assert (rows(), index()) == before
    job = model.Session.get(HarvestJob, done["job_id"])
    assert job.status == "Finished"
    assert job.get_gather_errors()


def test_a_cut_page_is_no_whole_pass_and_takes_nothing_away(source, portal) -> None:
    harvest(source)
    before = rows(), index()
    portal.odwb.faults = Faults(truncate_page_at=2)
    done = harvest(source)
    assert done["status"] == "incomplete"
    assert done["reason"]
    assert (rows(), index()) == before


def test_a_portal_without_datasets_is_no_success(source, portal) -> None:
    harvest(source)
    before = rows()
    portal.odwb.catalogue.replace({})
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("failed", "empty")
    assert rows() == before


def test_a_source_that_breaks_off_keeps_what_it_gave(source, portal) -> None:
    portal.odwb.faults = Faults(status_at={2: 500, 3: 500})
    done = harvest(source)
    assert (done["status"], done["reason"], done["added"]) == ("incomplete", "unreachable", 5)
    portal.odwb.faults = Faults()
    assert harvest(source)["added"] == 7
    assert len(rows()) == 12


def test_a_slow_source_is_given_up_in_time(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.timeout", 1)
    portal.odwb.faults = Faults(delay=5)
    start = time.monotonic()
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("failed", "unreachable")
    assert time.monotonic() - start < 15


def test_a_failing_source_does_not_keep_others_from_running(source, portal) -> None:
    lost = make_source("lost", "http://127.0.0.1:9/odwb")
    assert harvest(lost)["status"] == "failed"
    assert harvest(source)["status"] == "finished"


def test_a_configuration_with_mistakes_fails_with_them(source) -> None:
    model.Session.execute(sa.text('UPDATE harvest_source SET config = \'{"langage": "fr"}\''))
    model.Session.commit()
    done = harvest(next(registered(["odwb"])))
    assert (done["status"], done["reason"]) == ("failed", "bad-configuration")
    assert "langage" in done["detail"]


# one worker


KILLED = """
import os, signal, sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
app = make_app(load_config(os.environ["CKAN_INI"]))._wsgi_app
from ckan.plugins import toolkit
toolkit.config["ckanext.oslo.fetch.allow"] = ["127.0.0.0/8"]
toolkit.config["ckanext.harvesters.batch_size"] = 4
from ckanext.harvesters import config
from ckanext.harvesters.engine.indexing import Indexing
from ckanext.harvesters.engine.queue import harvest
adding = Indexing.add
def add(self, ids):
    add.times += 1
    if add.times == 3:
        # Two batches are in the database, the second of them not in the index: the worst moment.
        os.kill(os.getpid(), signal.SIGKILL)
    return adding(self, ids)
add.times = 0
Indexing.add = add
with app.test_request_context():
    harvest(sys.argv[1], sys.argv[2])
"""


def test_a_worker_killed_in_the_middle_leaves_no_double_and_no_gap(source) -> None:
    job_id = jobs.create(source, enqueue=False)
    model.Session.execute(sa.update(HarvestJob).values(status="Running"))
    model.Session.commit()
    killed = subprocess.run([sys.executable, "-c", KILLED, source.id, job_id], check=False, env=dict(os.environ))
    assert killed.returncode == -9
    model.Session.remove()
    assert len(rows()) == 8
    assert len(index()) <= 4
    assert not orphans(killed.args[-1])
    with pytest.raises(AlreadyRunning):
        run(source, job_id)
    long_silent()
    queue.tend()
    done = run(source, job_id)
    assert (done["status"], done["added"], done["unchanged"]) == ("finished", 4, 8)
    assert len(rows()) == 12
    assert set(index()) == set(rows())
    states = model.Session.execute(sa.select(HarvestRun.status).order_by(HarvestRun.started)).scalars().all()
    assert states == ["interrupted", "finished"]


def orphans(word: str) -> list[Path]:
    """Return the processes, three seconds on, that were started with a word: the killed run's index process is gone."""
    time.sleep(3)
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if word.encode() in path.read_bytes()]


def long_silent() -> None:
    """Let the running run have been silent for a while."""
    past = now() - 2 * config.stale_after()
    model.Session.execute(sa.update(HarvestRun).values(heartbeat=past))
    model.Session.commit()


def test_a_job_whose_worker_died_is_put_on_the_queue_again_and_given_up_after_three_times(source) -> None:
    job_id = jobs.create(source, enqueue=True)
    for attempt in range(runs.ATTEMPTS):
        runs.begin(source.id, source.name, job_id)
        long_silent()
        queue.tend()
        waiting = [one for one in tk.get_job_queue("harvest").job_ids if job_id in one]
        assert bool(waiting) is True
        assert (f"harvest-{job_id}-{attempt + 1}" in waiting) is (attempt + 1 < runs.ATTEMPTS)
    assert model.Session.get(HarvestJob, job_id).status == "Finished"
    assert model.Session.execute(sa.select(HarvestGatherError.message)).scalars().all()


def test_two_runs_of_a_source_do_not_overlap(source, portal) -> None:
    portal.odwb.faults = Faults(delay=0.3)
    job_id = jobs.create(source, enqueue=False)
    ends: list[str] = []

    def one() -> None:
        try:
            ends.append(run(source, job_id)["status"])
        except AlreadyRunning:
            ends.append("already running")
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["already running", "finished"]
    assert len(rows()) == 12


def test_a_run_that_was_taken_over_cannot_write_any_more(source) -> None:
    lease = runs.begin(source.id, source.name, jobs.create(source, enqueue=False))
    long_silent()
    runs.take_over(source.id)
    with pytest.raises(RunEnded):
        lease.hold()
    model.Session.rollback()


def test_a_person_can_stop_a_run(source, portal) -> None:
    portal.odwb.faults = Faults(delay=0.5)
    job_id = jobs.create(source, enqueue=False)

    def stop() -> None:
        time.sleep(0.8)
        model.Session.execute(sa.update(HarvestJob).values(status="Finished"))
        model.Session.commit()
        model.Session.remove()

    stopping = threading.Thread(target=stop)
    stopping.start()
    done = run(source, job_id)
    stopping.join()
    assert (done["status"], done["reason"]) == ("interrupted", "stopped")
    assert done["seen"] < 12


def test_an_index_that_is_away_is_filled_by_the_next_run(source, ckan_config, monkeypatch) -> None:
    with monkeypatch.context() as away:
        away.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nothing")
        done = harvest(source)
    assert (done["status"], done["reason"]) == ("interrupted", "index-down")
    assert not index()
    done = harvest(source)
    assert done["status"] == "finished"
    assert set(index()) == set(rows())
    assert len(rows()) == 12


class Refusing(BaseHTTPRequestHandler):
    """A search index that answers questions and refuses documents."""

    def do_GET(self) -> None:
        self.answer(200, b'{"response": {"numFound": 0, "start": 0, "docs": []}}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(400, b'{"error": {"msg": "cannot change field from doc values type=NONE", "code": 400}}')

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


def test_an_index_that_refuses_everything_is_no_success(source, ckan_config, monkeypatch) -> None:
    refusing = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=refusing.serve_forever, daemon=True).start()
    with monkeypatch.context() as away:
        away.setitem(ckan_config, "solr_url", f"http://127.0.0.1:{refusing.server_port}/solr/core")
        done = harvest(source)
    refusing.shutdown()
    refusing.server_close()
    assert (done["status"], done["reason"]) == ("interrupted", "index-down")
    assert "doc values" in done["detail"]
    assert harvest(source)["status"] == "finished"
    assert set(index()) == set(rows())


def test_an_indexing_process_that_dies_ends_the_run_and_the_next_one_fills_the_index(source, portal) -> None:
    portal.odwb.faults = Faults(delay=0.5)
    job_id = jobs.create(source, enqueue=False)

    def kill() -> None:
        while not (found := [one for one in multiprocessing.active_children() if one.name == "indexing"]):
            time.sleep(0.05)
        found[0].kill()

    killing = threading.Thread(target=kill)
    killing.start()
    done = run(source, job_id)
    killing.join()
    assert (done["status"], done["reason"]) == ("interrupted", "index-down")
    portal.odwb.faults = Faults()
    assert harvest(source)["status"] == "finished"
    assert set(index()) == set(rows())
    assert len(rows()) == 12


def test_datasets_are_recognised_when_the_engines_rows_were_lost(source) -> None:
    harvest(source)
    before = {name: identifier for name, (identifier, _version) in rows().items()}
    model.Session.execute(sa.delete(HarvestRecord))
    model.Session.commit()
    done = harvest(source)
    assert done["failed"] == 0
    assert {name: identifier for name, (identifier, _version) in rows().items()} == before


# ckanext-harvest's own ways


def work() -> None:
    """Let a worker of CKAN's do what is on the queue of harvests."""
    Worker(["harvest"]).work(burst=True)
    model.Session.remove()


def test_reharvest_puts_the_job_on_ckans_queue_and_the_worker_does_it(source, with_test_worker) -> None:
    tk.get_action("harvest_job_create")(context(), {"source_id": source.id})
    work()
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


def test_due_sources_are_harvested_by_the_tick(source, with_test_worker) -> None:
    model.Session.execute(sa.text("UPDATE harvest_source SET frequency = 'DAILY'"))
    model.Session.commit()
    queue.tick()
    work()
    assert len(rows()) == 12
    due = model.Session.execute(sa.text("SELECT next_run > now() FROM harvest_source")).scalar()
    assert due is True


def test_a_source_harvested_by_hand_is_not_due_at_once(source) -> None:
    model.Session.execute(sa.text("UPDATE harvest_source SET frequency = 'WEEKLY'"))
    model.Session.commit()
    harvest(source)
    queue.tick()
    model.Session.remove()
    assert not [one for one in tk.get_job_queue("harvest").job_ids if "tick" not in one]


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
