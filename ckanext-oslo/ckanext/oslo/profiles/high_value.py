"""DCAT-AP HVD 3.0.0: datasets of Implementing Regulation (EU) 2023/138."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from pyoxigraph import NamedNode

from ckanext.oslo.profiles import agents, formats
from ckanext.oslo.profiles.catalogue import CatalogueSheet
from ckanext.oslo.profiles.profile import Profile
from ckanext.oslo.profiles.properties import HVD_REGULATION
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCATAP, DCT, ELI, FOAF, RDF, RDFS, VCARD

_ADDRESSES = (DCAT.accessURL, DCAT.endpointURL, DCAT.endpointDescription, VCARD.hasEmail, VCARD.hasURL)


class DcatApHvd(Profile):
    """DCAT-AP for high-value datasets: the regulation and its category on the files and services, too."""

    name = "dcat_ap_hvd"
    title: ClassVar = MappingProxyType(dict.fromkeys(("nl", "fr", "en"), "DCAT-AP HVD 3"))
    conforms_to = "https://semiceu.github.io/DCAT-AP/releases/3.0.0-hvd/"
    # The portal's own API belongs to no category, which every service must have here.
    shows_portal_api = False

    def complete_catalogue(self, sheet: CatalogueSheet) -> None:
        """Say of the contact's addresses what the shapes ask of every contact's."""
        for predicate in (VCARD.hasEmail, VCARD.hasURL):
            for triple in list(sheet.triples):
                if triple.predicate == predicate and isinstance(triple.object, NamedNode):
                    sheet.add(triple.object, RDF.type, RDFS.Resource)

    def takes(self, dataset: Mapping[str, Any]) -> bool:
        """Take datasets that are flagged as of high value."""
        return bool(dataset.get("hvd_category"))

    def write_people(self, sheet: Sheet) -> None:
        """Say whom to ask: every service must."""
        super().write_people(sheet)
        agents.ensure_contact(sheet)

    def complete(self, sheet: Sheet, files: list[tuple[NamedNode, Mapping[str, Any]]]) -> None:
        """Put the regulation on files and services, and say of services what they must say."""
        for node, resource in files:
            sheet.link(node, DCATAP.applicableLegislation, HVD_REGULATION, ELI.LegalResource)
            if formats.is_service(resource):
                self._complete_service(sheet, NamedNode(f"{node.value}#service"), node)
        for series in sheet.objects(sheet.iri, DCAT.inSeries):
            sheet.link(series, DCATAP.applicableLegislation, HVD_REGULATION, ELI.LegalResource)
            for category in sheet.objects(sheet.iri, DCATAP.hvdCategory):
                sheet.add(series, DCATAP.hvdCategory, category)
        self._type_addresses(sheet)

    @staticmethod
    def _type_addresses(sheet: Sheet) -> None:
        """Say of addresses that they are resources: the profile's shapes ask for it, and not all readers infer it."""
        sheet.add(sheet.iri, RDF.type, DCAT.Resource)
        for predicate in _ADDRESSES:
            for node in dict.fromkeys(sheet.all_objects(predicate)):
                sheet.add(node, RDF.type, RDFS.Resource)

    @staticmethod
    def _complete_service(sheet: Sheet, service: NamedNode, file: NamedNode) -> None:
        sheet.link(service, DCATAP.applicableLegislation, HVD_REGULATION, ELI.LegalResource)
        for category in sheet.objects(sheet.iri, DCATAP.hvdCategory):
            sheet.add(service, DCATAP.hvdCategory, category)
        for contact in sheet.objects(sheet.iri, DCAT.contactPoint):
            sheet.add(service, DCAT.contactPoint, contact)
        for predicate in (DCT.license, DCT.rights):
            for found in sheet.objects(file, predicate):
                sheet.add(service, predicate, found)
        documentation = sheet.objects(sheet.iri, FOAF.page) or sheet.objects(service, DCAT.endpointDescription)
        for page in documentation[:1]:
            sheet.link(service, FOAF.page, page.value, FOAF.Document)
