"""GBFS, the General Bikeshare Feed Specification (https://gbfs.org): 2.x, and 3.0 where it names things otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.eurometropool.products.adapters.rows import Collector, document, rows_of
from ckanext.eurometropool.products.definition import Box, Source
from ckanext.eurometropool.products.errors import Unreadable, UnreadableSourceError
from ckanext.eurometropool.products.stations import Fetch, Flaw, Reading

NAMES = {
    "id": "station_id",
    "name": "name",
    "lon": "lon",
    "lat": "lat",
    "capacity": "capacity",
    "bikes": "num_bikes_available",
    "docks": "num_docks_available",
    "time": "last_reported",
}


def read(source: Source, url: str, box: Box, fetch: Fetch) -> Reading:
    """Follow the discovery file to the stations and their state."""
    files = feeds(fetch(url))
    return stations(source, box, fetch(_named(files, "station_information")), fetch(_named(files, "station_status")))


def feeds(discovery: bytes) -> dict[str, str]:
    """Give the feed's files by name. 2.x lists them under each language (all alike), 3.0 once."""
    data = _data(document(discovery))
    listed = data if "feeds" in data else next((v for v in data.values() if isinstance(v, Mapping)), {})
    rows = rows_of(listed.get("feeds"), "data.feeds")
    return {row["name"]: row["url"] for row in rows if isinstance(row, Mapping) and {"name", "url"} <= row.keys()}


def stations(source: Source, box: Box, information: bytes, status: bytes) -> Reading:
    """Join what is fixed about the stations with what is so now."""
    collector = Collector(source, box)
    now = {
        row["station_id"]: row
        for row in rows_of(_data(document(status)).get("stations"), "station_status: data.stations")
        if isinstance(row, Mapping) and isinstance(row.get("station_id"), str | int)
    }
    rows: list[Any] = []
    for row in rows_of(_data(document(information)).get("stations"), "station_information: data.stations"):
        if not isinstance(row, Mapping) or not isinstance(row.get("station_id"), str | int):
            rows.append(row)
            continue
        state = now.get(row["station_id"])
        if state is None:
            collector.report(str(row["station_id"]), "station_status", None, Flaw.NO_STATUS)
            rows.append(row)
        elif state.get("is_installed", True):
            rows.append(_joined(row, state))
    collector.add_all(rows, NAMES)
    return collector.reading()


def _joined(row: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """Put both halves together; a station that does not rent has no bike to take, whatever stands there."""
    merged = {**row, **state}
    merged["name"] = _plain(row.get("name"))
    if "num_bikes_available" not in merged and "num_vehicles_available" in merged:  # GBFS 3.0
        merged["num_bikes_available"] = merged["num_vehicles_available"]
    if state.get("is_renting") is False:
        merged["num_bikes_available"] = 0
    if state.get("is_returning") is False:
        merged["num_docks_available"] = 0
    return merged


def _plain(name: Any) -> Any:
    """Give the name as one text: 3.0 has a list of ``{text, language}``."""
    if isinstance(name, list) and name and isinstance(name[0], Mapping):
        return name[0].get("text")
    return name


def _data(parsed: Any) -> Mapping[str, Any]:
    data = parsed.get("data") if isinstance(parsed, Mapping) else None
    if not isinstance(data, Mapping):
        raise UnreadableSourceError(Unreadable.NO_ROWS, "data")
    return data


def _named(files: Mapping[str, str], name: str) -> str:
    if not isinstance(files.get(name), str):
        raise UnreadableSourceError(Unreadable.MISSING_FEED, f"{name}.json")
    return files[name]
