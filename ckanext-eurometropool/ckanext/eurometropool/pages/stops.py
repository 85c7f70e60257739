"""The stops of a timetable (GTFS) and the stations of shared vehicles (GBFS), as GeoJSON to sketch. Pure.

GTFS: https://gtfs.org/documentation/schedule/reference/#stopstxt; GBFS: https://gbfs.org/documentation/reference/.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ckanext.eurometropool.pages.sketch import NotDrawable, Trouble
from ckanext.eurometropool.products.adapters import gbfs
from ckanext.eurometropool.products.errors import UnreadableSourceError

#: Bytes that the list of stops may unpack to: that of a whole country has fewer.
LARGEST_LIST = 40_000_000
#: `location_type` of what a passenger sees as a stop; entrances and platforms' parts are not drawn.
STOPS = ("", "0")


def of_gtfs(archive: bytes) -> bytes:
    """Give the stops of a GTFS archive as GeoJSON. Raises NotDrawable."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = [name for name in opened.namelist() if name.rpartition("/")[2] == "stops.txt"]
            if not names or opened.getinfo(names[0]).file_size > LARGEST_LIST:
                raise NotDrawable(Trouble.NOT_GTFS)
            text = opened.read(names[0]).decode("utf-8-sig", errors="replace")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise NotDrawable(Trouble.NOT_GTFS) from error
    rows = csv.DictReader(io.StringIO(text))
    return _points(_place(row, "stop_lon", "stop_lat") for row in rows if (row.get("location_type") or "") in STOPS)


def of_gbfs(discovery: bytes, fetch: Callable[[str], bytes]) -> bytes:
    """Give the stations of a GBFS feed as GeoJSON; `fetch` opens the file that the feed names. Raises NotDrawable."""
    try:
        document = json.loads(discovery)
        if not (isinstance(document, Mapping) and "stations" in (document.get("data") or {})):
            document = json.loads(fetch(gbfs.feeds(discovery)["station_information"]))
        stations = list(document["data"]["stations"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UnreadableSourceError) as error:
        raise NotDrawable(Trouble.NOT_GBFS) from error
    return _points(_place(station, "lon", "lat") for station in stations if isinstance(station, Mapping))


def _place(row: Mapping[str, Any], longitude: str, latitude: str) -> tuple[float, float] | None:
    try:
        place = float(row[longitude]), float(row[latitude])
    except (KeyError, TypeError, ValueError):
        return None
    return place if any(place) else None  # 0, 0 is how an editor says "nowhere"


def _points(places: Iterator[tuple[float, float] | None]) -> bytes:
    try:
        points = [{"type": "Point", "coordinates": place} for place in places if place]
    except csv.Error as error:
        raise NotDrawable(Trouble.NOT_GTFS) from error
    features = [{"type": "Feature", "geometry": point} for point in points]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
