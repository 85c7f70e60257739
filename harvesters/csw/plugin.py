"""The CSW harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class CswHarvester(EngineHarvester):
    """Takes datasets of a catalogue service of the web."""

    protocol = "csw"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("CSW (ISO 19139, ISO 19115-3)"),
            "description": toolkit._("Geographic catalogues such as GeoNetwork, by CSW 2.0.2"),
        }
