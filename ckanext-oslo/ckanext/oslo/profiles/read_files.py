"""Read a dataset's files: the mirror of `distributions`."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode

from ckanext.oslo.profiles import formats
from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.graph import Graph, Node
from ckanext.oslo.profiles.properties import DISTRIBUTION
from ckanext.oslo.profiles.read_values import read_values
from ckanext.oslo.profiles.terms import DCAT, DCT, OWN, RDFS, SKOS, SPDX


def read_files(graph: Graph, subject: NamedNode) -> list[dict[str, Any]]:
    """Give ``resources``."""
    return [_read(graph, node) for node in graph.nodes(subject, DCAT.distribution)]


def _read(graph: Graph, node: Node) -> dict[str, Any]:
    access, download = graph.iri(node, DCAT.accessURL), graph.iri(node, DCAT.downloadURL)
    resource: dict[str, Any] = {"url": access or download, **read_values(graph, node, DISTRIBUTION)}
    resource["download_url"] = graph.text(node, OWN.download_url) or (download if download != access else "")
    name = resource["format"] = graph.text(node, OWN["format"]) or _format(graph, node)
    resource["mimetype"] = graph.text(node, OWN.mimetype) or _media_type(graph, node, name)
    if DCT.license.value not in graph.iris(node, OWN.inherits):
        resource["license"] = graph.iri(node, DCT.license)
    statement = graph.node(node, DCT.rights)
    if statement is not None:
        resource["rights"] = graph.text(statement, RDFS.label)
        resource["conditions_for_access"] = graph.iri(statement, DCT.type)
    else:
        resource["rights"] = graph.text(node, DCT.rights)
    resource["endpoint_description"] = graph.text(node, OWN.endpoint_description) or _described_at(graph, node)
    checksum = graph.node(node, SPDX.checksum)
    resource["hash"] = graph.text(node, OWN["hash"])
    resource["hash_algorithm"] = graph.text(node, OWN.hash_algorithm)
    if checksum is not None:
        resource["hash"] = resource["hash"] or graph.text(checksum, SPDX.checksumValue)
        resource["hash_algorithm"] = resource["hash_algorithm"] or graph.iri(checksum, SPDX.algorithm)
    return {field: value for field, value in resource.items() if value not in (None, "", [], {})}


def _described_at(graph: Graph, node: Node) -> str:
    """Give where the service behind a distribution is explained, unless we found that by ourselves."""
    service = graph.node(node, DCAT.accessService)
    if service is None or DCAT.endpointDescription.value in graph.iris(service, OWN.inherits):
        return ""
    return graph.iri(service, DCAT.endpointDescription)


def _format(graph: Graph, node: Node) -> str:
    """Give a file type by its name: the vocabulary's, else what it is labelled, else the end of its IRI."""
    found = graph.node(node, DCT["format"])
    if found is None:
        text = graph.text(node, DCT["format"])
        concept = resolve("file_type", text) if text else None
        return concept.label("en") if concept else text
    concept = resolve("file_type", found.value) if isinstance(found, NamedNode) else None
    return concept.label("en") if concept else graph.text(found, SKOS.prefLabel, RDFS.label)


def _media_type(graph: Graph, node: Node, name: str) -> str:
    said = graph.iri(node, DCAT.mediaType) or graph.text(node, DCAT.mediaType)
    media = said.replace("http://", "https://").removeprefix(formats.MEDIA_TYPE)
    known = formats.file_type(name) if name else None
    return "" if known and known.media_type == media else media
