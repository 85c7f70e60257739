"""Actions on what people have corrected in harvested datasets: noticed as they save, seen, and given back."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, Context, DataDict

from ckanext.harvesters.duplicates import standing
from ckanext.harvesters.engine import corrections, store
from ckanext.harvesters.logic import asking

#: Fields of a resource that its people see, where no schema says which there are.
_RESOURCE = frozenset({"name", "description", "format", "url"})

#: What CKAN makes of a dataset for its readers.
_DERIVED = frozenset(
    {"organization", "num_resources", "num_tags", "metadata_created", "metadata_modified", "license_title", "isopen"}
)


@tk.chained_action
def package_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Notice which fields of a harvested dataset a person corrects: from then on no harvest touches them.

    What ``package_show`` said of where else it is may come back with it.
    """
    standing.unsaid(data_dict)
    if corrections.is_harvest():
        return original(context, data_dict)
    package = model.Package.get(data_dict.get("id") or data_dict.get("name"))
    if package is not None and package.type == "harvest":
        asking.check(context, {**data_dict, "id": package.id}, access="package_update")
        return original(context, data_dict)
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    if package is None or context.get("user") in ("", None, site_user) or store.source_of(package.id) is None:
        return original(context, data_dict)
    before = _stored(package.id)
    result = original(context, data_dict)
    corrections.note(package.id, corrections.differing(before, _stored(package.id), *_fields(package.type, before)))
    if not context.get("defer_commit"):
        model.Session.commit()
    return result


def _stored(package_id: str) -> dict[str, Any]:
    return tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": package_id})


def _fields(kind: str, dataset: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return the fields that a dataset and its resources have for people."""
    if p.plugin_loaded("scheming_datasets") and (schema := tk.h.scheming_get_dataset_schema(kind)):
        named = [{field["field_name"] for field in schema[part]} for part in ("dataset_fields", "resource_fields")]
        return named[0] | {"owner_org"}, named[1] | {"url"}
    return set(dataset) - _DERIVED - {"resources"}, set(_RESOURCE)


@tk.side_effect_free
def harvest_correction_list(context: Context, data_dict: DataDict) -> list[str]:
    """List the fields of a harvested dataset that people have corrected; harvests leave them as they are.

    :param id: the name or id of the dataset
    :type id: string
    :rtype: list of strings
    """
    tk.check_access("harvest_correction_list", context, data_dict)
    package = _package(data_dict)
    return sorted(corrections.of_records([package.id]).get(package.id, ()))


def harvest_correction_release(context: Context, data_dict: DataDict) -> list[str]:
    """Take a harvested dataset's fields from its source again, from the next harvest on.

    :param id: the name or id of the dataset
    :type id: string
    :param fields: which (optional, default: all that are corrected)
    :type fields: list of strings
    :returns: the fields that stay corrected
    :rtype: list of strings
    """
    tk.check_access("harvest_correction_release", context, data_dict)
    package = _package(data_dict)
    fields = data_dict.get("fields")
    if isinstance(fields, str):
        fields = [fields]
    if fields is not None and not (isinstance(fields, list) and all(isinstance(one, str) for one in fields)):
        raise tk.ValidationError({"fields": [tk._("Give a list of names of fields.")]})
    return corrections.release(package.id, fields)


def _package(data_dict: DataDict) -> model.Package:
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or store.source_of(package.id) is None:
        raise tk.ObjectNotFound(tk._("This dataset comes from no harvest source."))
    return package
