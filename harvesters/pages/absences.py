"""Datasets that are gone at their source, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk

from ckanext.harvesters.engine import gone
from ckanext.harvesters.engine.sources import find
from ckanext.harvesters.pages import reader, source_pages

#: How many of them a source's page names.
SHOWN = 100


@dataclass(frozen=True)
class Absence:
    """A dataset that is gone at its source: what it is called, where it is, and what becomes of it."""

    package_id: str
    title: str
    page: str
    state: str


@dataclass(frozen=True)
class Notice:
    """What a dataset's page says of it: which source no longer has it, since when, and until when it stays."""

    source: str
    since: str
    until: str


def of_source(source_id: str) -> list[Absence]:
    """Return the datasets a source no longer has, the first `SHOWN` of them."""
    return [
        Absence(one.package_id, one.title, tk.url_for("dataset.read", id=one.name), _state(one))
        for one in gone.of_source(source_id, limit=SHOWN)
    ]


def _state(one: gone.Gone) -> str:
    if one.until is None:
        return tk._("waits for you")
    until = reader.day(one.until)
    if one.removed:
        return tk._("deleted, can be brought back until {date}").format(date=until)
    return tk._("marked, will be deleted on {date}").format(date=until)


def notice(package_id: str) -> Notice | None:
    """Return what to say on a dataset's page, None when it is not gone."""
    found = gone.of_dataset(package_id)
    if found is None or found.since is None or found.until is None:
        return None
    title = source_pages.title(find(found.source_id))
    return Notice(title, reader.day(found.since), reader.day(found.until))
