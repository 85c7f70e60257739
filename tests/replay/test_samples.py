"""The invented records: enough of them, honest about themselves, their files real, their points where they say."""

import csv
import io
import json
import re

import pytest
import yaml
from shapely import Point, STRtree, box
from shapely.geometry import shape

from ckanext.harvesters.replay.invented import COLLECTIONS, FILES, HERE, Sample, columns, rows
from ckanext.harvesters.replay.invented import samples as invented

REGIONS = {"flanders": "nl", "wallonia": "fr", "france": "fr"}
EVERY = [pytest.param(sample, id=sample.id) for name in COLLECTIONS for sample in invented(name)]
TABLES = sorted(path.name for path in FILES.glob("*.csv"))
SAYS_SO = {"nl": "Voorbeeldgegevens", "fr": "Données d’exemple", "en": "Sample data"}


def tables(sample: Sample) -> list[str]:
    named = [str(file.name).replace(".geojson", ".csv") for file in sample.files if file.name]
    return named + ([sample.options["table"]] if "table" in sample.options else [])


@pytest.fixture(scope="session")
def polygons(shared):
    features = json.loads((shared / "geo" / "municipalities.geojson").read_text())["features"]
    return {f"{f['properties']['country']}-{f['properties']['code']}": shape(f["geometry"]) for f in features}


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_at_least_25_records_over_many_municipalities(region):
    assert len(invented(region)) >= 25
    assert len({sample.id for sample in invented(region)}) == len(invented(region))
    assert len({place.key for sample in invented(region) for place in sample.places}) >= 14


@pytest.mark.parametrize("name", sorted(set(COLLECTIONS) - REGIONS.keys()))
def test_a_portal_beside_them_has_at_least_a_dozen_records(name):
    assert len(invented(name)) >= 12
    assert len({sample.id for sample in invented(name)}) == len(invented(name))


@pytest.mark.parametrize("region", REGIONS)
def test_work_and_mobility_are_among_the_subjects(region):
    words = [" ".join([*sample.keywords, *sample.title.values()]).lower() for sample in invented(region)]
    work = ("werk", "vacature", "emploi", "onderneming", "entreprise")
    mobility = ("fiets", "vélo", "velo", "bus", "mobilit", "parking", "parkeren", "stationnement")
    assert sum(any(word in text for word in work) for text in words) >= 5
    assert sum(any(word in text for word in mobility) for text in words) >= 5


@pytest.mark.parametrize("sample", EVERY)
def test_a_record_says_in_each_of_its_languages_that_it_is_a_sample(sample):
    assert sample.language in sample.title
    for language, text in sample.description.items():
        assert SAYS_SO[language] in text


@pytest.mark.parametrize("sample", EVERY)
def test_a_record_says_when_it_was_made_and_how_it_may_be_used(sample):
    assert "2022" <= sample.created <= sample.modified < "2027"
    assert sample.frequency or sample in invented("transport"), "which has no field for it"
    assert sample.publisher


@pytest.mark.parametrize("name", TABLES)
def test_every_file_belongs_to_a_record(name):
    assert any(name in tables(sample) for collection in COLLECTIONS for sample in invented(collection))


@pytest.mark.parametrize("sample", [case for case in EVERY if tables(case.values[0])])
def test_every_file_is_served_and_can_be_read(sample, samples, http):
    for file in sample.files:
        if not file.name:
            continue
        answer = http.get(file.address(samples.url))
        assert answer.status_code == 200
        table = rows(str(file.name).replace(".geojson", ".csv"))
        if file.name.endswith(".csv"):
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            assert len(list(csv.DictReader(io.StringIO(answer.text)))) == len(table) > 0
        else:
            assert answer.headers["content-type"].startswith("application/geo+json")
            assert len(answer.json()["features"]) == len(table)
        again = http.get(file.address(samples.url), headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("sample", [case for case in EVERY if tables(case.values[0])])
def test_the_rows_are_whole(sample):
    for table in tables(sample):
        for row in rows(table):
            assert None not in row
            assert all(row[name] not in {None, ""} for name in columns(table))


@pytest.mark.parametrize("sample", [case for case in EVERY if len(case.values[0].places) == 1])
def test_every_point_lies_in_the_municipality_of_its_record(sample, polygons):
    polygon = polygons[sample.places[0].key]
    points = [
        Point(float(row["lon"]), float(row["lat"])) for table in tables(sample) for row in rows(table) if "lat" in row
    ]
    assert all(polygon.contains(point) for point in points)


@pytest.mark.parametrize("region", REGIONS)
def test_the_box_of_a_municipality_is_around_it(region, polygons):
    places = yaml.safe_load((HERE / f"{region}.yaml").read_text())["municipalities"]
    for key, place in places.items():
        ours, true = box(*place["box"]), box(*polygons[key].bounds)
        assert ours.intersection(true).area / ours.union(true).area > 0.9, (key, polygons[key].bounds)


def test_the_municipalities_are_of_the_metropolis(polygons):
    assert len(STRtree(list(polygons.values())).geometries) == 153
    for region in REGIONS:
        assert all(place.key in polygons for sample in invented(region) for place in sample.places)


def test_a_file_nobody_has_is_not_found(samples, http):
    for name in ("nothing.csv", "arbeidsmarkt-gemeenten-zuid-west-vlaanderen.geojson", "laadpalen-roeselare.xlsx"):
        assert http.get(f"{samples.url}/files/{name}").status_code == 404
    assert http.get(f"{samples.url}/files/..%2f..%2fflanders.csv").status_code == 404


def test_every_link_of_a_record_to_this_server_answers(samples, http):
    """What the three catalogues say about themselves leads somewhere: files, pages, stable addresses."""
    url = samples.url
    feed = http.get(f"{url}/datavindplaats/api/collections/main/items", params={"f": "dcat_ap_vl", "limit": "100"})
    listed = http.get(f"{url}/datagouv/api/1/datasets/", params={"page_size": "100"})
    catalogue = http.get(f"{url}/odwb/api/explore/v2.1/catalog/datasets", params={"limit": "100"})
    links = set(re.findall(rf'{url}/[^\s"<>]+', feed.text + listed.text + catalogue.text))
    links |= {f"{url}/odwb/explore/dataset/{result['dataset_id']}/" for result in catalogue.json()["results"]}
    assert len(links) > 120
    for link in links:
        assert http.get(link).status_code in {200, 302}, link
