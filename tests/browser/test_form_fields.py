"""The fields of a steward's form that are more than a line of text: lists, maps, periods, dropped files."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.form_steps import CSV, field, options

pytestmark = pytest.mark.browser


def drop(page: Page, name: str, text: str) -> Locator:
    """Drag a file into the form, and give what is proposed from it."""
    page.locator("[data-oslo-drop]").evaluate(
        """(drop, [name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name, { type: "text/csv" }));
            drop.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [name, text],
    )
    return page.locator("[data-oslo-proposals]:visible").last


def test_what_a_file_tells_is_proposed_and_never_overwrites(enter):
    page = enter("/nl/dataset/new")
    proposals = drop(page, "stallingen.csv", CSV["buffer"].decode())
    expect(proposals).to_contain_text("Bestandstype: CSV")
    expect(proposals).to_contain_text("Taal van de data: Nederlands")
    expect(proposals).to_contain_text("Plaats: Kortrijk")  # both points lie there
    expect(page.locator('[name="resources__0__format"]')).to_have_value("")
    for words in ("Bestandstype", "Taal van de data", "Kolommen", "Plaats"):
        proposals.get_by_role("button", name=words).press("Enter")
    expect(page.locator("[data-oslo-proposals]").first).to_be_hidden()
    expect(page.locator('[name="resources__0__format"]')).to_have_value("CSV")
    expect(page.locator('[name="resources__0__description_translated-nl"]')).to_have_value(
        "Kolommen: naam, straat, gemeente, lat, lon"
    )
    expect(field(page, "spatial_coverage-0-text")).to_have_value("Kortrijk")

    # A file whose places are at sea, with days.
    rows = "\n".join(f"{day:02}/06/2026;51.5;{2 + day / 10}" for day in (2, 1, 9))
    proposals = drop(page, "boeien.csv", f"datum;lat;lon\n{rows}\n")
    expect(proposals).to_contain_text("Gebied: west 2.1, zuid 51.5, oost 2.9, noord 51.5")
    proposals.get_by_role("button", name="Periode: 01/06/2026 tot 09/06/2026").press("Enter")
    expect(field(page, "temporal_coverage-0-start")).to_have_value("01/06/2026")
    expect(field(page, "temporal_coverage-0-end")).to_have_value("09/06/2026")
    proposals.get_by_role("button", name="Gebied").press("Enter")
    expect(field(page, "spatial_coverage-1-geom")).to_have_value("2.1, 51.5, 2.9, 51.5")


def test_lists_are_searched_and_values_taken_away(enter):
    page = enter("/fr/dataset/new")
    picker = page.get_by_role("combobox", name="Thèmes")
    picker.fill("energie")  # accents may be left out
    expect(options(page).filter(has_text="Énergie")).to_be_visible()
    expect(picker).to_have_attribute("aria-expanded", "true")
    picker.press("ArrowDown")
    expect(page.locator(f"#{picker.get_attribute('aria-activedescendant')}")).to_have_text("Énergie")
    picker.press("Escape")
    expect(picker).to_have_attribute("aria-expanded", "false")
    picker.press("ArrowDown")
    picker.press("Enter")
    chip = page.get_by_role("button", name="Retirer Énergie")
    expect(chip).to_be_visible()
    picker.press("Backspace")
    expect(chip).to_be_focused()
    page.keyboard.press("Delete")
    expect(chip).to_have_count(0)
    expect(picker).to_be_focused()
    expect(page.locator('[name="theme"]:checked')).to_have_count(0)

    # Publishers that the catalogue knows already.
    page.locator("#section-who .formmore > summary").click()
    publisher = page.get_by_label("Chercher un éditeur déjà connu")
    publisher.click()
    first = options(page).first
    expect(first).to_be_visible()
    name = first.evaluate("item => item.firstChild.textContent").strip()
    publisher.press("ArrowDown")
    publisher.press("Enter")
    expect(field(page, "publisher-0-name")).to_have_value(name)


def test_an_area_is_drawn_written_or_taken_from_a_municipality(enter):
    page = enter("/nl/dataset/new")
    place = page.locator("[data-oslo-repetition]").first
    place.locator("summary").first.click()
    sides = [place.get_by_label(side, exact=True) for side in ("West", "Zuid", "Oost", "Noord")]
    for side, number in zip(sides, ("3.2", "50,8", "3.1", "50.9"), strict=True):
        side.fill(number)
        side.press("Tab")
    expect(place.get_by_role("alert")).to_have_text("West ligt voor oost, en zuid voor noord.")
    sides[2].fill("3.3")
    sides[2].press("Tab")
    outline = field(page, "spatial_coverage-0-geom")
    expect(outline).to_have_value("3.2, 50.8, 3.3, 50.9")
    expect(place.get_by_role("alert")).to_have_count(0)

    area = page.locator("svg.oslo-map").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    page.mouse.up()
    expect(outline).not_to_have_value("3.2, 50.8, 3.3, 50.9")
    west, south, east, north = (float(side.input_value()) for side in sides)
    assert 2.5 < west < east < 4
    assert 50.3 < south < north < 51.2

    # A click picks the municipality that is drawn there.
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    expect(outline).to_have_value(re.compile(r'^\{"type":\s?"(Multi)?Polygon"'))
    expect(field(page, "spatial_coverage-0-text")).not_to_have_value("")

    finder = page.get_by_label("Zoek een gemeente")
    finder.fill("rijsel")
    finder.press("ArrowDown")
    expect(options(page).first).to_contain_text("Rijsel")
    finder.press("Enter")
    second = page.locator("[data-oslo-repetition]").nth(1)
    expect(second.locator('[name$="-text"]')).to_have_value("Rijsel")
    expect(second.locator('textarea[name$="-geom"]')).to_have_value(re.compile(r'^\{"type":\s?"(Multi)?Polygon"'))


def test_periods_repeat_come_back_and_make_sense(enter):
    page = enter("/nl/dataset/new")
    page.locator("#section-where_when .formmore > summary").click()
    periods = page.locator('[data-oslo-repeating="temporal_coverage"]')
    field(page, "temporal_coverage-0-start").fill("01/06/2026")
    field(page, "temporal_coverage-0-end").fill("01/05/2026")
    field(page, "temporal_coverage-0-end").press("Tab")
    expect(periods.get_by_text("Het einde ligt voor het begin.")).to_be_visible()
    field(page, "temporal_coverage-0-end").fill("01/07/2026")
    field(page, "temporal_coverage-0-end").press("Tab")
    expect(periods.get_by_text("Het einde ligt voor het begin.")).to_be_hidden()
    periods.get_by_role("button", name="Nog een toevoegen").press("Enter")
    expect(field(page, "temporal_coverage-1-start")).to_be_focused()
    periods.get_by_role("button", name="Periode 1 verwijderen").press("Enter")
    undo = periods.get_by_role("button", name="Ongedaan maken")
    expect(undo).to_be_focused()
    expect(field(page, "temporal_coverage-0-start")).to_be_disabled()
    undo.press("Enter")
    expect(field(page, "temporal_coverage-0-start")).to_have_value("01/06/2026")
