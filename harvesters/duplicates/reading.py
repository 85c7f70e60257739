"""What the rules look at, out of CKAN's tables: many datasets at a time, without CKAN's dictization and validation."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.harvesters import config
from ckanext.harvesters.duplicates import rules
from ckanext.harvesters.duplicates.rules import Described
from ckanext.harvesters.duplicates.tables import DuplicateDescription

#: Types of package that are no datasets.
NOT_DATASETS = ("harvest",)
#: The fields of a dataset that `rules.describe` reads, beside its url and resources.
_FIELDS = (
    "uri", "identifier", "alternate_identifier", "guid", "source_url", "publisher", "title_translated",
    "harvest_source_name",
)  # fmt: skip


@dataclass(frozen=True)
class State:
    """A dataset as it is now: when it was modified, whether everybody may see it, and what the rules see of it."""

    modified: datetime | None
    visible: bool
    described: Described


def changed(limit: int | None = None) -> list[str]:
    """Return the ids of the datasets that are not what they were when they were described: new, changed, hidden, gone.

    One look at two tables, whatever happened meanwhile: nothing has to tell that it changed a dataset.
    """
    package, seen = model.Package, DuplicateDescription
    visible = sa.and_(package.state == model.State.ACTIVE, sa.func.coalesce(package.private, False).is_(False))
    now = (
        sa.select(package.id, package.metadata_modified, visible.label("visible"))
        .where(package.type.not_in(NOT_DATASETS))
        .subquery()
    )
    version = rules.version(config.aliases_of_hosts())
    old = sa.or_(seen.modified.is_distinct_from(now.c.metadata_modified), seen.version != version)
    differs = sa.or_(
        now.c.id.is_(None),
        sa.and_(seen.package_id.is_(None), now.c.visible),
        seen.visible != now.c.visible,
        sa.and_(now.c.visible, old),
    )
    both = sa.join(now, seen.__table__, now.c.id == seen.package_id, full=True)
    found = sa.func.coalesce(now.c.id, seen.package_id).label("id")
    query = sa.select(found).select_from(both).where(differs).order_by(found).limit(limit)
    return list(model.Session.execute(query).scalars())


def states(ids: Collection[str]) -> dict[str, State]:
    """Return datasets as they are now, by id; those that are gone are not among them."""
    package = model.Package
    query = sa.select(
        package.id, package.url, package.extras, package.metadata_modified, package.state, package.private
    ).where(package.id.in_(ids), package.type.not_in(NOT_DATASETS))
    rows = model.Session.execute(query).all()
    resources, aliases = _resources([row.id for row in rows]), config.aliases_of_hosts()
    return {
        row.id: State(
            row.metadata_modified,
            row.state == model.State.ACTIVE and not row.private,
            rules.describe(_dataset(row, resources[row.id]), aliases),
        )
        for row in rows
    }


def _resources(ids: Collection[str]) -> Mapping[str, list[dict[str, Any]]]:
    resource = model.resource_table.c
    query = (
        sa.select(resource.package_id, resource.url, resource.format, resource.extras)
        .where(resource.package_id.in_(ids), resource.state == model.State.ACTIVE)
        .order_by(resource.package_id, resource.position)
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for package_id, url, form, extras in model.Session.execute(query):
        found[package_id].append(
            {"url": url, "format": form, "download_url": _value((extras or {}).get("download_url"))}
        )
    return found


def _dataset(row: Any, resources: list[dict[str, Any]]) -> dict[str, Any]:
    extras = row.extras or {}
    said = {name: _value(extras[name]) for name in _FIELDS if name in extras}
    return {**said, "id": row.id, "url": row.url, "resources": resources}


def _value(text: Any) -> Any:
    """Read a field as CKAN stores it: what is no text as JSON."""
    if isinstance(text, str) and text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
