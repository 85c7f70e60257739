"""Draw the municipalities as one piece of cloth: outlines, borders and the seam of the footer.

Pure: shapes go in, SVG path data comes out. Colour, weave and stitch are the style sheet's, so that one drawing
serves light, dark and print. Distances are km on a plane tangent near ``LATITUDE``; one drawing unit is a tenth of an
SVG pixel, y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, unary_union

WIDTH = 7200  # drawing units across
MARGIN = 40
LATITUDE = 50.77  # degrees, where the plane touches
KM_PER_DEGREE_LONGITUDE = 111.320 * math.cos(math.radians(LATITUDE))
KM_PER_DEGREE_LATITUDE = 111.195
TOLERANCE = 0.22  # km of simplification: about a pixel and a half on a wide screen
CROSSING = 0.45  # km: two national producers drew the border, and differ by up to this
SEAM_WIDTH, SEAM_HEIGHT, SEAM_PADDING = 1440, 92, 9

FRANCE, FLANDERS, WALLONIA = "hauts-de-france", "vlaanderen", "wallonie"
#: Towns that face each other over the border, from west to east (France first).
TWINS = (
    ("FR-59152", "BE-57097"),
    ("FR-59656", "BE-33029"),
    ("FR-59279", "BE-34027"),
    ("FR-59599", "BE-57096"),
    ("FR-59650", "BE-57027"),
)

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Shape:
    """A municipality to draw: its key (``BE-34022``), region and polygon in WGS84 (lon, lat)."""

    key: str
    region: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Outline:
    """A drawn municipality: SVG path data, its middle, and its box (left, top, right, bottom)."""

    key: str
    region: str
    path: str
    middle: tuple[int, int]
    box: Box


@dataclass(frozen=True)
class Twin:
    """Two towns on either side of the seam, placed in percent of its box."""

    france: str
    belgium: str
    x: float
    y: float


@dataclass(frozen=True)
class Seam:
    """The border between the countries laid out from west to east, as ``x,y`` points in a 1440 by 110 box."""

    points: str
    twins: tuple[Twin, ...]


@dataclass(frozen=True)
class Cloth:
    """The whole drawing."""

    height: int
    outlines: Mapping[str, Outline]
    border: str
    language_border: str
    seam: Seam | None
    origin: tuple[float, float]
    scale: float
    #: The outlines are a mosaic (`mosaic.py`), not the municipalities' own.
    schematic: bool = False

    def point(self, longitude: float, latitude: float) -> tuple[int, int]:
        """Return where a place in WGS84 degrees lies in the drawing."""
        x = (longitude * KM_PER_DEGREE_LONGITUDE - self.origin[0]) * self.scale + MARGIN
        y = (self.origin[1] - latitude * KM_PER_DEGREE_LATITUDE) * self.scale + MARGIN
        return round(x), round(y)

    def around(self, keys: Iterable[str], share: float = 0.18, ratio: float | None = None) -> Box:
        """Return the window (x, y, width, height) that shows these municipalities with room around them.

        ``share`` is the room on each side as a share of the larger side; ``ratio`` (width to height) is reached by
        widening the smaller side. Without keys that are drawn, the window is the whole cloth.
        """
        boxes = [self.outlines[key].box for key in keys if key in self.outlines]
        if not boxes:
            return 0, 0, WIDTH, self.height
        return window(boxes, share, ratio)


def window(boxes: Sequence[Box], share: float, ratio: float | None) -> Box:
    """Return one window (x, y, width, height) around boxes; see ``Cloth.around``."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    room = share * max(right - left, bottom - top, 1)
    width, height = right - left + 2 * room, bottom - top + 2 * room
    if ratio:
        width, height = max(width, height * ratio), max(height, width / ratio)
    return (
        round((left + right - width) / 2),
        round((top + bottom - height) / 2),
        round(width),
        round(height),
    )


