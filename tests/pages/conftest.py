"""A small catalogue in the index: three languages, one language, and a hostile record."""

from __future__ import annotations

import pytest
from ckan.tests import factories, helpers

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def catalogue(request: pytest.FixtureRequest, with_plugins) -> dict[str, dict]:
    """Make a dataset in three languages, one in French alone, and one that tries to run a script.

    The tests of a module only read them: they are made once for all.
    """
    if not hasattr(request.module, "made"):
        for fixture in ("clean_db", "clean_index"):
            request.getfixturevalue(fixture)
        request.module.made = datasets()
    return request.module.made


def datasets() -> dict[str, dict]:
    context = {"user": factories.Sysadmin()["name"]}
    owner = factories.Organization(name="city", title="Stad Kortrijk")["id"]

    def make(name: str, **fields: object) -> dict:
        return helpers.call_action("package_create", context, name=name, owner_org=owner, **fields)

    file = {"url": "https://files.example/a.csv", "format": "CSV"}
    return {
        "all": make(
            "bike-parking",
            type="mobility",
            title_translated={"nl": "Fietsenstallingen in Kortrijk", "fr": "Stationnements vélo", "en": "Bike parking"},
            notes_translated={"nl": "Alle stallingen.", "fr": "Tous les arceaux.", "en": "All racks."},
            license_id="CC_BY_4_0",
            resources=[file, {"url": "https://files.example/a.geojson", "format": "GeoJSON"}],
        ),
        "french": make(
            "arceaux",
            type="dataset",
            title_translated={"fr": "Arceaux de Roubaix"},
            notes_translated={"fr": "Comptés sur place."},
            resources=[file],
        ),
        "hostile": make(
            "hostile",
            type="dataset",
            title_translated={"nl": f"Plan {SCRIPT}"},
            notes_translated={"nl": f"Tekst {SCRIPT} [klik](javascript:alert(1)) <img src=x onerror=alert(1)>"},
            tags_translated={"nl": [SCRIPT]},
            resources=[{**file, "name_translated": {"nl": SCRIPT}, "description_translated": {"nl": SCRIPT}}],
        ),
    }
