"""The cloth and the sketches on it: pure."""

from __future__ import annotations

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ckanext.eurometropool.pages import drawing
from ckanext.eurometropool.pages.drawing import FLANDERS, FRANCE, WALLONIA, Shape, bare, distance, draw, quartiles
from ckanext.eurometropool.pages.mosaic import mosaic
from ckanext.eurometropool.pages.sketch import NotDrawable, Trouble, sketch


@pytest.fixture(scope="module")
def cloth() -> drawing.Cloth:
    """Two towns a country: France below, Flanders left above, Wallonia right above, about 7 by 11 km each."""

    def town(key: str, region: str, west: float, south: float) -> Shape:
        return Shape(key, region, shapely.box(west, south, west + 0.1, south + 0.1))

    drawn = draw(
        [
            town("FR-59152", FRANCE, 3.0, 50.6),
            town("FR-59656", FRANCE, 3.1, 50.6),
            town("BE-57097", FLANDERS, 3.0, 50.7),
            town("BE-33029", WALLONIA, 3.1, 50.7),
        ]
    )
    assert drawn is not None
    return drawn


def test_nothing_is_drawn_without_polygons():
    assert draw([]) is None


def test_without_outlines_the_land_is_shared_out_among_the_middles():
    middles = {
        f"{region}-{column}{row}": (region, 3.0 + column / 10, 50.5 + row / 10)
        for column in range(4)
        for row, region in enumerate((FRANCE, WALLONIA, FLANDERS))
    }
    shapes = mosaic(middles)
    assert [shape.key for shape in shapes] == list(middles)
    for shape in shapes:
        assert shape.geometry.contains(shapely.Point(*middles[shape.key][1:]))
    together = shapely.union_all([shape.geometry for shape in shapes])
    assert together.area == pytest.approx(sum(shape.geometry.area for shape in shapes))
    drawn = draw(shapes, schematic=True)
    assert drawn is not None
    assert drawn.schematic
    assert drawn.border
    assert drawn.language_border


def test_what_cannot_be_shared_is_not():
    assert mosaic({}) == []
    assert mosaic({"a": (FRANCE, 3.0, 50.6), "b": (FRANCE, 3.1, 50.6), "c": (FLANDERS, 3.0, 50.7)}) == []
    twice = {str(n): (FRANCE, 3.0 + n % 4 / 10, 50.5 + n % 2 / 10 + n // 4) for n in range(4)} | {
        "x": (FRANCE, 3.0, 50.5)
    }
    assert "x" not in {shape.key for shape in mosaic(twice)}


def test_every_municipality_has_its_outline_around_its_middle(cloth):
    for outline in cloth.outlines.values():
        left, top, right, bottom = outline.box
        assert outline.path.startswith("M")
        assert outline.path.endswith("z")
        assert left < outline.middle[0] < right
        assert top < outline.middle[1] < bottom


def test_a_place_in_degrees_falls_into_its_municipality(cloth):
    x, y = cloth.point(3.05, 50.65)
    left, top, right, bottom = cloth.outlines["FR-59152"].box
    assert left < x < right
    assert top < y < bottom


def test_the_borders_of_countries_and_languages_are_told_apart(cloth):
    assert cloth.border.count("M") == 1
    assert cloth.language_border.count("M") == 1
    assert cloth.border != cloth.language_border


def test_the_seam_runs_from_west_to_east_with_its_twin_towns(cloth):
    xs = [float(point.split(",")[0]) for point in cloth.seam.points.split()]
    assert xs == sorted(xs)
    assert [(twin.france, twin.belgium) for twin in cloth.seam.twins] == [
        ("FR-59152", "BE-57097"),
        ("FR-59656", "BE-33029"),
    ]


def test_a_window_around_nothing_is_the_whole_cloth(cloth):
    assert cloth.around(["BE-00000"]) == (0, 0, drawing.WIDTH, cloth.height)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.integers(0, 500)))
def test_more_data_is_never_drawn_thinner(counts):
    classes = quartiles(counts)
    assert all((counts[key] == 0) == (classes[key] == 0) for key in counts)
    ranked = sorted(counts, key=counts.__getitem__)
    assert [classes[key] for key in ranked] == sorted(classes.values())


def test_distance_is_in_kilometres():
    lille, kortrijk = shapely.Point(3.0586, 50.6292), shapely.Point(3.2649, 50.828)
    assert distance(lille, kortrijk) == pytest.approx(26.5, abs=0.3)


def drawn(document: object) -> object:
    return sketch(json.dumps(document).encode(), bare().point)


def test_points_lines_and_areas_are_drawn_where_they_are():
    found = drawn(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3.1, 50.7]}, "properties": {}},
                {"type": "Feature", "geometry": None, "properties": {}},
                {
                    "type": "Feature",
                    "properties": {},
                    "geometry": {"type": "Polygon", "coordinates": [[[3, 50.6], [3.2, 50.6], [3.2, 50.8], [3, 50.6]]]},
                },
                {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[3, 50.6, 12], [3.2, 50.8]]}},
            ],
        }
    )
    assert len(found.points) == 1
    assert found.areas.endswith("z")
    assert found.lines.count("M") == 1
    assert (found.features, found.drawn) == (3, 3)
    assert found.box[0] < found.points[0][0] < found.box[2]


@pytest.mark.parametrize(
    ("document", "trouble"),
    [
        ({"rows": []}, Trouble.NOT_GEOJSON),
        ([1, 2], Trouble.NOT_GEOJSON),
        ({"type": "FeatureCollection", "features": []}, Trouble.EMPTY),
        ({"type": "Point", "coordinates": [72000.5, 167000.2]}, Trouble.OTHER_SYSTEM),
        ({"type": "Point", "coordinates": ["a", "b"]}, Trouble.NOT_GEOJSON),
        ({"type": "Polygon", "coordinates": [1, 2]}, Trouble.NOT_GEOJSON),
        ({"type": "Circle", "coordinates": [3, 50]}, Trouble.NOT_GEOJSON),
        (
            {"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:31370"}}, "features": []},
            Trouble.OTHER_SYSTEM,
        ),
    ],
)
def test_a_file_that_is_no_map_says_why(document, trouble):
    with pytest.raises(NotDrawable) as refused:
        drawn(document)
    assert refused.value.trouble is trouble


@given(st.binary(max_size=200))
def test_rubbish_never_breaks_the_preview(content):
    with pytest.raises(NotDrawable):
        sketch(content, bare().point)
