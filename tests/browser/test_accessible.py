"""WCAG 2.2 AA by axe-core on all kinds of page, what pages weigh, and that they ask nobody else.

Each page is opened once a language; there it is measured at two of the six combinations of width and scheme, so that
over the three languages each page is measured at all six. With AXE=all it is measured at all six in each language.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, Response

pytestmark = pytest.mark.browser

DATASET = "/mobility/openbare-fietsenstallingen-in-kortrijk"
#: One address for each kind of page. The file's page and its previews are found on the dataset's.
KINDS = [
    "/",
    "/dataset/?q=fiets",
    "/dataset/?ext_place=Kortrijk",
    "/dataset/?q=xyzzyqwerty",
    "/map?q=fiets",
    "/theme",
    "/theme/mobility",
    "/publisher",
    "/publisher/Stad Kortrijk",
    "/municipality",
    "/municipality/BE-34022",
    DATASET,
    "FILE",
    "PREVIEW",
    "/report/openbare-fietsenstallingen-in-kortrijk",
    "/wish/sent?q=xyzzyqwerty",
    "/developers",
    "/about",
    "/organization/",
    "/organization/odwb",
    "/organization/odwb/quality",
    "/user/login",
    "/user/reset",
    "/harvest",
    "/product",
    "/product/shared-bike-stations",
    "/not-here",
    "/ckan-admin/",
]
ALL = [(width, scheme) for width in (360, 768, 1440) for scheme in ("light", "dark")]
#: Which of them in which language.
SEEN = {"nl": (4, 1), "fr": (2, 5), "en": (0, 3)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Outlines are drawings. Circles of the map may lie close together: the list beside it does the same (WCAG 2.5.8).
LEFT_OUT = [["svg.weave-map path"], [".leaflet-marker-pane"]]
NARROW = 400  # pixels: what is wider than a telephone has to be scrolled sideways
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BUDGET = 300_000  # bytes of script and style, compressed, on a page without a map
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
ASK = """async ([left, rules]) => (await axe.run({exclude: left}, {runOnly: rules, resultTypes: ["violations"],
    preload: false})).violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200)])"""


def addresses(page: Page, lang: str) -> list[str]:
    """Give the addresses of all kinds in a language."""
    page.goto(f"/{lang}{DATASET}")
    file = page.locator(".resource h3 a").first.get_attribute("href") or ""
    preview = page.locator("[hx-get*='/preview/']").first.get_attribute("hx-get") or ""
    found = {"FILE": f"{file}?t_label=straat&t_value=plaatsen", "PREVIEW": preview}
    return [found.get(kind) or f"/{lang}{kind}" for kind in KINDS]


@pytest.mark.parametrize("lang", SEEN)
def test_no_page_breaks_the_rules(visit, lang):
    page = visit(reduced_motion="reduce")
    page.add_init_script(AXE)
    broken: dict[str, Any] = {}
    for address in addresses(page, lang):
        page.goto(address)
        for width, scheme in ALL if os.environ.get("AXE") == "all" else [ALL[number] for number in SEEN[lang]]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate(ASK, [LEFT_OUT, RULES])
            if width < NARROW and (over := page.evaluate(OVER)) > 0:
                found.append(["wider than the screen", over])
            if found:
                broken[f"{address} {width} {scheme}"] = found
    assert len(KINDS) >= 25
    assert broken == {}, json.dumps(broken, indent=1)


def test_a_page_is_light_and_asks_nobody_else(visit, portal):
    got: list[Response] = []
    for path in ("/nl/", "/nl/dataset/?q=fiets", f"/nl{DATASET}", "/nl/municipality/BE-34022", "/nl/map"):
        page = visit()  # with an empty cache
        page.on("response", lambda answer: got.append(answer))
        page.goto(path, wait_until="networkidle")
        urls = [answer.url for answer in got]
        assert [url for url in urls if not url.startswith((portal.url, "data:"))] == []
        parts = [one for one in got if one.status == 200 and one.request.resource_type in ("script", "stylesheet")]
        weights = {one.url.rpartition("/")[2]: len(gzip.compress(one.body())) for one in parts}
        print(path, sum(weights.values()), len(weights))
        assert parts
        assert path == "/nl/map" or sum(weights.values()) <= BUDGET, weights
        got.clear()
