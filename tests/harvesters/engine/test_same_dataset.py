"""The same dataset in two portals: one is shown, the other is its copy; stewards join and split for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search import rebuild
from ckan.tests import factories

from ckanext.harvesters.cli import harvesters
from ckanext.harvesters.duplicates import finding, reading, refresh, rules, searching, standing
from ckanext.harvesters.duplicates.tables import DuplicateKey, DuplicatePair
from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import ReplayServer
from tests.pages.reading import one, read, select, text

from .conftest import Portal, context, document, harvest, index, make_source

DOMAIN = "data.tournai.example"


def passed_on(number: int, **default: Any) -> dict[str, Any]:
    """Make a dataset that another portal has collected from ODWB, as Opendatasoft does: it names where it found it."""
    found = document(
        number,
        source_dataset=f"marches-{number}",
        source_domain_address="www.odwb.be",
        title=f"Copie {number}",
        **default,
    )
    return {**found, "dataset_id": f"copie-{number}", "dataset_uid": f"da_copy{number}"}


def of_odwb(number: int) -> str:
    return dataset_id("odwb", f"www.odwb.be:da_{number:06}")


def of_town(number: int) -> str:
    return dataset_id("tournai", f"{DOMAIN}:da_copy{number}")


@pytest.fixture
def town(source: Registered) -> Iterator[Portal]:
    """Serve three of ODWB's twelve records by a second portal, and one that only it has."""
    odwb = Odwb(Catalogue(), quota=1_000_000, name="town")
    with ReplayServer([odwb]) as server:
        serving = Portal(odwb, server)
        serving.put(*(passed_on(number) for number in range(3)), {**document(90), "dataset_uid": "da_own"})
        yield serving


@pytest.fixture
def second(town: Portal) -> Registered:
    return make_source("tournai", f"{town.server.url}/town", options={"domain": DOMAIN, "page_size": 5})


@pytest.fixture
def both(source: Registered, second: Registered) -> refresh.Refreshed:
    """Harvest both portals and look for duplicates."""
    harvest(source)
    harvest(second)
    return refreshed()


@pytest.fixture
def joined(both: refresh.Refreshed) -> refresh.Refreshed:
    assert (both.looked, both.groups, both.left) == (16, 3, 0)
    return both


def refreshed() -> refresh.Refreshed:
    done = refresh.refresh()
    model.Session.remove()
    return done


def act(action: str, user: str | None = None, **data: Any) -> Any:
    who = context() if user is None else {"user": user, "ignore_auth": False}
    return tk.get_action(action)(who, data)


def found(**data: Any) -> set[str]:
    return {one["id"] for one in act("package_search", rows=100, **data)["results"]}


def shown(package_id: str) -> dict[str, Any]:
    return act("package_show", id=package_id)


def groups() -> dict[str, set[str]]:
    """Return id of master → ids of its copies."""
    members = standing.members()
    return {
        master: {each for each, its in members.items() if its == master != each} for master in set(members.values())
    }


def editor_of(organization: str) -> str:
    user = factories.User()
    act("organization_member_create", id=organization, username=user["name"], role="editor")
    return user["name"]


