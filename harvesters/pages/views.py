"""The addresses of the harvest pages.

They are those of ckanext-harvest, which link to them from many places; plugin ``harvesters`` must stand before
``harvest`` in ``ckan.plugins`` for ours to answer. What changes something asks first (GET) and does it on POST, with
CSRF protection; ckanext-harvest's own pages do it on GET.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Response
from ckanext.harvest.logic import HarvestJobExists, HarvestSourceInactiveError
from ckanext.harvest.model import HarvestJob
from flask import Blueprint, make_response, request

from ckanext.harvesters.engine import preview as previews
from ckanext.harvesters.logic.told_records import SECONDS
from ckanext.harvesters.pages import (
    absences,
    downloads,
    duplicates,
    first_records,
    overview,
    passes,
    reader,
    report,
    source_pages,
    trend,
    words,
)
from ckanext.harvesters.pages.passes import Pass
from ckanext.harvesters.pages.source_pages import Shown
from ckanext.oslo.quality.score import MOST as MOST_POINTS

#: Runs on one page of a source.
RUNS = 20
#: Characters of an original record on its page.
SHOWN = 100_000
#: Datasets to decide on one page.
DECISIONS = 50
#: Runs beside the report of one.
EARLIER = 8

Answer = str | Response

harvests = Blueprint("harvest_pages", __name__)


def _page(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Turn what actions refuse into pages that say so."""

    @wraps(view)
    def answered(**kwargs: str) -> Answer:
        try:
            return view(**kwargs)
        except tk.ObjectNotFound as missing:
            return tk.abort(404, str(missing) or tk._("Harvest source not found"))
        except tk.NotAuthorized:
            return tk.abort(403, tk._("Not authorized to see this page"))

    return answered


def _render(template: str, **shown: Any) -> str:
    return tk.render(f"harvest_pages/{template}.html", {"read": reader, "words": words, **shown})


@harvests.route("/harvest/", strict_slashes=False)
@_page
def every() -> Answer:
    """Show all sources at a glance."""
    sources = source_pages.all_sources()
    trends = trend.of_sources([source.id for source in sources])
    return _render("overview", sources=sources, figures=overview.figures(sources), trends=trends)


@harvests.route("/harvest/sources.csv")
@_page
def every_csv() -> Answer:
    """Give the list of sources as CSV."""
    rows = [downloads.source_row(source) for source in source_pages.all_sources()]
    return downloads.table(downloads.SOURCES, rows, "sources")


