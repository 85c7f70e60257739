"""Any feed of DCAT: one file or pages linked by Hydra or TREE, in RDF/XML, Turtle, N-Triples or JSON-LD, also gzipped.

A source's ``url`` is the file or the first page.

* ``scope``: `ckanext.harvesters.scope`'s keys.
* ``options``: ``max_pages`` (2,000), ``format`` (``xml``, ``ttl``, ``nt``, ``nq``, ``trig``, ``jsonld``; found out
  when not given), ``linked`` (true: links to further pages are followed).

A dataset is known by its IRI; one without, by its ``dct:identifier``. RDF/XML that is not well-formed is mended where
that is beyond doubt (bare ``&`` in addresses, control characters), which is reported, and else read record by record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from pyoxigraph import RdfFormat

from ckanext.harvesters.dcat import catalogue
from ckanext.harvesters.dcat.document import ACCEPT, FORMS, Document, read
from ckanext.harvesters.mapping import urls
from ckanext.harvesters.mapping.dcat.dataset import map_dataset
from ckanext.harvesters.mapping.dcat.graph import Graph, Node
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.paging import Pass, ask, base_of, positive, shortfall
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    GUID_LIMIT,
    Client,
    Mapped,
    Page,
    Problem,
    RecordError,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

RDF_XML = "application/rdf+xml"
N_TRIPLES = "application/n-triples"
#: Datasets handed on at a time: a dump of 18,000 is no reason to hold them all.
SLICE = 500
_PAGE_NUMBER = re.compile(r"([?&]page=)(\d{1,7})(?=&|$)")


class Dcat:
    """Reads a feed of DCAT."""

    name = "dcat"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the datasets of one document after another. See `records.Protocol.pages`."""
        walk = _Walk(source)
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


class _Walk:
    """The way through the pages of a feed: only on its own host, and never over the same page twice."""

    def __init__(self, source: Source) -> None:
        base_of(source.url)
        self.run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        self.form = source.options.get("format")
        if self.form is not None and self.form not in FORMS:
            raise SourceError(Reason.BAD_CONFIGURATION, source.url, f"options.format = {self.form!r}")
        self._linked = source.options.get("linked", True)
        self._waiting = [source.url]
        self._visited: set[str] = set()
        self._received = 0
        self._unsure = False

    def next(self) -> str | None:
        """Return the next page's address; None at the end."""
        if not self._waiting:
            return None
        url = self._waiting.pop(0)
        self._visited.add(url)
        return url

    def past_failure(self, url: str) -> bool:
        """Go on with the page behind one that gave no link: only an address that counts its pages says which."""
        self._unsure = True
        following = _PAGE_NUMBER.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", url)
        if following == url or following in self._visited:
            return False
        self._waiting.append(following)
        return True

    def read(self, found: catalogue.Catalogue, document: Document, url: str) -> Iterator[Page]:
        """Yield a document's datasets, and note where the list goes on."""
        taken = found.take()
        total = found.total()
        self.run.total = total if total is not None else self.run.total
        first = True
        while (batch := list(islice(taken, SLICE))) or first:
            records, problems = _records(batch, url)
            self._received += len(batch)
            if first and self.run.repeats(records):
                records, problems = [], [Problem(None, "page", shorten(url), Reason.PAGE_REPEATED, url)]
            if len(batch) < SLICE:
                problems += [Problem(None, "page", detail, reason, url) for detail, reason in document.faults]
                problems += self._mended(document, url) + self._onward(found, document, url)
            complete = not any(problem.severity is Severity.ERROR for problem in problems)
            if not first:
                self.run.number += 1
            yield self.run.page(records, problems, complete=complete)
            first = False
            if len(batch) < SLICE:
                return

    @staticmethod
    def _mended(document: Document, url: str) -> list[Problem]:
        if not document.mended or document.pieces:
            return []
        said = f"{document.mended} ×"
        return [Problem(None, "page", said, Reason.PAGE_MENDED, url, Severity.WARNING)]

    def _onward(self, found: catalogue.Catalogue, document: Document, url: str) -> list[Problem]:
        """Note the next pages; return what is wrong with the way on."""
        if not self._linked:
            return []
        following = found.following()
        doubts = [self._follow("hydra:next", link, url) for link in following]
        # The pages of a tree lead back too: one seen before is no circle there.
        doubts += [self._follow("tree:node", link, url) for link in found.related() if link not in self._visited]
        problems = [doubt for doubt in doubts if doubt is not None]
        if document.faults and not following and not self._waiting:
            self.past_failure(url)
        if not self._waiting and not problems and not self._unsure:
            problems += shortfall(self._received, self.run.total, "hydra:totalItems", url)
        return problems

    def _follow(self, field: str, link: str, url: str) -> Problem | None:
        """Note a page to be read; return what forbids it."""
        address = _as_asked(link, url)
        if not urls.same_host(address, url):
            return Problem(None, field, shorten(link), Reason.NEXT_PAGE_ELSEWHERE, url)
        if address in self._visited:
            return Problem(None, field, shorten(link), Reason.PAGE_REPEATED, url)
        if address not in self._waiting:
            self._waiting.append(address)
        return None


def _as_asked(link: str, url: str) -> str:
    """Return a link with the scheme the page was asked for by: portals behind a proxy write http for https."""
    try:
        there, here = urlsplit(link), urlsplit(url)
    except ValueError:
        return link
    if there.scheme == "http" and here.scheme == "https" and there.netloc == here.netloc:
        return urlunsplit(there._replace(scheme="https"))
    return link


def _records(batch: list[catalogue.Taken], url: str) -> tuple[list[SourceRecord], list[Problem]]:
    records, problems = [], []
    for taken in batch:
        guid = taken.guid
        if guid is None or len(guid.encode("utf-8", "replace")) > GUID_LIMIT:
            problems.append(Problem(None, "dcat:Dataset", shorten(guid or ""), Reason.NO_IDENTIFIER, url))
        elif taken.reason is not None:
            problems.append(Problem(guid, "dcat:Dataset", shorten(guid), taken.reason, url))
        else:
            kind = RDF_XML if taken.content.startswith(b"<rdf:RDF") or b"</" in taken.content[-60:] else N_TRIPLES
            records.append(SourceRecord(guid, taken.content, kind, _page(taken, guid)))
    return records, problems


def _page(taken: catalogue.Taken, guid: str) -> str | None:
    """Return where a person can look the record up: its landing page, or its IRI when that is a web address."""
    match = re.search(rb"<http://www\.w3\.org/ns/dcat#landingPage> <([^<>\s]+)>", taken.content)
    found = urls.tidy(match[1].decode("utf-8", "replace")) if match else None
    return found or urls.tidy(guid)
