"""The catalogue itself: its texts, its publisher, its service, its members, and the page of it that is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from ckanext.oslo.profiles import terms
from ckanext.oslo.profiles.agents import AGENT_CLASSES, CONTACT_CLASSES
from ckanext.oslo.profiles.concepts import described
from ckanext.oslo.profiles.portal import Body, Page, Portal, Texts
from ckanext.oslo.profiles.terms import DCAT, DCT, FOAF, HYDRA, RDF, SKOS, VCARD, XSD, iri

if TYPE_CHECKING:
    from ckanext.oslo.profiles.profile import Profile

THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_API = {"nl": "API van {}", "fr": "API de {}", "en": "API of {}"}


class CatalogueSheet:
    """The statements about the catalogue."""

    def __init__(self, profile: Profile, portal: Portal) -> None:
        self.profile = profile
        self.portal = portal
        self.iri = NamedNode(portal.site_url)
        self.publisher = iri(portal.publisher.uri) or NamedNode(f"{portal.site_url}#publisher")
        self.contact = NamedNode(f"{portal.site_url}#contact")
        self.service = NamedNode(f"{portal.site_url}/api/3")
        self.triples: list[Triple] = []

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        """Say something."""
        self.triples.append(Triple(subject, predicate, value))

    def texts(self, subject: NamedNode, predicate: NamedNode, texts: Texts) -> None:
        """Say a text in each of its languages."""
        for language, text in texts.items():
            literal = terms.spoken(text, language)
            if text and literal is not None:
                self.add(subject, predicate, literal)

    def link(self, subject: NamedNode, predicate: NamedNode, uri: str, rdf_class: NamedNode | None = None) -> None:
        """Point to an address, and say of which class it is."""
        node = iri(uri) if uri else None
        if node is not None:
            self.add(subject, predicate, node)
            if rdf_class is not None:
                self.add(node, RDF.type, rdf_class)

    def concept(
        self, subject: NamedNode, predicate: NamedNode, uri: str, vocabulary: str, rdf_class: NamedNode | None = None
    ) -> None:
        """Point to a concept, and say what it is."""
        node = iri(uri) if uri else None
        if node is not None:
            self.add(subject, predicate, node)
            self.triples += described(vocabulary, uri, rdf_class)

    def body(self, node: NamedNode, body: Body) -> None:
        """Say what is known of an organization."""
        for rdf_class in AGENT_CLASSES:
            self.add(node, RDF.type, rdf_class)
        self.texts(node, FOAF.name, body.names)
        if body.email:
            self.link(node, FOAF.mbox, f"mailto:{body.email}")
        self.link(node, FOAF.homepage, body.url, FOAF.Document)
        if body.identifier:
            self.add(node, DCT.identifier, terms.text(body.identifier))

    def contact_point(self) -> None:
        """Say who answers for the catalogue."""
        for rdf_class in CONTACT_CLASSES:
            self.add(self.contact, RDF.type, rdf_class)
        self.texts(self.contact, VCARD.fn, self.portal.contact.names)
        if self.portal.contact.email:
            self.link(self.contact, VCARD.hasEmail, f"mailto:{self.portal.contact.email}")
        self.link(self.contact, VCARD.hasURL, self.portal.contact.url)


def catalogue(profile: Profile, portal: Portal, members: Iterable[str], page: Page | None) -> list[Triple]:
    """Describe the catalogue, naming the datasets ``members`` (IRIs) as its own, and the page that is shown."""
    sheet = CatalogueSheet(profile, portal)
    _describe(sheet)
    _describe_service(sheet)
    profile.complete_catalogue(sheet)
    for member in members:
        node = iri(member)
        if node is not None:
            sheet.add(sheet.iri, DCAT.dataset, node)
    if page is not None:
        _describe_page(sheet, page)
    return sheet.triples


def _describe(sheet: CatalogueSheet) -> None:
    portal, node = sheet.portal, sheet.iri
    sheet.add(node, RDF.type, DCAT.Catalog)
    sheet.add(node, DCT.identifier, terms.text(portal.site_url))
    sheet.texts(node, DCT.title, portal.titles)
    sheet.texts(node, DCT.description, portal.descriptions)
    sheet.add(node, DCT.publisher, sheet.publisher)
    sheet.body(sheet.publisher, portal.publisher)
    sheet.add(node, DCAT.contactPoint, sheet.contact)
    sheet.contact_point()
    sheet.concept(node, DCT.license, sheet.profile.catalogue_license(portal), "licence", DCT.LicenseDocument)
    sheet.link(node, FOAF.homepage, portal.homepage or f"{portal.site_url}/", FOAF.Document)
    for language in portal.languages:
        sheet.concept(node, DCT.language, language, "language", DCT.LinguisticSystem)
    for place in portal.spatial:
        sheet.link(node, DCT.spatial, place, DCT.Location)
    sheet.link(node, DCAT.themeTaxonomy, THEMES, SKOS.ConceptScheme)
    sheet.texts(NamedNode(THEMES), DCT.title, {"en": "Data theme", "fr": "Thème de données", "nl": "Datathema"})
    for predicate, value in ((DCT.issued, portal.issued), (DCT.modified, portal.modified)):
        date = sheet.profile.record_date(value) if value else None
        if date is not None:
            sheet.add(node, predicate, date)


def _describe_service(sheet: CatalogueSheet) -> None:
    """Describe the portal's own API."""
    portal, service = sheet.portal, sheet.service
    if not sheet.profile.shows_portal_api:
        return
    sheet.add(sheet.iri, DCAT.service, service)
    sheet.add(service, RDF.type, DCAT.DataService)
    sheet.texts(
        service,
        DCT.title,
        {language: _API.get(language, "API: {}").format(title) for language, title in portal.titles.items()},
    )
    sheet.add(service, DCAT.endpointURL, service)
    sheet.link(
        service,
        DCAT.endpointDescription,
        portal.api_documentation or f"{portal.site_url}/api/3/action/help_show?name=package_search",
    )
    sheet.add(service, DCT.publisher, sheet.publisher)
    sheet.add(service, DCAT.contactPoint, sheet.contact)
    sheet.concept(service, DCT.license, sheet.profile.catalogue_license(portal), "licence", DCT.LicenseDocument)


def _describe_page(sheet: CatalogueSheet, page: Page) -> None:
    """Describe the page as Hydra has it, so that a harvester finds the next one."""
    view = iri(page.iri)
    if view is None:
        return
    sheet.add(sheet.iri, RDF.type, HYDRA.Collection)
    sheet.add(sheet.iri, HYDRA.totalItems, Literal(page.total))
    sheet.add(sheet.iri, HYDRA.view, view)
    sheet.add(view, RDF.type, HYDRA.PartialCollectionView)
    sheet.add(view, HYDRA.totalItems, Literal(page.total))
    sheet.add(view, HYDRA.itemsPerPage, Literal(str(page.per_page), datatype=XSD.integer))
    for name in ("first", "previous", "next", "last"):
        sheet.link(view, HYDRA[name], getattr(page, name) or "")
