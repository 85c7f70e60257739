"""What goes wrong costs what it must and no more: one record, one page, one source."""

from __future__ import annotations

import time

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestObjectError

from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.sources import registered
from ckanext.harvesters.replay.faults import Faults
from tests.harvesters.engine.conftest import (
    by_hand,
    document,
    guid,
    harvest,
    index,
    make_source,
    rows,
)

pytestmark = pytest.mark.usefixtures("with_plugins")


def report(language: str = "en") -> dict:
    return tk.get_action("harvest_report")({"ignore_auth": True}, {"source": "odwb", "lang": language})


# one record


def test_a_record_that_cannot_be_mapped_costs_itself(source, portal, count) -> None:
    portal.put(document(7, title="", description="Sans titre"))
    done = harvest(source)
    assert (done["status"], done["added"], done["failed"]) == ("finished", 11, 1)
    [problem] = [one for one in report()["problems"] if one["severity"] == "error"]
    assert (problem["guid"], problem["reason"]) == (guid(7), "no-title")
    assert problem["url"].endswith("/explore/dataset/marches-7/")
    assert count(HarvestObjectError) == 1
    assert count(HarvestObject, HarvestObject.report_status == "errored") == 1


def test_the_report_is_in_the_readers_language(source, portal) -> None:
    portal.put(document(7, title=""))
    harvest(source)
    texts = {language: report(language)["problems"][0]["text"] for language in ("nl", "fr", "en")}
    assert texts["nl"].startswith("De dataset heeft")
    assert texts["fr"].startswith("Le jeu de données")


def test_a_record_that_the_database_refuses_costs_itself(source, portal) -> None:
    owner = dataset_of_somebody_else(source, 3)
    done = harvest(source)
    assert (done["added"], done["failed"]) == (11, 1)
    [problem] = [one for one in report()["problems"] if one["severity"] == "error"]
    assert (problem["guid"], problem["reason"]) == (guid(3), "not-ours")
    assert model.Package.get(owner).title == "Fait à la main"


def dataset_of_somebody_else(source, number: int) -> str:
    """Put a steward's dataset where a record's would go."""
    return by_hand("by-a-steward", id=dataset_id(source.name, guid(number)))


def test_a_record_that_gets_well_leaves_the_report(source, portal) -> None:
    portal.put(document(7, title=""))
    harvest(source)
    portal.put(document(7))
    assert harvest(source)["added"] == 1
    assert not [one for one in report()["problems"] if one["severity"] == "error"]


def test_values_no_vocabulary_knows_are_kept_marked_and_counted(source, portal) -> None:
    portal.put(document(7, theme=["Kwantumbreien"], license="Licence du coin", license_url=""))
    portal.put(document(8, theme=["Kwantumbreien"]))
    assert harvest(source)["failed"] == 0
    assert report()["unresolved"][0] == {"field": "metas.default.theme", "value": "Kwantumbreien", "count": 2}
    assert {"field": "metas.default.license", "value": "Licence du coin", "count": 1} in report()["unresolved"]
    kept = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id(source.name, guid(8))})
    assert kept["unresolved"] == [{"field": "metas.default.theme", "value": "Kwantumbreien"}]
    before = rows()
    assert harvest(source)["unchanged"] == 12
    assert (rows(), report()["unresolved"][0]["count"]) == (before, 2)
    portal.put(document(7))
    portal.put(document(8))
    harvest(source)
    assert report()["unresolved"] == []


# one source


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(status=503), id="down"),
        pytest.param(Faults(maintenance_page_at=1), id="maintenance page as data"),
    ],
)
def test_a_source_that_gives_nothing_fails_with_a_reason_and_keeps_what_was_there(source, portal, faults) -> None:
    harvest(source)
    before = rows(), index()
    portal.odwb.faults = faults
    done = harvest(source)
    assert done["status"] == "failed"
    assert done["reason"]
    assert (rows(), index()) == before
    job = model.Session.get(HarvestJob, done["job_id"])
    assert job.status == "Finished"
    assert job.get_gather_errors()


def test_a_cut_page_is_no_whole_pass_and_takes_nothing_away(source, portal) -> None:
    harvest(source)
    before = rows(), index()
    portal.odwb.faults = Faults(truncate_page_at=2)
    done = harvest(source)
    assert done["status"] == "incomplete"
    assert done["reason"]
    assert (rows(), index()) == before


def test_a_portal_without_datasets_is_no_success(source, portal) -> None:
    harvest(source)
    before = rows()
    portal.odwb.catalogue.replace({})
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("braked", "empty")
    assert rows() == before


def test_a_source_that_breaks_off_keeps_what_it_gave(source, portal) -> None:
    portal.odwb.faults = Faults(status_at={2: 500, 3: 500})
    done = harvest(source)
    assert (done["status"], done["reason"], done["added"]) == ("incomplete", "unreachable", 5)
    portal.odwb.faults = Faults()
    assert harvest(source)["added"] == 7
    assert len(rows()) == 12


def test_a_slow_source_is_given_up_in_time(source, portal, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.timeout", 1)
    portal.odwb.faults = Faults(delay=5)
    start = time.monotonic()
    done = harvest(source)
    assert (done["status"], done["reason"]) == ("failed", "unreachable")
    assert time.monotonic() - start < 15


def test_a_failing_source_does_not_keep_others_from_running(source, portal) -> None:
    lost = make_source("lost", "http://127.0.0.1:9/odwb")
    assert harvest(lost)["status"] == "failed"
    assert harvest(source)["status"] == "finished"


def test_a_configuration_with_mistakes_fails_with_them(source) -> None:
    model.Session.execute(sa.text('UPDATE harvest_source SET config = \'{"langage": "fr"}\''))
    model.Session.commit()
    done = harvest(next(registered(["odwb"])))
    assert (done["status"], done["reason"]) == ("failed", "bad-configuration")
    assert "langage" in done["detail"]
