"""The report of a run: its problems by kind, and the datasets it wrote.

What the engine knows of a source's records is how they stand now, so the latest run has the whole report: each
problem with its record, field, value and reason. Of earlier runs, and of other harvesters, there is what
ckanext-harvest keeps with each job: the records they refused, and why, as one sentence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.model import HarvestObject

from ckanext.harvesters.engine import store
from ckanext.harvesters.engine.tables import HarvestProblem, HarvestRecord
from ckanext.harvesters.pages import reader, words
from ckanext.harvesters.pages.passes import Pass
from ckanext.harvesters.records import Severity

#: How many records a page shows of one kind of problem; the rest is in the download.
SHOWN = 50

#: How many datasets a page names of those a run added or changed.
NAMED = 12


@dataclass(frozen=True)
class Record:
    """A record by the dataset it became: its title, the language of that where it is not the reader's, its page."""

    title: str
    language: str = ""
    page: str = ""


@dataclass(frozen=True)
class Line:
    """One problem: which record, which field and value, why, in whose words, and where the portal shows the record."""

    guid: str | None
    severity: Severity
    field: str
    value: str
    reason: str
    text: str
    detail: str | None = None
    url: str | None = None
    record: Record | None = None


@dataclass(frozen=True)
class Kind:
    """Problems of one kind: how grave, why, how many, and the first of them."""

    severity: Severity
    text: str
    count: int
    lines: Sequence[Line]

    @property
    def refused(self) -> bool:
        """Tell whether these cost their record."""
        return self.severity is Severity.ERROR


def kinds(one: Pass, *, latest: bool) -> list[Kind]:
    """Return the problems of a run by kind: the refused first, then the most frequent."""
    if one.run_id is not None and latest:
        return _of_the_source(one.source_id)
    grouped: dict[str, list[Line]] = {}
    for line in _of_the_job(one):
        grouped.setdefault(line.text, []).append(line)
    found = [Kind(Severity.ERROR, text, len(lines), lines[:SHOWN]) for text, lines in grouped.items()]
    return sorted(found, key=lambda kind: -kind.count)


def lines(one: Pass, *, latest: bool) -> Iterator[Line]:
    """Yield every problem of a run."""
    if one.run_id is not None and latest:
        for problem in store.problems(HarvestProblem.source_id == one.source_id):
            yield _line(problem, None)
        return
    yield from _of_the_job(one)


def as_dict(line: Line) -> dict[str, str | None]:
    """Return a problem as downloads give it."""
    return {
        "guid": line.guid,
        "severity": line.severity.value,
        "field": line.field,
        "value": line.value,
        "reason": line.reason,
        "text": line.text,
        "detail": line.detail,
        "url": line.url,
    }


def _of_the_source(source_id: str) -> list[Kind]:
    kind = HarvestProblem.severity, HarvestProblem.reason
    mine = HarvestProblem.source_id == source_id
    counted = sa.select(*kind, sa.func.count()).where(mine).group_by(*kind)
    many = {(severity, reason): count for severity, reason, count in model.Session.execute(counted)}
    place = sa.func.row_number().over(partition_by=kind, order_by=(HarvestProblem.guid, HarvestProblem.id))
    first = sa.select(HarvestProblem.id, place.label("place")).where(mine).subquery()
    shown = (
        sa.select(HarvestProblem, HarvestRecord.package_id)
        .join(first, first.c.id == HarvestProblem.id)
        .outerjoin(
            HarvestRecord,
            sa.and_(
                HarvestRecord.source_id == HarvestProblem.source_id,
                HarvestRecord.guid == HarvestProblem.guid,
            ),
        )
        .where(first.c.place <= SHOWN)
        .order_by(HarvestProblem.guid, HarvestProblem.id)
    )
    rows = model.Session.execute(shown).all()
    records = _records([package_id for _problem, package_id in rows if package_id])
    grouped: dict[tuple[str, str], list[Line]] = {}
    for problem, package_id in rows:
        line = _line(problem, records.get(package_id))
        grouped.setdefault((problem.severity, problem.reason), []).append(line)
    found = [
        Kind(Severity(severity), words.reason(reason), many[severity, reason], grouped[severity, reason])
        for severity, reason in grouped
    ]
    return sorted(found, key=lambda kind: (not kind.refused, -kind.count, kind.text))


def _line(problem: HarvestProblem, record: Record | None) -> Line:
    return Line(
        guid=problem.guid,
        severity=Severity(problem.severity),
        field=problem.field,
        value=problem.value,
        reason=problem.reason,
        text=words.reason(problem.reason),
        detail=problem.detail,
        url=_web(problem.url),
        record=record,
    )


def _of_the_job(one: Pass) -> Iterator[Line]:
    """Yield what ckanext-harvest keeps of a job's errors."""
    report: Mapping[str, Any] = tk.get_action("harvest_job_report")(reader.context(), {"id": one.job_id})
    for error in report["gather_errors"]:
        yield Line(None, Severity.ERROR, "", "", "", error["message"])
    for found in report["object_errors"].values():
        url = _web(found.get("original_url"))
        for error in found["errors"]:
            yield Line(found["guid"], Severity.ERROR, "", "", "", error["message"], url=url)


def _web(address: str | None) -> str | None:
    """Return an address that may become a link; what portals send as one may be anything."""
    return address if address and address.startswith(("http://", "https://")) else None


@dataclass(frozen=True)
class Written:
    """The datasets a run added or changed: how many, and the first of them."""

    count: int
    records: Sequence[Record]


def written(one: Pass, kind: str) -> Written:
    """Return the datasets a run ``added`` or ``updated``."""
    mine = HarvestObject.harvest_job_id == one.job_id, HarvestObject.report_status == kind
    query = sa.select(HarvestObject.package_id).where(*mine, HarvestObject.package_id.is_not(None))
    ids = list(model.Session.execute(query.order_by(HarvestObject.guid).limit(NAMED)).scalars())
    records = _records(ids)
    return Written(getattr(one.counts, kind), [records[one] for one in ids if one in records])


def _records(package_ids: Sequence[str]) -> dict[str, Record]:
    """Return dataset id → how it is shown, without those that are gone."""
    package = model.Package
    query = sa.select(package.id, package.name, package.type, package.title, package.extras).where(
        package.id.in_(set(package_ids)), package.state == model.State.ACTIVE
    )
    return {
        found: _record(name, kind, title, extras or {})
        for found, name, kind, title, extras in model.Session.execute(query)
    }


def _record(name: str, kind: str, title: str, extras: Mapping[str, str]) -> Record:
    try:
        translated = json.loads(extras.get("title_translated") or "{}")
    except ValueError:
        translated = {}
    mine = reader.language()
    language = next((code for code in (mine, "nl", "fr", "en") if translated.get(code)), "")
    page = tk.h.url_for(f"{kind}.read", id=name)
    return Record(translated.get(language) or title or name, language if language != mine else "", page)
