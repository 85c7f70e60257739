"""The shapes: official ones with their bugs, our own, and what they find."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from ckanext.oslo.checking import checks, standards
from ckanext.oslo.checking.engine import Shapes, to_rdflib
from ckanext.oslo.checking.errors import ShapesError, UnknownStandardError
from ckanext.oslo.profiles.portal import Portal
from tests.profiles import steward

PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <http://example.org/> . """


def triples(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)]


def found(name: str, turtle: str, folder: Path | None = None) -> set[tuple[str, str, str]]:
    findings = checks.check_graph(triples(turtle), standards.get(name), folder)
    return {(one.rdf_class, one.result.path.rsplit("/", 1)[-1], one.result.rule) for one in findings}


@pytest.mark.parametrize("name", standards.NAMES)
def test_a_steward_s_full_dataset_breaks_no_profile_with_our_own_shapes(name: str, portal: Portal) -> None:
    dataset = steward.full("mobility") | {"hvd_category": ["http://data.europa.eu/bna/c_b79e35eb"]}
    findings = checks.check_dataset(dataset, name, portal, None)
    assert [one for one in findings if one.severity == "error"] == []


@pytest.mark.parametrize("name", standards.NAMES)
def test_a_steward_s_full_dataset_breaks_no_profile_with_the_official_shapes(
    name: str, portal: Portal, official: Path
) -> None:
    dataset = steward.full("mobility") | {"hvd_category": ["http://data.europa.eu/bna/c_b79e35eb"]}
    assert not standards.get(name).official or standards.installed(standards.get(name).official, official)
    findings = checks.check_dataset(dataset, name, portal, official)
    assert [one for one in findings if one.severity == "error"] == []


def test_single_files_with_property_shapes_that_lead_nowhere_can_be_run(official: Path) -> None:
    """DCAT-AP 3.0.1's own single file stops pySHACL at any data service."""
    file = official / "dcat-ap-3.0.1" / "dcat-ap-SHACL.ttl"
    shapes = Shapes("DCAT-AP", standards.parsed(file.read_bytes(), file.name))
    graph = to_rdflib(triples(":s a dcat:DataService ."))
    assert any(one.path.endswith("endpointURL") and one.rule == "MinCount" for one in shapes.check(graph))


def test_flanders_wants_tagged_texts_one_contact_and_public_or_not() -> None:
    said = found(
        "dcat_ap_vl_3",
        """:d a dcat:Dataset ; dct:identifier "1" ; dct:title "Bomen", "Bomen"@nl, "Boom"@nl ; dct:description "x"@nl ;
        dcat:contactPoint :c, :e ; dct:publisher :p ;
        dct:accessRights <http://publications.europa.eu/resource/authority/access-right/RESTRICTED> ;
        dcat:theme <http://example.org/themes/BOMEN> . :p a foaf:Agent .""",
    )
    assert {
        ("dcat:Dataset", "title", "Datatype"),
        ("dcat:Dataset", "title", "UniqueLang"),
        ("dcat:Dataset", "dcat#contactPoint", "MaxCount"),
        ("dcat:Dataset", "accessRights", "In"),
        ("dcat:Dataset", "dcat#theme", "Pattern"),
        ("foaf:Agent", "name", "MinCount"),
    } <= said


def test_flanders_asks_no_download_of_every_file() -> None:
    """The published file does, by a slip: its shape for samples has the class of all distributions."""
    said = found("dcat_ap_vl_3", """:f a dcat:Distribution ; dct:identifier "1" ; dcat:accessURL :a .""")
    assert not [one for one in said if one[1].endswith("downloadURL") and one[2] == "MinCount" and one[0] == "error"]
    findings = checks.check_graph(
        triples(""":f a dcat:Distribution ; dct:identifier "1" ; dcat:accessURL :a ."""),
        standards.get("dcat_ap_vl_3"),
        None,
    )
    assert [one for one in findings if one.severity == "error"] == []


def test_a_chain_of_subclasses_of_any_length_is_no_stack_overflow() -> None:
    chain = " ".join(f":c{number} rdfs:subClassOf :c{number + 1} ." for number in range(20_000))
    assert found("dcat_ap_3", f"{chain} :d a :c0 . :e a dcat:Dataset .")


def test_what_is_no_shape_is_refused_with_its_name() -> None:
    with pytest.raises(ShapesError, match="mine"):
        Shapes("mine", triples(":a dct:title 'no shape' ."))
    with pytest.raises(ShapesError, match=r"broken\.ttl"):
        standards.parsed(b"@prefix", "broken.ttl")


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownStandardError, match="dcat_ap_vl_3"):
        standards.get("dcat_ap_9")
