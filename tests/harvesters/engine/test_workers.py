"""Workers that die, run twice, are stopped or lose the index: the end is that of an undisturbed run."""

from __future__ import annotations

import multiprocessing
import os
import signal
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
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestGatherError, HarvestJob

from ckanext.harvesters import config
from ckanext.harvesters.engine import indexing, jobs, queue, runs
from ckanext.harvesters.engine.errors import AlreadyRunning, RunEnded
from ckanext.harvesters.engine.run import run
from ckanext.harvesters.engine.tables import HarvestRecord, HarvestRun, now
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import (
    harvest,
    index,
    rows,
)

pytestmark = pytest.mark.usefixtures("with_plugins")


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
    if add.times == 2:
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
    assert (done["status"], done["added"], done["unchanged"]) == ("finished", 12, 0)
    assert len(rows()) == 12
    assert set(index()) == set(rows())
    states = model.Session.execute(sa.select(HarvestRun.status).order_by(HarvestRun.started)).scalars().all()
    assert states == ["finished"]


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


def test_the_clock_goes_on_when_the_database_goes_away_as_it_lets_go_of_it(source) -> None:
    job_id = jobs.create(source, enqueue=False)
    model.Session.execute(sa.update(HarvestJob).values(status="Running"))
    model.Session.commit()
    cuts: list[int] = []

    def cut(connection: sa.Connection) -> None:
        cuts.append(connection.connection.dbapi_connection.info.backend_pid)
        # Five seconds: not before it has ended.
        ending = sa.text("SELECT pg_terminate_backend(:pid, 5000)")
        with ensure_engine().connect() as other:
            other.execute(ending, {"pid": cuts[0]})

    sa.event.listen(ensure_engine(), "rollback", cut, once=True)
    queue.look()
    assert len(cuts) == 1
    tk.get_job_queue("harvest").empty()
    queue.look()
    assert [one for one in tk.get_job_queue("harvest").job_ids if job_id in one]


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
        while not (found := indexing_processes()):
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


def indexing_processes() -> list[multiprocessing.Process]:
    return [one for one in multiprocessing.active_children() if one.name == "indexing"]


def test_an_indexing_process_that_hangs_ends_the_run_and_the_next_one_fills_the_index(
    source, portal, monkeypatch
) -> None:
    # Five minutes of waiting made one second: the process that hangs is a real one.
    monkeypatch.setattr(indexing, "LIMIT", 1)
    portal.odwb.faults = Faults(delay=0.5)
    job_id = jobs.create(source, enqueue=False)

    def stop() -> None:
        while not (found := indexing_processes()):
            time.sleep(0.05)
        os.kill(found[0].pid, signal.SIGSTOP)

    stopping = threading.Thread(target=stop)
    stopping.start()
    done = run(source, job_id)
    stopping.join()
    assert (done["status"], done["reason"]) == ("interrupted", "index-down")
    assert "silent for 1 s" in done["detail"]
    assert not indexing_processes()
    portal.odwb.faults = Faults()
    assert harvest(source)["status"] == "finished"
    assert set(index()) == set(rows())
    assert len(rows()) == 12


def test_what_a_hanging_indexing_process_does_not_read_cannot_hold_the_run(clean_db, monkeypatch) -> None:
    # Minutes of waiting made seconds: the process that hangs is a real one.
    monkeypatch.setattr(indexing, "LIMIT", 1)
    monkeypatch.setattr(indexing, "PATIENCE", 1)
    more_than_a_pipe_takes = [f"{number:036}" for number in range(20_000)]
    with indexing.Indexing("") as under_test:
        for process in indexing_processes():
            os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(RunEnded) as ended:
            under_test.add(more_than_a_pipe_takes)
    assert ended.value.reason == "index-down"
    assert not indexing_processes()


def test_datasets_are_recognised_when_the_engines_rows_were_lost(source) -> None:
    harvest(source)
    before = {name: identifier for name, (identifier, _version) in rows().items()}
    model.Session.execute(sa.delete(HarvestRecord))
    model.Session.commit()
    done = harvest(source)
    assert done["failed"] == 0
    assert {name: identifier for name, (identifier, _version) in rows().items()} == before
