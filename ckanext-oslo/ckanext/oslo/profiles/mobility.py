"""mobilityDCAT-AP 1.1.0, which the national access points for mobility data collect.

What it demands and a dataset does not say is filled with the list's own word for it (an unknown frequency, another
standard), never with a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pyoxigraph import Literal, NamedNode

from ckanext.oslo.profiles import agents, terms
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.formats import EU_FILE_TYPE
from ckanext.oslo.profiles.profile import Profile
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCATAP, DCT, MOBILITY, OWL, PROV
from ckanext.oslo.vocabularies.licences import OPEN

_BASE = "https://w3id.org/mobilitydcat-ap/"
OTHER_THEME = f"{_BASE}mobility-theme/other"
OTHER_STANDARD = f"{_BASE}mobility-data-standard/other"
_CONDITIONS = f"{_BASE}conditions-for-access-and-usage/"
FREE_LICENCE, SOME_LICENCE = f"{_CONDITIONS}licence-provided-free-of-charge", f"{_CONDITIONS}licence-provided"
OTHER_CONDITIONS = f"{_CONDITIONS}other"
UNKNOWN_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/UNKNOWN"
UNKNOWN_FILE_TYPE = f"{EU_FILE_TYPE}BIN"
_REFERENCE_SYSTEMS = "http://www.opengis.net/def/crs/EPSG/0/"
_SHA1 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha1"


class MobilityDcatAp(Profile):
    """mobilityDCAT-AP: every dataset with a theme, a place, a frequency and a publisher, every file with conditions."""

    name = "mobility_dcat_ap"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "mobilityDCAT-AP 1.1"))
    conforms_to = "https://w3id.org/mobilitydcat-ap/releases/1.1.0/"
    versions: ClassVar = (DCAT.version, OWL.versionInfo)

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Take datasets about mobility that have a file or a service: the profile knows none without."""
        resources = dataset.get("resources")
        return dataset.get("type") == "mobility" and isinstance(resources, list) and bool(resources)

    def date(self, value: str) -> Literal | None:
        """Write a day or a moment; the profile knows no years and months alone."""
        return terms.day(value)

    def knows_checksum(self, algorithm: str) -> bool:
        """Take SHA-1, the only one the profile knows."""
        return algorithm == _SHA1

    def conditions_for_access(self, sheet: Sheet, licence: str) -> str:
        """Say by the licence on which conditions a file may be had."""
        concept = resolve("licence", licence) if licence else None
        if concept is None:
            return SOME_LICENCE if licence else OTHER_CONDITIONS
        return FREE_LICENCE if concept.code in OPEN else SOME_LICENCE

    def write_conforms_to(self, sheet: Sheet, standards: list[str]) -> None:
        """Say a dataset's coordinate system; every other standard is its files' (`complete`)."""
        super().write_conforms_to(sheet, [uri for uri in standards if uri.startswith(_REFERENCE_SYSTEMS)])

    def source_record(self, sheet: Sheet, node: NamedNode, guid: str, page: str, changed: str) -> None:
        """Say only from where: a record must here have a date of creation, which a source does not tell."""
        sheet.link(node, PROV.wasDerivedFrom, page or guid)

    def write_people(self, sheet: Sheet) -> None:
        """Say exactly one publisher."""
        super().write_people(sheet)
        agents.ensure_publisher(sheet)

    def complete(self, sheet: Sheet, files: list[tuple[NamedNode, Mapping[str, Any]]]) -> None:
        """Fill what is mandatory and was not said."""
        self._ensure(sheet, sheet.iri, MOBILITY.mobilityTheme, OTHER_THEME, "mobility_theme")
        self._ensure(sheet, sheet.iri, DCT.accrualPeriodicity, UNKNOWN_FREQUENCY, "frequency", DCT.Frequency)
        if not sheet.objects(sheet.iri, DCT.spatial):
            for place in sheet.portal.spatial:
                sheet.link(sheet.iri, DCT.spatial, place, DCT.Location)
        for law in sheet.objects(sheet.iri, DCATAP.applicableLegislation):
            # The shapes want a law to be a concept, of which a name is demanded.
            sheet.describe("legislation", law.value)
        standards = sheet.dataset.get("conforms_to") or ()
        for node, _resource in files:
            standard = MOBILITY.MobilityDataStandard
            self._ensure(sheet, node, MOBILITY.mobilityDataStandard, OTHER_STANDARD, "mobility_data_standard", standard)
            self._ensure_format(sheet, node)
            for uri in standards:
                if isinstance(uri, str) and not uri.startswith(_REFERENCE_SYSTEMS):
                    sheet.link(node, DCT.conformsTo, uri, DCT.Standard)

    @staticmethod
    def _ensure(
        sheet: Sheet,
        subject: NamedNode,
        predicate: NamedNode,
        uri: str,
        vocabulary: str,
        rdf_class: NamedNode | None = None,
    ) -> None:
        if not sheet.objects(subject, predicate):
            sheet.concept(subject, predicate, uri, vocabulary, rdf_class)

    @staticmethod
    def _ensure_format(sheet: Sheet, node: NamedNode) -> None:
        """Give a file of a type that no list knows the list's widest one."""
        found = sheet.objects(node, DCT["format"])
        if not any(one.value.startswith(EU_FILE_TYPE) for one in found):
            sheet.remove(node, DCT["format"])
            sheet.concept(node, DCT["format"], UNKNOWN_FILE_TYPE, "file_type", DCT.MediaTypeOrExtent)
