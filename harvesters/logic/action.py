"""Actions of the harvest engine, and those of ckanext-harvest that it takes part in.

The chained ones let ckanext-harvest's pages, API and commands work on our sources as on any other: "Reharvest" starts
our engine, a job's statistics count what the engine counted, a report speaks the reader's language. Sources of other
types go on as before.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import logic, model
from ckan.types import Action, Context, DataDict
from ckanext.harvest.logic.dictization import harvest_job_dictize
from ckanext.harvest.model import HarvestJob, HarvestSource

from ckanext.harvesters.duplicates import refresh
from ckanext.harvesters.engine import originals, queue, runs, store
from ckanext.harvesters.engine.originals import HarvestOriginal
from ckanext.harvesters.engine.report import Entry, sentence
from ckanext.harvesters.engine.sources import find, is_ours, registered
from ckanext.harvesters.engine.statistics import Counts
from ckanext.harvesters.engine.tables import HarvestProblem, HarvestRecord, HarvestRun
from ckanext.harvesters.logic import schema
from ckanext.harvesters.logic.visibility import visible
from ckanext.harvesters.records import Severity

#: Enough for every value of a facet; the catalogue's sources, types and regions are few.
_ALL_VALUES = -1
#: How many values without a concept a report names.
_MOST_UNRESOLVED = 100


@tk.side_effect_free
def harvest_status(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Count the datasets in the catalogue and tell how each source's last harvest went.

    :returns: ``datasets`` with ``total``, ``by_source``, ``by_type`` and ``by_region`` (value → number of datasets;
        harvest sources themselves are not counted; what several sources have is one dataset, and counted for each of
        them), and ``sources``, a list of ``name``, ``protocol`` and ``last_run``
        (None, or ``status``, ``started``, ``seconds``, ``seen``, ``added``, ``updated``, ``unchanged``, ``failed``,
        ``out_of_scope``, ``gone``, ``deleted``). ``started`` is ISO 8601 in UTC. Private sources are named only to
        those who may see them.
    :rtype: dictionary
    """
    tk.check_access("harvest_status", context, data_dict)
    facets = {"by_source": "harvest_source_name", "by_type": "dataset_type", "by_region": "region"}
    found = tk.get_action("package_search")(
        {"ignore_auth": True},
        {
            "fq": "-dataset_type:harvest",
            "rows": 0,
            "facet.field": list(facets.values()),
            "facet.limit": _ALL_VALUES,
            "facet.mincount": 1,
        },
    )
    every = list(registered(active=False))
    sources = visible(context, every)
    latest = runs.latest(source.id for source in sources)
    counted = {name: _counts(found, field) for name, field in facets.items()}
    for hidden in {source.name for source in every} - {source.name for source in sources}:
        counted["by_source"].pop(hidden, None)
    return {
        "datasets": {"total": found["count"], **counted},
        "sources": [
            {"name": source.name, "protocol": source.protocol, "last_run": _summary(latest.get(source.id))}
            for source in sources
        ],
    }


def _counts(found: dict[str, Any], field: str) -> dict[str, int]:
    items = found["search_facets"].get(field, {}).get("items", [])
    return {item["name"]: item["count"] for item in sorted(items, key=lambda item: item["name"])}


