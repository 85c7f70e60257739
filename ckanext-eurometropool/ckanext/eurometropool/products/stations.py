"""What travels from a source to the table: stations, what was wrong with rows, and what one source gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

Fetch = Callable[[str], bytes]
"""Fetches the body of a URL. Raises ``ckanext.oslo.fetch.FetchError``."""

Row = dict[str, Any]
"""A station as it stands in the DataStore: the values of ``COLUMNS``, JSON-ready."""

#: The table's columns and their DataStore types. Times are UTC, without a zone as the DataStore gives them back.
COLUMNS = {
    "id": "text",
    "name": "text",
    "municipality": "text",
    "lon": "float8",
    "lat": "float8",
    "capacity": "int4",
    "bikes": "int4",
    "docks": "int4",
    "time": "timestamp",
    "source": "text",
    "licence": "text",
    "stale_since": "timestamp",
}


@dataclass(frozen=True)
class Station:
    """A shared-bike station at one moment.

    ``id``: the source's name and its local id, stable. ``longitude``, ``latitude``: WGS84 degrees. ``bikes`` can be
    taken and ``docks`` be returned to now; None where the source does not say. ``time``: UTC, when the operator
    measured it. ``licence``: a code of our licence vocabulary. ``municipality``: ``BE-34022``, None outside the area.
    """

    id: str
    name: str
    longitude: float
    latitude: float
    capacity: int | None
    bikes: int | None
    docks: int | None
    time: datetime | None
    source: str
    licence: str
    municipality: str | None = None

    def row(self) -> Row:
        """Give the station as a row of the table, fresh."""
        return {
            "id": self.id,
            "name": self.name,
            "municipality": self.municipality,
            "lon": self.longitude,
            "lat": self.latitude,
            "capacity": self.capacity,
            "bikes": self.bikes,
            "docks": self.docks,
            "time": stamp(self.time),
            "source": self.source,
            "licence": self.licence,
            "stale_since": None,
        }


def stamp(moment: datetime | None) -> str | None:
    """Write a moment as the DataStore writes its timestamps: UTC, whole seconds, no zone."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() if moment else None


def moment(text: str | None) -> datetime | None:
    """Read a timestamp of the DataStore, which is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


class Flaw(StrEnum):
    """What is wrong with a value of a row. Stable: reports refer to the values."""

    MISSING = "missing"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    OUTSIDE = "outside"
    SWAPPED = "swapped-axes"
    NO_STATUS = "no-status"


@dataclass(frozen=True)
class RowProblem:
    """One value that was not as it should be. ``dropped``: the whole row was left out because of it."""

    source: str
    row: str
    field: str
    value: str
    flaw: Flaw
    dropped: bool


@dataclass(frozen=True)
class Reading:
    """What one source gave: its usable stations, and what was wrong with the others."""

    stations: tuple[Station, ...]
    problems: tuple[RowProblem, ...] = ()
