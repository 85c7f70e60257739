"""What was typed in a form and not saved: kept in the browser, offered again, forgotten once it is saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.form_steps import CSV, delete, field, stored

pytestmark = pytest.mark.browser

OFFER = re.compile("schreef u hier iets dat niet bewaard is")


def typed(page: Page, title: str) -> None:
    field(page, "title_translated-nl").fill(title)
    expect(page.locator("[data-oslo-kept-at]")).to_have_text(re.compile(r"In deze browser bewaard om \d\d:\d\d uur"))


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('oslo-form:'))")


def test_what_was_not_saved_is_brought_back_with_its_rows_and_files(enter):
    page = enter("/nl/mobility/new")
    page.get_by_role("button", name="Een dienst toevoegen").click()
    page.get_by_label("Adres van de dienst").fill("https://geo.example/wfs")
    page.locator('input[type="file"]').first.set_input_files([CSV])
    expect(page.get_by_text("stallingen.csv").first).to_be_visible()
    typed(page, "Stalling aan de oude brug")
    # The page is left without saving, as by a browser that is closed.
    page.goto("/nl/dataset", wait_until="load")
    page.goto("/nl/mobility/new")
    expect(page.get_by_role("status").filter(has_text=OFFER)).to_be_visible()
    expect(field(page, "title_translated-nl")).to_have_value("")
    page.get_by_role("button", name="Terughalen").click()
    expect(field(page, "title_translated-nl")).to_have_value("Stalling aan de oude brug")
    expect(page.get_by_label("Adres van de dienst")).to_have_value("https://geo.example/wfs")
    expect(page.get_by_text("stallingen.csv").first).to_be_visible()
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_text("Concept bewaard.")).to_be_visible()
    page.goto("/nl/mobility/new")
    expect(page.get_by_text(OFFER)).to_have_count(0)
    page.get_by_role("link", name="Stalling aan de oude brug").first.click()
    field(page, "notes_translated-nl").fill("Plaats voor tien fietsen.")
    page.get_by_role("button", name="Publiceren").click()
    found = stored(page)
    assert [one["url"].rsplit("/", 1)[-1] for one in found["resources"] if one.get("url_type") == "upload"] == [
        "stallingen.csv"
    ]
    page.goto(f"/nl/mobility/edit/{found['name']}")
    assert kept(page) == []
    page.goto(f"/nl/mobility/{found['name']}")
    delete(page)


def test_what_is_thrown_away_is_offered_no_more_and_others_never_see_it(enter, portal):
    page = enter("/nl/work/new")
    typed(page, "Vacatures van de haven")
    page.goto("/nl/dataset")
    page.goto("/nl/mobility/new")
    expect(page.get_by_text(OFFER)).to_have_count(0)  # another form
    page.goto("/nl/work/new")
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.get_by_role("button", name="Weggooien").click()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    assert kept(page) == []
    typed(page, "Vacatures van de luchthaven")
    page.context.clear_cookies()
    page.goto("/nl/user/login")
    page.get_by_label("Gebruikersnaam of e-mailadres").fill("admin")
    page.get_by_label("Wachtwoord", exact=True).fill(portal.password)
    page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    page.goto("/nl/work/new")
    expect(field(page, "title_translated-nl")).to_be_visible()
    expect(page.get_by_text(OFFER)).to_have_count(0)


def test_a_form_that_comes_back_with_mistakes_is_not_offered_beside_itself(enter):
    page = enter("/nl/mobility/new")
    page.locator('[name="notes_translated-nl"]').fill("Een uitleg zonder titel.")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.locator("#errors")).to_be_visible()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    page.goto("/nl/mobility/new")
    expect(page.get_by_text(OFFER)).to_be_visible()  # still unsaved
