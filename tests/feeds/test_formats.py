"""Pieces that are written apart and put together are what would have been written at once."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from ckanext.oslo.feeds import formats
from ckanext.oslo.feeds.entries import facets_of, packed, unpacked
from ckanext.oslo.feeds.negotiation import instead_of_a_page, preferred
from tests.feeds.conftest import triples

NODES = st.integers(0, 5).map(lambda number: ox.NamedNode(f"https://example.org/{number}"))
PROPERTIES = st.sampled_from(
    [
        ox.NamedNode("http://purl.org/dc/terms/title"),
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        ox.NamedNode("urn:eurometropool:field:unresolved"),
        ox.NamedNode("http://example.org/other#property"),
    ]
)
# Texts that look like JSON, XML, Turtle and prefixes; control characters and surrogates never get this far.
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")),
    st.sampled_from(
        [
            '{"http://purl.org/dc/terms/title":[',
            ',"http://purl.org/dc/terms/title":[{"@id":"x"}]',
            "</rdf:RDF>",
            "]]>",
            "@prefix dct: <x> .",
            "} <x> {",
            'a\\","http://purl.org/dc/terms/title":[',
            "line\nline",
        ]
    ),
)
LITERALS = st.one_of(
    TEXTS.map(ox.Literal), TEXTS.map(lambda text: ox.Literal(text, language="nl")), st.integers().map(ox.Literal)
)
GRAPHS = st.lists(st.builds(ox.Triple, NODES, PROPERTIES, st.one_of(NODES, LITERALS)), max_size=8)


@pytest.mark.parametrize("form", formats.DATASET_FORMATS, ids=lambda form: form.name)
@given(first=GRAPHS, pieces=st.lists(GRAPHS, max_size=3))
def test_a_document_of_pieces(form: formats.Format, first: list[ox.Triple], pieces: list[list[ox.Triple]]) -> None:
    keep = formats.turtle if form.kept == "turtle" else formats.ntriples
    document = b"".join(form.document(keep(first), [keep(piece) for piece in pieces]))
    assert triples(document, form.name) == {*first, *(one for piece in pieces for one in piece)}


@given(graph=GRAPHS)
def test_json_ld_is_shortened_where_it_may_be(graph: list[ox.Triple]) -> None:
    document = json.loads(b"".join(formats.JSONLD.document(formats.ntriples(graph), [])))
    keys = {key for node in document["@graph"] for key in node}
    assert not any(key.startswith("http://purl.org/dc/terms/") for key in keys)


@given(body=st.binary())
def test_members_of_gzip_follow_each_other(body: bytes) -> None:
    assert unpacked(packed(body) + packed(body)) == body + body
    assert packed(body) == packed(body)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "trig"),
        ("*/*", "trig"),
        ("application/*", "trig"),
        ("application/n-quads", "nq"),
        ("application/trig;q=0.5, application/ld+json;q=0.6", "jsonld"),
        ("*/*;q=0.1, application/n-quads;q=0.1", "nq"),
        ("application/trig;q=0, */*", "nq"),
        ("text/turtle", None),
        ("text/html", None),
    ],
)
def test_preferred(accept: str, expected: str | None) -> None:
    found = preferred(parse_accept_header(accept, MIMEAccept), formats.STREAM_FORMATS)
    assert (found.name if found else None) == expected


def test_a_page_is_for_who_says_nothing() -> None:
    assert instead_of_a_page(MIMEAccept(), formats.DATASET_FORMATS) is None


def test_facets_of_odd_datasets() -> None:
    odd = {"theme": [None, 7, "x/TRAN/"], "publisher": "x", "municipalities": [{"key": "BE-1"}, None], "type": None}
    found = facets_of(odd)
    assert found.theme == ("x/TRAN/", "TRAN")
    assert found.municipality == ("BE-1",)
    assert found.publisher == ()
