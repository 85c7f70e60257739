"""Whose a dataset is, and whose each of its fields: what people made or corrected, no harvest touches."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters.engine import corrections
from ckanext.harvesters.engine.identity import dataset_id
from tests.harvesters.engine.conftest import by_hand, context, dataset, document, guid, harvest, make_source, rows
from tests.pages.reading import one, read, select, text

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture
def steward(source) -> dict[str, Any]:
    """Return the context of an editor of the source's organization, as the API would."""
    user = factories.User()
    tk.get_action("organization_member_create")(
        context(), {"id": "odwb-organization", "username": user["name"], "role": "editor"}
    )
    return {"user": user["name"]}


@pytest.fixture
def harvested(source, portal) -> Any:
    for number in range(12):
        portal.odwb.catalogue.drop(f"marches-{number}")
    portal.put(*(document(number) for number in range(2)))
    harvest(source)
    return source


def correct(steward: dict[str, Any], number: int, **fields: Any) -> None:
    tk.get_action("package_patch")(dict(steward), {"id": dataset_id("odwb", guid(number)), **fields})


class TestFields:
    def test_a_corrected_field_stays_when_the_source_changes(self, harvested, portal, steward) -> None:
        correct(steward, 1, title_translated={"fr": "Le bon titre", "nl": "De juiste titel"})
        portal.put(document(1, title="Encore un autre", description="Une nouvelle description, bien plus longue."))
        assert harvest(harvested)["updated"] == 1
        found = dataset(1)
        assert found["title_translated"] == {"fr": "Le bon titre", "nl": "De juiste titel"}
        assert "nouvelle" in found["notes_translated"]["fr"]

    def test_a_field_that_the_source_never_had_stays_too(self, harvested, portal, steward) -> None:
        correct(steward, 1, version="2.0")
        portal.put(document(1, title="Encore un autre"))
        harvest(harvested)
        assert (dataset(1)["version"], dataset(1)["title_translated"]["fr"]) == ("2.0", "Encore un autre")

    def test_corrected_files_stay(self, harvested, portal, steward) -> None:
        first = dataset(1)["resources"][0]
        tk.get_action("resource_patch")(dict(steward), {"id": first["id"], "name_translated": {"fr": "Le fichier"}})
        portal.put(document(1, title="Encore un autre"))
        harvest(harvested)
        assert dataset(1)["resources"][0]["name_translated"] == {"fr": "Le fichier"}
        assert tk.get_action("harvest_correction_list")(dict(steward), {"id": dataset(1)["id"]}) == ["resources"]

    def test_what_the_portal_itself_notes_is_no_correction(self, harvested, steward) -> None:
        first = dataset(1)["resources"][0]
        tk.get_action("resource_patch")(context(), {"id": first["id"], "datastore_active": True})
        tk.get_action("package_patch")(dict(steward), {"id": dataset(1)["id"]})
        assert tk.get_action("harvest_correction_list")(dict(steward), {"id": dataset(1)["id"]}) == []

    def test_where_it_comes_from_is_not_the_stewards_to_say(self, harvested, portal, steward) -> None:
        correct(steward, 1, source_url="https://elsewhere.example/", version="2.0")
        portal.put(document(1, title="Encore un autre"))
        harvest(harvested)
        assert dataset(1)["source_url"].endswith("/explore/dataset/marches-1/")

    def test_an_unchanged_record_is_left_alone_as_before(self, harvested, steward) -> None:
        correct(steward, 1, version="2.0")
        before = rows()
        assert harvest(harvested)["unchanged"] == 2
        assert rows() == before

    def test_given_back_the_source_has_its_say_again(self, harvested, steward, app) -> None:
        correct(steward, 1, title_translated={"fr": "Le bon titre"}, version="2.0")
        name = dataset(1)["name"]
        assert not select(read(app.get(f"/fr/dataset/{name}").body), ".corrected-here")
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        said = text(one(read(app.get(f"/fr/dataset/{name}", headers=admin).body), ".corrected-here"))
        assert said.startswith("Corrigé ici, aucun moissonnage n’y touche donc")
        assert "Titre" in said
        app.post(f"/fr/harvest/release/{name}", status=403)
        app.post(f"/fr/harvest/release/{name}", headers=admin, follow_redirects=False)
        assert harvest(harvested)["updated"] == 1
        assert dataset(1)["title_translated"]["fr"] == "Marchés publics de Tournai, partie 1"

    def test_one_field_can_be_given_back_alone(self, harvested, steward) -> None:
        correct(steward, 1, title_translated={"fr": "Le bon titre"}, version="2.0")
        asked = {"id": dataset(1)["id"], "fields": ["version"]}
        assert tk.get_action("harvest_correction_release")(dict(steward), asked) == ["title_translated"]
        harvest(harvested)
        assert (dataset(1)["title_translated"]["fr"], dataset(1).get("version")) == ("Le bon titre", None)

    def test_strangers_give_nothing_back(self, harvested) -> None:
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("harvest_correction_release")({"user": factories.User()["name"]}, {"id": dataset(1)["id"]})


class TestDatasets:
    def test_what_a_steward_made_is_never_written_nor_gone(self, harvested, portal) -> None:
        mine = by_hand("by-hand", guid=guid(1), harvest_source_name="odwb")
        before = rows()["by-hand"]
        portal.put(document(1, title="Encore un autre"))
        portal.odwb.catalogue.drop("marches-0")
        harvest(harvested)
        assert rows()["by-hand"] == before
        with pytest.raises(tk.ObjectNotFound):
            tk.get_action("harvest_dataset_keep")(context(), {"id": mine})

    def test_what_another_source_owns_is_not_touched(self, harvested, portal) -> None:
        other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
        harvest(other)
        owned = {name: row for name, row in rows().items() if row[0] == dataset_id("second", guid(1))}
        portal.put(document(1, title="Encore un autre"))
        harvest(harvested)
        assert {name: rows()[name] for name in owned} == owned


VALUES = st.one_of(st.none(), st.text(max_size=3), st.lists(st.text(max_size=2), max_size=2))
DATASETS = st.dictionaries(st.sampled_from(["title", "notes", "guid", "tags"]), VALUES)


@given(DATASETS, DATASETS, DATASETS)
def test_what_differs_is_kept_and_nothing_else(before, after, source) -> None:
    fields = {"title", "notes", "guid", "tags"}
    corrected = corrections.differing(before, after, fields, ())
    assert "guid" not in corrected
    merged = corrections.kept_as_corrected(source, after, corrected)
    assert all(merged.get(name) == after.get(name) for name in corrected)
    assert all(merged.get(name) == source.get(name) for name in fields - corrected)
