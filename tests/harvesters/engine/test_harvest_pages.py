"""The harvest pages: who sees what, in which words, and what a run's report holds."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.harvest.model import HarvestJob

from ckanext.harvesters.engine import jobs, runs
from ckanext.harvesters.engine.statistics import Counts
from tests.pages.reading import one, read, select, text

from .conftest import document, guid, harvest, make_source

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def admin(source) -> dict[str, str]:
    return {"Authorization": factories.SysadminWithToken()["token"]}


@pytest.fixture
def harvested(source, portal) -> dict:
    """Harvest ten good records, one without title, and one whose values need a note."""
    portal.put(
        document(3, title=""),
        document(4, modified="31/02/2026", title=f"Arbres {SCRIPT}"),
    )
    return harvest(source)


def headings(page) -> list[int]:
    return [int(node.tag[1]) for node in page.iter("h1", "h2", "h3", "h4")]


class TestOverview:
    def test_everybody_sees_the_sources_at_a_glance(self, app, harvested):
        page = read(app.get("/nl/harvest").body)
        row = one(page, ".harvest-sources tbody tr")
        cells = [text(cell) for cell in row]
        assert cells[0] == "odwb"
        assert cells[3] == "11"
        assert cells[6:10] == ["problemen", "11", "0", "1"]
        assert select(page, "form.nothing") == select(page, ".harvest-sources form") == []

    def test_a_title_and_description_in_three_languages(self, app, source):
        texts = {"nl": "Waalse gegevens", "fr": "Données wallonnes", "en": "Walloon data"}
        make_source("other", f"{source.url}/other", title=texts, description={key: f"{key}!" for key in texts})
        for language, title in texts.items():
            assert title in text(read(app.get(f"/{language}/harvest").body))
            page = read(app.get(f"/{language}/harvest/other").body)
            assert text(one(page, "h1")) == title
            assert text(one(page, ".notes")) == f"{language}!"

    def test_a_source_that_failed_is_named_above_the_list(self, app, source, portal):
        portal.server.stop()
        harvest(source)
        page = read(app.get("/fr/harvest").body)
        said = text(one(page, ".alert"))
        assert "La source n’a pas pu être lue" in said
        assert "Le portail n’a pas répondu." in said
        assert "Rien n’a été supprimé" in said
        assert text(one(page, "tbody .dot-bad").getparent()) == "échec"

    def test_the_list_as_a_table(self, app, harvested):
        answer = app.get("/en/harvest/sources.csv")
        assert answer.headers["Content-Type"].startswith("text/csv")
        (row,) = csv.DictReader(io.StringIO(answer.body.removeprefix("\N{BYTE ORDER MARK}")))
        assert (row["name"], row["health"], row["seen"], row["failed"]) == ("odwb", "problems", "12", "1")


class TestRights:
    def test_runs_are_for_those_who_may_edit_the_source(self, app, source, harvested):
        page = read(app.get("/en/harvest/odwb").body)
        assert "Runs" not in [text(heading) for heading in page.iter("h2")]
        for path in ("", "/progress", "/report.csv", "/report.json"):
            app.get(f"/en/harvest/odwb/job/{harvested['job_id']}{path}", status=403)
        user = factories.UserWithToken()
        app.get(f"/en/harvest/odwb/job/{harvested['job_id']}", headers={"Authorization": user["token"]}, status=403)

    @pytest.mark.parametrize("path", ["refresh/odwb", "clear/odwb", "delete/odwb"])
    def test_nobody_else_changes_a_source(self, app, harvested, path):
        app.get(f"/en/harvest/{path}", status=403)
        app.post(f"/en/harvest/{path}", status=403)
        assert model.Package.by_name("odwb").state == "active"

    @pytest.mark.parametrize("path", ["refresh/odwb", "clear/odwb", "delete/odwb"])
    def test_looking_changes_nothing(self, app, admin, harvested, path, count):
        before = count(HarvestJob), count(model.Package, model.Package.state == "active")
        page = read(app.get(f"/en/harvest/{path}", headers=admin).body)
        assert len(select(page, "main form[method=post] button")) == 1
        assert (count(HarvestJob), count(model.Package, model.Package.state == "active")) == before

    def test_a_source_can_be_run_and_removed(self, app, admin, source, harvested, count):
        answer = app.post("/en/harvest/refresh/odwb", headers=admin, follow_redirects=False)
        assert re.search(r"/en/harvest/odwb/job/[0-9a-f-]{36}$", answer.headers["Location"])
        assert count(HarvestJob) == 2
        app.post("/en/harvest/delete/odwb", headers=admin, follow_redirects=False)
        assert model.Package.by_name("odwb").state == "deleted"

    def test_what_is_not_there_is_not_found(self, app, admin, harvested):
        app.get("/en/harvest/nothing", status=404)
        app.get("/en/harvest/odwb/job/nothing", headers=admin, status=404)


class TestReport:
    @pytest.fixture
    def page(self, app, admin, harvested):
        def opened(language: str):
            return read(app.get(f"/{language}/harvest/odwb/job/{harvested['job_id']}", headers=admin).body)

        return opened

    def test_problems_by_kind_with_field_value_reason_and_link(self, page):
        refused, noted = select(page("nl"), ".problem")
        assert text(one(refused, "summary")) == "De dataset heeft in geen enkele taal een titel. 1 geweigerd"
        assert text(one(refused, "tbody th")) == guid(3)
        assert text(one(noted, "summary")) == "De waarde is geen bestaande datum. 1 opgemerkt"
        record, field, value, link = (text(cell) for cell in one(noted, "tbody tr"))
        assert record == f"Arbres {SCRIPT}"
        assert (field, value) == ("metas.default.modified", "31/02/2026")
        assert link.startswith("openen")
        assert one(noted, "tbody a[rel=nofollow]").get("href").startswith("http")

    def test_nothing_of_a_record_is_executed(self, page):
        assert not [node for node in page("nl").iter("script") if "alert(1)" in (node.text or "")]

    def test_the_counts_stand_as_bars(self, page):
        labels = [text(node) for node in select(page("fr"), ".bars dt")]
        values = [text(node) for node in select(page("fr"), ".bars dd")]
        counted = dict(zip(labels, values, strict=True))
        assert counted == {
            "Attendus": "12",
            "Vus": "12",
            "Inchangés": "0",
            "Nouveaux": "11",
            "Modifiés": "0",
            "Refusés": "1",
        }

    def test_new_datasets_are_named_in_their_language(self, page):
        links = select(page("nl"), ".rows a[lang=fr]")
        assert len(links) == 11
        assert "/dataset/" in links[0].get("href")

    @pytest.mark.parametrize("language", ["nl", "fr", "en"])
    def test_headings_come_in_order(self, app, admin, page, language):
        pages = [page(language)] + [
            read(app.get(f"/{language}{path}", headers=admin).body)
            for path in ("/harvest", "/harvest/odwb", "/harvest/new", "/harvest/edit/odwb", "/harvest/clear/odwb")
        ]
        for shown in pages:
            levels = headings(one(shown, "main"))
            assert levels.count(1) == 1
            assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))

    def test_downloads(self, app, admin, harvested):
        address = f"/en/harvest/odwb/job/{harvested['job_id']}/report"
        answer = app.get(f"{address}.csv", headers=admin)
        rows = list(csv.DictReader(io.StringIO(answer.body.removeprefix("\N{BYTE ORDER MARK}"))))
        assert [(row["guid"], row["severity"], row["reason"]) for row in rows] == [
            (guid(3), "error", "no-title"),
            (guid(4), "warning", "bad-date"),
        ]
        assert 'filename="odwb-report.csv"' in answer.headers["Content-Disposition"]
        told = json.loads(app.get(f"{address}.json", headers=admin).body)
        assert (told["source"], told["failed"], len(told["problems"])) == ("odwb", 1, 2)
        assert told["problems"][1]["value"] == "31/02/2026"

    def test_an_earlier_run_shows_what_it_refused(self, app, admin, source, portal, harvested):
        portal.put(document(3))
        second = harvest(source)
        earlier = read(app.get(f"/nl/harvest/odwb/job/{harvested['job_id']}", headers=admin).body)
        (kind,) = select(earlier, ".problem")
        assert "De dataset heeft in geen enkele taal een titel" in text(kind) or guid(3) in text(kind)
        latest = read(app.get(f"/nl/harvest/odwb/job/{second['job_id']}", headers=admin).body)
        assert [text(one(kind, "b")) for kind in select(latest, ".problem")] == ["De waarde is geen bestaande datum."]


class TestProgress:
    @pytest.fixture
    def begun(self, source) -> str:
        job_id = jobs.create(source, enqueue=False)
        lease = runs.begin(source.id, source.name, job_id)
        lease.progress(Counts(seen=30, added=30), 120)
        return job_id

    def test_a_run_is_followed_while_it_runs(self, app, admin, source, begun):
        page = read(app.get(f"/nl/harvest/odwb/job/{begun}", headers=admin).body)
        part = one(page, "#progress")
        assert part.get("hx-get").endswith(f"/nl/harvest/odwb/job/{begun}/progress")
        assert one(part, "[role=progressbar]").get("aria-valuenow") == "30"
        assert "30 van ongeveer 120 records" in text(part)
        assert one(part, "a").get("href").endswith(begun), "without script, a link shows how far it is"
        answer = app.get(f"/nl/harvest/odwb/job/{begun}/progress", headers=admin)
        assert "HX-Refresh" not in answer.headers
        assert "<html" not in answer.body

    def test_when_it_is_over_the_whole_page_comes(self, app, admin, source, harvested):
        answer = app.get(f"/nl/harvest/odwb/job/{harvested['job_id']}/progress", headers=admin)
        assert answer.headers["HX-Refresh"] == "true"
        assert "hx-get" not in answer.body

    def test_one_that_waits_says_so(self, app, admin, source):
        job_id = jobs.create(source, enqueue=False)
        page = read(app.get(f"/fr/harvest/odwb/job/{job_id}", headers=admin).body)
        assert "en attente" in text(one(page, "#progress"))

    def test_one_that_fell_silent_is_shown_as_that(self, app, admin, source, begun):
        model.Session.execute(sa.text("UPDATE harvest_run SET heartbeat = heartbeat - interval '1 hour'"))
        model.Session.commit()
        page = read(app.get("/nl/harvest").body)
        assert "stilgevallen" in text(one(page, "tbody tr"))


class TestForm:
    def test_the_form_keeps_the_settings_of_a_source(self, app, admin, source):
        form = one(read(app.get("/fr/harvest/edit/odwb", headers=admin).body), "#source-new")
        assert json.loads(one(form, "#field-config").text)["options"]["domain"] == "www.odwb.be"
        (chosen,) = [node for node in select(form, "input[type=radio]") if node.get("checked") is not None]
        assert chosen.get("value") == "opendatasoft"

    def test_the_plain_title_stands_in_the_form_not_that_of_all_languages(self, app, admin, source):
        make_source("other", f"{source.url}/other", title={"nl": "Anders", "fr": "Autre", "en": "Other"})
        page = read(app.get("/fr/harvest/edit/other", headers=admin).body)
        assert one(page, "#field-title").get("value") == "other"
        assert text(one(page, "h1")) == "Modifier other"

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("source_type", "none", "Kies een soort portaal uit de lijst."),
            ("config", "{", "De instellingen kloppen niet: configuration:1: not JSON"),
            ("frequency", "HOURLY", "Kies uit de lijst hoe vaak."),
        ],
    )
    def test_mistakes_are_told_in_the_readers_language(self, app, admin, source, field, value, said):
        form = {"url": source.url, "title": "x", "name": "x", "source_type": "opendatasoft", "frequency": "DAILY"}
        page = read(app.post("/nl/harvest/new", data={**form, field: value}, headers=admin).body)
        assert said in text(one(page, ".error-explanation"))
        assert one(page, "#field-url").get("value") == source.url
