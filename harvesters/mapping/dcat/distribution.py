"""From DCAT distributions to resources."""

from __future__ import annotations

from typing import Any

from ckanext.harvesters.mapping import exports, formats, licences, urls
from ckanext.harvesters.mapping.dcat.graph import Graph, Node, is_absolute
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.reasons import Reason


def distributions(draft: Draft, graph: Graph, node: Node) -> list[dict[str, Any]]:
    """Return the resources of a dataset, in an order that does not depend on the page's."""
    found = [_resource(draft, graph, one) for one in graph.nodes(node, "dcat:distribution")]
    return sorted(
        exports.sensible(in_order(resource for resource in found if resource)),
        key=lambda resource: (
            formats.rank(resource.get("format")),
            sorted(resource.get("name_translated", {}).items()),
            resource["url"],
        ),
    )


def _resource(draft: Draft, graph: Graph, node: Node) -> dict[str, Any] | None:
    access = _address(draft, graph, node, "dcat:accessURL")
    download = _address(draft, graph, node, "dcat:downloadURL")
    if not access and not download:
        said = graph.label(node, draft.source.language) or graph.iri(node) or "dcat:Distribution"
        draft.warn("dcat:accessURL", said, Reason.NO_ADDRESS)
        return None
    media = graph.iris(node, "dcat:mediaType")
    kinds = _formats(draft, graph, node)
    licence, words = licence_of(draft, graph, node)
    export = exports.name_of(download or access or "")
    form = formats.read(draft, "dct:format", [*kinds, *media, export], download or access)
    name = draft.translated("dct:title", graph.texts(node, "dct:title"))
    hashed = next(iter(graph.nodes(node, "spdx:checksum")), None)
    algorithm = next(iter(graph.iris(hashed, "spdx:algorithm")), None) if hashed else None
    return without_empty(
        {
            "url": access or download,
            "download_url": download,
            # An export of Opendatasoft that nobody named is called by its format, as its own API's are.
            "name_translated": name or ({draft.source.language: form} if export and form else {}),
            "description_translated": draft.translated(
                "dct:description", graph.texts(node, "dct:description"), prose=True
            ),
            "format": form,
            "mimetype": next((found for value in media if (found := formats.mimetype(value))), None),
            "size": _size(draft, graph.text(node, "dcat:byteSize")),
            "license": licence,
            "rights": _rights(draft, graph, node, words),
            "status": _concept(draft, graph, node, "distribution_status", "adms:status"),
            "availability": _concept(draft, graph, node, "planned_availability", "dcatap:availability"),
            "language": draft.uris("language", "dct:language", graph.iris(node, "dct:language")),
            "issued": draft.date("dct:issued", graph.text(node, "dct:issued")),
            "modified": draft.date("dct:modified", graph.text(node, "dct:modified")),
            "conforms_to": [found for value in graph.iris(node, "dct:conformsTo") if (found := urls.tidy(value))],
            "hash": graph.text(hashed, "spdx:checksumValue") if hashed else None,
            "hash_algorithm": urls.tidy(algorithm) if algorithm else None,
        }
    )


def _address(draft: Draft, graph: Graph, node: Node, name: str) -> str | None:
    values = graph.iris(node, name)
    found = next((address for value in values if (address := urls.tidy(value))), None)
    if values and not found:
        draft.warn(name, values[0], Reason.BAD_URL)
    return found


def _formats(draft: Draft, graph: Graph, node: Node) -> list[str | None]:
    """Return what is said of the format: IRIs, literals ("csv"), and labels of nodes without IRI."""
    said = graph.iris(node, "dct:format")
    labels = [graph.label(kind, draft.source.language) for kind in graph.nodes(node, "dct:format")]
    return [*said, *sorted(filter(None, labels))]


def licence_of(draft: Draft, graph: Graph, node: Node) -> tuple[str | None, list[str]]:
    """Return the licence, and the words somebody wrote in its place: those are of the rights.

    An empty ``dct:LicenseDocument`` (Gent's feed) says nothing. ArcGIS Hub has a paragraph of HTML, which may name a
    licence.
    """
    nodes = graph.nodes(node, "dct:license")
    written = [words for _, words in graph.texts(node, "dct:license")]
    written += [words for one in nodes if (words := graph.words(one))]
    written = sorted(prose for words in written if (prose := draft.prose("dct:license", words)))
    said = [iri for one in nodes if not graph.words(one) and (iri := graph.iri(one))]
    titles = [graph.label(document, draft.source.language) for document in nodes]
    sentences = [words for words in written if not urls.tidy(words) and licences.find(words) is None]
    named = [concept.uri for words in sentences if (concept := licences.in_words(words))]
    found = licences.read(draft, "dct:license", *sorted(said), *named, *written, *sorted(filter(None, titles)))
    return found, sentences


def _rights(draft: Draft, graph: Graph, node: Node, words: list[str]) -> str | None:
    """Return the rights, with words that stood for a licence."""
    said = {text for _, text in graph.texts(node, "dct:rights")}
    for statement in graph.nodes(node, "dct:rights"):
        iri = graph.iri(statement)
        label = graph.label(statement, draft.source.language) or graph.text(statement, "dct:description")
        label = label or graph.words(statement)
        if label or (iri and is_absolute(iri)):
            said.add(label or iri or "")
    return draft.prose("dct:rights", "\n\n".join(sorted(filter(None, {*said, *words}))) or None)


def _concept(draft: Draft, graph: Graph, node: Node, vocabulary: str, name: str) -> str | None:
    return next(iter(draft.uris(vocabulary, name, graph.iris(node, name))), None)


def _size(draft: Draft, text: str | None) -> int | None:
    if not text:
        return None
    try:
        number = float(text)
        size = int(number)
    except (ValueError, OverflowError):
        draft.warn("dcat:byteSize", text, Reason.BAD_NUMBER)
        return None
    return size if 0 <= size < 2**63 else None
