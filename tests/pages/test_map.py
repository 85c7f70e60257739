"""The search on a map, as it is without script: what is found, where, and the addresses that keep it."""

from __future__ import annotations

import json

import pytest

from tests.pages.reading import one, read, select, text

pytestmark = pytest.mark.usefixtures("catalogue")


def test_the_list_and_the_circles_say_the_same(app):
    shown = read(app.get("/nl/map?q=fietsenstalling").body)
    assert text(one(shown, "#map-count")) == "2 datasets"
    assert {text(a) for a in select(shown, ".results h2 a")} == {"Fietsenstallingen in Kortrijk", "Arceaux de Roubaix"}
    data = json.loads(text(one(shown, "#map-spots")))
    spots = {spot["name"]: (spot["count"], spot["url"]) for spot in data["spots"]}
    assert spots["Kortrijk"] == (1, "/nl/map?q=fietsenstalling&municipality=BE-34022")
    listed = {text(a): a.get("href") for a in select(shown, ".rows a")}
    assert listed == {name: url for name, (_count, url) in spots.items()}


def test_each_filter_is_taken_away_by_itself(app):
    shown = read(app.get("/nl/map?q=fietsenstalling&municipality=BE-34022&ext_bbox=2.5,50.4,4.2,51.2").body)
    chips = {text(chip).removesuffix("verwijderen").strip(): chip.get("href") for chip in select(shown, ".chip")}
    assert chips == {
        "Kortrijk": "/nl/map?q=fietsenstalling&ext_bbox=2.5%2C50.4%2C4.2%2C51.2",
        "De zone die u tekende": "/nl/map?q=fietsenstalling&municipality=BE-34022",
    }
    assert one(shown, "#langs a[hreflang=fr]").get("href").startswith("/fr/map?q=fietsenstalling&municipality=BE-34022")


@pytest.mark.parametrize("zone", ["nonsense", "1,2,3", "nan,0,1,1", "3,51,4,50"])
def test_a_zone_that_is_none_is_said(app, zone):
    shown = read(app.get(f"/nl/map?ext_bbox={zone}").body)
    assert "ext_bbox: vier getallen" in text(one(shown, "[role=alert]"))


def test_a_script_gets_the_list_and_the_languages_alone(app):
    body = app.get("/nl/map?q=fietsenstalling", headers={"HX-Request": "true"}).body
    assert "<html" not in body
    assert {"map-list", "langs", "langs-menu"} <= {e.get("id") for e in select(read(body), "[id]")}
