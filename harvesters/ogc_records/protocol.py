"""OGC API Records, part 1: ``{service}/collections/{catalogue}/items?limit=&offset=``, GeoJSON.

A source's ``url`` is the list of items (``https://example.org/ogcapi/collections/catalogue/items``).

* ``scope``: ``bbox`` (``3.1,50.7,3.3,50.9``), ``q`` and ``filter`` (CQL2), sent as they are, and
  `ckanext.harvesters.scope`'s keys.
* ``options``: ``page_size`` (100), ``max_pages`` (2,000), ``offset`` (the parameter that turns pages: ``offset``;
  GeoNetwork's is ``startindex``; what the portal's own link to the next page uses goes before), ``types`` (kinds of
  record taken: ``dataset``, ``series``, ``nonGeographicDataset``, and records that do not say their kind).

Pages are turned by position, so that one that fails costs only itself; where the portal's links work otherwise (by a
token) they are followed, on its own host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from ckanext.harvesters.mapping import json_records, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.iso.codes import DATASETS
from ckanext.harvesters.mapping.json_records import Fields, Listed, write_record
from ckanext.harvesters.ogc_records.dataset import map_dataset
from ckanext.harvesters.paging import Pass, ask, base_of, positive, shortfall, with_query
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    GUID_LIMIT,
    Client,
    Mapped,
    Page,
    Problem,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

GEOJSON = "application/geo+json"
#: Parameters by which servers turn pages.
_POSITIONS = ("offset", "startindex", "startIndex")


class OgcRecords:
    """Reads a catalogue of OGC API Records."""

    name = "ogc_records"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the items page by page. See `records.Protocol.pages`."""
        run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        walk = _Walk(source, run)
        for _ in run.numbers():
            url = walk.url
            try:
                listed = json_records.read_list(ask(client, url, GEOJSON).content, "features", url)
            except SourceError as error:
                yield run.stumble(error)
                if not walk.past_failure():
                    return
                continue
            yield walk.read(listed)
            if walk.done:
                return
        yield run.cut_short(source.url, Reason.TOO_MANY_PAGES, run.page_limit)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        value = json_records.parse_record(record.content)
        draft = Draft(source, record)
        map_dataset(draft, Fields(value, draft))
        return draft.finish("properties.title")


class _Walk:
    """The way from page to page: by position, or by links where the portal has a way of its own."""

    def __init__(self, source: Source, run: Pass) -> None:
        self._source, self._run = source, run
        self._size = positive(source, "page_size", default=100, most=10_000)
        self._parameter = source.options.get("offset", _POSITIONS[0])
        if not isinstance(self._parameter, str) or not self._parameter:
            raise SourceError(Reason.BAD_CONFIGURATION, source.url, f"options.offset = {self._parameter!r}")
        self._offset = self._received = 0
        self._visited: set[str] = set()
        self.url = self._at(0)
        self.done = False

    def _at(self, offset: int) -> str:
        own = dict(parse_qsl(urlsplit(self._source.url).query))
        asked = {key: self._source.scope.get(key) for key in ("bbox", "q", "filter")}
        return with_query(
            base_of(self._source.url), {**own, **asked, "limit": self._size, self._parameter: offset or None}
        )

    def past_failure(self) -> bool:
        """Turn to the page behind one that could not be had; tell whether there may be one."""
        self._offset += self._size
        self.url = self._at(self._offset)
        return self._run.total is None or self._offset < self._run.total

    def read(self, listed: Listed) -> Page:
        """Make the page of an answer, and turn to the next."""
        run, url = self._run, self.url
        self._visited.add(url)
        records, problems = _records(self._source, listed, url)
        problems += listed.problems
        self._received += len(listed.items)
        run.total = listed.total if listed.total is not None else run.total
        if run.repeats(records):
            records, problems = [], [Problem(None, "page", f"{self._offset}", Reason.PAGE_REPEATED, url)]
        doubt = self._turn(listed)
        problems += [doubt] if doubt else []
        if self.done and not doubt:
            problems += shortfall(self._received, run.total, "numberMatched", url)
        complete = not any(problem.severity is Severity.ERROR for problem in problems)
        return run.page(records, problems, complete=complete)

    def _turn(self, listed: Listed) -> Problem | None:
        """Set the address of the next page, or note that this was the last; return what forbids to go on."""
        link = _next(listed.envelope, self.url)
        position = next((name for name in _POSITIONS if name in _query(link)), None)
        if position:
            self._parameter = position
        self._offset += self._size
        if link and not position:
            return self._follow(link)
        if self._run.total is None:
            self.done = not listed.problems and (not listed.items or not link)
        else:
            self.done = self._offset >= self._run.total
        self.url = self._at(self._offset)
        return None

    def _follow(self, link: str) -> Problem | None:
        self.done = True
        if not urls.same_host(link, self.url):
            return Problem(None, "links.next", shorten(link), Reason.NEXT_PAGE_ELSEWHERE, self.url)
        if link in self._visited:
            return Problem(None, "links.next", shorten(link), Reason.PAGE_REPEATED, self.url)
        self.url, self.done = link, False
        return None


def _next(envelope: Mapping[str, Any], url: str) -> str | None:
    """Return where the portal says the next page is."""
    links = envelope.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            try:
                return urljoin(url, link["href"])
            except ValueError:
                return None
    return None


def _query(link: str | None) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query)) if link else {}


def _records(source: Source, listed: Listed, url: str) -> tuple[list[SourceRecord], list[Problem]]:
    records: list[SourceRecord] = []
    problems: list[Problem] = []
    taken = frozenset(source.options.get("types") or DATASETS)
    for number, item in enumerate(listed.items):
        guid = item.get("id") if isinstance(item, dict) else None
        if not isinstance(guid, str) or not 0 < len(guid.encode("utf-8", "replace")) <= GUID_LIMIT:
            problems.append(Problem(None, f"features[{number}].id", shorten(item), Reason.NO_IDENTIFIER, url))
            continue
        said = item.get("properties")
        properties: Mapping[str, Any] = said if isinstance(said, dict) else {}
        kind = properties.get("type")
        page = _page(item, url)
        if isinstance(kind, str) and kind.rstrip("/").rpartition("/")[2].rpartition("#")[2] not in taken:
            problems.append(
                Problem(guid, "properties.type", shorten(kind), Reason.NOT_A_DATASET, page, Severity.WARNING)
            )
            continue
        updated = properties.get("updated")
        records.append(
            SourceRecord(guid, write_record(item), GEOJSON, page, updated if isinstance(updated, str) else None)
        )
    return records, problems


def _page(item: Mapping[str, Any], url: str) -> str | None:
    """Return where a person can look a record up: its page in HTML, or the record itself."""
    links = item.get("links")
    found = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    pages = [
        link for link in found if link.get("rel") in ("alternate", "canonical") and link.get("type") == "text/html"
    ]
    for link in (*pages, *(link for link in found if link.get("rel") == "self")):
        href = link.get("href")
        if isinstance(href, str):
            try:
                return urls.tidy(urljoin(url, href))
            except ValueError:
                continue
    return None
