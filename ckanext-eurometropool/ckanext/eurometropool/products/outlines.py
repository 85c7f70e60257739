"""The municipalities as GeoJSON, simplified: a map's ground for apps. Pure but for the register it is given."""

from __future__ import annotations

import json
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ckanext.eurometropool.municipalities.register import Municipality, Register

TOLERANCE = 0.0008  # degrees: about 70 m, a line's width on a phone
PRECISION = 0.0001


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
        "features": [_feature(m, simple.get(m.key)) for m in register],
    }


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
