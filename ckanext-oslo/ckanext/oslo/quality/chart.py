"""A line of averages over time, as the points of an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ckanext.oslo.quality.score import MOST

WIDTH, HEIGHT = 680, 180
LEAST = 2
"""Days needed for a line."""


@dataclass(frozen=True)
class Chart:
    """Points of two lines on a ground of `WIDTH` by `HEIGHT`, and what they lead from and to, of 100."""

    points: str
    others: str
    first_day: str
    last_day: str
    first: int
    last: int
    end: tuple[float, float]


def line(own: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> Chart | None:
    """Draw an average beside that of all; None when there are too few days for a line."""
    if len(own) < LEAST:
        return None
    begin, end = date.fromisoformat(own[0]["day"]), date.fromisoformat(own[-1]["day"])
    span = max((end - begin).days, 1)

    def place(one: dict[str, Any]) -> tuple[float, float]:
        across = (date.fromisoformat(one["day"]) - begin).days / span
        return round(WIDTH * across, 1), round(HEIGHT * (1 - one["points"] / MOST), 1)

    def drawn(days: Sequence[dict[str, Any]]) -> str:
        return " ".join(f"{x},{y}" for x, y in map(place, days))

    within = [one for one in others if begin <= date.fromisoformat(one["day"]) <= end]
    return Chart(
        points=drawn(own),
        others=drawn(within) if len(within) >= LEAST else "",
        first_day=own[0]["day"],
        last_day=own[-1]["day"],
        first=round(100 * own[0]["points"] / MOST),
        last=round(100 * own[-1]["points"] / MOST),
        end=place(own[-1]),
    )