def _summary(run: HarvestRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    shown = runs.dictize(run)
    return {key: shown[key] for key in ("status", "started", "seconds", *Counts().as_dict())}


@tk.side_effect_free
def harvest_run_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List runs of the engine, the latest first.

    :param source: name or id of a harvest source (optional for sysadmins: all sources)
    :type source: string
    :param limit: how many (optional, default: ``20``)
    :type limit: int
    :returns: dicts with ``id``, ``source``, ``job_id``, ``status`` (``running``, ``finished``, ``incomplete``,
        ``failed`` or ``interrupted``), ``reason`` (a code), ``detail``, ``started``, ``finished``, ``seconds``,
        ``total`` and the counts of records
    :rtype: list of dictionaries
    """
    tk.check_access("harvest_run_list", context, data_dict)
    asked = schema.runs(data_dict)
    names = {source.id: source.name for source in registered(active=False)}
    query = sa.select(HarvestRun).order_by(HarvestRun.started.desc()).limit(asked["limit"])
    if asked.get("source"):
        query = query.where(HarvestRun.source_id == find(asked["source"]).id)
    return [{"source": names.get(run.source_id), **runs.dictize(run)} for run in model.Session.execute(query).scalars()]


@tk.side_effect_free
def harvest_report(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Report what is wrong now with a source and its records, in the reader's language.

    :param source: name or id of the harvest source
    :type source: string
    :param severity: only ``error`` (did not arrive) or ``warning`` (arrived, with something left out or unknown)
    :type severity: string
    :param lang: ``nl``, ``fr`` or ``en`` (optional, default: the language of the request)
    :type lang: string
    :param limit: how many lines (optional, default: ``1000``)
    :type limit: int
    :param offset: how many lines to leave out at the beginning (optional, default: ``0``)
    :type offset: int
    :returns: ``source``, ``run`` (the last one), ``count``, ``reasons`` (code → how often), ``unresolved`` (the values
        no vocabulary knows, kept as they came: ``field``, ``value``, ``count`` of records, the 100 most frequent), and
        ``problems``, each with ``guid``, ``severity``, ``field``, ``value``, ``reason`` (a code), ``text`` (a
        sentence), ``detail`` and ``url``
    :rtype: dictionary
    """
    tk.check_access("harvest_report", context, data_dict)
    asked = schema.report(data_dict)
    source = find(asked["source"])
    language = asked.get("lang") or schema.language()
    of_source = [HarvestProblem.source_id == source.id]
    if asked.get("severity"):
        of_source.append(HarvestProblem.severity == asked["severity"])
    counted = sa.select(HarvestProblem.reason, sa.func.count()).where(*of_source).group_by(HarvestProblem.reason)
    reasons: dict[str, int] = dict(model.Session.execute(counted).tuples().all())
    run = runs.latest([source.id]).get(source.id)
    problems = store.problems(*of_source, limit=asked["limit"], offset=asked["offset"])
    return {
        "source": source.name,
        "run": runs.dictize(run) if run else None,
        "count": sum(reasons.values()),
        "reasons": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        "unresolved": store.unresolved(source.id, _MOST_UNRESOLVED),
        "problems": [_problem(problem, language) for problem in problems],
    }


@tk.side_effect_free
def harvest_record_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a record as its portal sent it, for those who may edit its source.

    :param source: name or id of the harvest source
    :type source: string
    :param guid: the record's identifier at its portal
    :type guid: string
    :returns: ``source``, ``guid``, ``media_type``, ``url`` (where the portal shows it), ``modified`` (the portal's
        date of it), ``fetched`` (when it came, ISO 8601 in UTC), ``package_id`` (the dataset it became, or None) and
        ``content`` (text)
    :rtype: dictionary
    """
    asked = schema.record(data_dict)
    tk.check_access("harvest_record_show", context, asked)
    source = find(asked["source"])
    found = originals.of(source.id, asked["guid"])
    if found is None:
        raise tk.ObjectNotFound(tk._("Nothing is kept of this record."))
    shown = ("guid", "media_type", "url", "modified", "package_id")
    return {
        "source": source.name,
        **{name: getattr(found, name) for name in shown},
        "fetched": runs.iso(found.fetched),
        "content": found.record.content.decode("utf-8", "replace"),
    }


def _problem(problem: HarvestProblem, language: str) -> dict[str, Any]:
    names = ("guid", "severity", "field", "value", "reason", "detail", "url")
    return {name: getattr(problem, name) for name in names} | {"text": sentence(problem.reason, language)}


# What follows takes part in actions of ckanext-harvest.


@tk.chained_action
def harvest_send_job_to_gather_queue(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Run a harvest job: on CKAN's job queue, by the engine, when its source is one of ours.

    :param id: the id of the harvest job
    :type id: string
    """
    job = model.Session.get(HarvestJob, tk.get_or_bust(data_dict, "id"))
    if job is None or not is_ours(job.source_id):
        return original(context, data_dict)
    tk.check_access("harvest_send_job_to_gather_queue", context, {"source_id": job.source_id})
    if not job.source.active:
        raise tk.ValidationError({"source_id": [tk._("The source is not active.")]})
    runs.set_job(data_dict["id"], status="Running")
    model.Session.commit()
    queue.enqueue(job.source.id, data_dict["id"])
    return harvest_job_dictize(job, context)


@tk.chained_action
def harvest_jobs_run(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Start the harvests that are due, take up again those whose worker died, and look for duplicates in what changed.

    Called every minute by the queue's scheduler; calling it from cron, as ckanext-harvest's documentation says, does no
    harm.
    """
    result = original(context, data_dict)
    queue.tend()
    refresh.ask()
    return result


@tk.chained_action
def harvest_source_clear(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Delete a source's datasets and history, and what the engine remembers of its records.

    :param id: the id of the harvest source
    :type id: string
    """
    source_id = tk.get_or_bust(data_dict, "id")
    source = model.Session.get(HarvestSource, source_id)
    if source is None or not is_ours(source_id):
        return original(context, data_dict)
    tk.check_access("harvest_source_clear", context, data_dict)
    if runs.is_under_way(source_id):
        raise tk.ValidationError({"id": [tk._("The source is being harvested. Stop that first.")]})
    result = original(context, data_dict)
    for table in (HarvestProblem, HarvestOriginal, HarvestRecord, HarvestRun):
        model.Session.execute(sa.delete(table).where(table.source_id == source_id))
    model.Session.commit()
    return result


@tk.side_effect_free
@tk.chained_action
def harvest_source_show_status(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a source's status, its last job with the engine's counts."""
    status = original(context, data_dict)
    if status.get("last_job"):
        _count_as_the_engine([status["last_job"]])
    return status


@tk.side_effect_free
@tk.chained_action
def harvest_job_show(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a job with the engine's counts."""
    job = original(context, data_dict)
    _count_as_the_engine([job])
    return job


@tk.side_effect_free
@tk.chained_action
def harvest_job_list(original: Action, context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List jobs with the engine's counts."""
    jobs = original(context, data_dict)
    _count_as_the_engine(jobs)
    return jobs


def _count_as_the_engine(jobs: list[dict[str, Any]]) -> None:
    """Put the engine's counts into jobs: ckanext-harvest counts harvest objects, and an unchanged record has none."""
    of_jobs = runs.of_jobs(job["id"] for job in jobs)
    for job in jobs:
        run = of_jobs.get(job["id"])
        if run is None or "stats" not in job:
            continue
        job["stats"] |= {
            "added": run.added,
            "updated": run.updated,
            "not modified": run.unchanged,
            "deleted": run.deleted,
            "errored": max(run.failed, job["stats"].get("errored", 0)),
        }
        job["run"] = runs.dictize(run)


@tk.side_effect_free
@tk.chained_action
def harvest_object_show(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a harvest object; to who may see it, with the record its portal sent: the latest of its guid."""
    shown = original(context, data_dict)
    if not shown.get("content") and shown.get("source") and is_ours(shown["source"]):
        asked = {"source": shown["source"], "guid": shown["guid"]}
        with suppress(tk.NotAuthorized, tk.ObjectNotFound):
            shown["content"] = tk.get_action("harvest_record_show")(logic.fresh_context(context), asked)["content"]
    return shown


@tk.side_effect_free
@tk.chained_action
def harvest_job_report(original: Action, context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Report a job's errors in the reader's language."""
    report = original(context, data_dict)
    job = model.Session.get(HarvestJob, data_dict["id"])
    if job is None or not is_ours(job.source_id):
        return report
    language = schema.language()
    if language == "en":
        return report
    told = {entry.text("en"): entry.text(language) for entry in _told(job.source)}
    run = runs.of_jobs([data_dict["id"]]).get(data_dict["id"])
    if run is not None and run.reason:
        told[runs.end_text(run.reason, run.detail, "en")] = runs.end_text(run.reason, run.detail, language)
    for found in report["object_errors"].values():
        for error in found["errors"]:
            error["message"] = told.get(error["message"], error["message"])
    for error in report["gather_errors"]:
        guid, _, message = error["message"].partition(": ")
        error["message"] = told.get(error["message"]) or (
            f"{guid}: {told[message]}" if message in told else error["message"]
        )
    return report


# ckanext-harvest checks this action as "harvest_job_show"; CKAN's audit of checks looks for the action's own name.
harvest_job_report.__dict__["auth_audit_exempt"] = True


def _told(source: HarvestSource) -> list[Entry]:
    return [
        Entry(one.guid, one.field, one.value, one.reason, Severity(one.severity), one.detail, one.url)
        for one in store.problems(HarvestProblem.source_id == source.id)
    ]
