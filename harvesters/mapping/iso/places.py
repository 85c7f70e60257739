"""Where an ISO record is about: boxes, polygons, named places. Several extents, of which the first may be empty."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import shapely

from ckanext.harvesters.mapping import geometry, urls
from ckanext.harvesters.mapping.draft import Draft, in_order, without_empty
from ckanext.harvesters.mapping.iso.document import Element
from ckanext.harvesters.reasons import Reason

_EDGES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")


def places(draft: Draft, about: Element) -> list[dict[str, str]]:
    """Return the places of a resource, those with a geometry first."""
    found: list[dict[str, str | None]] = []
    for extent in about.all("extent/EX_Extent", "serviceExtent/EX_Extent"):
        shapes = [_shape(draft, element) for element in extent.all("geographicElement/*")]
        named = [_named(draft, place) for place in extent.all("geographicElement/EX_GeographicDescription")]
        label = draft.line("EX_Extent.description", extent.text("description"))
        found.extend({"bbox": shape} for shape in shapes if shape)
        found.extend(named)
        if label and not addresses_nothing(label):
            found.append({"text": label})
    for keywords in about.all("descriptiveKeywords/MD_Keywords"):
        if keywords.code("type") == "place":
            found += [_keyword(draft, keyword) for keyword in keywords.all("keyword")]
    kept = in_order(without_empty(place) for place in found)
    return sorted((place for place in kept if place), key=lambda place: ("bbox" not in place, "uri" not in place))


def addresses_nothing(label: str) -> bool:
    """Tell whether an extent's description says nothing of a place (GeoNetwork's templates leave such words)."""
    return label.casefold() in {"extent", "emprise", "étendue", "-", "n/a"}


def _shape(draft: Draft, element: Element) -> str | None:
    if element.name == "EX_GeographicBoundingBox":
        return _box(draft, element)
    return _polygon(draft, element) if element.name == "EX_BoundingPolygon" else None


def _polygon(draft: Draft, element: Element) -> str | None:
    """Return the outer rings of a bounding polygon, whichever namespace and nesting its GML has."""
    system = next((name for node in element.below("*") if (name := node.attribute("srsName"))), "")
    named = f" srsName={quoteattr(system)}" if system else ""
    rings = [
        f"<gml:Polygon{named}><gml:posList>{' '.join(numbers)}</gml:posList></gml:Polygon>"
        for outer in element.below("exterior")
        if (numbers := (outer.text() or "").replace(",", " ").split())
    ]
    tell = draft.teller("EX_BoundingPolygon", element.text() or "")
    shapes = [geometry.from_literal(ring, tell) for ring in rings]
    whole = shapely.union_all([shape for shape in shapes if shape is not None])
    if not rings or whole.is_empty:
        draft.warn("EX_BoundingPolygon", element.text() or "", Reason.BAD_GEOMETRY)
        return None
    return geometry.to_geojson(whole)


def _box(draft: Draft, element: Element) -> str | None:
    said = [element.text(edge) for edge in _EDGES]
    if not any(said):
        return None
    try:
        west, south, east, north = (float((text or "").replace(",", ".")) for text in said)
    except ValueError:
        draft.warn("EX_GeographicBoundingBox", said, Reason.BAD_GEOMETRY)
        return None
    if west > east and north > south:
        west, east = east, west  # geo2france: the two fields of a form, each filled in for the other
    shape = geometry.from_box(west, south, east, north, draft.teller("EX_GeographicBoundingBox", said))
    if shape is None:
        draft.warn("EX_GeographicBoundingBox", said, Reason.BAD_GEOMETRY)
        return None
    return geometry.to_geojson(shape)


def _named(draft: Draft, place: Element) -> dict[str, str | None]:
    code = place.first("geographicIdentifier/*/code")
    if code is None:
        return {}
    text = code.text()
    address = urls.tidy(code.href() or text or "")
    words = text if text and not urls.tidy(text) else place.text("geographicIdentifier/*/description")
    return {"uri": address, "text": draft.line("EX_GeographicDescription", words)}


def _keyword(draft: Draft, keyword: Element) -> dict[str, str | None]:
    return {"uri": urls.tidy(keyword.href() or ""), "text": draft.line("MD_Keywords.keyword", keyword.text())}
