"""A person saves a source: its portal is asked, for those who may save it, and with the source's key."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

from tests.harvesters.engine.conftest import CONFIG

pytestmark = pytest.mark.usefixtures("with_plugins")

NAME = "PORTAL_CREDENTIAL_NEWCOMER"


def save(action: str, user: str, source: Any, url: str, **said: Any) -> dict[str, Any]:
    made = {"name": "newcomer", "title": "New", "source_type": "opendatasoft", "frequency": "MANUAL", "url": url}
    return tk.get_action(action)({"user": user}, {**made, "owner_org": source.owner_org, **said})


@pytest.mark.parametrize("action", ["harvest_source_create", "package_create"])
def test_no_portal_is_asked_for_who_may_not_save_its_source(source, portal, action) -> None:
    portal.server.requests.clear()
    new = {"type": "harvest", "config": json.dumps({**CONFIG, "region": "wallonie"})}
    for user in ("", factories.User()["name"]):
        with pytest.raises(tk.NotAuthorized):
            save(action, user, source, f"{portal.url}/", **new)
    with pytest.raises(tk.NotAuthorized):
        save("harvest_source_update", factories.User()["name"], source, f"{portal.url}/?new", id=source.id, name="odwb")
    assert not portal.server.requests
    made = save(action, factories.Sysadmin()["name"], source, f"{portal.url}/", **new)
    assert made["name"] == "newcomer"
    assert portal.server.requests


def test_a_source_whose_key_is_missing_is_told_so_and_one_with_it_is_saved(source, portal, monkeypatch) -> None:
    config = json.dumps({**CONFIG, "credentials": {"kind": "apikey", "from": NAME}})
    admin = factories.Sysadmin()["name"]
    with pytest.raises(tk.ValidationError) as refused:
        save("harvest_source_create", admin, source, f"{portal.url}/", config=config)
    assert NAME in str(refused.value.error_dict)
    monkeypatch.setenv(NAME, f"{urlsplit(portal.url).netloc} s3cr3t")
    assert save("harvest_source_create", admin, source, f"{portal.url}/", config=config)["name"] == "newcomer"
