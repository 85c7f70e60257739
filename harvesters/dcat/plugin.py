"""The generic DCAT harvester as a source type of ckanext-harvest."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.harvesters.engine.harvester import EngineHarvester


class DcatHarvester(EngineHarvester):
    """Takes any feed of DCAT."""

    protocol = "dcat"

    def info(self) -> dict[str, str]:
        """Describe the source type for ckanext-harvest's form and API."""
        return {
            "name": self.protocol,
            "title": toolkit._("DCAT"),
            "description": toolkit._("A DCAT feed in RDF/XML, Turtle, N-Triples or JSON-LD, as one file or in pages"),
        }
