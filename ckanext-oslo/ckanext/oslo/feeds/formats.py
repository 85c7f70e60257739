"""The formats of the feeds, as text that can be put together piece by piece.

Each document is a head, pieces and a tail; a piece is what is said of some datasets. Turtle and N-Triples come as they
are kept; the others are made of a piece's N-Triples. Heads name the same prefixes in the same order everywhere, so that
pieces written on different days by different processes fit together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from ckanext.oslo.profiles import PREFIXES

_SORTED = dict(sorted(PREFIXES.items()))
TURTLE_HEAD = "".join(f"@prefix {name}: <{base}> .\n" for name, base in _SORTED.items()).encode()
# oxigraph writes its:dir for texts with a direction.
_XML_NAMES = {**_SORTED, "its": "http://www.w3.org/2005/11/its"}
_XML_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    + "".join(f'\n  xmlns:{name}="{base}"' for name, base in sorted(_XML_NAMES.items()))
    + ">"
).encode()
JSONLD_CONTEXT: Mapping[str, str] = MappingProxyType(_SORTED)


@dataclass(frozen=True)
class Format:
    """A format: its name in addresses, its media type, and how its pieces are made.

    ``kept`` names the column of an entry a piece is made of; ``piece`` makes it.
    """

    name: str
    media_type: str
    label: str
    kept: str
    head: bytes
    between: bytes
    tail: bytes
    piece: Callable[[bytes], bytes]

    def document(self, first: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give a document bit by bit, of pieces in the form that is kept; empty ones are left out."""
        yield self.head
        started = False
        for kept in chain((first,), pieces):
            made = self.piece(kept) if kept else b""
            if made:
                yield self.between + made if started and self.between else made
                started = True
        yield self.tail


# Pieces


def ntriples(triples: Iterable[Triple]) -> bytes:
    """Write triples as N-Triples, one a line."""
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def turtle(triples: Iterable[Triple]) -> bytes:
    """Write triples as Turtle without its prefixes, which `TURTLE_HEAD` has."""
    return _turtle_body(serialize(triples, format=RdfFormat.TURTLE, prefixes=_SORTED) or b"")


def trig(graph: str, body: bytes) -> bytes:
    """Put Turtle (as `turtle` gives it) into a named graph."""
    return b"<%s> {\n%s}\n" % (graph.encode(), body)


def quads(graph: str, body: bytes) -> Iterator[Quad]:
    """Read Turtle (as `turtle` gives it) as the statements of a named graph."""
    name = NamedNode(graph)
    for one in parse(TURTLE_HEAD + body, format=RdfFormat.TURTLE):
        yield Quad(one.subject, one.predicate, one.object, name)


def jsonld(statements: Iterable[Triple] | Iterable[Quad]) -> bytes:
    """Write statements as the members of a JSON-LD ``@graph``, with the prefixes of `JSONLD_CONTEXT`."""
    expanded = (serialize(statements, format=RdfFormat.JSON_LD) or b"[]").strip()
    return _shortened(expanded[1:-1])


def _turtle_body(document: bytes) -> bytes:
    start = 0
    while document.startswith(b"@prefix", start):
        start = document.index(b"\n", start) + 1
    return document[start:]


def as_it_is(kept: bytes) -> bytes:
    """Give what is kept: it is the piece already."""
    return kept


def _statements(kept: bytes) -> Iterator[Quad]:
    return parse(kept, format=RdfFormat.N_TRIPLES)


def _xml_piece(kept: bytes) -> bytes:
    document = serialize(_statements(kept), format=RdfFormat.RDF_XML, prefixes=_SORTED) or b""
    start = document.index(b">", document.index(b"<rdf:RDF")) + 1
    return document[start : document.rindex(b"</rdf:RDF>")].rstrip()


def _jsonld_piece(kept: bytes) -> bytes:
    return jsonld(_statements(kept))


# A key of an object is the only place in JSON where a quoted IRI is followed by ":[": inside a text every quote has a
# backslash before it. The key of the classes comes with all of them, which are only IRIs.
_KEY = re.compile(
    rb'("http[^"\\]*":\[(?:(?<="http://www\.w3\.org/1999/02/22-rdf-syntax-ns#type":\[)(?:\{"@id":"[^"\\]*"\},?)+\])?)'
)
_CLASS = re.compile(rb'\{"@id":("[^"]*")\}')
_PROPERTY = re.compile(
    b"("
    + b"|".join(re.escape(base.encode()) for base in sorted(_SORTED.values(), key=len, reverse=True))
    + rb")([A-Za-z][\w-]*)"
)
_NAMES = {base.encode(): name.encode() for name, base in _SORTED.items()}


def _shortened(expanded: bytes) -> bytes:
    """Shorten the properties of expanded JSON-LD by their prefixes, and say classes as ``@type``."""
    parts = _KEY.split(expanded)
    parts[1::2] = map(_short, parts[1::2])
    return b"".join(parts)


@lru_cache(maxsize=1024)
def _short(key: bytes) -> bytes:
    """Shorten what `_KEY` finds; the few there are come thousands of times."""
    iri, _, classes = key[1:].partition(b'":[')
    if classes:
        return b'"@type":[' + _CLASS.sub(rb"\1", classes)
    found = _PROPERTY.fullmatch(iri)
    return b'"%s:%s":[' % (_NAMES[found[1]], found[2]) if found else key


_JSONLD_HEAD = b'{"@context":' + json.dumps(_SORTED, separators=(",", ":")).encode() + b',"@graph":[\n'

TTL = Format("ttl", "text/turtle", "Turtle", "turtle", TURTLE_HEAD, b"", b"", as_it_is)
NT = Format("nt", "application/n-triples", "N-Triples", "ntriples", b"", b"", b"", as_it_is)
RDF = Format("rdf", "application/rdf+xml", "RDF/XML", "ntriples", _XML_HEAD, b"", b"\n</rdf:RDF>\n", _xml_piece)
JSONLD = Format("jsonld", "application/ld+json", "JSON-LD", "ntriples", _JSONLD_HEAD, b",\n", b"\n]}\n", _jsonld_piece)
TRIG = Format("trig", "application/trig", "TriG", "turtle", TURTLE_HEAD, b"", b"", as_it_is)
NQ = Format("nq", "application/n-quads", "N-Quads", "ntriples", b"", b"", b"", as_it_is)

DATASET_FORMATS = (TTL, RDF, JSONLD, NT)
"""Formats of pages, dumps and single datasets; the first is the default."""
STREAM_FORMATS = (TRIG, NQ, JSONLD)
"""Formats of the event stream: those that can keep the versions of one dataset apart."""
_OLDER = {"xml": RDF, "n3": TTL, "json": JSONLD}
"""Names that ckanext-dcat's addresses have beside ours."""


def named(name: str, formats: Sequence[Format] = DATASET_FORMATS) -> Format | None:
    """Give the format of a name in an address, or None."""
    found = next((one for one in formats if one.name == name), None)
    return found or (_OLDER.get(name) if formats is DATASET_FORMATS else None)
