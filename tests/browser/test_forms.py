"""A steward's forms: one form for a dataset and its files, by keyboard, without script, with mistakes, from a sheet."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.form_steps import CSV, delete, field, options, stored

pytestmark = pytest.mark.browser


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator, key: str = "Tab") -> Keyboard:
        expect(target).to_have_count(1)
        for _ in range(90):
            if target.evaluate("element => element === document.activeElement"):
                return self
            self.page.keyboard.press(key)
        pytest.fail(f"The keyboard does not reach {target}")

    def write(self, text: str) -> Keyboard:
        self.page.keyboard.insert_text(text)
        return self

    def press(self, *keys: str) -> Keyboard:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def pick(self, words: str) -> Keyboard:
        """Search in the list that has the focus, and take the first that is found."""
        self.write(words)
        expect(options(self.page).first).to_be_visible()
        return self.press("ArrowDown", "Enter")


def test_the_keyboard_alone_makes_a_mobility_dataset_in_three_languages(enter):
    page = enter("/nl/mobility/new")
    someone = Keyboard(page)
    titles = {"nl": "Stalling aan het stadspark", "fr": "Parking vélo du parc", "en": "Bicycle parking at the park"}
    for step, (language, title) in enumerate(titles.items()):
        tab = page.locator(f"#tab-title_translated-{language}")
        if step == 0:
            someone.to(tab)
        else:
            # Back from the keywords to the row of tabs, and one to the right.
            previous = page.locator(f"#tab-title_translated-{['nl', 'fr'][step - 1]}")
            someone.to(previous, "Shift+Tab").press("ArrowRight")
            expect(tab).to_be_focused()
        someone.to(field(page, f"title_translated-{language}")).write(title)
        someone.to(field(page, f"notes_translated-{language}")).write(f"{title}.")
        someone.to(field(page, f"tags_translated-{language}")).write("x1").press("Enter").write("x2").press("Enter")
        expect(tab).not_to_contain_text(re.compile("leeg"))
    someone.to(page.get_by_role("radio", name=re.compile("met bronvermelding"))).press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("zonder voorwaarden"))).to_be_checked()
    someone.to(page.get_by_role("button", name="Een dienst toevoegen")).press("Enter")
    someone.write("https://geo.example/cgi?service=WFS").press("Tab")
    expect(page.get_by_label("Soort dienst")).to_have_value("WFS")
    someone.to(page.get_by_label("Zoek een gemeente")).pick("doornik")
    expect(field(page, "spatial_coverage-0-text")).to_have_value("Doornik")
    someone.to(page.locator("#section-who .formmore > summary")).press("Enter")
    for number, email in enumerate(("fiets@doornik.example", "data@doornik.example")):
        someone.to(field(page, f"contact-{number}-email")).write(email)
        if number == 0:
            someone.to(page.get_by_role("button", name=re.compile("^Nog een toevoegen.*Contact"))).press("Enter")
    someone.to(page.get_by_role("combobox", name="Wat over mobiliteit")).pick("fietsenstalling")
    someone.to(page.get_by_role("button", name="Publiceren")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles["nl"])
    found = stored(page)
    assert found["title_translated"] == titles
    assert found["tags_translated"]["fr"] == ["x1", "x2"]
    assert found["license_id"] == "CC0"
    assert [(one["url"], one["format"]) for one in found["resources"]] == [
        ("https://geo.example/cgi?service=WFS", "WFS")
    ]
    assert [one["email"] for one in found["contact"]] == ["fiets@doornik.example", "data@doornik.example"]
    assert found["spatial_coverage"][0]["text"] == "Doornik"
    assert found["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/TRAN"]
    assert len(found["mobility_theme"]) == 1
    assert found["state"] == "active"
    delete(page)


def test_of_a_refused_form_nothing_is_lost_not_even_the_file(enter):
    page = enter("/nl/dataset/new")
    field(page, "notes_translated-nl").fill("Waar u uw fiets veilig zet.")
    field(page, "tags_translated-nl").fill("fiets, stalling")
    page.locator("[data-oslo-input]").set_input_files(CSV)
    expect(page.locator("[data-oslo-file-said]").first).to_contain_text("2 rijen, 5 kolommen")
    page.locator("#section-more > summary").click()
    field(page, "issued").fill("31/02/2026")
    page.get_by_role("button", name="Publiceren").click()

    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("2 dingen kloppen nog niet")
    expect(summary).to_contain_text("31/02/2026 bestaat niet. Schrijf dag, maand, jaar.")
    expect(field(page, "issued")).to_be_visible()  # its section opened by itself
    expect(field(page, "issued")).to_have_value("31/02/2026")
    expect(field(page, "notes_translated-nl")).to_have_value("Waar u uw fiets veilig zet.")
    expect(page.get_by_role("button", name="stalling verwijderen")).to_be_visible()
    expect(page.locator("[data-oslo-file-said]").first).to_contain_text("stallingen.csv is opgeladen")
    summary.get_by_role("link", name="Titel").click()
    expect(field(page, "title_translated-nl")).to_be_focused()
    expect(page.locator("#field-title_translated-nl-error")).to_have_text("Geef een titel in minstens één taal.")

    field(page, "title_translated-nl").fill("Stallingen na een fout")
    field(page, "issued").fill("28/02/2026")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stallingen na een fout")
    (file,) = stored(page)["resources"]
    assert (file["url_type"], file["format"], file["size"]) == ("upload", "CSV", len(CSV["buffer"]))
    assert page.request.get(file["url"]).body() == CSV["buffer"]

    # And what is saved is changed in the same form: the file goes, a link comes.
    page.get_by_role("link", name="Bewerken", exact=True).first.click()
    page.get_by_role("button", name="Verwijderen", exact=False).filter(has_text="stallingen.csv").click()
    page.get_by_role("button", name="geef een webadres").click()
    page.keyboard.insert_text("https://files.example/stallingen.geojson")
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stallingen na een fout")
    assert [one["url"] for one in stored(page)["resources"]] == ["https://files.example/stallingen.geojson"]
    delete(page)


def test_the_panel_says_what_is_wanted_while_somebody_types(enter):
    page = enter("/fr/dataset/new")
    panel = page.locator("[data-oslo-panel]")
    percent = panel.locator("[data-oslo-percent]")
    before = int(percent.inner_text())
    description = page.locator("#section-about .oslo-said", has_text="Description")
    expect(panel).to_contain_text("Titre")
    panel.get_by_role("link", name="Ajoutez des mots-clés").click()
    expect(field(page, "tags_translated-fr")).to_be_focused()
    field(page, "title_translated-fr").fill("Arbres remarquables")
    expect(description).to_be_visible()  # beside the field as well
    field(page, "notes_translated-fr").fill("Les arbres de la commune, avec leur âge.")
    field(page, "tags_translated-fr").fill("arbre, ")
    expect(description).to_have_count(0)
    expect(percent).not_to_have_text(str(before))
    assert int(percent.inner_text()) > before
    # Every line leads to its input, out of folds and from behind tabs.
    panel.get_by_role("link", name="Dites à qui s’adresser").click()
    expect(field(page, "contact-0-name")).to_be_focused()


def test_a_draft_waits_is_previewed_and_copied(enter):
    page = enter("/nl/work/new")
    field(page, "title_translated-nl").fill("Vacatures als concept")
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_role("status").filter(has_text="Concept bewaard")).to_be_visible()
    page.goto("/nl/dataset/?q=concept")
    expect(page.locator(".result", has_text="Vacatures als concept")).to_have_count(0)
    page.goto("/nl/work/new")
    page.get_by_role("link", name="Vacatures als concept").click()
    expect(field(page, "title_translated-nl")).to_have_value("Vacatures als concept")
    field(page, "notes_translated-nl").fill("Nog **niet** bewaard.")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Voorbeeld bekijken").click()
    preview = opened.value
    expect(preview.get_by_role("heading", level=1)).to_have_text("Vacatures als concept")
    expect(preview.locator("strong", has_text="niet")).to_be_visible()
    expect(preview.locator(".oslo-rdf").first).to_contain_text("dcat:Dataset")
    preview.close()
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("status").filter(has_text="Gepubliceerd.")).to_be_visible()
    address = page.url

    page.goto("/nl/work/new")
    page.get_by_text("Vertrek van een kopie").click()
    page.get_by_label("Te kopiëren dataset").select_option(label="Vacatures als concept")
    page.get_by_role("button", name="Van deze kopie vertrekken").click()
    expect(field(page, "title_translated-nl")).to_have_value("Vacatures als concept")
    expect(page.locator('[name="pkg_name"]')).to_have_value("")
    page.goto(address)
    delete(page)


def test_without_script_a_dataset_with_a_file_is_one_form_too(enter):
    page = enter("/fr/work/new", java_script_enabled=False)
    for language in ("nl", "fr", "en"):
        expect(field(page, f"title_translated-{language}")).to_be_visible()
    page.get_by_label("Téléverser un fichier").set_input_files(CSV)
    page.get_by_label("Adresse du service").fill("https://api.example/emploi")
    page.get_by_label("Type de service").select_option("API (REST)")
    page.get_by_label("Une autre").check()
    page.get_by_label("Dans la liste").select_option("ODC_BL")
    field(page, "title_translated-fr").fill("Emploi sans script")
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#errors a").first).to_have_attribute("href", "#field-notes_translated-fr")
    expect(page.get_by_text("stallingen.csv est envoyé")).to_be_visible()
    expect(page.get_by_label("Dans la liste")).to_have_value("ODC_BL")
    field(page, "notes_translated-fr").fill("Un fichier qui n’a pas été perdu.")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Emploi sans script")
    found = stored(page)
    file, service = found["resources"]
    assert file["url"].endswith("stallingen.csv")
    assert (service["url"], service["format"]) == ("https://api.example/emploi", "API (REST)")
    assert found["license_id"] == "ODC_BL"

    # A radio button counts before the list, which is sent as well.
    page.goto(f"/fr/work/edit/{found['id']}")
    page.get_by_label("Réutilisation libre sans condition").check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    assert stored(page)["license_id"] == "CC0"
    delete(page)


def test_a_spreadsheet_is_rehearsed_and_then_taken_whole(enter):
    page = enter("/nl/oslo/import")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("XLSX.*Mobiliteit")).click()
    assert download.value.suggested_filename == "mobility-nl.xlsx"
    header = "title_translated-nl;notes_translated-nl;issued;mobility_theme;resources-0-url\n"
    wrong = f"{header}Rij met fout;Uitleg;31/02/2026;;\n=HYPERLINK(1);Uitleg;;;\n"
    right = (
        f"{header}Binnengebracht een;Uitleg;28/02/2026;Fietsenstallingen;https://files.example/1.csv\n"
        "Binnengebracht twee;Uitleg;;;\n"
    )

    def check(content: str) -> None:
        page.locator("#oslo-import-file").set_input_files(
            {"name": "datasets.csv", "mimeType": "text/csv", "buffer": content.encode()}
        )
        page.get_by_label("Waarover de datasets gaan").select_option("mobility")
        page.get_by_role("button", name="Het rekenblad nakijken").click()

    check(wrong)
    table = page.get_by_role("table", name="datasets.csv")
    expect(table.get_by_role("row", name=re.compile("^2 Eerste publicatie 31.02.2026 bestaat niet"))).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("^3 Titel.*formule"))).to_be_visible()
    check(right)
    expect(page.get_by_role("status")).to_contain_text("Alle 2 rijen van datasets.csv kloppen.")
    page.goto("/nl/dataset/?q=binnengebracht")
    expect(page.locator(".result", has_text="Binnengebracht")).to_have_count(0)
    page.go_back()
    page.get_by_role("button", name="Deze 2 datasets toevoegen").click()
    expect(page.get_by_role("status")).to_contain_text("2 datasets toegevoegd.")
    page.get_by_role("link", name="Binnengebracht een").click()
    assert stored(page)["resources"][0]["format"] == "CSV"
    delete(page)
    page.goto("/nl/dataset/?q=binnengebracht")
    page.locator(".result a", has_text="Binnengebracht twee").click()
    delete(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(enter, scheme, width):
    page = enter("/nl/mobility/new", viewport={"width": width, "height": 800}, color_scheme=scheme)
    field(page, "tags_translated-nl").fill("fiets, stalling")
    page.locator("[data-oslo-input]").set_input_files(CSV)
    expect(page.locator("[data-oslo-proposals]").first).to_be_visible()
    page.evaluate("document.querySelectorAll('#dataset-edit details').forEach(fold => { fold.open = true; })")
    axe = Axe()
    narrow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = {"form": axe.run(page)}
    page.get_by_role("combobox", name="Wat over mobiliteit").click()
    expect(options(page).first).to_be_visible()
    found["list"] = axe.run(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.locator("#errors")).to_be_visible()
    page.wait_for_load_state("load")  # a page is judged when it has its style sheets
    found["errors"] = axe.run(page)
    page.goto("/fr/oslo/import")
    found["import"] = axe.run(page)
    assert narrow <= 0
    assert {name: one.generate_report() for name, one in found.items() if one.violations_count} == {}
