"""What stewards do besides adding data: correct where a dataset lies, and look after the harvests."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessible import ASK, AXE, LEFT_OUT, OVER, RULES

pytestmark = pytest.mark.browser


def sign_in(page: Page, portal, name: str = "admin") -> Page:
    page.goto("/nl/user/login")
    page.get_by_label("Gebruikersnaam of e-mailadres").fill(name)
    page.get_by_label("Wachtwoord", exact=True).fill(portal.password)
    page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(page.locator(".masthead .menu").first).to_be_attached()
    return page


def harvest(page: Page) -> None:
    """Run the Walloon source and wait for its report: the page follows the run by itself."""
    page.goto("/nl/harvest")
    page.get_by_role("button", name=re.compile("Nu ophalen.*Wallonië-Brussel")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ophaling van")
    expect(page.get_by_role("heading", name="Problemen per soort")).to_be_visible(timeout=60_000)


def test_a_link_is_corrected_and_outlives_a_harvest_without_script(visit, portal):
    page = sign_in(visit(java_script_enabled=False), portal)
    page.goto("/nl/dataset/?harvest_source_name=odwb&municipality=BE-57081")
    page.locator(".result a").first.click()
    address = page.url
    where = page.locator("#where")
    expect(where).to_contain_text("gekoppeld via")
    where.get_by_role("button", name=re.compile("Deze niet.*Doornik")).click()
    expect(page.get_by_role("status")).to_contain_text("Doornik is niet meer gekoppeld")
    where.get_by_label("Gaat ze ook over een andere gemeente?").fill("Kortrijk (BE-34022)")
    where.get_by_role("button", name="Koppelen").click()
    expect(page.get_by_role("status")).to_contain_text("Kortrijk is gekoppeld")

    harvest(sign_in(visit(), portal))
    page.goto(address)
    expect(where.get_by_role("link", name="Kortrijk")).to_be_visible()
    expect(where.get_by_role("button", name=re.compile("Ongedaan maken.*Doornik"))).to_be_visible()

    for name in ("Doornik", "Kortrijk"):
        where.get_by_role("button", name=re.compile(f"Ongedaan maken.*{name}")).click()
    expect(where.get_by_role("button", name=re.compile("Deze niet.*Doornik"))).to_be_visible()
    expect(where.get_by_role("link", name="Kortrijk")).to_have_count(0)


def test_a_name_that_is_no_municipality_is_said(visit, portal):
    page = sign_in(visit(), portal)
    page.goto("/fr/dataset/?harvest_source_name=odwb")
    page.locator(".result a").first.click()
    page.get_by_label("Concerne-t-il aussi une autre commune").fill("Bruxelles")
    page.get_by_role("button", name="Lier").click()
    expect(page.get_by_role("alert")).to_contain_text("Il n’y a pas de commune")


def test_a_run_is_started_followed_and_read(visit, portal):
    page = sign_in(visit(), portal)
    harvest(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Rapport, JSON").click()
    assert download.value.suggested_filename == "odwb-report.json"


def test_a_form_from_elsewhere_changes_nothing(visit, portal):
    page = sign_in(visit(), portal)
    answer = page.request.post(f"{portal.url}/nl/harvest/clear/odwb", form={})
    assert answer.status == 400
    page.goto("/nl/harvest/odwb")
    expect(page.get_by_text("0 datasets van deze bron")).to_have_count(0)


PAGES = ["/nl/harvest", "/fr/harvest/odwb", "/nl/harvest/odwb/job/last", "/en/harvest/new", "/fr/harvest/clear/odwb"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_harvest_pages_fit_a_small_telephone(visit, portal, scheme):
    page = sign_in(visit(viewport={"width": 360, "height": 740}, color_scheme=scheme), portal)
    for path in PAGES:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, path


def test_a_source_is_looked_at_before_it_is_saved_without_script(visit, portal):
    page = sign_in(visit(java_script_enabled=False), portal)
    page.goto("/nl/harvest/edit/odwb")
    page.get_by_label("Titel").fill("Wallonië anders")
    page.get_by_role("button", name="De eerste records bekijken").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De eerste records van Wallonië anders")
    expect(page.locator(".first-records tbody tr")).to_have_count(20)
    page.get_by_role("button", name="Terug naar het formulier").click()
    expect(page.get_by_label("Titel")).to_have_value("Wallonië anders")
    page.goto("/nl/harvest/edit/odwb")
    expect(page.get_by_label("Titel")).not_to_have_value("Wallonië anders")
    for path in ("new/preview", "edit/odwb/preview"):
        assert page.request.post(f"{portal.url}/nl/harvest/{path}", form={}).status == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_a_source_would_bring_breaks_no_rules_and_fits_a_telephone(visit, portal, scheme):
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    page.add_init_script(AXE)
    sign_in(page, portal)
    page.goto("/fr/harvest/edit/odwb")
    page.get_by_role("button", name="Voir les premières fiches").click()
    expect(page.locator(".first-records tbody tr")).to_have_count(20)
    page.wait_for_load_state("networkidle")  # style sheets too
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(ASK, [LEFT_OUT, RULES]) == []
        assert page.evaluate(OVER) <= 0
