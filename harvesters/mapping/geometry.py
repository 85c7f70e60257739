"""Geometries as portals write them (GeoJSON, WKT, GML, bounding boxes) → GeoJSON text in WGS84, longitude first.

Coordinates of the region's projected systems are transformed and swapped axes mended
(`ckanext.oslo.reading.coordinates`); each reader tells so to the `tell` it is given, with the reason for the report.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import shapely
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry

from ckanext.harvesters.reasons import Reason
from ckanext.oslo.reading import coordinates

#: Longest literal read (characters). A municipality's border has a few hundred kilobytes; a coverage needs less.
LITERAL_LIMIT = 2_000_000
#: Most vertices kept; above, the shape is simplified, and if that does not help, its bounding box is taken.
VERTEX_LIMIT = 2_000
#: Most vertices that are looked at: simplifying takes the square of their number (a zigzag of 50,000: 6 s), so that
#: beyond this the bounding box is taken at once.
_VERTICES_READ = 20_000
_TOLERANCE = 0.001  # degrees, about 100 m

_WKT = re.compile(
    r"^(?:<(?P<crs>[^>]*)>|SRID=(?P<srid>\d+);)?\s*(?P<wkt>[A-Z]+\s{0,3}(?:Z|M|ZM)?\s{0,3}\(.*)$", re.I | re.S
)
#: Deepest nesting of WKT: GEOS reads collections within collections until its stack is full, and the process dies.
_DEPTH = 6
_WKT_BBOX = re.compile(r"^(?:BBOX|ENVELOPE)\s{0,3}\(([^()]*)\)$", re.I)
_GML_LIST = re.compile(r"<(?:gml:)?(?:posList|pos|lowerCorner|upperCorner)\b[^<>]*>([^<]*)</", re.I)
_GML_CRS = re.compile(r"srsName\s*=\s*[\"']([^\"']*)[\"']", re.I)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# Axis order latitude, longitude: what GML in EPSG:4326 (not CRS84) means.
_LATITUDE_FIRST = re.compile(r"EPSG(?::|/0/|::|/)*4326", re.I)

# What the readers of GeoJSON and WKT raise about what is none: also of integers beyond any float, and of shapes that
# shapely has no class for (CIRCULARSTRING).
_UNREADABLE = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, NotImplementedError, RecursionError,
    shapely.errors.ShapelyError,
)  # fmt: skip

Tell = Callable[[Reason], None]


def untold(_reason: Reason) -> None:
    """Tell nobody."""


def _reject_constant(name: str) -> float:
    raise ValueError(name)


def from_literal(text: str, tell: Tell = untold) -> BaseGeometry | None:
    """Read a geometry literal of any of the four kinds. None when it cannot be read or is not on Earth.

    `tell` hears of axes that were swapped back and of coordinates that were transformed.
    """
    text = text.strip()
    if not text or len(text) > LITERAL_LIMIT:
        return None
    try:
        if text[0] == "{":
            return from_geojson(json.loads(text, parse_constant=_reject_constant), tell)
        if text[0] == "<" and "gml" in text[:2_000].lower() and not text.startswith("<http"):
            return _from_gml(text, tell)
        envelope = _WKT_BBOX.match(text)
        if envelope:
            west, east, north, south = _numbers(envelope[1])
            return from_box(west, south, east, north, tell)
        wkt = _WKT.match(text)
        if wkt:
            return _from_wkt(wkt, tell)
        return _from_numbers(_numbers(text), tell) if text.count(",") == 3 else None
    except _UNREADABLE:
        return None


def _from_numbers(numbers: list[float], tell: Tell) -> BaseGeometry | None:
    west, south, east, north = numbers
    return from_box(west, south, east, north, tell)


def from_geojson(value: Any, tell: Tell = untold) -> BaseGeometry | None:
    """Read a GeoJSON geometry, feature or feature collection already parsed. None as with `from_literal`."""
    try:
        if not isinstance(value, dict):
            return None
        if value.get("type") == "Feature":
            return from_geojson(value.get("geometry"), tell)
        if value.get("type") == "FeatureCollection":
            parts = [from_geojson(feature, tell) for feature in value.get("features") or ()]
            return _checked(shapely.union_all([part for part in parts if part is not None]), tell)
        return _checked(shape(value), tell, coordinates.named(value.get("crs")))
    except _UNREADABLE:
        return None


def from_box(west: float, south: float, east: float, north: float, tell: Tell = untold) -> BaseGeometry | None:
    """Make a bounding box. A box without height or width becomes a point or a line. None if not on Earth."""
    if not all(math.isfinite(number) for number in (west, south, east, north)) or west > east or south > north:
        return None
    if west == east and south == north:
        return _checked(shapely.Point(west, south), tell)
    if west == east or south == north:
        return _checked(shapely.LineString([(west, south), (east, north)]), tell)
    return _checked(box(west, south, east, north), tell)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _from_wkt(match: re.Match[str], tell: Tell) -> BaseGeometry | None:
    crs = match["crs"] or (f"EPSG:{match['srid']}" if match["srid"] else "")
    depths = accumulate({"(": 1, ")": -1}.get(char, 0) for char in match["wkt"])
    if max(depths) > _DEPTH:
        return None
    geometry = shapely.from_wkt(match["wkt"])
    if geometry is None:
        return None
    # GeoSPARQL: a WKT literal with EPSG:4326 named has latitude first, without a name CRS84.
    return _checked(_swap(geometry) if _LATITUDE_FIRST.search(crs) and match["crs"] else geometry, tell, crs)


def _swap(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, lambda points: points[:, ::-1])


def _from_gml(text: str, tell: Tell) -> BaseGeometry | None:
    """Read the coordinates of a GML envelope, point or (outer) ring, without an XML parser: no entities, no network."""
    crs = _GML_CRS.search(text)
    numbers = [number for found in _GML_LIST.findall(text) for number in _numbers(found)]
    if len(numbers) < 2 or len(numbers) % 2:
        return None
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    if crs and _LATITUDE_FIRST.search(crs[1]):
        points = [(x, y) for y, x in points]
    geometry: BaseGeometry
    if len(points) == 1:
        geometry = shapely.Point(points[0])
    elif len(points) == 2:
        geometry = box(*points[0], *points[1])
    else:
        geometry = shapely.Polygon(points)
    return _checked(geometry, tell, crs[1] if crs else "")


def _checked(geometry: BaseGeometry, tell: Tell, system: str = "") -> BaseGeometry | None:
    """Return a valid two-dimensional geometry on Earth of bearable size, or None.

    `system` is the name of its reference system, empty where it has none.
    """
    if geometry is None or geometry.is_empty:
        return None
    located = coordinates.locate(shapely.force_2d(geometry), system)
    if located is None:
        return None
    if located.system != coordinates.WGS84:
        tell(Reason.PROJECTED)
    if located.swapped:
        tell(Reason.AXES_SWAPPED)
    geometry, bounds = located.geometry, located.geometry.bounds
    if shapely.get_num_coordinates(geometry) > _VERTICES_READ:
        return box(*bounds)
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
        if geometry.is_empty:
            return None
    if shapely.get_num_coordinates(geometry) > VERTEX_LIMIT:
        geometry = shapely.simplify(geometry, _TOLERANCE)
        if shapely.get_num_coordinates(geometry) > VERTEX_LIMIT:
            geometry = box(*geometry.bounds)
    return geometry


def to_geojson(geometry: BaseGeometry) -> str:
    """Write a geometry as GeoJSON text, coordinates to 1e-6 degrees (about 10 cm): the same shape, the same text.

    Rings run as RFC 7946, 3.1.6, has them: outer ones counterclockwise, holes clockwise.
    """
    return json.dumps(_rounded(mapping(shapely.orient_polygons(geometry))), separators=(",", ":"), sort_keys=True)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value
