"""A citizen's way: from the home page to a downloaded file, in Dutch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_the_home_page_to_a_file(visit, tmp_path):
    page = visit("/", locale="nl-BE")
    expect(page).to_have_url(re.compile(r"/nl/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Open data van hier én van de overkant.")

    page.get_by_label("Wat zoekt u?").fill("fietsenstalling")
    page.get_by_role("main").get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("‘fietsenstalling’")

    facet = page.locator(".facet", has_text="Gemeente").get_by_role("link", name=re.compile("Kortrijk"))
    facet.click()
    expect(page).to_have_url(re.compile(r"municipality=BE-34022"))
    expect(page).to_have_url(re.compile(r"q=fietsenstalling"))
    expect(page.get_by_role("list", name="Actieve filters")).to_contain_text("Kortrijk")

    result = page.locator(".result").first
    title = result.get_by_role("heading").inner_text()
    result.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_text("Mag ik dit gebruiken?")).to_be_visible()
    expect(page.get_by_text(re.compile("gekoppeld via:")).first).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Downloaden")).first.click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert Path(target).stat().st_size > 0


def test_a_chip_takes_a_filter_away_without_leaving_the_page(visit):
    page = visit("/nl/dataset/?dataset_type=mobility&res_format=CSV")
    page.evaluate("window.same = true")
    page.get_by_role("list", name="Actieve filters").get_by_role("link", name=re.compile("CSV")).click()
    expect(page).not_to_have_url(re.compile("res_format"))
    expect(page).to_have_url(re.compile("dataset_type=mobility"))
    assert page.evaluate("window.same") is True
    french = page.locator("#langs").get_by_role("link", name="FR")
    expect(french).to_have_attribute("href", re.compile(r"/fr/dataset/\?dataset_type=mobility$"))


def test_a_geojson_file_is_drawn_on_the_page(visit):
    page = visit("/nl/dataset/?res_format=GeoJSON&q=fietsenstalling")
    page.locator(".result a").first.click()
    page.get_by_role("heading", name="Op een kaart").scroll_into_view_if_needed()
    expect(page.locator("figure.preview svg")).to_be_visible()
    expect(page.locator("figure.preview figcaption")).to_contain_text(re.compile(r"plaats(en)? in het bestand"))
