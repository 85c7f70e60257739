"""Geometries on the map: GeoJSON in WGS84, longitude before latitude."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

import shapely
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry

from ckanext.oslo.reading import coordinates
from ckanext.oslo.reading.errors import FieldError, _

_BOX = re.compile(
    r"\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*"
)


_BEFORE_WKT = re.compile(r"^\s*(<[^>]*>|SRID=\d+;)\s*")
_BRACKETS = re.compile(r"[()]")

DEEPEST = 100
"""Brackets within brackets of well-known text; a collection of multi-polygons has five."""


def read_geometry(value: object, *, repair: bool = False) -> str:
    """Give a geometry as GeoJSON text.

    Taken: GeoJSON (text or dict; of a Feature its geometry), WKT, and a box as four numbers west, south, east, north;
    in WGS84 or in one of the region's projected systems, which is transformed.
    With ``repair`` a shape that crosses itself is made a possible one, as harvested outlines often need.

    :raises FieldError: it cannot be read, lies outside the world, or is not a possible shape
    """
    geometry, system = _parsed(value)
    if geometry.is_empty:
        raise FieldError(_("This geometry is empty."))
    located = coordinates.locate(geometry, system)
    if located is None:
        raise FieldError(
            _("This lies outside the world. Write longitude first (-180 to 180), then latitude (-90 to 90).")
        )
    geometry = located.geometry
    if not geometry.is_valid:
        if not repair:
            reason = shapely.is_valid_reason(geometry)
            raise FieldError(_("This shape crosses itself or is not closed: {reason}."), reason=reason)
        geometry = shapely.make_valid(geometry)
    # RFC 7946, 3.1.6: outer rings run counterclockwise, holes clockwise.
    return json.dumps(mapping(shapely.orient_polygons(geometry)))


def from_wkt(text: str) -> BaseGeometry:
    """Read well-known text, without the reference system that may stand before it.

    :raises ValueError: it is nested so deeply that GEOS, which recurses, would take the whole process down
    :raises shapely.errors.ShapelyError: it is no well-known text
    """
    depths = accumulate(1 if bracket[0] == "(" else -1 for bracket in _BRACKETS.finditer(text))
    if any(depth > DEEPEST for depth in depths):
        raise ValueError(f"well-known text of more than {DEEPEST} brackets within brackets")
    return shapely.from_wkt(_BEFORE_WKT.sub("", text))


def _parsed(value: object) -> tuple[BaseGeometry, str]:
    """Give the geometry as written, and the name of its reference system, empty where it names none."""
    text = value if isinstance(value, str) else None
    try:
        if text is not None and (found := _BOX.fullmatch(text)):
            west, south, east, north = (float(number) for number in found.groups())
            return box(west, south, east, north), ""
        if text is not None and not text.lstrip().startswith("{"):
            before = _BEFORE_WKT.match(text)
            return shapely.force_2d(from_wkt(text)), before[1] if before else ""
        geojson: Any = json.loads(text) if text is not None else value
        if geojson.get("type") == "Feature":
            geojson = geojson["geometry"]
        return shapely.force_2d(shape(geojson)), coordinates.named(geojson.get("crs"))
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as error:
        raise FieldError(
            _("This is not a geometry. Give GeoJSON, or west, south, east and north as four numbers.")
        ) from error
