"""The CKAN harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class CkanApiHarvester(EngineHarvester):
    """Takes datasets of another CKAN."""

    protocol = "ckan_api"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("CKAN portal"),
            "description": toolkit._(
                "Datasets of another CKAN, by its search, with the fields of DCAT and mobilityDCAT"
            ),
        }
