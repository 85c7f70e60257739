"""The page of an organization's quality, and the same as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from ckan import model
from ckan.lib.helpers import Page
from ckan.plugins import toolkit
from flask import Blueprint, Response, request

from ckanext.oslo.checking.wording import language
from ckanext.oslo.quality import actions, readers, store, wording
from ckanext.oslo.quality.chart import line
from ckanext.oslo.quality.score import METRICS, MOST
from ckanext.oslo.quality.store import Row

quality = Blueprint("oslo_quality", __name__)

SORTS = {
    "title": lambda row: row.title.casefold(),
    "points": lambda row: (row.score.points, row.title.casefold()),
    "broken": lambda row: (-row.broken, row.title.casefold()),
}
PER_PAGE = 50


@quality.get("/organization/<name>/quality")
def organization(name: str) -> str:
    """Show how good an organization's descriptions are, what to repair first, and the list of its datasets."""
    group, rows = _rows(name)
    sort, problem = request.args.get("sort", ""), request.args.get("problem", "")
    sort = sort if sort in SORTS else "points"
    problem = problem if problem in wording.PROBLEMS else ""
    order = "desc" if request.args.get("order") == "desc" else "asc"
    listed = [row for row in rows if not problem or any(one.metric.name == problem for one in row.score.next_steps)]
    listed.sort(key=SORTS[sort], reverse=order == "desc")
    page = Page(
        collection=listed,
        page=toolkit.h.get_page_number(request.args),
        url=toolkit.h.pager_url,
        item_count=len(listed),
        items_per_page=PER_PAGE,
    )
    trend, catalogue = actions.trend("organization", group.id), actions.trend("catalogue", "")
    return toolkit.render(
        "oslo/organization_quality.html",
        {
            "organization": group,
            "summary": actions.summary(rows),
            "page": page,
            "sort": sort,
            "order": order,
            "problem": problem,
            "chart": line(trend, catalogue),
            "trend": trend,
            "shown": _shown,
            "mail": _mail(group.id),
            "shown_problem": wording.problem(problem) if problem else "",
        },
    )


@quality.get("/organization/<name>/quality.csv")
def organization_csv(name: str) -> Response:
    """Give the list as a file: a row a dataset, a column a metric."""
    group, rows = _rows(name)
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["dataset", "title", "points", "of", "rating", "broken_links", *METRICS])
    for row in rows:
        earned = {one.metric.name: round(one.earned, 1) for one in row.score.measures}
        found = [row.score.points, MOST, str(row.score.rating), row.broken, *(earned[metric] for metric in METRICS)]
        writer.writerow([row.name, _inert(row.title), *found])
    # A byte-order mark: without it Excel takes the file for one of the machine's own code page.
    answer = Response("\ufeff" + sheet.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="quality-{group.name}.csv"'
    return answer


@quality.post("/organization/<name>/quality/mail")
def report_by_mail(name: str) -> Response:
    """Begin or stop the monthly report for who is signed in: ``wanted`` is ``yes`` or ``no``."""
    wanted = request.form.get("wanted") == "yes"
    action = "oslo_quality_report_subscribe" if wanted else "oslo_quality_report_unsubscribe"
    try:
        toolkit.get_action(action)({"user": toolkit.current_user.name}, {"organization": name})
    except toolkit.NotAuthorized:
        return toolkit.abort(403, toolkit._("Sign in to get reports by mail."))
    except toolkit.ObjectNotFound as error:
        return toolkit.abort(404, str(error))
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(" ".join(map(str, error.error_summary.values())))
    else:
        toolkit.h.flash_success(
            toolkit._("You get this report by mail at the beginning of each month.")
            if wanted
            else toolkit._("You get this report no more.")
        )
    return toolkit.redirect_to("oslo_quality.organization", name=name)


def _mail(organization_id: str) -> str:
    """Tell what the page offers: ``""`` nothing, ``sign-in``, ``subscribe`` or ``unsubscribe``."""
    if not readers.can_send():
        return ""
    if toolkit.current_user.is_anonymous:
        return "sign-in"
    return "unsubscribe" if readers.is_reader(organization_id, toolkit.current_user.id) else "subscribe"


def _rows(name: str) -> tuple[Any, list[Row]]:
    group = model.Group.get(name)
    if group is None or not group.is_organization or group.state != "active":
        toolkit.abort(404, toolkit._("There is no such organization."))
    return group, list(store.rows_of("organization", group.id, language()))


def _shown(row: Row) -> dict[str, Any]:
    """Give a row for the page: its score, and the first thing to mend."""
    steps = row.score.next_steps
    return {
        **wording.shown(row.score),
        "problem": wording.problem(steps[0].metric.name) if steps else "",
        "gain": round(steps[0].lost) if steps else 0,
    }


def _inert(text: str) -> str:
    """Keep spreadsheets from taking a title for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
