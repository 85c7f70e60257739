"""A person saves a source: its portal is asked, for those who may save it, and with the source's key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ckanext.harvesters.replay.server import Portal, ReplayServer, route
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


CATALOGUE = {"@context": {"dcat": "http://www.w3.org/ns/dcat#"}, "@id": "https://e.org/c", "@type": "dcat:Catalog"}

EMPTY_TURTLE = "@prefix dcat: <http://www.w3.org/ns/dcat#> . <https://e.org/c> a dcat:Catalog ."


class Answering(Portal):
    """A portal that answers one body."""

    name = "answering"

    def __init__(self, body: str, kind: str) -> None:
        super().__init__()
        self.body, self.kind = body, kind

    def routes(self) -> Iterable[Rule]:
        return [route("/feed", lambda _request: Response(self.body, mimetype=self.kind))]


def save_feed(source: Any, body: str, kind: str) -> dict[str, Any]:
    admin = factories.Sysadmin()["name"]
    with ReplayServer([Answering(body, kind)]) as server:
        return save("harvest_source_create", admin, source, f"{server.url}/answering/feed", source_type="dcat")


@pytest.mark.parametrize("body", [{}, {"error": "no such catalogue"}, {"result": [], "success": True}])
def test_json_that_describes_no_catalogue_is_refused_with_the_reason(source, body) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        save_feed(source, json.dumps(body), "application/json")
    assert list(refused.value.error_dict) == ["url"]
    assert "The portal answered something that is not in its protocol." in refused.value.error_dict["url"][0]


@pytest.mark.parametrize(
    ("body", "kind"), [("[]", "application/json"), ("No catalogue today.", "text/plain"), ("", "text/turtle")]
)
def test_what_cannot_be_read_at_all_is_refused(source, body, kind) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        save_feed(source, body, kind)
    assert list(refused.value.error_dict) == ["url"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(json.dumps(CATALOGUE), "application/ld+json"), (EMPTY_TURTLE, "text/turtle")],
)
def test_a_catalogue_that_is_empty_is_a_catalogue(source, body, kind) -> None:
    assert save_feed(source, body, kind)["name"] == "newcomer"
