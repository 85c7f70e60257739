"""What a source no longer has: proof first, then a mark, a brake, a grace, and a way back."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.harvest.model import HarvestObject

from ckanext.harvesters.cli import harvesters
from ckanext.harvesters.engine import gone, jobs, preview, queue
from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.tables import HarvestRecord, HarvestRun
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import context, dataset, document, guid, harvest, index, make_source, rows
from tests.pages.reading import one, read, select, text

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture
def large(source, portal):
    """Harvest twelve records: one of them is less than a tenth."""
    assert harvest(source)["added"] == 12
    return source


def without(portal, *numbers: int) -> None:
    """Serve the records without some."""
    for number in numbers:
        portal.odwb.catalogue.drop(f"marches-{number}")


def days_pass(days: float) -> None:
    """Let what was noted have been noted earlier."""
    for column in (HarvestRecord.gone, HarvestRecord.removed):
        moved = sa.update(HarvestRecord).values({column.key: column - timedelta(days=days)})
        model.Session.execute(moved)
    model.Session.commit()


def state(number: int) -> str:
    model.Session.remove()
    return model.Session.get(model.Package, dataset_id("odwb", guid(number))).state


class TestGrace:
    def test_a_missing_record_is_marked_and_stays_for_seven_days(self, large, portal, app) -> None:
        without(portal, 3)
        done = harvest(large)
        assert (done["status"], done["gone"], done["deleted"]) == ("finished", 1, 0)
        assert (len(rows()), len(index())) == (12, 12)
        page = read(app.get(f"/fr/dataset/{dataset(3)['name']}").body)
        assert "Ce jeu de données ne vient plus de sa source." in text(one(page, ".gone-at-source"))
        assert not select(read(app.get(f"/fr/dataset/{dataset(4)['name']}").body), ".gone-at-source")
        days_pass(6.9)
        harvest(large)
        assert state(3) == "active"

    def test_after_the_grace_it_is_deleted_and_counted(self, large, portal) -> None:
        without(portal, 3)
        harvest(large)
        days_pass(7.1)
        done = harvest(large)
        assert (done["gone"], done["deleted"]) == (0, 1)
        assert state(3) == "deleted"
        assert len(index()) == 11

    def test_the_clock_deletes_without_a_run(self, large, portal, count) -> None:
        without(portal, 3)
        harvest(large)
        days_pass(8)
        runs_before = count(HarvestRun)
        queue.tick()
        assert (state(3), count(HarvestRun)) == ("deleted", runs_before)

    def test_a_harvest_that_is_about_to_begin_is_waited_for(self, large, portal) -> None:
        without(portal, 3)
        harvest(large)
        days_pass(8)
        portal.put(document(3, title="Revenu"))
        job = jobs.create(large, enqueue=True)
        queue.tick()
        assert state(3) == "active"
        queue.harvest(large.id, job)
        assert (state(3), dataset(3)["title_translated"]["fr"]) == ("active", "Revenu")
        assert gone.of_source(large.id) == []

    def test_nobody_begins_a_harvest_while_a_dataset_is_deleted(self, large) -> None:
        """What the new run knows of the source's records would be what was so before."""
        made = []
        assert jobs.stands_still(large.id)
        making = threading.Thread(target=lambda: made.append(jobs.create(large, enqueue=False)))
        making.start()
        making.join(0.7)
        assert not made
        model.Session.commit()
        making.join(20)
        assert made
        assert not jobs.stands_still(large.id)

    def test_a_portal_in_trouble_postpones_the_deletion(self, large, portal) -> None:
        without(portal, 3)
        harvest(large)
        days_pass(8)
        portal.odwb.faults = Faults(status=503)
        assert harvest(large)["status"] == "failed"
        queue.tick()
        assert state(3) == "active"

    def test_many_that_wait_for_their_portal_keep_no_others_waiting(self, large, portal, monkeypatch) -> None:
        other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
        harvest(other)
        without(portal, 3)
        harvest(large)
        harvest(other)
        days_pass(8)
        # The first one's is due for longer, and its portal is away.
        model.Session.execute(
            sa.update(HarvestRecord)
            .where(HarvestRecord.source_id == large.id)
            .values(gone=HarvestRecord.gone - timedelta(days=1))
        )
        model.Session.commit()
        portal.odwb.faults = Faults(status=503)
        assert harvest(large)["status"] == "failed"
        # A look deletes two hundred; here one is enough for the first source to keep the other waiting.
        monkeypatch.setattr(gone, "AT_ONCE", 1)
        assert gone.remove_due() == 1
        assert state(3) == "active"

    def test_a_record_that_comes_back_loses_its_mark(self, large, portal) -> None:
        without(portal, 3)
        harvest(large)
        before = rows()
        portal.put(document(3))
        assert harvest(large)["unchanged"] == 12
        assert rows() == before
        assert gone.of_source(large.id) == []

    def test_a_record_that_comes_back_after_deletion_brings_its_dataset_back(self, large, portal) -> None:
        known = dataset(3)
        without(portal, 3)
        harvest(large)
        days_pass(8)
        harvest(large)
        portal.put(document(3))
        done = harvest(large)
        assert (done["updated"], done["unchanged"]) == (1, 11)
        assert (dataset(3)["id"], dataset(3)["name"], dataset(3)["state"]) == (known["id"], known["name"], "active")

    def test_thirty_days_after_deletion_it_is_purged(self, large, portal, count) -> None:
        without(portal, 3)
        harvest(large)
        days_pass(8)
        queue.tick()
        days_pass(29)
        queue.tick()
        assert state(3) == "deleted"
        days_pass(2)
        queue.tick()
        model.Session.remove()
        assert model.Session.get(model.Package, dataset_id("odwb", guid(3))) is None
        assert count(HarvestRecord) == 11
        assert count(HarvestObject, HarvestObject.guid == guid(3)) == 1
        portal.put(document(3))
        assert harvest(large)["added"] == 1


