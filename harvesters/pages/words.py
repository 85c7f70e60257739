"""Codes of sources, runs and reports in the words of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.harvesters.engine.report import sentence
from ckanext.harvesters.pages import reader
from ckanext.harvesters.pages.health import Health
from ckanext.oslo.quality import wording
from ckanext.oslo.quality.score import Rating

if TYPE_CHECKING:
    from ckanext.harvesters.pages.passes import Pass


@dataclass(frozen=True)
class Region:
    """A region by its name for the reader, and the direction of its weave (vla, wal, hdf)."""

    name: str
    short: str


def region(key: str | None) -> Region | None:
    """Return the region a source is about, None when it does not say."""
    known = {
        "vlaanderen": Region(tk._("Flanders"), "vla"),
        "wallonie": Region(tk._("Wallonia"), "wal"),
        "hauts-de-france": Region(tk._("Hauts-de-France"), "hdf"),
    }
    return known.get(key or "")


def language(code: str | None) -> str:
    """Name a language."""
    return {"nl": tk._("Dutch"), "fr": tk._("French"), "en": tk._("English")}.get(code or "", code or "")


def frequency(code: str) -> str:
    """Say how often a source is read."""
    return {
        "MANUAL": tk._("only when asked"),
        "MONTHLY": tk._("every month"),
        "WEEKLY": tk._("every week"),
        "BIWEEKLY": tk._("every two weeks"),
        "DAILY": tk._("every day"),
        "ALWAYS": tk._("without pause"),
    }.get(code, code)


def health(code: Health) -> str:
    """Return the word for how a source is doing."""
    return {
        Health.NEVER: tk._("not yet harvested"),
        Health.WAITING: tk._("waiting"),
        Health.RUNNING: tk._("running"),
        Health.SILENT: tk._("gone silent"),
        Health.CLEAN: tk._("clean"),
        Health.PROBLEMS: tk._("problems"),
        Health.INCOMPLETE: tk._("incomplete"),
        Health.FAILED: tk._("failed"),
        Health.BRAKED: tk._("waits for you"),
        Health.STOPPED: tk._("stopped"),
    }[code]


def trend(change: int, days: int) -> str:
    """Say how many datasets a source has more or fewer than some days ago."""
    weeks = round(days / 7)
    span = (
        tk.ungettext("{count} day", "{count} days", days).format(count=days)
        if days < 14
        else tk._("{count} weeks").format(count=weeks)
    )
    if not change:
        return tk._("unchanged in {span}").format(span=span)
    sign = "+" if change > 0 else "\N{MINUS SIGN}"
    return tk._("{change} in {span}").format(change=f"{sign}{reader.number(abs(change))}", span=span)


def reason(code: str) -> str:
    """Return the sentence for a reason of a report."""
    return sentence(code, reader.language())


def kind(code: str | None) -> str:
    """Name a type of dataset."""
    return {"dataset": tk._("Dataset"), "work": tk._("Work"), "mobility": tk._("Mobility")}.get(code or "", "–")


def rating(code: str) -> str:
    """Say how good a score is."""
    return wording.rating(Rating(code))


def out_of_scope(rule: str) -> str:
    """Say by which of its source's rules a record is none of this portal's business."""
    return {
        "area": tk._("out of scope: lies elsewhere"),
        "themes": tk._("out of scope: other themes"),
        "publishers": tk._("out of scope: other publishers"),
    }[rule]


def fields(kind: str, names: Iterable[str]) -> list[str]:
    """Name the fields of a dataset of some type, in the order of their names."""
    labels = {"resources": tk._("Files"), "owner_org": tk._("Organization")}
    if p.plugin_loaded("scheming_datasets") and (schema := tk.h.scheming_get_dataset_schema(kind)):
        labels |= {
            field["field_name"]: tk.h.scheming_language_text(field["label"])
            for field in schema["dataset_fields"]
            if field.get("label") and field["field_name"] not in labels
        }
    return [labels.get(name, name) for name in sorted(names)]


def trouble(one: Pass) -> tuple[str, str]:
    """Say what ended a run early and what follows from it: a heading and a sentence. Empty when nothing did."""
    if not one.health.needs_somebody:
        return "", ""
    if one.health is Health.SILENT:
        return (
            tk._("The harvest gives no sign of life"),
            tk._("Its process has probably been stopped. Another one will take the harvest up within a few minutes."),
        )
    if one.health is Health.BRAKED:
        why = reason(one.reason or "")
        lost = tk._("Not found: {some}. Until somebody confirms it, nothing is removed.").format(some=one.detail or "")
        return tk._("Many datasets are gone at the source"), f"{why} {lost}"
    heading, why = _broken_off(one)
    stays = tk._("Nothing was removed: the datasets of this source stay as they were.")
    return heading, f"{why} {stays}".strip()


def _broken_off(one: Pass) -> tuple[str, str]:
    heading = {
        Health.INCOMPLETE: tk._("Only part of the source could be read"),
        Health.FAILED: tk._("The source could not be read"),
        Health.STOPPED: tk._("The harvest was broken off"),
    }[one.health]
    why = f"{reason(one.reason)} {one.detail or ''}".strip() if one.reason else ""
    return heading, why
