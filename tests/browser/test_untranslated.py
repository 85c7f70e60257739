"""All pages that links lead to, in Dutch and in French: none says anything in English."""

from __future__ import annotations

import pytest
from lxml import html
from playwright.sync_api import Page

from tests.browser.crawling import english, walk

pytestmark = pytest.mark.browser

STARTS = ["/", "/dataset/?q=xyzzy+qwerty", "/dataset/?q=fiets", "/not-here", "/user/reset", "/harvest"]
LANGUAGES = ["nl", "fr"]


def left_over(page: Page, base: str, language: str) -> tuple[int, dict[str, list[str]]]:
    found, count = {}, 0
    for path, shown in walk(page.request, base, language, STARTS):
        count += 1
        if said := english(shown, language):
            found[path] = said
    return count, found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_reads_no_english(visit, portal, language):
    count, found = left_over(visit("/nl/"), portal.url, language)
    assert count > 40
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_steward_reads_no_english(enter, portal, language):
    count, found = left_over(enter("/nl/"), portal.url, language)
    assert count > 60
    assert found == {}


def test_english_is_seen_where_it_stands():
    said = """<html lang="nl"><body><h1>Zoeken</h1><a href="/" aria-label="Sign in">x</a><p lang="en">Sign in</p>
        <p>Datasets</p><code>Sign in</code><p>There is no municipality BE-1.</p></body></html>"""
    assert english(html.document_fromstring(said), "nl") == ["Sign in", "There is no municipality BE-1."]
