"""The pages as CKAN serves them, in three languages."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement

from tests.pages.conftest import SCRIPT
from tests.pages.reading import one, read, select, text

pytestmark = pytest.mark.usefixtures("catalogue")

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def page(app, path: str, status: int = 200) -> HtmlElement:
    return read(app.get(path, status=status).body)


#: Pages by language, with their heading. One test a language: CKAN loads all plugins anew for each test.
HEADINGS = {
    "nl": {
        "/nl/": "Open data van hier én van de overkant.",
        "/nl/dataset/": "3 datasets",
        "/nl/mobility/bike-parking": "Fietsenstallingen in Kortrijk",
        "/nl/municipality": "Gemeenten",
        "/nl/organization/city": "Stad Kortrijk",
        "/nl/about": "Over dit portaal",
    },
    "fr": {
        "/fr/": "Les données ouvertes d’ici et d’en face.",
        "/fr/dataset/": "3 jeux de données",
        "/fr/mobility/bike-parking": "Stationnements vélo",
        "/fr/developers": "Une seule API pour toute la région",
        "/fr/user/login": "Se connecter",
    },
    "en": {
        "/": "Open data from here and across the border.",
        "/en/mobility/bike-parking": "Bike parking",
    },
}


@pytest.mark.parametrize("lang", HEADINGS)
def test_a_page_speaks_its_language_and_has_one_heading(app, lang):
    for path, heading in HEADINGS[lang].items():
        shown = page(app, path)
        assert shown.get("lang") == lang, path
        assert [text(h) for h in select(shown, "h1")] == [heading], path
        assert len(select(shown, "main")) == 1, path
        ids = [element.get("id") for element in select(shown, "[id]")]
        assert len(ids) == len(set(ids)), path


def test_the_language_switch_keeps_the_page_and_its_state(app):
    shown = page(app, "/nl/dataset/?q=fiets&dataset_type=mobility")
    links = {a.get("hreflang"): a.get("href") for a in select(shown, "#langs a")}
    assert links["fr"] == "/fr/dataset/?q=fiets&dataset_type=mobility"
    assert links["nl"] == "/nl/dataset/?q=fiets&dataset_type=mobility"
    others = {link.get("hreflang"): link.get("href") for link in select(shown, "link[hreflang]")}
    assert set(others) == {"nl", "fr", "en", "x-default"}
    assert all(url.startswith("http") for url in others.values())
    assert others["fr"].endswith(links["fr"])


class TestFirstVisit:
    @pytest.mark.parametrize(("accepted", "target"), [("nl-BE,fr;q=0.7", "/nl/dataset/"), ("fr", "/fr/dataset/")])
    def test_the_browsers_language_decides(self, app, accepted, target):
        answer = app.get(
            "/dataset/?q=x", headers={**BROWSER, "Accept-Language": accepted}, follow_redirects=False, status=302
        )
        assert answer.location.endswith(f"{target}?q=x")
        assert {"Accept-Language", "Cookie"} <= set(answer.vary)

    def test_english_and_unknown_languages_stay(self, app):
        for accepted in ("en-GB", "de"):
            answer = app.get("/", headers={**BROWSER, "Accept-Language": accepted}, follow_redirects=False)
            assert answer.status_code == 200

    def test_a_chosen_language_is_kept_for_the_bare_address(self, app):
        chosen = app.get("/fr/", headers=BROWSER).headers["Set-Cookie"]
        assert chosen.startswith("portal_language=fr")
        again = app.get(
            "/",
            headers={**BROWSER, "Accept-Language": "nl", "Cookie": "portal_language=fr"},
            follow_redirects=False,
            status=302,
        )
        assert again.location.endswith("/fr/")

    def test_machines_are_never_redirected(self, app):
        for path in ("/api/3/action/status_show", "/catalog.ttl", "/feeds/dataset.atom"):
            answer = app.get(path, headers={**BROWSER, "Accept-Language": "nl"}, follow_redirects=False)
            assert answer.status_code == 200, path

    def test_a_client_that_takes_anything_is_no_browser(self, app):
        answer = app.get("/", headers={"Accept": "*/*", "Accept-Language": "nl"}, follow_redirects=False)
        assert answer.status_code == 200


class TestFallback:
    def test_a_title_in_another_language_says_so(self, app):
        shown = page(app, "/nl/dataset/arceaux")
        assert one(shown, "h1").get("lang") == "fr"
        assert "alleen in het Frans beschikbaar" in text(one(shown, "main"))

    def test_and_in_a_list_too(self, app):
        # Found in Dutch as well: "arceaux" are "fietsenstallingen".
        results = select(page(app, "/nl/dataset/?q=arceaux"), ".result")
        [result] = [each for each in results if "Arceaux de Roubaix" in text(each)]
        assert one(result, "h2 a").get("lang") == "fr"
        assert "alleen in het Frans beschikbaar" in text(result)

    def test_a_text_in_the_readers_language_has_no_mark(self, app):
        shown = page(app, "/fr/dataset/arceaux")
        assert one(shown, "h1").get("lang") is None
        assert "disponible" not in text(one(shown, ".pagehead"))


def test_nothing_of_a_record_is_executed(app):
    for path in ("/nl/dataset/hostile", "/nl/dataset/?q=plan", "/nl/", "/nl/organization/city"):
        body = app.get(path).body
        assert SCRIPT not in body, path
        shown = read(body)
        assert not select(shown, "[onerror]"), path
        assert not [a for a in select(shown, "a[href]") if a.get("href").lower().startswith("javascript:")], path


class TestSearch:
    def test_a_facet_keeps_the_words_and_the_other_filters(self, app):
        shown = page(app, "/nl/dataset/?q=kortrijk&dataset_type=mobility")
        csv = next(a for a in select(shown, ".facet a") if text(a).startswith("CSV"))
        for part in ("q=kortrijk", "dataset_type=mobility", "res_format=CSV"):
            assert part in csv.get("href")

    def test_an_active_filter_is_a_chip_that_takes_only_itself_away(self, app):
        shown = page(app, "/nl/dataset/?q=kortrijk&dataset_type=mobility&res_format=CSV")
        chips = {text(chip).removesuffix("verwijderen").strip(): chip.get("href") for chip in select(shown, ".chip")}
        assert "res_format=CSV" in chips["Mobiliteit"]
        assert "dataset_type" not in chips["Mobiliteit"]

    def test_a_place_in_the_question_is_a_chip_and_results_say_through_which_word(self, app):
        shown = page(app, "/nl/dataset/?q=fietsenstalling+kortrijk&res_format=CSV")
        [chip] = [chip for chip in select(shown, ".chip") if "In en rond Kortrijk" in text(chip)]
        assert chip.get("href").endswith("?q=fietsenstalling&res_format=CSV")
        assert "stationnement vélo" in [text(word) for word in select(shown, ".small.muted span[lang=fr]")]
        [found] = [one for one in select(shown, ".result") if "Arceaux de Roubaix" in text(one)]
        assert "gevonden via “arceaux”" in text(found)
        assert "km" in text(found)

    def test_a_slip_of_the_pen_that_finds_nothing_is_corrected(self, app):
        shown = page(app, "/nl/dataset/?q=fitsenstaling&res_format=CSV")
        [link] = [link for link in select(shown, ".understood a") if text(link) == "fietsenstalling"]
        assert link.get("href").endswith("?q=fietsenstalling&res_format=CSV")

    def test_who_searches_from_a_municipalitys_page_gets_the_nearest_first(self, app):
        form = one(page(app, "/nl/municipality/FR-59512"), "form.searchbar-one")
        near = {field.get("name"): field.get("value") for field in select(form, "input[type=hidden]")}
        assert near == {"ext_near": "FR-59512"}
        shown = page(app, "/nl/dataset/?q=fietsenstalling&ext_near=FR-59512")
        assert "Arceaux de Roubaix" in text(select(shown, ".result")[0])
        [chip] = [chip for chip in select(shown, ".chip") if "Dichtst bij Roubaix eerst" in text(chip)]
        assert chip.get("href").endswith("/nl/dataset/?q=fietsenstalling")
        assert [field.get("name") for field in select(shown, ".searchbar input[type=hidden]")] == ["ext_near"]

    def test_the_search_form_carries_the_filters(self, app):
        hidden = select(page(app, "/nl/dataset/?res_format=CSV"), ".searchbar input[type=hidden]")
        assert [(field.get("name"), field.get("value")) for field in hidden] == [("res_format", "CSV")]

    def test_htmx_gets_the_search_and_the_language_switch_alone(self, app):
        body = app.get("/nl/dataset/?q=kortrijk", headers={"HX-Request": "true"}).body
        assert "<html" not in body
        assert {e.get("id") for e in select(read(body), "[hx-swap-oob]")} == {"search", "langs", "langs-menu"}

    def test_an_empty_search_offers_wider_ones(self, app):
        shown = page(app, "/nl/dataset/?q=kortrijk+wachtlijst&res_format=SHP")
        assert text(one(shown, "h1")) == "Nog niemand deelt dit"
        assert select(shown, ".aside .rows a")

    def test_an_empty_search_about_a_place_shows_the_nearest_elsewhere(self, app):
        shown = page(app, "/nl/dataset/?q=fietsenstalling&ext_place=Ieper")
        assert text(one(shown, "h1")) == "Nog niemand deelt dit over Ieper"
        assert not select(shown, ".facets")
        [elsewhere] = [part for part in select(shown, ".aside") if "Het bestaat wel elders" in text(part)]
        assert "Arceaux de Roubaix" in text(elsewhere)
        assert "gevonden via “arceaux”" in text(elsewhere)

    def test_signs_of_a_query_language_do_not_break_the_page(self, app):
        for query in ("%22", "(((", "a:b:c", "%3Cscript%3E", "*:*"):
            assert app.get(f"/nl/dataset/?q={query}").status_code == 200


class TestDataset:
    def test_the_licence_is_said_in_words(self, app):
        facts = one(page(app, "/nl/mobility/bike-parking"), ".facts")
        assert "Ja, voor alles. Vermeld de bron." in text(facts)

    def test_other_titles_stand_beside_in_their_language(self, app):
        titles = select(page(app, "/nl/mobility/bike-parking"), ".titles [lang]")
        assert [(title.get("lang"), text(title)) for title in titles] == [
            ("fr", "Stationnements vélo"),
            ("en", "Bike parking"),
        ]

    def test_its_feeds_are_linked(self, app):
        links = [a.get("href") for a in select(page(app, "/nl/mobility/bike-parking"), "#api a")]
        assert any(link.endswith("package_show?id=bike-parking") for link in links)
        assert {".ttl", ".rdf", ".jsonld"} <= {f".{link.rsplit('.', 1)[-1]}" for link in links}

    def test_a_visitor_gets_no_buttons_of_a_steward(self, app):
        assert not select(page(app, "/nl/mobility/bike-parking"), ".steward")

    def test_a_map_of_a_file_that_cannot_be_reached_says_so(self, app, catalogue):
        geojson = next(r for r in catalogue["all"]["resources"] if r["format"] == "GeoJSON")
        assert "niet bereikbaar" in text(one(page(app, f"/nl/preview/{geojson['id']}"), "main"))


def test_a_missing_page_says_so_in_three_languages(app):
    shown = page(app, "/nl/nothing-here", status=404)
    assert [section.get("lang") for section in select(shown, ".notfound section")] == ["nl", "fr", "en"]


def test_a_forbidden_page_shows_the_way_in(app):
    assert select(page(app, "/nl/ckan-admin/", status=403), "#error-content a.btn-primary")


def test_a_failed_sign_in_says_the_remedy_by_the_form(app):
    answer = app.post("/nl/user/login", data={"login": "nobody", "password": "wrong"})
    alert = one(read(answer.body), "[role=alert]")
    assert "onbekend" in text(alert)
    assert one(alert, "a").get("href").endswith("/user/reset")
