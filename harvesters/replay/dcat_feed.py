"""A feed of DCAT: one file, or pages linked by Hydra, in any form of RDF.

Habits of real feeds, reproduced here: WalStat's one RDF/XML file with bare ``&`` in its addresses (``spoilt``);
udata's pages (``hydra:view`` → ``hydra:next``, ``page`` and a total); the older ``hydra:PagedCollection``; dumps that
come gzipped under ``application/octet-stream``.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from typing import ClassVar

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay import rdfxml
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.recordings import DCAT, DCT
from ckanext.harvesters.replay.server import Portal, route

HYDRA = "http://www.w3.org/ns/hydra/core#"
FORMS = {
    "xml": (RdfFormat.RDF_XML, "application/rdf+xml"),
    "ttl": (RdfFormat.TURTLE, "text/turtle"),
    "nt": (RdfFormat.N_TRIPLES, "application/n-triples"),
    "jsonld": (RdfFormat.JSON_LD, "application/ld+json"),
}
Statements = rdfxml.Statements


class DcatFeed(Portal):
    """Serves a catalogue whose records are statements about one dataset: the dataset's node and what is said.

    ``size`` datasets a page; None: all in one file. ``spoilt`` leaves ampersands in addresses unescaped.
    """

    name: ClassVar[str] = "dcat"
    path: ClassVar[str] = "/catalog"

    def __init__(self, catalogue: Catalogue | None = None, *, size: int | None = None, spoilt: bool = False) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue()
        self.size, self.spoilt = size, spoilt

    def routes(self) -> Iterable[Rule]:
        """Answer the feed in each form, and gzipped."""
        yield route(f"{self.path}.<form>", self.feed)
        yield route(f"{self.path}.<form>.gz", self.dump)
        yield route(self.path, self.feed)

    def dump(self, request: Request, form: str) -> Response:
        """Answer the whole feed, packed."""
        body = gzip.compress(self._whole(request, form))
        return self.faults.spoil(1, Response(body, content_type="application/octet-stream"))

    def feed(self, request: Request, form: str = "xml") -> Response:
        """Answer a page: ``page`` from 1, when there are pages."""
        if form not in FORMS:
            raise NotFound
        number = request.args.get("page", 1, type=int)
        if failure := self.faults.instead_of(number):
            return failure
        if self.size is None:
            body = self._whole(request, form)
        else:
            body = self._written(self._page(request, number, self.size), self._links(request, number, self.size), form)
        return self.faults.spoil(number, Response(body, content_type=FORMS[form][1]))

    def _whole(self, request: Request, form: str) -> bytes:
        if form not in FORMS:
            raise NotFound
        base = request.host_url.rstrip("/")
        return self._written([record(base) for record in self.catalogue.page(0, len(self.catalogue))], [], form)

    def _page(self, request: Request, number: int, size: int) -> list[tuple[rdfxml.Node, Statements]]:
        if number == self.faults.empty_page_at:
            return []
        shown = number - 1 if number == self.faults.repeat_page_at else number
        base = request.host_url.rstrip("/")
        return [record(base) for record in self.catalogue.page((shown - 1) * size, size)]

    def _links(self, request: Request, number: int, size: int) -> list[Triple]:
        """Say where the page stands in the list."""
        catalogue, page = NamedNode(request.base_url), NamedNode(f"{request.base_url}?page={number}")
        last = max(1, -(-len(self.catalogue) // size))
        said = [
            Triple(catalogue, rdfxml.RDF_TYPE, NamedNode(f"{DCAT}Catalog")),
            Triple(catalogue, NamedNode(f"{DCT}title"), Literal("Catalogue")),
            Triple(catalogue, NamedNode(f"{HYDRA}view"), page),
            Triple(catalogue, NamedNode(f"{HYDRA}totalItems"), Literal(len(self.catalogue))),
            Triple(page, rdfxml.RDF_TYPE, NamedNode(f"{HYDRA}PartialCollectionView")),
        ]
        if number < last:
            said.append(Triple(page, NamedNode(f"{HYDRA}next"), NamedNode(f"{request.base_url}?page={number + 1}")))
        if number > 1:
            said.append(Triple(page, NamedNode(f"{HYDRA}previous"), NamedNode(f"{request.base_url}?page={number - 1}")))
        return said

    def _written(self, records: list[tuple[rdfxml.Node, Statements]], links: list[Triple], form: str) -> bytes:
        if form == "xml":
            parts = [rdfxml.describe(node, said) for node, said in records]
            # Last, as udata has them: a page that breaks off does not say where the list goes on.
            parts += [_in_xml(links)] if links else []
            body = rdfxml.document(parts)
            return body.replace(b"&amp;", b"&") if self.spoilt else body
        every = [*(triple for _, said in records for triple in _triples(said)), *links]
        return pyoxigraph.serialize(every, format=FORMS[form][0]) or b""


def _in_xml(links: list[Triple]) -> str:
    said: dict[rdfxml.Node, list[tuple[NamedNode, rdfxml.Term]]] = {}
    for link in links:
        if isinstance(link.subject, NamedNode):
            said.setdefault(link.subject, []).append((link.predicate, link.object))
    return rdfxml.describe(next(iter(said)), said)


def _triples(said: Statements) -> Iterator[Triple]:
    for subject, pairs in said.items():
        for name, value in pairs:
            yield Triple(subject, name, value)


class Walstat(DcatFeed):
    """WalStat, the statistics of the Walloon municipalities: one file of RDF/XML with bare ampersands."""

    name: ClassVar[str] = "walstat"
    path: ClassVar[str] = "/statdcat-ap/walstat"

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        super().__init__(catalogue, spoilt=True)
