"""Read the places and periods a dataset covers: the mirror of `places`."""

from __future__ import annotations

import json
from typing import Any

import shapely
from pyoxigraph import Literal, NamedNode
from shapely.geometry import mapping

from ckanext.oslo.profiles.graph import Graph, Node
from ckanext.oslo.profiles.places import OUTLINE, SHAPES, outline_of
from ckanext.oslo.profiles.terms import DCAT, DCT, GEO, RDFS, SKOS
from ckanext.oslo.reading.geometry import from_wkt


def read_places(graph: Graph, subject: NamedNode, own: str) -> dict[str, Any]:
    """Give ``spatial_coverage`` and ``spatial``."""
    nodes = graph.nodes(subject, DCT.spatial)
    parts = [node for node in nodes if _is_part(node, own)]
    drawn = {uri for node in parts for uri in graph.iris(node, SKOS.exactMatch)}
    places, outline = [], None
    for node in nodes:
        if isinstance(node, NamedNode) and node.value in drawn:
            continue
        place = _place(graph, node, _is_part(node, own))
        if own and not _is_part(node, own):
            place.pop("text", None)  # a known place has its names from the vocabulary
        if isinstance(node, NamedNode) and own and node.value == f"{own}#{OUTLINE}":
            outline = place.get("geom")
        elif place:
            places.append(place)
    return {"spatial_coverage": places, "spatial": outline or outline_of(places)}


def _place(graph: Graph, node: Node, is_part: bool) -> dict[str, str]:
    uri = graph.iri(node, SKOS.exactMatch) if is_part else node.value if isinstance(node, NamedNode) else ""
    place = {"uri": uri, "text": graph.text(node, SKOS.prefLabel, RDFS.label)}
    for name, predicate in SHAPES.items():
        place[name] = next(filter(None, map(_geojson, graph.literals(node, predicate))), "")
    return {field: value for field, value in place.items() if value}


def _geojson(literal: Literal) -> str:
    """Give a geometry as GeoJSON text; well-known text is converted, anything else left out."""
    if literal.value.lstrip().startswith("{"):
        return literal.value
    if literal.datatype != GEO.wktLiteral:
        return ""
    try:
        return json.dumps(mapping(from_wkt(literal.value)))
    except (ValueError, shapely.errors.ShapelyError):
        return ""


def _is_part(node: Node, own: str) -> bool:
    return isinstance(node, NamedNode) and bool(own) and node.value.startswith(f"{own}#")


def read_periods(graph: Graph, subject: NamedNode) -> list[dict[str, str]]:
    """Give ``temporal_coverage``."""
    found = []
    for node in graph.nodes(subject, DCT.temporal):
        ends = {"start": graph.text(node, DCAT.startDate), "end": graph.text(node, DCAT.endDate)}
        found.append({end: date for end, date in ends.items() if date})
    return [period for period in found if period]
