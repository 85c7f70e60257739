"""In the dark, by keyboard, without script. All pages on a small telephone: test_accessible.py."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
