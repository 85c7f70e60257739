"""Numbers and a verdict on the harvests for machines that watch: Prometheus' text format, and what is stuck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from ckan import model
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters import config
from ckanext.harvesters.engine import jobs, runs
from ckanext.harvesters.engine.sources import Registered, registered
from ckanext.harvesters.engine.statistics import Counts, RunStatus
from ckanext.harvesters.engine.tables import HarvestProblem, HarvestRun, now

#: How long a source may be overdue, or a run between two steps, before it counts as stuck.
PATIENCE = timedelta(hours=1)

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Stuck:
    """A source at which nothing moves though something should: ``why`` is ``silent``, ``waiting`` or ``overdue``."""

    source: str
    why: str


def stuck(sources: Iterable[Registered] | None = None) -> list[Stuck]:
    """Return which of these sources (None: of all) stand still though something should move, in order of name."""
    sources = list(registered() if sources is None else sources)
    latest = runs.latest(source.id for source in sources)
    due = dict(model.Session.execute(sa.select(HarvestSource.id, HarvestSource.next_run)).tuples().all())
    unbegun = jobs.unbegun(source.id for source in sources)
    found = (
        (source, _why(source, latest.get(source.id), due.get(source.id), unbegun.get(source.id))) for source in sources
    )
    return [Stuck(source.name, why) for source, why in found if why]


def _why(source: Registered, run: HarvestRun | None, due: datetime | None, unbegun: datetime | None) -> str | None:
    if run is not None and run.status == RunStatus.RUNNING:
        if run.worker and run.heartbeat < now() - 3 * config.stale_after():
            return "silent"
        if not run.worker and max(run.heartbeat, run.wait_until or run.heartbeat) < now() - PATIENCE:
            return "waiting"
        return None
    if unbegun is not None and unbegun < now() - PATIENCE:
        return "waiting"
    return "overdue" if source.frequency != "MANUAL" and due is not None and due < now() - PATIENCE else None


def metrics(sources: Sequence[Registered]) -> str:
    """Return numbers on each of these sources in Prometheus' text format (exposition format 0.0.4)."""
    return "".join(f"{line}\n" for line in _lines(sources))


def _lines(sources: Sequence[Registered]) -> Iterator[str]:
    names = {source.id: source.name for source in sources}
    latest = {names[key]: run for key, run in runs.latest(names).items()}
    counted = sa.select(HarvestRun.source_id, HarvestRun.status, sa.func.count()).group_by(
        HarvestRun.source_id, HarvestRun.status
    )
    yield from _family("harvest_runs_total", "counter", "Runs that are remembered, by how they stand.")
    for source_id, status, count in sorted(model.Session.execute(counted).tuples()):
        if source_id in names:
            yield _sample("harvest_runs_total", count, source=names[source_id], status=status)
    yield from _family("harvest_records", "gauge", "Records of the latest run, by what became of them.")
    for name, run in sorted(latest.items()):
        for kind in Counts().as_dict():
            yield _sample("harvest_records", getattr(run, kind), source=name, kind=kind)
    yield from _family("harvest_run_seconds", "gauge", "How long the latest run took, or takes so far.")
    for name, run in sorted(latest.items()):
        took = (run.finished or now()) - run.started
        yield _sample("harvest_run_seconds", took.total_seconds(), source=name)
    yield from _family("harvest_problems", "gauge", "What is wrong with records now.")
    problems = sa.select(HarvestProblem.source_id, HarvestProblem.severity, sa.func.count()).group_by(
        HarvestProblem.source_id, HarvestProblem.severity
    )
    for source_id, severity, count in sorted(model.Session.execute(problems).tuples()):
        if source_id in names:
            yield _sample("harvest_problems", count, source=names[source_id], severity=severity)
    yield from _ages(names)
    yield from _family("harvest_stuck", "gauge", "1 for a source at which nothing moves though something should.")
    still = {one.source: one.why for one in stuck(sources)}
    for source in sources:
        yield _sample("harvest_stuck", int(source.name in still), source=source.name)


def _ages(names: dict[str, str]) -> Iterator[str]:
    whole = (
        sa.select(HarvestRun.source_id, sa.func.max(HarvestRun.finished))
        .where(HarvestRun.status == RunStatus.FINISHED, runs.looked())
        .group_by(HarvestRun.source_id)
    )
    yield from _family("harvest_age_seconds", "gauge", "How long ago the source was last read whole.")
    for source_id, finished in sorted(model.Session.execute(whole).tuples()):
        if source_id in names and finished is not None:
            yield _sample("harvest_age_seconds", (now() - finished).total_seconds(), source=names[source_id])


def _family(name: str, kind: str, text: str) -> Iterable[str]:
    return (f"# HELP {name} {text}", f"# TYPE {name} {kind}")


def _sample(name: str, value: float, **labels: str) -> str:
    # Names of sources, statuses and kinds hold nothing that would have to be escaped.
    told = ",".join(f'{key}="{label}"' for key, label in labels.items())
    return f"{name}{{{told}}} {round(value, 3):g}"
