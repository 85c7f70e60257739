"""Where and when the rows of a table lie, as far as they say so themselves. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ckanext.oslo.reading import FieldError
from ckanext.oslo.reading.dates import read_date

MOST_SPOTS = 300
"""Places that are named one by one, to tell in which municipalities they lie."""
ENOUGH = 3
"""Dates that make a column one of dates."""
_SPOT = 3
"""Decimals of a degree: some 100 m."""

_LATITUDE = re.compile(r"lat|latitude|breedtegraad|y_?wgs84|(geo_?)?lat(itude)?_?(wgs84)?", re.IGNORECASE)
_LONGITUDE = re.compile(r"lon|lng|long|longitude|lengtegraad|x_?wgs84|(geo_?)?lo?ng?(itude)?_?(wgs84)?", re.IGNORECASE)
_PAIR = re.compile(r"\s*(-?\d{1,2}\.\d+)\s*[,;]\s*(-?\d{1,3}\.\d+)\s*")
_YEAR_NAME = re.compile(r"(school)?jaar|ann[ée]e|year|jaartal|ann[ée]e_?\w*|\w*_?jaar", re.IGNORECASE)
_DATE_NAME = re.compile(
    r".*(datum|date|dag|jour|day|jaar|ann[ée]e|year|maand|mois|month|tijd|temps|time).*", re.IGNORECASE
)
_YEAR = re.compile(r"(1[89]|2[01])\d\d")

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Extent:
    """Where points lie: the ``box`` around them (west, south, east, north) and, if they are few, the ``spots`` apart.

    Degrees, longitude first. No box when there are no points, or one that is not in degrees.
    """

    box: Box | None = None
    spots: tuple[Point, ...] = ()


def extent_of(points: Iterable[Point]) -> Extent:
    """Measure points in one pass, however many there are."""
    west = south = math.inf
    east = north = -math.inf
    spots: dict[Point, None] = {}
    for x, y in points:
        west, east = min(west, x), max(east, x)
        south, north = min(south, y), max(north, y)
        if len(spots) <= MOST_SPOTS:
            spots[(round(x, _SPOT), round(y, _SPOT))] = None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return Extent()
    box = round(west, 5), round(south, 5), round(east, 5), round(north, 5)
    return Extent(box, tuple(spots) if len(spots) <= MOST_SPOTS else ())


def points_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Point]:
    """Yield (longitude, latitude) of the rows, from two columns or from one that holds both, latitude first."""
    names = [name.casefold() for name in columns]
    latitude = next((place for place, name in enumerate(names) if _LATITUDE.fullmatch(name)), None)
    longitude = next((place for place, name in enumerate(names) if _LONGITUDE.fullmatch(name)), None)
    for row in rows:
        if latitude is not None and longitude is not None:
            if len(row) > max(latitude, longitude):
                pair = _number(row[longitude]), _number(row[latitude])
                if pair[0] is not None and pair[1] is not None:
                    yield pair[0], pair[1]
        else:
            for cell in row:
                if found := _PAIR.fullmatch(cell):
                    yield float(found.group(2)), float(found.group(1))
                    break


def period_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    """Give the first and the last date of a column of dates: one that is called so before any other.

    A column is one of dates when every cell that is filled in holds a date; of years, when it is called so as well.
    """
    called = sorted(range(len(columns)), key=lambda place: not _DATE_NAME.fullmatch(columns[place]))
    for place in called:
        cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        years = bool(_YEAR_NAME.fullmatch(columns[place]))
        if len(cells) >= ENOUGH and (dates := _dates(cells, years=years)):
            return min(dates), max(dates)
    return None


def _dates(cells: Iterable[str], *, years: bool) -> list[str]:
    """Give the days (or years) of cells; nothing as soon as one is none."""
    found = []
    for cell in cells:
        if years and _YEAR.fullmatch(cell):
            found.append(cell)
            continue
        try:
            day = read_date(cell)
        except FieldError:
            return []
        if len(day) < len("2026-11-22"):
            return []
        found.append(day[:10])
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
