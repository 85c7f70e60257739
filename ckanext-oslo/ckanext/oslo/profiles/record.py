"""The catalogue record of a dataset: when it came here, from where, and who keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from ckanext.oslo.profiles import terms
from ckanext.oslo.profiles.agents import write_organization
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.distributions import services_of
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCT, FOAF, OWN, RDF

SCHEMAS = "urn:eurometropool:dataset-schema:"
"""Which of our schemas a dataset follows: …dataset, …work, …mobility."""

DATA = ("unresolved", "machine_translated")
"""What a harvest noted of the dataset, as JSON: values nobody understood, texts a machine translated."""


def write_record(sheet: Sheet) -> NamedNode:
    """Describe the dataset's record in this catalogue, and put it and the dataset's services into the catalogue."""
    node = NamedNode(f"{sheet.own}#record")
    catalogue = NamedNode(sheet.portal.site_url)
    sheet.add(catalogue, DCAT.record, node)
    for service in services_of(sheet):
        sheet.add(catalogue, DCAT.service, service)
    sheet.add(node, RDF.type, DCAT.CatalogRecord)
    sheet.add(node, FOAF.primaryTopic, sheet.iri)
    sheet.add(node, DCT.identifier, terms.text(sheet.key))
    created, modified = sheet.text("metadata_created"), sheet.text("metadata_modified")
    modified = modified or sheet.text("harvested") or sheet.text("modified") or created
    _date(sheet, node, DCT.created, created or modified)
    _date(sheet, node, DCT.issued, created or modified)
    _date(sheet, node, DCT.modified, modified or created)
    for uri in _languages(sheet):
        sheet.concept(node, DCT.language, uri, "language", DCT.LinguisticSystem)
    sheet.link(node, DCT.conformsTo, sheet.profile.conforms_to, DCT.Standard)
    keeper = write_organization(sheet)
    if keeper is not None:
        sheet.add(node, DCT.publisher, keeper)
    licence = sheet.text("metadata_license")
    if licence:
        sheet.concept(node, DCT.license, licence, "licence", DCT.LicenseDocument)
    name = sheet.text("name")
    if name:
        sheet.link(node, DCAT.landingPage, sheet.portal.dataset_iri(name))
    kind = sheet.text("type")
    if kind:
        sheet.link(node, DCT.type, SCHEMAS + kind)
    _write_origin(sheet, node)
    return node


def _write_origin(sheet: Sheet, node: NamedNode) -> None:
    """Say that the dataset is a copy: the source's record it was made from, and when."""
    harvested = sheet.text("harvested")
    if harvested:
        sheet.add(node, DCT.dateAccepted, terms.date(harvested) or terms.text(harvested))
    guid, name = sheet.text("guid"), sheet.text("harvest_source_name")
    if name:
        sheet.own_text(node, "harvest_source_name", name)
    if guid:
        sheet.own_text(node, "guid", guid)
    page, changed = sheet.text("source_url"), sheet.text("source_modified")
    if page:
        sheet.link(node, OWN.source_url, page)
        sheet.profile.origin_page(sheet, node, page)
    if changed:
        sheet.add(node, OWN.source_modified, terms.date(changed) or terms.text(changed))
    if guid or page:
        sheet.profile.source_record(sheet, node, guid or page, page, changed or harvested)
    for field in DATA:
        if sheet.dataset.get(field):
            said = json.dumps(sheet.dataset[field], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            sheet.add(node, OWN[field], Literal(said, datatype=RDF.JSON))


def write_source_record(sheet: Sheet, node: NamedNode, guid: str, page: str, changed: str) -> None:
    """Describe the record at the source. DCAT-AP demands its date: its own change, or when it was collected."""
    date = sheet.profile.record_date(changed) if changed else None
    if date is None:
        return
    source = sheet.fragment("source")
    sheet.add(node, DCT.source, source)
    sheet.add(source, RDF.type, DCAT.CatalogRecord)
    sheet.add(source, FOAF.primaryTopic, sheet.iri)
    sheet.add(source, DCT.identifier, terms.text(guid))
    sheet.add(source, DCT.modified, date)
    if page:
        sheet.link(source, DCAT.landingPage, page)


def _date(sheet: Sheet, node: NamedNode, predicate: NamedNode, value: str) -> None:
    date = sheet.profile.record_date(value) if value else None
    if date is not None:
        sheet.add(node, predicate, date)


def _languages(sheet: Sheet) -> list[str]:
    """Give the languages in which the record is written: those of its title."""
    titles = sheet.dataset.get("title_translated")
    tags = titles if isinstance(titles, Mapping) else ()
    found = (resolve("language", tag.split("-")[0]) for tag in tags)
    return list(dict.fromkeys(concept.uri for concept in found if concept))


def data_of(value: str) -> object:
    """Read what a harvest noted back from its literal."""
    try:
        return json.loads(value)
    except ValueError:
        return None
