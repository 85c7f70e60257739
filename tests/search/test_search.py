from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import shapely
from ckan.lib.search import make_connection
from ckan.tests import factories, helpers

from ckanext.eurometropool.search.index import places
from ckanext.eurometropool.search.labels import label

pytestmark = pytest.mark.usefixtures("with_plugins")

TRAN = "http://publications.europa.eu/resource/authority/data-theme/TRAN"
KORTRIJK, LILLE = "bike-parking-kortrijk", "bike-parking-lille"
RECORDS: Mapping[str, dict[str, Any]] = {
    "bike-parking-lille": {
        "title_translated": {"fr": "Stationnements vélo à Lille", "nl": "Fietsenstalling"},
        "notes_translated": {"fr": "Arceaux et abris de la ville."},
        "tags_translated": {"fr": ["vélo", "l'arceau"]},
        "theme": [TRAN],
        "license_id": "ETALAB_2_0",
        "publisher": [{"name": "Ville de Lille"}],
        "resources": [{"url": "https://example.org/a.csv", "format": "CSV"}],
    },
    "bike-parking-kortrijk": {
        "title_translated": {"nl": "Fietsenstallingen in Kortrijk"},
        "notes_translated": {"nl": "Alle stallingen van de stad."},
        "publisher": [{"name": "Stad Kortrijk"}],
        "resources": [{"url": "https://example.org/b.json", "format": "GeoJSON"}],
    },
    "geology": {
        "title_translated": {"nl": "Formatie van Kortrijk, isohypsen"},
        "notes_translated": {"nl": "Geologisch model."},
    },
    "wide": {
        "title_translated": {"fr": "Emploi en Wallonie picarde"},
        "notes_translated": {"fr": "Bibliothèques de l'emploi."},
        "type": "work",
    },
}


@pytest.fixture
def catalogue(request: pytest.FixtureRequest) -> None:
    """Make the datasets once for all tests of this module that only read them."""
    if getattr(request.module, "made", False):
        return
    for fixture in ("clean_db", "clean_index"):
        request.getfixturevalue(fixture)
    request.module.made = True
    organization = factories.Organization()["id"]
    for name, record in RECORDS.items():
        fields = {"type": "dataset", "name": name, "owner_org": organization, **record}
        helpers.call_action("package_create", {"user": factories.Sysadmin()["name"]}, **fields)


def names(**params: Any) -> list[str]:
    return [found["name"] for found in helpers.call_action("package_search", **params)["results"]]


@pytest.mark.usefixtures("catalogue")
class TestWords:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("fietsenstalling Rijsel", ["bike-parking-lille", "bike-parking-kortrijk"]),
            ("stationnement Lille", ["bike-parking-lille"]),
            ("velo rijsel", ["bike-parking-lille"]),
            ("parking voiture", []),
            ("bibliotheque emploi", ["wide"]),
            ("emploi Picardisch Wallonië", ["wide"]),
            ("Courtrai fietsenstallingen", ["bike-parking-kortrijk", "bike-parking-lille"]),
            ("Stad Kortrijk", ["bike-parking-kortrijk"]),
            ("fietsenstalling in Rijsel", ["bike-parking-lille", "bike-parking-kortrijk"]),
            ("stationnement à Lille", ["bike-parking-lille"]),
            ("bicycle parking in Ypres", ["bike-parking-lille", "bike-parking-kortrijk"]),
            ("Kortrijk: stallingen", ["bike-parking-kortrijk", "bike-parking-lille"]),
            ("stalling", ["bike-parking-kortrijk", "bike-parking-lille"]),
            ("bike racks", ["bike-parking-lille", "bike-parking-kortrijk"]),
            ("fietsenstaling", ["bike-parking-lille", "bike-parking-kortrijk"]),
            ("isohyp", ["geology"]),
            ("Formatie van Kortrijk", ["geology"]),
            ("rue de Lille", []),
        ],
    )
    def test_finds_by_word_and_place_in_any_language(self, words: str, expected: list[str]) -> None:
        assert names(q=words) == expected

    def test_the_town_comes_before_the_layer_of_earth(self) -> None:
        assert names(q="Kortrijk") == ["bike-parking-kortrijk", "geology"]

    def test_a_clients_own_query_is_left_alone(self) -> None:
        assert names(q="name:geology") == ["geology"]
        assert names(q="vélo", qf="name", defType="dismax") == []
        assert names(q="title:Formatie AND name:geo*") == ["geology"]
        assert len(names(q="*:*")) == 4
        assert len(names()) == 4

    @pytest.mark.parametrize("words", ["((", '"', "Lille AND", "-", "c++ & d", "http://x.be/a?b=c", "*", "~"])
    def test_odd_questions_are_answered(self, words: str) -> None:
        assert helpers.call_action("package_search", q=words)["count"] >= 0


