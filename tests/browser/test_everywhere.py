"""Every page on a small telephone, in the dark, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGES = [
    "/nl/",
    "/fr/dataset/?q=v%C3%A9lo",
    "/nl/dataset/?q=wachtlijst+kinderopvang+xyzzy",
    "/fr/mobility/",
    "/nl/municipality",
    "/fr/municipality/BE-57081",
    "/nl/developers",
    "/fr/user/login",
    "/nl/about",
    "/fr/organization/",
    "/nl/harvest",
    "/nl/not-here",
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_small_telephone(visit, path):
    page = visit(path, viewport={"width": 360, "height": 740})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    expect(page.get_by_role("heading", level=1).first).to_be_attached()


def test_a_dataset_fits_a_small_telephone(visit):
    page = visit("/fr/dataset/", viewport={"width": 360, "height": 740})
    page.locator(".result a").first.click()
    # Measured only when the new page has its style sheets.
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/fr/dataset/"), wait_until="load")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    expect(page.locator(".navtoggle summary").first).to_be_visible()


def test_the_dark_scheme_follows_the_system(visit):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = visit("/nl/dataset/", color_scheme="light").evaluate(ground)
    dark = visit("/nl/dataset/", color_scheme="dark").evaluate(ground)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(12, 20, 36)")


def test_the_first_key_leads_to_the_content(visit):
    page = visit("/nl/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_without_script_the_search_is_whole(visit):
    page = visit("/nl/", java_script_enabled=False)
    page.get_by_label("Wat zoekt u?").fill("fiets")
    page.get_by_role("main").get_by_role("button", name="Zoeken").click()
    expect(page.locator(".result").first).to_be_visible()
    page.locator(".facet a").first.click()
    expect(page.locator(".chip").first).to_be_visible()
