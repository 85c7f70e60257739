"""A new dataset that starts as a copy of another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OWN = frozenset(
    {
        "id",
        "name",
        "state",
        "uri",
        "identifier",
        "alternate_identifier",
        "issued",
        "modified",
        "version",
        "version_notes",
        "metadata_created",
        "metadata_modified",
        "creator_user_id",
        "organization",
        "title",
        "notes",
        "spatial",
    }
)
"""What names one dataset only, or follows from the rest."""

OWN_OF_FILE = frozenset(
    {
        "id",
        "package_id",
        "position",
        "created",
        "last_modified",
        "metadata_modified",
        "state",
        "hash",
        "hash_algorithm",
        "size",
        "issued",
        "modified",
        "datastore_active",
        "name",
        "description",
        "cache_url",
        "cache_last_updated",
        "url_type",
    }
)


def copy_of(dataset: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a new dataset takes over: what the form asks for, but what names the other one.

    Links come along; uploaded files do not: a copy says something about other data. Where a harvested record came
    from stays with it.
    """
    asked = {field["field_name"] for field in schema["dataset_fields"] if not field.get("kept")} - OWN
    asked_of_file = {field["field_name"] for field in schema["resource_fields"]} - OWN_OF_FILE
    copied = {name: value for name, value in dataset.items() if name in asked}
    copied["private"] = bool(dataset.get("private"))
    copied["resources"] = [
        {name: value for name, value in resource.items() if name in asked_of_file}
        for resource in dataset.get("resources") or ()
        if resource.get("url_type") != "upload"
    ]
    return copied
