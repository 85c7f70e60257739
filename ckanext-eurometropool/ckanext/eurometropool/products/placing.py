"""Which municipality a point lies in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import shapely
from pyproj import Geod

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.products.stations import Station

WGS84 = Geod(ellps="WGS84")
FARTHEST = (
    6_000  # metres from a centre, where there are no polygons: municipalities here are rarely wider than twice that
)


class Places:
    """Finds municipalities by point: by polygon where the register has it, else by the nearest centre."""

    def __init__(self, register: Register) -> None:
        outlined = [(m.key, shape) for m in register if (shape := register.polygon(m.key)) is not None]
        self._keys = [key for key, _ in outlined]
        self._tree = shapely.STRtree([shape for _, shape in outlined])
        self._centres = [(m.key, m.point) for m in register if m.key not in set(self._keys)]

    def at(self, longitude: float, latitude: float) -> str | None:
        """Give the key of the municipality at a point in WGS84 degrees, None outside of all of them."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        if len(found):
            return self._keys[min(found)]
        return self._nearest(longitude, latitude)

    def _nearest(self, longitude: float, latitude: float) -> str | None:
        if not self._centres:
            return None
        count = len(self._centres)
        _, _, metres = WGS84.inv(
            [longitude] * count, [latitude] * count, [p[0] for _, p in self._centres], [p[1] for _, p in self._centres]
        )
        closest = min(range(count), key=lambda i: metres[i])
        return self._centres[closest][0] if metres[closest] <= FARTHEST else None

    def place(self, stations: Iterable[Station]) -> list[Station]:
        """Give the stations with their municipality."""
        return [replace(s, municipality=self.at(s.longitude, s.latitude)) for s in stations]
