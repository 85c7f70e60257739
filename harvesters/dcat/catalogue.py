"""What a document of DCAT holds: its datasets, each as a small document of its own, and where the list goes on.

A document is read into an oxigraph store, on disk when it is large, and each dataset is taken out with everything it
leads to: distributions, agents, places, services of its files, its catalogue record. What memory holds at one time is
the document's bytes and one slice of its datasets.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

from ckanext.harvesters.dcat import ntriples, references
from ckanext.harvesters.dcat.document import Document
from ckanext.harvesters.dcat.references import HYDRA, TREE
from ckanext.harvesters.mapping.dcat.graph import NAMESPACES, full, is_absolute
from ckanext.harvesters.reasons import Reason

Node = NamedNode | BlankNode

LDES = "https://w3id.org/ldes#"
#: From this size on (bytes) a document goes through a store on disk.
ON_DISK = 20_000_000
#: Statements written into the store at a time.
_BATCH = 20_000
#: Most statements of one dataset: the largest real ones (8,000 distributions) have 100,000.
STATEMENT_LIMIT = 200_000
#: Steps from a dataset to what describes it: distribution, checksum or service, format, label.
_STEPS = 5
#: IRIs data.gov.be and others make up for blank nodes, new ones with each export.
_GENERATED = "/.well-known/genid/"


@dataclass(frozen=True)
class Taken:
    """A dataset taken out of its document: its IRI or else its identifier (None: neither), and its statements.

    ``reason`` says why it could not be taken.
    """

    guid: str | None
    content: bytes
    reason: Reason | None = None
    form: RdfFormat = RdfFormat.N_TRIPLES


@dataclass
class Catalogue:
    """An open document. ``broken`` are the nodes that were being described where the parser stumbled."""

    store: Store
    document: Document
    broken: set[Node] = field(default_factory=set)

    def datasets(self) -> list[Node]:
        """Return the datasets that are described, in order of IRI; a mention (``servesDataset``) is none."""
        found = self._of_type("dcat:Dataset")
        return sorted((node for node in found if self._is_described(node)), key=lambda node: node.value)

    def is_catalogue(self) -> bool:
        """Tell whether this can be a page of a catalogue at all: `{}` and `{"error": …}` are JSON, and say nothing.

        A catalogue without datasets is one, and so is what broke where its datasets would have come.
        """
        if self.document.pieces or self.document.faults or self.is_stream():
            return True
        said = (f"{HYDRA}totalItems", f"{HYDRA}next", f"{HYDRA}nextPage", f"{TREE}node", full("dcat:dataset"))
        return any(self._of_type(name) for name in ("dcat:Dataset", "dcat:Catalog")) or any(
            next(self.store.quads_for_pattern(None, NamedNode(name), None, None), None) is not None for name in said
        )

    def is_stream(self) -> bool:
        """Tell whether this is a page of a Linked Data Event Stream: its members are versions, not datasets."""
        kind = self.store.quads_for_pattern(None, _TYPE, NamedNode(f"{LDES}EventStream"), None)
        path = self.store.quads_for_pattern(None, NamedNode(f"{LDES}versionOfPath"), None, None)
        return next(kind, None) is not None or next(path, None) is not None

    def _of_type(self, name: str) -> set[Node]:
        kinds = {NamedNode(full(name)), NamedNode(name)}  # a CURIE for an IRI: rdf:resource="dcat:Dataset"
        return {
            quad.subject
            for kind in kinds
            for quad in self.store.quads_for_pattern(None, _TYPE, kind, None)
            if isinstance(quad.subject, NamedNode | BlankNode)
        }

    def _is_described(self, node: Node) -> bool:
        return any(quad.predicate != _TYPE for quad in self.store.quads_for_pattern(node, None, None, None))

    def take(self) -> Iterator[Taken]:
        """Take the datasets out, one by one."""
        if self.document.pieces:
            yield from self._pieces()
            return
        stop = {node for name in BORDERS for node in self._of_type(name)}
        described = bool(self._of_type("dcat:Distribution"))
        for node in self.datasets():
            statements = self._around(node, stop)
            guid = self._guid(node)
            if statements is None:
                yield Taken(guid, b"", Reason.TOO_LARGE)
            elif self.document.faults and self._is_cut(node, statements, described):
                yield Taken(guid, b"", Reason.PAGE_CUT)
            else:
                subjects = {statement.subject for statement in statements}
                base = self.document.base
                content = ntriples.write(references.resolved(one, base, subjects) for one in statements)
                yield Taken(guid, content, None if guid else Reason.NO_IDENTIFIER)

    def _pieces(self) -> Iterator[Taken]:
        """Give what was saved of a damaged document; what is wrong with one is told when it is mapped."""
        for piece in self.document.pieces:
            guid = piece.iri.strip() if piece.iri and is_absolute(piece.iri.strip()) else None
            yield Taken(guid, piece.content, None if guid else Reason.NO_IDENTIFIER, RdfFormat.RDF_XML)

    def _guid(self, node: Node) -> str | None:
        """Return a dataset's IRI; of one that has none of its own, its identifier."""
        iri = references.absolute(node.value, self.document.base).strip() if isinstance(node, NamedNode) else ""
        if is_absolute(iri) and _GENERATED not in iri:
            return iri
        said = self.store.quads_for_pattern(node, NamedNode(full("dct:identifier")), None, None)
        found = sorted(quad.object.value.strip() for quad in said if isinstance(quad.object, Literal | NamedNode))
        return next(filter(None, found), None)

    def _around(self, start: Node, stop: set[Node]) -> list[Quad] | None:
        """Return what is said of a dataset and of what it leads to; None when that is beyond all measure."""
        records = self.store.quads_for_pattern(None, NamedNode(full("foaf:primaryTopic")), start, None)
        reached = {start, *(quad.subject for quad in records if isinstance(quad.subject, NamedNode | BlankNode))}
        found: list[Quad] = []
        front = list(reached)
        for _ in range(_STEPS):
            following: list[Node] = []
            for node in front:
                for quad in self.store.quads_for_pattern(node, None, None, None):
                    found.append(quad)
                    value = quad.object
                    if isinstance(value, NamedNode | BlankNode) and value not in reached and value not in stop:
                        reached.add(value)
                        following.append(value)
            if len(found) > STATEMENT_LIMIT:
                return None
            front = following
        return found

    def _is_cut(self, node: Node, statements: list[Quad], described: bool) -> bool:
        """Tell whether a dataset of a damaged document may lack something: where it broke, or a file it names."""
        subjects = {statement.subject for statement in statements}
        if node in self.broken or self.broken & subjects:
            return True
        files = (statement.object for statement in statements if statement.predicate == _DISTRIBUTION)
        return described and any(file not in subjects for file in files)

    def total(self) -> int | None:
        """Return how many datasets the portal says its whole list has."""
        for name in (f"{HYDRA}totalItems",):
            for quad in self.store.quads_for_pattern(None, NamedNode(name), None, None):
                if isinstance(quad.object, Literal) and quad.object.value.isdigit() and len(quad.object.value) < 10:
                    return int(quad.object.value)
        return None

    def following(self) -> list[str]:
        """Return the addresses of the next page (Hydra)."""
        return self._addresses(f"{HYDRA}next", f"{HYDRA}nextPage")

    def related(self) -> list[str]:
        """Return the addresses of all pages this one leads to (TREE, as LDES has it), in any direction."""
        return self._addresses(f"{TREE}node")

    def _addresses(self, *names: str) -> list[str]:
        return sorted(
            {
                references.absolute(quad.object.value, self.document.base)
                for name in names
                for quad in self.store.quads_for_pattern(None, NamedNode(name), None, None)
                if isinstance(quad.object, NamedNode | Literal)
            }
        )


