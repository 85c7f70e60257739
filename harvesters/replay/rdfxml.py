"""RDF written as nested RDF/XML, the way GeoNetwork writes it: a resource stands where it is first spoken of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ckanext.oslo.profiles import terms

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple
Statements = Mapping[Node, Sequence[tuple[NamedNode, Term]]]
"""What is said of each subject: property and value."""

_PREFIXES = ("rdf", "dcat", "dct", "foaf", "vcard", "adms", "skos", "owl", "locn", "geosparql", "dcatap")
NAMESPACES = {prefix: terms.PREFIXES[prefix] for prefix in _PREFIXES}
PREFIXES = {namespace: prefix for prefix, namespace in NAMESPACES.items()}
RDF_TYPE = NamedNode(NAMESPACES["rdf"] + "type")
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 cannot hold, not even as a reference."""

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {}>\n'.format(
    " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())
)
TAIL = "</rdf:RDF>\n"


def document(fragments: Sequence[str]) -> bytes:
    """Put descriptions into one ``rdf:RDF``."""
    return (HEAD + "".join(fragments) + TAIL).encode()


def describe(subject: Node, statements: Statements, stop: frozenset[Node] = frozenset()) -> str:
    """Write a resource and, nested in it, everything it leads to that ``statements`` describe.

    A resource met again is referred to only. Those of ``stop`` are never entered: other datasets, most of all.
    """
    return _Writer(statements, stop).node(subject)


def qualified(iri: str) -> tuple[str, str]:
    """Split an IRI into the qualified name of an element and the declaration its prefix needs (mostly none)."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    namespace, local = iri[:cut], iri[cut:]
    prefix = PREFIXES.get(namespace)
    if prefix:
        return f"{prefix}:{local}", ""
    return f"ns:{local}", f" xmlns:ns={quoteattr(namespace)}"


class _Writer:
    def __init__(self, statements: Statements, stop: frozenset[Node]) -> None:
        self._statements = statements
        self._stop = stop
        self._closed: set[Node] = set()

    def node(self, subject: Node) -> str:
        self._closed.add(subject)
        said = self._statements.get(subject, ())
        kind = next((value for name, value in said if name == RDF_TYPE and isinstance(value, NamedNode)), None)
        element, declaration = qualified(kind.value) if kind else ("rdf:Description", "")
        about = f" rdf:about={quoteattr(subject.value)}" if isinstance(subject, NamedNode) else ""
        rest = "".join(self._property(name, value) for name, value in said if (name, value) != (RDF_TYPE, kind))
        if isinstance(subject, BlankNode):
            self._closed.discard(subject)
        return f"<{element}{declaration}{about}>{rest}</{element}>\n"

    def _property(self, name: NamedNode, value: Term) -> str:
        element, declaration = qualified(name.value)
        if isinstance(value, Literal):
            text = escape(NOT_XML.sub("", value.value), {"\r": "&#13;"})
            return f"<{element}{declaration}{_literal_form(value)}>{text}</{element}>"
        if not isinstance(value, Triple) and self._opens(value):
            return f"<{element}{declaration}>{self.node(value)}</{element}>"
        # A blank node has no name that would hold beyond one document: it is written anew, unless it contains itself.
        return (
            f"<{element}{declaration} rdf:resource={quoteattr(value.value)}/>" if isinstance(value, NamedNode) else ""
        )

    def _opens(self, value: Node) -> bool:
        return value in self._statements and value not in self._closed and value not in self._stop


def _literal_form(value: Literal) -> str:
    if value.language:
        return f" xml:lang={quoteattr(value.language)}"
    datatype = value.datatype.value
    return "" if datatype == XSD_STRING else f" rdf:datatype={quoteattr(datatype)}"
