"""A run of one source: what it writes, what it leaves alone, what it tells."""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.search.common import make_connection
from ckanext.activity.model import Activity
from ckanext.harvest.model import HarvestObject

from tests.harvesters.engine.conftest import (
    by_hand,
    context,
    dataset,
    document,
    guid,
    harvest,
    index,
    make_source,
    rows,
)

pytestmark = pytest.mark.usefixtures("with_plugins")


def test_first_run_brings_every_record_into_database_and_index(source) -> None:
    done = harvest(source)
    assert done["status"] == "finished", done
    assert (done["seen"], done["added"], done["failed"], done["total"]) == (12, 12, 0, 12)
    assert len(rows()) == 12
    assert set(index()) == set(rows())


def test_a_harvested_dataset_says_where_it_comes_from(source) -> None:
    harvest(source)
    found = dataset(3)
    assert found["guid"] == guid(3)
    assert found["harvest_source_name"] == "odwb"
    assert found["organization"]["name"] == "odwb-organization"
    assert found["metadata_license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert found["source_url"].endswith("/explore/dataset/marches-3/")
    assert found["harvested"].endswith("+00:00")
    assert found["title_translated"]["fr"] == "Marchés publics de Tournai, partie 3"


def test_keywords_that_ckan_takes_for_no_tags_arrive(source) -> None:
    harvest(source)
    assert {"r&d", "à"} <= set(dataset(0)["tags_translated"]["fr"])


def test_the_index_has_what_plugins_add_when_files_are_shown(source) -> None:
    harvest(source)
    [found] = make_connection(decode_dates=False).search(f'guid:"{guid(3)}"', fl="validated_data_dict")
    # By `before_resource_show` of the plugin datastore.
    assert {one["datastore_active"] for one in json.loads(found["validated_data_dict"])["resources"]} == {False}


def test_second_run_writes_nothing(source, count) -> None:
    harvest(source)
    before = rows(), index(), count(HarvestObject)
    done = harvest(source)
    assert (done["status"], done["unchanged"], done["added"], done["updated"]) == ("finished", 12, 0, 0)
    assert (rows(), index(), count(HarvestObject)) == before


def test_touched_dates_are_no_change(source, portal) -> None:
    harvest(source)
    before = rows()
    portal.put(*(document(number, metadata_processed="2026-09-09T03:00:00+00:00") for number in range(12)))
    assert harvest(source)["unchanged"] == 12
    assert rows() == before


def test_a_changed_record_is_updated_alone_and_keeps_id_name_and_resources(source, portal) -> None:
    harvest(source)
    before, old = rows(), dataset(5)
    portal.put(document(5, title="Marchés publics de Mouscron"))
    done = harvest(source)
    assert (done["updated"], done["unchanged"]) == (1, 11)
    after, new = rows(), dataset(5)
    assert {name for name in after if after[name] != before[name]} == {old["name"]}
    assert new["title_translated"]["fr"] == "Marchés publics de Mouscron"
    assert (new["id"], new["name"]) == (old["id"], old["name"])
    assert [one["id"] for one in new["resources"]] == [one["id"] for one in old["resources"]]


def test_a_run_leaves_no_line_in_the_activity_stream(source, count) -> None:
    before = count(Activity)
    harvest(source)
    assert count(Activity) == before


def test_activity_of_people_is_recorded_again_after_a_run(source, count) -> None:
    harvest(source)
    before = count(Activity)
    by_hand("by-hand")
    assert count(Activity) == before + 1


def test_titles_that_fold_to_one_name_get_names_of_their_own(source, portal) -> None:
    portal.put(document(20, title="Évry"), document(21, title="Evry"), document(22, title="New"))
    harvest(source)
    names = {dataset(number)["name"] for number in (20, 21, 22)}
    assert "evry" in names
    assert len(names) == 3
    assert "new" not in names


def test_a_name_a_steward_uses_is_left_to_the_steward(source, portal) -> None:
    by_hand("evry")
    portal.put(document(20, title="Évry"))
    harvest(source)
    assert dataset(20)["name"].startswith("evry-")
    assert tk.get_action("package_show")(context(), {"id": "evry"})["title_translated"]["fr"] == "Fait à la main"


def test_what_a_steward_deleted_stays_deleted(source, portal) -> None:
    harvest(source)
    gone = dataset(4)["id"]
    tk.get_action("package_delete")(context(), {"id": gone})
    portal.put(document(4, title="Autrement"))
    assert harvest(source)["unchanged"] == 12
    assert model.Package.get(gone).state == "deleted"


def test_one_guid_in_two_sources_makes_two_datasets(source, portal) -> None:
    other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
    harvest(source)
    assert harvest(other)["added"] == 12
    before = rows()
    portal.put(document(1, title="Autre titre"))
    assert harvest(source)["updated"] == 1
    changed = [name for name, row in rows().items() if before[name] != row]
    assert len(changed) == 1
    assert len(rows()) == 24
