"""Fault 16, seen from outside: ten sources at once, one of which hangs, and one of which sends rubbish."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.engine import jobs, runs
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.tables import HarvestRecord
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import ReplayServer
from tests.harvesters.engine.conftest import Portal, document, index, make_source, rows

from .workers import installation

pytestmark = pytest.mark.usefixtures("with_plugins")

RECORDS = 6


@pytest.fixture
def healthy(portal: Portal, clean_db, clean_index, clean_queues) -> Iterator[list[Registered]]:
    """Make eight sources, each with a portal of its own."""
    with ExitStack() as stack:
        made = []
        for number in range(8):
            odwb = Odwb(Catalogue(), quota=1_000_000)
            server = stack.enter_context(ReplayServer([odwb]))
            Portal(odwb, server).put(*(document(one) for one in range(RECORDS)))
            made.append(make_source(f"healthy-{number}", f"{server.url}/odwb"))
        yield made


@pytest.fixture
def hanging(serve, healthy) -> Iterator[tuple[Registered, threading.Event]]:
    """Make a source whose portal answers without end, a byte a second; the event is set when it has been asked."""
    asked, over = threading.Event(), threading.Event()

    def drip(connection: Any, _head: bytes) -> None:
        asked.set()
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not over.wait(1):
            connection.sendall(b"x")

    yield make_source("hanging", f"http://{serve(drip)}"), asked
    over.set()


@pytest.fixture
def rubbish(serve, healthy) -> Registered:
    """Make a source whose portal answers everything with bytes that are nothing."""
    body = bytes(range(256)) * 40
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return make_source("rubbish", f"http://{serve(lambda connection, _head: connection.sendall(head + body))}")


@pytest.mark.slow
def test_fault_16_eight_of_ten_sources_are_read_whole_while_one_hangs_and_one_sends_rubbish(
    healthy, hanging, rubbish, tmp_path
) -> None:
    stuck, asked = hanging
    job = {stuck.id: jobs.create(stuck, enqueue=True)}
    # Nobody dies here: on a busy machine a worker may well be silent for two seconds.
    patient = {
        "ckanext.oslo.fetch.timeout": 3600,
        "ckanext.harvesters.page_deadline": 3600,
        "ckanext.harvesters.stale_after": 60,
    }
    with installation(2, tmp_path / "workers.log", patient):
        assert asked.wait(60), (tmp_path / "workers.log").read_text()[-5000:]
        # One of the two workers is held by now, and everybody else comes behind it.
        job |= {source.id: jobs.create(source, enqueue=True) for source in (rubbish, *healthy)}
        others = {source: one for source, one in job.items() if source != stuck.id}
        until = time.monotonic() + 240
        while True:
            model.Session.remove()
            found = runs.of_jobs(job.values())
            ended = {one: run.status for one, run in found.items() if run.status != "running"}
            if set(ended) >= set(others.values()):
                break
            assert time.monotonic() < until, (ended, (tmp_path / "workers.log").read_text()[-5000:])
            time.sleep(0.1)
        assert found[job[stuck.id]].status == "running"
    assert ended[job[rubbish.id]] == "failed"
    ends = [found[job[source.id]] for source in healthy]
    said = [(run.status, run.reason, run.total, run.added, run.failed, run.deaths, run.delays) for run in ends]
    assert said == [("finished", None, RECORDS, RECORDS, 0, 0, 0)] * len(healthy)
    kept = sa.select(HarvestRecord.source_id, sa.func.count()).group_by(HarvestRecord.source_id)
    assert dict(model.Session.execute(kept).tuples().all()) == {source.id: RECORDS for source in healthy}
    model.Session.remove()
    assert set(index()) == set(rows())