@pytest.mark.usefixtures("catalogue")
class TestPlaces:
    def test_filters_by_municipality_and_region(self) -> None:
        assert names(fq='municipality:"BE-34022"') == ["bike-parking-kortrijk"]
        assert names(extras={"ext_municipality": "FR-59350"}) == ["bike-parking-lille"]
        assert names(extras={"ext_municipality": "FR-59350,BE-34022"}, sort="name asc") == [
            "bike-parking-kortrijk",
            "bike-parking-lille",
        ]
        assert names(extras={"ext_region": "wallonie"}) == ["wide"]
        assert names(extras={"ext_municipality": 'x" OR *:*'}) == []

    def test_understands_a_place_in_words(self) -> None:
        assert names(ext_place="8500") == ["bike-parking-kortrijk"]
        assert names(ext_place="Rijsel", q="fietsenstalling") == ["bike-parking-lille"]
        assert names(ext_place="Wallonie picarde") == ["wide"]
        assert names(ext_place="isohypsen") == ["geology"]

    def test_finds_by_box(self) -> None:
        assert names(ext_bbox="3.25,50.82,3.3,50.85") == ["bike-parking-kortrijk"]
        assert names(ext_bbox="4.3,50.8,4.4,50.9") == []

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"ext_outline": "BE-34022"}, [KORTRIJK]),
            ({"ext_outline": "FR-59350"}, [LILLE]),
            ({"ext_outline": "BE-34023"}, []),
            ({"ext_outline": "wallonie-picarde"}, ["wide"]),
            ({"ext_polygon": "POLYGON ((3.19 50.66, 3.4 50.66, 3.3 50.9, 3.19 50.66))"}, [KORTRIJK, "wide"]),
            ({"ext_polygon": shapely.to_geojson(shapely.box(3.0, 50.6, 3.1, 50.66))}, [LILLE]),
            ({"ext_polygon": "SRID=31370;POLYGON ((71000 166000, 73000 166000, 72000 168000, 71000 166000))"},
             [KORTRIJK]),
            ({"ext_point": "3.06,50.63", "ext_radius": "2"}, [LILLE]),
            ({"ext_point": "3.2649,50.828"}, [KORTRIJK]),
            ({"ext_point": "3.2649,50.828", "ext_radius": "25"}, [KORTRIJK, LILLE, "wide"]),
            ({"ext_point": "4.35,50.85", "ext_radius": "5"}, []),
            ({"ext_bbox": "2.6,50.4,4.2,50.95"}, ["wide", KORTRIJK, LILLE]),
            ({"ext_bbox": "3.1,50.5,3.45,50.95"}, [KORTRIJK, "wide", LILLE]),
            ({"ext_outline": "BE-34022", "q": "fietsenstallingen"}, [KORTRIJK]),
        ],
    )  # fmt: skip
    def test_finds_by_what_is_drawn_on_the_map_the_most_alike_first(
        self, asked: dict[str, str], expected: list[str]
    ) -> None:
        assert names(**asked) == expected

    def test_descends_to_parts_and_ascends_to_what_covers_it(self) -> None:
        assert names(ext_place="Zuid-West-Vlaanderen") == ["bike-parking-kortrijk"]
        assert names(ext_place="West-Vlaanderen") == ["bike-parking-kortrijk"]
        assert names(ext_place="Henegouwen") == ["wide"]
        assert names(ext_municipality="BE-57081") == []
        assert names(ext_municipality="BE-57081", ext_covering="1") == ["wide"]
        assert names(ext_place="Doornik", ext_covering="1") == ["wide"]
        assert names(ext_place="Arrondissement Aat", ext_covering="1") == ["wide"]

    def test_facets_count_and_have_names(self) -> None:
        fields = [
            "municipality",
            "region",
            "theme",
            "res_format",
            "license_id",
            "publisher_name",
            "dataset_type",
            "area",
        ]
        found = helpers.call_action("package_search", **{"facet.field": fields, "rows": 0})["facets"]

        assert found["municipality"] == {"BE-34022": 1, "FR-59350": 1}
        assert found["region"] == {"hauts-de-france": 1, "vlaanderen": 1, "wallonie": 1}
        assert found["theme"] == {TRAN: 1}
        assert found["res_format"] == {"CSV": 1, "GeoJSON": 1}
        assert found["license_id"] == {"ETALAB_2_0": 1}
        assert found["publisher_name"] == {"Stad Kortrijk": 1, "Ville de Lille": 1}
        assert found["dataset_type"] == {"dataset": 3, "work": 1}
        assert found["area"] == {"wallonie-picarde": 1}

    def test_keywords_that_ckan_would_refuse_are_tags(self) -> None:
        assert names(fq='tags:"l\'arceau"') == ["bike-parking-lille"]


