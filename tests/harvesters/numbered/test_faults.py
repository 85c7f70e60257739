"""The eighteen faults read in upstream harvesters: none of them is here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.engine import gone, jobs, queue, runs
from ckanext.harvesters.engine.errors import AlreadyRunning
from ckanext.harvesters.engine.passing import Pass
from ckanext.harvesters.engine.tables import HarvestRun, now
from ckanext.harvesters.records import Mapped, Page, Source, SourceError, SourceRecord
from ckanext.harvesters.replay.faults import Faults
from ckanext.oslo.fetch import Client, FetchError, Policy, Refused, TooLarge, TooSlow
from tests.fetch.conftest import ok, redirect
from tests.harvesters.engine.conftest import CONFIG, document, harvest, index, make_source, rows

from .conftest import feed, refused, taken, titled, turtle

pytestmark = pytest.mark.usefixtures("with_plugins")


def test_fault_01_a_source_is_never_a_file_of_this_machine(small, tmp_path) -> None:
    secret = tmp_path / "feed.ttl"
    secret.write_text(turtle(titled()))
    for url in (str(secret), f"file://{secret}"):
        with pytest.raises((SourceError, FetchError)):
            list(Dcat().pages(feed(url), small))


def test_fault_02_a_silent_server_does_not_hold_a_worker(at, small) -> None:
    with pytest.raises(TooSlow):
        small.get(at(lambda _connection, _head: time.sleep(5)))


def test_fault_03_no_redirect_leads_into_the_own_network(at) -> None:
    place = at(redirect("http://169.254.169.254/latest/meta-data/"))
    with Client(Policy(allow=(place.removeprefix("http://").removesuffix("/feed"),))) as client, pytest.raises(Refused):
        client.get(place)


def test_fault_04_bytes_that_are_no_utf_8_are_a_reported_failure(read) -> None:
    assert refused(lambda: read(turtle(titled()).encode().replace(b"\xc3", b"\xff"), "text/turtle; charset=utf-8"))


def test_fault_05_bytes_and_pages_are_bounded(at, small) -> None:
    with pytest.raises(TooLarge):
        small.get(at(ok(b" " * 1_000_001)))
    number = iter(range(10_000))

    def another(connection, _head) -> None:
        body = turtle(titled()) + f"\n<https://e.org/c> hydra:next </feed?page={next(number)}> ."
        connection.sendall(ok(body.encode(), "Content-Type: text/turtle"))

    pages = list(Dcat().pages(feed(at(another), max_pages=5), small))
    assert len(pages) <= 6
    assert not pages[-1].complete


def test_fault_06_a_record_without_title_costs_itself(source, portal) -> None:
    portal.put(document(3, title=""))
    done = harvest(source)
    assert (done["status"], done["added"], done["failed"]) == ("finished", 11, 1)


def test_fault_07_a_circle_of_pages_ends(at, small) -> None:
    def circle(connection, head: bytes) -> None:
        page = 3 if b"page=2" in head else 2
        body = turtle(titled(page)) + f"\n<https://e.org/c> hydra:next </feed?page={page}> ."
        connection.sendall(ok(body.encode(), "Content-Type: text/turtle"))

    pages = list(Dcat().pages(feed(at(circle)), small))
    assert len(pages) <= 4
    assert not pages[-1].complete


def test_fault_08_no_page_is_read_twice(read) -> None:
    pages = read(turtle(titled()) + "\n<https://e.org/c> hydra:next </feed> .")
    assert sum(len(page.records) for page in pages) == 1
    assert not pages[-1].complete


@pytest.mark.parametrize("faults", [Faults(truncate_page_at=1), Faults(empty_page_at=1)])
def test_fault_09_a_cut_or_empty_catalogue_deletes_nothing_nor_touches_another_source(source, portal, faults) -> None:
    other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
    harvest(source)
    harvest(other)
    before = rows(), index()
    portal.odwb.faults = faults
    assert harvest(source)["status"] == "incomplete"
    # Nothing is even marked: the grace of what is would only put the deletion off.
    assert [one for one in gone.of_source(source.id) if one.since] == []
    assert gone.of_source(other.id) == []
    assert (rows(), index()) == before


def test_fault_10_what_did_not_change_is_not_written(source) -> None:
    harvest(source)
    before = rows(), index()
    assert harvest(source)["unchanged"] == 12
    assert (rows(), index()) == before


def test_fault_11_two_sources_with_one_guid_are_two(source, portal) -> None:
    harvest(source)
    before = rows()
    assert harvest(make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"}))["added"] == 12
    assert {name: rows()[name] for name in before} == before


@pytest.mark.parametrize("title", ['"Vélos"', '"Fahrräder"@de', '"Vélos"@x-none'])
def test_fault_12_a_title_in_no_language_of_ours_is_no_empty_title(read, title) -> None:
    (one,) = taken(read(turtle(f"dct:title {title}")))
    assert list(one.dataset["title_translated"]) == ["fr"]
    assert one.dataset["title_translated"]["fr"]


def test_fault_13_a_worker_silent_for_a_day_and_ten_seconds_is_silent_for_more_than_ten_seconds(source) -> None:
    job_id = jobs.create(source, enqueue=False)
    runs.begin(source.id, source.name, job_id)
    silent = now() - timedelta(days=1, seconds=10)
    model.Session.execute(sa.update(HarvestRun).values(heartbeat=silent))
    model.Session.commit()
    assert not runs.is_alive(source.id)
    runs.take_over(source.id)
    runs.begin(source.id, source.name, job_id)
    assert runs.is_alive(source.id)


class Failing:
    """A protocol with a fault of its own at the second record."""

    name = "failing"

    def pages(self, _source: Source, _client: Any) -> Iterator[Page]:
        yield Page(1, tuple(SourceRecord(guid, b"", "") for guid in ("a", "b", "c")))

    def map(self, _source: Source, record: SourceRecord) -> Mapped:
        if record.guid == "b":
            raise KeyError("title")
        return Mapped({"title": record.guid})


class Sink:
    """Remembers what it is given."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.refused: list[str] = []

    def write(self, changes: Any, _place: Any) -> Any:
        self.written += [change.record.guid for change in changes]
        return [(change, change.kind) for change in changes]

    def refuse(self, record: SourceRecord, _entries: Any) -> None:
        self.refused.append(record.guid)

    def report(self, _entries: Any) -> None:
        """Need not remember."""

    def progress(self, *_said: Any) -> None:
        """Need not remember."""

    def is_time_up(self) -> bool:
        return False


