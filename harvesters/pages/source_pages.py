"""Harvest sources as pages show them: all at a glance, and one with its runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.sources import Registered, protocol_names
from ckanext.harvesters.pages import passes, reader, words
from ckanext.harvesters.pages.health import Health
from ckanext.harvesters.pages.passes import Pass


@dataclass(frozen=True)
class Shown:
    """A harvest source as the reader sees it. ``last`` is its latest run; ``reads`` whether they may see its runs."""

    id: str
    name: str
    title: str
    description: str
    protocol: str
    address: str
    region: words.Region | None
    organization: tuple[str, str] | None
    language: str
    licence: str
    frequency: str
    next_run: datetime | None
    datasets: int
    last: Pass | None
    reads: bool

    @property
    def health(self) -> Health:
        """Return how the source is doing."""
        return self.last.health if self.last else Health.NEVER


def all_sources() -> list[Shown]:
    """Return every source the reader may see, in the order of their titles."""
    found = _visible(_rows())
    last = passes.latest([source.id for source, _package in found])
    counted = _datasets()
    shown = [_shown(source, package, last.get(source.id), counted) for source, package in found]
    return sorted(shown, key=lambda one: tk.h.strxfrm(one.title))


def one_source(name: str) -> Shown:
    """Return a source by its name or id. Raises ``ObjectNotFound`` or ``NotAuthorized``."""
    found = _rows(name)
    if not found:
        raise tk.ObjectNotFound(tk._("Harvest source not found"))
    source, package = found[0]
    tk.check_access("harvest_source_show", reader.context(), {"id": source.id})
    return _shown(source, package, passes.latest([source.id]).get(source.id), _datasets())


def titles(language: str) -> dict[str, str]:
    """Return name of source → its title in a language, of all sources."""
    return {
        package.name: _told(settings(source.config).get("title"), language) or package.title or package.name
        for source, package in _rows()
    }


#: A `HarvestSource`. ckanext-harvest maps its tables without types, and a type checker takes its values for columns.
Source = Any
Row = tuple[Source, model.Package]


def _rows(name: str | None = None) -> list[Row]:
    query = sa.select(HarvestSource, model.Package).join(model.Package, model.Package.id == HarvestSource.id)
    if name is None:
        query = query.where(model.Package.state == model.State.ACTIVE)
    else:
        query = query.where(sa.or_(model.Package.name == name, model.Package.id == name))
    return [(source, package) for source, package in model.Session.execute(query)]


def _visible(rows: Iterable[Row]) -> list[Row]:
    return [
        (source, package)
        for source, package in rows
        if not package.private or reader.may("harvest_source_show", id=source.id)
    ]


def _datasets() -> Mapping[str, int]:
    """Return name of source → number of its datasets, as the reader finds them."""
    question = {
        "fq": "-dataset_type:harvest",
        "rows": 0,
        "facet.field": ["harvest_source_name"],
        "facet.limit": -1,
        "facet.mincount": 1,
    }
    found = tk.get_action("package_search")(reader.context(), question)
    return found["facets"].get("harvest_source_name", {})


def _shown(source: Source, package: model.Package, last: Pass | None, counted: Mapping[str, int]) -> Shown:
    told = settings(source.config)
    language = reader.language()
    organization = model.Group.get(package.owner_org) if package.owner_org else None
    return Shown(
        id=source.id,
        name=package.name,
        title=_told(told.get("title"), language) or package.title or package.name,
        description=_told(told.get("description"), language) or package.notes or "",
        protocol=_protocols().get(source.type) or str(source.type),
        address=source.url,
        region=words.region(told.get("region")),
        organization=(organization.name, _title(organization, language)) if organization else None,
        language=words.language(told.get("language")),
        licence=told.get("metadata_license", ""),
        frequency=words.frequency(source.frequency),
        next_run=source.next_run if source.frequency not in ("MANUAL", "ALWAYS") else None,
        datasets=counted[package.name] if package.name in counted else _counted_otherwise(source),
        last=last,
        reads=reader.may("harvest_source_update", id=source.id),
    )


def settings(config: str | None) -> Mapping[str, Any]:
    """Return what a source's configuration says; nothing when it is another harvester's, or has mistakes."""
    try:
        return declaration.settings(config or "")
    except declaration.DeclarationError:
        return {}


def _told(texts: Mapping[str, str] | None, language: str) -> str:
    return (texts or {}).get(language, "")


def title(source: Registered) -> str:
    """Return a source's title in the reader's language."""
    return _told(settings(source.config).get("title"), reader.language()) or source.title


def _title(organization: Any, language: str) -> str:
    """Return an organization's title in a language, where its schema has one."""
    try:
        translated = json.loads(organization.extras.get("title_translated") or "{}")
    except ValueError:
        translated = {}
    return translated.get(language) or organization.title or organization.name


def _counted_otherwise(source: Source) -> int:
    """Count the datasets of a source that another harvester brought: they do not name it."""
    if source.type in protocol_names():
        return 0
    return int(tk.h.package_count_for_source(source.id))


def _protocols() -> dict[str, str]:
    """Return source type → its name for people."""
    found = (harvester.info() for harvester in p.PluginImplementations(IHarvester))
    return {info["name"]: info["title"] for info in found if info}
