"""A dataset's files and services: dcat:Distribution and dcat:DataService."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pyoxigraph import Literal, NamedNode

from ckanext.oslo.profiles import formats, terms
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.properties import DISTRIBUTION
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCT, OWN, RDF, RDFS, SKOS, SPDX, XSD, iri
from ckanext.oslo.profiles.values import groups, listed, write

_OGC = {"WMS_SRVC": "WMS", "WFS_SRVC": "WFS", "WCS_SRVC": "WCS", "WMTS": "WMTS", "SOS": "SOS"}


def write_distributions(sheet: Sheet) -> list[tuple[NamedNode, Mapping[str, Any]]]:
    """Say what files and services the dataset has; give their nodes with the resources they are."""
    found = []
    licence = sheet.text("license_id")
    concept = resolve("licence", licence) if licence else None
    if concept is not None:
        sheet.concept(sheet.iri, DCT.license, concept.uri, "licence", DCT.LicenseDocument)
    if licence and (concept is None or concept.code != licence):
        sheet.own_text(sheet.iri, "license_id", licence)
    for number, resource in enumerate(groups(sheet.dataset.get("resources"), "resources")):
        path = f"resources/{number}/"
        node = _node(sheet, resource, number)
        if _write(sheet, node, resource, path, concept.uri if concept else None):
            found.append((node, resource))
    return found


def services_of(sheet: Sheet) -> list[NamedNode]:
    """Name the services among the dataset's distributions."""
    return [
        NamedNode(f"{_node(sheet, resource, number).value}#service")
        for number, resource in enumerate(groups(sheet.dataset.get("resources"), "resources"))
        if formats.is_service(resource) and isinstance(resource.get("url"), str) and iri(resource["url"])
    ]


def _node(sheet: Sheet, resource: Mapping[str, Any], number: int) -> NamedNode:
    key = _text(resource, "id", f"resources/{number}/") or str(number)
    return NamedNode(f"{sheet.own}/resource/{quote(key, safe='')}")


def _write(sheet: Sheet, node: NamedNode, resource: Mapping[str, Any], path: str, licence: str | None) -> bool:
    """Describe one distribution. One whose address is none is left out: DCAT-AP has no file without an address."""
    url = _text(resource, "url", path)
    access = iri(url) if url else None
    if access is None:
        return False
    sheet.add(sheet.iri, DCAT.distribution, node)
    sheet.add(node, RDF.type, DCAT.Distribution)
    sheet.add(node, DCAT.accessURL, access)
    _write_download(sheet, node, resource, path)
    write(sheet, node, resource, DISTRIBUTION, path)
    _write_format(sheet, node, resource, path)
    said = _text(resource, "license", path)
    _write_licence(sheet, node, said, licence)
    _write_rights(sheet, node, resource, said or licence or "", path)
    _write_checksum(sheet, node, resource, path)
    described = _text(resource, "endpoint_description", path)
    if formats.is_service(resource):
        _write_service(sheet, node, resource, access, described)
    elif described:
        sheet.own_text(node, "endpoint_description", described)
    return True


def _write_download(sheet: Sheet, node: NamedNode, resource: Mapping[str, Any], path: str) -> None:
    said, follows = _text(resource, "download_url", path), formats.download_of(resource)
    download = iri(said or follows)
    if download is not None:
        sheet.add(node, DCAT.downloadURL, download)
        if said and said == resource.get("url"):
            # Without it, a reader takes the two alike for a download that follows from the link.
            sheet.own_text(node, "download_url", said)


def _write_format(sheet: Sheet, node: NamedNode, resource: Mapping[str, Any], path: str) -> None:
    name, mime = _text(resource, "format", path), _text(resource, "mimetype", path)
    known = formats.file_type(name) if name else None
    if known is not None:
        sheet.concept(node, DCT["format"], known.uri, "file_type", DCT.MediaTypeOrExtent)
        if known.name != name:
            sheet.own_text(node, "format", name)
    elif name:
        extent = NamedNode(f"{node.value}#format")
        sheet.add(node, DCT["format"], extent)
        for rdf_class in (SKOS.Concept, DCT.MediaTypeOrExtent):
            sheet.add(extent, RDF.type, rdf_class)
        sheet.add(extent, SKOS.prefLabel, terms.text(name))
    follows = known.media_type if known else ""
    media = formats.media_type(mime) or follows
    if media:
        sheet.link(node, DCAT.mediaType, formats.MEDIA_TYPE + media, DCT.MediaType)
    if mime and (mime != media or mime == follows):
        sheet.own_text(node, "mimetype", mime)


