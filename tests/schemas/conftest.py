"""What the tests of the schemas share: a municipality, its steward, and datasets as a steward writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

Call = Callable[..., Any]

WORK: dict[str, Any] = {
    "type": "work",
    "title_translated": {
        "nl": "Vacatures in Kortrijk",
        "fr": "Offres d’emploi à Courtrai",
        "en": "Vacancies in Kortrijk",
    },
    "notes_translated": {
        "nl": "Open vacatures per sector.",
        "fr": "Offres ouvertes par secteur.",
        "en": "Open vacancies by branch.",
    },
    "tags_translated": {"nl": ["vacature", "r&d"], "fr": ["protection de l'environnement", "à"]},
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/ECON"],
    "license_id": "CC_BY_4_0",
    "frequency": "MONTHLY",
    "work_category": ["urn:eurometropool:work-category:vacancies"],
    "nace": ["C", "25"],
    "place_basis": "workplace",
    "temporal_coverage": [{"start": "01/01/2026", "end": "2026-06-30"}],
    "spatial_coverage": [{"text": "Kortrijk", "geom": '{"type": "Point", "coordinates": [3.26, 50.83]}'}],
    "publisher": [{"name": "Stad Kortrijk", "email": "data@kortrijk.be", "url": "https://www.kortrijk.be"}],
    "contact": [{"name": "Dienst data", "email": "data@kortrijk.be"}],
    "resources": [
        {
            "url": "https://data.kortrijk.be/vacatures.csv",
            "name_translated": {"nl": "Vacatures 2026", "fr": "Offres 2026", "en": "Vacancies 2026"},
            "license": "http://creativecommons.org/licenses/by/4.0/",
            "language": ["nl"],
        }
    ],
}

MOBILITY: dict[str, Any] = {
    "type": "mobility",
    "title_translated": {
        "nl": "Fietsenstallingen in Doornik",
        "fr": "Stationnements vélo à Tournai",
        "en": "Bicycle parking in Tournai",
    },
    "notes_translated": {"nl": "Plaatsen.", "fr": "Emplacements.", "en": "Places."},
    "theme": ["TRAN"],
    "license_id": "CC0",
    "mobility_theme": ["bike-parking-locations"],
    "transport_mode": ["bicycle"],
    "reference_system": "http://www.opengis.net/def/crs/EPSG/0/4326",
    "publisher": [{"name": "Ville de Tournai"}],
    "resources": [{"url": "https://example.org/velos.geojson", "mobility_data_standard": "other"}],
}


@pytest.fixture
def organization() -> dict[str, Any]:
    """Return a municipality that publishes."""
    return factories.Organization()


@pytest.fixture
def steward(organization: dict[str, Any]) -> dict[str, Any]:
    """Return somebody who may add datasets for the municipality, and nothing more."""
    user = factories.UserWithToken()
    toolkit.get_action("organization_member_create")(
        {"ignore_auth": True}, {"id": organization["id"], "username": user["name"], "role": "editor"}
    )
    return user


@pytest.fixture
def call(steward: dict[str, Any]) -> Call:
    """Return a function that calls an action as the steward, with all checks of who may do what."""

    def as_steward(action: str, **data: Any) -> Any:
        return toolkit.get_action(action)({"user": steward["name"], "ignore_auth": False}, data)

    return as_steward
