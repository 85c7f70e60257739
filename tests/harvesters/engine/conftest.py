"""Fixtures of the engine's tests: a stand-in ODWB with a few invented records, and a harvest source that reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import make_connection
from click.testing import Result

from ckanext.harvesters.cli import harvesters
from ckanext.harvesters.duplicates import refresh
from ckanext.harvesters.engine import jobs
from ckanext.harvesters.engine.run import run
from ckanext.harvesters.engine.sources import Registered, registered
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.harvesters.replay.server import ReplayServer

CONFIG = {
    "language": "fr",
    "metadata_license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "options": {"domain": "www.odwb.be", "page_size": 5},
}


def document(number: int, **default: Any) -> dict[str, Any]:
    """Make a dataset of the Explore API; ``default`` adds to or replaces its metadata."""
    metas = {
        "title": f"Marchés publics de Tournai, partie {number}",
        "description": f"<p>Liste {number} des marchés publics passés par la ville.</p>",
        "keyword": ["marchés publics", "r&d", "à"],
        "theme": ["Administration, Gouvernement, Finances publiques, Citoyenneté"],
        "license": "CC BY 4.0",
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "language": "fr",
        "modified": "2026-03-01T05:00:00+00:00",
        "metadata_processed": "2026-03-01T05:00:10+00:00",
        "publisher": "Ville de Tournai",
        **default,
    }
    return {
        "dataset_id": f"marches-{number}",
        "dataset_uid": f"da_{number:06}",
        "has_records": True,
        "data_visible": True,
        "features": ["analyze"],
        "attachments": [],
        "alternative_exports": [],
        "metas": {"default": metas},
    }


def guid(number: int) -> str:
    return f"www.odwb.be:da_{number:06}"


@dataclass
class Portal:
    """A stand-in portal and the documents it serves."""

    odwb: Odwb
    server: ReplayServer

    @property
    def url(self) -> str:
        return f"{self.server.url}/odwb"

    def put(self, *documents: dict[str, Any]) -> None:
        for one in documents:
            self.odwb.catalogue.put(one["dataset_id"], lambda _server, one=one: one)


@pytest.fixture
def portal(ckan_config, monkeypatch) -> Iterator[Portal]:
    """Serve twelve records over real HTTP; the guarded client may ask loopback for the time of the test."""
    monkeypatch.setitem(ckan_config, "ckanext.oslo.fetch.allow", ["127.0.0.0/8"])
    odwb = Odwb(Catalogue(), quota=1_000_000)
    with ReplayServer([odwb]) as server:
        serving = Portal(odwb, server)
        serving.put(*(document(number) for number in range(12)))
        yield serving


@pytest.fixture
def ask(cli: Any) -> Callable[..., Result]:
    """Run `ckan harvesters …` with the configuration of the test and return its result."""

    def asking(*words: str) -> Result:
        found = cli.invoke(harvesters, list(words))
        model.Session.remove()
        return found

    return asking


def context() -> dict[str, Any]:
    return {"ignore_auth": True, "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


@pytest.fixture
def clean_queues(reset_queues: Callable[[], None], with_plugins: None) -> None:
    """Take the place of CKAN's fixture of this name: forget as well what was asked of a job that was on a queue."""
    reset_queues()
    connect_to_redis().delete(refresh._lock())


@pytest.fixture
def source(portal: Portal, clean_db, clean_index, clean_queues) -> Registered:
    """Make a harvest source that reads the stand-in."""
    return make_source("odwb", portal.url)


def make_source(name: str, url: str, source_type: str = "opendatasoft", **config: Any) -> Registered:
    organization = f"{name}-organization"
    if model.Group.by_name(organization) is None:
        tk.get_action("organization_create")(context(), {"name": organization, "title": organization})
    tk.get_action("harvest_source_create")(
        context(),
        {
            "name": name,
            "title": name,
            "url": url,
            "source_type": source_type,
            "frequency": "MANUAL",
            "owner_org": model.Group.by_name(organization).id,
            "config": json.dumps({**CONFIG, **config}),
        },
    )
    return next(registered([name]))


def by_hand(name: str, **fields: Any) -> str:
    """Make a dataset as a steward would; return its id."""
    made = {
        **fields,
        "name": name,
        "owner_org": model.Group.by_name("odwb-organization").id,
        "title_translated": {"fr": "Fait à la main"},
        "notes_translated": {"fr": "Par une personne."},
    }
    return tk.get_action("package_create")(context(), made)["id"]


def harvest(source: Registered) -> dict[str, Any]:
    """Run a source here and now, and return the run."""
    done = run(source, jobs.create(source, enqueue=False))
    model.Session.remove()
    return done


def rows() -> dict[str, tuple[str, str]]:
    """Return name → (id, row version) of every dataset in PostgreSQL."""
    query = sa.text("SELECT name, id, xmin::text FROM package WHERE type <> 'harvest'")
    found = {name: (identifier, version) for name, identifier, version in model.Session.execute(query)}
    model.Session.rollback()
    return found


def index() -> dict[str, int]:
    """Return name → document version of every dataset in Solr."""
    mine = f'+site_id:"{tk.config["ckan.site_id"]}" -dataset_type:harvest'
    found = make_connection(decode_dates=False).search(mine, fl="name,_version_", rows=10_000)
    return {one["name"]: one["_version_"] for one in found}


def dataset(number: int) -> dict[str, Any]:
    """Return the harvested dataset of a record."""
    found = tk.get_action("package_search")({"ignore_auth": True}, {"fq": f'guid:"{guid(number)}"'})
    assert found["count"] == 1
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": found["results"][0]["id"]})


@pytest.fixture
def count() -> Callable[[Any], int]:
    """Count rows of a table."""

    def counting(table: Any, *where: Any) -> int:
        number = model.Session.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()
        model.Session.rollback()
        return number

    return counting
