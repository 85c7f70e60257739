"""Places by geometry: what a shape really covers, and what it merely touches. Pure.

Shares are of area in degrees: at one latitude degrees are proportional, and only ratios count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from ckanext.eurometropool.municipalities.evidence import Evidence, Finding, Kind
from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.municipalities.said import Said

#: A shape is a place's own when they share this much of what either covers.
SAME = 0.8
#: A municipality is covered from this share of its area on; a dataset lies within one from this share of its own on.
COVERED = 0.75
WITHIN = 0.5
#: A municipality that holds this share of the dataset, and is touched in this share of itself, when none holds half.
PART_OF_DATASET = 0.25
PART_OF_MUNICIPALITY = 0.1
#: What covers more municipalities than this covers an area.
MANY = 12
#: The shape must fill this share of the smallest area around it to be said to cover that area.
FILLS = 0.25
#: Outlines are simplified to about 50 m for speed: no share changes by more than a fraction of a percent.
TOLERANCE = 0.0006
#: A municipality without outline is taken for what is nearest to its centre, up to about 5 km around it.
CIRCLE = 0.06
Numbers = NDArray[np.float64]


class ExtentFinder:
    """Find places by geometry and bounding box."""

    def __init__(self, register: Register) -> None:
        outlines = {m.key: outline for m in register if (outline := register.polygon(m.key))}
        drawn = _approximated(register, outlines)
        self._keys = [*register.municipalities, *register.areas]
        self._number = len(register.municipalities)
        self._doubt = [0.0 if key in outlines else 0.15 for key in register.municipalities]
        self._shapes: NDArray[Any] = np.array([drawn[key] for key in register.municipalities])
        shapely.prepare(self._shapes)
        self._sizes: Numbers = shapely.area(self._shapes)
        self._tree = STRtree(self._shapes)
        boxes = [register.areas[key].box for key in self._keys[self._number :]]
        self._boxes: Numbers = np.vstack([shapely.bounds(self._shapes), np.array(boxes)])
        self._box_sizes: Numbers = _sizes(self._boxes)
        # Put together when a shape first has an area's box: all of them take a second.
        self._area = cache(register.polygon)

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the places the record's shapes cover or lie within; a finding without key when all are elsewhere."""
        if not said.shapes:
            return
        shape = said.shapes[0] if len(said.shapes) == 1 else shapely.union_all(list(said.shapes))
        box = shapely.box(*shape.bounds)
        is_box = shape.area > 0 and abs(box.area - shape.area) <= 1e-6 * box.area
        evidence = Evidence.BOX if is_box else Evidence.GEOMETRY
        same = self._same(shape, is_box)
        found = [Finding.by(evidence, same)] if same else self._covered(shape, evidence)
        yield from found or [Finding.by(evidence, None)]

    def _same(self, shape: BaseGeometry, is_box: bool) -> str | None:
        """Give the place whose own box or outline this is."""
        if shape.area == 0:
            return None
        bounds = np.array(shape.bounds)
        common = _sizes(_common(self._boxes, bounds))
        likeness = common / (self._box_sizes + _sizes(bounds) - common)
        best = int(np.argmax(likeness))
        if likeness[best] < SAME:
            return None
        key = self._keys[best]
        outline = self._shapes[best] if best < self._number else self._area(key)
        if is_box or outline is None:
            return key
        shared = shapely.intersection(shape, outline).area
        return key if shared / (shape.area + outline.area - shared) >= SAME else None

    def _covered(self, shape: BaseGeometry, evidence: Evidence) -> list[Finding]:
        bounds = np.array(shape.bounds)
        boxes = self._boxes[: self._number]
        swallowed = (boxes[:, :2] >= bounds[:2]).all(axis=1) & (boxes[:, 2:] <= bounds[2:]).all(axis=1)
        if shape.area > 0 and evidence is Evidence.BOX and swallowed.sum() > MANY:
            return self._around(bounds, evidence)
        near = self._tree.query(shape, predicate="intersects")
        if len(near) == 0:
            return []
        found = self._shares(shape, near, evidence) if shape.area > 0 else self._touched(near, evidence)
        return found if len(found) <= MANY else self._around(bounds, evidence)

    def _touched(self, near: Sequence[int] | NDArray[Any], evidence: Evidence) -> list[Finding]:
        """Points and lines have no area: they lie within what they touch."""
        return [Finding.by(evidence, self._keys[i], Kind.WITHIN, self._doubt[i]) for i in sorted(near)]

    def _shares(self, shape: BaseGeometry, near: NDArray[Any], evidence: Evidence) -> list[Finding]:
        common: Numbers = shapely.area(shapely.intersection(self._shapes[near], shape))
        of_municipality = common / self._sizes[near]
        of_dataset = common / shape.area
        found = [
            Finding.by(evidence, self._keys[i], Kind.COVERS if covered else Kind.WITHIN, self._doubt[i])
            for i, covered, share in zip(near, of_municipality >= COVERED, of_dataset, strict=True)
            if covered or share >= WITHIN
        ]
        if not found:
            parts = (of_dataset >= PART_OF_DATASET) & (of_municipality >= PART_OF_MUNICIPALITY)
            found = [Finding.by(evidence, self._keys[i], Kind.WITHIN, 0.2) for i in near[parts]]
        return sorted(found, key=lambda finding: finding.key or "")

    def _around(self, bounds: Numbers, evidence: Evidence) -> list[Finding]:
        """Give the smallest area around a wide shape that it fills well enough."""
        areas = slice(self._number, None)
        size = _sizes(bounds)
        inside = _sizes(_common(self._boxes[areas], bounds)) / size
        fills = size / self._box_sizes[areas]
        fits = np.flatnonzero((inside >= 0.98) & (fills >= FILLS))
        if len(fits) == 0:
            return []
        smallest = min(fits, key=lambda i: self._box_sizes[areas][i])
        return [Finding.by(evidence, self._keys[self._number + int(smallest)])]


def _approximated(register: Register, outlines: Mapping[str, BaseGeometry]) -> Mapping[str, BaseGeometry]:
    """Give each municipality a shape for counting: its outline simplified, or what is nearest to its centre."""
    shapes: dict[str, Any] = {
        key: shapely.make_valid(shapely.simplify(outline, TOLERANCE)) for key, outline in outlines.items()
    }
    missing = [m for m in register if m.key not in outlines]
    if missing:
        points = shapely.points([m.point for m in missing])
        taken = shapely.union_all(list(shapes.values()))
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
        tree = STRtree(cells)
        for municipality, point in zip(missing, points, strict=True):
            nearest = shapely.intersection(cells[tree.nearest(point)], point.buffer(CIRCLE))
            shapes[municipality.key] = shapely.difference(nearest, taken)
    return shapes


def _common(boxes: Numbers, box: Numbers) -> Numbers:
    return np.concatenate([np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])], axis=1)


def _sizes(boxes: Numbers) -> Numbers:
    return np.maximum(boxes[..., 2] - boxes[..., 0], 0) * np.maximum(boxes[..., 3] - boxes[..., 1], 0)