@pytest.mark.parametrize(
    ("field", "value", "lang", "expected"),
    [
        ("municipality", "FR-59350", "nl", "Rijsel"),
        ("municipality", "BE-34022", "fr", "Courtrai"),
        ("region", "vlaanderen", "fr", "Flandre"),
        ("area", "wallonie-picarde", "nl", "Picardisch Wallonië"),
        ("theme", TRAN, "nl", "Vervoer"),
        ("dataset_type", "work", "fr", "Emploi"),
        ("res_format", "CSV", "nl", "CSV"),
        ("publisher_name", "Stad Kortrijk", "fr", "Stad Kortrijk"),
        ("municipality", "XX-1", "fr", "XX-1"),
    ],
)
def test_values_have_names_in_the_readers_language(field: str, value: str, lang: str, expected: str) -> None:
    assert label(field, value, lang) == expected


def test_a_document_holds_no_json_and_no_endless_words(catalogue: None) -> None:
    document = make_connection().search("name:bike-parking-lille", fl="*").docs[0]
    stored = {field: value for field, value in document.items() if field not in ("data_dict", "validated_data_dict")}

    assert not [field for field, value in stored.items() if isinstance(value, str) and value[:1] in ("{", "[")]
    assert "extras_title_translated" not in stored


WORLD = '{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}'
BOW_TIE = '{"type":"Polygon","coordinates":[[[3,50],[4,51],[4,50],[3,51],[3,50]]]}'
MIXED = (
    '{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[3,50]},'
    '{"type":"LineString","coordinates":[[3,50],[3.1,50]]}]}'
)


@pytest.mark.parametrize("coverage", [WORLD, BOW_TIE, MIXED], ids=["world", "bow tie", "mixed"])
def test_odd_coverage_is_a_shape_solr_takes(coverage: str) -> None:
    shapes = places({"spatial_coverage": [{"geom": coverage}]}, None)["spatial_geom"]
    index = make_connection()

    index.add([{"index_id": "odd", "id": "odd", "site_id": "odd", "spatial_geom": shapes}], commit=True)
    found = index.search("{!field f=spatial_geom}Intersects(ENVELOPE(2.9, 4.1, 51.1, 49.9))", fq="id:odd").hits
    index.delete(id="odd", commit=True)

    assert found == 1


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_a_description_longer_than_a_term_is_indexed() -> None:
    made = helpers.call_action(
        "package_create",
        {"user": factories.Sysadmin()["name"]},
        type="dataset",
        owner_org=factories.Organization()["id"],
        title_translated={"nl": "Lang"},
        notes_translated={"nl": "woord" * 8_000},
    )
    assert names(fq=f"id:{made['id']}") == [made["name"]]
