"""Items of an OGC API Features collection (OGC 17-069r4), as features or flat.

MEL's server answers ``f=geojson`` with features whose id is ``@id``, and ``f=json`` with a list called ``records``
that has the point in ``x`` and ``y``; ``limit=-1`` gives all of them. Other servers page with ``links`` (rel=next).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from ckanext.eurometropool.products.adapters.rows import Collector, document, rows_of
from ckanext.eurometropool.products.definition import Box, Source
from ckanext.eurometropool.products.stations import Fetch, Reading

MOST_PAGES = 50


def read(source: Source, url: str, box: Box, fetch: Fetch) -> Reading:
    """Read the items and the pages after them; a page that comes again ends the reading."""
    collector = Collector(source, box)
    names = (
        source.fields if "point" in source.fields or "lon" in source.fields else {**source.fields, "point": GEOMETRY}
    )
    seen: set[str] = set()
    following: str | None = url
    while following and following not in seen and len(seen) < MOST_PAGES:
        seen.add(following)
        parsed = document(fetch(following))
        collector.add_all((flat(row) for row in items(parsed)), names)
        following = next_page(parsed, following)
    return collector.reading()


GEOMETRY = "geometry"


def items(parsed: Any) -> list[Any]:
    """Give the rows of a page, whichever of its two forms it has."""
    if not isinstance(parsed, Mapping):
        parsed = {}
    return rows_of(parsed.get("features", parsed.get("records")), "features")


def flat(row: Any) -> Any:
    """Lay a feature's properties beside its id and geometry; a flat row stays as it is."""
    if not isinstance(row, Mapping) or not isinstance(row.get("properties"), Mapping):
        return row
    identity = {key: row[key] for key in ("id", "@id", GEOMETRY) if key in row}
    return {**row["properties"], **identity}


def next_page(parsed: Any, url: str) -> str | None:
    """Give the address of the page after this one."""
    links = parsed.get("links") if isinstance(parsed, Mapping) else None
    for link in links if isinstance(links, list) else []:
        if isinstance(link, Mapping) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            return urljoin(url, link["href"])
    return None
