"""Opendatasoft's Explore API v2.1: ``{portal}/api/explore/v2.1/catalog/datasets?limit=&offset=``, JSON.

A source's ``url`` is the portal (``https://www.odwb.be``).

* ``scope``: ``where`` (ODSQL), ``refine`` and ``exclude`` (``theme:Mobilité``, or a list of such), sent as they are.
* ``options``: ``domain`` (the portal's own host name, where the source's url is another; it is part of the guid),
  ``page_size`` (100, the most there is), ``max_pages`` (2,000).

The API gives a window of 10,000 datasets; what lies beyond comes from the catalogue's export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ckanext.harvesters.mapping import json_records, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.json_records import Fields, write_record
from ckanext.harvesters.opendatasoft.dataset import map_dataset
from ckanext.harvesters.paging import Pass, ask, base_of, positive, shortfall, with_query
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    Client,
    Mapped,
    Page,
    Problem,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

JSON = "application/json"
_API = "/api/explore/v2.1"
#: offset + limit must stay below this (vendor's OpenAPI, 2025-06).
WINDOW = 10_000
_LARGEST_PAGE = 100
_UID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Opendatasoft:
    """Reads the catalogue of an Opendatasoft portal."""

    name = "opendatasoft"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the catalogue ordered by dataset_id, then what lies beyond the window. See `records.Protocol.pages`."""
        size = positive(source, "page_size", default=_LARGEST_PAGE, most=_LARGEST_PAGE)
        run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        received = 0
        for number in run.numbers():
            offset = (number - 1) * size
            whole = offset + size >= WINDOW
            url = export_url(source) if whole else page_url(source, offset, size)
            try:
                answer = read_list(client, url, "" if whole else "results")
            except SourceError as error:
                yield run.stumble(error)
                continue
            run.total = answer.total if answer.total is not None else run.total
            records, problems = _records(source, answer.items, url)
            problems += answer.problems
            received = len(answer.items) if whole else received + len(answer.items)
            if not whole and run.repeats(records):
                records, problems = [], [Problem(None, "page", f"offset {offset}", Reason.PAGE_REPEATED, url)]
            last = whole or _is_last(run.total, offset + size, len(answer.items))
            if last:
                problems += shortfall(received, run.total, "total_count", url)
            # The export begins anew: what the window has already given is not a duplicate there.
            fresh = [record for record in records if record.guid not in run] if whole else records
            yield run.page(fresh, problems, complete=not problems)
            if last:
                return
        yield run.cut_short(source.url, Reason.TOO_MANY_PAGES, run.page_limit)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        value = json_records.parse_record(record.content)
        draft = Draft(source, record)
        map_dataset(draft, Fields(value, draft), base_of(source.url, _API), domain(source))
        return draft.finish("metas.default.title")


def domain(source: Source) -> str:
    """Return the portal's host name, the first part of its guids."""
    return str(source.options.get("domain") or urlsplit(source.url).netloc).lower()


def page_url(source: Source, offset: int, size: int) -> str:
    """Return the address of the page that begins at an offset."""
    return with_query(
        base_of(source.url, _API) + f"{_API}/catalog/datasets",
        {"limit": size, "offset": offset, "order_by": "dataset_id", **_filters(source)},
    )


def export_url(source: Source) -> str:
    """Return the address of the export of the whole catalogue."""
    return with_query(base_of(source.url, _API) + f"{_API}/catalog/exports/json", {"limit": -1, **_filters(source)})


def _filters(source: Source) -> dict[str, Any]:
    scope: Mapping[str, Any] = source.scope
    return {
        "lang": source.language,
        "timezone": "UTC",
        **{key: scope.get(key) for key in ("where", "refine", "exclude")},
    }


def _is_last(total: int | None, end: int, received: int) -> bool:
    return received == 0 if total is None else end >= total


def _records(source: Source, items: Sequence[Any], url: str) -> tuple[list[SourceRecord], list[Problem]]:
    records: list[SourceRecord] = []
    problems: list[Problem] = []
    base, host = base_of(source.url, _API), domain(source)
    for number, item in enumerate(items):
        uid = item.get("dataset_uid") if isinstance(item, dict) else None
        slug = item.get("dataset_id") if isinstance(item, dict) else None
        if not isinstance(uid, str) or not _UID.fullmatch(uid) or not isinstance(slug, str):
            shown = slug if isinstance(slug, str) else item
            problems.append(Problem(None, f"results[{number}].dataset_uid", shorten(shown), Reason.NO_IDENTIFIER, url))
            continue
        records.append(
            SourceRecord(
                guid=f"{host}:{uid}",
                content=write_record(item),
                media_type=JSON,
                url=f"{base}/explore/dataset/{urls.segment(slug)}/",
                modified=_modified(item),
            )
        )
    return records, problems


def _modified(item: Mapping[str, Any]) -> str | None:
    """Return when the portal last touched the record; ODWB does so every night for sets with a data sync."""
    metas = item.get("metas")
    default = metas.get("default") if isinstance(metas, dict) else None
    found = default.get("metadata_processed") if isinstance(default, dict) else None
    return found if isinstance(found, str) else None


def read_list(client: Client, url: str, key: str) -> json_records.Listed:
    """Fetch a page and read its list. Raises `SourceError`."""
    answer = ask(client, url, JSON)
    return json_records.read_list(answer.content, key, url)
