"""The cyclist's way, in a real browser on a phone's screen, over a real portal's public API."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.refreshing import refresh
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.server import ReplayServer
from tests.biker.conftest import ServedPortal

pytestmark = pytest.mark.browser

MENEN = {"longitude": 3.1215, "latitude": 50.7962}


def test_nearest_bikes_over_the_border_from_where_i_stand(phone: BrowserContext, page: Page, biker: str):
    outside: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if "127.0.0.1" not in request.url else None)
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    phone.grant_permissions(["geolocation"], origin=biker)
    phone.set_geolocation(MENEN)
    page.goto(biker)
    page.get_by_role("button", name="Gebruik mijn locatie").click()

    first = page.locator("#list li").first
    expect(first).to_contain_text("Menen, Vander Merschplein")
    expect(first.locator(".bike-d")).to_contain_text("0\u00a0m")
    expect(page.locator("#list .seam-label").first).to_have_text("Over de grens, in Halluin")
    beyond = page.locator("#list .seam-label + ol li").first
    expect(beyond).to_contain_text("HALLUIN ABREUVOIR")
    expect(beyond).to_contain_text("1,2\u00a0km")
    expect(beyond.locator("a")).to_have_attribute("lang", "fr")
    expect(page.locator("#map")).to_have_attribute("aria-label", re.compile("Mijn locatie .Menen.*stations in beeld"))
    assert page.locator("#map .border").count() == 1
    assert page.locator("#map .bub, #map .bub0").count() > 2
    assert outside == []
    assert wrong == []
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_free_docks_instead_of_bikes(page: Page, biker: str):
    page.goto(f"{biker}/?place=BE-34027")
    expect(page.locator("#list li").first.locator("p").first).to_contain_text("vrije plaats")
    page.get_by_role("button", name="Fiets terugzetten").click()
    expect(page.get_by_role("button", name="Fiets terugzetten")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#list li").first.locator(".bike-n")).to_contain_text(re.compile("vrije plaats"))
    expect(page.locator("#list li").first.locator("p").first).to_contain_text("fiets")


@pytest.mark.parametrize("asked", ["Menin", "menen", "BE-34027"])
def test_place_by_name_in_any_language(page: Page, biker: str, asked: str):
    page.goto(f"{biker}/?lang=fr")
    page.get_by_label("Où êtes-vous ?").fill(asked)
    page.get_by_label("Où êtes-vous ?").press("Enter")
    expect(page.locator("#list .seam-label").first).to_have_text("Au-delà de la frontière, à Halluin")
    assert "place=BE-34027" in page.url


def test_refused_location_and_unknown_place_are_said(page: Page, biker: str):
    page.goto(f"{biker}/?lang=en")
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("#message")).to_have_text("Your location is not available. Choose a municipality.")
    page.get_by_label("Where are you?").fill("Atlantis")
    page.get_by_label("Where are you?").press("Enter")
    expect(page.locator("#message")).to_contain_text("No municipality found for “Atlantis”.")


def test_an_answer_that_comes_late_does_not_wipe_what_was_said(page: Page, biker: str):
    held: list[Route] = []
    page.route("**/data/shared-bike-stations.geojson*", lambda route: held.append(route))
    page.goto(f"{biker}/?lang=en")
    page.get_by_label("Where are you?").fill("Atlantis")
    page.get_by_label("Where are you?").press("Enter")
    expect(page.locator("#message")).to_contain_text("No municipality found for “Atlantis”.")
    held[0].continue_()
    expect(page.locator("#measured")).not_to_be_empty()
    expect(page.locator("#message")).to_contain_text("No municipality found for “Atlantis”.")


def test_far_away_is_said(phone: BrowserContext, page: Page, biker: str):
    phone.grant_permissions(["geolocation"], origin=biker)
    phone.set_geolocation({"longitude": 4.9, "latitude": 52.37})
    page.goto(biker)
    page.get_by_role("button", name="Gebruik mijn locatie").click()
    expect(page.locator("#message")).to_have_text("U bent buiten de Eurometropool. Kies een gemeente.")


def test_stale_source_is_marked(page: Page, biker: str, synced: Product, connected: ReplayServer):
    connected.portals["mel"].faults = Faults(status=503)
    refresh(synced)
    page.goto(f"{biker}/?place=FR-59279")
    expect(page.locator(".notice", has_text="V'Lille antwoordt niet")).to_be_visible()
    expect(page.locator("#list li", has_text="HALLUIN ABREUVOIR").locator(".bike-old")).to_contain_text(
        "Oud: gemeten om"
    )
    assert page.locator("#list li", has_text="Menen, Station").locator(".bike-old").count() == 0


def test_without_portal_the_last_answer_stays_with_its_time(page: Page, biker: str, portal: ServedPortal):
    page.goto(f"{biker}/?place=BE-34027")
    expect(page.locator("#list li").first).to_be_visible()
    portal.down()
    page.reload()
    expect(page.locator(".notice", has_text="Geen verbinding met het portaal")).to_be_visible()
    expect(page.locator("#list li").first).to_contain_text("Menen, Station")
    assert page.locator("#map .m").count() > 0


def test_portal_that_never_answered_is_said_with_a_way_on(page: Page, biker: str, portal: ServedPortal):
    portal.down()
    page.goto(biker)
    expect(page.locator("#message")).to_contain_text("Het portaal antwoordt niet.")
    expect(page.get_by_role("button", name="Opnieuw proberen")).to_be_visible()


def test_map_moves_with_keys_and_buttons(page: Page, biker: str):
    page.goto(f"{biker}/?place=BE-34027")
    me = page.locator("#map .me")
    expect(me).to_have_attribute("cx", "195")
    page.locator("#map").press("ArrowRight")
    expect(me).to_have_attribute("cx", "155")
    ring = page.locator("#map .ring").last.get_attribute("r")
    page.get_by_role("button", name="Inzoomen").click()
    expect(page.locator("#map .ring").last).not_to_have_attribute("r", ring or "")
