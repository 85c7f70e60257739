"""What the tests of the feeds share: datasets as a steward writes them, and readers of what comes out."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from rdflib.compare import to_isomorphic

from tests.schemas.conftest import MOBILITY, WORK

Make = Callable[..., dict[str, Any]]
RDF_FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
OX_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}
DCAT = "http://www.w3.org/ns/dcat#"
HYDRA = "http://www.w3.org/ns/hydra/core#"


def act(action: str, /, **data: Any) -> Any:
    """Call an action as the site itself."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return toolkit.get_action(action)({"ignore_auth": True, "user": user}, data)


@pytest.fixture
def organization(with_plugins: None, clean_db: None, clean_index: None) -> dict[str, Any]:
    return factories.Organization(name="stad-kortrijk", title="Stad Kortrijk")


@pytest.fixture
def make(organization: dict[str, Any]) -> Make:
    """Give a function that makes a dataset: of type ``work`` unless it is told another."""
    count = iter(range(1_000_000))

    def made(**fields: Any) -> dict[str, Any]:
        template = MOBILITY if fields.get("type") == "mobility" else WORK
        name = f"dataset-{next(count)}"
        return act("package_create", **{"name": name, "owner_org": organization["id"], **template, **fields})

    return made


@pytest.fixture
def without_mark(organization: dict[str, Any]) -> Iterator[None]:
    """Switch off the triggers that mark datasets as due."""
    _triggers("DISABLE")
    yield
    model.Session.rollback()
    _triggers("ENABLE")


def _triggers(what: str) -> None:
    model.Session.execute(sa.text(f"ALTER TABLE package {what} TRIGGER oslo_feed_changed"))
    model.Session.commit()


def triples(body: bytes | str, form: str) -> set[ox.Triple]:
    """Read a document with pyoxigraph."""
    data = body.encode() if isinstance(body, str) else body
    return {quad.triple for quad in ox.parse(data, format=OX_FORMATS[form])}


def by_rdflib(body: bytes | str, form: str) -> Any:
    """Read a document with rdflib."""
    return to_isomorphic(rdflib.Graph().parse(data=body, format=RDF_FORMATS[form]))


def datasets(found: set[ox.Triple]) -> set[str]:
    """Give the IRIs of the datasets that are in the catalogue."""
    return {one.object.value for one in found if one.predicate.value == f"{DCAT}dataset"}


def links(found: set[ox.Triple]) -> dict[str, str]:
    """Give Hydra's links of a page by name."""
    names = ("first", "next", "previous", "last", "totalItems")
    return {
        one.predicate.value.removeprefix(HYDRA): one.object.value
        for one in found
        if one.predicate.value.removeprefix(HYDRA) in names
    }


def catalogue(app: Any, query: str = "", form: str = "ttl") -> set[str]:
    """Give the IRIs of the datasets on a page of the catalogue."""
    return datasets(triples(app.get(f"/catalog.{form}{query}", status=200).data, form))


def unzipped(body: bytes, form: str) -> set[ox.Triple]:
    """Read a compressed document."""
    return triples(gzip.decompress(body), form)
