"""What the portal answers about a product, over its own web application."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp, call_action

from ckanext.eurometropool.products import schedule, store
from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.refreshing import refresh
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.server import ReplayServer
from tests.products.conftest import Clock

FEED = "/data/shared-bike-stations.geojson"


def ask(app: CKANTestApp, query: str = "", status: int = 200, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.get(f"{FEED}{query}", headers=sent, status=status, follow_redirects=False)


def names(response: Any) -> list[str]:
    return [feature["id"] for feature in json.loads(response.body)["features"]]


def test_feed_is_geojson_for_every_website(app, synced: Product):
    response = ask(app)
    content = json.loads(response.body)
    assert response.headers["Content-Type"] == "application/geo+json; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=15"
    assert "Set-Cookie" not in response.headers
    assert (content["type"], content["numberMatched"], content["sample"]) == ("FeatureCollection", 61, True)
    assert [source["stale"] for source in content["sources"]] == [False, False, False]
    assert all(source["fetched"].endswith("Z") for source in content["sources"])


def test_feed_by_municipality_box_and_distance(app, synced: Product):
    assert set(names(ask(app, "?municipality=FR-59279"))) == {"mel:17", "mel:18", "mel:19"}
    assert names(ask(app, "?bbox=3.115,50.79,3.13,50.8")) == ["vlaanderen:vl-6", "vlaanderen:vl-7"]
    near = json.loads(ask(app, "?lon=3.1215&lat=50.7962&distance=1500&limit=3").body)
    assert [feature["id"] for feature in near["features"]] == ["vlaanderen:vl-7", "vlaanderen:vl-6", "mel:17"]
    assert [feature["properties"]["distance_m"] for feature in near["features"]] == [0, 470, 1166]


def test_unchanged_feed_is_not_sent_again(app, synced: Product, clock: Clock):
    tag = ask(app).headers["ETag"]
    response = ask(app, status=304, If_None_Match=tag)
    assert response.body == ""
    assert response.headers["ETag"] == tag
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert ask(app, "?limit=1", If_None_Match=tag).status_code == 200


def test_changed_feed_has_another_etag(app, synced: Product, connected: ReplayServer):
    tag = ask(app).headers["ETag"]
    connected.portals["mel"].faults = Faults(status=500)
    refresh(synced)
    response = ask(app, If_None_Match=tag)
    mel = next(source for source in json.loads(response.body)["sources"] if source["name"] == "mel")
    assert mel["stale"] is True
    assert mel["error"]["text"]["nl"].endswith("antwoordde met HTTP-status 500.")
    stale = {f["properties"]["source"] for f in json.loads(response.body)["features"] if f["properties"]["stale"]}
    assert stale == {"mel"}


def test_preflight_lets_browsers_send_the_etag(app, synced: Product):
    response = app.options(FEED, headers={"Origin": "https://app.example"}, status=204)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ("?bbox=1,2,3", "bbox", "not-a-box"),
        ("?municipality=BE-99999", "municipality", "unknown-municipality"),
        ("?lon=3.1", "lat", "half-a-point"),
        ("?limit=-1", "limit", "out-of-range"),
        ("?fields=id", "fields", "unknown-parameter"),
        ("?limit=1&limit=2", "limit", "repeated"),
        ("?bbox=%3Cscript%3E", "bbox", "not-a-box"),
    ],
)
def test_question_that_cannot_be_answered_is_a_problem_in_three_languages(app, synced, query, parameter, reason):
    response = ask(app, query, status=400)
    content = json.loads(response.body)
    assert response.headers["Content-Type"].startswith("application/problem+json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (content["status"], content["parameter"], content["reason"]) == (400, parameter, reason)
    assert len({content["detail_translated"][language] for language in ("nl", "fr", "en")}) == 3


def test_unknown_product_is_a_problem(app, synced: Product):
    assert json.loads(app.get("/data/unicorns.geojson", status=404).body)["detail_translated"]["nl"]
    app.get("/data/unicorns.json", status=404)
    app.get("/product/unicorns", status=404)


def test_product_without_dataset_is_unavailable_for_now(app, clean_datastore, connected):
    assert ask(app, status=503).headers["Cache-Control"] == "public, max-age=0"


def test_description_names_fields_and_sources(app, synced: Product):
    content = json.loads(app.get("/data/shared-bike-stations.json").body)
    assert [source["format"] for source in content["sources"]] == ["gbfs", "opendatasoft", "ogcapi"]
    assert content["fields"][0]["origin"]["ogcapi"] == "@id"
    assert content["resource_id"] == store.table_id(synced)


def test_municipalities_are_a_map_s_ground(app, synced: Product):
    response = app.get("/data/municipalities.geojson")
    content = json.loads(response.body)
    assert {feature["id"] for feature in content["features"]} >= {"BE-34027", "FR-59279"}
    assert content["borders"]["country"]["type"] == "MultiLineString"
    tag = response.headers["ETag"]
    app.get("/data/municipalities.geojson", headers={"If-None-Match": tag}, status=304)


@pytest.mark.parametrize(
    ("prefix", "title", "age"),
    [
        ("", "Shared-bike stations", "old"),
        ("/nl", "Deelfietsstations", "oud"),
        ("/fr", "Stations de vélos partagés", ""),
    ],
)
def test_page_of_the_product_in_three_languages(app, synced: Product, prefix: str, title: str, age: str):
    body = app.get(f"{prefix}/product/shared-bike-stations").body
    assert f"<h1>{title}</h1>" in body
    assert "/data/shared-bike-stations.geojson?lon=3.1215&amp;lat=50.7962&amp;limit=5&amp;min_bikes=1" in body
    assert "nb_velos_dispo" in body
    assert age in body
    assert title in app.get(f"{prefix}/product").body


def test_page_says_which_source_is_stale_and_why(app, synced: Product, connected: ReplayServer):
    connected.portals["velos"].faults = Faults(status=503)
    refresh(synced)
    body = app.get("/nl/product/shared-bike-stations").body
    assert "antwoordde met HTTP-status 503." in body


def test_actions_answer_as_the_addresses_do(app, synced: Product):
    assert call_action("product_list") == ["shared-bike-stations"]
    found = json.loads(app.get("/api/3/action/product_search?id=shared-bike-stations&municipality=BE-34027").body)
    assert found["result"]["numberMatched"] == 4
    refused = json.loads(app.get("/api/3/action/product_search?id=shared-bike-stations&bbox=1", status=409).body)
    assert "west" in refused["error"]["bbox"][0]
    app.post("/api/3/action/product_refresh", json={"id": "shared-bike-stations"}, status=403)


@pytest.mark.usefixtures("clean_redis")
def test_reader_of_old_data_brings_a_lost_chain_of_refreshes_back(app, synced: Product, monkeypatch):
    # An hour passes for the page: the test does not wait for one.
    monkeypatch.setattr("ckanext.eurometropool.products.views.datetime", _Later)
    assert schedule.ensure(synced) is True
    schedule.stop(synced)
    ask(app)
    assert schedule.ensure(synced) is False


class _Later:
    @staticmethod
    def now(zone: Any) -> Any:
        from datetime import datetime, timedelta

        return datetime.now(zone) + timedelta(hours=1)
