"""The declared sources into CKAN: their organizations and harvest sources. A second time it writes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from ckanext.harvest.model import HarvestSource

from ckanext.harvesters.engine.declaration import Declared, Organization


class Done(StrEnum):
    """What was done to an organization or source."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Synchronised:
    """What was done to one source and its organization."""

    source: str
    url: str
    done: Done
    organization: str
    organization_done: Done


def synchronise(sources: Sequence[Declared], replay: str | None = None) -> list[Synchronised]:
    """Create or update the organizations and harvest sources of a declaration; leave all others alone.

    ``replay`` is the address of a stand-in server: sources then point to their path there instead of to the portal,
    without the credentials that are for the portal, and those without such a path are left out.

    Raises ``ValidationError`` when CKAN refuses a source.
    """
    done = []
    for source in sources:
        if replay and not source.replay:
            continue
        url = f"{replay.rstrip('/')}{source.replay}" if replay else source.url
        organization_id, organization_done = _organization(source.organization)
        done.append(
            Synchronised(
                source.name, url, _source(source, url, organization_id), source.organization.name, organization_done
            )
        )
    return done


def retire(names: Sequence[str]) -> None:
    """Let sources rest that have no portal just now; `synchronise` brings them back. Their datasets stay."""
    for name in names:
        package = model.Package.by_name(name)
        if package is not None and package.type == "harvest" and package.state == "active":
            tk.get_action("harvest_source_delete")(_context(), {"id": package.id})


def _context() -> Context:
    return {"ignore_auth": True, "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


def _organization(declared: Organization) -> tuple[str, Done]:
    wanted: dict[str, Any] = {
        "name": declared.name,
        "title": declared.title["en"],
        "title_translated": dict(declared.title),
        "type": "organization",
        "state": "active",
    }
    group = model.Group.by_name(declared.name)
    if group is None:
        return tk.get_action("organization_create")(_context(), wanted)["id"], Done.CREATED
    shown = tk.get_action("organization_show")(
        _context(), {"id": group.id, "include_users": False, "include_groups": False, "include_dataset_count": False}
    )
    # Where the organization's schema knows translated titles the plain one follows from them; elsewhere it is all.
    title = "title_translated" if "title_translated" in shown else "title"
    if all(shown[key] == wanted[key] for key in (title, "state")):
        return group.id, Done.UNCHANGED
    tk.get_action("organization_patch")(_context(), {**wanted, "id": group.id})
    return group.id, Done.UPDATED


def _source(declared: Declared, url: str, organization_id: str) -> Done:
    settings = {key: value for key, value in declared.settings.items() if key != "credentials" or url == declared.url}
    wanted: dict[str, Any] = {
        "name": declared.name,
        "title": declared.title["en"],
        "notes": declared.description.get("en", ""),
        "url": url,
        "source_type": declared.protocol,
        "frequency": declared.frequency,
        "owner_org": organization_id,
        "config": json.dumps(settings, ensure_ascii=False, indent=2, sort_keys=True),
    }
    package = model.Package.by_name(declared.name)
    if package is None:
        tk.get_action("harvest_source_create")(_context(), dict(wanted))
        return Done.CREATED
    if package.type != "harvest":
        raise tk.ValidationError({"name": [f"There is a dataset named {declared.name}; a source needs another name."]})
    if package.state == "active" and _as_it_is(package) == wanted:
        return Done.UNCHANGED
    tk.get_action("harvest_source_update")(_context(), {**wanted, "id": package.id, "state": "active"})
    return Done.UPDATED


def _as_it_is(package: model.Package) -> dict[str, Any]:
    source = model.Session.get(HarvestSource, package.id)
    if source is None:
        return {}
    return {
        "name": package.name,
        "title": package.title,
        "notes": package.notes or "",
        "url": source.url,
        "source_type": source.type,
        "frequency": source.frequency,
        "owner_org": package.owner_org,
        "config": source.config,
    }
