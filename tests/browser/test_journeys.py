"""A citizen's ten journeys, in Dutch, French and English: one visit a language, words from the portal's own catalogue.

Screenshots of the pages on the way stay in `.portal/artefacts/screenshots` (or under `PORTAL_STATE`).
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PROJECT = Path(__file__).resolve().parents[2]
WORDS = PROJECT / "ckanext-eurometropool/ckanext/eurometropool/i18n"
KEPT = Path(os.environ.get("PORTAL_STATE") or PROJECT / ".portal") / "artefacts" / "screenshots"
#: What a journey needs that no catalogue has.
KORTRIJK = {"nl": "Kortrijk", "fr": "Courtrai", "en": "Kortrijk"}


@dataclass(frozen=True)
class Walk:
    """A visit in one language: the page, the words of the portal, and the camera."""

    page: Page
    lang: str
    say: Callable[[str], str]

    def go(self, path: str) -> None:
        self.page.goto(f"/{self.lang}{path}")

    def keep(self, name: str) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=KEPT / f"{name}-{self.lang}.png")

    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def link(self, msgid: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=self.say(msgid)).first.click()


def from_a_question_to_a_file(walk: Walk) -> None:
    walk.go("/")
    walk.keep("home")
    page = walk.page
    question = page.get_by_label(walk.say("What are you looking for?"))
    question.fill(KORTRIJK[walk.lang])
    expect(page.get_by_role("listbox")).to_be_visible()
    walk.keep("suggestions")
    question.fill(walk.say("bicycle parking"))  # the list, still open, leaves the button free
    page.get_by_role("main").get_by_role("button", name=walk.say("Search"), exact=True).click()
    expect(page.locator(".result").first).to_be_visible()
    walk.keep("search")
    page.locator(".result a").first.click()
    expect(page.get_by_text(walk.say("May I use it?"))).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile(f"^{walk.say('Download')}")).first.click()
    assert Path(waiting.value.path()).stat().st_size > 0


def from_a_postcode_to_a_place(walk: Walk) -> None:
    walk.go("/dataset/")
    walk.page.get_by_label(walk.say("Where?")).fill("8500")
    walk.page.get_by_role("main").get_by_role("button", name=walk.say("Search"), exact=True).click()
    said = walk.say("{place} read as the municipality.").format(place=KORTRIJK[walk.lang])
    expect(walk.page.get_by_text(said)).to_be_visible()


def from_the_map_to_a_zone_and_back(walk: Walk) -> None:
    page = walk.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    walk.go("/map?q=fiets")
    circle = page.locator(".bubble").first
    circle.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("municipality=(BE|FR)-"))
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_role("button", name=walk.say("Draw a zone")).click()
    box = page.locator(".mapground").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.35)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.8, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("ext_bbox="))
    expect(page.locator(".chip")).to_contain_text(walk.say("The zone you drew"))
    expect(page.locator("path.map-zone")).to_be_attached()
    walk.keep("map")
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin
    assert [url for url in asked if not url.startswith((origin[0], "data:", "blob:"))] == []


def from_a_name_to_ones_own_town(walk: Walk) -> None:
    walk.go("/municipality")
    walk.page.get_by_role("main").get_by_label(walk.say("Municipality or postcode")).fill("Courtrai")
    walk.page.get_by_role("button", name=walk.say("Go"), exact=True).click()
    expect(walk.page.get_by_role("heading", name=walk.say("Over the state border"))).to_be_visible()
    expect(walk.page.locator(".lacking .rows a").first).to_be_visible()
    walk.keep("municipality")


def from_the_map_of_the_home_page_with_the_arrow_keys(walk: Walk) -> None:
    walk.go("/")
    first = walk.page.locator("svg[data-walk] a[tabindex='0']")
    first.focus()
    here = first.get_attribute("href")
    for key in ("ArrowRight", "ArrowUp", "ArrowRight"):
        walk.page.keyboard.press(key)
    there = walk.page.locator("svg[data-walk] a:focus")
    assert there.get_attribute("href") != here
    address = there.get_attribute("href") or ""
    walk.page.keyboard.press("Enter")
    expect(walk.page).to_have_url(re.compile(re.escape(address)))


def from_a_theme_to_its_datasets(walk: Walk) -> None:
    walk.go("/theme")
    walk.page.get_by_role("main").get_by_role("link", name=re.compile(r"\d")).first.click()
    walk.go("/theme/mobility")
    walk.keep("theme")
    walk.page.locator(".ledger .placelist a").first.click()
    expect(walk.page.locator(".result").first).to_be_visible()


def from_a_dataset_to_the_other_side(walk: Walk) -> None:
    walk.go("/mobility/openbare-fietsenstallingen-in-kortrijk")
    across = walk.page.get_by_role("region", name=walk.say("The same on the other side"))
    title = across.get_by_role("link").first.inner_text()
    walk.keep("dataset")
    across.get_by_role("link").first.click()
    expect(walk.page.get_by_role("heading", level=1)).to_have_text(title)


def through_a_table_to_a_chart(walk: Walk) -> None:
    page = walk.page
    walk.go("/mobility/openbare-fietsenstallingen-in-kortrijk")
    walk.link("See, sort and filter all rows")
    table = page.locator("#table")
    table.get_by_label(walk.say("Rows with")).fill("kerk")
    table.get_by_role("button", name=walk.say("Filter"), exact=True).click()
    expect(page).to_have_url(re.compile("t_words=kerk"))
    expect(table.locator("tbody tr").first).to_contain_text(re.compile("kerk", re.IGNORECASE))
    table.get_by_role("link", name="plaatsen").click()
    expect(table.locator("th[aria-sort=ascending]")).to_contain_text("plaatsen")
    table.get_by_label(walk.say("Chart of")).select_option("plaatsen")
    table.get_by_label(walk.say("named by")).select_option("straat")
    table.get_by_role("button", name=walk.say("Draw"), exact=True).click()
    expect(table.locator(".chart dd").first).to_be_visible()
    walk.keep("table")


def from_nothing_to_something(walk: Walk) -> None:
    walk.go("/dataset/?q=fiets+xyzzyqwerty&res_format=SHP")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text(walk.say("Nobody shares this yet"))
    walk.keep("nothing")
    walk.page.locator(".aside .rows a").first.click()
    expect(walk.page.locator(".result").first).to_be_visible()


def from_a_mistake_to_a_letter(walk: Walk) -> None:
    walk.go("/mobility/openbare-fietsenstallingen-in-kortrijk")
    walk.link("Report a problem")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text(walk.say("Report a problem"))
    # The portal of these tests sends no mail, and says so: tests/pages/test_dataset_page.py sends letters.
    expect(walk.page.get_by_text(walk.say("Its page names a contact."))).to_be_visible()


JOURNEYS = (
    from_a_question_to_a_file,
    from_a_postcode_to_a_place,
    from_the_map_to_a_zone_and_back,
    from_a_name_to_ones_own_town,
    from_the_map_of_the_home_page_with_the_arrow_keys,
    from_a_theme_to_its_datasets,
    from_a_dataset_to_the_other_side,
    through_a_table_to_a_chart,
    from_nothing_to_something,
    from_a_mistake_to_a_letter,
)


@pytest.mark.parametrize("lang", ["nl", "fr", "en"])
def test_a_citizens_ten_journeys(visit, lang):
    catalogue = gettext.translation("ckanext-eurometropool", WORDS, [lang], fallback=lang == "en")
    walk = Walk(visit(reduced_motion="reduce"), lang, catalogue.gettext)
    assert len(JOURNEYS) == 10
    for journey in JOURNEYS:
        journey(walk)