class TestJoined:
    def test_each_copy_leads_to_its_master_and_keeps_its_own_record(self, joined) -> None:
        assert groups() == {of_odwb(number): {of_town(number)} for number in range(3)}
        master, copy = shown(of_odwb(0)), shown(of_town(0))
        assert copy["copy_of"] == master["id"]
        (also,) = master["also_in"]
        assert (also["id"], also["name"], also["source"]) == (copy["id"], copy["name"], "tournai")
        assert also["url"] == copy["source_url"]
        assert "copy_of" not in master
        assert "also_in" not in copy
        assert (copy["state"], copy["guid"]) == ("active", f"{DOMAIN}:da_copy0")
        assert copy["uri"] == f"https://{DOMAIN}/explore/dataset/copie-0/"

    def test_searches_find_the_master_alone_unless_asked(self, joined) -> None:
        assert found() == {*(of_odwb(number) for number in range(12)), dataset_id("tournai", f"{DOMAIN}:da_own")}
        assert found(include_copies="true") == found() | {of_town(number) for number in range(3)}
        assert found(q="copie") == set()
        assert of_town(0) in found(fq=f'{searching.INDEXED_COPY}:"{of_odwb(0)}"')

    def test_the_web_pages_and_the_api_do_the_same(self, joined, app) -> None:
        answer = app.get("/api/3/action/package_search?rows=0").json["result"]
        assert answer["count"] == 13
        assert app.get("/api/3/action/package_search?rows=0&include_copies=1").json["result"]["count"] == 16
        assert "Copie 1" not in app.get("/en/dataset/?q=marches").body

    def test_counts_by_source_say_what_each_portal_has(self, joined, app) -> None:
        status = act("harvest_status")["datasets"]
        assert (status["total"], status["by_source"]) == (13, {"odwb": 12, "tournai": 4})
        page = read(app.get("/en/harvest").body)
        counted = {text(row[0]): text(row[3]) for row in select(page, ".harvest-sources tbody tr")}
        assert counted == {"odwb": "12", "tournai": "4"}
        assert len(found(fq="harvest_source_name:tournai")) == 4

    def test_feeds_have_the_master_alone(self, joined, app) -> None:
        body = app.get("/catalog.nt?q=").body + app.get("/catalog.nt?page=2").body
        assert "https://www.odwb.be/explore/dataset/marches-0/" in body
        assert f"https://{DOMAIN}/explore/dataset/copie-0/" not in body

    def test_what_was_shown_may_be_sent_back(self, joined) -> None:
        for package_id in (of_odwb(0), of_town(0)):
            act("package_update", **shown(package_id))
        act("package_patch", id=of_odwb(1), url="https://example.org/other")
        refreshed()
        assert groups().keys() == {of_odwb(0), of_odwb(1), of_odwb(2)}

    def test_an_index_made_anew_says_the_same(self, joined) -> None:
        before = found()
        rebuild(package_id=of_town(0))
        assert found() == before
        assert refreshed().left == 0

    def test_what_the_index_lost_is_put_right(self, joined, monkeypatch) -> None:
        with monkeypatch.context() as patched:
            # An index that was made by an earlier version, or while groups were being made.
            patched.setattr(standing, "of", lambda _id: standing.Standing())
            rebuild(package_id=of_town(0))
        assert of_town(0) in found()
        refreshed()
        assert of_town(0) not in found()


class TestAfterAHarvest:
    def test_nothing_changed_is_nothing_to_do(self, joined, source, second) -> None:
        before = index()
        harvest(source)
        harvest(second)
        again = refreshed()
        assert (again.looked, again.differing, again.groups) == (0, 0, 3)
        assert index() == before

    def test_only_what_changed_is_looked_at(self, joined, town, second, count) -> None:
        keys = count(DuplicateKey)
        town.put(passed_on(1, keyword=["autre"]))
        harvest(second)
        assert reading.changed() == [of_town(1)]
        again = refreshed()
        assert (again.looked, again.groups) == (1, 3)
        assert count(DuplicateKey) == keys
        assert of_town(1) not in found()

    def test_a_copy_that_is_no_longer_one_is_found_again(self, joined, town, second) -> None:
        town.put({**document(1), "dataset_id": "copie-1", "dataset_uid": "da_copy1"})
        harvest(second)
        assert refreshed().groups == 2
        assert of_town(1) in found()
        assert "also_in" not in shown(of_odwb(1))

    def test_what_was_found_bit_by_bit_is_what_all_against_all_gives(
        self, joined, portal, town, source, second
    ) -> None:
        portal.put(document(1, title="Marchés de 2027"), document(20), document(21, publisher="Ville de Mons"))
        town.put(passed_on(20), passed_on(2, keyword=["x"]), {**document(21), "dataset_uid": "da_x", "dataset_id": "x"})
        harvest(second)
        refreshed()
        harvest(source)
        refreshed()
        every = [state.described for state in reading.states(list(standing.sources())).values()]
        kept = sorted(finding.pairs(), key=rules.surest_first)
        assert kept == rules.pairs(every)
        assert len(kept) >= 4

    def test_a_value_that_becomes_common_joins_nobody_any_more(self, source, second, portal, town) -> None:
        service = {"references": "https://geo.example/all"}
        harvest(source)
        harvest(second)
        refreshed()
        assert len(groups()) == 3
        # Five portals' worth of records name one IRI: it is no dataset's.
        extra = [
            {**passed_on(0, **service), "dataset_id": f"e-{number}", "dataset_uid": f"da_e{number}"}
            for number in range(4)
        ]
        town.put(*extra)
        harvest(second)
        refreshed()
        assert of_odwb(0) not in groups()
        assert of_town(0) in found()

    def test_the_tick_has_it_done_once(self, source, second, clean_queues) -> None:
        harvest(source)
        for _ in range(2):
            tk.get_action("harvest_jobs_run")(context(), {})
        jobs = [job for job in tk.get_action("job_list")(context(), {}) if "duplicates" in job["title"]]
        assert len(jobs) == 1
        refresh.refresh_in_turn()
        assert reading.changed() == []


