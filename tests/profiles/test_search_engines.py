"""schema.org for search engines."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings

from ckanext.oslo.profiles.search_engines import schemaorg, script
from tests.profiles import made, steward
from tests.profiles.conftest import PORTAL


def test_a_dataset_as_search_engines_want_it() -> None:
    found = schemaorg(steward.full("work"), PORTAL, "fr")
    assert found["@type"] == "Dataset"
    assert found["@id"] == f"{PORTAL.site_url}/dataset/full-work"
    assert found["url"] == f"{PORTAL.site_url}/dataset/name-of-full-work"
    assert found["name"] == "Stationnements vélo"
    assert len(found["description"]) >= 30
    assert found["keywords"] == ["vélo", "protection de l'environnement", "Transports", "Régions et villes"]
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["inLanguage"] == ["nl", "fr"]
    assert found["publisher"][0]["name"] == "Stad Kortrijk"
    assert found["temporalCoverage"] == ["2024/2026-10-31", "2026-11/.."]
    assert found["spatialCoverage"][0]["geo"] == {"@type": "GeoShape", "box": "50.8 3.2 50.9 3.3"}
    assert found["includedInDataCatalog"]["name"] == "Données ouvertes"
    file = found["distribution"][0]
    assert file["contentUrl"] == "https://data.example/fiets-2.csv"
    assert file["encodingFormat"] == "text/csv"


def test_a_minimal_one_names_the_organization_and_leaves_out_the_rest() -> None:
    found = schemaorg(steward.minimal("dataset"), PORTAL, "en")
    assert found["name"] == "Bomen"
    assert found["publisher"]["name"] == "Stad Kortrijk"
    assert not {"creator", "spatialCoverage", "temporalCoverage", "keywords"} & found.keys()


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(dataset=made.datasets("mobility"))
def test_no_text_can_end_the_script_element(dataset: dict[str, Any]) -> None:
    text = script({**dataset, "version": "</script><!--", "title_translated": {"nl": "a<b>&c"}}, PORTAL, "nl")
    assert "<" not in text
    assert ">" not in text
    assert json.loads(text)["version"] == "</script><!--"
