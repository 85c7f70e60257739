"""Who is told that a source is in trouble, and when."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.harvesters import config
from ckanext.harvesters.engine import jobs, queue, runs
from ckanext.harvesters.engine.alerts import Cause, Ended, cause_of, words
from ckanext.harvesters.engine.tables import HarvestRun
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import harvest

OK, FAILED, BRAKED, EMPTY = (
    Ended("finished", None),
    Ended("failed", "unreachable"),
    Ended("braked", "brake"),
    Ended("failed", "empty"),
)


@pytest.mark.parametrize(
    ("latest_first", "cause"),
    [
        ([], None),
        ([OK], None),
        ([FAILED], None),
        ([FAILED, OK], None),
        ([FAILED, FAILED], Cause.FAILED_TWICE),
        ([FAILED, FAILED, OK], Cause.FAILED_TWICE),
        ([FAILED, FAILED, FAILED], None),
        ([BRAKED, OK], Cause.BRAKED),
        ([BRAKED], Cause.BRAKED),
        ([BRAKED, BRAKED], None),
        ([EMPTY, OK], None),
        ([EMPTY, EMPTY], Cause.EMPTY),
        ([EMPTY, EMPTY, EMPTY], None),
    ],
)
def test_once_when_it_becomes_worth_it(latest_first, cause) -> None:
    assert cause_of(latest_first) == cause


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict]]]:
    """Serve a webhook; return its address and what it was told."""
    told: list[dict] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("with_plugins")
def test_a_webhook_and_a_mail_tell_of_the_second_failure_and_of_the_brake(
    source, portal, hook, mail_server, ckan_config, monkeypatch
) -> None:
    url, told = hook
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.alert_webhook", url)
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portal@example.eu")
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.alert_to", ["data@example.eu"])
    harvest(source)
    portal.odwb.faults = Faults(status=503)
    harvest(source)
    assert told == []
    harvest(source)
    harvest(source)
    assert [one["cause"] for one in told] == ["failed-twice"]
    assert told[0]["source"] == "odwb"
    assert told[0]["url"].endswith("/harvest/odwb/job/last")
    portal.odwb.faults = Faults()
    portal.odwb.catalogue.drop("marches-1", "marches-2", "marches-3")
    harvest(source)
    assert [one["cause"] for one in told] == ["failed-twice", "braked"]
    assert len(mail_server.get_smtp_messages()) == 2


def fall_silent() -> None:
    """Let the worker of the running run have been silent for a while, and the clock look."""
    model.Session.execute(sa.update(HarvestRun).values(heartbeat=HarvestRun.heartbeat - 2 * config.stale_after()))
    model.Session.commit()
    queue.tend()


@pytest.mark.usefixtures("with_plugins")
def test_runs_that_were_given_up_because_their_workers_died_are_told_as_well(
    source, hook, ckan_config, monkeypatch
) -> None:
    url, told = hook
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.alert_webhook", url)
    for _night in range(2):
        assert told == []
        job_id = jobs.create(source, enqueue=False)
        for _attempt in range(runs.ATTEMPTS):
            runs.begin(source.id, source.name, job_id)
            fall_silent()
    assert [one["cause"] for one in told] == ["failed-twice"]


@pytest.mark.usefixtures("with_plugins")
def test_a_run_that_a_person_stopped_is_no_failure(source, portal, hook, ckan_config, monkeypatch) -> None:
    url, told = hook
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.alert_webhook", url)
    portal.odwb.faults = Faults(status=503)
    harvest(source)
    job_id = jobs.create(source, enqueue=False)
    runs.put_down(runs.begin(source.id, source.name, job_id))
    runs.set_job(job_id, status="Finished")
    queue.tend()
    assert told == []
    harvest(source)
    assert [one["cause"] for one in told] == ["failed-twice"]


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_cause_has_words(language) -> None:
    told = {words(cause, language) for cause in Cause}
    assert len(told) == len(Cause)
    assert not told & set(Cause)


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("nl", "de ophaling is tweemaal na elkaar mislukt"),
        ("fr", "le moissonnage a échoué deux fois de suite"),
        ("en", "the harvest failed twice in a row"),
    ],
)
def test_the_subject_of_a_mail_is_in_the_words_of_its_reader(
    source, portal, mail_server, ckan_config, monkeypatch, locale, said
) -> None:
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portal@example.eu")
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.alert_to", ["data@example.eu"])
    monkeypatch.setitem(ckan_config, "ckan.locale_default", locale)
    portal.odwb.faults = Faults(status=503)
    harvest(source)
    harvest(source)
    ((_peer, _sender, _to, message),) = mail_server.get_smtp_messages()
    subject = email.message_from_string(message, policy=email.policy.default)["Subject"]
    assert subject.endswith(f"odwb: {said}")
    assert "failed-twice" not in subject


@pytest.mark.usefixtures("with_plugins")
def test_mapping_again_that_was_given_up_says_nothing_of_the_source(
    source, portal, hook, ckan_config, monkeypatch
) -> None:
    url, told = hook
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.alert_webhook", url)
    portal.odwb.faults = Faults(status=503)
    harvest(source)
    job_id = jobs.create(source, enqueue=False)
    for again in (True, *[None] * (runs.ATTEMPTS - 1)):
        runs.begin(source.id, source.name, job_id, again=again)
        fall_silent()
    assert told == []
    run = runs.of_jobs([job_id])[job_id]
    assert (run.status, run.reason) == ("interrupted", "mapped-again")
    assert "disappeared" in (run.detail or "")
