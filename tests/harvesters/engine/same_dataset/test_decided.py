"""What stewards decide of the same dataset in two portals: joined and split for good, by whom, and on which page."""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

from ckanext.harvesters.engine.identity import dataset_id
from tests.harvesters.engine.conftest import document, harvest
from tests.harvesters.engine.same_dataset.conftest import (
    DOMAIN,
    act,
    editor_of,
    found,
    groups,
    of_odwb,
    of_town,
    passed_on,
    refreshed,
    shown,
)
from tests.pages.reading import one, read, select, text


class TestSteward:
    def test_a_split_is_remembered_over_the_next_harvest(self, joined, town, second, source) -> None:
        act("harvest_duplicate_split", id=of_town(0), other=of_odwb(0))
        assert of_town(0) in found()
        assert "also_in" not in shown(of_odwb(0))
        town.put(passed_on(0, keyword=["autre"]))
        harvest(second)
        harvest(source)
        refreshed()
        assert of_town(0) in found()
        assert len(groups()) == 2
        listed = act("harvest_duplicate_list")
        assert [{one["first"]["id"], one["second"]["id"]} for one in listed["split"]] == [{of_town(0), of_odwb(0)}]
        assert listed["proposals"] == []

    def test_two_are_joined_by_hand_and_stay_so(self, joined, second) -> None:
        own = dataset_id("tournai", f"{DOMAIN}:da_own")
        done = act("harvest_duplicate_join", id=own, other=of_odwb(7))
        assert done == {"master": of_odwb(7), "copies": [own]}
        assert own not in found()
        harvest(second)
        refreshed()
        assert own not in found()
        assert act("harvest_duplicate_split", id=own, other=of_odwb(7)) == {"master": own, "copies": []}
        assert own in found()

    def test_what_only_looks_the_same_is_proposed_with_reasons(self, source, second, town, ask) -> None:
        alike = document(4, title="Les marchés publics de Tournai, partie 4")
        town.put({**alike, "dataset_id": "near", "dataset_uid": "da_near"})
        harvest(source)
        harvest(second)
        refreshed()
        near = dataset_id("tournai", f"{DOMAIN}:da_near")
        assert near in found()
        listed = act("harvest_duplicate_list", lang="nl")
        (proposal,) = listed["proposals"]
        assert {proposal["first"]["id"], proposal["second"]["id"]} == {near, of_odwb(4)}
        assert [reason["rule"] for reason in proposal["reasons"]] == ["near-title-and-files"]
        assert proposal["reasons"][0]["text"].startswith("De titels zijn bijna dezelfde")
        told = ask("duplicates")
        assert told.exit_code == 0, told.output
        (line,) = told.stdout.strip().splitlines()
        assert "The titles are nearly the same" in line
        assert "(tournai)" in line
        assert json.loads(ask("duplicates", "--json", "--lang", "nl").stdout) == listed

    def test_one_dataset_is_not_joined_with_itself_or_with_none(self, joined) -> None:
        with pytest.raises(tk.ValidationError):
            act("harvest_duplicate_join", id=of_odwb(0), other=of_odwb(0))
        with pytest.raises(tk.ObjectNotFound):
            act("harvest_duplicate_join", id=of_odwb(0), other="nothing")
        with pytest.raises(tk.ValidationError):
            act("harvest_duplicate_split", id=of_odwb(0))

    def test_why_and_by_whom(self, joined) -> None:
        own, admin = dataset_id("tournai", f"{DOMAIN}:da_own"), factories.Sysadmin()["name"]
        act("harvest_duplicate_join", user=admin, id=own, other=of_odwb(7))
        told = {one["master"]["id"]: one["copies"][0] for one in act("harvest_duplicate_list")["groups"]}
        assert told[of_odwb(7)]["by"] == admin
        assert [reason["rule"] for reason in told[of_odwb(0)]["reasons"]][0] == "same-iri"
        assert told[of_odwb(0)]["decided"] is None


