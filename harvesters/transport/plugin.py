"""The transport.data.gouv.fr harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class TransportHarvester(EngineHarvester):
    """Takes mobility datasets of the French access point."""

    protocol = "transport"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("transport.data.gouv.fr"),
            "description": toolkit._("Mobility data of the French access point, for the communes of a territory"),
        }