def _write_licence(sheet: Sheet, node: NamedNode, said: str, dataset_licence: str | None) -> None:
    licence = said or dataset_licence
    if licence:
        sheet.concept(node, DCT.license, licence, "licence", DCT.LicenseDocument)
    if licence and not said:
        sheet.add(node, OWN.inherits, DCT.license)


def _write_rights(sheet: Sheet, node: NamedNode, resource: Mapping[str, Any], licence: str, path: str) -> None:
    rights = _text(resource, "rights", path)
    conditions = _text(resource, "conditions_for_access", path) or sheet.profile.conditions_for_access(sheet, licence)
    if rights or conditions:
        statement = NamedNode(f"{node.value}#rights")
        sheet.add(node, DCT.rights, statement)
        sheet.add(statement, RDF.type, DCT.RightsStatement)
        if rights:
            sheet.add(statement, RDFS.label, terms.text(rights))
        if conditions:
            sheet.concept(statement, DCT.type, conditions, "conditions_for_access")


def _write_checksum(sheet: Sheet, node: NamedNode, resource: Mapping[str, Any], path: str) -> None:
    value, algorithm = _text(resource, "hash", path), _text(resource, "hash_algorithm", path)
    known = formats.checksum(value, algorithm) if value and algorithm else None
    if known is not None and sheet.profile.knows_checksum(known[1]):
        digest, name = known
        node_of_sum = NamedNode(f"{node.value}#checksum")
        sheet.add(node, SPDX.checksum, node_of_sum)
        sheet.add(node_of_sum, RDF.type, SPDX.Checksum)
        sheet.link(node_of_sum, SPDX.algorithm, name, SPDX.ChecksumAlgorithm)
        sheet.add(node_of_sum, SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary))
        if name != algorithm:
            sheet.own_text(node, "hash_algorithm", algorithm)
        return
    for field, text in (("hash", value), ("hash_algorithm", algorithm)):
        if text:
            sheet.own_text(node, field, text)


def _write_service(
    sheet: Sheet, node: NamedNode, resource: Mapping[str, Any], access: NamedNode, described: str
) -> None:
    """Describe the service behind a distribution; ``described`` is where its publisher says that it is explained."""
    service = NamedNode(f"{node.value}#service")
    sheet.add(node, DCAT.accessService, service)
    sheet.add(service, RDF.type, DCAT.DataService)
    title = resource.get("name_translated") or sheet.dataset.get("title_translated")
    sheet.texts(service, DCT.title, title, "name_translated")
    endpoint = access
    if resource.get("datastore_active") is True:
        table = urlencode({"resource_id": resource.get("id") or ""})
        endpoint = NamedNode(f"{sheet.portal.site_url}/api/3/action/datastore_search?{table}")
    sheet.add(service, DCAT.endpointURL, endpoint)
    said = iri(described)
    description = said or iri(_described_at(resource, endpoint, sheet))
    if description is not None:
        sheet.add(service, DCAT.endpointDescription, description)
        if said is None:
            sheet.add(service, OWN.inherits, DCAT.endpointDescription)
    sheet.add(service, DCAT.servesDataset, sheet.iri)


def _described_at(resource: Mapping[str, Any], endpoint: NamedNode, sheet: Sheet) -> str:
    """Give where a service describes itself: an OGC service's capabilities, else its documentation, else itself."""
    concept = resolve("file_type", str(resource.get("format") or ""))
    kind = _OGC.get(concept.code) if concept else None
    if resource.get("datastore_active") is True:
        return sheet.portal.api_documentation or endpoint.value
    if kind:
        parts = urlsplit(endpoint.value)
        # An address that says what it wants, or leads into a page, is no bare endpoint.
        if "request=" in parts.query.lower() or parts.fragment:
            return endpoint.value
        query = urlencode({"service": kind, "request": "GetCapabilities"})
        return parts._replace(query=f"{parts.query}&{query}" if parts.query else query).geturl()
    documentation = listed(sheet.dataset.get("documentation"), "documentation")
    return documentation[0] if documentation and isinstance(documentation[0], str) else endpoint.value


def _text(resource: Mapping[str, Any], name: str, path: str) -> str:
    value = resource.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise NotWritableError(path + name, value, "expected a text")
