"""Datasets into the index, with something between the portal and Solr: refusals of some, and savings meanwhile."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search.common import make_connection
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestJob

from ckanext.harvesters.engine import indexer, jobs
from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.report import EngineReason
from ckanext.harvesters.engine.tables import HarvestProblem
from tests.harvesters.engine.conftest import context, document, guid, harvest, index, rows

pytestmark = pytest.mark.usefixtures("with_plugins")


class Between(ThreadingHTTPServer):
    """Passes on what Solr is asked and says; ``look`` is shown every document first, and may refuse it (False)."""

    def __init__(self, solr: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.solr = solr
        self.look: Callable[[bytes], bool] = lambda _body: True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/solr"


class _Passing(BaseHTTPRequestHandler):
    server: Between

    def do_GET(self) -> None:
        self._pass_on(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "/update" in self.path and not self.server.look(body):
            self._answer(400, "application/json", b'{"error": {"msg": "this document cannot be indexed", "code": 400}}')
            return
        self._pass_on(body)

    def _pass_on(self, body: bytes | None) -> None:
        asked = urllib.request.Request(self.server.solr + self.path.removeprefix("/solr"), body)  # noqa: S310
        asked.add_header("Content-Type", self.headers.get("Content-Type") or "text/plain")
        try:
            with urllib.request.urlopen(asked) as answer:  # noqa: S310
                self._answer(answer.status, answer.headers["Content-Type"], answer.read())
        except urllib.error.HTTPError as error:
            self._answer(error.code, error.headers["Content-Type"], error.read())

    def _answer(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def between(ckan_config, monkeypatch, with_plugins) -> Iterator[Between]:
    server = Between(ckan_config["solr_url"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setitem(ckan_config, "solr_url", server.url)
    yield server
    server.shutdown()
    server.server_close()


def test_datasets_that_the_index_refuses_are_told_and_hold_nobody_up(source, portal, between, count) -> None:
    portal.put(*(document(number, title=f"Refusé {number}") for number in range(5)))
    between.look = lambda body: b"Refus" not in body
    done = harvest(source)
    assert (done["status"], done["added"]) == ("finished", 12)
    assert len(index()) == 7
    # They are tried again, two and more of them by one process.
    done = harvest(source)
    assert (done["status"], done["unchanged"]) == ("finished", 12)
    assert count(HarvestProblem, HarvestProblem.reason == EngineReason.NOT_INDEXED) == 5
    between.look = lambda _body: True
    assert harvest(source)["status"] == "finished"
    assert set(index()) == set(rows())
    assert count(HarvestProblem, HarvestProblem.reason == EngineReason.NOT_INDEXED) == 0


def test_what_is_saved_while_a_batch_is_sent_is_in_the_index_as_it_was_saved_last(source, between) -> None:
    harvest(source)
    first, second = (dataset_id("odwb", guid(number)) for number in (1, 2))
    made: list[bytes] = []

    def save(body: bytes) -> bool:
        """Make the second dataset private when the first one comes by, as a steward's request would."""
        if not made and first.encode() in body:
            made.append(body)
            with psycopg2.connect(ensure_engine().url.render_as_string(hide_password=False)) as theirs:
                theirs.cursor().execute(
                    "UPDATE package SET private = true, metadata_modified = now() WHERE id = %s", (second,)
                )
            theirs.close()
        return True

    between.look = save
    assert indexer.index([first, second], context()["user"]) == []
    indexer.commit()
    assert made
    assert {name: _capacity(name) for name in (first, second)} == {first: "public", second: "private"}


def _capacity(package_id: str) -> Any:
    [found] = make_connection().search(f'+id:"{package_id}" +site_id:"{tk.config["ckan.site_id"]}"', fl="capacity")
    return found["capacity"]


def test_what_a_stopped_run_had_saved_is_indexed_by_the_next_one(source, between, ckan_config, monkeypatch) -> None:
    job_id = jobs.create(source, enqueue=False)
    with monkeypatch.context() as away:
        away.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nothing")
        harvest(source)
    # As if the run were only put off when somebody stops it: the action makes errors of what was not done.
    model.Session.execute(sa.update(HarvestJob).values(status="Running"))
    model.Session.commit()
    tk.get_action("harvest_job_abort")(context(), {"id": job_id})
    model.Session.remove()
    assert rows()
    assert index() == {}
    assert harvest(source)["status"] == "finished"
    assert set(index()) == set(rows())


def test_a_hook_that_breaks_the_transaction_costs_its_dataset_alone(source) -> None:
    harvest(source)
    first, second = (dataset_id("odwb", guid(number)) for number in (1, 2))

    def spoil(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        # What ckanext-harvest's hook asks for each dataset before it is indexed.
        if statement.startswith("SELECT harvest_object.id") and first in str(parameters):
            cursor.execute("SELECT 1 / 0")

    sa.event.listen(ensure_engine(), "before_cursor_execute", spoil)
    try:
        [(refused, why)] = indexer.index([first, second], context()["user"])
    finally:
        sa.event.remove(ensure_engine(), "before_cursor_execute", spoil)
    assert refused == first
    assert "division by zero" in why
