"""A steward fills in the form: every part of it comes back, beside its error or after saving."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import helpers
from lxml import html

from tests.schemas.conftest import MOBILITY, Call

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def form(organization: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what a browser sends of a filled-in form for a mobility dataset."""
    return {
        "title_translated-nl": "Fietsenstallingen in Doornik",
        "title_translated-fr": "Stationnements vélo à Tournai",
        "title_translated-en": "Bicycle parking in Tournai",
        "notes_translated-nl": "Waar u uw fiets veilig zet.",
        "notes_translated-fr": "",
        "notes_translated-en": "",
        "tags_translated-nl": "fiets, stalling",
        "license_id": "CC0",
        "owner_org": organization["id"],
        "theme": ["", "http://publications.europa.eu/resource/authority/data-theme/TRAN"],
        "mobility_theme": ["", "https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations"],
        "issued": "22/11/2026",
        "contact-0-name": "Mobiliteit",
        "contact-0-email": "mobiliteit@doornik.be",
        "publisher-0-name": "",
        "publisher-0-email": "",
        "spatial_coverage-0-text": "Doornik",
        "spatial_coverage-0-geom": "3.3, 50.5, 3.5, 50.7",
        "documentation": "https://example.org/a\nhttps://example.org/b",
        "_ckan_phase": "dataset_new_1",
        "save": "",
        **changes,
    }


@pytest.fixture
def browse(app: Any, steward: dict[str, Any]) -> dict[str, Any]:
    """Return what a signed-in steward sends with every request."""
    return {"headers": {"Authorization": steward["token"]}}


def inputs(page: str) -> dict[str, str]:
    """Return the dataset form's inputs as a browser would fill them."""
    root = html.fromstring(page)
    sent = "//input[@name][not(@type='radio' or @type='checkbox') or @checked]"
    found = {one.get("name"): one.get("value", "") for one in root.xpath(sent)}
    found |= {one.get("name"): (one.text or "").strip() for one in root.xpath("//textarea[@name]")}
    chosen = root.xpath("//select[@name]//option[@selected]")
    return found | {one.xpath("ancestor::select/@name")[0]: one.get("value", "") for one in chosen}


def test_a_mobility_dataset_is_saved_in_three_languages(
    app: Any, browse: dict[str, Any], organization: dict[str, Any]
) -> None:
    app.post("/mobility/new", data=form(organization), follow_redirects=False, **browse)
    made = helpers.call_action("package_show", id="fietsenstallingen-in-doornik")
    assert made["title_translated"] == {
        "nl": "Fietsenstallingen in Doornik",
        "fr": "Stationnements vélo à Tournai",
        "en": "Bicycle parking in Tournai",
    }
    assert made["notes_translated"] == {"nl": "Waar u uw fiets veilig zet."}
    assert made["tags_translated"] == {"nl": ["fiets", "stalling"]}
    assert made["issued"] == "2026-11-22"
    assert made["contact"] == [{"name": "Mobiliteit", "email": "mobiliteit@doornik.be"}]
    assert "publisher" not in made
    assert made["documentation"] == ["https://example.org/a", "https://example.org/b"]

    # a file, then the other way round: changing and deleting
    app.post(
        f"/mobility/{made['id']}/resource/new",
        data={
            "id": "",
            "url": "https://example.org/velos.csv",
            "name_translated-nl": "Stallingen",
            "name_translated-fr": "Stationnements",
            "save": "go-metadata",
        },
        follow_redirects=False,
        **browse,
    )
    made = helpers.call_action("package_show", id=made["id"])
    assert made["state"] == "active"
    assert made["resources"][0]["name_translated"] == {"nl": "Stallingen", "fr": "Stationnements"}
    assert made["resources"][0]["format"] == "CSV"

    changed = form(organization, **{"title_translated-en": "", "theme": "", "name": made["name"]})
    del changed["_ckan_phase"]
    app.post(f"/mobility/edit/{made['id']}", data=changed, follow_redirects=False, **browse)
    made = helpers.call_action("package_show", id=made["id"])
    assert set(made["title_translated"]) == {"nl", "fr"}
    assert "theme" not in made
    assert len(made["resources"]) == 1

    app.post(f"/mobility/delete/{made['id']}", follow_redirects=False, **browse)
    assert helpers.call_action("package_show", id=made["id"])["state"] == "deleted"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "31/02/2026 bestaat niet. Schrijf dag, maand, jaar."),
        ("fr", "Le 31/02/2026 n’existe pas. Écrivez jour, mois, année."),
    ],
)
def test_nothing_of_a_refused_form_is_lost(
    app: Any, browse: dict[str, Any], organization: dict[str, Any], language: str, sentence: str
) -> None:
    sent = form(
        organization,
        issued="31/02/2026",
        **{"title_translated-fr": "<script>alert(1)</script>" + "x" * 500, "contact-0-email": "geen adres"},
    )
    answer = app.post(f"/{language}/mobility/new", data=sent, follow_redirects=False, **browse)
    assert sentence in html.fromstring(answer.body).text_content()
    again = inputs(answer.body)
    for name in sent:
        if name.split("-")[0] in ("title_translated", "notes_translated", "contact", "spatial_coverage", "issued"):
            assert again[name] == sent[name], name
    assert again["license_id"] == "CC0"
    assert "<script>alert(1)</script>" not in answer.body


def test_nothing_of_a_refused_change_is_lost(
    app: Any, browse: dict[str, Any], call: Call, organization: dict[str, Any]
) -> None:
    made = call("package_create", **MOBILITY, contact=[{"name": "Mobiliteit"}], owner_org=organization["id"])
    sent = form(organization, issued="31/02/2026", **{"title_translated-nl": "Nieuw", "contact-0-name": "Anders"})
    del sent["_ckan_phase"]
    again = inputs(app.post(f"/mobility/edit/{made['id']}", data=sent, follow_redirects=False, **browse).body)
    assert again["title_translated-nl"] == "Nieuw"
    assert again["contact-0-name"] == "Anders"
    assert again["issued"] == "31/02/2026"


def test_what_is_shown_is_never_run(app: Any, call: Call, organization: dict[str, Any]) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1))"
    texts = {"nl": evil, "fr": evil}
    made = call(
        "package_create",
        **{
            **MOBILITY,
            "owner_org": organization["id"],
            "title_translated": texts,
            "notes_translated": texts,
            "tags_translated": {"nl": [evil[:90]]},
            "publisher": [{"name": evil}],
            "provenance": evil,
            "resources": [{"url": "https://example.org/a.csv", "name_translated": texts, "rights": evil}],
        },
    )
    for address in (
        f"/nl/mobility/{made['name']}",
        f"/fr/mobility/{made['name']}/resource/{made['resources'][0]['id']}",
    ):
        root = html.fromstring(app.get(address).body)
        assert not [one for one in root.xpath("//script") if (one.text or "").strip() == "alert(1)"]
        assert not root.xpath("//@onerror")
        assert not [one for one in root.xpath("//a/@href") if one.startswith("javascript:alert")]
