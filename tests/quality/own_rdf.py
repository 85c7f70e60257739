"""What the portals themselves say of a record in RDF: recorded, or written as the portal's software writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from ckanext.harvesters.records import SourceRecord
from ckanext.harvesters.replay.recorded_odwb import ODWB
from ckanext.harvesters.replay.recordings import Recording

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LICENCES = {
    "lov2": ("Licence Ouverte / Open Licence version 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"),
    "fr-lo": ("Licence Ouverte / Open Licence", "https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence.pdf"),
    "odc-odbl": ("Open Data Commons Open Database License (ODbL)", "http://opendatacommons.org/licenses/odbl/summary/"),
    "cc-by": ("Creative Commons Attribution", "http://www.opendefinition.org/licenses/cc-by"),
    "cc-by-sa": ("Creative Commons Attribution Share-Alike", "http://www.opendefinition.org/licenses/cc-by-sa"),
    "cc-zero": ("Creative Commons CCZero", "http://www.opendefinition.org/licenses/cc-zero"),
    "other-open": ("Other (Open)", ""),
    "notspecified": ("License Not Specified", ""),
}

Own = tuple[list[ox.Triple], str]


def of_flanders(record: SourceRecord) -> Own:
    """Give the record itself, which is RDF, and its dataset's IRI."""
    return [quad.triple for quad in ox.parse(record.content, format=ox.RdfFormat.RDF_XML)], record.guid


def of_wallonia(record: SourceRecord, recording: Recording) -> Own:
    """Give the DCAT export of the portal, as data.gov.be recorded it (with its own improvements)."""
    iri = f"{ODWB.datasets}{json.loads(record.content)['dataset_id']}"
    iri = next(one for one in (iri, f"{iri}/") if one in recording.datasets)
    described = recording.around(iri)[0]
    return [ox.Triple(node, name, value) for node, said in described.items() for name, value in said], iri


def of_france(record: SourceRecord) -> Own:
    """Write the RDF that udata serves of a dataset (its module ``core.dataset.rdf``, state of 2025)."""
    document = json.loads(record.content)
    iri = (document.get("harvest") or {}).get("uri") or f"https://www.data.gouv.fr/datasets/{document['id']}/"
    try:
        ox.NamedNode(iri)
    except ValueError:
        iri = f"https://www.data.gouv.fr/datasets/{document['id']}/"
    return [ox.Triple(ox.NamedNode(one), ox.NamedNode(name), value) for one, name, value in _said(document, iri)], iri


Said = Iterator[tuple[str, str, Any]]


def _said(document: Mapping[str, Any], iri: str) -> Said:
    yield iri, TYPE.value, ox.NamedNode(f"{DCAT}Dataset")
    for name, key in (("identifier", "id"), ("title", "title"), ("description", "description")):
        yield iri, DCT + name, ox.Literal(document.get(key) or "")
    for name, key in (("issued", "created_at"), ("modified", "last_modified")):
        yield iri, DCT + name, ox.Literal(document.get(key) or "")
    for tag in document.get("tags") or ():
        yield iri, f"{DCAT}keyword", ox.Literal(tag)
    if document.get("temporal_coverage"):
        yield iri, f"{DCT}temporal", ox.NamedNode(f"{iri}#period")
    keeper = document.get("organization") or document.get("owner")
    if keeper:
        agent = f"https://www.data.gouv.fr/organizations/{keeper['id']}/"
        yield iri, f"{DCT}publisher", ox.NamedNode(agent)
        yield agent, TYPE.value, ox.NamedNode(f"{FOAF}Organization")
        yield agent, f"{FOAF}name", ox.Literal(keeper.get("name") or keeper.get("last_name") or "")
    for number, _ in enumerate(document.get("contact_points") or ()):
        yield iri, f"{DCAT}contactPoint", ox.NamedNode(f"{iri}#contact-{number}")
    for file in document.get("resources") or ():
        yield iri, f"{DCAT}distribution", ox.NamedNode(f"{iri}#resource-{file['id']}")
        yield from _said_of_file(file, f"{iri}#resource-{file['id']}", document.get("license") or "")


def _said_of_file(file: Mapping[str, Any], node: str, licence: str) -> Said:
    yield node, TYPE.value, ox.NamedNode(f"{DCAT}Distribution")
    for name, key in (("issued", "created_at"), ("modified", "last_modified"), ("title", "title")):
        yield node, DCT + name, ox.Literal(file.get(key) or "")
    for name, key in (("accessURL", "latest"), ("downloadURL", "url")):
        try:
            yield node, DCAT + name, ox.NamedNode((file.get(key) or "").strip())
        except ValueError:
            continue
    if licence:
        title, address = LICENCES.get(licence, (licence, ""))
        yield node, f"{DCT}rights", ox.Literal(title)
        if address:
            yield node, f"{DCT}license", ox.NamedNode(address)
    for name, key in ((f"{DCAT}byteSize", "filesize"), (f"{DCAT}mediaType", "mime"), (f"{DCT}format", "format")):
        if file.get(key):
            yield node, name, ox.Literal(str(file[key]))
