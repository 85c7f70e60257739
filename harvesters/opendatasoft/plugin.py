"""The Opendatasoft harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class OpendatasoftHarvester(EngineHarvester):
    """Takes the catalogue of an Opendatasoft portal."""

    protocol = "opendatasoft"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("Opendatasoft"),
            "description": toolkit._("The catalogue of an Opendatasoft portal, through its Explore API v2.1"),
        }
