"""A portal, and datasets to write: a steward's, harvested samples, recorded real ones."""

from __future__ import annotations

import pytest

from ckanext.oslo.profiles import Body, Portal

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
