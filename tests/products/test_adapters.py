from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.eurometropool.products.adapters import gbfs, ogcapi, opendatasoft
from ckanext.eurometropool.products.definition import Product, Source
from ckanext.eurometropool.products.errors import Unreadable, UnreadableSourceError
from ckanext.eurometropool.products.stations import Flaw, Reading

URL = "https://feed.example/items"
GOOD = {
    "@id": "12",
    "nom": "HALLUIN ABREUVOIR",
    "x": 3.1235,
    "y": 50.7858,
    "etat": "EN SERVICE",
    "nb_velos_dispo": 11,
    "nb_places_dispo": 7,
    "date_modification": "2026-03-02T11:58:00.181+00:00",
}


def read_items(source: Source, product: Product, *rows: Any) -> Reading:
    body = json.dumps({"records": rows}).encode()
    return ogcapi.read(source, URL, product.box, lambda _: body)


def flaws(reading: Reading) -> list[tuple[str, Flaw, bool]]:
    return [(problem.field, problem.flaw, problem.dropped) for problem in reading.problems]


def test_item_becomes_station_with_utc_time_and_capacity_from_bikes_and_docks(items_source, product):
    (station,) = read_items(items_source, product, GOOD).stations
    assert station.id == "mel:12"
    assert station.name == "HALLUIN ABREUVOIR"
    assert (station.longitude, station.latitude) == (3.1235, 50.7858)
    assert (station.bikes, station.docks, station.capacity) == (11, 7, 18)
    assert station.time == datetime(2026, 3, 2, 11, 58, 0, 181000, tzinfo=UTC)
    assert station.licence == "ETALAB_2_0"


def test_features_and_flat_records_say_the_same(items_source, product):
    point = {"type": "Point", "coordinates": [GOOD["x"], GOOD["y"]]}
    properties = {key: value for key, value in GOOD.items() if key not in {"@id", "x", "y"}}
    feature = {"type": "Feature", "@id": "12", "geometry": point, "properties": properties}
    body = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    fields = {ours: theirs for ours, theirs in items_source.fields.items() if ours not in {"lon", "lat"}}
    reading = ogcapi.read(replace(items_source, fields=fields), URL, product.box, lambda _: body)
    assert reading.stations == read_items(items_source, product, GOOD).stations


def test_dismantled_station_is_left_out_without_a_problem(items_source, product):
    reading = read_items(items_source, product, {**GOOD, "etat": "RÉFORMÉ"})
    assert reading == Reading((), ())


def test_swapped_axes_are_set_right_and_reported(items_source, product):
    reading = read_items(items_source, product, {**GOOD, "x": 50.7858, "y": 3.1235})
    assert (reading.stations[0].longitude, reading.stations[0].latitude) == (3.1235, 50.7858)
    assert flaws(reading) == [("x, y", Flaw.SWAPPED, False)]


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"x": None, "y": None}, Flaw.MISSING),
        ({"x": "here"}, Flaw.INVALID),
        ({"x": float("nan")}, Flaw.INVALID),
        ({"x": 0, "y": 0}, Flaw.OUTSIDE),
        ({"x": 698_000.0, "y": 7_060_000.0}, Flaw.OUTSIDE),  # EPSG:2154 that calls itself WGS84
        ({"@id": ""}, Flaw.MISSING),
        ({"@id": {"nested": 1}}, Flaw.INVALID),
    ],
)
def test_row_without_usable_point_or_id_costs_that_row_only(items_source, product, change, flaw):
    reading = read_items(items_source, product, {**GOOD, **change}, {**GOOD, "@id": "13"})
    assert [station.id for station in reading.stations] == ["mel:13"]
    assert [(problem.flaw, problem.dropped) for problem in reading.problems] == [(flaw, True)]


@pytest.mark.parametrize("bad", [-1, 1.5, "many", True, 1e300, [3], 10**9])
def test_impossible_count_is_unknown_not_zero(items_source, product, bad):
    reading = read_items(items_source, product, {**GOOD, "nb_velos_dispo": bad})
    assert reading.stations[0].bikes is None
    assert reading.stations[0].capacity is None
    assert flaws(reading) == [("nb_velos_dispo", Flaw.INVALID, False)]


def test_time_without_zone_is_no_moment(items_source, product):
    reading = read_items(items_source, product, {**GOOD, "date_modification": "2026-03-02 11:58"})
    assert reading.stations[0].time is None
    assert flaws(reading) == [("date_modification", Flaw.INVALID, False)]


def test_second_row_with_an_id_is_dropped(items_source, product):
    reading = read_items(items_source, product, GOOD, {**GOOD, "nom": "TWIN"})
    assert [station.name for station in reading.stations] == ["HALLUIN ABREUVOIR"]
    assert flaws(reading) == [("@id", Flaw.DUPLICATE, True)]


def test_control_characters_and_markup_stay_harmless_text(items_source, product):
    reading = read_items(items_source, product, {**GOOD, "nom": "A\x00B\n<script>\u202e"})
    assert reading.stations[0].name == "A B <script>"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!doctype html><h1>Onderhoud</h1>", Unreadable.NOT_JSON),
        (b'{"records": [{"@id": "1"', Unreadable.NOT_JSON),
        (b"[" * 100_000, Unreadable.NOT_JSON),
        (b"\xff\xfe\x00", Unreadable.NOT_JSON),
        (b"null", Unreadable.NO_ROWS),
        (b'{"records": {"a": 1}}', Unreadable.NO_ROWS),
    ],
)
def test_body_that_is_not_the_format_is_an_error_in_three_languages(items_source, product, body, code):
    with pytest.raises(UnreadableSourceError) as caught:
        ogcapi.read(items_source, URL, product.box, lambda _: body)
    assert caught.value.code is code
    assert len({caught.value.text(language) for language in ("nl", "fr", "en")}) == 3


