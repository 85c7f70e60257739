"""One record's RDF, parsed once and asked for values: no rdflib, no network, no entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from ckanext.harvesters.mapping.languages import Tag, tag
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError
from ckanext.oslo.profiles.terms import PREFIXES

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal

_PREFIXES = ("rdf", "rdfs", "dcat", "dct", "foaf", "vcard", "adms", "skos", "owl", "locn", "spdx", "dcatap", "mdcat")
NAMESPACES = {prefix: PREFIXES[prefix] for prefix in _PREFIXES} | {"schema": "http://schema.org/"}
#: Relative IRIs are resolved against this, so that they can be told from absolute ones afterwards. A scheme nobody uses
#: and a few steps down keep apart what would be one below a web address: "a", "/a", "../a" and "//a".
_SCHEME, _STEP, _STEPS = "relative:", "~/", 3
BASE = f"{_SCHEME}/{_STEP * _STEPS}"
# "Licence : Etalab" has a space where "mailto:me@example.org" has none.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*$")


@cache
def full(name: str) -> str:
    """Return the IRI of a prefixed name (``dct:title``)."""
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local


def as_written(iri: str) -> str | None:
    """Return an IRI that was resolved against `BASE` as it stands in its document; None for any other."""
    if not iri.startswith(_SCHEME):
        return None
    path = iri.removeprefix(_SCHEME)
    for up in range(_STEPS):
        head = f"/{_STEP * (_STEPS - up)}"
        if path.startswith(head):
            return "../" * up + path.removeprefix(head)
    return path


def iri_text(node: NamedNode) -> str | None:
    """Return an IRI as the portal wrote it, a relative one without our base; None for an empty one.

    ``dct:RightsStatement`` and the like, a prefixed name written where an IRI belongs, becomes the IRI it means.
    """
    relative = as_written(node.value)
    text = node.value if relative is None else relative
    prefix, colon, local = text.partition(":")
    if colon and prefix in NAMESPACES and not local.startswith("//"):
        return NAMESPACES[prefix] + local
    return text or None


class Graph:
    """The statements of one record, by subject and predicate."""

    def __init__(self, content: bytes, form: RdfFormat = RdfFormat.RDF_XML) -> None:
        """Parse a record. Raises `RecordError` (not-rdf)."""
        self._nodes: dict[Term, dict[str, list[Term]]] = {}
        try:
            # Lenient: an IRI with a space or a wrong language tag costs that value, not the record.
            quads = pyoxigraph.parse(content, format=form, base_iri=BASE, lenient=True)
            for quad in quads:
                values = self._nodes.setdefault(quad.subject, {})
                values.setdefault(quad.predicate.value, []).append(quad.object)
        except (SyntaxError, ValueError) as error:
            raise RecordError("rdf", str(error), Reason.NOT_RDF) from error

    def of_type(self, name: str) -> list[Node]:
        """Return the nodes of a class (prefixed name), in no order."""
        wanted = full(name)
        return [
            subject
            for subject, values in self._nodes.items()
            if any(
                isinstance(kind, NamedNode) and iri_text(kind) == wanted for kind in values.get(full("rdf:type"), ())
            )
            and not isinstance(subject, Literal)
        ]

    def named(self, iri: str) -> NamedNode | None:
        """Return the node with this IRI as the portal wrote it; None when nothing is said of it."""
        for text in (iri, BASE + iri):
            node = _named_node(text)
            if node in self._nodes:
                return node
        return next((n for n in self._nodes if isinstance(n, NamedNode) and n.value.strip() == iri.strip()), None)

    def iri(self, node: Term) -> str | None:
        """Return a node's IRI as the portal wrote it; None for a blank node or an empty IRI."""
        return iri_text(node) if isinstance(node, NamedNode) else None

    def words(self, node: Term) -> str | None:
        """Return what somebody wrote where an IRI belongs ("Rennes" as a place); None for an IRI that is one.

        JSON-LD makes IRIs of all values of some properties, and ArcGIS Hub writes HTML there.
        """
        text = self.iri(node)
        if text is None or self.described(node) or text.startswith(("#", "/", "?")) or _ABSOLUTE.match(text):
            return None
        return text

    def described(self, node: Term) -> bool:
        """Tell whether anything is said of a node."""
        return node in self._nodes

    def terms(self, node: Term, *names: str) -> Iterator[Term]:
        """Yield the values of one or more properties (prefixed names)."""
        values = self._nodes.get(node)
        if values:
            for name in names:
                yield from values.get(full(name), ())

    def nodes(self, node: Term, *names: str) -> list[Node]:
        """Return the values that are nodes."""
        return [term for term in self.terms(node, *names) if not isinstance(term, Literal)]

    def iris(self, node: Term, *names: str) -> list[str]:
        """Return the values that are IRIs, or literals holding one, distinct and in order."""
        found = set()
        for term in self.terms(node, *names):
            text = iri_text(term) if isinstance(term, NamedNode) else term.value if isinstance(term, Literal) else None
            if text and text.strip():
                found.add(text.strip())
        return sorted(found)

    def texts(self, node: Term, *names: str) -> list[tuple[Tag, str]]:
        """Return the non-empty literals with their language tags."""
        return [
            (tag(term.language), term.value)
            for term in self.terms(node, *names)
            if isinstance(term, Literal) and term.value.strip()
        ]

    def text(self, node: Term, *names: str) -> str | None:
        """Return one literal: of several, the first in alphabetical order of the first property that has any."""
        for name in names:
            found = sorted(value for _, value in self.texts(node, name))
            if found:
                return found[0]
        return None

    def label(self, node: Term, language: str) -> str | None:
        """Return a name of a node, in a language if there is one in it; the words in its IRI are not looked at."""
        names = self.texts(
            node, "foaf:name", "skos:prefLabel", "rdfs:label", "vcard:fn", "vcard:organization-name", "dct:title"
        )
        chosen = sorted((found.language != language, found.language or "", value) for found, value in names)
        return chosen[0][2] if chosen else None


def _named_node(text: str) -> NamedNode | None:
    try:
        return NamedNode(text)
    except ValueError:
        return None


def is_absolute(iri: str) -> bool:
    """Tell whether an IRI is a web address or a URN, so that it identifies something outside its document."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return (parts.scheme in ("http", "https") and bool(parts.netloc)) or (parts.scheme == "urn" and bool(parts.path))
