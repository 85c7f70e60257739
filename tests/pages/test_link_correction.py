"""On a dataset's page a steward corrects what it is linked to; the mark on what a machine translated."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from lxml.html import HtmlElement

from ckanext.eurometropool.pages import link_correction, machine_made
from ckanext.eurometropool.pages.link_correction import UnknownPlaceError
from tests.pages.reading import one, read, select, text

TOURNAI, MOUSCRON = "BE-57081", "BE-57096"
SECLIN, WAVRIN = "FR-59560", "FR-59653"


@pytest.fixture
def steward(clean_db, clean_index) -> dict[str, str]:
    return {"Authorization": factories.SysadminWithToken()["token"]}


@pytest.fixture
def dataset(steward) -> dict[str, Any]:
    return save("package_create", name="bulles", owner_org=factories.Organization()["id"], type="dataset")


def save(action: str, **fields: Any) -> dict[str, Any]:
    texts = {"title_translated": {"fr": "Tournai - Bulles à verre"}, "notes_translated": {"fr": "Emplacements."}}
    return helpers.call_action(action, {"user": factories.Sysadmin()["name"]}, **texts, **fields)


def where(app, headers: dict[str, str] | None = None, language: str = "nl") -> HtmlElement:
    return one(read(app.get(f"/{language}/dataset/bulles", headers=headers).body), "#where")


def linked() -> list[tuple[str, str]]:
    found = helpers.call_action("package_show", id="bulles")["municipalities"]
    return [(link["key"], link["evidence"]) for link in found]


def correct(app, headers: dict[str, str], **said: str) -> None:
    """Send a form of the page; what it answers in words is read in the browser's test."""
    address = "/nl/dataset/bulles/municipalities"
    answer = app.post(address, data=said, headers=headers, follow_redirects=False, status=302)
    assert answer.location.endswith("/nl/dataset/bulles#where")


class TestCorrection:
    def test_everybody_sees_why_only_stewards_can_correct(self, app, dataset, steward):
        shown = where(app)
        assert "gekoppeld via: woorden van de titel" in text(shown)
        assert select(shown, "form") == []
        assert [text(button) for button in select(where(app, steward), "li button")] == ["Deze niet: Doornik"]
        app.post("/nl/dataset/bulles/municipalities", data={"remove": TOURNAI}, status=403)
        assert linked() == [(TOURNAI, "title")]

    def test_not_this_one_outlives_a_later_save_and_can_be_undone(self, app, dataset, steward):
        correct(app, steward, remove=TOURNAI)
        assert linked() == []
        helpers.call_action(
            "package_patch",
            {"user": factories.Sysadmin()["name"]},
            id="bulles",
            notes_translated={"fr": "Nouveaux emplacements à Tournai."},
        )
        assert linked() == []
        assert [text(button) for button in select(where(app, steward), "li button")] == ["Ongedaan maken: Doornik"]
        correct(app, steward, undo=TOURNAI)
        assert linked() == [(TOURNAI, "title")]

    def test_what_is_too_unsure_for_a_link_is_decided_with_one_click(self, app, dataset, steward):
        unsure = {"title_translated": {"fr": "Tournai : navettes Wavrin et Seclin"}}
        patched = {"user": factories.Sysadmin()["name"]}
        helpers.call_action("package_patch", patched, id="bulles", **unsure)
        assert linked() == [(TOURNAI, "title")]
        assert select(where(app), ".suggested") == []
        app.get("/api/3/action/municipality_link_suggestions?id=bulles", status=403)
        found = app.get("/api/3/action/municipality_link_suggestions?id=bulles", headers=steward).json["result"]
        assert found == [
            {"key": key, "kind": "covers", "evidence": "title", "confidence": 0.4} for key in (SECLIN, WAVRIN)
        ]
        asked = where(app, steward)
        assert "voorgesteld op grond van: woorden van de titel" in text(one(asked, ".suggested"))
        assert asked.xpath(".//*[contains(@class, 'suggested')]//form[not(input[@name='_csrf_token'])]") == []

        app.post("/nl/dataset/bulles/municipalities", data={"accept": WAVRIN}, status=403)
        correct(app, steward, accept=WAVRIN)
        correct(app, steward, reject=SECLIN)
        helpers.call_action("package_patch", patched, id="bulles", **unsure, notes_translated={"fr": "Ailleurs."})

        assert linked() == [(TOURNAI, "title"), (WAVRIN, "steward")]
        assert select(where(app, steward), ".suggested") == []

    @pytest.mark.parametrize("said", ["Moeskroen (BE-57096)", "Moeskroen", "be-57096", "7700", "mouscron"])
    def test_a_municipality_is_added_by_whatever_names_it(self, app, dataset, steward, said):
        correct(app, steward, add=said)
        assert linked() == [(TOURNAI, "title"), (MOUSCRON, "steward")]

    def test_what_names_none_or_several_is_said(self, app, dataset, steward):
        correct(app, steward, add="Brussel")
        assert linked() == [(TOURNAI, "title")]
        with app.flask_app.test_request_context("/"):
            with pytest.raises(UnknownPlaceError, match="There is no municipality “Brussel”"):
                link_correction.meant("Brussel")
            with pytest.raises(UnknownPlaceError, match=r"“Comines” can be several .*FR-59152"):
                link_correction.meant("Comines")

    def test_the_field_offers_every_municipality(self, app, dataset, steward):
        choices = [option.get("value") for option in select(where(app, steward, "fr"), "datalist option")]
        assert len(choices) == 153
        assert "Courtrai (BE-34022)" in choices


class TestMachineTranslation:
    def test_it_is_marked_in_the_readers_language(self, app, steward):
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        helpers.call_action(
            "package_create",
            context,
            name="bulles",
            type="dataset",
            owner_org=factories.Organization()["id"],
            title_translated={"nl": "Glasbollen", "fr": "Bulles à verre"},
            notes_translated={"nl": "Plaatsen."},
            machine_translated=["fr-t-nl"],
            harvest_source_name="odwb",
            guid="odwb:1",
        )
        page = read(app.get("/fr/dataset/bulles").body)
        assert text(one(page, ".machine")) == "Traduit automatiquement du néerlandais"
        dutch = read(app.get("/nl/dataset/bulles").body)
        assert select(dutch, ".machine") == []
        assert "Automatisch vertaald uit het Nederlands" in text(one(dutch, ".titles"))

    def test_tags_that_say_less_are_marked_all_the_same(self):
        assert list(machine_made.made(["fr-t-nl", "en"])) == [("fr", "nl"), ("en", "")]
        assert list(machine_made.made(None)) == []


def test_what_a_dataset_would_be_linked_to_is_told_before_it_is_there(steward):
    editor = factories.User()
    factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    told = {"dataset": {"title_translated": {"fr": "Tournai - Bulles à verre"}, "type": "dataset"}}
    (found,) = tk.get_action("municipality_link_preview")({"user": editor["name"]}, dict(told))
    assert (found["key"], found["evidence"], found["names"]["nl"]) == (TOURNAI, "title", "Doornik")
    for user in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("municipality_link_preview")({"user": user}, dict(told))
    with pytest.raises(tk.ValidationError):
        tk.get_action("municipality_link_preview")({"user": editor["name"]}, {"dataset": "bulles"})
