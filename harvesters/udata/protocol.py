"""udata's REST API, versions 1 and 2: ``{portal}/api/1/datasets/?page=&page_size=``, JSON.

A source's ``url`` is the portal (``https://www.data.gouv.fr``), or an address of its API, which says the version, too.
Version 2 lists datasets without their files, and leads to these by a link (`resources`): that is a request more for
each dataset, but those with thousands of files come in pieces.

* ``scope``: ``geozone``, ``organization`` (ids of 24 hexadecimal digits), ``tag``, ``badge``: a value or a list; each
  value is a query of its own, and the datasets are united by id. One zone finds little: zones are compared exactly
  (asking for a département gives no commune) and only a fifth of the datasets has any, so organizations are needed.
  Without scope the whole catalogue is read.
* ``options``: ``page_size`` (100, in version 2: 20), ``max_pages`` (2,000, for all queries together), ``api_version``
  (1 or 2; that of the address, else 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ckanext.harvesters.mapping import json_records, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.json_records import Fields, write_record
from ckanext.harvesters.paging import Pass, ask, base_of, positive, shortfall, with_query
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
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
from ckanext.harvesters.udata.dataset import map_dataset
from ckanext.harvesters.udata.resources import JSON, with_files
from ckanext.oslo.fetch import HttpError

_APIS = {1: "/api/1", 2: "/api/2"}
#: How many datasets a page has: in version 2 each takes a request of its own for its files.
_PAGE_SIZE = {1: 100, 2: 20}
_NOT_FOUND = 404
_FILTERS = ("geozone", "organization", "tag", "badge")
_ID = re.compile(r"[0-9a-f]{24}")


class Udata:
    """Reads datasets of a udata portal."""

    name = "udata"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the pages of one query after another. See `records.Protocol.pages`."""
        run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        asked = queries(source)
        size = positive(source, "page_size", default=_PAGE_SIZE[version_of(source)], most=1_000)
        walk = _Walk(source, client, run, size)
        url: str | None = walk.begin(asked[0])
        for _ in run.numbers():
            if url is None:
                asked = asked[1:]
                if not asked:
                    return
                url = walk.begin(asked[0])
            try:
                listed = json_records.read_list(ask(client, url, JSON).content, "data", url)
            except SourceError as error:
                if walk.is_behind_the_end(error):
                    yield run.page((), complete=False)
                    url = None
                else:
                    yield run.stumble(error)
                    url = walk.past_failure(url)
                continue
            page, url = walk.read(listed, url)
            yield page
            if url is None and len(asked) == 1:
                return
        yield run.cut_short(source.url, Reason.TOO_MANY_PAGES, run.page_limit)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        value = json_records.parse_record(record.content)
        draft = Draft(source, record)
        map_dataset(draft, Fields(value, draft))
        return draft.finish("title")


def queries(source: Source) -> list[dict[str, str]]:
    """Return the queries of a source's scope, one for each value of each filter, or the one without."""
    found = []
    for key in _FILTERS:
        values = source.scope.get(key) or []
        for value in values if isinstance(values, list | tuple) else [values]:
            if key == "organization" and not _ID.fullmatch(str(value)):
                # The portal answers a slug with 400.
                raise SourceError(Reason.BAD_CONFIGURATION, source.url, f"scope.organization = {value!r}")
            found.append({key: str(value)})
    return found or [{}]


def version_of(source: Source) -> int:
    """Return the version of the API that the options or else the address name; 1 where neither does."""
    path = urlsplit(source.url).path
    named = next((number for number, api in _APIS.items() if f"{path.rstrip('/')}/".partition(f"{api}/")[1]), 1)
    return positive(source, "api_version", default=named, most=max(_APIS))


def list_of(source: Source) -> str:
    """Return the address of the list of datasets, in the API's version that is asked for."""
    return base_of(source.url, *_APIS.values()) + f"{_APIS[version_of(source)]}/datasets/"


