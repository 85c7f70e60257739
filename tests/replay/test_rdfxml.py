"""Nested RDF/XML: what goes in comes out, whatever the texts and IRIs hold."""

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from ckanext.harvesters.replay.rdfxml import RDF_TYPE, describe, document

DATASET = NamedNode("https://a.example/dataset")
TITLE = NamedNode("http://purl.org/dc/terms/title")
LINK = NamedNode("https://unknown.example/ns#link")
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


def read(fragment: str) -> set:
    return {(quad.subject, quad.predicate, quad.object) for quad in parse(document([fragment]), RdfFormat.RDF_XML)}


@given(TEXTS, st.sampled_from([None, "nl", "fr-BE"]))
def test_any_text_comes_back_as_it_was(text, language):
    value = Literal(text, language=language) if language else Literal(text)
    assert read(describe(DATASET, {DATASET: [(TITLE, value)]})) == {(DATASET, TITLE, value)}


def test_what_xml_cannot_hold_is_left_out():
    fragment = describe(DATASET, {DATASET: [(TITLE, Literal("a\x00b\x0bc\r\nd"))]})
    assert read(fragment) == {(DATASET, TITLE, Literal("abc\r\nd"))}


def test_types_datatypes_and_unknown_namespaces_are_kept():
    said = {
        DATASET: [
            (RDF_TYPE, NamedNode("http://www.w3.org/ns/dcat#Dataset")),
            (RDF_TYPE, NamedNode("https://unknown.example/Kind")),
            (LINK, Literal("2024", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#gYear"))),
            (LINK, NamedNode("https://a.example/?x=1&y=<>".replace("<>", "%3C"))),
        ]
    }
    assert read(describe(DATASET, said)) == {(DATASET, name, value) for name, value in said[DATASET]}


def test_a_resource_is_written_once_and_a_circle_ends():
    other = NamedNode("https://a.example/other")
    said = {DATASET: [(LINK, other), (TITLE, other)], other: [(LINK, DATASET), (TITLE, Literal("x"))]}
    fragment = describe(DATASET, said)
    assert fragment.count(">x<") == 1
    assert len(read(fragment)) == 4


def test_another_dataset_is_named_but_not_entered():
    other = NamedNode("https://a.example/other")
    fragment = describe(DATASET, {DATASET: [(LINK, other)], other: [(TITLE, Literal("x"))]}, frozenset({other}))
    assert read(fragment) == {(DATASET, LINK, other)}


def test_a_blank_node_is_written_wherever_it_is_spoken_of_and_not_inside_itself():
    blank = BlankNode("b")
    said = {DATASET: [(LINK, blank), (TITLE, blank)], blank: [(TITLE, Literal("x")), (LINK, blank)]}
    fragment = describe(DATASET, said)
    assert fragment.count(">x<") == 2
    assert "nodeID" not in fragment
