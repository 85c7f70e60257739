"""What these tests share: two portals of which one passes on what the other has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories

from ckanext.harvesters.duplicates import refresh, standing
from ckanext.harvesters.engine.identity import dataset_id
from ckanext.harvesters.engine.sources import Registered
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import ReplayServer
from tests.harvesters.engine.conftest import Portal, context, document, harvest, make_source

DOMAIN = "data.tournai.example"


def passed_on(number: int, **default: Any) -> dict[str, Any]:
    """Make a dataset that another portal has collected from ODWB, as Opendatasoft does: it names where it found it."""
    found = document(
        number,
        source_dataset=f"marches-{number}",
        source_domain_address="www.odwb.be",
        title=f"Copie {number}",
        **default,
    )
    return {**found, "dataset_id": f"copie-{number}", "dataset_uid": f"da_copy{number}"}


def of_odwb(number: int) -> str:
    return dataset_id("odwb", f"www.odwb.be:da_{number:06}")


def of_town(number: int) -> str:
    return dataset_id("tournai", f"{DOMAIN}:da_copy{number}")


@pytest.fixture
def town(source: Registered) -> Iterator[Portal]:
    """Serve three of ODWB's twelve records by a second portal, and one that only it has."""
    odwb = Odwb(Catalogue(), quota=1_000_000, name="town")
    with ReplayServer([odwb]) as server:
        serving = Portal(odwb, server)
        serving.put(*(passed_on(number) for number in range(3)), {**document(90), "dataset_uid": "da_own"})
        yield serving


@pytest.fixture
def second(town: Portal) -> Registered:
    return make_source("tournai", f"{town.server.url}/town", options={"domain": DOMAIN, "page_size": 5})


@pytest.fixture
def both(source: Registered, second: Registered) -> refresh.Refreshed:
    """Harvest both portals and look for duplicates."""
    harvest(source)
    harvest(second)
    return refreshed()


@pytest.fixture
def joined(both: refresh.Refreshed) -> refresh.Refreshed:
    assert (both.looked, both.groups, both.left) == (16, 3, 0)
    return both


def refreshed() -> refresh.Refreshed:
    done = refresh.refresh()
    model.Session.remove()
    return done


def act(action: str, user: str | None = None, **data: Any) -> Any:
    who = context() if user is None else {"user": user, "ignore_auth": False}
    return tk.get_action(action)(who, data)


def found(**data: Any) -> set[str]:
    return {one["id"] for one in act("package_search", rows=100, **data)["results"]}


def shown(package_id: str) -> dict[str, Any]:
    return act("package_show", id=package_id)


def groups() -> dict[str, set[str]]:
    """Return id of master → ids of its copies."""
    members = standing.members()
    return {
        master: {each for each, its in members.items() if its == master != each} for master in set(members.values())
    }


def editor_of(organization: str) -> str:
    user = factories.User()
    act("organization_member_create", id=organization, username=user["name"], role="editor")
    return user["name"]
