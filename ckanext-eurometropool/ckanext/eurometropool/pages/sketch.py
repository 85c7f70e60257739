"""Sketch a GeoJSON file on the cloth: enough to see where its points, lines and areas are. Pure.

RFC 7946 has WGS84 degrees, longitude first; files that follow the 2008 form may name another system in ``crs``, and
files from an office often hold metres without saying so. Those are not drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ckanext.eurometropool.pages.drawing import Box

MOST_FEATURES = 3000
MOST_VERTICES = 60_000
WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")

Project = Callable[[float, float], tuple[int, int]]


class Trouble(StrEnum):
    """Why a file cannot be drawn."""

    NOT_JSON = "not-json"
    NOT_GEOJSON = "not-geojson"
    EMPTY = "empty"
    OTHER_SYSTEM = "other-system"
    NOT_GTFS = "not-gtfs"
    NOT_GBFS = "not-gbfs"


class NotDrawable(Exception):  # noqa: N818  # it is an answer: the file is no drawing
    """The file cannot be drawn; ``trouble`` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True)
class Sketch:
    """What is drawn, in drawing units: points, open and closed paths, the box around all, and how much of the file."""

    points: tuple[tuple[int, int], ...]
    lines: str
    areas: str
    box: Box
    features: int
    drawn: int


def sketch(content: bytes, project: Project) -> Sketch:
    """Draw a GeoJSON document; raises NotDrawable.

    ``project`` takes WGS84 degrees (longitude, latitude) to the drawing. Past ``MOST_FEATURES`` features or
    ``MOST_VERTICES`` vertices the rest is counted, not drawn.
    """
    document = _read(content)
    features = list(_geometries(document))
    canvas = _Canvas(project)
    drawn = 0
    for geometry in features[:MOST_FEATURES]:
        if canvas.vertices > MOST_VERTICES:
            break
        canvas.draw(geometry)
        drawn += 1
    if not canvas.seen:
        raise NotDrawable(Trouble.EMPTY)
    xs, ys = [x for x, _ in canvas.seen], [y for _, y in canvas.seen]
    return Sketch(
        tuple(canvas.points),
        "".join(canvas.lines),
        "".join(canvas.areas),
        (min(xs), min(ys), max(xs), max(ys)),
        len(features),
        drawn,
    )


def _read(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotDrawable(Trouble.NOT_JSON) from error
    if not isinstance(document, dict) or "type" not in document:
        raise NotDrawable(Trouble.NOT_GEOJSON)
    named = str(document.get("crs") or "")
    if "name" in named and not any(system in named for system in WGS84):
        raise NotDrawable(Trouble.OTHER_SYSTEM)
    return document


def _geometries(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the geometries of a document, one a feature; a feature without geometry is none."""
    if not isinstance(document, dict):
        return
    kind = document.get("type")
    if kind == "FeatureCollection":
        for feature in document.get("features") or ():
            yield from _geometries(feature)
    elif kind == "Feature":
        if isinstance(document.get("geometry"), dict):
            yield document["geometry"]
    elif "coordinates" in document or "geometries" in document:
        yield document
    else:
        raise NotDrawable(Trouble.NOT_GEOJSON)


class _Canvas:
    """Collects what is drawn."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.points: list[tuple[int, int]] = []
        self.lines: list[str] = []
        self.areas: list[str] = []
        self.seen: set[tuple[int, int]] = set()
        self.vertices = 0

    def draw(self, geometry: dict[str, Any]) -> None:
        if geometry.get("type") == "GeometryCollection":
            for part in geometry.get("geometries") or ():
                if isinstance(part, dict):
                    self.draw(part)
            return
        try:
            self._draw(str(geometry.get("type")), geometry.get("coordinates"))
        except (TypeError, ValueError, IndexError) as error:
            raise NotDrawable(Trouble.NOT_GEOJSON) from error

    def _draw(self, kind: str, coordinates: Any) -> None:
        depth = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
        if kind not in depth:
            raise NotDrawable(Trouble.NOT_GEOJSON)
        if kind in {"Point", "MultiPoint"}:
            self.points += self._placed([coordinates] if kind == "Point" else coordinates)
            return
        closed = kind.endswith("Polygon")
        into = self.areas if closed else self.lines
        into += [self._path(line, closed=closed) for line in _flattened(coordinates, depth[kind] - 1)]

    def _placed(self, positions: Iterable[Sequence[float]]) -> list[tuple[int, int]]:
        placed = []
        for position in positions:
            longitude, latitude = float(position[0]), float(position[1])
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):  # metres, or latitude first in Lambert
                raise NotDrawable(Trouble.OTHER_SYSTEM)
            placed.append(self.project(longitude, latitude))
        self.vertices += len(placed)
        self.seen.update(placed)
        return placed

    def _path(self, line: Iterable[Sequence[float]], *, closed: bool) -> str:
        placed = self._placed(line)
        kept = [p for i, p in enumerate(placed) if not i or p != placed[i - 1]]
        return "M" + "L".join(f"{x} {y}" for x, y in kept) + ("z" if closed else "") if kept else ""


def _flattened(coordinates: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield coordinates
    else:
        for part in coordinates:
            yield from _flattened(part, depth - 1)