class TestProof:
    @pytest.mark.parametrize(
        "faults", [Faults(truncate_page_at=2), Faults(status_at={2: 500}), Faults(maintenance_page_at=3)]
    )
    def test_a_pass_that_saw_less_than_everything_marks_nothing(self, large, portal, faults) -> None:
        without(portal, 3)
        portal.odwb.faults = faults
        assert harvest(large)["gone"] == 0
        assert gone.of_source(large.id) == []

    def test_a_record_that_cannot_be_taken_any_more_is_not_gone(self, large, portal) -> None:
        portal.put(document(3, title=""))
        done = harvest(large)
        assert (done["failed"], done["gone"]) == (1, 0)
        assert state(3) == "active"

    def test_what_a_steward_made_or_deleted_is_never_gone(self, large, portal) -> None:
        tk.get_action("package_delete")(context(), {"id": dataset_id("odwb", guid(3))})
        without(portal, 3)
        assert harvest(large)["gone"] == 0
        days_pass(100)
        queue.tick()
        assert state(3) == "deleted"


class TestBrake:
    @pytest.fixture
    def braked(self, large, portal) -> dict:
        without(portal, 1, 2, 3, 4)
        return harvest(large)

    def test_too_many_at_once_stop_and_ask(self, braked, large) -> None:
        assert (braked["status"], braked["reason"], braked["detail"]) == ("braked", "brake", "4 / 12")
        assert [one.since for one in gone.of_source(large.id)] == [None] * 4
        days_pass(100)
        queue.tick()
        assert len(index()) == 12

    def test_an_empty_source_stops_and_asks(self, large, portal) -> None:
        portal.odwb.catalogue.replace({})
        done = harvest(large)
        assert (done["status"], done["reason"], done["detail"]) == ("braked", "empty", "12 / 12")

    def test_what_is_new_or_changed_arrives_all_the_same(self, large, portal) -> None:
        without(portal, 1, 2, 3, 4)
        portal.put(document(5, title="Autre"), document(50))
        done = harvest(large)
        assert (done["status"], done["added"], done["updated"]) == ("braked", 1, 1)

    def test_a_person_confirms_and_the_grace_begins(self, braked, large) -> None:
        assert tk.get_action("harvest_brake_release")(context(), {"source": "odwb"}) == {"gone": 4}
        days_pass(8)
        queue.tick()
        assert [state(number) for number in (1, 2, 3, 4, 5)] == ["deleted"] * 4 + ["active"]
        with pytest.raises(tk.ValidationError):
            tk.get_action("harvest_brake_release")(context(), {"source": "odwb"})

    def test_what_comes_back_by_itself_needs_nobody(self, braked, large, portal) -> None:
        portal.put(*(document(number) for number in (1, 2, 3, 4)))
        done = harvest(large)
        assert (done["status"], done["gone"]) == ("finished", 0)
        assert gone.of_source(large.id) == []

    def test_the_limits_are_the_operators(self, large, portal, ckan_config, monkeypatch) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.brake_percent", 40)
        without(portal, 1, 2, 3, 4)
        assert (harvest(large)["status"]) == "finished"

    def test_the_page_asks_and_a_button_answers(self, braked, app) -> None:
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        page = read(app.get("/nl/harvest/odwb", headers=admin).body)
        assert "Niet gevonden: 4 / 12." in text(one(page, ".alert-danger"))
        assert len(select(page, "#gone tbody tr")) == 4
        assert "Zijn deze datasets weg bij odwb?" in text(read(app.get("/nl/harvest/confirm/odwb", headers=admin).body))
        app.post("/nl/harvest/confirm/odwb", headers=admin, follow_redirects=False)
        assert all(one.since for one in gone.of_source(braked["source_id"]))

    def test_nobody_else_confirms(self, braked, app) -> None:
        user = {"Authorization": factories.UserWithToken()["token"]}
        app.post("/en/harvest/confirm/odwb", headers=user, status=403)
        app.post("/en/harvest/preview/odwb", headers=user, status=403)
        app.post("/en/harvest/keep/odwb", headers=user, data={"id": dataset_id("odwb", guid(1))}, status=403)
        for action in ("harvest_brake_release", "harvest_gone_list"):
            app.post(f"/api/3/action/{action}", headers=user, json={"source": "odwb"}, status=403)


