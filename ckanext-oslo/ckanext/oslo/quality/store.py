"""Scores, links and the trend in the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.oslo.batches import Reading
from ckanext.oslo.checking import config as checking_config
from ckanext.oslo.checking.catalogue import TYPES
from ckanext.oslo.profiles import Portal
from ckanext.oslo.quality import measuring
from ckanext.oslo.quality.links import Outcome, host_of
from ckanext.oslo.quality.score import METRICS, Links, Measure, Score
from ckanext.oslo.quality.tables import DatasetQuality, Link, QualityDay, now
from ckanext.oslo.reading.translations import best

AGAIN = timedelta(days=14)
"""When an address that answers is asked again."""
SOON = timedelta(hours=12)
"""When one that failed for the first time is asked again; each further failure doubles it, up to `AGAIN`."""
SOURCE = "harvest_source_name"
TITLES = "title_translated"
_host_of_link = sa.func.lower(sa.func.split_part(Link.url, "/", 3))


def score_of(row: DatasetQuality) -> Score:
    """Give the score that a row keeps; a metric it does not know counts nothing."""
    return Score(
        has_files=bool(row.addresses),
        measures=tuple(Measure(metric, *row.measures.get(name, (0.0, 0.0))) for name, metric in METRICS.items()),
    )


def _rows(package_ids: Sequence[str]) -> dict[str, DatasetQuality]:
    query = sa.select(DatasetQuality).where(DatasetQuality.package_id.in_(package_ids))
    return {row.package_id: row for row in model.Session.execute(query).scalars()}


_kept = Reading(_rows)


def of_dataset(package_id: str, modified: datetime | None = None) -> Score | None:
    """Give the score kept of a dataset; None when there is none, or it is of an older state than ``modified``."""
    row = _kept.of(package_id)
    if row is None or (modified is not None and row.modified != modified):
        return None
    return score_of(row)


def measure(dataset: Mapping[str, Any], portal: Portal, *, keep: bool = True) -> Score:
    """Measure a dataset as ``package_show`` gives it, and keep the score. Commits nothing."""
    measured = measuring.measure(dataset, portal, checking_config.shapes_folder(), known_links)
    if keep:
        _keep(dataset, measured)
    return measured.score


def _keep(dataset: Mapping[str, Any], measured: measuring.Measured) -> None:
    values = {
        "package_id": dataset["id"],
        "points": measured.score.points,
        "pending": measured.score.pending,
        "measures": {one.metric.name: [round(one.share, 4), round(one.pending, 4)] for one in measured.score.measures},
        "addresses": list(measured.addresses),
        "modified": datetime.fromisoformat(dataset["metadata_modified"]).replace(tzinfo=None),
        "measured": now(),
    }
    statement = insert(DatasetQuality).values(**values)
    model.Session.execute(statement.on_conflict_do_update(index_elements=["package_id"], set_=values))
    if measured.addresses:
        rows = [{"url": url, "failures": 0, "due": now()} for url in sorted(measured.addresses)]
        model.Session.execute(insert(Link).values(rows).on_conflict_do_nothing())


def known_links(urls: Iterable[str]) -> Links:
    """Give what link checks found of these addresses."""
    urls = list(urls)
    if not urls:
        return {}
    rows = model.Session.query(Link.url, Link.answers).filter(Link.url.in_(urls), Link.answers.is_not(None))
    return {row.url: bool(row.answers) for row in rows}


def stale(limit: int, but: Collection[str] = ()) -> list[str]:
    """Name datasets whose score is missing or of an older state, or whose links were checked since; oldest first.

    Those of ``but`` are passed over.
    """
    package, kept = model.Package, DatasetQuality
    fresh_link = (
        sa.select(Link.url)
        .where(Link.changed > kept.measured, kept.addresses.op("?")(Link.url))
        .correlate(kept)
        .exists()
    )
    rows = (
        model.Session.query(package.id)
        .outerjoin(kept, kept.package_id == package.id)
        .filter(package.state == "active", package.type.in_(TYPES), package.id.not_in(but))
        .filter(sa.or_(kept.package_id.is_(None), kept.modified != package.metadata_modified, fresh_link))
        .order_by(kept.measured.asc().nullsfirst())
        .limit(limit)
    )
    return [row.id for row in rows]


def links_due(limit: int) -> list[str]:
    """Name addresses that should be asked now: every host's first, then every host's second, and so on.

    Of one host those come first that were never asked, and a host with thousands does not keep the others waiting.
    """
    first = (Link.checked.asc().nullsfirst(), Link.url)
    place = sa.func.row_number().over(partition_by=_host_of_link, order_by=first)
    query = sa.select(Link.url).where(Link.due <= now()).order_by(place, *first).limit(limit)
    return list(model.Session.execute(query).scalars())


def keep_outcome(outcome: Outcome) -> None:
    """Keep what a check found, and when to ask again. Commits nothing."""
    link = model.Session.get(Link, outcome.url)
    if link is None:
        return
    link.status, link.reason = outcome.status, outcome.reason or None
    if outcome.answers is None:
        due = now() + max(timedelta(seconds=min(outcome.rest, AGAIN.total_seconds())), timedelta(minutes=1))
        link.due = due
        # It is the host that asks for patience: its other addresses wait as long.
        others = model.Session.query(Link).filter(_host_of_link == host_of(outcome.url), Link.due < due)
        others.update({"due": due}, synchronize_session=False)
        return
    link.checked = now()
    if link.answers is not outcome.answers:
        link.answers, link.changed = outcome.answers, now()
    if outcome.answers:
        link.failures, link.due = 0, now() + AGAIN
    else:
        link.failures += 1
        link.due = now() + min(AGAIN, SOON * 2 ** min(link.failures - 1, 10))


def forget_links() -> None:
    """Forget addresses that no dataset has any more. Commits nothing."""
    used = sa.select(sa.func.jsonb_array_elements_text(DatasetQuality.addresses))
    model.Session.execute(sa.delete(Link).where(Link.url.not_in(used)).execution_options(synchronize_session=False))


def write_day(day: date) -> None:
    """Write the averages of a day: of the catalogue, its organizations and its sources. Commits nothing."""
    kept, package = DatasetQuality, model.Package
    public = _public()
    figures = (sa.func.count(), sa.func.avg(kept.points))
    source = package.extras[SOURCE].astext
    selects = {
        "catalogue": sa.select(sa.literal("").label("scope_id"), *figures)
        .join(package, package.id == kept.package_id)
        .where(public),
        "organization": sa.select(package.owner_org, *figures)
        .join(package, package.id == kept.package_id)
        .where(public, package.owner_org.is_not(None))
        .group_by(package.owner_org),
        "source": sa.select(source, *figures)
        .join(package, package.id == kept.package_id)
        .where(public, source.is_not(None))
        .group_by(source),
    }
    for scope, select in selects.items():
        for scope_id, datasets, points in model.Session.execute(select):
            if datasets:
                values = {"datasets": datasets, "points": float(points)}
                statement = insert(QualityDay).values(day=day, scope=scope, scope_id=scope_id, **values)
                model.Session.execute(
                    statement.on_conflict_do_update(index_elements=["day", "scope", "scope_id"], set_=values)
                )


def trend(scope: str, scope_id: str, days: int = 366) -> list[QualityDay]:
    """Give the averages of the last days, oldest first."""
    rows = model.Session.query(QualityDay).filter_by(scope=scope, scope_id=scope_id)
    return list(rows.filter(QualityDay.day > now().date() - timedelta(days=days)).order_by(QualityDay.day))


@dataclass(frozen=True)
class Row:
    """One dataset in a list of scores.

    ``title`` is in the reader's language, or the nearest there is; ``languages`` are those the dataset has a title in.
    """

    name: str
    title: str
    type: str
    score: Score
    broken: int
    languages: tuple[str, ...] = ()
    is_harvested: bool = False


def rows_of(scope: str, scope_id: str, language: str = "") -> Iterator[Row]:
    """Give the scores of all public datasets of an organization, a source or the catalogue.

    ``language`` is that of the titles.
    """
    package, kept = model.Package, DatasetQuality
    chosen = [_public()]
    if scope == "organization":
        chosen.append(package.owner_org == scope_id)
    elif scope == "source":
        chosen.append(package.extras[SOURCE].astext == scope_id)
    said = (package.extras[TITLES].astext, package.extras[SOURCE].astext)
    columns = (package.name, package.title, package.type, *said, kept)
    query = sa.select(*columns).join(kept, kept.package_id == package.id).where(*chosen).order_by(package.title)
    addresses = sa.select(sa.func.jsonb_array_elements_text(kept.addresses))
    addresses = addresses.join(package, package.id == kept.package_id).where(*chosen)
    query_broken = sa.select(Link.url).where(Link.answers.is_(False), Link.url.in_(addresses))
    broken = set(model.Session.execute(query_broken).scalars())
    for name, title, kind, titles, source, row in model.Session.execute(query):
        named = texts(titles)
        chosen = best(named, language)
        yield Row(
            name,
            str(named[chosen]) if chosen else title or name,
            kind,
            score_of(row),
            sum(url in broken for url in row.addresses),
            tuple(dict.fromkeys(tag.split("-")[0] for tag, text in named.items() if text)),
            bool(source),
        )


def texts(kept: str | None) -> dict[str, Any]:
    """Read a text in several languages as a dataset keeps it."""
    try:
        found = json.loads(kept or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _public() -> sa.ColumnElement[bool]:
    """Give the condition that everybody may see a dataset."""
    package = model.Package
    return sa.and_(package.state == "active", package.private.is_(False), package.type.in_(TYPES))


def broken_links(package_id: str) -> list[Link]:
    """Give the addresses of a dataset that do not answer, with why."""
    row = model.Session.get(DatasetQuality, package_id)
    if row is None or not row.addresses:
        return []
    return list(model.Session.query(Link).filter(Link.answers.is_(False), Link.url.in_(row.addresses)))


def dataset_of(package_id: str) -> dict[str, Any]:
    """Give a dataset as the profiles need it."""
    return toolkit.get_action("package_show")({"ignore_auth": True}, {"id": package_id})
