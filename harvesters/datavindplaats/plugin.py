"""The Metadata Vlaanderen (DCAT-AP-VL) harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class DatavindplaatsHarvester(EngineHarvester):
    """Takes the paged DCAT-AP-VL feed of Metadata Vlaanderen."""

    protocol = "datavindplaats"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("Metadata Vlaanderen (DCAT-AP-VL)"),
            "description": toolkit._("The paged DCAT-AP-VL feed of Metadata Vlaanderen (Datavindplaats)"),
        }
