"""Datasets about the same subject: those elsewhere over a border first, the nearest of them before the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.pages import cards, places, searching
from ckanext.eurometropool.pages.cards import Card
from ckanext.eurometropool.pages.drawing import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE
from ckanext.eurometropool.search import subjects

READ = 40  # candidates
SHOWN = 4  # on each side
FAR = 1000.0  # km: for what lies nowhere

Dataset = Mapping[str, Any]


@dataclass(frozen=True)
class Related:
    """Datasets on the other side of a border, and on this one."""

    across: Sequence[Card]
    here: Sequence[Card]


def related(dataset: Dataset) -> Related:
    """Find the datasets that share a subject with this one; a rare subject says more than a common one."""
    # Keywords are many and wide: they speak only where the title says nothing.
    keys = subjects.subjects_of({"title_translated": dataset.get("title_translated")}) or subjects.subjects_of(dataset)
    if not keys:
        return Related((), ())
    quoted = " OR ".join(f'"{searching.escaped(key)}"' for key in keys)
    asked = f'+{subjects.FIELD}:({quoted}) -name:"{dataset["name"]}"'
    # Ranked here by what is shared; the index gives the best described of those that share anything.
    facets = {"facet.field": [subjects.FIELD], "facet.limit": -1}
    found = searching.ask({}, rows=READ, fq=asked, sort="quality_score desc, id asc", **facets)
    counts = found["facets"][subjects.FIELD]
    weights = {key: 1 / (1 + counts.get(key, 0)) for key in keys}

    def rank(other: Dataset) -> tuple[float, float, str]:
        shared = sum(weights[key] for key in subjects.subjects_of(other) if key in weights)
        return -round(shared, 6), apart(dataset, other), other["name"]

    ranked = sorted(found["results"], key=rank)
    home = _regions(dataset)
    across = [other for other in ranked if (there := _regions(other)) and home and not there & home]
    beside = [other for other in ranked if other not in across]
    return Related([cards.card(one) for one in across[:SHOWN]], [cards.card(one) for one in beside[:SHOWN]])


def apart(one: Dataset, other: Dataset) -> float:
    """Return how far apart the nearest municipalities of two datasets lie, in km, centre to centre."""
    known = places.register()
    if known is None:
        return FAR
    ends = [(a, b) for a in _points(known, one) for b in _points(known, other)]
    return min((math.hypot(*_km(a, b)) for a, b in ends), default=FAR)


def _points(known: Register, dataset: Dataset) -> list[tuple[float, float]]:
    return [m.point for link in cards.links(dataset) if (m := known.get(link["key"]))]


def _km(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] - other[0]) * KM_PER_DEGREE_LONGITUDE, (one[1] - other[1]) * KM_PER_DEGREE_LATITUDE


def _regions(dataset: Dataset) -> set[str]:
    """Return the regions a dataset lies in: of its municipalities, else of the area it covers."""
    known = places.register()
    if known is None:
        return set()
    keys = [link["key"] for link in cards.links(dataset)]
    area = known.area(str(dataset.get("area") or ""))
    found = {m.region for key in keys if (m := known.get(key))}
    return found or {known.municipalities[key].region for key in (area.members if area else ())}
