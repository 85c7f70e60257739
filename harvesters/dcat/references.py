"""Relative references of a page: which of them are meant as addresses, and where these lead.

RDF resolves every relative IRI against the page's address. Portals write things there that are no reference at all: an
empty licence, "Rennes" as place, a paragraph of HTML. Resolved, they would be addresses of the feed. So only these
are: the IRIs of what the page itself describes (``<#dataset-1>``), links from page to page, and the addresses of files
and web pages that look like references: they begin with ``/``, ``./``, ``../`` or ``?``, or end in the name of a file.
Everything else stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from pyoxigraph import NamedNode, Quad

from ckanext.harvesters.mapping import formats, urls
from ckanext.harvesters.mapping.dcat.graph import as_written, full

Term = TypeVar("Term")

HYDRA = "http://www.w3.org/ns/hydra/core#"
TREE = "https://w3id.org/tree#"
#: Whose values are always references: links between pages, and from a version to what it is one of.
_LINKS = frozenset(
    {f"{HYDRA}next", f"{HYDRA}nextPage", f"{TREE}node", f"{TREE}view", f"{TREE}member", full("dct:isVersionOf"),
     "https://www.w3.org/ns/activitystreams#object"}
)  # fmt: skip
#: Whose values are addresses of files and web pages.
_ADDRESSES = frozenset(
    map(full, ("dcat:accessURL", "dcat:downloadURL", "dcat:landingPage", "dcat:endpointURL", "foaf:page"))
)
_BEGINNING = re.compile(r"\.{0,2}/|\?")
# What no IRI may hold bare. A feed's own address has square brackets too: ?filters[theme]=…
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\[\]]")


def absolute(iri: str, base: str) -> str:
    """Return a relative IRI resolved against the address of its page, an absolute one as it is."""
    reference = as_written(iri)
    if reference is None:
        return iri
    try:
        # Brackets belong in the host of an address alone (IPv6).
        host = urlsplit(base).netloc
        start, _, rest = base.partition(host)
        return urljoin(f"{start}{host}{_escaped(rest)}", _escaped(reference)) if host else iri
    except ValueError:
        return iri


def resolved(statement: Quad, base: str, described: Container[object]) -> Quad:
    """Return a statement with its references resolved. ``described`` are the nodes that the page says something of."""
    if not any(map(_is_relative, (statement.subject, statement.object, statement.graph_name))):
        return statement
    meant = statement.object in described or _is_reference(statement.predicate.value, statement.object)
    return Quad(
        _node(statement.subject, base),
        statement.predicate,
        _node(statement.object, base) if meant else statement.object,
        _node(statement.graph_name, base),
    )


def _is_relative(term: object) -> bool:
    return isinstance(term, NamedNode) and as_written(term.value) is not None


def _is_reference(predicate: str, value: object) -> bool:
    if predicate in _LINKS or not isinstance(value, NamedNode):
        return predicate in _LINKS
    return predicate in _ADDRESSES and looks_like_one(as_written(value.value) or "")


def looks_like_one(reference: str) -> bool:
    """Tell whether words where an address belongs are a reference, and neither text ("N/A") nor a bare host."""
    if _BEGINNING.match(reference):
        return True
    end = urls.extension(reference)
    return bool(end and formats.find(end)) and " " not in reference and urls.tidy(reference) is None


def _node(term: Term, base: str) -> Term | NamedNode:
    try:
        return NamedNode(absolute(term.value, base)) if isinstance(term, NamedNode) and _is_relative(term) else term
    except ValueError:
        return term


def _escaped(text: str) -> str:
    return _NO_IRI.sub(lambda match: f"%{ord(match.group()):02X}", text)
