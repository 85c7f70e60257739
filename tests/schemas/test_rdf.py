"""A steward's dataset as RDF, through CKAN and ckanext-dcat: their endpoints, their serializer, their parser."""

from __future__ import annotations

import json
import re
from typing import Any

import pyoxigraph
import pytest
from ckan.plugins import toolkit
from ckanext.dcat.processors import RDFParser, RDFSerializer
from rdflib import RDF, Graph, URIRef

from ckanext.oslo import profiles
from ckanext.oslo.profiles.plugin import DcatAp3
from tests.schemas.conftest import MOBILITY, WORK, Call

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

DCT = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
EU = "http://publications.europa.eu/resource/authority"
IRI = URIRef("https://example.org/dataset/1")


def triples(dataset: dict[str, Any]) -> pyoxigraph.Store:
    """Return what our profile writes of a dataset, read by another parser than the one that wrote it."""
    graph = Graph()
    DcatAp3(graph, dataset_type=dataset["type"]).graph_from_dataset(dataset, IRI)
    store = pyoxigraph.Store()
    store.load(graph.serialize(format="nt").encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    return store


def said(store: pyoxigraph.Store, predicate: str, subject: URIRef = IRI) -> set[str]:
    """Return the values of a property of the dataset itself."""
    found = store.quads_for_pattern(pyoxigraph.NamedNode(str(subject)), pyoxigraph.NamedNode(predicate), None)
    return {getattr(quad.object, "value", "") for quad in found}


def objects(store: pyoxigraph.Store, predicate: str) -> set[str]:
    """Return the values of a property, of whatever subject."""
    found = store.quads_for_pattern(None, pyoxigraph.NamedNode(predicate), None)
    return {getattr(quad.object, "value", "") for quad in found}


def titles(store: pyoxigraph.Store, subject: str) -> set[tuple[str, str | None]]:
    """Return the titles of a subject with their languages."""
    found = store.quads_for_pattern(pyoxigraph.NamedNode(subject), pyoxigraph.NamedNode(f"{DCT}title"), None)
    return {(quad.object.value, quad.object.language) for quad in found}


def test_work_dataset(call: Call, organization: dict[str, Any]) -> None:
    store = triples(call("package_create", **WORK, owner_org=organization["id"]))
    assert titles(store, str(IRI)) == {(text, language) for language, text in WORK["title_translated"].items()}
    assert objects(store, f"{DCAT}theme") == {f"{EU}/data-theme/ECON"}
    (publisher,) = said(store, f"{DCT}publisher")
    assert said(store, f"{FOAF}name", URIRef(publisher)) == {"Stad Kortrijk"}
    assert objects(store, f"{DCT}license") == {f"{EU}/licence/CC_BY_4_0"}
    assert objects(store, f"{DCT}format") == {f"{EU}/file-type/CSV"}
    assert objects(store, f"{DCAT}accessURL") == {resource["url"] for resource in WORK["resources"]}
    assert objects(store, f"{DCT}accrualPeriodicity") == {f"{EU}/frequency/MONTHLY"}
    assert "protection de l'environnement" in objects(store, f"{DCAT}keyword")
    assert objects(store, f"{DCAT}startDate") == {"2026-01-01"}
    # once for the place; ckanext-spatial's copy of the outline is no second place
    assert len(list(store.quads_for_pattern(None, pyoxigraph.NamedNode(f"{DCT}spatial"), None))) == 1
    assert "http://eurovoc.europa.eu/2126" in objects(store, f"{DCT}subject")


def test_mobility_dataset(call: Call, organization: dict[str, Any]) -> None:
    store = triples(call("package_create", **MOBILITY, owner_org=organization["id"]))
    base = "https://w3id.org/mobilitydcat-ap"
    assert titles(store, str(IRI)) == {(text, language) for language, text in MOBILITY["title_translated"].items()}
    assert objects(store, f"{base}#mobilityTheme") == {f"{base}/mobility-theme/bike-parking-locations"}
    assert objects(store, f"{base}#mobilityDataStandard") == {f"{base}/mobility-data-standard/other"}
    assert said(store, f"{DCT}conformsTo") == {"http://www.opengis.net/def/crs/EPSG/0/4326"}
    assert objects(store, f"{DCT}license") == {f"{EU}/licence/CC0"}
    assert objects(store, f"{DCAT}theme") == {f"{EU}/data-theme/TRAN"}


@pytest.mark.parametrize(
    "made", [WORK, MOBILITY, {**WORK, "type": "dataset", "work_category": []}], ids=lambda one: one["type"]
)
def test_the_portal_serves_it(app: Any, call: Call, organization: dict[str, Any], made: dict[str, Any]) -> None:
    dataset = call("package_create", **made, owner_org=organization["id"])
    answer = app.get(toolkit.h.url_for("dcat.read_dataset", _id=dataset["name"], _format="ttl"))
    store = pyoxigraph.Store()
    store.load(answer.body.encode(), pyoxigraph.RdfFormat.TURTLE)
    found = store.quads_for_pattern(None, pyoxigraph.NamedNode(f"{DCT}title"), None)
    titles = {quad.object.value for quad in found}
    assert set(made["title_translated"].values()) <= titles
    assert made["publisher"][0]["name"] in objects(store, f"{FOAF}name")
    assert objects(store, f"{DCAT}theme")


def turtle(dataset: dict[str, Any]) -> str:
    """Return a dataset as ckanext-dcat's serializer writes it with our profile."""
    return str(RDFSerializer(profiles=["dcat_ap_3"]).serialize_dataset(dataset, _format="ttl"))


@pytest.mark.parametrize("made", [WORK, MOBILITY], ids=lambda one: one["type"])
def test_stock_ckanext_dcat_reads_it(call: Call, organization: dict[str, Any], made: dict[str, Any]) -> None:
    dataset = call("package_create", **made, owner_org=organization["id"])
    parser = RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(turtle(dataset), "turtle")
    (found,) = parser.datasets()
    assert found["title"] in made["title_translated"].values()
    assert found["notes"] in made["notes_translated"].values()
    (resource,) = found["resources"]
    assert resource["url"] == made["resources"][0]["url"]
    assert resource["format"] in ("CSV", "GeoJSON", f"{EU}/file-type/CSV", f"{EU}/file-type/GEOJSON")
    assert resource["license"] == f"{EU}/licence/{made['license_id']}"
    # ckanext-dcat finds our schemas and fills their fields
    assert found["publisher"][0]["name"] == made["publisher"][0]["name"]
    assert json.loads(found["theme"]) == dataset["theme"]


@pytest.mark.parametrize("made", [WORK, MOBILITY], ids=lambda one: one["type"])
def test_another_ckan_with_our_profile_gets_the_same_dataset(
    call: Call, organization: dict[str, Any], made: dict[str, Any]
) -> None:
    dataset = call("package_create", **made, owner_org=organization["id"])
    parser = RDFParser(profiles=["dcat_ap_3"])
    parser.parse(turtle(dataset), "turtle")
    (found,) = parser.datasets()
    iri = profiles.dataset_iri(dataset, DcatAp3(Graph())._portal())
    assert found["uri"] == iri
    copied = call("package_create", **found, owner_org=organization["id"])
    assert copied["name"] != dataset["name"]
    for field in ("title_translated", "notes_translated", "theme", "license_id", "publisher", "type"):
        assert copied[field] == dataset[field]
    # rdflib keeps no order
    words, before = copied.get("tags_translated", {}), dataset.get("tags_translated", {})
    assert {tag: set(found) for tag, found in words.items()} == {tag: set(found) for tag, found in before.items()}
    for field in ("url", "format", "name_translated", "license"):
        assert copied["resources"][0].get(field) == dataset["resources"][0].get(field)
    assert set(copied.get("nace") or ()) == set(dataset.get("nace") or ())
    for field in ("work_category", "place_basis", "mobility_theme", "reference_system", "spatial_coverage"):
        assert copied.get(field) == dataset.get(field)


def test_the_catalogue_of_ckanext_dcat_has_a_publisher_and_a_record(call: Call, organization: dict[str, Any]) -> None:
    dataset = call("package_create", **MOBILITY, owner_org=organization["id"])
    serializer = RDFSerializer(profiles=["oslo_dcat_ap"])
    graph = Graph()
    graph.parse(data=serializer.serialize_catalog({}, [dataset], _format="ttl"), format="turtle")
    (catalogue,) = graph.subjects(RDF.type, URIRef(f"{DCAT}Catalog"))
    assert graph.value(catalogue, URIRef(f"{DCT}publisher"))
    (member,) = graph.objects(catalogue, URIRef(f"{DCAT}dataset"))
    (record,) = graph.objects(catalogue, URIRef(f"{DCAT}record"))
    assert graph.value(record, URIRef(f"{FOAF}primaryTopic")) == member


def test_the_page_tells_search_engines_what_it_shows(app: Any, call: Call, organization: dict[str, Any]) -> None:
    hostile = "</script><script>alert(1)</script>"
    made = {**WORK, "title_translated": {"nl": hostile, "fr": "Offres"}}
    dataset = call("package_create", **made, owner_org=organization["id"])
    page = app.get(f"/nl/work/{dataset['name']}").body
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    (found,) = [block for block in map(json.loads, blocks) if block.get("@type") == "Dataset"]
    assert found["name"] == hostile
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["distribution"][0]["encodingFormat"] == "text/csv"