def draw(shapes: Sequence[Shape], *, schematic: bool = False) -> Cloth | None:
    """Draw the municipalities; None when there is nothing to draw. ``schematic``: their outlines are a mosaic."""
    if not shapes:
        return None
    exact = {shape.key: _on_plane(shape.geometry) for shape in shapes}
    x0, y0, x1, y1 = unary_union(list(exact.values())).bounds
    scale = (WIDTH - 2 * MARGIN) / (x1 - x0)
    pen = _Pen(x0, y1, scale)
    simple = _simplified(shapes, exact)
    border, language = _borders(shapes, exact)
    return Cloth(
        height=round((y1 - y0) * scale + 2 * MARGIN),
        outlines={shape.key: _outline(pen, shape, simple[shape.key]) for shape in shapes},
        border="".join(pen.path(line.simplify(TOLERANCE).coords, closed=False) for line in border),
        language_border="".join(pen.path(line.simplify(TOLERANCE).coords, closed=False) for line in language),
        seam=_seam(max(border, key=lambda line: line.length), exact) if border else None,
        origin=(x0, y1),
        scale=scale,
        schematic=schematic,
    )


def bare() -> Cloth:
    """Return an empty cloth over the Eurometropolis, for a portal without polygons: places, but no outlines."""
    west, north, east, south = 2.5987, 51.1045, 4.1135, 50.4423  # degrees
    left, top = west * KM_PER_DEGREE_LONGITUDE, north * KM_PER_DEGREE_LATITUDE
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * KM_PER_DEGREE_LONGITUDE)
    height = round((north - south) * KM_PER_DEGREE_LATITUDE * scale + 2 * MARGIN)
    return Cloth(height, {}, "", "", None, (left, top), scale)


@dataclass(frozen=True)
class _Pen:
    """Turns kilometres into path data."""

    left: float
    top: float
    scale: float

    def point(self, x: float, y: float) -> tuple[int, int]:
        return round((x - self.left) * self.scale + MARGIN), round((self.top - y) * self.scale + MARGIN)

    def path(self, coordinates: Iterable[Sequence[float]], *, closed: bool) -> str:
        points = [self.point(*c[:2]) for c in coordinates]
        points = [p for i, p in enumerate(points) if not i or p != points[i - 1]]
        if closed and len(points) > 1 and points[0] == points[-1]:
            points.pop()
        (x, y), steps = points[0], []
        for nx, ny in points[1:]:
            steps.append(f"{nx - x} {ny - y}")
            x, y = nx, ny
        drawn = f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}".replace(" -", "-")
        return drawn + ("z" if closed else "")

    def rings(self, geometry: BaseGeometry) -> str:
        polygons = [g for g in getattr(geometry, "geoms", [geometry]) if g.geom_type == "Polygon"]
        return "".join(self.path(r.coords, closed=True) for g in polygons for r in (g.exterior, *g.interiors))


def _on_plane(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, lambda xy: xy * (KM_PER_DEGREE_LONGITUDE, KM_PER_DEGREE_LATITUDE))


