"""Where and when: the places and the periods a dataset covers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.oslo import vocabularies
from ckanext.oslo.profiles import terms
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.sheet import Sheet
from ckanext.oslo.profiles.terms import DCAT, DCT, LOCN, RDF, SKOS, iri
from ckanext.oslo.profiles.values import groups

SHAPES = {"geom": LOCN.geometry, "bbox": DCAT.bbox, "centroid": DCAT.centroid}
OUTLINE = "outline"
"""The node of a ``spatial`` that no place of the coverage has: a dataset that only ckanext-spatial located."""


def write_places(sheet: Sheet) -> None:
    """Say which places the dataset covers.

    A place with a URI is named by it. Its outline is not put there but on a part of this dataset that is the same
    place (skos:exactMatch): two datasets may draw Kortrijk differently, and a place may have one geometry.
    """
    places = groups(sheet.dataset.get("spatial_coverage"), "spatial_coverage")
    for number, place in enumerate(places):
        known = iri(_text(place, "uri"))
        drawn = {name: _text(place, name) for name in SHAPES if place.get(name)}
        label = _text(place, "text")
        node = known
        if known is None or drawn or label:
            node = sheet.fragment(f"place-{number}")
            if known is not None:
                sheet.add(node, SKOS.exactMatch, known)
        if known is not None:
            sheet.add(sheet.iri, DCT.spatial, known)
            if known.value in vocabularies.load("place"):
                sheet.describe("place", known.value, DCT.Location)
            else:
                sheet.add(known, RDF.type, DCT.Location)
        if node is None or node is known:
            continue
        sheet.add(sheet.iri, DCT.spatial, node)
        sheet.add(node, RDF.type, DCT.Location)
        if label:
            sheet.add(node, SKOS.prefLabel, terms.text(label))
        for name, geojson in drawn.items():
            sheet.add(node, SHAPES[name], sheet.profile.geometry(geojson, f"spatial_coverage/{number}/{name}"))
    outline = sheet.text("spatial")
    if outline and outline != outline_of(places):
        node = sheet.fragment(OUTLINE)
        sheet.add(sheet.iri, DCT.spatial, node)
        sheet.add(node, RDF.type, DCT.Location)
        sheet.add(node, LOCN.geometry, sheet.profile.geometry(outline, "spatial"))


def outline_of(places: list[Mapping[str, Any]]) -> str | None:
    """Give the first outline among the places, else the first box: what a dataset keeps as ``spatial``."""
    for name in ("geom", "bbox"):
        for place in places:
            if place.get(name):
                return place[name]
    return None


def write_periods(sheet: Sheet) -> None:
    """Say which periods the dataset covers."""
    for number, period in enumerate(groups(sheet.dataset.get("temporal_coverage"), "temporal_coverage")):
        ends = {
            predicate: date
            for name, predicate in (("start", DCAT.startDate), ("end", DCAT.endDate))
            if period.get(name) and (date := sheet.profile.date(_text(period, name))) is not None
        }
        if ends:
            node = sheet.fragment(f"period-{number}")
            sheet.add(sheet.iri, DCT.temporal, node)
            sheet.add(node, RDF.type, DCT.PeriodOfTime)
            for predicate, date in ends.items():
                sheet.add(node, predicate, date)


def _text(group: Mapping[str, Any], name: str) -> str:
    value = group.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise NotWritableError(f"spatial_coverage/{name}", value, "expected a text")
