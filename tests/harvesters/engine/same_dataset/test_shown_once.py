"""The same dataset in two portals: one is shown, the other is its copy."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search import rebuild

from ckanext.harvesters.duplicates import finding, reading, refresh, rules, searching, standing
from ckanext.harvesters.duplicates.tables import DuplicateKey, DuplicatePair
from ckanext.harvesters.engine.identity import dataset_id
from tests.harvesters.engine.conftest import by_hand, context, document, harvest, index
from tests.harvesters.engine.same_dataset.conftest import (
    DOMAIN,
    act,
    found,
    groups,
    of_odwb,
    of_town,
    passed_on,
    refreshed,
    shown,
)
from tests.pages.reading import read, select, text


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

    def test_an_earlier_name_of_a_host_is_looked_at_anew(self, joined, ckan_config, monkeypatch) -> None:
        mine = by_hand("by-hand", uri="https://opendata.example.be/explore/dataset/marches-4/")
        refreshed()
        assert mine not in groups()
        monkeypatch.setitem(ckan_config, "ckanext.harvesters.duplicates.aliases", "opendata.example.be=www.odwb.be")
        refreshed()
        assert groups()[mine] == {of_odwb(4)}
        assert reading.changed() == []

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