@harvests.route("/harvest/duplicates")
@_page
def same() -> Answer:
    """Show what is, or may be, the same in several portals, to those who may decide it."""
    page = max(1, request.args.get("page", 1, type=int))
    asked = {"limit": DECISIONS, "offset": (page - 1) * DECISIONS}
    found = tk.get_action("harvest_duplicate_list")(reader.context(), asked)
    pages = -(-max(found["count"].values()) // DECISIONS)
    return _render("duplicates", found=found, titles=duplicates.source_titles(), page=page, pages=pages)


@harvests.route("/harvest/duplicates/<any(join, split):choice>", methods=["POST"])
@_page
def decide(choice: str) -> Answer:
    """Join two datasets, or split them."""
    asked = {name: request.form.get(name, "").strip() for name in ("id", "other")}
    try:
        tk.get_action(f"harvest_duplicate_{choice}")(reader.context(), asked)
    except (tk.ValidationError, tk.ObjectNotFound) as error:
        told = error.error_summary.values() if isinstance(error, tk.ValidationError) else [str(error)]
        tk.h.flash_error(" ".join(told))
    else:
        tk.h.flash_success(
            tk._("The two are one dataset now.") if choice == "join" else tk._("The two are different datasets now.")
        )
    return tk.h.redirect_to("harvest_pages.same")


@harvests.route("/harvest/<source>")
@_page
def one(source: str) -> Answer:
    """Show one source, with its runs to those who may see them."""
    shown = source_pages.one_source(source)
    page = max(1, request.args.get("page", 1, type=int))
    found = passes.of_source(shown.id, limit=RUNS, offset=(page - 1) * RUNS) if shown.reads else []
    pages = -(-passes.count(shown.id) // RUNS) if shown.reads else 0
    gone = absences.of_source(shown.id) if shown.reads else []
    return _render("source", source=shown, runs=found, page=page, pages=pages, gone=gone)


@harvests.route("/harvest/about/<source>")
@harvests.route("/harvest/admin/<source>")
@harvests.route("/harvest/<source>/job")
@_page
def elsewhere(source: str) -> Answer:
    """Lead from ckanext-harvest's several pages of a source to the one that shows it all."""
    return tk.h.redirect_to("harvest_pages.one", source=source_pages.one_source(source).name)


@harvests.route("/harvest/<source>/record")
@_page
def record(source: str) -> Answer:
    """Show a record as the portal sent it, or give it as a file."""
    shown = source_pages.one_source(source)
    asked = {"source": shown.name, "guid": request.args.get("guid", "")}
    try:
        found = tk.get_action("harvest_record_show")(reader.context(), asked)
    except tk.ValidationError as error:
        raise tk.ObjectNotFound(tk._("Nothing is kept of this record.")) from error
    if request.args.get("download"):
        return downloads.original(found, shown.name)
    fetched = datetime.fromisoformat(found["fetched"]).replace(tzinfo=None)
    return _render("record", source=shown, record=found, shown=found["content"][:SHOWN], fetched=fetched)


def _run(source: str, job: str) -> tuple[Shown, Pass, bool]:
    """Return a source, one of its runs, and whether that is the latest. Raises as actions do."""
    shown = source_pages.one_source(source)
    tk.check_access("harvest_source_update", reader.context(), {"id": shown.id})
    found: passes.Job = model.Session.execute(sa.select(HarvestJob).where(HarvestJob.id == job)).scalar()
    if found is None or found.source_id != shown.id:
        raise tk.ObjectNotFound(tk._("Harvest job not found"))
    return shown, passes.of_jobs([found])[0], shown.last is not None and shown.last.job_id == job


@harvests.route("/harvest/<source>/job/last")
@_page
def last(source: str) -> Answer:
    """Lead to the latest run of a source."""
    shown = source_pages.one_source(source)
    if shown.last is None:
        return tk.h.redirect_to("harvest_pages.one", source=shown.name)
    return tk.h.redirect_to("harvest_pages.run", source=shown.name, job=shown.last.job_id)


@harvests.route("/harvest/<source>/job/<job>")
@_page
def run(source: str, job: str) -> Answer:
    """Show one run: how far it is, what it counted, and its report."""
    shown, this, latest = _run(source, job)
    earlier = [one for one in passes.of_source(shown.id, limit=EARLIER + 1) if one.job_id != job][:EARLIER]
    return _render(
        "run",
        source=shown,
        run=this,
        latest=latest,
        expected=_expected(this, earlier),
        earlier=earlier,
        kinds=report.kinds(this, latest=latest) if this.health.is_over else [],
        changes={kind: report.written(this, kind) for kind in ("added", "updated")},
    )


def _expected(this: Pass, others: list[Pass]) -> int | None:
    """Return how many records a run will see: as the portal says, else as many as the last whole one saw."""
    before = (one.counts.seen for one in others if one.started and this.started and one.started < this.started)
    return this.total or next((seen for seen in before if seen), None)


@harvests.route("/harvest/<source>/job/<job>/progress")
@_page
def progress(source: str, job: str) -> Answer:
    """Give the part of a run's page that changes while it runs; when it is over, ask for the whole page."""
    shown, this, _latest = _run(source, job)
    expected = _expected(this, passes.of_source(shown.id, limit=2))
    response = make_response(_render("progress", source=shown, run=this, expected=expected))
    response.headers["Cache-Control"] = "no-store"
    if this.health.is_over:
        response.headers["HX-Refresh"] = "true"
    return response  # pyright: ignore[reportReturnType]  # Flask's class; CKAN's is a subclass


@harvests.route("/harvest/<source>/job/<job>/report.csv")
@_page
def report_csv(source: str, job: str) -> Answer:
    """Give the report of a run as CSV."""
    shown, this, latest = _run(source, job)
    rows = [report.as_dict(line) for line in report.lines(this, latest=latest)]
    return downloads.table(downloads.COLUMNS, rows, f"{shown.name}-report")


@harvests.route("/harvest/<source>/job/<job>/report.json")
@_page
def report_json(source: str, job: str) -> Answer:
    """Give the report of a run as JSON."""
    shown, this, latest = _run(source, job)
    rows = [report.as_dict(line) for line in report.lines(this, latest=latest)]
    return downloads.document({**downloads.run_head(shown, this), "problems": rows}, f"{shown.name}-report")


@harvests.route("/harvest/new/preview", methods=["GET", "POST"])
@_page
def look() -> Answer:
    """Show the first records of a source that is not saved yet, or its form again."""
    return _looked_at(None)


@harvests.route("/harvest/edit/<source>/preview", methods=["GET", "POST"])
@_page
def look_again(source: str) -> Answer:
    """Show the first records of a source as a changed form describes it, or that form again."""
    return _looked_at(source_pages.one_source(source).id)


def _looked_at(source_id: str | None) -> Answer:
    if request.method == "GET":  # Another language was chosen, or the address was pasted.
        return tk.h.redirect_to("harvest.edit", id=source_id) if source_id else tk.h.redirect_to("harvest.new")
    sent = first_records.sent()
    if "back" in request.form:
        return first_records.form(source_id, sent)
    try:
        found = tk.get_action("harvest_source_preview")(reader.context(), first_records.described(source_id, sent))
    except tk.ValidationError as error:
        return first_records.form(source_id, sent, error)
    return _render("first_records", source_id=source_id, sent=sent, found=found, seconds=SECONDS, score_of=MOST_POINTS)


# What changes something.


def _ask(source: Shown, what: str, **more: Any) -> Answer:
    return _render("confirm", source=source, what=what, **more)


def _flash(error: tk.ValidationError) -> None:
    """Say on the next page why something was not done."""
    tk.h.flash_error(" ".join(error.error_summary.values()))


def _allowed(source: str, action: str) -> Shown:
    shown = source_pages.one_source(source)
    tk.check_access(action, reader.context(), {"id": shown.id, "source_id": shown.id})
    return shown


@harvests.route("/harvest/refresh/<source>", methods=["GET", "POST"])
@_page
def refresh(source: str) -> Answer:
    """Start a run now."""
    shown = _allowed(source, "harvest_job_create")
    if request.method == "GET":
        return _ask(shown, "refresh")
    try:
        job = tk.get_action("harvest_job_create")(reader.context(), {"source_id": shown.id, "run": True})
    except HarvestJobExists:
        tk.h.flash_notice(tk._("This source is being harvested already."))
        return tk.h.redirect_to("harvest_pages.last", source=shown.name)
    except HarvestSourceInactiveError:
        tk.h.flash_error(tk._("The source is not active."))
        return tk.h.redirect_to("harvest_pages.one", source=shown.name)
    return tk.h.redirect_to("harvest_pages.run", source=shown.name, job=job["id"])


@harvests.route("/harvest/preview/<source>", methods=["GET", "POST"])
@_page
def preview(source: str) -> Answer:
    """Show what the next run would change; work it out anew when asked to."""
    shown = _allowed(source, "harvest_source_update")
    if request.method == "POST":
        previews.ask(shown.id)
        return tk.h.redirect_to("harvest_pages.preview", source=shown.name)
    found = previews.of_source(shown.id)
    return _render("preview", source=shown, preview=found, under_way=previews.is_under_way(shown.id))


@harvests.route("/harvest/confirm/<source>", methods=["GET", "POST"])
@_page
def confirm(source: str) -> Answer:
    """Confirm that what the braked latest run missed is gone."""
    shown = _allowed(source, "harvest_source_update")
    if request.method == "GET":
        return _ask(shown, "confirm")
    try:
        done = tk.get_action("harvest_brake_release")(reader.context(), {"source": shown.id})
    except tk.ValidationError as error:
        _flash(error)
    else:
        many = done["gone"]
        said = tk.ungettext("{count} dataset is marked as gone.", "{count} datasets are marked as gone.", many)
        tk.h.flash_success(said.format(count=reader.number(many)))
    return tk.h.redirect_to("harvest_pages.one", source=shown.name)


@harvests.route("/harvest/keep/<source>", methods=["POST"])
@_page
def keep(source: str) -> Answer:
    """Keep a dataset that is gone at its source, or bring it back."""
    shown = _allowed(source, "harvest_source_update")
    tk.get_action("harvest_dataset_keep")(reader.context(), {"id": request.form.get("id", "")})
    tk.h.flash_success(tk._("The dataset stays."))
    return tk.h.redirect_to("harvest_pages.one", source=shown.name)


@harvests.route("/harvest/release/<dataset>", methods=["POST"])
@_page
def release(dataset: str) -> Answer:
    """Take a dataset's corrected fields from its source again."""
    tk.get_action("harvest_correction_release")(reader.context(), {"id": dataset})
    tk.h.flash_success(tk._("The next harvest takes everything from the source again."))
    return tk.h.redirect_to("dataset.read", id=dataset)


@harvests.route("/harvest/clear/<source>", methods=["GET", "POST"])
@_page
def clear(source: str) -> Answer:
    """Delete a source's datasets and its history."""
    shown = _allowed(source, "harvest_source_clear")
    if request.method == "GET":
        return _ask(shown, "clear")
    try:
        tk.get_action("harvest_source_clear")(reader.context(), {"id": shown.id})
    except tk.ValidationError as error:
        _flash(error)
    else:
        tk.h.flash_success(tk._("The datasets of this source and its history have been deleted."))
    return tk.h.redirect_to("harvest_pages.one", source=shown.name)


@harvests.route("/harvest/delete/<source>", methods=["GET", "POST"])
@_page
def delete(source: str) -> Answer:
    """Delete a source; its datasets too, if wanted."""
    shown = _allowed(source, "harvest_source_delete")
    if request.method == "GET":
        return _ask(shown, "delete")
    context = reader.context()
    context["clear_source"] = bool(request.form.get("clear"))  # pyright: ignore[reportGeneralTypeIssues]
    try:
        tk.get_action("harvest_source_delete")(context, {"id": shown.id})
    except tk.ValidationError as error:
        _flash(error)
        return tk.h.redirect_to("harvest_pages.one", source=shown.name)
    tk.h.flash_success(tk._("{source} is no longer a source.").format(source=shown.title))
    return tk.h.redirect_to("harvest_pages.every")


@harvests.route("/harvest/<source>/job/<job>/abort", methods=["GET", "POST"])
@_page
def abort(source: str, job: str) -> Answer:
    """Stop a run."""
    shown, _this, _latest = _run(source, job)
    tk.check_access("harvest_job_abort", reader.context(), {"id": job})
    if request.method == "GET":
        return _ask(shown, "abort", job=job)
    tk.get_action("harvest_job_abort")(reader.context(), {"id": job})
    tk.h.flash_success(tk._("The harvest is being stopped."))
    return tk.h.redirect_to("harvest_pages.run", source=shown.name, job=job)
