"""What `shown` gives in one pass is what CKAN gives by validating twice."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import logic
from ckan.plugins import toolkit

from ckanext.oslo.logic.shown import both
from tests.schemas.conftest import MOBILITY, WORK

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

SAID = {
    "work": WORK,
    "mobility": MOBILITY,
    "extras of its own": {**MOBILITY, "extras": [{"key": "department", "value": "Mobiliteit"}]},
    "odd formats": {
        **WORK,
        "resources": [
            {"url": "https://example.org/a", "format": "dBase"},
            {"url": "https://example.org/b", "format": ""},
            {"url": "https://example.org/c", "name": None, "note_of_ours": "x", "size": 12},
        ],
    },
    "bare": {"type": "dataset", "title": "Bare", "guid": "1", "harvest_source_name": "odwb"},
}


def context(**more: Any) -> Any:
    """Return the context of the site's own user."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user, **more}


def dictized(identifier: str) -> dict[str, Any]:
    """Give a dataset as CKAN has it before it is validated to be shown."""
    return toolkit.get_action("package_show")(context(use_cache=False, validate=False), {"id": identifier})


def compared(identifier: str) -> tuple[Any, Any]:
    """Show a dataset both ways: in one pass, and by CKAN."""
    found = both(dictized(identifier))
    assert found is not None
    logic.apply_after_dataset_show_plugins(context(), found[1])
    return found, logic.package_show_default_and_custom_schemas(context(), identifier)


@pytest.mark.parametrize("said", SAID)
def test_in_one_pass_as_by_ckan(said: str, organization: dict[str, Any]) -> None:
    made = toolkit.get_action("package_create")(context(), {**SAID[said], "owner_org": organization["id"]})
    found, expected = compared(made["id"])
    assert found == expected


def test_what_only_ckan_knows_is_left_to_it(organization: dict[str, Any]) -> None:
    group = toolkit.get_action("group_create")(context(), {"name": "a-group"})
    made = toolkit.get_action("package_create")(
        context(), {**WORK, "owner_org": organization["id"], "groups": [{"name": group["name"]}]}
    )
    assert both(dictized(made["id"])) is None
    assert both({"type": "harvest", "resources": []}) is None
