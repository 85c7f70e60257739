"""Where a dataset lies, drawn: the window on the cloth, the linked municipalities, the boxes of its geometries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.eurometropool.pages import places
from ckanext.eurometropool.pages.drawing import WIDTH, Box, bare, window


@dataclass(frozen=True)
class Coverage:
    """Where the dataset lies: the window to draw, the linked municipalities, and the boxes of its geometries."""

    window: Box
    keys: tuple[str, ...]
    boxes: tuple[Box, ...]


def coverage_of(dataset: Mapping[str, Any], keys: Sequence[str]) -> Coverage | None:
    """Return what to draw; None without polygons and without geometry, or when nothing is known."""
    cloth = places.cloth() or bare()
    boxes = tuple(box for geometry in _geometries(dataset) if (box := _drawn_box(geometry)))
    drawn = tuple(key for key in keys if key in cloth.outlines)
    near = [box for box in boxes if _overlaps(box, (0, 0, WIDTH, cloth.height))]
    if not drawn and not near:
        return None
    shown = [cloth.outlines[key].box for key in drawn] or near
    return Coverage(_within(window(shown, 0.35, 2.0), cloth.height), drawn, boxes)


def _within(shown: Box, height: int) -> Box:
    """Keep the window from being larger than the cloth."""
    return (0, 0, WIDTH, height) if shown[2] > WIDTH else shown


def _overlaps(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _geometries(dataset: Mapping[str, Any]) -> Iterator[Any]:
    for coverage in dataset.get("spatial_coverage") or ():
        for field in ("bbox", "geom"):
            if isinstance(coverage, Mapping) and coverage.get(field):
                yield coverage[field]
                break
    if not dataset.get("spatial_coverage") and dataset.get("spatial"):
        yield dataset["spatial"]


def _drawn_box(geometry: Any) -> Box | None:
    """Return the box of a GeoJSON geometry in drawing units: left, top, right, bottom."""
    try:
        document = json.loads(geometry) if isinstance(geometry, str) else geometry
        corners = list(_positions(document["coordinates"]))
    except (ValueError, TypeError, KeyError):
        return None
    if not corners:
        return None
    cloth = places.cloth() or bare()
    left, top = cloth.point(min(c[0] for c in corners), max(c[1] for c in corners))
    right, bottom = cloth.point(max(c[0] for c in corners), min(c[1] for c in corners))
    return left, top, right, bottom


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
    else:
        for part in coordinates:
            yield from _positions(part)