class TestBack:
    @pytest.fixture
    def deleted(self, large, portal) -> str:
        without(portal, 3)
        harvest(large)
        days_pass(8)
        queue.tick()
        assert state(3) == "deleted"
        return dataset_id("odwb", guid(3))

    def test_a_person_brings_a_deleted_dataset_back_and_it_stays(self, deleted, large) -> None:
        tk.get_action("harvest_dataset_keep")(context(), {"id": deleted})
        assert state(3) == "active"
        assert dataset(3)["id"] == deleted
        assert harvest(large)["gone"] == 0
        days_pass(100)
        queue.tick()
        assert state(3) == "active"

    def test_once_its_source_has_it_again_it_is_as_any_other(self, deleted, large, portal) -> None:
        tk.get_action("harvest_dataset_keep")(context(), {"id": deleted})
        portal.put(document(3))
        harvest(large)
        without(portal, 3)
        assert harvest(large)["gone"] == 1

    def test_a_button_keeps_it(self, deleted, app) -> None:
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        page = read(app.get("/fr/harvest/odwb", headers=admin).body)
        row = one(page, "#gone tbody tr")
        assert "récupérable" in text(row)
        app.post("/fr/harvest/keep/odwb", headers=admin, data={"id": deleted}, follow_redirects=False)
        assert state(3) == "active"

    def test_what_is_not_gone_cannot_be_kept(self, large) -> None:
        with pytest.raises(tk.ObjectNotFound):
            tk.get_action("harvest_dataset_keep")(context(), {"id": dataset_id("odwb", guid(5))})


class TestCommands:
    @pytest.fixture
    def ask(self, cli):
        def asking(*words: str):
            found = cli.invoke(harvesters, list(words))
            model.Session.remove()
            assert found.exit_code == 0, found.output
            return found

        return asking

    def test_see_confirm_and_keep(self, large, portal, ask) -> None:
        without(portal, 1, 2, 3, 4)
        harvest(large)
        assert [one["since"] for one in json.loads(ask("gone", "odwb", "--json").stdout)] == [None] * 4
        assert "odwb: 4 gone" in ask("confirm", "odwb").stderr
        assert ask("gone", "odwb").stdout.count("marked") == 4
        ask("keep", dataset(1)["name"])
        assert ask("gone", "odwb").stdout.count("marked") == 3

    def test_a_dry_run_tells_what_is_new_what_changed_in_which_fields_and_what_is_gone(
        self, large, portal, ask
    ) -> None:
        without(portal, 3)
        portal.put(document(5, title="Autre titre"), document(50))
        [found] = json.loads(ask("run", "--dry-run", "--json").stdout)["sources"]
        kinds = {change["kind"]: change for change in found["changes"]}
        assert kinds["added"]["guid"] == guid(50)
        assert (kinds["updated"]["guid"], kinds["updated"]["fields"]) == (guid(5), ["title_translated"])
        assert (kinds["gone"]["guid"], kinds["gone"]["title"]) == (guid(3), "Marchés publics de Tournai, partie 3")
        assert (found["would"]["status"], found["would"]["gone"]) == ("finished", 1)
        assert gone.of_source(large.id) == []

    def test_a_dry_run_tells_that_the_brake_would_hold(self, large, portal, ask) -> None:
        without(portal, 1, 2, 3, 4)
        [found] = json.loads(ask("run", "--dry-run", "--json").stdout)["sources"]
        assert (found["would"]["status"], found["would"]["detail"]) == ("braked", "4 / 12")


def test_the_page_shows_the_difference_before_it_is_applied(large, portal, app) -> None:
    admin = {"Authorization": factories.SysadminWithToken()["token"]}
    without(portal, 3)
    portal.put(document(5, title="Autre titre"), document(50, title="Nouveau"))
    before = rows()
    assert "Personne n’a encore regardé." in text(read(app.get("/fr/harvest/preview/odwb", headers=admin).body))
    app.post("/fr/harvest/preview/odwb", headers=admin, follow_redirects=False)
    assert "en cours d’examen" in text(read(app.get("/fr/harvest/preview/odwb", headers=admin).body))
    preview.make(large.id)
    page = read(app.get("/fr/harvest/preview/odwb", headers=admin).body)
    assert text(one(page, ".planned-added tbody th")) == "Nouveau"
    assert text(one(page, ".planned-updated tbody code")) == "title_translated"
    assert text(one(page, ".planned-gone tbody th")) == "Marchés publics de Tournai, partie 3"
    assert rows() == before
