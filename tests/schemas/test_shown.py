"""What `dictized` reads together, and `shown` shows in one pass, is what CKAN gives one by one, validating twice."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import ckan.plugins as p
import pytest
from ckan import logic, model
from ckan.plugins import toolkit

from ckanext.oslo.logic.dictized import read_together, tell_plugins
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
    "a file that is here": {
        **WORK,
        "resources": [{"url": "https://example.org/list.csv", "url_type": "upload", "format": "CSV"}],
    },
    "private": {**WORK, "private": True},
    "bare": {"type": "dataset", "title": "Bare", "guid": "1", "harvest_source_name": "odwb"},
}


def context(**more: Any) -> Any:
    """Return the context of the site's own user."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user, **more}


def dictized(identifier: str) -> dict[str, Any]:
    """Give a dataset as CKAN has it before it is validated to be shown."""
    return toolkit.get_action("package_show")(context(use_cache=False, validate=False), {"id": identifier})


def together(*identifiers: str) -> dict[str, dict[str, Any]]:
    """Read datasets together, and give those that can be."""
    model.Session.remove()
    packages = [one for one in map(model.Package.get, identifiers) if one]
    found = read_together(packages, context())
    for package in packages:
        if package.id in found:
            tell_plugins(package, found[package.id])
    return found


def compared(name: str) -> tuple[Any, Any]:
    """Show a dataset both ways: read together and shown in one pass, and by CKAN."""
    [read] = together(name).values()
    found = both(read)
    assert found is not None
    logic.apply_after_dataset_show_plugins(context(), found[1])
    return found, logic.package_show_default_and_custom_schemas(context(), name)


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


def test_read_together_as_one_by_one(organization: dict[str, Any]) -> None:
    made = [
        toolkit.get_action("package_create")(
            context(), {"license_id": licence, **said, "owner_org": organization["id"], "name": f"dataset-{number}"}
        )["id"]
        for number, (said, licence) in enumerate(
            zip(SAID.values(), cycle(("", "cc-by", "notspecified", "x")), strict=False)
        )
    ]
    toolkit.get_action("package_delete")(context(), {"id": made[0]})
    other = toolkit.get_action("organization_create")(context(), {"name": "another", "title": "Another"})
    toolkit.get_action("package_owner_org_update")(context(), {"id": made[1], "organization_id": other["id"]})
    assert together(*made) == {identifier: dictized(identifier) for identifier in made}


def test_a_dataset_without_organization_is_read(organization: dict[str, Any]) -> None:
    made = toolkit.get_action("package_create")(context(), {**WORK, "owner_org": organization["id"]})
    model.Session.execute(model.group_table.update().values(state="deleted"))
    model.Session.commit()
    found = together(made["id"])[made["id"]]
    assert found["organization"] is None
    assert found == dictized(made["id"])


class TestLeftToCkan:
    """What the portal's datasets do not have."""

    @pytest.fixture
    def made(self, organization: dict[str, Any]) -> dict[str, Any]:
        return toolkit.get_action("package_create")(context(), {**WORK, "owner_org": organization["id"]})

    def test_tags(self, made: dict[str, Any]) -> None:
        tag = model.Tag(name="a-tag")
        model.Session.add_all([tag, model.PackageTag(model.Package.get(made["id"]), tag)])
        model.Session.commit()
        assert together(made["id"]) == {}
        assert [one["name"] for one in dictized(made["id"])["tags"]] == ["a-tag"]

    def test_groups(self, made: dict[str, Any]) -> None:
        group = toolkit.get_action("group_create")(context(), {"name": "a-group"})
        toolkit.get_action("member_create")(
            context(), {"id": group["id"], "object": made["id"], "object_type": "package", "capacity": "public"}
        )
        assert together(made["id"]) == {}

    @pytest.mark.parametrize("end", ["subject", "object"])
    def test_relationships(self, made: dict[str, Any], organization: dict[str, Any], end: str) -> None:
        other = toolkit.get_action("package_create")(
            context(), {**WORK, "name": "other", "owner_org": organization["id"]}
        )
        subject, object_ = (made, other) if end == "subject" else (other, made)
        toolkit.get_action("package_relationship_create")(
            context(), {"subject": subject["id"], "object": object_["id"], "type": "depends_on"}
        )
        assert together(made["id"]) == {}

    def test_all_where_a_plugin_shows_datasets_its_own_way(
        self, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert set(together(made["id"])) == {made["id"]}
        # No plugin here has one of its own: one that is loaded says that it has.
        monkeypatch.setattr(p.get_plugin("dcat"), "get_actions", lambda: {"package_show": dictized}, raising=False)
        assert together(made["id"]) == {}
