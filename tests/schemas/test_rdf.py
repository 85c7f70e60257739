"""A steward's dataset as RDF."""

from __future__ import annotations

from typing import Any

import pyoxigraph
import pytest
from ckan.plugins import toolkit
from rdflib import Graph, URIRef

from ckanext.oslo.profiles import OsloDCATAPProfile
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
    OsloDCATAPProfile(graph, dataset_type=dataset["type"]).graph_from_dataset(dataset, IRI)
    store = pyoxigraph.Store()
    store.load(graph.serialize(format="nt").encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    return store


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
    assert objects(store, f"{FOAF}name") == {"Stad Kortrijk"}
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
    assert objects(store, f"{DCT}conformsTo") == {"http://www.opengis.net/def/crs/EPSG/0/4326"}
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
