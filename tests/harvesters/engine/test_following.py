"""A record under another identifier than before: followed when it is the same one, never doubled, never mixed up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.harvest.model import HarvestObject

from ckanext.harvesters.duplicates import decisions
from ckanext.harvesters.duplicates.decisions import Choice
from ckanext.harvesters.engine import jobs, queue, runs, store
from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.originals import HarvestOriginal
from ckanext.harvesters.engine.run import rehearse
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.tables import HarvestProblem, HarvestRecord, HarvestRun
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.recorded_vlaanderen import wrapped
from ckanext.harvesters.replay.server import ReplayServer
from tests.feeds.test_stream import Client
from tests.harvesters.engine.conftest import context, harvest, index, make_source, rows
from tests.harvesters.engine.test_gone import days_pass

IRI = "https://data.example.be/id/dataset/"


def uid(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"record {number}"))


def record(number: int, iri: str = "", page: str = "", **said: str) -> str:
    """Write a record of the Flemish feed, invented: its catalogue record, its dataset with identifier and page."""
    identifier, title = (
        said.get("identifier", f"kaart-{number}"),
        said.get("title", f"Kaart van de bodem, blad {number}"),
    )
    landing = page or f"https://www.vlaanderen.be/DataCatalogRecord/{uid(number)}"
    dataset = (
        f'<dcat:Dataset rdf:about="{iri or IRI + str(number)}"><dct:identifier>{escape(identifier)}</dct:identifier>'
        f'<dct:title xml:lang="nl">{escape(title)}</dct:title>'
        f'<dct:description xml:lang="nl">{escape(said.get("text", "De bodem van dit blad in kaart gebracht."))}'
        f'</dct:description><dcat:landingPage rdf:resource="{landing}"/>'
        f'<dcat:distribution><dcat:Distribution rdf:about="{IRI}file/{number}">'
        f'<dcat:accessURL rdf:resource="https://data.example.be/file/{number}.csv"/></dcat:Distribution>'
        "</dcat:distribution></dcat:Dataset>"
    )
    return wrapped(iri or IRI + str(number), dataset, said.get("record", uid(number)), "2026-03-01T00:00:00Z", [])


class Served:
    """The stand-in, and what it serves: record by key, pages of three."""

    def __init__(self, portal: Datavindplaats, url: str) -> None:
        self.portal, self.url = portal, url
        self.say({str(number): record(number) for number in range(12)})

    def say(self, records: dict[str, str]) -> None:
        self.records = records
        self.portal.catalogue.replace({key: lambda _base, one=one: one for key, one in records.items()})

    def change(self, **records: str | None) -> None:
        """Put records (``_3``: number 3) in the place of others, at the end, or drop them."""
        said = {key.removeprefix("_"): one for key, one in records.items()}
        kept = {key: one for key, one in {**self.records, **said}.items() if one is not None}
        self.say(kept)


@pytest.fixture
def feed(ckan_config, monkeypatch) -> Iterator[Served]:
    monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.allow", ["127.0.0.0/8"])
    portal = Datavindplaats(Catalogue())
    with ReplayServer([portal]) as server:
        yield Served(portal, f"{server.url}/datavindplaats")


@pytest.fixture
def flemish(feed, clean_db, clean_index, clean_queues, with_plugins) -> Registered:
    """Harvest twelve records."""
    source = make_source("flemish", feed.url, "datavindplaats", language="nl", options={"page_size": 3})
    assert harvest(source)["added"] == 12
    return source


def shown(number: int) -> dict[str, Any]:
    """Return the dataset that a record became at first."""
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id("flemish", IRI + str(number))})


def told(source: Registered) -> list[tuple[str | None, str, str]]:
    said = [(one.guid, one.value, one.reason) for one in store.problems(HarvestProblem.source_id == source.id)]
    model.Session.remove()
    return said


NEW = IRI + "blad/3"


class TestFollowed:
    def test_a_changed_iri_leads_to_the_same_dataset(self, flemish, feed, count) -> None:
        before = shown(3)
        feed.change(_3=record(3, NEW, text="De bodem, opnieuw in kaart gebracht."))
        done = harvest(flemish)
        assert (done["status"], done["added"], done["updated"], done["unchanged"]) == ("finished", 0, 1, 11)
        assert done["gone"] == 0
        after = shown(3)
        assert (after["guid"], after["uri"]) == (NEW, NEW)
        assert "opnieuw" in after["notes_translated"]["nl"]
        assert after["name"] == before["name"]
        assert [one["id"] for one in after["resources"]] == [one["id"] for one in before["resources"]]
        assert (len(rows()), set(index())) == (12, set(rows()))
        assert told(flemish) == [(NEW, IRI + "3", "moved")]

    def test_nothing_of_the_old_identifier_is_left(self, flemish, feed, count) -> None:
        feed.change(_3=record(3, NEW))
        harvest(flemish)
        for table in (HarvestRecord, HarvestOriginal, HarvestProblem):
            assert count(table, table.guid == IRI + "3") == 0, table
        current = (HarvestObject.current.is_(True), HarvestObject.package_id == shown(3)["id"])
        assert count(HarvestObject, *current) == count(HarvestObject, *current, HarvestObject.guid == NEW) == 1
        before = rows(), index()
        done = harvest(flemish)
        assert (done["unchanged"], done["seen"]) == (12, 12)
        assert harvest(flemish)["status"] == "finished"
        assert (rows(), index()) == before
        assert jobs_over_what_is_kept(flemish) == 12

    def test_corrections_and_decisions_stay(self, flemish, feed) -> None:
        user = factories.User()["name"]
        member = {"id": "flemish-organization", "username": user, "role": "editor"}
        tk.get_action("organization_member_create")(context(), member)
        mine = {"id": shown(3)["id"], "title_translated": {"nl": "De juiste titel"}}
        tk.get_action("package_patch")({"user": user}, mine)
        decisions.keep(mine["id"], shown(4)["id"], Choice.SPLIT, None)
        model.Session.commit()
        feed.change(_3=record(3, NEW, text="De bodem, opnieuw in kaart gebracht."))
        harvest(flemish)
        found = shown(3)
        assert (found["guid"], found["title_translated"]) == (NEW, {"nl": "De juiste titel"})
        assert "opnieuw" in found["notes_translated"]["nl"]
        assert tk.get_action("harvest_correction_list")({"user": user}, {"id": found["id"]}) == ["title_translated"]
        assert [mine["id"] in (one.first, one.second) for one in decisions.every()] == [True]

    def test_a_renamed_slug_is_followed_by_its_catalogue_record(self, flemish, feed) -> None:
        feed.change(_3=record(3, NEW, page="https://data.example.be/p/new", identifier="blad-3"))
        assert harvest(flemish)["updated"] == 1
        assert shown(3)["guid"] == NEW

    def test_all_of_a_portal_moves_at_once(self, flemish, feed) -> None:
        feed.say({str(number): record(number, f"{IRI}blad/{number}") for number in range(12)})
        done = harvest(flemish)
        assert (done["status"], done["updated"], done["added"], done["gone"]) == ("finished", 12, 0, 0)
        assert len(rows()) == 12

    def test_it_is_followed_back_and_the_free_identifier_is_anothers(self, flemish, feed) -> None:
        feed.change(_3=record(3, NEW))
        harvest(flemish)
        feed.change(new=record(50, IRI + "3"))
        assert harvest(flemish)["added"] == 1
        assert shown(3)["guid"] == NEW
        assert len(rows()) == 13
        assert harvest(flemish)["unchanged"] == 13
        feed.change(new=None)
        harvest(flemish)
        feed.change(_3=record(3, IRI + "3b"))
        harvest(flemish)
        assert shown(3)["guid"] == IRI + "3b"

    def test_one_that_was_marked_as_gone_is_followed_too(self, flemish, feed) -> None:
        feed.change(_3=None)
        assert harvest(flemish)["gone"] == 1
        feed.change(_3=record(3, NEW))
        assert harvest(flemish)["updated"] == 1
        assert shown(3)["guid"] == NEW
        model.Session.remove()
        assert model.Session.get(HarvestRecord, (flemish.id, NEW)).gone is None

    def test_one_that_was_deleted_for_being_gone_comes_back(self, flemish, feed) -> None:
        feed.change(_3=None)
        harvest(flemish)
        days_pass(8)
        assert harvest(flemish)["deleted"] == 1
        feed.change(_3=record(3, NEW))
        assert harvest(flemish)["updated"] == 1
        assert (shown(3)["guid"], shown(3)["state"], len(index())) == (NEW, "active", 12)

    def test_what_a_steward_deleted_stays_deleted(self, flemish, feed) -> None:
        tk.get_action("package_delete")(context(), {"id": shown(3)["id"]})
        feed.change(_3=record(3, NEW))
        for _ in range(2):
            done = harvest(flemish)
            assert (done["added"], done["unchanged"]) == (0, 12)
        assert len(index()) == 11

    def test_a_rehearsal_says_so_and_writes_nothing(self, flemish, feed) -> None:
        before = rows()
        feed.change(_3=record(3, NEW))
        counts, sink = rehearse(flemish)
        assert (counts["updated"], counts["added"], counts["gone"]) == (1, 0, 0)
        assert [(one.record.guid, one.moved_from) for one in sink.changes] == [(NEW, IRI + "3")]
        assert rows() == before

    @pytest.mark.parametrize("versions", [0, 1])
    def test_who_follows_the_stream_has_it_once(self, flemish, feed, app, ckan_config, monkeypatch, versions) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.oslo.feeds.stream.versions", versions)
        client = Client(app)
        client.follow("/ldes?profile=dcat_ap_3")
        assert {IRI + str(number) for number in range(12)} == client.objects.keys()
        feed.change(_3=record(3, NEW))
        harvest(flemish)
        client.follow("/ldes?profile=dcat_ap_3")
        assert client.members[-2:] == [("Delete", IRI + "3"), ("Create", NEW)]
        assert client.objects.keys() == {NEW, *(IRI + str(number) for number in range(12) if number != 3)}


class TestNotFollowed:
    def test_the_same_identifier_alone_is_another_dataset(self, flemish, feed) -> None:
        """As at DOV: the uuid of a map that is gone came back in the IRI of another map."""
        another = record(30, NEW, identifier="kaart-3", title="Grondwater, stand van de dag")
        feed.change(_3=another)
        done = harvest(flemish)
        assert (done["added"], done["updated"], done["gone"]) == (1, 0, 1)
        assert shown(3)["guid"] == IRI + "3"

    @pytest.mark.parametrize("faults", [Faults(truncate_page_at=2), Faults(status_at={2: 500})])
    def test_a_pass_that_is_not_whole_follows_nothing_and_doubles_nothing(self, flemish, feed, faults) -> None:
        feed.change(_3=None, new=record(3, NEW))
        feed.portal.faults = faults
        done = harvest(flemish)
        assert (done["status"], done["added"], done["updated"], done["gone"]) == ("incomplete", 0, 0, 0)
        assert (shown(3)["guid"], len(rows())) == (IRI + "3", 12)
        feed.portal.faults = Faults()
        assert harvest(flemish)["updated"] == 1
        assert (shown(3)["guid"], len(rows())) == (NEW, 12)

    def test_of_a_pass_that_is_not_whole_only_what_is_certain_is_taken(self, flemish, feed) -> None:
        """The copy's own is met on a later page; whether the other's is there, the page that fails would tell."""
        others = {name: one for name, one in feed.records.items() if name != "3"}
        feed.say({"copy": record(1, IRI + "copy"), "new": record(3, NEW), **others})
        feed.portal.faults = Faults(status_at={4: 500})
        done = harvest(flemish)
        assert (done["status"], done["added"], done["updated"], done["gone"]) == ("incomplete", 1, 0, 0)
        assert dataset_id("flemish", IRI + "copy") in {identifier for identifier, _version in rows().values()}
        assert (NEW, "", "may-be-moved") in told(flemish)
        feed.portal.faults = Faults()
        done = harvest(flemish)
        assert (done["status"], done["added"], done["updated"], shown(3)["guid"]) == ("finished", 0, 1, NEW)
        assert (NEW, "", "may-be-moved") not in told(flemish)

    def test_what_the_source_has_still_is_not_moved(self, flemish, feed) -> None:
        feed.say({"new": record(3, NEW), **feed.records})
        done = harvest(flemish)
        assert (done["added"], done["unchanged"]) == (1, 12)
        assert shown(3)["guid"] == IRI + "3"

    def test_of_two_that_could_be_it_none_is(self, flemish, feed) -> None:
        feed.change(_3=record(3, NEW), other=record(3, NEW + "b"))
        done = harvest(flemish)
        assert (done["added"], done["updated"], done["gone"]) == (2, 0, 1)
        assert shown(3)["guid"] == IRI + "3"

    def test_another_source_is_another_source(self, flemish, feed) -> None:
        second = make_source("second", feed.url, "datavindplaats", language="nl", options={"page_size": 4})
        feed.change(_3=record(3, NEW))
        assert harvest(second)["added"] == 12
        assert shown(3)["guid"] == IRI + "3"


def in_steps(source: Registered) -> HarvestRun:
    """Harvest on the queue, step by step, and return the run."""
    job = jobs.create(source, enqueue=True)
    waiting = tk.get_job_queue("harvest")
    while mine := [one for one in waiting.job_ids if job in one]:
        waiting.remove(mine[0])
        queue.harvest(source.id, job)
        model.Session.remove()
    return runs.latest([source.id])[source.id]


@contextmanager
def refusing(guid: str) -> Iterator[None]:
    """Let the database refuse a record that comes under another guid than before."""
    refuse = (
        "CREATE FUNCTION not_this_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.guid = '{guid}' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$"
    )
    model.Session.execute(sa.text(refuse))
    trigger = "CREATE TRIGGER not_this BEFORE UPDATE ON harvest_record FOR EACH ROW EXECUTE FUNCTION not_this_one()"
    model.Session.execute(sa.text(trigger))
    model.Session.commit()
    try:
        yield
    finally:
        model.Session.execute(sa.text("DROP FUNCTION not_this_one CASCADE"))
        model.Session.commit()


class TestCutAnywhere:
    def test_in_steps_of_one_record(self, flemish, feed, ckan_config, monkeypatch) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 0)
        moved = {str(number): record(number, f"{IRI}blad/{number}") for number in range(4)}
        feed.change(**{f"_{number}": one for number, one in moved.items()})
        run = in_steps(flemish)
        assert run.steps > 12
        assert (run.status, run.seen, run.updated, run.unchanged, run.added) == ("finished", 12, 4, 8, 0)
        assert [shown(number)["guid"] for number in range(4)] == [f"{IRI}blad/{number}" for number in range(4)]
        assert set(index()) == set(rows())

    def test_one_that_is_refused_is_there_all_the_same_when_others_take_further_steps(
        self, flemish, feed, ckan_config, monkeypatch
    ) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.step_seconds", 0)
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.batch_size", 1)
        feed.change(_3=record(3, NEW), _4=record(4, IRI + "blad/4"), _5=record(5, IRI + "blad/5"))
        with refusing(NEW):
            run = in_steps(flemish)
        assert (run.status, run.updated, run.failed, run.gone) == ("finished", 2, 1, 0)
        assert (shown(3)["guid"], shown(5)["guid"]) == (IRI + "3", IRI + "blad/5")
        assert harvest(flemish)["updated"] == 1
        assert (shown(3)["guid"], len(rows())) == (NEW, 12)

    def test_a_batch_that_fails_is_written_one_by_one(self, flemish, feed) -> None:
        feed.change(_3=record(3, NEW), _4=record(4, IRI + "blad/4"))
        with refusing(IRI + "blad/4"):
            done = harvest(flemish)
        assert (done["updated"], done["failed"], done["unchanged"]) == (1, 1, 10)
        assert (shown(3)["guid"], shown(4)["guid"]) == (NEW, IRI + "4")
        assert len(rows()) == 12


def jobs_over_what_is_kept(source: Registered) -> int:
    """Map what is kept of a source again, writing nothing; return how many records that are, all of them unchanged."""
    counts, sink = rehearse(source, again=True)
    assert sink.changes == []
    return counts["unchanged"]
