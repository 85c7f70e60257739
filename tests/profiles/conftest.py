"""A portal, and datasets to write: a steward's, harvested samples, recorded real ones."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.harvesters.replay import invented_flanders, invented_france, invented_wallonia
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.odwb import Odwb
from ckanext.oslo.profiles import Body, Portal
from tests.profiles.harvested import datasets

PORTAL = Portal(
    site_url="https://portal.example",
    titles={"nl": "Open data", "fr": "Données ouvertes", "en": "Open data"},
    descriptions={"nl": "Alle data", "fr": "Toutes les données", "en": "All the data"},
    publisher=Body({"nl": "Eurometropool", "fr": "Eurométropole", "en": "Eurometropolis"}, url="https://euro.example/"),
    contact=Body({"nl": "Open data", "fr": "Données ouvertes", "en": "Open data"}, email="data@euro.example"),
    spatial=("http://publications.europa.eu/resource/authority/country/BEL",),
    issued="2026-11-22",
)


@pytest.fixture(scope="session")
def portal() -> Portal:
    """Return the portal whose catalogue is written."""
    return PORTAL


@pytest.fixture(scope="session")
def samples() -> list[dict[str, Any]]:
    """Return the invented records of the three regions as they are harvested."""
    return [
        *datasets("datavindplaats", Datavindplaats(Catalogue(invented_flanders.records()))),
        *datasets("opendatasoft", Odwb(Catalogue(invented_wallonia.records())), domain="www.odwb.be"),
        *datasets("udata", Datagouv(Catalogue(invented_france.records()), filtered=False)),
    ]
