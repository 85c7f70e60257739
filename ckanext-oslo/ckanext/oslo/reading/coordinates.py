"""Coordinates of the region's reference systems → WGS84 degrees, longitude first. Pure.

Portals say `SRID=31370;`, `urn:ogc:def:crs:EPSG::2154`, or nothing at all and mean metres. What is named is believed as
far as it lands where the system is used; what is not named is recognised by where it lands: of the systems below no two
share a number that both would put on their own land. Axes are swapped back only where they cannot be right as written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
WGS84 = 4326
WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)
#: Degrees too: ETRS89 and WGS84 differ by less than a metre. 84 is `CRS84`, WGS84 with longitude first.
DEGREES = frozenset([WGS84, 4258, 84])
#: Where each projected system is used (west, south, east, north in degrees, a little more than its land).
PROJECTED: Mapping[int, Bounds] = {
    31370: (2.3, 49.4, 6.6, 51.7),  # Belgian Lambert 72
    3812: (2.3, 49.4, 6.6, 51.7),  # Belgian Lambert 2008
    2154: (-6.0, 41.0, 10.5, 51.6),  # Lambert 93
    25831: (-1.0, 42.0, 7.0, 52.0),  # ETRS89 / UTM zone 31N
    3035: (-6.0, 41.0, 11.0, 56.0),  # ETRS89-LAEA, of European statistics and INSPIRE grids: its part around us
}
#: Where a system that is named may lie besides, when it does not lie there: its numbers are also those of others.
WIDER: Mapping[int, Bounds] = {3035: (-32.0, 27.0, 45.0, 72.0), 3857: (-180.0, -85.06, 180.0, 85.06)}
#: Latitude written first: x is a latitude and y a longitude of the Low Countries and the north of France.
_SWAPPED: Bounds = (49.0, 1.5, 52.0, 7.5)
_EPSG = re.compile(r"(?:EPSG|SRID)[^\d]{1,6}(?:\d+(?:\.\d+)*[:/])?(\d{4,5})\b", re.IGNORECASE)
_CRS84 = re.compile(r"CRS:?84|WGS ?84", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Located:
    """A geometry in WGS84, the EPSG code it came in, and whether its axes were swapped back."""

    geometry: BaseGeometry
    system: int = WGS84
    swapped: bool = False


def system_of(name: str) -> int | None:
    """Give the EPSG code in the name of a reference system (84 for CRS84); None where it names none."""
    if found := _EPSG.search(name):
        return int(found[1])
    return 84 if _CRS84.search(name) else None


def named(crs: object) -> str:
    """Give the name in the `crs` of GeoJSON of before RFC 7946; empty where there is none."""
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return name if isinstance(name, str) else ""


def locate(geometry: BaseGeometry, name: str = "") -> Located | None:
    """Bring a geometry to WGS84. `name` is the reference system's, empty where the record names none.

    Gives None for what lies nowhere: an unknown system, numbers that fit no system, not finite ones, and 0,0, which is
    a form nobody filled in.
    """
    bounds = geometry.bounds
    if geometry.is_empty or not all(map(math.isfinite, bounds)) or not any(bounds):
        return None
    system = system_of(name)
    if name and system is None:
        return None
    if system in DEGREES or system is None and _within(bounds, WORLD):
        return _in_degrees(geometry)
    if system is None:
        return next(_recognised(geometry), None)
    return next(_named_readings(geometry, system), None)


def _in_degrees(geometry: BaseGeometry) -> Located | None:
    if not _within(geometry.bounds, WORLD):
        return None
    if _within(geometry.bounds, _SWAPPED):
        return Located(_swap(geometry), swapped=True)
    return Located(geometry)


def _named_readings(geometry: BaseGeometry, system: int) -> Iterator[Located]:
    """Yield the readings of numbers of a system: as written, with the axes swapped, then both farther away."""
    for land in filter(None, (PROJECTED.get(system), WIDER.get(system))):
        for swapped in (False, True):
            read = _swap(geometry) if swapped else geometry
            if found := _transformed(read, system, land, swapped=swapped):
                yield found


def _recognised(geometry: BaseGeometry) -> Iterator[Located]:
    """Yield the readings of numbers that are no degrees: first as written, then with the axes swapped."""
    for swapped in (False, True):
        read = _swap(geometry) if swapped else geometry
        for system, land in PROJECTED.items():
            if found := _transformed(read, system, land, swapped=swapped):
                yield found


def _transformed(geometry: BaseGeometry, system: int, land: Bounds, *, swapped: bool = False) -> Located | None:
    transformer = _transformer(system)
    moved = shapely.transform(geometry, lambda points: np.column_stack(transformer.transform(*points.T)))
    return Located(moved, system, swapped) if _within(moved.bounds, land) else None


@lru_cache
def _transformer(system: int) -> Transformer:
    return Transformer.from_crs(system, WGS84, always_xy=True)


def _swap(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, lambda points: points[:, ::-1])


def _within(bounds: Bounds, land: Bounds) -> bool:
    """Tell whether bounds lie in others; False for infinite ones, which pyproj gives for what it cannot transform."""
    return land[0] <= bounds[0] <= bounds[2] <= land[2] and land[1] <= bounds[1] <= bounds[3] <= land[3]
