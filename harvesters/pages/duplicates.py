"""The same dataset in several portals, as pages tell it: what to decide, and on a dataset's page where else it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvesters.duplicates.searching import ALSO_IN, COPY_OF
from ckanext.harvesters.pages import reader, source_pages


@dataclass(frozen=True)
class Elsewhere:
    """Another record of a dataset: the portal's name, its page of the dataset if there is one, and its page here."""

    portal: str
    there: str
    here: str


@dataclass(frozen=True)
class Master:
    """The dataset that a copy leads to."""

    title: str
    portal: str
    url: str


def also_in(dataset: Mapping[str, Any]) -> list[Elsewhere]:
    """Return where else the dataset of a page is."""
    copies = dataset.get(ALSO_IN) or []
    titles = source_titles() if copies else {}
    return [
        Elsewhere(
            titles.get(one["source"], one["source"]) or tk._("this portal"),
            one["url"] if one["url"].startswith(("http://", "https://")) else "",
            tk.h.url_for("dataset.read", id=one["name"]),
        )
        for one in copies
    ]


def master(dataset: Mapping[str, Any]) -> Master | None:
    """Return the dataset that the copy of a page leads to; None for what is no copy."""
    package = model.Package.get(dataset[COPY_OF]) if dataset.get(COPY_OF) else None
    if package is None or package.state != model.State.ACTIVE:
        return None
    source = (package.extras or {}).get("harvest_source_name") or ""
    portal = source_titles().get(source, source) or tk._("this portal")
    return Master(package.title or package.name, portal, tk.h.url_for("dataset.read", id=package.name))


def source_titles() -> dict[str, str]:
    """Return name of source → its title in the reader's language."""
    return source_pages.titles(reader.language())
