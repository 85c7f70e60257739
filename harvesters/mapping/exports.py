"""The exports that Opendatasoft generates of every dataset: which of them are worth a resource.

There are ten or more of each dataset (12,896 for ODWB's 1,145): people want a table, programs JSON, maps GeoJSON or
Shapefile. The others are the same rows once more, one click away behind the API's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

#: Exports that become resources, by their name in the address. The last two exist where there are places.
KEPT = ("csv", "json", "xlsx", "geojson", "shp")
# https://data.stad.gent/api/explore/v2.1/catalog/datasets/fietspaden/exports/csv?use_labels=true; v2 without "explore"
_EXPORT = re.compile(
    r"/api/(?:explore/)?v2(?:\.\d)?/catalog/datasets/(?P<dataset>[^/?#]+)/exports/(?P<name>[a-z0-9_-]+)", re.IGNORECASE
)


def sensible(resources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return resources without the generated exports that nobody needs, and without the same export twice.

    Excel's old format stands in for the new one. A dataset of which only other exports are named keeps those.
    """
    found = [(resource, _EXPORT.search(_address(resource))) for resource in resources]
    generated = {match["name"].lower() for _, match in found if match}
    wanted = {*KEPT, *([] if "xlsx" in generated else ["xls"])}
    if not generated & wanted:
        return [resource for resource, _ in found]
    kept, met = [], set()
    for resource, match in found:
        export = (match["dataset"], match["name"].lower()) if match else None
        if export is None or (export[1] in wanted and export not in met):
            met.add(export)
            kept.append(resource)
    return kept


def name_of(address: str) -> str | None:
    """Return which export an address is ("csv"), None for any other address."""
    match = _EXPORT.search(address)
    return match["name"].lower() if match else None


def _address(resource: dict[str, Any]) -> str:
    return resource.get("download_url") or resource.get("url") or ""
