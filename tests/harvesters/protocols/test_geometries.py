"""Geometries as portals write them: read in WGS84, mended and told, or none."""

from __future__ import annotations

import json

import pytest
import shapely
from pyoxigraph import RdfFormat, parse, serialize

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.mapping import geometry
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Source, SourceRecord


@pytest.mark.parametrize(
    "literal",
    [
        "POLYGON((3 50,4 50))",
        "POINT EMPTY",
        "POINT(NaN NaN)",
        "SRID=31370;POINT(3 50)",
        "POINT(500 50)",
        '{"type":"Point","coordinates":[NaN,50]}',
        '{"type":"Point","coordinates":"x"}',
        '{"type":"Polygon"}',
        "[" * 10_000,
        "<gml:pos>3</gml:pos>",
        "BBOX(4,3,51,50)",
        '{"type":"Point","coordinates":[3,' + "5" * 400 + "]}",
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[3,' + "5" * 400 + "]}}",
        "CIRCULARSTRING(3 50,3.1 50.1,3.2 50)",
        "CURVEPOLYGON(CIRCULARSTRING(3 50,4 50,4 51,3 51,3 50))",
        "COMPOUNDCURVE((3 50,4 50),CIRCULARSTRING(4 50,4 51,3 51))",
        "MULTISURFACE(((3 50,4 50,4 51,3 50)))",
        "TIN(((3 50,4 50,4 51,3 50)))",
    ],
)
def test_geometries_that_are_none(literal: str) -> None:
    assert geometry.from_literal(literal) is None


@pytest.mark.parametrize(
    "literal", ["CIRCULARSTRING(3 50,3.1 50.1,3.2 50)", f'{{"type":"Point","coordinates":[{"5" * 400},1]}}']
)
def test_one_that_is_none_costs_itself_and_is_told(literal: str) -> None:
    ttl = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        "<https://e.org/1> a dcat:Dataset ; dct:title 'Jeu'@fr ;"
        f" dct:spatial [ dcat:bbox '{literal}' ; dcat:centroid 'POINT(3 50)' ] ."
    )
    source = Source("s", "S", "dcat", "https://e.org", "o", "fr", "https://e.org/cc0")
    content = serialize(parse(ttl, format=RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES) or b""

    made = Dcat().map(source, SourceRecord("https://e.org/1", content, "application/n-triples"))

    assert json.loads(made.dataset["spatial"])["type"] == "Point"
    assert [(problem.field, problem.reason) for problem in made.problems] == [("dcat:bbox", Reason.BAD_GEOMETRY)]


@pytest.mark.parametrize(
    ("literal", "told"),
    [
        ("POINT(3.2618 50.8028)", []),
        ("POINT(50.8028 3.2618)", [Reason.AXES_SWAPPED]),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(50.8028 3.2618)", []),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(3.2618 50.8028)", [Reason.AXES_SWAPPED]),
        ("SRID=31370;POINT(71972 166397)", [Reason.PROJECTED]),
        ("718491,7078512,718491,7078512", [Reason.PROJECTED]),
        ('<gml:Point srsName="EPSG:3812"><gml:pos>571973 666388</gml:pos></gml:Point>', [Reason.PROJECTED]),
        ('{"type":"Point","coordinates":[5627929,518448]}', [Reason.PROJECTED, Reason.AXES_SWAPPED]),
    ],
)
def test_other_systems_and_swapped_axes_are_mended_and_told(literal: str, told: list[Reason]) -> None:
    heard: list[Reason] = []

    shape = geometry.from_literal(literal, heard.append)

    assert shape is not None
    assert shape.distance(shapely.Point(3.2618, 50.8028)) < 2e-5
    assert heard == told


def test_rings_run_as_the_standard_has_them() -> None:
    shape = geometry.from_literal("POLYGON ((3 50, 3 51, 4 51, 4 50, 3 50))")

    assert shape is not None
    assert shapely.LinearRing(json.loads(geometry.to_geojson(shape))["coordinates"][0]).is_ccw


def test_wkt_nested_without_end_is_refused_before_it_kills_the_process() -> None:
    # GEOS 3.13 reads collections recursively: this one ended a worker with a segmentation fault.
    assert geometry.from_literal("GEOMETRYCOLLECTION(" * 100_000 + "POINT(3 50)" + ")" * 100_000) is None


def test_a_huge_geometry_is_made_bearable() -> None:
    ring = [[3 + 0.5 * (one % 2) + one * 1e-6, 50 + one * 1e-5] for one in range(20_000)]
    shape = geometry.from_geojson({"type": "LineString", "coordinates": ring})
    assert shape is not None
    assert len(geometry.to_geojson(shape)) < 100_000
