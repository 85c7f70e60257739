"""How a dataset will look, before it is saved: its page in short, and what machines get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ckan.plugins import toolkit
from werkzeug.datastructures import MultiDict

from ckanext.oslo import profiles
from ckanext.oslo.checking import form as reading
from ckanext.oslo.feeds import formats
from ckanext.oslo.profiles.config import portal_from_config

DRAFT_ID = "preview"


def page(inputs: MultiDict[str, str], dataset_type: str, stored: Mapping[str, Any] | None) -> str:
    """Render the preview of a form as it was sent; fields that cannot be read are left out, and counted."""
    schema = toolkit.h.scheming_get_dataset_schema(dataset_type)
    values = {name: inputs.getlist(name) for name in inputs if not name.startswith("_")}
    sent = reading.read(values, schema, stored, None)
    dataset = {**sent.dataset, "type": dataset_type}
    for number, prefix in sent.prefixes.items():
        if name := inputs.get(f"{prefix}kept_name"):
            dataset["resources"][number]["url"] = f"{toolkit.config['ckan.site_url'].rstrip('/')}/{quote(name)}"
    dataset.setdefault("id", DRAFT_ID)
    dataset.setdefault("name", DRAFT_ID)
    portal = portal_from_config()
    serialised = [(name, _rdf(dataset, name, portal)) for name in profiles.NAMES]
    return toolkit.render(
        "oslo/form/preview.html",
        {
            "dataset": dataset,
            "schema": schema,
            "unread": len(sent.errors),
            "serialised": [one for one in serialised if one[1]],
        },
    )


def _rdf(dataset: Mapping[str, Any], name: str, portal: profiles.Portal) -> str:
    """Give the dataset as Turtle; nothing where the profile has no place for it."""
    profile = profiles.get(name)
    try:
        if not profile.takes(dataset):
            return ""
        return formats.turtle(profile.dataset(dataset, portal)).decode()
    except profiles.NotWritableError:
        return ""
