"""The records of one dataset in Opendatasoft's Explore API 2.1: at most 100 a call, offset + limit below 10,000."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from ckanext.eurometropool.products.adapters.rows import Collector, document, rows_of
from ckanext.eurometropool.products.definition import Box, Source
from ckanext.eurometropool.products.stations import Fetch, Reading

PAGE = 100
MOST = 10_000


def read(source: Source, url: str, box: Box, fetch: Fetch) -> Reading:
    """Read all records, page by page; a page that is not full is the last one."""
    collector = Collector(source, box)
    for offset in range(0, MOST - PAGE, PAGE):
        parsed = document(fetch(page(url, offset)))
        rows = rows_of(parsed.get("results") if isinstance(parsed, Mapping) else None, "results")
        collector.add_all(rows, source.fields)
        if len(rows) < PAGE:
            break
    return collector.reading()


def page(url: str, offset: int) -> str:
    """Give the address of the records from ``offset`` on."""
    parts = urlsplit(url)
    query = urlencode({"limit": PAGE, "offset": offset})
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))
