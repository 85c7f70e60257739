from __future__ import annotations

from typing import Any

import pytest
import shapely
from ckan import model
from ckan.cli.cli import ckan
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from ckan.types import Context

from ckanext.eurometropool.municipalities import linked

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_once")

TOURNAI = {
    "type": "dataset",
    "title_translated": {"fr": "Tournai - Bulles à verre"},
    "notes_translated": {"fr": "Emplacement des bulles à verre."},
    "url": "https://www.odwb.be/explore/dataset/bulles_a_verre/",
}


@pytest.fixture
def clean_once(request: pytest.FixtureRequest) -> None:
    """Empty the database before the first test; what one leaves does no harm to the next, except where it counts."""
    if not getattr(request.module, "cleaned", False):
        request.module.cleaned = True
        for fixture in ("clean_db", "clean_index"):
            request.getfixturevalue(fixture)


def create(**fields: Any) -> dict[str, Any]:
    wanted = {**TOURNAI, "owner_org": factories.Organization()["id"], **fields}
    return as_steward("package_create", **wanted)


def as_steward(action: str, **fields: Any) -> dict[str, Any]:
    return helpers.call_action(action, {"user": factories.Sysadmin()["name"]}, **fields)


def keys(dataset: dict[str, Any]) -> list[str]:
    return [link["key"] for link in dataset["municipalities"]]


def stored(dataset: dict[str, Any]) -> model.Package:
    package = model.Package.get(dataset["id"])
    assert package
    return package


def in_search(name: str) -> dict[str, Any]:
    return helpers.call_action("package_search", fq=f"name:{name}")["results"][0]


def test_a_new_dataset_is_linked_and_says_by_what() -> None:
    made = create()

    expected = [{"key": "BE-57081", "kind": "covers", "evidence": "title", "confidence": 0.75}]
    assert made["municipalities"] == expected
    assert made["area"] is None
    assert helpers.call_action("package_show", id=made["id"])["municipalities"] == expected
    assert in_search(made["name"])["municipalities"] == expected


def test_a_changed_dataset_is_linked_anew() -> None:
    made = create()
    as_steward("package_patch", id=made["id"], title_translated={"fr": "Mouscron - Bulles à verre"})

    assert keys(helpers.call_action("package_show", id=made["id"])) == ["BE-57096"]
    assert keys(in_search(made["name"])) == ["BE-57096"]


def test_links_from_stored_geometry_and_zone(app: Any) -> None:
    box = shapely.to_geojson(shapely.box(3.05, 50.62, 3.07, 50.64))
    made = create(title_translated={"fr": "Arbres"}, spatial_coverage=[{"geom": box}])
    zone = create(title_translated={"fr": "Arbres"}, spatial_coverage=[{"text": "fr:epci:200093201"}])

    assert made["municipalities"][0] == {
        "key": "FR-59350",
        "kind": "within",
        "evidence": "bounding-box",
        "confidence": 0.9,
    }
    assert zone["area"] == "FR-EPCI-200093201"
    assert zone["area_link"] == {
        "key": "FR-EPCI-200093201", "kind": "covers", "evidence": "code", "confidence": 1.0,
    }  # fmt: skip
    page = app.get("/nl/municipality/FR-59512").body
    assert '<a href="/nl/dataset/?area=FR-EPCI-200093201">Europese Metropool Rijsel' in page


def test_what_was_shown_may_come_back_with_an_update() -> None:
    made = create()
    shown = helpers.call_action("package_show", id=made["id"])
    shown["municipalities"] = [{"key": "FR-59350", "kind": "covers", "evidence": "steward", "confidence": 1}]

    updated = as_steward("package_update", **{**shown, "version": "2"})

    assert keys(updated) == ["BE-57081"]
    assert updated["version"] == "2"


def test_a_correction_outlives_every_later_harvest() -> None:
    made = create()

    corrected = as_steward("municipality_link_correct", id=made["id"], add=["BE-57096"], remove=["BE-57081"])

    assert corrected["municipalities"] == [
        {"key": "BE-57096", "kind": "covers", "evidence": "steward", "confidence": 1.0}
    ]
    assert keys(in_search(made["name"])) == ["BE-57096"]
    # As the engine writes: the whole record again, with another description and a deferred commit.
    record = {**TOURNAI, "id": made["id"], "owner_org": made["owner_org"], "notes_translated": {"fr": "Nouveau texte."}}
    context = Context(ignore_auth=True, user=factories.Sysadmin()["name"], defer_commit=True, return_id_only=True)
    toolkit.get_action("package_update")(context, record)
    model.repo.commit()

    assert keys(helpers.call_action("package_show", id=made["id"])) == ["BE-57096"]


