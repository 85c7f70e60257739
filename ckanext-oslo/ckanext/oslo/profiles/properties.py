"""Which field of the schemas is which property: one table for all profiles, written and read from the same lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pyoxigraph import NamedNode

from ckanext.oslo.profiles.terms import ADMS, DCAT, DCATAP, DCT, ELI, FOAF, MOBILITY, OWN, STAT


class Kind(Enum):
    """How a field's value becomes objects of its property."""

    TEXTS = "texts"  # {"nl": …, "fr": …}, or lists of words by language
    TEXT = "text"
    CONCEPTS = "concepts"  # URIs of a vocabulary
    CONCEPT = "concept"
    LINKS = "links"  # any IRIs
    LINK = "link"
    DATE = "date"
    DURATION = "duration"
    DECIMALS = "decimals"
    NUMBER = "number"


@dataclass(frozen=True)
class Property:
    """One field's property. ``rdf_class`` is what its objects are said to be."""

    field: str
    predicate: NamedNode
    kind: Kind
    vocabulary: str = ""
    rdf_class: NamedNode | None = None


DATASET = (
    Property("title_translated", DCT.title, Kind.TEXTS),
    Property("notes_translated", DCT.description, Kind.TEXTS),
    Property("tags_translated", DCAT.keyword, Kind.TEXTS),
    Property("theme", DCAT.theme, Kind.CONCEPTS, "theme"),
    Property("hvd_category", DCATAP.hvdCategory, Kind.CONCEPTS, "hvd_category"),
    Property("applicable_legislation", DCATAP.applicableLegislation, Kind.LINKS, rdf_class=ELI.LegalResource),
    Property("frequency", DCT.accrualPeriodicity, Kind.CONCEPT, "frequency", DCT.Frequency),
    Property("language", DCT.language, Kind.CONCEPTS, "language", DCT.LinguisticSystem),
    Property("dcat_type", DCT.type, Kind.CONCEPT, "dataset_type"),
    Property("url", DCAT.landingPage, Kind.LINK, rdf_class=FOAF.Document),
    Property("documentation", FOAF.page, Kind.LINKS, rdf_class=FOAF.Document),
    Property("issued", DCT.issued, Kind.DATE),
    Property("modified", DCT.modified, Kind.DATE),
    Property("temporal_resolution", DCAT.temporalResolution, Kind.DURATION),
    Property("spatial_resolution_in_meters", DCAT.spatialResolutionInMeters, Kind.DECIMALS),
    Property("version_notes", ADMS.versionNotes, Kind.TEXT),
    # mobilityDCAT-AP
    Property("mobility_theme", MOBILITY.mobilityTheme, Kind.CONCEPTS, "mobility_theme"),
    Property("transport_mode", MOBILITY.transportMode, Kind.CONCEPTS, "transport_mode"),
    Property("network_coverage", MOBILITY.networkCoverage, Kind.CONCEPTS, "network_coverage"),
    Property("georeferencing_method", MOBILITY.georeferencingMethod, Kind.CONCEPTS, "georeferencing_method"),
    Property(
        "intended_information_service",
        MOBILITY.intendedInformationService,
        Kind.CONCEPTS,
        "intended_information_service",
    ),
    # StatDCAT-AP, and what it has no property for
    Property("dimension", STAT.dimension, Kind.CONCEPTS, "dimension"),
    Property("measure", STAT.measure, Kind.CONCEPTS, "measure"),
    Property("stat_unit_measure", STAT.statUnitMeasure, Kind.CONCEPT, "unit_measure"),
    Property("num_series", STAT.numSeries, Kind.NUMBER),
    Property("statistical_unit", OWN.statistical_unit, Kind.CONCEPT, "statistical_unit"),
    Property("geographic_level", OWN.geographic_level, Kind.CONCEPT, "geographic_level"),
    Property("place_basis", OWN.place_basis, Kind.TEXT),
)
"""What a dataset says in one property a field. The rest has modules of its own."""

DISTRIBUTION = (
    Property("name_translated", DCT.title, Kind.TEXTS),
    Property("description_translated", DCT.description, Kind.TEXTS),
    Property("language", DCT.language, Kind.CONCEPTS, "language", DCT.LinguisticSystem),
    Property("issued", DCT.issued, Kind.DATE),
    Property("modified", DCT.modified, Kind.DATE),
    Property("availability", DCATAP.availability, Kind.CONCEPT, "planned_availability"),
    Property("status", ADMS.status, Kind.CONCEPT, "distribution_status"),
    Property("conforms_to", DCT.conformsTo, Kind.LINKS, rdf_class=DCT.Standard),
    Property("size", DCAT.byteSize, Kind.NUMBER),
    Property(
        "mobility_data_standard",
        MOBILITY.mobilityDataStandard,
        Kind.CONCEPT,
        "mobility_data_standard",
        MOBILITY.MobilityDataStandard,
    ),
    Property(
        "application_layer_protocol", MOBILITY.applicationLayerProtocol, Kind.CONCEPT, "application_layer_protocol"
    ),
    Property("communication_method", MOBILITY.communicationMethod, Kind.CONCEPT, "communication_method"),
)

HVD_REGULATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
"""Implementing Regulation (EU) 2023/138, which lists the high-value datasets."""

REFERENCE_SYSTEM = "http://inspire.ec.europa.eu/glossary/SpatialReferenceSystem"
"""What GeoDCAT-AP says of a dct:conformsTo that is a system of coordinates."""
