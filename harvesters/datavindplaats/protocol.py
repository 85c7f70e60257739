"""Metadata Vlaanderen's paged feed: ``{items}?startindex=&limit=&f=dcat_ap_vl``, RDF/XML without total or next link.

A source's ``url`` is the collection (``https://metadata.vlaanderen.be/api/collections/main/items``) or the portal.

* ``scope``: the feed's own filters ``q``, ``bbox`` ([west, south, east, north]), ``datetime``, ``type``,
  ``externalids``, ``sortby``, sent as they are.
* ``options``: ``page_size`` (default 20, what the federal harvester uses), ``max_pages`` (2,000), ``format``
  (``dcat_ap_vl``), ``record_page`` (address of a record's page, with ``{uuid}``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.harvesters import markup
from ckanext.harvesters.mapping.dcat import rdfxml
from ckanext.harvesters.mapping.dcat.dataset import map_dataset
from ckanext.harvesters.mapping.dcat.graph import Graph, is_absolute
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.paging import Pass, ask, base_of, positive, with_query
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    GUID_LIMIT,
    Client,
    Mapped,
    Page,
    Problem,
    RecordError,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

RDF_XML = "application/rdf+xml"
_ITEMS = "/api/collections/main/items"
_FILTERS = ("q", "bbox", "datetime", "type", "externalids", "sortby")
_RECORD_PAGE = "https://metadata.vlaanderen.be/srv/dut/catalog.search#/metadata/{uuid}"
#: The list ends after this many pages in a row without anything. One is not enough: "Might be last page, try next one"
#: (Fedict/dcattools, GeonetVlaanderen.java).
_EMPTY_PAGES = 2


class Datavindplaats:
    """Reads the DCAT-AP-VL feed of Metadata Vlaanderen."""

    name = "datavindplaats"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the feed's pages until two in a row hold nothing. See `records.Protocol.pages`."""
        size = positive(source, "page_size", default=20, most=1_000)
        run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        empty = repeated = 0
        url = source.url
        for number in run.numbers():
            url = page_url(source, (number - 1) * size, size)
            try:
                sheet = _sheet(client, url)
            except SourceError as error:
                yield run.stumble(error)
                continue
            records, problems = _records(source, sheet, url)
            if run.repeats(records):
                repeated += 1
                if repeated > 1:
                    raise SourceError(Reason.PAGE_REPEATED, url, f"page {number}")
                yield run.page((), [_page_problem(url, Reason.PAGE_REPEATED, f"page {number}")], complete=False)
                continue
            repeated = 0
            empty = 0 if records or problems or sheet.services else empty + 1
            yield run.page(records, problems, complete=not problems)
            if empty == _EMPTY_PAGES:
                return
        yield run.cut_short(url, Reason.TOO_MANY_PAGES, run.page_limit)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        graph = Graph(record.content)
        node = graph.named(record.guid)
        if node is None:
            raise RecordError("dcat:Dataset", record.guid, Reason.NOT_A_DATASET)
        draft = Draft(source, record)
        map_dataset(draft, graph, node)
        return draft.finish("dct:title")


def page_url(source: Source, start: int, size: int) -> str:
    """Return the address of the page that begins at a record (0 is the first)."""
    base = base_of(source.url, _ITEMS) + _ITEMS
    scope: Mapping[str, Any] = source.scope
    filters = {key: scope.get(key) for key in _FILTERS}
    if isinstance(filters["bbox"], list | tuple):
        filters["bbox"] = ",".join(str(edge) for edge in filters["bbox"])
    return with_query(
        base, {"startindex": start, "limit": size, "f": source.options.get("format", "dcat_ap_vl"), **filters}
    )


def _sheet(client: Client, url: str) -> rdfxml.Sheet:
    answer = ask(client, url, RDF_XML)
    try:
        return rdfxml.take_apart(answer.content)
    except markup.ForbiddenMarkupError as error:
        raise SourceError(Reason.FORBIDDEN_MARKUP, url, error) from error
    except markup.UnreadableError as error:
        raise SourceError(Reason.PAGE_UNREADABLE, url, error) from error


def _records(source: Source, sheet: rdfxml.Sheet, url: str) -> tuple[list[SourceRecord], list[Problem]]:
    records = []
    problems = [
        Problem(fault.iri, "page" if fault.iri is None else "dcat:Dataset", shorten(fault.detail), fault.reason, url)
        for fault in sheet.faults
    ]
    for piece in sheet.pieces:
        iri = (piece.iri or "").strip()
        if is_absolute(iri) and len(iri.encode()) <= GUID_LIMIT:
            records.append(_record(source, iri, piece.content))
        else:
            problems.append(Problem(None, "dcat:Dataset/@rdf:about", shorten(iri), Reason.NO_IDENTIFIER, url))
    return records, problems


def _record(source: Source, iri: str, content: bytes) -> SourceRecord:
    """Return the source record of a dataset, with what its catalogue record says of it."""
    try:
        graph = Graph(content)
    except RecordError:
        return SourceRecord(iri, content, RDF_XML)  # told when it is mapped
    about = next((node for node in graph.of_type("dcat:CatalogRecord") if iri in _topics(graph, node)), None)
    if about is None:
        return SourceRecord(iri, content, RDF_XML)
    uuid = graph.text(about, "dct:identifier")
    template = source.options.get("record_page", _RECORD_PAGE)
    page = template.replace("{uuid}", uuid) if uuid and "/" not in uuid else None
    return SourceRecord(iri, content, RDF_XML, page, graph.text(about, "dct:modified"))


def _topics(graph: Graph, node: Any) -> list[str]:
    return graph.iris(node, "foaf:primaryTopic")


def _page_problem(url: str, reason: Reason, value: str) -> Problem:
    return Problem(None, "page", value, reason, url)