def _simplified(shapes: Sequence[Shape], exact: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Simplify the two countries apart: each producer's coverage is clean in itself, the two together are not."""
    simple: dict[str, BaseGeometry] = {}
    for french in (True, False):
        keys = [shape.key for shape in shapes if (shape.region == FRANCE) is french]
        simple |= dict(zip(keys, shapely.coverage_simplify([exact[k] for k in keys], TOLERANCE), strict=True))
    return simple


def _outline(pen: _Pen, shape: Shape, geometry: BaseGeometry) -> Outline:
    x0, y0, x1, y1 = geometry.bounds
    middle = geometry.representative_point() if not geometry.centroid.within(geometry) else geometry.centroid
    return Outline(
        shape.key,
        shape.region,
        pen.rings(geometry),
        pen.point(middle.x, middle.y),
        (*pen.point(x0, y1), *pen.point(x1, y0)),
    )


def _borders(shapes: Sequence[Shape], exact: Mapping[str, BaseGeometry]) -> tuple[list[LineString], list[LineString]]:
    """Return the border of the countries and, inside Belgium, the border of the languages (kilometres)."""
    region = {
        name: unary_union([exact[shape.key].buffer(0.02) for shape in shapes if shape.region == name])
        for name in (FRANCE, FLANDERS, WALLONIA)
    }
    belgium = unary_union([region[FLANDERS], region[WALLONIA]])
    country = region[FRANCE].boundary.intersection(belgium.buffer(CROSSING))
    language = region[WALLONIA].boundary.intersection(region[FLANDERS].buffer(0.1))
    return _long(country, reach=2.5), _long(language, reach=1.2)


def _long(geometry: BaseGeometry, reach: float) -> list[LineString]:
    """Return the lines longer than 4 km that the pieces of a boundary make when joined over gaps under ``reach`` km."""
    pieces = [line for line in _lines(geometry) if line.length > 0.8]
    return [line for line in _joined(pieces, reach) if line.length > 4]


def _lines(geometry: BaseGeometry) -> list[LineString]:
    parts = [g for g in getattr(geometry, "geoms", [geometry]) if g.geom_type == "LineString" and g.length]
    if len(parts) < 2:
        return parts
    merged = linemerge(MultiLineString(parts))
    return list(getattr(merged, "geoms", [merged]))


def _joined(lines: Sequence[LineString], reach: float) -> list[LineString]:
    """Chain lines end to end while the gap stays under ``reach``."""
    rest, chains = sorted(lines, key=lambda line: -line.length), []
    while rest:
        chain = list(rest.pop(0).coords)
        while (found := _continuation(chain, rest, reach)) is not None:
            line, chain = found
            rest.remove(line)
        chains.append(LineString(chain))
    return chains


def _continuation(
    chain: list[tuple[float, ...]], lines: Sequence[LineString], reach: float
) -> tuple[LineString, list[tuple[float, ...]]] | None:
    for line in lines:
        ends = list(line.coords)
        for candidate in (ends, ends[::-1]):
            if math.dist(chain[-1], candidate[0]) < reach:
                return line, chain + candidate
            if math.dist(chain[0], candidate[-1]) < reach:
                return line, candidate + chain
    return None


def _seam(border: LineString, exact: Mapping[str, BaseGeometry]) -> Seam:
    """Lay the border out from west to east in the footer's box, with the twin towns along it."""
    coordinates = list(border.coords)
    if coordinates[0][0] > coordinates[-1][0]:
        coordinates.reverse()
    (ax, ay), (bx, by) = coordinates[0][:2], coordinates[-1][:2]
    angle = math.atan2(by - ay, bx - ax)

    def turned(x: float, y: float) -> tuple[float, float]:
        dx, dy = x - ax, y - ay
        return dx * math.cos(angle) + dy * math.sin(angle), dy * math.cos(angle) - dx * math.sin(angle)

    flat = [turned(*c[:2]) for c in coordinates]
    left, right = min(u for u, _ in flat), max(u for u, _ in flat)
    low, high = min(v for _, v in flat), max(v for _, v in flat)

    def placed(u: float, v: float) -> tuple[float, float]:
        return (u - left) / (right - left) * SEAM_WIDTH, (high - v) / (high - low) * SEAM_HEIGHT + SEAM_PADDING

    drawn: list[tuple[float, float]] = []
    for u, v in LineString(flat).simplify(0.12).coords:
        x, y = placed(u, v)
        if not drawn or x > drawn[-1][0] + 3:  # where the border doubles back, keep only what advances
            drawn.append((x, y))
    twins = []
    for france, belgium in TWINS:
        if france in exact and belgium in exact:
            middle = LineString([exact[france].centroid, exact[belgium].centroid])
            crossing = middle.intersection(border).centroid if middle.intersects(border) else middle.centroid
            on_border = border.interpolate(border.project(crossing))
            x, y = placed(*turned(on_border.x, on_border.y))
            twins.append(Twin(france, belgium, round(x / SEAM_WIDTH * 100, 1), round(y / 110 * 100)))
    return Seam(" ".join(f"{x:.0f},{y:.0f}" for x, y in drawn), tuple(twins))


def distance(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return how far apart two shapes in WGS84 degrees are, in km; 0 when they touch."""
    return _on_plane(one).distance(_on_plane(other))


def quartiles(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the density class of each key: 0 without datasets, else 1 to 4 by quartile of the others."""
    ranked = sorted(count for count in counts.values() if count > 0)
    classes = {}
    for key, count in counts.items():
        below = sum(1 for other in ranked if other < count)
        classes[key] = min(4, 1 + below * 4 // len(ranked)) if count > 0 else 0
    return classes