def test_fault_14_a_fault_in_a_harvester_costs_a_record_not_the_worker() -> None:
    sink = Sink()
    source = Source("s", "S", "failing", "https://e.org", "o", "nl", "https://e.org/licence")
    done = Pass(source, Failing(), {}, sink, owner_org="o", batch_size=50, deadline=5).run(None)
    assert (sink.written, sink.refused) == (["a", "c"], ["b"])
    assert done is not None
    assert done.status == "finished"


def test_fault_15_what_is_under_way_is_not_begun_again(source) -> None:
    job_id = jobs.create(source, enqueue=True)
    runs.begin(source.id, source.name, job_id)
    queue.tend()
    queue.harvest(source.id, job_id)
    with pytest.raises(AlreadyRunning):
        runs.begin(source.id, source.name, job_id)
    assert rows() == {}


def test_fault_16_a_slow_source_does_not_block_the_others(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 0)
    other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
    slow, quick = jobs.create(source, enqueue=True), jobs.create(other, enqueue=True)
    queue.harvest(source.id, slow)
    # The slow source's next step stands behind the other's first.
    waiting = tk.get_job_queue("harvest").job_ids
    assert waiting.index(f"harvest-{quick}-0") < waiting.index(f"harvest-{slow}-1")


def test_fault_17_a_job_is_looked_up_on_the_queue_not_searched_for(source) -> None:
    job_id = jobs.create(source, enqueue=True)
    for _again in range(3):
        queue.enqueue(source.id, job_id)
        queue.tend()
    assert sum(job_id in one for one in tk.get_job_queue("harvest").job_ids) == 1


def save(source, **said: Any) -> dict[str, Any]:
    """Save a source as an administrator does by form or API."""
    made = {"name": "newcomer", "title": "New", "source_type": "opendatasoft", "frequency": "MANUAL", **said}
    admin = {"user": factories.Sysadmin()["name"]}
    return tk.get_action("harvest_source_create")(admin, {**made, "owner_org": source.owner_org})


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://e.org/", "http://u:p@e.org/", "http://10.0.0.1/", "nonsense", "http://127.0.0.1:9/"],
)
def test_fault_18_a_source_with_an_address_that_cannot_be_asked_is_refused_on_save(source, url) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        save(source, url=url)
    assert "url" in refused.value.error_dict
    assert model.Package.by_name("newcomer") is None


def test_fault_18_a_portal_of_another_kind_or_wrong_settings_are_refused_on_save(source, portal) -> None:
    portal.odwb.faults = Faults(maintenance_page_at=1)
    with pytest.raises(tk.ValidationError) as refused:
        save(source, url=f"{portal.url}/")
    assert "url" in refused.value.error_dict
    portal.odwb.faults = Faults()
    wrong = {**CONFIG, "options": {"page_size": "many"}}
    with pytest.raises(tk.ValidationError) as refused:
        save(source, url=f"{portal.url}/", config=json.dumps(wrong))
    assert "config" in refused.value.error_dict
    assert save(source, url=f"{portal.url}/", config=json.dumps({**CONFIG, "region": "wallonie"}))["name"] == "newcomer"
