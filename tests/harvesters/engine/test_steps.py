"""A run in steps: cut anywhere, taken up by anybody, its end is that of a run in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestJob, HarvestSource
from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters import config
from ckanext.harvesters.engine import jobs, preview, queue, runs
from ckanext.harvesters.engine.difference import Change, Kind
from ckanext.harvesters.engine.errors import AlreadyRunning
from ckanext.harvesters.engine.passing import Pass
from ckanext.harvesters.engine.place import ElsewhereError, Place
from ckanext.harvesters.engine.report import Entry
from ckanext.harvesters.engine.run import run, step
from ckanext.harvesters.engine.statistics import Counts, RunStatus
from ckanext.harvesters.engine.tables import HarvestAnswer, HarvestRecord, HarvestRun
from ckanext.harvesters.records import Mapped, Page, Source, SourceRecord
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import Portal, document, harvest, index, make_source, rows

# The pass by itself.

SOURCE = Source("s", "S", "list", "http://portal.example/", "o", "nl", "https://example.org/licence")


class Listed:
    """A protocol whose pages are given."""

    name = "list"

    def __init__(self, pages: Sequence[Sequence[str]]) -> None:
        self._pages = pages

    def pages(self, _source: Source, _client: Any) -> Iterator[Page]:
        for number, guids in enumerate(self._pages, 1):
            yield Page(number, tuple(SourceRecord(guid, b"{}", "application/json") for guid in guids))

    def map(self, _source: Source, record: SourceRecord) -> Mapped:
        return Mapped({"title": record.guid})


class Remembering:
    """A sink that remembers what is written and where the pass is, and lets each step take some records."""

    def __init__(self, records: int) -> None:
        self.records, self.left = records, records
        self.written: list[str] = []
        self.place = Place()
        self.places: list[int] = []

    def write(self, changes: Sequence[Change], _place: Place) -> list[tuple[Change, Kind]]:
        self.written += [change.record.guid for change in changes]
        return [(change, change.kind) for change in changes]

    def refuse(self, record: SourceRecord, entries: Sequence[Entry]) -> None:
        raise AssertionError

    report = refuse

    def progress(self, _counts: Counts, _total: int | None, place: Place | None) -> None:
        if place is not None:
            self.place = Place.of(place.as_dict())
            self.places.append(place.taken)

    def is_time_up(self) -> bool:
        self.left -= 1
        return self.left <= 0

    def may_wait(self, _seconds: float) -> bool:
        return False


def going(pages: Sequence[Sequence[str]], sink: Remembering) -> Pass:
    options = {"owner_org": "o", "batch_size": 3, "deadline": 5}
    return Pass(SOURCE, Listed(pages), {}, sink, place=sink.place, **options)


GUIDS = st.text("abcdefgh", min_size=1, max_size=2)


@given(st.lists(st.lists(GUIDS, max_size=6), max_size=5), st.integers(1, 9))
def test_wherever_a_run_is_cut_every_record_is_written_and_counted_once(pages, records) -> None:
    sink = Remembering(records)
    for _step in range(40):
        sink.left = records
        this = going(pages, sink)
        if (end := this.run(None)) is not None:
            break
    guids = list(dict.fromkeys(guid for page in pages for guid in page))
    assert end is not None
    assert end.proof
    assert sink.written == guids
    # Whoever dies while the pages before are read once more leaves the run where it was, its deaths counted.
    assert sink.places == sorted(sink.places)
    assert (this.counts.seen, this.counts.added) == (len(guids), len(guids))
    assert this.present == set(guids)


class Dying(Remembering):
    """A sink whose worker is killed as soon as it has said how far it is."""

    def progress(self, counts: Counts, total: int | None, place: Place | None) -> None:
        super().progress(counts, total, place)
        raise KeyboardInterrupt


def test_who_dies_while_reading_again_what_was_read_moves_nothing_back() -> None:
    pages, sink = [["a", "b"], ["c", "d"], ["e"]], Remembering(4)
    assert going(pages, sink).run(None) is None
    assert (sink.place.taken, sink.place.counts.seen) == (4, 4)
    dying = Dying(9)
    dying.place = sink.place
    with pytest.raises(KeyboardInterrupt):
        going(pages, dying).run(None)
    assert dying.place == sink.place


@pytest.mark.parametrize("now", [[["x", "y", "z", "w"]], [["a"]], []])
def test_a_portal_that_gives_other_pages_than_before_is_read_anew(now) -> None:
    sink = Remembering(2)
    assert going([["a", "b", "c", "d"]], sink).run(None) is None
    with pytest.raises(ElsewhereError):
        going(now, sink).run(None)


# On the queue.


@pytest.fixture
def job(source, portal, ckan_config, monkeypatch, with_plugins) -> str:
    """Let a step be over after each of four records, on two pages."""
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 0)
    portal.odwb.catalogue.drop(*(f"marches-{number}" for number in range(4, 12)))
    model.Session.execute(
        sa.text("""UPDATE harvest_source SET config = replace(config, '"page_size": 5', '"page_size": 2')""")
    )
    model.Session.commit()
    return jobs.create(source, enqueue=True)


def latest(source_id: str) -> HarvestRun:
    model.Session.remove()
    return runs.latest([source_id])[source_id]


def work(source, job: str, most: int = 100) -> int:
    """Do as a worker does: take steps off the queue until there are none; return how many."""
    for done in range(most):
        waiting = tk.get_job_queue("harvest")
        mine = [one for one in waiting.job_ids if job in one]
        if not mine:
            return done
        waiting.remove(mine[0])
        queue.harvest(source.id, job)
        model.Session.remove()
    return most


def test_each_step_is_a_job_of_its_own_and_their_end_is_that_of_one_run(source, job, portal: Portal) -> None:
    steps = work(source, job)
    run = latest(source.id)
    assert steps == run.steps >= 4
    assert (run.status, run.added, run.unchanged, run.seen) == ("finished", 4, 0, 4)
    assert run.place is None
    assert set(index()) == set(rows())
    assert len(rows()) == 4


def test_no_page_is_asked_for_twice_in_one_run(source, job, portal: Portal) -> None:
    work(source, job)
    asked = [one for one in portal.server.requests if "catalog/datasets" in one]
    assert len(asked) == len(set(asked))


def test_between_steps_another_source_has_its_turn(source, job, portal, count) -> None:
    other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
    second = jobs.create(other, enqueue=True)
    waiting = tk.get_job_queue("harvest")
    order = []
    while waiting.job_ids:
        one = waiting.job_ids[0]
        waiting.remove(one)
        mine = second in one
        order.append(mine)
        queue.harvest(other.id if mine else source.id, second if mine else job)
        model.Session.remove()
    assert order[:6] == [False, True] * 3
    assert len(rows()) == 8


def test_a_run_between_two_steps_is_nobody_elses(source, job) -> None:
    assert step(source, job)
    with pytest.raises(AlreadyRunning):
        runs.begin(source.id, source.name, "another-job")
    assert latest(source.id).status == RunStatus.RUNNING


def test_a_run_stopped_between_two_steps_ends(source, job) -> None:
    assert step(source, job)
    model.Session.execute(sa.text("UPDATE harvest_job SET status = 'Aborted'"))
    model.Session.commit()
    queue.tend()
    assert (latest(source.id).status, latest(source.id).reason) == ("interrupted", "stopped")


def test_what_a_lost_queue_forgot_is_put_on_it_again(source, job) -> None:
    assert step(source, job)
    tk.get_job_queue("harvest").empty()
    queue.tend()
    work(source, job)
    assert (latest(source.id).status, latest(source.id).added) == ("finished", 4)


def test_a_job_whose_work_horse_died_before_it_began_is_put_on_the_queue_again(
    source, job, ckan_config, monkeypatch
) -> None:
    waiting = tk.get_job_queue("harvest")
    # As a worker takes it; of a horse that cannot read CKAN's configuration nobody says anything more.
    waiting.connection.lmove(waiting.key, waiting.intermediate_queue_key)
    for _ in range(2):
        queue.tend()
        assert not waiting.job_ids
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.stale_after", 0)
    queue.tend()
    [again] = waiting.job_ids
    assert again not in waiting.intermediate_queue.get_job_ids()
    work(source, job)
    assert (latest(source.id).status, latest(source.id).added) == ("finished", 4)


def test_a_preview_that_a_worker_has_just_taken_is_under_way_the_second_time_too(
    source, ckan_config, monkeypatch
) -> None:
    waiting = tk.get_job_queue("harvest")
    for _ in range(2):
        preview.ask(source.id)
        waiting.connection.lmove(waiting.key, waiting.intermediate_queue_key)
        assert preview.is_under_way(source.id)
        with monkeypatch.context() as later:
            later.setitem(ckan_config, "ckanext.harvesters.stale_after", 0)
            assert not preview.is_under_way(source.id)


def test_a_database_that_restarts_changes_nothing_of_the_end(source, job, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 60)
    # The stand-in itself restarts the database between two pages: no moment from outside is so exact.
    monkeypatch.setattr(portal.odwb, "faults", Cutting(status=None))
    work(source, job)
    if latest(source.id).status == "running":
        # A connection was in use: the run is put off, and goes on where it was.
        assert latest(source.id).delays == 1
        queue.tend()
        assert not [one for one in tk.get_job_queue("harvest").job_ids if job in one]
        portal.odwb.faults = Faults()
        model.Session.execute(sa.update(HarvestRun).values(wait_until=None))
        model.Session.commit()
        queue.tend()
        work(source, job)
    assert (latest(source.id).status, latest(source.id).added) == ("finished", 4)
    assert set(index()) == set(rows())


class Cutting(Faults):
    """A portal during whose second page the database restarts: every connection of others is gone."""

    def instead_of(self, page: int) -> Any:
        if page == 2:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            with ensure_engine().connect() as connection:
                connection.execute(sa.text(f"{others} AND pid <> pg_backend_pid()"))
        return super().instead_of(page)


def test_an_index_that_goes_away_puts_the_run_off(source, job, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 60)
    with monkeypatch.context() as away:
        away.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nothing")
        work(source, job)
        assert (latest(source.id).status, latest(source.id).delays) == ("running", 1)
    step(source, job)
    assert latest(source.id).status == "finished"
    assert set(index()) == set(rows())


def test_a_portal_that_hangs_is_broken_off_at_the_deadline(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.page_deadline", 1)
    portal.odwb.faults = Faults(delay=3)
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("failed", "unreachable")


def test_after_a_run_only_answers_that_say_their_age_are_kept(source, count) -> None:
    harvest(source)
    assert count(HarvestAnswer) == 0


def test_the_next_run_asks_only_whether_anything_is_new(source, portal, count) -> None:
    portal.odwb.dated = True
    harvest(source)
    asked = len(portal.server.statuses)
    assert count(HarvestAnswer) == asked
    assert harvest(source)["unchanged"] == 12
    assert list(portal.server.statuses)[asked:] == [304] * asked
    portal.put(document(3, title="Autre"))
    assert harvest(source)["updated"] == 1


def test_not_modified_without_having_been_asked_is_no_answer(source, portal, count) -> None:
    portal.odwb.faults = Faults(status=304)
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("failed", "unreachable")


def test_a_portal_that_wants_to_be_left_alone_is_and_the_run_goes_on_afterwards(source, job, portal) -> None:
    portal.odwb.faults = Faults(status_at={2: 429}, retry_after=90)
    work(source, job)
    run = latest(source.id)
    assert (run.status, run.seen, run.delays) == ("running", 2, 1)
    left_alone = (run.wait_until - run.heartbeat).total_seconds()
    assert 80 < left_alone < 100
    asked = len(portal.server.requests)
    queue.tend()
    assert not [one for one in tk.get_job_queue("harvest").job_ids if job in one]
    assert len(portal.server.requests) == asked
    portal.odwb.faults = Faults()
    model.Session.execute(sa.update(HarvestRun).values(wait_until=None))
    model.Session.commit()
    queue.tend()
    work(source, job)
    run = latest(source.id)
    assert (run.status, run.added, run.seen) == ("finished", 4, 4)


def test_who_waits_for_the_answer_is_told_that_the_portal_wants_to_be_left_alone(source, portal) -> None:
    portal.odwb.faults = Faults(status=429, retry_after=90)
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("failed", "unreachable")
    assert "429" in done["detail"]


def test_a_job_whose_maker_died_before_it_was_on_the_queue_is_begun(source) -> None:
    made = jobs.create(source, enqueue=False)
    queue.tend()
    assert not tk.get_job_queue("harvest").job_ids, "its maker may be about to begin"
    model.Session.execute(sa.update(HarvestJob).values(created=HarvestJob.created - 2 * config.stale_after()))
    model.Session.commit()
    queue.tend()
    work(source, made)
    assert latest(source.id).status == "finished"


def test_a_job_of_a_source_that_was_removed_before_it_began_is_over(source, job) -> None:
    tk.get_job_queue("harvest").empty()
    model.Session.execute(sa.text("UPDATE harvest_source SET active = false"))
    model.Session.commit()
    queue.tend()
    assert not tk.get_job_queue("harvest").job_ids
    model.Session.remove()
    assert model.Session.get(HarvestJob, job).status == "Finished"


def test_mapping_again_stays_that_when_its_process_is_killed(source, portal) -> None:
    harvest(source)
    again = jobs.create(source, enqueue=False)
    runs.begin(source.id, source.name, again, again=True)
    model.Session.execute(sa.update(HarvestRun).values(heartbeat=HarvestRun.heartbeat - 2 * config.stale_after()))
    model.Session.commit()
    portal.server.requests.clear()
    queue.tend()
    work(source, again)
    run = latest(source.id)
    assert (run.status, run.reason, run.unchanged) == ("finished", "mapped-again", 12)
    assert not portal.server.requests


def test_a_harvest_that_waits_is_not_taken_for_mapping_again(source, job, portal) -> None:
    portal.odwb.faults = Faults(status_at={2: 429}, retry_after=90)
    work(source, job)
    asked = len(portal.server.requests)
    with pytest.raises(AlreadyRunning):
        run(source, jobs.create(source, enqueue=False), again=True)
    assert len(portal.server.requests) == asked
    assert latest(source.id).wait_until is not None


def test_a_pause_that_is_longer_than_a_run_may_take_ends_it(source, job, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.harvesters.timeout", 80)
    portal.odwb.faults = Faults(status_at={2: 429}, retry_after=90)
    work(source, job)
    found = latest(source.id)
    assert (found.status, found.reason, found.seen) == ("incomplete", "unreachable", 2)


def test_mapping_again_that_fails_is_no_look_at_the_portal(source, portal, ckan_config, monkeypatch) -> None:
    harvest(source)
    due = sa.select(HarvestSource.next_run, HarvestSource.id)
    before = model.Session.execute(due).all()
    model.Session.execute(sa.update(HarvestRecord).values(fingerprint="another"))
    model.Session.commit()
    with monkeypatch.context() as away:
        away.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nothing")
        done = run(source, jobs.create(source, enqueue=False), again=True)
    assert (done["status"], done["reason"]) == ("interrupted", "mapped-again")
    assert "Search could not be reached" in done["detail"]
    assert model.Session.execute(due).all() == before
    assert runs.latest([source.id], runs.looked())[source.id].status == "finished"