def test_items_follow_next_links_and_stop_at_a_page_seen_before(items_source, product):
    pages = {
        URL: {"features": [GOOD], "links": [{"rel": "next", "href": "?page=2"}]},
        f"{URL}?page=2": {"features": [{**GOOD, "@id": "13"}], "links": [{"rel": "next", "href": URL}]},
    }
    reading = ogcapi.read(items_source, URL, product.box, lambda url: json.dumps(pages[url]).encode())
    assert [station.id for station in reading.stations] == ["mel:12", "mel:13"]


def test_records_are_read_in_pages_of_a_hundred(records_source, product):
    asked = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        count = 100 if "offset=0" in url else 7
        start = 0 if "offset=0" in url else 100
        rows = [
            {
                "id_station": f"wp-{start + n}",
                "nom": "Ath Gare",
                "geo_point_2d": {"lon": 3.77, "lat": 50.62},
                "velos_disponibles": "3",
                "places_libres": None,
                "emplacements": 9,
                "derniere_mise_a_jour": "2026-03-02T11:00:00+00:00",
            }
            for n in range(count)
        ]
        return json.dumps({"total_count": 107, "results": rows}).encode()

    reading = opendatasoft.read(records_source, URL, product.box, fetch)
    assert len(reading.stations) == 107
    assert asked == [f"{URL}?limit=100&offset=0", f"{URL}?limit=100&offset=100"]
    assert (reading.stations[0].bikes, reading.stations[0].docks, reading.stations[0].capacity) == (3, None, 9)


def information(**change: Any) -> dict[str, Any]:
    return {"station_id": "vl-1", "name": "Menen, Station", "lat": 50.799, "lon": 3.117, "capacity": 14, **change}


def status(**change: Any) -> dict[str, Any]:
    return {
        "station_id": "vl-1",
        "num_bikes_available": 4,
        "num_docks_available": 10,
        "is_installed": True,
        "is_renting": True,
        "is_returning": True,
        "last_reported": 1772449080,
        **change,
    }


def join(source: Source, product: Product, rows: list[Any], states: list[Any]) -> Reading:
    bodies = [json.dumps({"data": {"stations": part}}).encode() for part in (rows, states)]
    return gbfs.stations(source, product.box, *bodies)


def test_gbfs_joins_information_and_status(gbfs_source, product):
    (station,) = join(gbfs_source, product, [information()], [status()]).stations
    assert (station.bikes, station.docks, station.capacity) == (4, 10, 14)
    assert station.time == datetime(2026, 3, 2, 10, 58, tzinfo=UTC)


def test_gbfs_3_names_are_understood(gbfs_source, product):
    rows = [information(name=[{"text": "Menen", "language": "nl"}])]
    state = status(num_vehicles_available=4, last_reported="2026-03-02T10:58:00Z")
    del state["num_bikes_available"]
    (station,) = join(gbfs_source, product, rows, [state]).stations
    assert (station.name, station.bikes, station.time) == ("Menen", 4, datetime(2026, 3, 2, 10, 58, tzinfo=UTC))


def test_gbfs_station_that_does_not_rent_has_no_bikes_to_take(gbfs_source, product):
    (station,) = join(gbfs_source, product, [information()], [status(is_renting=False, is_returning=False)]).stations
    assert (station.bikes, station.docks) == (0, 0)


def test_gbfs_station_not_installed_is_left_out(gbfs_source, product):
    assert join(gbfs_source, product, [information()], [status(is_installed=False)]).stations == ()


def test_gbfs_station_without_status_stays_with_unknown_numbers(gbfs_source, product):
    reading = join(gbfs_source, product, [information(), 7, {}], [None, status(station_id="other")])
    assert [(s.id, s.bikes, s.docks) for s in reading.stations] == [("vlaanderen:vl-1", None, None)]
    assert Flaw.NO_STATUS in {problem.flaw for problem in reading.problems}


def test_gbfs_discovery_without_the_status_file_is_named(gbfs_source, product):
    feed = {"data": {"nl": {"feeds": [{"name": "station_information", "url": "https://feed.example/i.json"}]}}}
    bodies = {URL: feed, "https://feed.example/i.json": {"data": {"stations": []}}}
    with pytest.raises(UnreadableSourceError) as caught:
        gbfs.read(gbfs_source, URL, product.box, lambda url: json.dumps(bodies[url]).encode())
    assert "station_status.json" in caught.value.text("nl")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(sorted(GOOD)), inner, max_size=8),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(JSON, max_size=5))
def test_no_rubbish_row_escapes_as_an_accident(items_source, product, rows):
    reading = read_items(items_source, product, *rows)
    for station in reading.stations:
        assert product.box.contains(station.longitude, station.latitude)
        assert station.bikes is None or station.bikes >= 0
        json.dumps(station.row(), allow_nan=False)
