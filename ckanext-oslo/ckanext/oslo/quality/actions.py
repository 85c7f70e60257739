"""The actions of quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.quality import store, wording
from ckanext.oslo.quality.score import METRICS, MOST, Dimension, Score, rating_of
from ckanext.oslo.quality.store import Row

SPOKEN = ("nl", "fr")
"""The languages of the people of the territory."""


@toolkit.side_effect_free
def oslo_quality(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give the quality of a dataset, or the average of many, by the European Metadata Quality Assessment.

    :param id: a dataset: its ``points`` of 405, ``rating``, ``dimensions``, ``metrics`` with what was found,
        ``next_steps`` (the most rewarding first, with the field of the form) and ``broken_links``; or
    :param organization: an organization's id or name, or
    :param source: a harvest source's name; with neither, the whole catalogue: ``datasets`` (how many are measured),
        ``points`` (average), ``rating``, ``ratings`` (how many of each), ``multilingual`` (how many have a title in
        Dutch and in French), ``dimensions``, ``problems`` (what to repair first: how many datasets it touches, how many
        of those are harvested, and how much it would add to the average), ``trend`` (day, datasets, points)
    """
    toolkit.check_access("oslo_quality", context, data_dict)
    if data_dict.get("id"):
        dataset = toolkit.get_action("package_show")(context, {"id": data_dict["id"]})
        score = of_dataset(dataset)
        return {**wording.shown(score), "dataset": dataset["name"], "broken_links": broken_of(dataset["id"])}
    scope, scope_id = "catalogue", ""
    if data_dict.get("organization"):
        group = model.Group.get(str(data_dict["organization"]))
        if group is None or not group.is_organization or group.state != "active":
            raise toolkit.ObjectNotFound(toolkit._("There is no such organization."))
        scope, scope_id = "organization", group.id
    elif data_dict.get("source"):
        scope, scope_id = "source", str(data_dict["source"])
    return {"scope": scope, **summary(list(store.rows_of(scope, scope_id))), "trend": trend(scope, scope_id)}


def of_dataset(dataset: dict[str, Any]) -> Score:
    """Give the score kept of a dataset as it is now, else measure it; nothing is written."""
    modified = datetime.fromisoformat(dataset["metadata_modified"]).replace(tzinfo=None)
    return store.of_dataset(dataset["id"], modified) or store.measure(dataset, portal_from_config(), keep=False)


def broken_of(package_id: str) -> list[dict[str, Any]]:
    """Give the addresses of a dataset that do not answer."""
    return [
        {
            "url": link.url,
            "status": link.status,
            "reason": link.reason,
            "since": link.changed.isoformat() if link.changed else None,
        }
        for link in store.broken_links(package_id)
    ]


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Sum up the scores of many datasets."""
    count = len(rows)
    points = sum(row.score.points for row in rows) / count if count else 0.0
    ratings = Counter(str(row.score.rating) for row in rows)
    return {
        "datasets": count,
        "points": round(points, 1),
        "of": MOST,
        "percent": round(100 * points / MOST),
        "rating": str(rating_of(points)) if count else None,
        "ratings": dict(ratings),
        "broken_links": sum(row.broken for row in rows),
        "datasets_with_broken_links": sum(bool(row.broken) for row in rows),
        "multilingual": sum(set(SPOKEN) <= set(row.languages) for row in rows),
        "dimensions": _dimensions(rows) if count else [],
        "problems": _problems(rows),
    }


def _dimensions(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Give the averages by dimension: one pass over the rows, of which a harvest source has thousands."""
    earned: Counter[Dimension] = Counter()
    for row in rows:
        for one in row.score.measures:
            earned[one.metric.dimension] += one.earned  # pyright: ignore[reportArgumentType]
    most: Counter[Dimension] = Counter()
    for metric in METRICS.values():
        most[metric.dimension] += metric.points
    return [
        {
            "name": str(dimension),
            "text": toolkit._(wording.DIMENSIONS[dimension]),
            "points": round(earned[dimension] / len(rows), 1),
            "of": most[dimension],
        }
        for dimension in Dimension
    ]


def _problems(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Give what to repair first: by how much of the average it costs."""
    lost: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    harvested: Counter[str] = Counter()
    for row in rows:
        for one in row.score.next_steps:
            lost[one.metric.name] += round(one.lost, 3)  # pyright: ignore[reportArgumentType]
            touched[one.metric.name] += 1
            harvested[one.metric.name] += row.is_harvested
    return [
        {
            "metric": name,
            "text": wording.problem(name),
            "datasets": touched[name],
            "harvested": harvested[name],
            "gain": round(total / len(rows), 1),
        }
        for name, total in lost.most_common()
    ]


def trend(scope: str, scope_id: str) -> list[dict[str, Any]]:
    """Give the averages of the last year, a day each."""
    return [
        {"day": one.day.isoformat(), "datasets": one.datasets, "points": round(one.points, 1)}
        for one in store.trend(scope, scope_id)
    ]
