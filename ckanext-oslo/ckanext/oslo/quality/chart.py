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
LINE = 17.0
"""Height of a label's line: two labels at the ends of the lines stand at least so far apart."""


@dataclass(frozen=True)
class Chart:
    """Points of two lines on a ground of `WIDTH` by `HEIGHT`, and what they lead from and to, of 100.

    ``label`` and ``others_label`` are the heights of the words at their ends.
    """

    points: str
    others: str
    first_day: str
    last_day: str
    first: int
    last: int
    end: tuple[float, float]
    others_last: int
    label: float
    others_label: float


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
    within = within if len(within) >= LEAST else []
    label = place(own[-1])[1] + 5
    others_label = place(within[-1])[1] + 5 if within else label
    if within and abs(others_label - label) < LINE:
        others_label = label + (LINE if others_label >= label else -LINE)
    return Chart(
        points=drawn(own),
        others=drawn(within),
        first_day=own[0]["day"],
        last_day=own[-1]["day"],
        first=round(100 * own[0]["points"] / MOST),
        last=round(100 * own[-1]["points"] / MOST),
        end=place(own[-1]),
        others_last=round(100 * within[-1]["points"] / MOST) if within else 0,
        label=label,
        others_label=others_label,
    )
