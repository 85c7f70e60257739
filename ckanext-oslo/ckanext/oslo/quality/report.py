"""An organization's quality as a mail: composed from the figures of its page, in one of three languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from gettext import NullTranslations
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from ckanext.oslo.quality.score import MOST
from ckanext.oslo.quality.wording import PROBLEMS

PROBLEMS_TOLD = 5
MONTH = timedelta(days=31)


@dataclass(frozen=True)
class Letter:
    """What is sent."""

    subject: str
    text: str


@dataclass(frozen=True)
class Report:
    """What a letter tells of: an organization, its figures as `oslo_quality` gives them, and where its page is."""

    organization: str
    summary: Mapping[str, Any]
    trend: Sequence[Mapping[str, Any]]
    page: str
    file: str


def compose(report: Report, month: date, language: str, words: NullTranslations) -> Letter:
    """Write the letter of a month (any day of it). ``words`` translate into ``language``; what they lack is English."""

    def _(message: str) -> str:
        return words.gettext(message)

    named = format_date(month, "LLLL yyyy", locale=language)
    subject = _("Quality of the data of {organization}, {month}").format(organization=report.organization, month=named)
    average = _("Average: {percent} of 100, over {count} datasets.")
    lines = [average.format(percent=report.summary["percent"], count=report.summary["datasets"])]
    if (change := _change(report.trend)) is not None:
        signed = format_decimal(change, format="+0;-0;0", locale=language)
        lines.append(_("Since a month ago: {change}.").format(change=signed))
    broken = _("Broken links: {count}, in {datasets} datasets.")
    lines.append(
        broken.format(count=report.summary["broken_links"], datasets=report.summary["datasets_with_broken_links"])
    )
    if problems := report.summary["problems"][:PROBLEMS_TOLD]:
        lines += ["", _("To repair first:")]
        lines += [f"* {_(PROBLEMS[one['metric']])} ({one['datasets']})" for one in problems]
    lines += ["", _("All datasets, with what to do for each: {address}").format(address=report.page)]
    lines += [_("As a spreadsheet: {address}").format(address=report.file)]
    lines += ["", _("You asked for this report. On its page you can stop it.")]
    return Letter(subject, "\n".join(lines) + "\n")


def _change(trend: Sequence[Mapping[str, Any]]) -> int | None:
    """Give by how many of 100 the average has risen over the last month; None when it is not known that long."""
    if not trend:
        return None
    latest = trend[-1]
    until = (date.fromisoformat(latest["day"]) - MONTH).isoformat()
    earlier = [one for one in trend if one["day"] <= until]
    return round(100 * (latest["points"] - earlier[-1]["points"]) / MOST) if earlier else None
