"""RDF of our fields: ckanext-dcat's DCAT-AP 3, with vocabularies' URIs and what mobilityDCAT-AP and StatDCAT-AP add.

Entry point ``oslo_dcat_ap`` of ``ckan.rdf.profiles``. It stands alone in ``ckanext.dcat.rdf.profiles``: its parent
already writes scheming's repeating fields, and a second profile that does so writes each blank node twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckan.plugins import toolkit
from ckanext.dcat.profiles import DCAT, DCT, FOAF, RDF, CleanedURIRef, EuropeanDCATAP3Profile
from ckanext.dcat.utils import resource_uri
from rdflib import BNode, Literal, Namespace, URIRef

from ckanext.oslo import vocabularies

MOBILITY = Namespace("https://w3id.org/mobilitydcat-ap#")
STAT = Namespace("http://data.europa.eu/s1n/")

DATASET_CONCEPTS = {
    "subject": DCT.subject,
    "nace": DCT.subject,
    "isco": DCT.subject,
    "mobility_theme": MOBILITY.mobilityTheme,
    "transport_mode": MOBILITY.transportMode,
    "network_coverage": MOBILITY.networkCoverage,
    "georeferencing_method": MOBILITY.georeferencingMethod,
    "intended_information_service": MOBILITY.intendedInformationService,
    "reference_system": DCT.conformsTo,
    "dimension": STAT.dimension,
    "stat_unit_measure": STAT.statUnitMeasure,
}
RESOURCE_CONCEPTS = {
    "mobility_data_standard": MOBILITY.mobilityDataStandard,
    "application_layer_protocol": MOBILITY.applicationLayerProtocol,
    "communication_method": MOBILITY.communicationMethod,
}


class OsloDCATAPProfile(EuropeanDCATAP3Profile):
    """DCAT-AP 3 of a dataset, a work or a mobility dataset."""

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Write one dataset and its distributions into the graph."""
        # "spatial" repeats the first outline of the coverage, for ckanext-spatial; it is not a place of its own.
        own = {
            key: value for key, value in dataset_dict.items() if key != "spatial" or not self._has_outline(dataset_dict)
        }
        super().graph_from_dataset(own, dataset_ref)
        self.g.bind("mobilitydcatap", MOBILITY)
        self.g.bind("stat", STAT)
        for name, predicate in DATASET_CONCEPTS.items():
            self._add_uris(dataset_ref, predicate, dataset_dict.get(name))
        for uri in _all(dataset_dict.get("work_category")):
            concept = vocabularies.load("work_category").get(uri)
            self._add_uris(dataset_ref, DCT.subject, list(concept.exact_match) if concept else uri)
        if dataset_dict.get("num_series"):
            self.g.add((dataset_ref, STAT.numSeries, Literal(int(dataset_dict["num_series"]))))
        licence = vocabularies.load("licence").get(dataset_dict.get("license_id") or "")
        for resource in dataset_dict.get("resources") or []:
            distribution = URIRef(resource_uri(resource))
            self._distribution(distribution, resource)
            if licence is not None and (distribution, DCT.license, None) not in self.g:
                self.g.add((distribution, DCT.license, URIRef(licence.uri)))
                self.g.add((URIRef(licence.uri), RDF.type, DCT.LicenseDocument))

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:
        """Write the catalogue, with the publisher that DCAT-AP demands of it: the portal."""
        super().graph_from_catalog(catalog_dict, catalog_ref)
        publisher = BNode()
        self.g.add((catalog_ref, DCT.publisher, publisher))
        self.g.add((publisher, RDF.type, FOAF.Agent))
        self.g.add((publisher, FOAF.name, Literal(toolkit.config.get("ckan.site_title"))))
        self.g.add((publisher, FOAF.homepage, URIRef(toolkit.config.get("ckan.site_url"))))

    def _distribution(self, distribution: URIRef, resource: Mapping[str, Any]) -> None:
        if resource.get("url") and (distribution, DCAT.accessURL, None) not in self.g:
            # DCAT-AP demands an access address; the parent leaves it out where the download has the same.
            self.g.add((distribution, DCAT.accessURL, CleanedURIRef(resource["url"])))
        for name, predicate in RESOURCE_CONCEPTS.items():
            self._add_uris(distribution, predicate, resource.get(name))
        if resource.get("conditions_for_access"):
            statement = BNode()
            self.g.add((distribution, DCT.rights, statement))
            self.g.add((statement, RDF.type, DCT.RightsStatement))
            self.g.add((statement, DCT.type, URIRef(resource["conditions_for_access"])))
        file_type = vocabularies.load("file_type").resolve(resource.get("format"))
        if file_type is not None:
            uri = URIRef(file_type.broader[0] if file_type.broader else file_type.uri)
            self.g.remove((distribution, DCT["format"], None))
            self.g.add((distribution, DCT["format"], uri))
            self.g.add((uri, RDF.type, DCT.MediaTypeOrExtent))
            media_type = next((match for match in file_type.exact_match if "media-types" in match), None)
            if media_type and (distribution, DCAT.mediaType, None) not in self.g:
                self.g.add((distribution, DCAT.mediaType, URIRef(media_type)))

    def _add_uris(self, subject: URIRef, predicate: URIRef, value: object) -> None:
        for uri in _all(value):
            self.g.add((subject, predicate, URIRef(uri)))

    @staticmethod
    def _has_outline(dataset: Mapping[str, Any]) -> bool:
        places = dataset.get("spatial_coverage") or []
        return any(isinstance(place, Mapping) and (place.get("geom") or place.get("bbox")) for place in places)


def _all(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item:
            yield item
