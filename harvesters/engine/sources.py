"""A harvest source of ckanext-harvest as the engine's `Source`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.harvester import EngineHarvester
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Source, SourceError


@dataclass(frozen=True)
class Registered:
    """A harvest source as CKAN has it: ids, name, type and title; its settings are read by `settings_of`.

    ``private``: only those whom its organization lets see its private datasets know of it.
    """

    id: str
    name: str
    title: str
    protocol: str
    url: str
    owner_org: str
    frequency: str
    config: str
    private: bool = False


def protocol_names() -> frozenset[str]:
    """Return the source types that are loaded and run by the engine."""
    return frozenset(
        plugin.protocol for plugin in p.PluginImplementations(IHarvester) if isinstance(plugin, EngineHarvester)
    )


def is_ours(source_id: Any) -> bool:
    """Tell whether a harvest source is run by the engine, and not by ckanext-harvest's own queue."""
    kind = model.Session.execute(sa.select(HarvestSource.type).where(HarvestSource.id == source_id)).scalar()
    return kind in protocol_names()


def registered(names: Iterable[str] = (), *, active: bool = True) -> Iterator[Registered]:
    """Yield the engine's harvest sources in order of name: all, or those with these names or ids."""
    package = model.Package
    query = (
        sa.select(HarvestSource, package.name, package.owner_org, package.private)
        .join(package, package.id == HarvestSource.id)
        .where(HarvestSource.type.in_(protocol_names()))
        .order_by(package.name)
    )
    if active:
        query = query.where(HarvestSource.__table__.c.active.is_(True), package.state == "active")
    wanted = list(names)
    if wanted:
        query = query.where(sa.or_(package.name.in_(wanted), package.id.in_(wanted)))
    for source, name, owner_org, private in model.Session.execute(query):
        yield Registered(
            id=source.id,
            name=name,
            title=source.title or name,
            protocol=source.type,
            url=source.url,
            owner_org=owner_org or "",
            frequency=source.frequency,
            config=source.config or "",
            private=bool(private),
        )


def find(name: str) -> Registered:
    """Return the engine's source of that name or id, active or not. Raises ``ObjectNotFound``."""
    source = next(registered([name], active=False), None)
    if source is None:
        raise tk.ObjectNotFound(tk._("There is no harvest source {name} of this engine.").format(name=name))
    return source


def settings_of(source: Registered) -> Source:
    """Return what the protocol needs to know of a source.

    Raises `SourceError` when the configuration that ckanext-harvest keeps for it has mistakes.
    """
    try:
        settings = declaration.settings(source.config)
    except declaration.DeclarationError as error:
        raise SourceError(Reason.BAD_CONFIGURATION, source.url, str(error)) from error
    organization = model.Group.get(source.owner_org)
    return Source(
        name=source.name,
        title=source.title,
        protocol=source.protocol,
        url=source.url,
        organization=organization.name if organization else "",
        language=settings.get("language", ""),
        metadata_license=settings.get("metadata_license", ""),
        publisher=settings.get("publisher"),
        frequency=source.frequency,
        scope=settings.get("scope", {}),
        options=settings.get("options", {}),
        credentials=settings.get("credentials"),
    )
