"""Any feed of DCAT: one file, pages linked by Hydra or TREE, an event stream (LDES); in any form of RDF, also gzipped.

A source's ``url`` is the file or the first page.

* ``scope``: `ckanext.harvesters.scope`'s keys.
* ``options``: ``max_pages`` (2,000), ``format`` (``xml``, ``ttl``, ``nt``, ``nq``, ``trig``, ``jsonld``; found out
  when not given), ``linked`` (true: links to further pages are followed).

A dataset is known by its IRI; one without, by its ``dct:identifier``. RDF/XML that is not well-formed is mended where
that is beyond doubt (bare ``&`` in addresses, control characters), which is reported, and else read record by record.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import RdfFormat

from ckanext.harvesters.dcat import catalogue, stream
from ckanext.harvesters.dcat.document import ACCEPT, read
from ckanext.harvesters.dcat.walk import RDF_XML, Walk
from ckanext.harvesters.mapping.dcat.dataset import map_dataset
from ckanext.harvesters.mapping.dcat.graph import Graph, Node
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.paging import ask
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Client, Mapped, Page, RecordError, Source, SourceError, SourceRecord


class Dcat:
    """Reads a feed of DCAT."""

    name = "dcat"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the datasets of one document after another. See `records.Protocol.pages`."""
        walk = Walk(source)
        while (url := walk.next()) is not None:
            if walk.run.number >= walk.run.page_limit:
                yield walk.run.cut_short(url, Reason.TOO_MANY_PAGES, walk.run.page_limit)
                return
            walk.run.number += 1
            try:
                answer = ask(client, url, ACCEPT)
                kind = (answer.headers.get("content-type") or "").partition(";")[0].strip().lower()
                document = read(answer.content, answer.url, kind, walk.form)
            except SourceError as error:
                yield walk.run.stumble(error)
                walk.past_failure(url)
                continue
            with catalogue.opened(document) as found:
                if walk.run.number == 1 and not found.is_catalogue():
                    raise SourceError(Reason.BAD_ANSWER, url, "no dcat:Catalog, no dcat:Dataset")
                if walk.run.number == 1 and found.is_stream():
                    yield from stream.pages(walk, document, client)
                    return
                yield from walk.read(found, document, url)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        graph = Graph(record.content, RdfFormat.RDF_XML if record.media_type == RDF_XML else RdfFormat.N_TRIPLES)
        node = graph.named(record.guid) or _only(graph)
        if node is None:
            raise RecordError("dcat:Dataset", record.guid, Reason.NOT_A_DATASET)
        draft = Draft(source, record)
        map_dataset(draft, graph, node)
        return draft.finish("dct:title")


def _only(graph: Graph) -> Node | None:
    """Return the dataset of a record without IRI."""
    found = graph.of_type("dcat:Dataset")
    return found[0] if len(found) == 1 else None
