"""Coordinates of other reference systems, named or not, and axes in the wrong order."""

from __future__ import annotations

import json

import pytest
import shapely

from ckanext.oslo.reading import FieldError, coordinates
from ckanext.oslo.reading.geometry import read_geometry

#: One point near Kortrijk in each system, made with PROJ.
KORTRIJK = (3.2618, 50.8028)
WRITTEN = {
    31370: (71972, 166397),
    3812: (571973, 666388),
    2154: (718491, 7078512),
    3035: (3846750, 3098660),
    25831: (518448, 5627929),
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("system", "written"), WRITTEN.items())
def test_a_system_is_known_by_name_or_by_its_numbers(system: int, written: tuple[int, int], named: bool) -> None:
    located = coordinates.locate(shapely.Point(written), f"urn:ogc:def:crs:EPSG::{system}" if named else "")

    assert located is not None
    assert (located.system, located.swapped) == (system, False)
    assert located.geometry.distance(shapely.Point(KORTRIJK)) < 2e-5


@pytest.mark.parametrize(
    ("x", "y", "name", "system"),
    [
        (50.8028, 3.2618, "", 4326),
        (3098660, 3846750, "EPSG:3035", 3035),
        (5627929, 518448, "", 25831),
        (7078512, 718491, "", 2154),
    ],
)
def test_swapped_axes_are_swapped_back(x: float, y: float, name: str, system: int) -> None:
    located = coordinates.locate(shapely.Point(x, y), name)

    assert located is not None
    assert (located.system, located.swapped) == (system, True)
    assert located.geometry.distance(shapely.Point(KORTRIJK)) < 2e-5


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (0, 0, ""),
        (float("inf"), 50, ""),
        (1e9, 5, ""),
        (3, 50, "EPSG:31370"),
        (71972, 166397, "EPSG:28992"),
        (71972, 166397, "a system of mine"),
        (71972, 166397, "EPSG:2154"),
    ],
)
def test_what_lies_nowhere_is_none(x: float, y: float, name: str) -> None:
    assert coordinates.locate(shapely.Point(x, y), name) is None


@pytest.mark.parametrize(
    "name",
    [
        "EPSG:31370",
        "SRID=31370;",
        "<http://www.opengis.net/def/crs/EPSG/0/31370>",
        "urn:ogc:def:crs:EPSG:6.9:31370",
        "urn:x-ogc:def:crs:EPSG:31370",
        "http://www.opengis.net/gml/srs/epsg.xml#31370",
    ],
)
def test_the_name_of_a_system_is_written_in_many_ways(name: str) -> None:
    assert coordinates.system_of(name) == 31370


@pytest.mark.parametrize(
    "value",
    [
        "SRID=31370;POINT (71972 166397)",
        "POINT (50.8028 3.2618)",
        '{"type": "Point", "coordinates": [718491, 7078512], "crs": {"properties": {"name": "EPSG:2154"}}}',
    ],
)
def test_a_form_takes_them_and_keeps_geojson_in_wgs84(value: str) -> None:
    kept = json.loads(read_geometry(value))

    assert kept.keys() == {"type", "coordinates"}
    assert kept["coordinates"] == pytest.approx(KORTRIJK, abs=2e-5)


def test_rings_run_as_the_standard_has_them() -> None:
    clockwise = "POLYGON ((3 50, 3 51, 4 51, 4 50, 3 50), (3.2 50.2, 3.8 50.2, 3.8 50.8, 3.2 50.8, 3.2 50.2))"

    outer, hole = json.loads(read_geometry(clockwise))["coordinates"]

    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_a_form_refuses_what_lies_nowhere() -> None:
    with pytest.raises(FieldError):
        read_geometry("SRID=31370;POINT (3 50)")
