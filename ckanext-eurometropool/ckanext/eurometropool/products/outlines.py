"""The municipalities as GeoJSON, simplified: a map's ground for apps. Pure but for the register it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ckanext.eurometropool.municipalities.register import Municipality, Register

TOLERANCE = 0.0008  # degrees: about 70 m, a line's width on a phone
PRECISION = 0.0001
CROSSING = 0.006  # degrees: see _borders
SHORTEST = 0.012  # degrees: what is shorter is where two outlines touch by chance


def outlines(register: Register) -> dict[str, Any]:
    """Give every municipality with its names, region and simplified outline; its centre where it has no outline.

    The countries are simplified apart: each producer's coverage is clean in itself, the two together are not.
    """
    shapes = {m.key: shape for m in register if (shape := register.polygon(m.key)) is not None}
    simple: dict[str, BaseGeometry] = {}
    for country in ("BE", "FR"):
        keys = [key for key in shapes if key.startswith(country)]
        if keys:
            simple |= dict(zip(keys, shapely.coverage_simplify([shapes[key] for key in keys], TOLERANCE), strict=True))
    return {
        "type": "FeatureCollection",
        "attribution": list(register.attribution),
        "borders": _borders(register, simple),
        "features": [_feature(m, simple.get(m.key)) for m in register],
    }


def _borders(register: Register, shapes: Mapping[str, BaseGeometry]) -> dict[str, Any]:
    """Give the border of the countries and, within Belgium, of the languages, along the outlines as they are drawn.

    Two national producers drew the two sides of the first: they differ by up to 450 m.
    """
    sides = {
        region: shapely.union_all([shapes[m.key] for m in register if m.region == region and m.key in shapes])
        for region in ("hauts-de-france", "vlaanderen", "wallonie")
    }
    belgium = shapely.union_all([sides["vlaanderen"], sides["wallonie"]])
    lines = {
        "country": (sides["hauts-de-france"].boundary, belgium.buffer(CROSSING)),
        "language": (sides["wallonie"].boundary, sides["vlaanderen"].buffer(TOLERANCE)),
    }
    # Without polygons on a side, its boundary is None.
    return {
        name: _lines(edge.intersection(reach)) if edge is not None else None for name, (edge, reach) in lines.items()
    }


def _lines(geometry: BaseGeometry) -> dict[str, Any] | None:
    """Give the lines of a set operation as a GeoJSON MultiLineString, None where there are none worth drawing."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString" and part.length]
    if not parts:
        return None
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(parts)))
    long = [line for line in merged if line.length > SHORTEST]
    if not long:
        return None
    return json.loads(shapely.to_geojson(shapely.set_precision(shapely.MultiLineString(long), PRECISION)))


def _feature(municipality: Municipality, shape: BaseGeometry | None) -> dict[str, Any]:
    geometry = shapely.set_precision(shape, PRECISION) if shape is not None else shapely.Point(municipality.point)
    return {
        "type": "Feature",
        "id": municipality.key,
        "geometry": json.loads(shapely.to_geojson(geometry)),
        "properties": {
            "key": municipality.key,
            "names": dict(municipality.names),
            "local_name": municipality.local_name,
            "country": municipality.country,
            "region": municipality.region,
            "postcodes": list(municipality.postcodes),
            "point": list(municipality.point),
        },
    }
