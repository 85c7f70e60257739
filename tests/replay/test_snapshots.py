"""Recorded catalogues: the counts of the recordings, whole in the protocols, and folders that lack something."""

import gzip
import json

import pytest
from lxml import etree
from pyoxigraph import RdfFormat, parse

from ckanext.harvesters.replay.catalogue import Catalogue, chosen
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.rdfxml import NAMESPACES, document
from ckanext.harvesters.replay.recorded_odwb import uid
from ckanext.harvesters.replay.recordings import Recording
from ckanext.harvesters.replay.snapshots import Snapshots

pytestmark = pytest.mark.snapshots

DAY, BEFORE = "2025-02-14", "2025-02-10"


@pytest.fixture(scope="module")
def flemish(shared) -> Recording:
    return Recording(shared / "snapshots" / "vlaanderen" / f"catalogue-{DAY}.nq.gz")


def test_the_states_and_the_newest_of_them(snapshots):
    assert snapshots.states("vlaanderen")[:2] == [BEFORE, DAY]
    assert snapshots.state("vlaanderen") == snapshots.states("vlaanderen")[-1]
    assert snapshots.state("vlaanderen", "2025-02-13") == BEFORE
    assert snapshots.state("vlaanderen", "2020-01-01") is None


def test_flanders_has_every_dataset_of_the_recording(flemish):
    assert len(flemish.datasets) == 8882
    assert len(flemish.titled()) == 8882


def test_odwb_has_the_995_titled_datasets_of_that_day(snapshots):
    records = snapshots.odwb(DAY)
    assert len(records) == 995
    documents = [record("") for record in records.values()]
    assert len({document["dataset_uid"] for document in documents}) == 995
    defaults = [document["metas"]["default"] for document in documents]
    assert all(default["title"] and default["modified"] for default in defaults)
    assert sum(default["license_url"] is not None for default in defaults) > 850
    assert sum(default["publisher"] is not None for default in defaults) > 950
    assert {theme for default in defaults for theme in default["theme"] or []} >= {"Mobilité", "Économie", "Energie"}


def test_data_gouv_has_the_recorded_datasets_as_they_were(snapshots, shared):
    records = snapshots.datagouv()
    pages = sorted((shared / "snapshots" / "data.gouv.fr").glob("api-1-datasets-page-*.json"))
    recorded = [dataset for page in pages for dataset in json.loads(page.read_text())["data"]]
    assert len(records) == len({dataset["id"] for dataset in recorded}) >= 400
    assert all(records[dataset["id"]]("") == dataset for dataset in recorded)


def test_an_earlier_state_of_data_gouv_differs_where_there_are_versions(snapshots):
    now, before = snapshots.datagouv(), snapshots.datagouv(earlier=True)
    assert now.keys() == before.keys()
    assert sum(now[key]("") != before[key]("") for key in now) >= 100


def test_a_flemish_record_brings_everything_the_recording_says(flemish, snapshots):
    """Property and value of each statement around a dataset are in its page; blank nodes may be named anew."""
    records = snapshots.vlaanderen(DAY, limit=60)
    for iri, record in records.items():
        described, _ = flemish.around(iri)
        sent = {
            (quad.predicate, quad.object)
            for quad in parse(document([record("")]), format=RdfFormat.RDF_XML)
            if not str(quad.object).startswith("_:")
        }
        for statements in described.values():
            for name, value in statements:
                assert str(value).startswith("_:") or (name, value) in sent


def test_the_pages_of_both_days_differ_by_the_datasets_that_came_and_went(snapshots):
    before, after = snapshots.vlaanderen(BEFORE), snapshots.vlaanderen(DAY)
    assert len(after.keys() - before.keys()) == 14
    assert len(before.keys() - after.keys()) == 6


def test_records_that_did_not_change_are_written_alike_on_both_days(snapshots):
    before, after = snapshots.odwb(BEFORE), snapshots.odwb(DAY)
    common = before.keys() & after.keys()
    same = sum(before[key]("") == after[key]("") for key in common)
    assert 0 < same < len(common)


def test_a_limit_chooses_alike_on_both_days(snapshots):
    before, after = (set(snapshots.vlaanderen(day, limit=200)) for day in (BEFORE, DAY))
    assert len(before) == len(after) == 200
    assert len(before & after) >= 195


def test_all_pages_of_a_limited_feed_bring_all_records(serve, http, snapshots):
    portal = Datavindplaats(Catalogue(snapshots.vlaanderen(DAY, limit=90)))
    server, found = serve(portal), []
    for start in range(0, 120, 20):
        asked = {"startindex": str(start), "limit": "20", "f": "dcat_ap_vl"}
        page = http.get(f"{server.url}/datavindplaats/api/collections/main/items", params=asked)
        datasets = etree.fromstring(page.content).findall("dcat:Catalog/dcat:dataset/dcat:Dataset", NAMESPACES)
        found += [dataset.get(f"{{{NAMESPACES['rdf']}}}about") for dataset in datasets]
    assert found == portal.catalogue.keys()
    assert len(found) == 90


def test_a_running_portal_goes_over_to_another_day(serve, http, snapshots):
    portal = Odwb(Catalogue(snapshots.odwb(BEFORE)))
    url = f"{serve(portal).url}/odwb/api/explore/v2.1/catalog/datasets"
    assert http.get(url).json()["total_count"] == len(snapshots.odwb(BEFORE))
    portal.catalogue.replace(snapshots.odwb(DAY))
    assert http.get(url).json()["total_count"] == 995


def test_a_folder_with_one_portal_of_another_day_is_enough(tmp_path):
    folder = tmp_path / "wallonie-odwb"
    folder.mkdir()
    iri = "https://www.odwb.be/explore/dataset/un-jeu/"
    lines = [
        f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> <{iri}> .",
        f'<{iri}> <http://purl.org/dc/terms/title> "Un \\"jeu\\" <de> données"@fr <{iri}> .',
        "<urn:stub> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> <urn:stub> .",
    ]
    (folder / "catalogue-2031-01-02.nq.gz").write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    portals = Snapshots(tmp_path).portals()
    assert [portal.name for portal in portals] == ["odwb"]
    record = portals[0].catalogue.get("un-jeu")("")
    assert record["metas"]["default"]["title"] == 'Un "jeu" <de> données'
    assert record["dataset_uid"] == uid("un-jeu")


def test_what_is_no_recording_is_told(tmp_path):
    with pytest.raises(NotADirectoryError):
        Snapshots(tmp_path / "nothing")
    folder = tmp_path / "vlaanderen"
    folder.mkdir()
    (folder / "catalogue-2025-01-01.nq.gz").write_bytes(gzip.compress(b"this is no quad\n"))
    with pytest.raises(ValueError, match=r"catalogue-2025-01-01\.nq\.gz:1: no quad"):
        Snapshots(tmp_path).portals()


def test_a_choice_is_spread_and_kept_in_order():
    keys = [f"publisher-{n // 100}/{n}" for n in range(1000)]
    some = chosen(keys, 100)
    assert some == sorted(some, key=keys.index)
    assert len({key.partition("/")[0] for key in some}) == 10
    assert chosen(keys, None) == chosen(keys, 5000) == keys
