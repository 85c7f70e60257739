"""The record as its portal sent it: kept compressed, shown to those who may edit the source, mapped again on demand."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_auth
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters.cli import harvesters
from ckanext.harvesters.engine import gone, originals, queue
from ckanext.harvesters.engine.originals import HarvestOriginal
from ckanext.harvesters.engine.run import rehearse
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.engine.tables import HarvestAnswer, HarvestRecord, HarvestRun, now
from ckanext.harvesters.opendatasoft import protocol as opendatasoft
from tests.harvesters.engine.conftest import Portal, dataset, document, guid, harvest, index, rows

pytestmark = pytest.mark.usefixtures("with_plugins")


def better(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change how titles are mapped, as a new version of the portal would."""
    before = opendatasoft.map_dataset

    def mapping(draft: Any, *more: Any) -> None:
        before(draft, *more)
        titles = draft.dataset.get("title_translated") or {"fr": "Sans titre"}
        draft.set(title_translated={language: f"{title} (mieux)" for language, title in titles.items()})

    # A better mapping is what a new release brings; here it has to come between two runs of one process.
    monkeypatch.setattr(opendatasoft, "map_dataset", mapping)


def versions() -> set[tuple[str, str]]:
    found = model.Session.execute(sa.text("SELECT guid, xmin::text FROM harvest_original")).tuples().all()
    model.Session.rollback()
    return set(found)


def test_what_was_sent_is_kept_compressed_and_an_unchanged_record_not_again(portal: Portal, source: Registered) -> None:
    long = document(12, description="<p>" + "Une longue description. " * 500 + "</p>")
    portal.put(long)
    harvest(source)
    kept = originals.of(source.id, guid(12))
    assert kept
    assert json.loads(kept.record.content) == long
    assert len(kept.content) < len(kept.record.content) / 10
    before = versions()
    assert len(before) == 13
    harvest(source)
    assert versions() == before


def test_a_better_mapping_reaches_kept_records_without_a_request(
    portal: Portal, source: Registered, monkeypatch: pytest.MonkeyPatch, cli: Any
) -> None:
    portal.put({**document(12), "metas": {"default": {"title": None}}})
    first = harvest(source)
    assert (first["added"], first["failed"]) == (12, 1)
    before = rows()
    portal.server.requests.clear()
    # The stand-in now refuses whoever asks: a request would fail the run.
    monkeypatch.setattr(portal.odwb, "quota", 0)

    unchanged = cli.invoke(harvesters, ["remap", "odwb", "--json"])
    assert unchanged.exit_code == 0, unchanged.output
    assert rows() == before, "the same mapping changes nothing"

    better(monkeypatch)
    would, sink = rehearse(source, again=True)
    assert (would["updated"], would["added"], len(sink.changes)) == (12, 1, 13)
    told = json.loads(cli.invoke(harvesters, ["remap", "odwb", "--json"]).stdout)["sources"][0]["last_run"]
    assert (told["status"], told["updated"], told["added"], told["failed"]) == ("finished", 12, 1, 0)
    assert not portal.server.requests, "nothing was fetched"
    assert dataset(3)["title_translated"]["fr"].endswith("(mieux)")
    assert len(index()) == len(rows()) == 13
    run = tk.get_action("harvest_run_list")({"ignore_auth": True}, {"source": "odwb", "limit": 1})[0]
    assert run["reason"] == "mapped-again"


def test_a_dataset_that_was_deleted_does_not_come_back(source: Registered, portal: Portal) -> None:
    harvest(source)
    gone, purged = dataset(1)["id"], dataset(2)["id"]
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("package_delete")({"ignore_auth": True, "user": user}, {"id": gone})
    tk.get_action("dataset_purge")({"ignore_auth": True, "user": user}, {"id": purged})
    would, sink = rehearse(source, again=True)
    assert (would["unchanged"], sink.changes) == (11, [])


def test_mapping_again_is_no_look_at_the_portal(source: Registered, portal: Portal, cli: Any, app: Any) -> None:
    harvest(source)
    portal.odwb.catalogue.drop("marches-3")
    assert harvest(source)["gone"] == 1
    known = dataset(3)["id"]

    def days_pass() -> None:
        for column in (HarvestRecord.gone, HarvestRecord.removed):
            model.Session.execute(sa.update(HarvestRecord).values({column.key: column - timedelta(days=8)}))
        model.Session.commit()

    # It takes no mark off, and the grace that began when the portal was read goes on.
    assert cli.invoke(harvesters, ["remap", "odwb"]).exit_code == 0
    assert [one.guid for one in gone.of_source(source.id)] == [guid(3)]
    days_pass()
    queue.tick()
    assert model.Session.get(model.Package, known).state == "deleted"

    # It brings nothing back either; it cannot know.
    would, sink = rehearse(source, again=True)
    assert (would["unchanged"], would["gone"], sink.changes, sink.gone) == (12, 0, [], ())
    assert cli.invoke(harvesters, ["remap", "odwb"]).exit_code == 0
    model.Session.remove()
    assert model.Session.get(model.Package, known).state == "deleted"

    # Nor does it make the source younger, or what the portal answered forgotten.
    model.Session.execute(
        sa.update(HarvestRun)
        .where(HarvestRun.reason.is_(None))
        .values(started=HarvestRun.started - timedelta(days=9), finished=HarvestRun.finished - timedelta(days=9))
    )
    model.Session.commit()
    told = app.get("/harvest-metrics").body
    age = float(re.search(r'harvest_age_seconds\{source="odwb"\} (\S+)', told)[1])
    assert age >= timedelta(days=9).total_seconds()


