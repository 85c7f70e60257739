"""A dataset as its schema shows it, in one pass over the fields it has.

CKAN shows a dataset by validating it twice, by its default schema and by its own: every validator of every field, for
every resource, whether there is a value or not. What our schemas ask for on the way out is little (take a field out of
the extras, read JSON, leave out what is empty), so that whoever shows thousands of datasets, as the index of a harvest
does, can do just that. What comes out is to the letter what CKAN gives: tests/schemas/test_shown.py compares them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from ckan.lib import plugins as lib_plugins
from ckan.logic.schema import default_show_package_schema
from ckan.plugins import toolkit
from ckanext.scheming.plugins import SchemingDatasetsPlugin

from ckanext.oslo.logic.validators import oslo_json

Dict = dict[str, Any]

_KNOWN = {None, "oslo_json"}
"""What a field may ask for on the way out."""
_OTHERS = ("groups", "relationships_as_subject", "relationships_as_object")
"""What the portal's datasets do not have, and CKAN shows by rules of its own."""


def both(dictized: Mapping[str, Any]) -> tuple[Dict, Dict] | None:
    """Give a dataset as CKAN's default schema shows it, and as its own does, before `after_dataset_show`.

    ``dictized``: what ``package_show`` gives with ``validate`` and ``use_cache`` off; it is left as it is. None when
    the dataset or its schema has something that only CKAN's validation knows how to show.
    """
    schema = _schema(dictized)
    if schema is None or any(dictized.get(name) for name in _OTHERS):
        return None
    return _by_default(dictized), _by_schema(dictized, schema)


def _schema(dictized: Mapping[str, Any]) -> Mapping[str, Any] | None:
    kind = dictized.get("type") or ""
    # Another plugin's class may show a dataset in any way it likes.
    if type(lib_plugins.lookup_package_plugin(kind)) is not SchemingDatasetsPlugin:
        return None
    schema = toolkit.h.scheming_get_dataset_schema(kind)
    return schema if schema is not None and _is_known(schema) else None


def _is_known(schema: Mapping[str, Any]) -> bool:
    parts = (*schema["dataset_fields"], *_parts(schema["dataset_fields"]), *schema["resource_fields"])
    composite = any("repeating_subfields" in field for field in schema["resource_fields"])
    return not composite and all(field.get("output_validators") in _KNOWN for field in parts)


def _parts(fields: list[Dict]) -> list[Dict]:
    return [part for field in fields for part in field.get("repeating_subfields", ())]


def _by_default(dictized: Mapping[str, Any]) -> Dict:
    tidy = toolkit.h.unified_resource_format
    resources = [{**one, "format": tidy(one["format"])} if one.get("format") else one for one in dictized["resources"]]
    return {**dictized, "resources": resources}


def _by_schema(dictized: Mapping[str, Any], schema: Mapping[str, Any]) -> Dict:
    fields = {field["field_name"]: field for field in schema["dataset_fields"]}
    core = _core()
    found, extras = dict(dictized), []
    for extra in dictized.get("extras") or ():
        if extra["key"] in fields and extra["key"] not in core:
            found[extra["key"]] = extra["value"]
        else:
            extras.append(extra)
    found.pop("extras", None)
    if extras:
        found["extras"] = extras
    _show(found, schema["dataset_fields"])
    found["resources"] = [dict(one) for one in dictized["resources"]]
    for resource in found["resources"]:
        _show(resource, schema["resource_fields"])
    return found


@cache
def _core() -> frozenset[str]:
    """Return the names of the fields that CKAN keeps in columns of its own."""
    return frozenset(default_show_package_schema())


def _show(found: Dict, fields: list[Dict]) -> None:
    for field in fields:
        name = field["field_name"]
        if found.get(name) is None:
            found.pop(name, None)
        elif "repeating_subfields" in field:
            found[name] = json.loads(found[name])
            for part in found[name]:
                _show(part, field["repeating_subfields"])
        elif field.get("output_validators"):
            found[name] = oslo_json(found[name])