class _Walk:
    """One query's way from page to page: only on the portal's own host, and never over the same page twice."""

    def __init__(self, source: Source, client: Client, run: Pass, size: int) -> None:
        self._client = client
        self._run = run
        self._size = size
        self._list = list_of(source)
        self._several = len(queries(source)) > 1
        self._visited: set[str] = set()
        self._received = 0
        #: No page said that there is the next one: the one before could not be read.
        self._guessed = False

    def begin(self, query: Mapping[str, str]) -> str:
        """Return the address of a query's first page."""
        self._received, self._guessed = 0, False
        # In the order of creation new datasets come last: a page does not slide while it is read.
        url = with_query(self._list, {**query, "page": 1, "page_size": self._size, "sort": "created"})
        self._visited.add(url)
        return url

    def past_failure(self, url: str) -> str | None:
        """Return the page behind one that could not be had."""
        return self._step(url)

    def is_behind_the_end(self, error: SourceError) -> bool:
        """Tell whether a page could not be had because the list has no more: the portal answers 404 there."""
        status = error.__cause__.status if isinstance(error.__cause__, HttpError) else None
        return self._guessed and status == _NOT_FOUND

    def _step(self, url: str) -> str | None:
        query: dict[str, Any] = dict(parse_qs(urlsplit(url).query))
        try:
            query["page"] = int(query["page"][0]) + 1
        except (KeyError, ValueError):
            return None
        following = with_query(url, query)
        self._visited.add(following)
        self._guessed = True
        return following

    def read(self, listed: json_records.Listed, url: str) -> tuple[Page, str | None]:
        """Return the page, and the address of the next one (None: the query is done)."""
        self._guessed = False
        records, problems = self._records(listed.items, url)
        problems += listed.problems
        self._received += len(listed.items)
        following: str | None = None
        if listed.problems:
            following = self._step(url)
        else:
            following, doubt = self._next(listed.envelope.get("next_page"), url)
            problems += [doubt] if doubt else []
            if following is None and not doubt:
                problems += shortfall(self._received, listed.total, "total", url)
        self._run.total = None if self._several else listed.total
        # The same dataset in two queries is no fault of the portal.
        fresh = [record for record in records if record.guid not in self._run] if self._several else records
        incomplete = any(problem.severity is Severity.ERROR for problem in problems)
        return self._run.page(fresh, problems, complete=not incomplete), following

    def _next(self, link: object, url: str) -> tuple[str | None, Problem | None]:
        """Check the link to the next page."""
        if not link:
            return None, None
        if not isinstance(link, str) or not urls.same_host(link, url):
            return None, Problem(None, "next_page", shorten(link), Reason.NEXT_PAGE_ELSEWHERE, url)
        if link in self._visited:
            return None, Problem(None, "next_page", shorten(link), Reason.PAGE_REPEATED, url)
        self._visited.add(link)
        return link, None

    def _records(self, items: Sequence[Any], url: str) -> tuple[list[SourceRecord], list[Problem]]:
        records: list[SourceRecord] = []
        problems: list[Problem] = []
        for number, item in enumerate(items):
            found = item.get("id") if isinstance(item, dict) else None
            if not isinstance(found, str) or not _ID.fullmatch(found):
                problems.append(
                    Problem(None, f"data[{number}].id", shorten(found if found else item), Reason.NO_IDENTIFIER, url)
                )
                continue
            page = item.get("page")
            record_url = urls.tidy(page) if isinstance(page, str) else None
            mark = _withdrawn(item)
            if mark:
                problems.append(
                    Problem(found, mark, shorten(item.get(mark)), Reason.NOT_PUBLIC, record_url, Severity.WARNING)
                )
                continue
            try:
                # What came in an earlier query is left out again by whoever makes the page.
                whole = item if found in self._run else with_files(self._client, item, url)
            except SourceError as error:
                problems.append(Problem(found, "resources", error.detail, error.reason, error.url))
                continue
            modified = item.get("last_modified")
            date = modified if isinstance(modified, str) else None
            records.append(SourceRecord(found, write_record(whole), JSON, record_url, date))
        return records, problems


def _withdrawn(item: Mapping[str, Any]) -> str | None:
    """Return the mark by which a dataset is not to be shown.

    What MEL deletes stays on data.gouv.fr with ``archived`` set: dropped here, or it would live for ever.
    """
    return next((mark for mark in ("deleted", "archived", "private") if item.get(mark)), None)