def test_mapping_again_does_not_put_off_the_next_harvest(source: Registered, cli: Any) -> None:
    harvest(source)
    due = now() + timedelta(minutes=5)
    model.Session.execute(sa.update(HarvestSource).values(frequency="DAILY", next_run=due))
    model.Session.commit()
    assert cli.invoke(harvesters, ["remap", "odwb"]).exit_code == 0
    assert model.Session.execute(sa.select(HarvestSource.next_run)).scalar_one() == due


def test_mapping_again_keeps_what_the_portal_answered(source: Registered, portal: Portal, cli: Any, count: Any) -> None:
    portal.odwb.dated = True
    harvest(source)
    kept = count(HarvestAnswer)
    assert kept > 0
    assert cli.invoke(harvesters, ["remap", "odwb"]).exit_code == 0
    assert count(HarvestAnswer) == kept
    portal.server.statuses.clear()
    assert harvest(source)["unchanged"] == 12
    assert set(portal.server.statuses) == {304}


def test_a_braked_run_can_still_be_confirmed_after_mapping_again(source: Registered, portal: Portal, cli: Any) -> None:
    harvest(source)
    for number in range(6):
        portal.odwb.catalogue.drop(f"marches-{number}")
    assert harvest(source)["status"] == "braked"
    assert cli.invoke(harvesters, ["remap", "odwb"]).exit_code == 0
    assert cli.invoke(harvesters, ["confirm", "odwb"]).exit_code == 0
    assert len(gone.of_source(source.id)) == 6


class TestWhoSees:
    def test_those_who_may_edit_the_source(self, source: Registered, app: Any) -> None:
        harvest(source)
        editor, stranger = factories.User(), factories.User()
        organization = model.Session.get(model.Package, source.id).owner_org
        tk.get_action("organization_member_create")(
            {"ignore_auth": True, "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]},
            {"id": organization, "username": editor["name"], "role": "admin"},
        )
        asked = {"source": "odwb", "guid": guid(1)}
        context = {"model": model}
        assert call_auth("harvest_record_show", {**context, "user": editor["name"]}, **asked)
        for name in (stranger["name"], ""):
            with pytest.raises(tk.NotAuthorized):
                call_auth("harvest_record_show", {**context, "user": name}, **asked)
        shown = tk.get_action("harvest_record_show")({"user": editor["name"]}, asked)
        assert json.loads(shown["content"])["dataset_uid"] == "da_000001"
        assert shown["package_id"] == dataset(1)["id"]

        address = f"/harvest/odwb/record?guid={guid(1)}"
        header = {"Authorization": factories.APIToken(user=editor["name"])["token"]}
        page = app.get(address, headers=header)
        assert "marches-1" in page
        assert "<p>Liste" not in page.body, "what a portal sends is shown, never run"
        file = app.get(f"{address}&download=1", headers=header)
        assert file.headers["Content-Type"].startswith("application/octet-stream")
        assert json.loads(file.body)["dataset_id"] == "marches-1"
        assert app.get(address, expect_errors=True).status_code == 403
        assert app.get("/harvest/odwb/record?guid=none", headers=header, expect_errors=True).status_code == 404

    def test_ckanext_harvests_own_action_shows_it(self, source: Registered) -> None:
        harvest(source)
        found = tk.get_action("harvest_object_show")({"ignore_auth": True}, {"dataset_id": dataset(1)["id"]})
        assert json.loads(found["content"])["dataset_id"] == "marches-1"

    def test_ckanext_harvests_own_action_tells_strangers_no_more_than_ours(self, source: Registered) -> None:
        harvest(source)
        found = tk.get_action("harvest_object_show")({"user": ""}, {"dataset_id": dataset(1)["id"]})
        assert found["guid"] == guid(1)
        assert not found["content"]


def test_they_go_with_the_source(source: Registered, count: Any) -> None:
    harvest(source)
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("harvest_source_clear")({"ignore_auth": True, "user": user}, {"id": source.id})
    assert count(HarvestOriginal) == 0
