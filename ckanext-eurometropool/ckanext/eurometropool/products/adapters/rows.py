"""One row of any source to one station: what the three formats share."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ckanext.eurometropool.products.definition import Box, Source
from ckanext.eurometropool.products.errors import Unreadable, UnreadableSourceError
from ckanext.eurometropool.products.stations import Flaw, Reading, RowProblem, Station

SHOWN = 200  # characters of a bad value kept in a report
LONGEST = 500  # characters of a name or an id
MOST_BIKES = 100_000
PRECISION = 6  # decimals of a degree: a tenth of a metre


def document(content: bytes) -> Any:
    """Parse JSON. Raises UnreadableSourceError: maintenance pages come with status 200 too."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError(Unreadable.NOT_JSON) from error


def rows_of(found: Any, where: str) -> list[Any]:
    """Make sure that what was found in a document is its list of rows. Raises UnreadableSourceError."""
    if not isinstance(found, list):
        raise UnreadableSourceError(Unreadable.NO_ROWS, where)
    return found


@dataclass
class Collector:
    """Collects the stations of one source, and what was wrong with its rows."""

    source: Source
    box: Box
    stations: dict[str, Station] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def reading(self) -> Reading:
        """Give what was collected."""
        return Reading(tuple(self.stations.values()), tuple(self.problems))

    def report(self, row: str, name: str, value: Any, flaw: Flaw, *, dropped: bool = False) -> None:
        """Note what is wrong with a value."""
        self.problems.append(RowProblem(self.source.name, row, name, _shown(value), flaw, dropped))

    def add_all(self, rows: Iterable[Any], names: Mapping[str, str]) -> None:
        """Read rows whose fields are called as ``names`` says (our field → the source's)."""
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, Mapping):
                self.report(f"#{number}", "", row, Flaw.INVALID, dropped=True)
            elif not any(row.get(name) in values for name, values in self.source.skip.items()):
                self._add(number, row, names)

    def _add(self, number: int, row: Mapping[str, Any], names: Mapping[str, str]) -> None:
        raw = row.get(names["id"])
        local = _label(raw)
        if local is None:
            flaw = Flaw.MISSING if raw in (None, "") else Flaw.INVALID
            self.report(f"#{number}", names["id"], raw, flaw, dropped=True)
            return
        key = f"{self.source.name}:{local}"
        if key in self.stations:
            self.report(local, names["id"], raw, Flaw.DUPLICATE, dropped=True)
            return
        point = self._point(local, row, names)
        if point is None:
            return
        bikes = self._count(local, row, names.get("bikes"))
        docks = self._count(local, row, names.get("docks"))
        capacity = self._count(local, row, names.get("capacity"), optional=True)
        self.stations[key] = Station(
            id=key,
            name=self._name(local, row, names["name"]),
            longitude=round(point[0], PRECISION),
            latitude=round(point[1], PRECISION),
            capacity=bikes + docks if capacity is None and bikes is not None and docks is not None else capacity,
            bikes=bikes,
            docks=docks,
            time=self._time(local, row, names.get("time")),
            source=self.source.name,
            licence=self.source.licence,
        )

    def _name(self, local: str, row: Mapping[str, Any], name: str) -> str:
        label = _label(row.get(name))
        if label is None:
            self.report(local, name, row.get(name), Flaw.MISSING)
        return label or local

    def _point(self, local: str, row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[float, float] | None:
        """Find the point. V'Lille's own WFS once served latitude as x: swapped axes are set right, and reported."""
        where, raw = _raw_point(row, names)
        point = _degrees(raw)
        if point is None:
            flaw = Flaw.MISSING if raw == (None, None) else Flaw.INVALID
            self.report(local, where, raw, flaw, dropped=True)
            return None
        if self.box.contains(*point):
            return point
        if self.box.contains(point[1], point[0]):
            self.report(local, where, raw, Flaw.SWAPPED)
            return point[1], point[0]
        self.report(local, where, raw, Flaw.OUTSIDE, dropped=True)
        return None

    def _count(self, local: str, row: Mapping[str, Any], name: str | None, *, optional: bool = False) -> int | None:
        if name is None:
            return None
        raw = row.get(name)
        if raw is None:
            if not optional:
                self.report(local, name, raw, Flaw.MISSING)
            return None
        number = _whole(raw)
        if number is None or not 0 <= number <= MOST_BIKES:
            self.report(local, name, raw, Flaw.INVALID)
            return None
        return number

    def _time(self, local: str, row: Mapping[str, Any], name: str | None) -> datetime | None:
        raw = row.get(name) if name else None
        if raw in (None, ""):
            return None
        time = _moment(raw)
        if time is None:
            self.report(local, name or "", raw, Flaw.INVALID)
        return time


def _shown(value: Any) -> str:
    return "" if value is None else str(value)[:SHOWN]


def _label(value: Any) -> str | None:
    """Give an id or a name as text: letters and numbers, no objects, nothing without end, no control characters."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if text and len(text) <= LONGEST else None


def _raw_point(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, tuple[Any, Any]]:
    """Find longitude and latitude, in the forms the formats know: two fields, ``{lon, lat}``, GeoJSON Point."""
    if "point" not in names:
        return f"{names['lon']}, {names['lat']}", (row.get(names["lon"]), row.get(names["lat"]))
    value = row.get(names["point"])
    if isinstance(value, Mapping):
        if "coordinates" in value:
            coordinates = value["coordinates"]
            pair = coordinates[:2] if isinstance(coordinates, list) and len(coordinates) >= 2 else (value, value)
            return names["point"], (pair[0], pair[1])
        return names["point"], (value.get("lon"), value.get("lat"))
    return names["point"], (value, value)


def _degrees(raw: tuple[Any, Any]) -> tuple[float, float] | None:
    try:
        longitude, latitude = (float(part) for part in raw if not isinstance(part, bool))
    except (TypeError, ValueError, OverflowError):
        return None
    return (longitude, latitude) if math.isfinite(longitude) and math.isfinite(latitude) else None


def _whole(raw: Any) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return int(number) if math.isfinite(number) and number == int(number) else None


def _moment(raw: Any) -> datetime | None:
    """Read seconds since 1970 (GBFS 2) or an ISO time with a zone; a local time without one is not a moment."""
    try:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return datetime.fromtimestamp(raw, UTC)
        time = datetime.fromisoformat(str(raw))
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None