class TestRights:
    @pytest.fixture
    def editors(self, joined) -> tuple[str, str]:
        return editor_of("odwb-organization"), editor_of("tournai-organization")

    def test_strangers_see_and_decide_nothing(self, joined) -> None:
        act("organization_create", name="elsewhere")
        for user in ("", factories.User()["name"], editor_of("elsewhere")):
            for action in ("harvest_duplicate_join", "harvest_duplicate_split"):
                with pytest.raises(tk.NotAuthorized):
                    act(action, user=user, id=of_odwb(0), other=of_town(0))
        for user in ("", factories.User()["name"]):
            with pytest.raises(tk.NotAuthorized):
                act("harvest_duplicate_list", user=user)
        assert act("harvest_duplicate_list", user=editor_of("elsewhere"))["groups"] == []
        assert len(groups()) == 3

    def test_each_may_say_that_theirs_is_not_the_other(self, editors) -> None:
        for number, user in enumerate(editors):
            assert len(act("harvest_duplicate_list", user=user)["groups"]) == 3 - number
            act("harvest_duplicate_split", user=user, id=of_odwb(number), other=of_town(number))
        assert groups().keys() == {of_odwb(2)}

    def test_only_who_may_edit_both_may_join(self, editors) -> None:
        own = dataset_id("tournai", f"{DOMAIN}:da_own")
        for user in editors:
            with pytest.raises(tk.NotAuthorized):
                act("harvest_duplicate_join", user=user, id=own, other=of_odwb(7))
        act("organization_member_create", id="odwb-organization", username=editors[1], role="editor")
        assert act("harvest_duplicate_join", user=editors[1], id=own, other=of_odwb(7))["copies"] == [own]


class TestPages:
    @pytest.fixture
    def admin(self, joined) -> dict[str, str]:
        return {"Authorization": factories.SysadminWithToken()["token"]}

    def test_a_steward_reads_why_and_decides(self, app, admin) -> None:
        for language, heading, button, why in (
            ("nl", "Hetzelfde in meerdere portalen", "Splitsen", "Beide hebben de IRI"),
            ("fr", "Le même jeu dans plusieurs portails", "Séparer", "Les deux ont l’IRI"),
            ("en", "The same in several portals", "Split", "Both have the IRI"),
        ):
            page = read(app.get(f"/{language}/harvest/duplicates", headers=admin).body)
            assert text(one(page, "h1")) == heading
            articles = select(page, "#joined article")
            assert len(articles) == 3
            assert all(why in text(article) for article in articles)
            assert all(text(one(article, "button")).startswith(button) for article in articles)
            assert all(form.get("method") == "post" for form in select(page, "main form"))
            assert f"/{language}/harvest/duplicates" in app.get(f"/{language}/harvest", headers=admin).body

    def test_the_buttons_do_it(self, app, admin) -> None:
        data = {"id": of_town(0), "other": of_odwb(0)}
        page = read(app.post("/en/harvest/duplicates/split", params=data, headers=admin).body)
        assert len(select(page, "#joined article")) == 2
        assert len(select(page, "#split article")) == 1
        page = read(app.post("/en/harvest/duplicates/join", params=data, headers=admin).body)
        assert len(select(page, "#joined article")) == 3
        page = read(app.post("/en/harvest/duplicates/join", params={"id": "x", "other": "y"}, headers=admin).body)
        assert "There is no dataset x." in text(page)

    def test_nobody_else_gets_there(self, app, joined) -> None:
        app.get("/en/harvest/duplicates", status=403)
        app.post("/en/harvest/duplicates/split", params={"id": of_town(0), "other": of_odwb(0)}, status=403)
        assert "harvest/duplicates" not in app.get("/en/harvest").body
        assert len(groups()) == 3

    def test_the_pages_of_master_and_copy_lead_to_each_other(self, app, joined) -> None:
        for language, also, several in (
            ("nl", "Ook in:", "Meerdere portalen hebben deze dataset."),
            ("fr", "Aussi dans :", "Plusieurs portails ont ce jeu de données."),
            ("en", "Also in:", "Several portals have this dataset."),
        ):
            master = read(app.get(f"/{language}/dataset/{shown(of_odwb(0))['name']}").body)
            said = one(master, ".also-in")
            assert text(said).startswith(also)
            there, here = (link.get("href") for link in select(said, "a"))
            assert there == shown(of_town(0))["source_url"]
            copy = read(app.get(here).body)
            notice = one(copy, ".is-copy")
            assert several in text(notice)
            assert one(notice, "a").get("href").endswith(f"/{language}/dataset/{shown(of_odwb(0))['name']}")
            assert not select(copy, ".also-in")
