"""Rows of the table to GeoJSON (RFC 7946). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.merging import SourceState
from ckanext.eurometropool.products.placing import WGS84
from ckanext.eurometropool.products.questions import Question
from ckanext.eurometropool.products.stations import Row

JSON = dict[str, Any]


def instant(moment: datetime | None) -> str | None:
    """Write a moment for the web: ISO 8601 with Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def answer(
    product: Product,
    rows: Iterable[Row],
    states: Mapping[str, SourceState],
    question: Question,
    now: datetime,
    *,
    sample: bool = False,
) -> JSON:
    """Make the feature collection that answers a question, nearest first when it names a point.

    Beside the features it says of each source when it was fetched and whether it is stale, so that nobody has to
    trust a number without its age. ``sample``: the stations are invented.
    """
    stale = {name: state.stale_since(now, product.stale_after) for name, state in states.items()}
    found = chosen(rows, question)
    matched = len(found)
    shown = found[: question.limit] if question.limit else found
    return {
        "type": "FeatureCollection",
        "product": product.name,
        "version": product.version,
        "refresh": product.refresh,
        "sample": sample,
        "numberMatched": matched,
        "numberReturned": len(shown),
        "sources": sources(product, states, now),
        "features": [_feature(row, metres, instant(stale.get(row["source"]))) for row, metres in shown],
    }


def sources(product: Product, states: Mapping[str, SourceState], now: datetime) -> list[JSON]:
    """Say of each source where it comes from, under which licence, and how fresh it is."""
    described = []
    for source in product.sources:
        state = states.get(source.name, SourceState(source.name))
        since = state.stale_since(now, product.stale_after)
        described.append(
            {
                "name": source.name,
                "title": dict(source.title),
                "publisher": source.publisher,
                "licence": source.licence,
                "attribution": source.attribution,
                "stations": state.stations,
                "fetched": instant(state.fetched),
                "stale": since is not None,
                "stale_since": instant(since),
                "error": {"code": state.failure.code, "text": dict(state.failure.text)} if state.failure else None,
            }
        )
    return described


def chosen(rows: Iterable[Row], question: Question) -> list[tuple[Row, int | None]]:
    """Give the rows that meet a question's conditions, with their distance in metres from its point.

    Distances are geodesic on WGS84, to the metre.
    """
    kept = [row for row in rows if all(holds(row) for holds in _conditions(question))]
    if question.point is None:
        return [(row, None) for row in sorted(kept, key=lambda row: row["id"])]
    measured = zip(kept, _distances(question.point, kept), strict=True)
    near = [(row, metres) for row, metres in measured if question.distance is None or metres <= question.distance]
    return [(row, round(metres)) for row, metres in sorted(near, key=lambda pair: (pair[1], pair[0]["id"]))]


def _conditions(question: Question) -> list[Callable[[Row], bool]]:
    conditions: list[Callable[[Row], bool]] = []
    if question.municipalities:
        conditions.append(lambda row: row["municipality"] in question.municipalities)
    if box := question.box:
        conditions.append(lambda row: box.contains(row["lon"], row["lat"]))
    if (bikes := question.min_bikes) is not None:
        conditions.append(lambda row: (row["bikes"] or 0) >= bikes)
    if (docks := question.min_docks) is not None:
        conditions.append(lambda row: (row["docks"] or 0) >= docks)
    return conditions


def _distances(point: tuple[float, float], rows: Sequence[Row]) -> list[float]:
    if not rows:
        return []
    count = len(rows)
    longitudes, latitudes = [row["lon"] for row in rows], [row["lat"] for row in rows]
    _, _, metres = WGS84.inv([point[0]] * count, [point[1]] * count, longitudes, latitudes)
    return list(metres)


def _feature(row: Row, metres: int | None, stale_since: str | None) -> JSON:
    properties = {
        name: row[name]
        for name in ("id", "name", "municipality", "capacity", "bikes", "docks", "time", "source", "licence")
    }
    if properties["time"]:
        properties["time"] += "Z"
    properties |= {"stale": stale_since is not None, "stale_since": stale_since}
    if metres is not None:
        properties["distance_m"] = metres
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "properties": properties,
    }