def test_a_correction_can_be_taken_back() -> None:
    made = create()
    helpers.call_action("municipality_link_correct", id=made["id"], remove=["BE-57081"])
    helpers.call_action("municipality_link_correct", id=made["id"], add=["BE-57081"])

    again = helpers.call_action("package_show", id=made["id"])["municipalities"]
    assert [(link["key"], link["evidence"]) for link in again] == [("BE-57081", "steward")]


def test_other_plugins_data_stays() -> None:
    made = create()
    package = stored(made)
    package.plugin_data = {**package.plugin_data, "other": {"kept": True}}
    model.repo.commit()
    as_steward("package_patch", id=made["id"], title_translated={"fr": "Mouscron - Bulles à verre"})
    helpers.call_action("municipality_link_correct", id=made["id"], add=["FR-59599"])

    data = stored(made).plugin_data
    assert data["other"] == {"kept": True}
    assert [link["key"] for link in data[linked.PLUGIN]["links"]] == ["BE-57096"]
    assert data[linked.PLUGIN]["corrections"] == {"add": ["FR-59599"], "remove": []}


def test_only_who_may_edit_the_dataset_corrects_it() -> None:
    made = create()
    stranger = {"user": factories.User()["name"], "ignore_auth": False}
    with pytest.raises(toolkit.NotAuthorized):
        helpers.call_action("municipality_link_correct", stranger, id=made["id"], remove=["BE-57081"])

    editor = factories.User()
    helpers.call_action("organization_member_create", id=made["owner_org"], username=editor["name"], role="editor")
    context = {"user": editor["name"], "ignore_auth": False}
    assert (
        helpers.call_action("municipality_link_correct", context, id=made["id"], remove=["BE-57081"])["municipalities"]
        == []
    )


@pytest.mark.parametrize(
    ("correction", "field"),
    [
        ({"add": ["BE-99999"]}, "add"),
        ({"add": ["vlaanderen"]}, "add"),
        ({"add": 5}, "add"),
        ({"add": ["BE-57081"], "remove": ["BE-57081"]}, "remove"),
    ],
)
def test_a_wrong_correction_is_refused_by_its_field(correction: dict[str, Any], field: str) -> None:
    made = create()
    with pytest.raises(toolkit.ValidationError) as caught:
        helpers.call_action("municipality_link_correct", id=made["id"], **correction)
    assert list(caught.value.error_dict) == [field]


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_relink_catches_up(cli: Any) -> None:
    made = create()
    package = stored(made)
    package.plugin_data = {}
    model.repo.commit()

    result = cli.invoke(ckan, ["municipalities", "relink"])

    assert result.exit_code == 0, result.output
    assert "1 of 1 datasets" in result.output
    assert keys(helpers.call_action("package_show", id=made["id"])) == ["BE-57081"]


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_lists_the_municipalities_with_their_datasets() -> None:
    create()

    everywhere = helpers.call_action("municipality_list")
    assert len(everywhere) == 153
    assert {m["key"]: m["datasets"] for m in everywhere}["BE-57081"] == 1
    assert len(helpers.call_action("municipality_list", region="vlaanderen")) == 35
    assert len(helpers.call_action("municipality_list", country="FR", include_datasets=False)) == 95
    assert [m["key"] for m in helpers.call_action("municipality_list", q="rijs")] == ["FR-59350"]
    with pytest.raises(toolkit.ValidationError):
        helpers.call_action("municipality_list", region="bretagne")


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_shows_a_municipality_with_what_is_across_the_border() -> None:
    create(
        title_translated={"fr": "Mouscron - Vélo"},
        theme=["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
    )

    shown = helpers.call_action("municipality_show", id="BE-57096", include_geometry=True)

    assert shown["names"]["nl"] == "Moeskroen"
    assert shown["areas"][0]["key"] == "BE-57000"
    assert shown["datasets"]["total"] == 1
    assert shown["datasets"]["by_theme"] == {"http://publications.europa.eu/resource/authority/data-theme/TRAN": 1}
    assert helpers.call_action("municipality_show", id="BE-54007")["key"] == "BE-57096"
    with pytest.raises(toolkit.ObjectNotFound):
        helpers.call_action("municipality_show", id="BE-11002")


def test_everybody_may_ask_about_municipalities(app: Any) -> None:
    answer = app.get("/api/3/action/municipality_show?id=FR-59350")

    assert answer.status_code == 200
    assert answer.json["result"]["names"]["nl"] == "Rijsel"
