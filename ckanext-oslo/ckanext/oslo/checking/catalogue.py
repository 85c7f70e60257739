"""Check the whole catalogue: its own description, and its datasets with their records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ckanext.oslo import profiles
from ckanext.oslo.checking import checks
from ckanext.oslo.checking.results import Finding
from ckanext.oslo.checking.standards import Standard
from ckanext.oslo.profiles import NotWritableError, Portal

TYPES = ("dataset", "work", "mobility")
"""The kinds of package that are datasets; a harvest source is none."""
CATALOGUE = "catalogue"
PAGE = 50
"""Datasets checked in one graph, as they stand on one page of a feed."""


def check(
    datasets: Iterable[Mapping[str, Any]], standard: Standard, portal: Portal, folder: Path | None
) -> Iterator[tuple[str, list[Finding]]]:
    """Give the name of each dataset with what was found, then `CATALOGUE` with what is found of the catalogue itself.

    Datasets that the profile does not take are passed over. Pages are checked as a whole: what is wrong only when
    descriptions stand beside each other is found too.
    """
    profile = profiles.get(standard.profile)
    page: list[Mapping[str, Any]] = []
    about: dict[tuple[str, str, str, str], Finding] = {}
    for dataset in datasets:
        if profile.takes(dataset):
            page.append(dataset)
        if len(page) == PAGE:
            yield from _page(page, standard, portal, folder, about)
            page = []
    if page or not about:
        yield from _page(page, standard, portal, folder, about)
    yield CATALOGUE, checks.in_order(about.values())


def _page(
    datasets: list[Mapping[str, Any]],
    standard: Standard,
    portal: Portal,
    folder: Path | None,
    about: dict[tuple[str, str, str, str], Finding],
) -> Iterator[tuple[str, list[Finding]]]:
    profile = profiles.get(standard.profile)
    triples: list[ox.Triple] = []
    names: dict[str, str] = {}
    files: dict[str, int] = {}
    records: dict[str, str] = {}
    for dataset in datasets:
        name = str(dataset.get("name") or dataset.get("id"))
        try:
            own = [*profile.dataset(dataset, portal), *profile.record(dataset, portal)]
        except NotWritableError as error:
            yield name, [checks.unwritable(error, standard)]
            continue
        triples += own
        names[profiles.dataset_iri(dataset, portal)] = name
        records[f"{portal.dataset_iri(str(dataset.get('id') or name))}#record"] = name
        files.update(checks.files_of(dataset, portal))
    triples += profile.catalogue(portal, list(names))
    found: dict[str, list[Finding]] = {name: [] for name in names.values()}
    for one in checks.check_graph(triples, standard, folder, files):
        name = names.get(one.dataset) or records.get(one.result.focus)
        if name is not None:
            found[name].append(one)
        else:
            about[(one.result.focus, one.result.path, one.result.rule, one.result.value)] = one
    yield from found.items()
