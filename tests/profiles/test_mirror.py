"""Reading is the mirror of writing: a dataset of any of the three schemas comes back from its RDF as it was."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.oslo import profiles
from tests.profiles import made, steward
from tests.profiles.conftest import PORTAL

FORMATS = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)


def written(dataset: dict[str, Any], name: str = profiles.DEFAULT) -> list[ox.Triple]:
    profile = profiles.get(name)
    return [*profile.dataset(dataset, PORTAL), *profile.record(dataset, PORTAL)]


def through(triples: list[ox.Triple], form: ox.RdfFormat) -> list[Any]:
    """Serialise, and parse again."""
    return list(ox.parse(ox.serialize(triples, format=form, prefixes=profiles.PREFIXES), format=form))


def read_back(dataset: dict[str, Any], form: ox.RdfFormat, name: str = profiles.DEFAULT) -> dict[str, Any]:
    iri = profiles.dataset_iri(dataset, PORTAL)
    return profiles.get(name).read(through(written(dataset, name), form), iri)


def mirrors(schema: str) -> Any:
    """Make the test of a schema: hypothesis prepares the making of datasets once, not once an example."""

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dataset=made.datasets(schema), form=st.sampled_from(FORMATS))
    def check(dataset: dict[str, Any], form: ox.RdfFormat) -> None:
        assert read_back(dataset, form) == made.as_read(dataset)

    return check


@pytest.mark.parametrize("schema", made.SCHEMAS)
def test_what_is_written_comes_back(schema: str) -> None:
    mirrors(schema)()


def test_harvested_datasets_come_back(samples: list[dict[str, Any]]) -> None:
    assert len(samples) > 75
    for dataset in samples:
        assert read_back(dataset, ox.RdfFormat.TURTLE) == made.as_read(dataset)


#: What a profile adds or writes more coarsely than the others (docs/metadata.md).
CHANGED = {
    "dcat_ap_vl_3": {"access_rights", "contact", "publisher", "issued", "modified", "temporal_coverage"},
    "mobility_dcat_ap": {"mobility_theme", "frequency", "publisher", "conforms_to", "issued", "modified"}
    | {"temporal_coverage", "spatial_coverage", "spatial"},
    "dcat_ap_hvd": {"contact"},
    "statdcat_ap": {"dcat_type"},
    "geodcat_ap": {"spatial_coverage", "spatial"},
}


@pytest.mark.parametrize("name", CHANGED)
def test_the_other_profiles_lose_only_what_they_cannot_hold(name: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dataset=made.datasets("mobility"))
    def check(dataset: dict[str, Any]) -> None:
        kept = {*made.as_read(dataset)} - CHANGED[name] - {"resources"}
        found = read_back(dataset, ox.RdfFormat.N_TRIPLES, name)
        assert {field: found.get(field) for field in kept} == {field: dataset[field] for field in kept}
        files = [resource["url"] for resource in dataset.get("resources", ())]
        assert [resource["url"] for resource in found.get("resources", ())] == files

    check()


def test_a_store_gives_the_same_dataset_in_some_order() -> None:
    dataset = steward.full("work")
    store = ox.Store()
    store.extend(ox.Quad(one.subject, one.predicate, one.object) for one in written(dataset))
    found = profiles.get("dcat_ap_3").read(store, profiles.dataset_iri(dataset, PORTAL))
    expected = made.as_read(dataset)
    assert found.keys() == expected.keys()
    assert {one["url"] for one in found["resources"]} == {one["url"] for one in expected["resources"]}
    assert {field: found[field] for field in found if not isinstance(found[field], list)} == {
        field: expected[field] for field in expected if not isinstance(expected[field], list)
    } | {"tags_translated": found["tags_translated"]}


def test_rdf_of_others_is_read_as_far_as_it_goes() -> None:
    turtle = b"""
    @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
    @prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix locn: <http://www.w3.org/ns/locn#> .
    @prefix gsp: <http://www.opengis.net/ont/geosparql#> .
    <https://x.example/1> a dcat:Dataset ; dct:title "Bomen" , "Arbres"@fr ; dcat:keyword "boom"@nl ;
      dcat:theme <http://vocab.belgif.be/auth/datatheme/ENVI> ;
      dct:publisher [ a foaf:Agent ; foaf:name "Gent" ; foaf:mbox <mailto:a@gent.example> ] ;
      dcat:contactPoint [ vcard:fn "Data" ; vcard:hasEmail <mailto:b@gent.example> ] ;
      dct:spatial [ a dct:Location ; locn:geometry "POINT (3.7 51.05)"^^gsp:wktLiteral ] ;
      dct:temporal [ dcat:startDate "2020-01-01"^^xsd:date ] ;
      dcat:distribution [ dcat:accessURL <https://x.example/1.csv> ; dct:format
        <http://publications.europa.eu/resource/authority/file-type/CSV> ] .
    """
    found = profiles.get("dcat_ap_3").read(ox.parse(turtle, format=ox.RdfFormat.TURTLE), "https://x.example/1")
    assert found == {
        "type": "dataset",
        "uri": "https://x.example/1",
        "title_translated": {"nl": "Bomen", "fr": "Arbres"},
        "tags_translated": {"nl": ["boom"]},
        "theme": ["http://publications.europa.eu/resource/authority/data-theme/ENVI"],
        "publisher": [{"name": "Gent", "email": "a@gent.example"}],
        "contact": [{"name": "Data", "email": "b@gent.example"}],
        "spatial_coverage": [{"geom": '{"type": "Point", "coordinates": [3.7, 51.05]}'}],
        "spatial": '{"type": "Point", "coordinates": [3.7, 51.05]}',
        "temporal_coverage": [{"start": "2020-01-01"}],
        "resources": [{"url": "https://x.example/1.csv", "format": "CSV"}],
    }
