"""Land for municipalities of which only the middle is known: each has what lies nearest to it. Pure.

A portal without a file of outlines draws this mosaic in their place, and says so. It is for looking at only: nothing is
linked, found or measured by it.
"""

from __future__ import annotations

from collections.abc import Mapping

import shapely
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from ckanext.eurometropool.pages.drawing import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE, Shape

#: How far the land goes beyond the outermost middles, and beyond any (km).
BEYOND, FARTHEST = 3.5, 9.0
#: How far the edge follows the outermost middles inwards: 0 is into every bay, 1 is the convex hull.
HULL = 0.35


def mosaic(middles: Mapping[str, tuple[str, float, float]]) -> list[Shape]:
    """Share the land out among middles, given by key as (region, longitude, latitude in WGS84 degrees).

    Gives a shape for each that has land, in the same order; of middles at one point the first has it. Fewer than four
    middles share nothing.
    """
    points = {
        key: Point(lon * KM_PER_DEGREE_LONGITUDE, lat * KM_PER_DEGREE_LATITUDE)
        for key, (_, lon, lat) in middles.items()
    }
    if len(set(points.values())) < 4:
        return []
    every = MultiPoint(list(points.values()))
    land = shapely.concave_hull(every, ratio=HULL).buffer(BEYOND).intersection(every.buffer(FARTHEST))
    cells = list(shapely.voronoi_polygons(every, extend_to=land).geoms)
    tree = shapely.STRtree(cells)
    shapes, taken = [], set[int]()
    for key, point in points.items():
        mine = next((int(cell) for cell in tree.query(point, predicate="within") if int(cell) not in taken), None)
        if mine is not None:
            taken.add(mine)
            shapes.append(Shape(key, middles[key][0], _in_degrees(cells[mine].intersection(land))))
    return shapes


def _in_degrees(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: xy / (KM_PER_DEGREE_LONGITUDE, KM_PER_DEGREE_LATITUDE))
