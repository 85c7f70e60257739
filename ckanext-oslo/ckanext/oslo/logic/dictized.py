"""Many datasets as CKAN has them before they are validated to be shown, read from the database together.

`package_show` asks PostgreSQL six questions for each dataset; who indexes a thousand asks them once for all of a batch.
What comes out is to the letter what `package_show` gives with ``validate`` and ``use_cache`` off, and the same hooks of
plugins are called: tests/schemas/test_shown.py compares them. A dataset with something that the portal's do not have
(tags, groups, relationships), or any dataset where a plugin has a `package_show` of its own, is left to CKAN.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import ckan.plugins as p
import sqlalchemy as sa
from ckan import model
from ckan.lib.dictization import model_dictize, obj_list_dictize, table_dictize
from ckan.types import Context

Dict = dict[str, Any]


def read_together(packages: Sequence[model.Package], context: Context) -> dict[str, Dict]:
    """Give what `package_show` would give of these datasets, by id; those that are left to CKAN are not among them."""
    if any("package_show" in plugin.get_actions() for plugin in p.PluginImplementations(p.IActions)):
        return {}
    unusual = _unusual([package.id for package in packages])
    packages = [package for package in packages if package.id not in unusual]
    resources = _resources([package.id for package in packages])
    organizations = _organizations({package.owner_org for package in packages if package.owner_org}, context)
    return {
        package.id: _dictized(
            package, resources.get(package.id, ()), organizations.get(package.owner_org or ""), context
        )
        for package in packages
    }


def tell_plugins(package: model.Package, dictized: Mapping[str, Any]) -> None:
    """Call the hooks that `package_show` calls between reading a dataset and showing it."""
    for plugin in p.PluginImplementations(p.IPackageController):
        plugin.read(package)
    for plugin in p.PluginImplementations(p.IResourceController):
        for resource in dictized["resources"]:
            plugin.before_resource_show(resource)


def _unusual(ids: Collection[str]) -> set[str]:
    """Give those of the datasets that have tags, groups or relationships, whatever their state."""
    relation, member, group = model.package_relationship_table.c, model.member_table.c, model.group_table.c
    asked = sa.union(
        *(
            sa.select(column).where(column.in_(ids))
            for column in (relation.subject_package_id, relation.object_package_id)
        ),
        sa.select(model.package_tag_table.c.package_id).where(model.package_tag_table.c.package_id.in_(ids)),
        sa.select(member.table_id).where(
            member.table_id.in_(ids), member.group_id == group.id, group.is_organization.is_(False)
        ),
    )
    return set(model.Session.execute(asked).scalars())


def _resources(ids: Collection[str]) -> dict[str, list[Any]]:
    table = model.resource_table
    found: dict[str, list[Any]] = {}
    for row in model.Session.execute(sa.select(table).where(table.c.package_id.in_(ids))):
        found.setdefault(row.package_id, []).append(row)
    return found


def _organizations(ids: Collection[str], context: Context) -> dict[str, Dict]:
    table = model.group_table
    rows = model.Session.execute(sa.select(table).where(table.c.id.in_(ids), table.c.state == "active"))
    found = obj_list_dictize(list(rows), context)
    return {one["id"]: {name: value for name, value in one.items() if name != "extras"} for one in found}


def _dictized(package: model.Package, resources: Iterable[Any], organization: Dict | None, context: Context) -> Dict:
    """Put a dataset together as `ckan.lib.dictization.model_dictize.package_dictize` does."""
    found = table_dictize(package, context)
    found.pop("plugin_data", None)
    if found.get("title"):
        found["title"] = found["title"].strip()
    listed = model_dictize.resource_list_dictize(list(resources), context)
    extras = [{"key": key, "value": value} for key, value in (found["extras"] or {}).items()]
    found |= {
        "resources": listed,
        "num_resources": len(listed),
        "tags": [],
        "num_tags": 0,
        "extras": extras,
        "groups": [],
        "organization": dict(organization) if organization else None,
        "relationships_as_subject": [],
        "relationships_as_object": [],
        "isopen": package.isopen(),
        "type": package.type or "dataset",
        **_license(package),
        "metadata_modified": package.metadata_modified.isoformat(),
        "metadata_created": package.metadata_created.isoformat() if package.metadata_created else None,
    }
    return found


def _license(package: model.Package) -> Dict:
    known = package.license
    if not known:
        return {"license_title": package.license_id}
    if not known.url:
        return {"license_title": known.title}
    return {"license_url": known.url, "license_title": known.title.split("::")[-1]}