class TestMaster:
    def test_the_setting_says_whose_is_shown(self, joined, ckan_config, monkeypatch) -> None:
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.duplicates.order", "tournai odwb")
        refreshed()
        assert groups() == {of_town(number): {of_odwb(number)} for number in range(3)}
        assert of_odwb(0) not in found()
        assert of_town(0) in found()
        assert len(found(fq="harvest_source_name:odwb")) == 12

    def test_a_dataset_of_a_steward_goes_before_copies(self, joined) -> None:
        mine = act(
            "package_create",
            name="by-hand",
            owner_org="odwb-organization",
            title_translated={"fr": "Fait à la main"},
            notes_translated={"fr": "Par une personne."},
            uri="https://www.odwb.be/explore/dataset/marches-0/",
        )["id"]
        refreshed()
        assert groups()[mine] == {of_odwb(0), of_town(0)}
        assert mine in found()
        assert of_odwb(0) not in found()

    def test_the_next_takes_the_place_of_a_master_that_is_gone(self, joined, count) -> None:
        act("package_delete", id=of_odwb(0))
        refreshed()
        assert count(DuplicatePair) == 2
        assert of_town(0) in found()
        assert "copy_of" not in shown(of_town(0))
        act("package_patch", id=of_odwb(0), state="active")
        refreshed()
        assert of_town(0) not in found()

    @pytest.mark.parametrize("how", ["purged", "private"])
    def test_nor_does_one_that_is_purged_or_private_hide_its_copy(self, joined, how) -> None:
        if how == "purged":
            model.Session.execute(sa.text("UPDATE harvest_object SET package_id = NULL"))
            model.Session.execute(sa.text("DELETE FROM harvest_record WHERE package_id = :id"), {"id": of_odwb(0)})
            model.Session.commit()
            act("dataset_purge", id=of_odwb(0))
        else:
            act("package_patch", id=of_odwb(0), private=True)
        refreshed()
        assert of_town(0) in found()
        assert of_odwb(0) not in groups()

    def test_the_iri_that_two_share_goes_out_with_the_master(
        self, joined, ckan_config, monkeypatch, app, portal, source
    ):
        """The copy is the elder of the two; out of the feeds, it leaves the IRI to the one that is shown."""
        shared = "https://www.odwb.be/explore/dataset/marches-5/"
        act(
            "package_create",
            name="by-hand",
            owner_org="odwb-organization",
            title_translated={"fr": "Fait à la main"},
            notes_translated={"fr": "Par une personne."},
            uri=shared,
        )
        refreshed()
        body = app.get("/catalog.nt").body
        titles = [line for line in body.splitlines() if line.startswith(f"<{shared}> <http://purl.org/dc/terms/title>")]
        assert len(titles) == 1
        assert "main" in titles[0]


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


@pytest.fixture
def ask(cli):
    def asking(*words: str) -> Any:
        done = cli.invoke(harvesters, list(words))
        model.Session.remove()
        return done

    return asking
