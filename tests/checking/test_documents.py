"""RDF that is hostile, huge or wrong: refused with what and where, within seconds, and nothing fetched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.oslo.checking import documents
from ckanext.oslo.checking.errors import DOCUMENT_TEXTS, DocumentError

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
MANY = 100_000


def refusal(data: bytes | str, kind: str) -> DocumentError:
    with pytest.raises(DocumentError) as refused:
        documents.read(data.encode() if isinstance(data, str) else data, kind)
    return refused.value


def entities(*declared: str, use: str) -> str:
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [\n{chr(10).join(declared)}\n]>'
        f"<rdf:RDF {RDF}><rdf:Description><e:p>{use}</e:p></rdf:Description></rdf:RDF>"
    )


BOMBS = {
    "entities of entities": (entities('<!ENTITY a "aaaa">', '<!ENTITY b "&a;&a;">', use="&b;"), "rdfxml", "entity"),
    "a file as entity": (entities('<!ENTITY x SYSTEM "file:///etc/passwd">', use="&x;"), "rdfxml", "entity"),
    "a parameter entity": (entities('<!ENTITY % x "aaaa">', use="a"), "rdfxml", "entity"),
    "one entity a million times": (
        entities(f'<!ENTITY a "{"a" * 250}">', use="&a;" * MANY),
        "rdfxml",
        "entity",
    ),
    "deep RDF/XML": (
        f"<rdf:RDF {RDF}>{'<rdf:Description><e:p>' * MANY}{'</e:p></rdf:Description>' * MANY}</rdf:RDF>",
        "rdfxml",
        "deep",
    ),
    "deep JSON-LD": ('{"http://b":' * MANY + "1" + "}" * MANY, "jsonld", "deep"),
    "statements about statements": (
        "<http://a> <http://b> " + "<<( <http://b> <http://b> " * 20 + "1" + " )>>" * 20 + " .",
        "turtle",
        "quoted",
    ),
    "a stack of them": (
        "<http://a> <http://b> " + "<<( <http://b> <http://b> " * MANY + "1" + " )>>" * MANY + " .",
        "turtle",
        "heavy",
    ),
    "a remote context": ('{"@context": "http://127.0.0.1:9/c", "@id": "http://a", "http://b": 1}', "jsonld", "context"),
    "a context in a file": ('{"@context": "file:///etc/passwd", "@id": "http://a"}', "jsonld", "context"),
    "too many statements": ("".join(f"<http://a> <http://b> {n} .\n" for n in range(51_000)), "turtle", "statements"),
    "a long prefix used often": (
        f"@prefix p: <http://e/{'a' * 100_000}> . " + "p:a p:b p:c . " * 1_000,
        "turtle",
        "heavy",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_seconds(name: str) -> None:
    data, kind, code = BOMBS[name]
    began = time.monotonic()
    assert refusal(data, kind).code == code
    assert time.monotonic() - began < 8


def test_the_place_of_a_mistake_is_told() -> None:
    assert "line 3" in str(refusal('<http://a> <http://b> "c" .\n\n<http://a> <http://b .\n', "turtle"))
    assert "line 4, b" in str(refusal(BOMBS["entities of entities"][0], "rdfxml"))


def test_entities_that_only_shorten_addresses_are_read() -> None:
    data = entities('<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#">', use="&xsd;")
    assert documents.read(data.encode(), "rdfxml")[0].object.value == "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("media_type", "name", "kind"),
    [
        ("text/turtle; charset=utf-8", "", "turtle"),
        ("application/octet-stream", "a.rdf", "rdfxml"),
        ("", "https://example.org/a.jsonld?x=1", "jsonld"),
        ("Application/LD+JSON", "a.ttl", "jsonld"),
    ],
)
def test_the_format_follows_from_the_media_type_else_from_the_name(media_type: str, name: str, kind: str) -> None:
    assert documents.format_of(media_type, name) == kind


@pytest.mark.parametrize(("media_type", "name"), [("text/html", "a.ttl"), ("", "a.exe"), ("", ""), ("image/png", "")])
def test_what_is_no_rdf_is_refused_by_its_type(media_type: str, name: str) -> None:
    with pytest.raises(DocumentError) as refused:
        documents.format_of(media_type, name)
    assert refused.value.code == "type"
    assert "text/turtle" in str(refused.value)


def test_size_empty_documents_and_wrong_characters() -> None:
    assert refusal(b" " * (documents.MAX_BYTES + 1), "turtle").code == "bytes"
    assert refusal(b"", "turtle").code == "empty"
    assert refusal('<http://a> <http://b> "é" .'.encode("latin-1"), "turtle").code == "syntax"
    assert refusal('<http://a> <http://b> "é" .'.encode("utf-16"), "turtle").code == "syntax"


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["turtle", "rdfxml", "jsonld", "ntriples"]))
def test_any_bytes_are_read_or_refused_in_words(data: bytes, kind: str) -> None:
    said = ""
    try:
        assert documents.read(data, kind)
    except DocumentError as error:
        said = error.code
    assert not said or DOCUMENT_TEXTS[said]
