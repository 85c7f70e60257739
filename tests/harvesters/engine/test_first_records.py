"""A source is looked at before it is saved: its first records, mapped and scored, and nothing kept of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters.engine import hosts
from ckanext.harvesters.engine.tables import HarvestAnswer, HarvestPreview, HarvestProblem, HarvestRun
from ckanext.harvesters.logic import told_records
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import CONFIG, document, guid
from tests.pages.reading import one, read, select, text

pytestmark = pytest.mark.usefixtures("with_plugins")

SCRIPT = "<script>alert(1)</script>"
TABLES = (model.Package, HarvestSource, HarvestRun, HarvestAnswer, HarvestPreview, HarvestProblem)


@pytest.fixture
def owner(source) -> str:
    return source.owner_org


@pytest.fixture
def form(portal, owner) -> dict[str, str]:
    """What a person types who wants the stand-in under another address."""
    return {
        "url": f"{portal.url}/",
        "title": "Nouvelle source",
        "name": "newcomer",
        "notes": "",
        "source_type": "opendatasoft",
        "frequency": "MANUAL",
        "config": json.dumps({**CONFIG, "region": "wallonie"}),
        "owner_org": owner,
    }


@pytest.fixture
def steward(owner) -> dict[str, Any]:
    """Make an administrator of the organization the source is for."""
    user = factories.UserWithToken()
    tk.get_action("organization_member_create")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
        {"id": owner, "username": user["name"], "role": "admin"},
    )
    return user


@pytest.fixture
def counted(count: Callable[..., int]) -> Callable[[], list[int]]:
    return lambda: [count(table) for table in TABLES]


def look(user: dict[str, Any], form: dict[str, str], **said: Any) -> dict[str, Any]:
    return tk.get_action("harvest_source_preview")({"user": user["name"]}, {**form, **said})


class TestAction:
    def test_the_first_records_mapped_and_scored(self, steward, form, portal, counted) -> None:
        portal.put(*(document(number) for number in range(30)))
        portal.put(
            document(1, title="Fietsenstallingen in Doornik", language="nl", description="De plaatsen om te stallen."),
            document(2, title=""),
            document(11, modified="31/02/2026"),
        )
        before = counted()
        found = look(steward, form)
        assert (found["count"], found["total"], found["late"], found["whole"]) == (20, 30, False, False)
        records = {one["guid"]: one for one in found["records"]}
        plain = records[guid(0)]
        assert plain["title"] == "Marchés publics de Tournai, partie 0"
        assert (plain["title_lang"], plain["languages"], plain["type"]) == ("fr", ["fr"], "dataset")
        assert (plain["files"], plain["formats"]) == (3, ["CSV", "JSON", "XLSX"])
        assert len(plain["licences"]) == 1
        assert 0 < plain["score"]["points"] < 405
        assert records[guid(1)]["languages"] == ["nl"]
        (problem,) = records[guid(11)]["problems"]
        assert (problem["field"], problem["value"]) == ("metas.default.modified", "31/02/2026")
        assert problem["text"] == "The value is not a date that exists."
        assert found["problem_count"] == 2
        assert found["refused"] + sum("title" in one["field"] for one in found["problems"]) == 1
        assert 0 < found["mean_score"] < 405
        assert counted() == before

    def test_what_the_scope_leaves_out_is_said(self, steward, form) -> None:
        settings = {**CONFIG, "scope": {"themes": ["TRAN"]}}
        found = look(steward, form, config=json.dumps(settings))
        assert {one["out_of_scope"] for one in found["records"]} == {"themes"}
        assert (found["out_of_scope"], found["mean_score"], found["whole"]) == (12, None, True)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("name", "odwb"), ("source_type", "none"), ("config", "{"), ("frequency", "HOURLY"), ("url", "")],
    )
    def test_what_saving_refuses_is_refused_with_the_same_errors(self, steward, form, portal, field, value) -> None:
        told = {}
        for action in ("harvest_source_preview", "harvest_source_create"):
            with pytest.raises(tk.ValidationError) as refused:
                tk.get_action(action)({"user": steward["name"]}, {**form, field: value})
            told[action] = refused.value.error_dict
        assert told["harvest_source_preview"] == told["harvest_source_create"]

    def test_a_portal_that_is_none_is_refused_as_on_save(self, steward, form, portal) -> None:
        for url in (f"{portal.server.url}/nothing-here", "http://127.0.0.1:9/", "http://10.1.2.3/"):
            with pytest.raises(tk.ValidationError) as refused:
                look(steward, form, url=url)
            with pytest.raises(tk.ValidationError) as not_saved:
                tk.get_action("harvest_source_create")({"user": steward["name"]}, {**form, "url": url})
            assert list(refused.value.error_dict) == list(not_saved.value.error_dict) == ["url"]

    def test_a_portal_that_hangs_ends_in_time_with_a_clear_word(
        self, steward, form, portal, monkeypatch, counted
    ) -> None:
        # Twenty seconds for a person; a test need not wait for them.
        monkeypatch.setattr(told_records, "SECONDS", 1.0)
        portal.odwb.faults = Faults(delay=6)
        before, begun = counted(), time.monotonic()
        with pytest.raises(tk.ValidationError) as refused:
            look(steward, form)
        assert time.monotonic() - begun < 4
        assert refused.value.error_dict == {"url": ["The portal gave no record within 1 seconds."]}
        assert counted() == before

    def test_what_came_before_the_portal_hung_is_shown(self, steward, form, portal, monkeypatch) -> None:
        # As above: time for the first page, and not for the second.
        monkeypatch.setattr(told_records, "SECONDS", 6.0)
        portal.odwb.faults = Faults(delay=3.5)
        found = look(steward, form)
        assert found["late"]
        assert 0 < found["count"] < 12
        assert found["records"][0]["score"]["points"] > 0

    def test_it_waits_for_its_turn_at_the_host(self, steward, form, portal, monkeypatch, ckan_config) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.per_host", 1)
        portal.server.requests.clear()
        with monkeypatch.context() as soon, hosts.turn(portal.server.url.partition("//")[2]):
            # As above.
            soon.setattr(told_records, "SECONDS", 1.0)
            with pytest.raises(tk.ValidationError):
                look(steward, form)
        assert not portal.server.requests
        assert look(steward, form)["count"] == 12

    def test_only_those_who_may_save_it_have_a_portal_asked(self, steward, form, source, portal) -> None:
        other = factories.User()
        factories.Organization(users=[{"name": other["name"], "capacity": "admin"}])
        portal.server.requests.clear()
        for user in ({"name": ""}, factories.User(), other):
            with pytest.raises(tk.NotAuthorized):
                look(user, form)
            with pytest.raises(tk.NotAuthorized):
                look(user, form, id=source.id, name="odwb")
        assert not portal.server.requests
        assert look(steward, form, id=source.id, name="odwb")["count"] == 12
        assert model.Session.execute(sa.select(HarvestSource.url).where(HarvestSource.id == source.id)).scalar() == (
            source.url
        )


class TestPage:
    @pytest.fixture
    def admin(self, steward) -> dict[str, str]:
        return {"Authorization": steward["token"]}

    def test_from_the_form_to_the_records_and_to_the_saved_source(self, app, admin, form, portal, counted) -> None:
        portal.put(document(4, title=f"Arbres {SCRIPT}", modified="31/02/2026"))
        before = counted()
        button = one(read(app.get("/nl/harvest/new", headers=admin).body), "#source-new button[formaction]")
        assert text(button) == "De eerste records bekijken"
        page = read(app.post(button.get("formaction"), data=form, headers=admin).body)
        assert text(one(page, "h1")) == "De eerste records van Nouvelle source"
        rows = select(page, ".first-records tbody tr")
        assert len(rows) == 12
        assert not [node for node in page.iter("script") if "alert(1)" in (node.text or "")]
        (strange,) = [row for row in rows if "Arbres" in text(row)]
        assert f"Arbres {SCRIPT}" in text(strange)
        assert "De waarde is geen bestaande datum." in text(one(strange, "details li"))
        assert one(strange, "th span[lang]").get("lang") == "fr"
        assert counted() == before
        saving = one(page, "main form.btnrow")
        assert len(select(saving, "input[name=_csrf_token]")) == 1
        sent = {node.get("name"): node.get("value") for node in select(saving, "input[type=hidden]")}
        assert {name: sent[name] for name in form} == form
        app.post(saving.get("action"), data={**sent, "save": "Save"}, headers=admin, follow_redirects=False)
        assert model.Package.by_name("newcomer").state == "active"

    def test_back_to_the_form_as_it_was_filled_in(self, app, admin, form, portal) -> None:
        portal.server.requests.clear()
        back = app.post("/fr/harvest/new/preview", data={**form, "back": "back"}, headers=admin)
        page = read(back.body)
        assert not select(page, ".error-explanation")
        assert one(page, "#field-title").get("value") == "Nouvelle source"
        assert one(page, "#field-config").text == form["config"]
        assert one(page, "#source-new").get("action").endswith("/fr/harvest/new")
        assert not portal.server.requests

    def test_mistakes_come_back_in_the_form(self, app, admin, form) -> None:
        page = read(app.post("/fr/harvest/new/preview", data={**form, "config": "{"}, headers=admin).body)
        assert "not JSON" in text(one(page, ".error-explanation"))
        assert one(page, "#field-name").get("value") == "newcomer"

    def test_a_saved_source_is_looked_at_as_its_form_has_been_changed(self, app, admin, source, form, counted) -> None:
        before = counted()
        button = one(read(app.get("/fr/harvest/edit/odwb", headers=admin).body), "#source-new button[formaction]")
        changed = {**form, "name": "odwb", "title": "Autre titre"}
        page = read(app.post(button.get("formaction"), data=changed, headers=admin).body)
        assert len(select(page, ".first-records tbody tr")) == 12
        assert f"/harvest/edit/{source.id}" in one(page, "main form.btnrow").get("action")
        assert counted() == before
        again = read(app.post(button.get("formaction"), data={**changed, "back": "back"}, headers=admin).body)
        assert one(again, "#field-title").get("value") == "Autre titre"

    def test_nobody_else_is_shown_anything(self, app, form, portal) -> None:
        portal.server.requests.clear()
        app.post("/en/harvest/new/preview", data=form, status=403)
        other = factories.UserWithToken()
        app.post("/en/harvest/new/preview", data=form, headers={"Authorization": other["token"]}, status=403)
        app.post("/en/harvest/edit/odwb/preview", data=form, headers={"Authorization": other["token"]}, status=403)
        assert not portal.server.requests

    def test_an_address_that_is_pasted_leads_to_the_form(self, app, admin, source) -> None:
        for path, form in (("new/preview", "/nl/harvest/new"), ("edit/odwb/preview", f"/harvest/edit/{source.id}")):
            answer = app.get(f"/nl/harvest/{path}", headers=admin, follow_redirects=False)
            assert answer.headers["Location"].endswith(form)