_TYPE = NamedNode(NAMESPACES["rdf"] + "type")
_DISTRIBUTION = NamedNode(full("dcat:distribution"))
#: Where one dataset's description ends and another thing's begins.
BORDERS = ("dcat:Dataset", "dcat:Catalog", "dcat:CatalogRecord", "dcat:DatasetSeries")


@contextmanager
def opened(document: Document) -> Iterator[Catalogue]:
    """Read a document into a store for as long as the block lasts."""
    if len(document.content) < ON_DISK:
        yield _filled(Store(), document)
        return
    with tempfile.TemporaryDirectory(prefix="harvest-") as folder:
        yield _filled(Store(folder), document)


def _filled(store: Store, document: Document) -> Catalogue:
    catalogue = Catalogue(store, document)
    if not document.content:
        return catalogue
    statements = _followed(catalogue, document)
    while batch := list(islice(statements, _BATCH)):
        store.bulk_extend(batch)
    if document.faults and document.form == RdfFormat.RDF_XML:
        document.take_apart()
    return catalogue


def _followed(catalogue: Catalogue, document: Document) -> Iterator[Quad]:
    """Yield a document's statements; where it breaks, note the node that was being described."""
    last: Node | None = None
    for quad in document.quads():
        if quad is None:
            catalogue.broken.update({last} if last is not None else ())
        elif isinstance(quad.subject, NamedNode | BlankNode):
            last = quad.subject
            yield Quad(quad.subject, quad.predicate, quad.object)
