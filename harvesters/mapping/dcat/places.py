"""Where a dataset is about: dct:spatial in its many forms, and region keywords in dct:subject."""

from __future__ import annotations

from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal

from ckanext.harvesters.mapping import geometry
from ckanext.harvesters.mapping.dcat.graph import Graph, Node, is_absolute
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.reasons import Reason

#: Keywords of this thesaurus name a municipality, province or region by the last part of their IRI.
_UNITS = "GDI-Vlaanderen-Vlaamse-Administratieve-Eenheden/"


def places(draft: Draft, graph: Graph, node: Node) -> list[dict[str, str]]:
    """Return the places of a dataset: geometry first, so that the first geometry is the most telling one."""
    found = [_location(draft, graph, place) for place in graph.nodes(node, "dct:spatial")]
    found += [_literal(draft, text) for _, text in graph.texts(node, "dct:spatial")]
    found += [_unit(value) for value in graph.iris(node, "dct:subject") if _UNITS in value]
    kept = in_order(without_empty(place) for place in found if place)
    return sorted((place for place in kept if place), key=lambda place: ("geom" not in place, "bbox" not in place))


def _location(draft: Draft, graph: Graph, place: Node) -> dict[str, str | None]:
    if words := graph.words(place):
        return _literal(draft, words)
    iri = graph.iri(place)
    uri = iri if iri and is_absolute(iri) else None
    if uri and _UNITS in uri:
        return _unit(uri)
    return {
        "uri": uri,
        "text": draft.line("dct:spatial", graph.label(place, draft.source.language)),
        "geom": _shape(draft, graph, place, "locn:geometry"),
        "bbox": _shape(draft, graph, place, "dcat:bbox"),
        "centroid": _shape(draft, graph, place, "dcat:centroid"),
    }


def _shape(draft: Draft, graph: Graph, place: Node, *properties: str) -> str | None:
    """Return the first readable geometry of a property, as GeoJSON.

    The literals' datatype is not trusted: the feed writes GeoJSON without any (``locn:geometry``).
    """
    for name in properties:
        literals = sorted({term.value for term in graph.terms(place, name) if isinstance(term, Literal)})
        literals += [text for inner in graph.nodes(place, name) if isinstance(inner, BlankNode)
                     for _, text in graph.texts(inner, "locn:geometry")]  # fmt: skip
        for literal in literals:
            shape = geometry.from_literal(literal, draft.teller(name, literal))
            if shape is not None:
                return geometry.to_geojson(shape)
            if literal.strip():
                draft.warn(name, literal, Reason.BAD_GEOMETRY)
    return None


def _literal(draft: Draft, text: str) -> dict[str, str | None]:
    shape = geometry.from_literal(text, draft.teller("dct:spatial", text))
    if shape is not None:
        return {"geom": geometry.to_geojson(shape)}
    return {"text": draft.line("dct:spatial", text)}


def _unit(value: str) -> dict[str, str | None]:
    return {"uri": value, "text": unquote(value.rpartition("/")[2]).strip()}
