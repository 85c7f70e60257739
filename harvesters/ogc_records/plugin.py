"""The OGC API Records harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class OgcRecordsHarvester(EngineHarvester):
    """Takes a catalogue of OGC API Records."""

    protocol = "ogc_records"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("OGC API Records"),
            "description": toolkit._("A catalogue of OGC API Records: its items as GeoJSON, page by page"),
        }
