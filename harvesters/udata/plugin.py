"""The udata harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class UdataHarvester(EngineHarvester):
    """Takes datasets of a udata portal."""

    protocol = "udata"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("udata"),
            "description": toolkit._("Datasets of a udata portal such as data.gouv.fr, by territory or organization"),
        }
