"""Where on the map a search looks: a box, a drawn polygon, a point with a radius, the outline of a municipality. Pure.

Datasets are found whose extent (`spatial_geom`, polygons by JTS) meets it. ckanext-spatial filters by the box of
`ext_bbox`; the other forms are filtered here. All rank by overlap: how far the box of a dataset and the box asked for
are the same, so that a map of the town comes before one of the country.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from ckanext.eurometropool.municipalities.register import Box, Register
from ckanext.oslo.reading import FieldError
from ckanext.oslo.reading.geometry import read_geometry

#: Corners of a drawn polygon; one of a mouse has a dozen, a traced river a few hundred.
MOST_CORNERS = 500
#: Kilometres around a point; beyond the region everything would be near.
FARTHEST = 200.0
_KM_PER_DEGREE = 111.2
#: Share of the rank that is the same for whatever is found, of likeness of both boxes, and of lying inside.
FOUND, ALIKE, INSIDE = 0.3, 0.6, 0.4

Translate = Callable[[str], str]


class ExtentError(ValueError):
    """What is asked for is no place on the map. `parameter` is its name, the message says what it should be."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of the map: its box, and how Solr's filter says it; None where another filter does."""

    box: Box
    wkt: str | None


def asked(extras: Mapping[str, Any], register: Register | None, translate: Translate) -> list[Extent]:
    """Read what a search asks of the map.

    :raises ExtentError: a parameter is none of its kind
    """
    readers = {
        "ext_bbox": lambda: _box(extras["ext_bbox"]),
        "ext_polygon": lambda: _polygon(extras["ext_polygon"], translate),
        "ext_point": lambda: _around(extras["ext_point"], extras.get("ext_radius"), translate),
        "ext_outline": lambda: _outline(str(extras["ext_outline"]), register, translate),
    }
    return [extent for name, read in readers.items() if extras.get(name) not in (None, "") for extent in read()]


def filters(extents: list[Extent]) -> list[str]:
    """Give Solr's filters."""
    return [f"{{!field f=spatial_geom}}Intersects({extent.wkt})" for extent in extents if extent.wkt]


def overlap(extent: Extent) -> str:
    """Give the function of Solr that ranks by overlap: 0.3 for what merely meets it to 1.3 for the very same box."""
    west, south, east, north = extent.box
    asked_for = (east - west) * (north - south)
    common = (
        f"product(max(0,sub(min(extent_east,{east}),max(extent_west,{west}))),"
        f"max(0,sub(min(extent_north,{north}),max(extent_south,{south}))))"
    )
    own = "max(1e-9,product(sub(extent_east,extent_west),sub(extent_north,extent_south)))"
    alike = f"div({common},sub(sum({own},{asked_for:.9f}),{common}))"
    return f"sum({FOUND},product({ALIKE},{alike}),product({INSIDE},div({common},{own})))"


def _box(value: Any) -> Iterator[Extent]:
    """ckanext-spatial refuses and filters boxes; what it can read is ranked here too."""
    parts = value.split(",") if isinstance(value, str) else value
    try:
        west, south, east, north = (float(part) for part in parts)
    except (TypeError, ValueError):
        return
    if west < east and south < north:
        yield Extent((west, south, east, north), None)


def _polygon(value: Any, _: Translate) -> Iterator[Extent]:
    wrong = _("a polygon in GeoJSON or WKT, longitude first, of at most {most} corners.").format(most=MOST_CORNERS)
    try:
        shape = shapely.from_geojson(read_geometry(value, repair=True))
    except FieldError as error:
        raise ExtentError("ext_polygon", wrong) from error
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shapely.get_num_coordinates(shape) > MOST_CORNERS:
        raise ExtentError("ext_polygon", wrong)
    yield Extent(shape.bounds, shape.wkt)


def _around(point: Any, radius: Any, _: Translate) -> Iterator[Extent]:
    numbers = _numbers(f"{point},{radius if radius not in (None, '') else 5}")
    if len(numbers) != 3 or not (-180 <= numbers[0] <= 180 and -89 <= numbers[1] <= 89 and 0 < numbers[2] <= FARTHEST):
        raise ExtentError(
            "ext_point, ext_radius",
            _("longitude,latitude in degrees, such as {example}, and kilometres up to {most}.").format(
                example="3.26,50.83", most=round(FARTHEST)
            ),
        )
    lon, lat, km = numbers
    north = km / _KM_PER_DEGREE
    east = north / math.cos(math.radians(lat))
    yield Extent((lon - east, lat - north, lon + east, lat + north), f"BUFFER(POINT({lon} {lat}),{north:.6f})")


def _numbers(text: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        return []
    return found if all(map(math.isfinite, found)) else []


def _outline(key: str, register: Register | None, _: Translate) -> Iterator[Extent]:
    shape = register.inner(key) if register else None
    if shape is None:
        words = _("the key of a municipality or an area, such as {example}.")
        raise ExtentError("ext_outline", words.format(example="BE-34022"))
    yield Extent(shape.bounds, shape.wkt)
