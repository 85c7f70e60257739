"""DCAT-AP Flanders 3.0 (recognised standard of 2026-02-12), written so that its 2.0 is satisfied where both can be."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pyoxigraph import Literal, NamedNode

from ckanext.oslo.profiles import agents, formats, terms
from ckanext.oslo.profiles.catalogue import CatalogueSheet
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.portal import CC0, Portal
from ckanext.oslo.profiles.profile import Profile
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCT, MDCAT, OWL, RDF
from ckanext.oslo.vocabularies.licences import OPEN

CC0_DECLARATION = "https://data.vlaanderen.be/id/licentie/creative-commons-zero-verklaring/v1.0"
"""The Flemish CC0 declaration: what 2.0 demands of a catalogue's licence."""
BELGIAN_THEME = "http://vocab.belgif.be/auth/datatheme/"
_EU_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
PUBLIC, NON_PUBLIC = f"{_ACCESS}PUBLIC", f"{_ACCESS}NON_PUBLIC"
_STATUS = "https://metadata.vlaanderen.be/id/GDI-Vlaanderen-Trefwoorden/"
OPEN_DATA, OPEN_DATA_SERVICE = f"{_STATUS}VLOPENDATA", f"{_STATUS}VLOPENDATASERVICE"


class DcatApVl(Profile):
    """DCAT-AP Flanders: identifiers everywhere, one publisher, one contact, and a yes or no to "is it public"."""

    name = "dcat_ap_vl_3"
    title: ClassVar = MappingProxyType(
        {"nl": "DCAT-AP Vlaanderen 3", "fr": "DCAT-AP Flandre 3", "en": "DCAT-AP Flanders 3"}
    )
    conforms_to = "https://data.vlaanderen.be/doc/applicatieprofiel/DCAT-AP-VL"
    versions: ClassVar = (DCAT.version, OWL.versionInfo)
    most_contacts = 1

    def date(self, value: str) -> Literal | None:
        """Write every date as the moment it begins: 2.0 knows only xsd:dateTime."""
        return terms.moment(value)

    def catalogue_license(self, portal: Portal) -> str:
        """Give the Flemish twin of CC0, which 2.0 demands; a portal with another licence keeps its own."""
        return CC0_DECLARATION if portal.license == CC0 else portal.license

    def access_rights(self, uri: str) -> str:
        """Give PUBLIC or NON_PUBLIC, the only two there are; what nobody closed is public."""
        return uri if uri in (PUBLIC, NON_PUBLIC) else NON_PUBLIC if uri and not uri.endswith("/NORMAL") else PUBLIC

    def origin_page(self, sheet: Sheet, node: NamedNode, page: str) -> None:
        """Say where the source shows the record."""
        sheet.link(node, MDCAT.bronMetadataRecordLandingspagina, page)

    def write_people(self, sheet: Sheet) -> None:
        """Say exactly one publisher and one contact: where the dataset names none, its keeper or the portal."""
        super().write_people(sheet)
        agents.ensure_publisher(sheet)
        agents.ensure_contact(sheet)

    def complete(self, sheet: Sheet, files: list[tuple[NamedNode, Mapping[str, Any]]]) -> None:
        """Add Belgian themes, the status of open data, and what files and services must say of themselves."""
        # 2.0 wants a record to be about a dcat:Resource, and knows no subclasses.
        sheet.add(sheet.iri, RDF.type, DCAT.Resource)
        for theme in sheet.objects(sheet.iri, DCAT.theme):
            code = theme.value.removeprefix(_EU_THEME)
            if code != theme.value:
                sheet.concept(sheet.iri, DCAT.theme, BELGIAN_THEME + code, "belgian_theme")
        for series in sheet.objects(sheet.iri, DCAT.inSeries):
            sheet.add(series, DCT.identifier, terms.text(series.value))
            # The portal's: the datasets of one series may have several publishers, the series has one.
            agents.say_portal_publishes(sheet, series)
            agents.say_portal_answers(sheet, series)
        rights = self.access_rights(sheet.text("access_rights"))
        is_open = rights == PUBLIC and any(self._is_open(sheet, node) for node, _ in files)
        if is_open:
            sheet.concept(sheet.iri, MDCAT.statuut, OPEN_DATA, "statuut")
        for node, resource in files:
            sheet.add(node, DCT.identifier, terms.text(node.value))
            if formats.is_service(resource):
                self._complete_service(sheet, NamedNode(f"{node.value}#service"), rights, node)

    def _complete_service(self, sheet: Sheet, service: NamedNode, rights: str, file: NamedNode) -> None:
        sheet.add(service, DCT.identifier, terms.text(service.value))
        for predicate in (DCT.publisher, DCAT.contactPoint):
            for node in sheet.objects(sheet.iri, predicate)[:1]:
                sheet.add(service, predicate, node)
        sheet.concept(service, DCT.accessRights, rights, "access_right", DCT.RightsStatement)
        for licence in sheet.objects(file, DCT.license):
            sheet.add(service, DCT.license, licence)
        if self._is_open(sheet, file):
            sheet.concept(service, MDCAT.statuut, OPEN_DATA_SERVICE, "statuut")

    @staticmethod
    def _is_open(sheet: Sheet, node: NamedNode) -> bool:
        concepts = (resolve("licence", licence.value) for licence in sheet.objects(node, DCT.license))
        return any(concept is not None and concept.code in OPEN for concept in concepts)

    def complete_catalogue(self, sheet: CatalogueSheet) -> None:
        """Say of the portal's own API what every service must say."""
        sheet.add(sheet.service, DCT.identifier, terms.text(sheet.service.value))
        sheet.concept(sheet.service, DCT.accessRights, PUBLIC, "access_right", DCT.RightsStatement)
        sheet.concept(sheet.service, MDCAT.statuut, OPEN_DATA_SERVICE, "statuut")
