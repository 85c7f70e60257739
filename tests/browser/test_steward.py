"""A steward's way: sign in, add a mobility dataset in three languages with a file and a link, find, edit, delete it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TITLE = "Laadpunten voor elektrische fietsen"


@pytest.fixture
def steward(visit, portal) -> Page:
    page = visit("/nl/user/login", viewport={"width": 1440, "height": 900})
    page.get_by_label("Gebruikersnaam of e-mailadres").fill("steward")
    page.get_by_label("Wachtwoord", exact=True).fill(portal.password)
    page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(page.locator(".masthead summary", has_text="Toevoegen").first).to_be_visible()
    return page


def say(page: Page, **titles: str) -> None:
    """Fill in the title under its language tabs."""
    for language, title in titles.items():
        page.locator(f"#tab-title_translated-{language}").click()
        page.locator(f"#field-title_translated-{language}").fill(title)


def test_a_wrong_password_says_the_remedy(visit):
    page = visit("/nl/user/login")
    page.get_by_label("Gebruikersnaam of e-mailadres").fill("steward")
    page.get_by_label("Wachtwoord", exact=True).fill("not this one")
    page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("Naam, adres of wachtwoord onbekend.")


def test_add_find_edit_and_delete_a_dataset(steward):
    page = steward
    page.locator(".masthead summary", has_text="Toevoegen").first.click()
    page.get_by_role("banner").get_by_role("link", name="Een dataset over mobiliteit toevoegen").click()

    # Without a title: the error is in the summary, linked to the field, and beside the field.
    page.locator("#field-notes_translated-nl").fill("Openbare laadpunten, met aantal stopcontacten.")
    page.get_by_role("button", name="Publiceren").click()
    summary = page.locator("#errors")
    expect(summary).to_be_visible()
    expect(page.locator("#field-title_translated-nl-error")).to_be_visible()
    summary.get_by_role("link", name="Titel").click()
    expect(page.locator("#field-title_translated-nl")).to_be_in_viewport()
    expect(page.locator("#field-notes_translated-nl")).to_have_value("Openbare laadpunten, met aantal stopcontacten.")

    # A title in three languages, a file, then a link.
    say(
        page,
        nl=TITLE,
        fr="Points de recharge pour vélos électriques",
        en="Charging points for electric bicycles",
    )
    page.locator("[data-oslo-input]").set_input_files(
        {"name": "laadpunten.csv", "mimeType": "text/csv", "buffer": b"naam;stopcontacten\nMarkt;4\nStation;12\n"}
    )
    expect(page.locator("[data-oslo-file-said]").first).to_contain_text("2 rijen")
    page.get_by_role("button", name="geef een webadres").click()
    page.keyboard.insert_text("https://files.example/laadpunten.geojson")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator("#files .resource")).to_have_count(2)
    address = page.url

    page.locator("#langs").get_by_role("link", name="FR").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Points de recharge pour vélos électriques")

    page.goto("/nl/dataset/?q=laadpunten+elektrische+fietsen")
    expect(page.locator(".result", has_text=TITLE)).to_be_visible()

    page.goto(address)
    page.get_by_role("link", name="Bewerken", exact=True).first.click()
    say(page, nl=f"{TITLE} in 2026")
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{TITLE} in 2026")

    page.goto(re.sub(r"/mobility/", "/mobility/delete/", page.url))
    page.get_by_role("button", name="Verwijderen").click()
    page.goto("/nl/dataset/?q=laadpunten+elektrische+fietsen")
    expect(page.locator(".result", has_text=TITLE)).to_have_count(0)
