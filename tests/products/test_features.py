from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ckanext.eurometropool.products.features import answer, chosen
from ckanext.eurometropool.products.merging import Failure, SourceState
from ckanext.eurometropool.products.outlines import outlines
from ckanext.eurometropool.products.placing import Places
from ckanext.eurometropool.products.questions import Question, QuestionError, parse
from ckanext.eurometropool.products.stations import Station
from tests.products.conftest import register_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KNOWN = frozenset({"BE-34027", "FR-59279"})


def row(key: str, lon: float, lat: float, town: str | None = None, bikes: int | None = 3, source: str = "mel"):
    return Station(key, key, lon, lat, 10, bikes, 5, NOON, source, "CC0", town).row()


ROWS = [
    row("mel:far", 3.16, 50.70),
    row("mel:near", 3.1235, 50.7858, "FR-59279"),
    row("vlaanderen:next", 3.1215, 50.7962, "BE-34027", 0, "vlaanderen"),
]


def ask(**parameters: str) -> Question:
    return parse({name: [value] for name, value in parameters.items()}, KNOWN)


def test_nearest_come_first_with_geodesic_metres():
    found = chosen(ROWS, ask(lon="3.1215", lat="50.7962"))
    assert [(r["id"], metres) for r, metres in found] == [
        ("vlaanderen:next", 0),
        ("mel:near", 1166),
        ("mel:far", 11041),
    ]


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({}, ["mel:far", "mel:near", "vlaanderen:next"]),
        ({"municipality": "BE-34027"}, ["vlaanderen:next"]),
        ({"municipality": "BE-34027,FR-59279"}, ["mel:near", "vlaanderen:next"]),
        ({"bbox": "3.12,50.78,3.13,50.80"}, ["mel:near", "vlaanderen:next"]),
        ({"lon": "3.1215", "lat": "50.7962", "distance": "1200"}, ["vlaanderen:next", "mel:near"]),
        ({"min_bikes": "1"}, ["mel:far", "mel:near"]),
        ({"bbox": "3.12,50.78,3.13,50.80", "min_bikes": "1"}, ["mel:near"]),
        ({"limit": ""}, ["mel:far", "mel:near", "vlaanderen:next"]),
    ],
)
def test_conditions_hold_together(parameters, ids):
    assert [r["id"] for r, _ in chosen(ROWS, ask(**parameters))] == ids


@pytest.mark.parametrize(
    ("parameters", "parameter", "reason"),
    [
        ({"bbox": "1,2,3"}, "bbox", "not-a-box"),
        ({"bbox": "4,50,3,51"}, "bbox", "not-a-box"),
        ({"bbox": "nan,50,3,51"}, "bbox", "not-a-box"),
        ({"bbox": "-inf,50,3,51"}, "bbox", "not-a-box"),
        ({"lon": "3"}, "lat", "half-a-point"),
        ({"distance": "5"}, "lon", "half-a-point"),
        ({"lon": "200", "lat": "5"}, "lon", "out-of-range"),
        ({"lon": "3", "lat": "x"}, "lat", "not-a-number"),
        ({"lon": "3", "lat": "50", "distance": "-1"}, "distance", "out-of-range"),
        ({"limit": "0"}, "limit", "out-of-range"),
        ({"limit": "1e9"}, "limit", "not-a-number"),
        ({"limit": "²"}, "limit", "not-a-number"),
        ({"municipality": "34022"}, "municipality", "not-a-municipality"),
        ({"municipality": "BE-99999"}, "municipality", "unknown-municipality"),
        ({"near": "3,50"}, "near", "unknown-parameter"),
    ],
)
def test_question_that_cannot_be_answered_is_said_in_three_languages(parameters, parameter, reason):
    with pytest.raises(QuestionError) as caught:
        ask(**parameters)
    assert (caught.value.parameter, caught.value.reason) == (parameter, reason)
    assert len(set(caught.value.texts.values())) == 3


def test_parameter_given_twice_is_refused():
    with pytest.raises(QuestionError, match="more than once"):
        parse({"limit": ["1", "2"]})


def test_answer_says_of_each_source_how_fresh_it_is(product):
    states = {
        "mel": SourceState(
            "mel", NOON, failed_since=NOON, failure=Failure("status", {"nl": "x", "fr": "y", "en": "z"})
        ),
        "vlaanderen": SourceState("vlaanderen", NOON, stations=1),
    }
    content = answer(product, ROWS, states, Question(limit=2), NOON + timedelta(minutes=1))
    assert (content["numberMatched"], content["numberReturned"]) == (3, 2)
    sources = {source["name"]: source for source in content["sources"]}
    assert sources["mel"]["stale"] is True
    assert sources["mel"]["error"]["code"] == "status"
    assert (sources["vlaanderen"]["stale"], sources["vlaanderen"]["fetched"]) == (False, "2026-03-02T12:00:00Z")
    assert sources["wallonie"]["fetched"] is None
    first = content["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [3.16, 50.7]}
    assert first["properties"]["stale"] is True
    assert first["properties"]["stale_since"] == first["properties"]["time"] == "2026-03-02T12:00:00Z"


def test_point_is_placed_by_polygon():
    places = Places(register_of())
    assert places.at(3.1235, 50.7858) == "FR-59279"
    assert places.at(3.1215, 50.7962) == "BE-34027"
    assert places.at(2.0, 50.0) is None


def test_without_polygons_the_nearest_centre_counts_unless_it_is_far():
    places = Places(register_of(outlined=False))
    assert places.at(3.11, 50.776) == "FR-59279"
    assert places.at(2.0, 50.0) is None


def test_outlines_name_every_municipality_also_without_polygon():
    features = outlines(register_of())["features"]
    assert {feature["id"] for feature in features} == {"BE-34027", "BE-34022", "FR-59279", "BE-57081"}
    assert {feature["geometry"]["type"] for feature in features} == {"Polygon"}
    assert outlines(register_of())["borders"]["country"]["type"] == "MultiLineString"
    bare = outlines(register_of(outlined=False))["features"]
    assert {feature["geometry"]["type"] for feature in bare} == {"Point"}
    assert bare[0]["properties"]["names"]["fr"] == "Menin"
    assert outlines(register_of(outlined=False))["borders"] == {"country": None, "language": None}
