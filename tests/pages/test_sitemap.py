"""The site map: every public page in three languages, nothing that is not public, and robots told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from ckan.tests import factories
from lxml import etree

from ckanext.eurometropool.pages import sitemap

pytestmark = pytest.mark.usefixtures("catalogue")

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def read(app: Any, path: str) -> Any:
    answer = app.get(path, status=200)
    assert answer.content_type == "application/xml; charset=utf-8"
    return etree.fromstring(answer.data)


def locations(document: Any) -> list[str]:
    return document.xpath("//s:loc/text()", namespaces=SPACE)


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_the_index_leads_to_every_public_page_in_each_language(app):
    files = [path_of(address) for address in locations(read(app, "/sitemap.xml"))]
    assert files == ["/sitemap/pages.xml", "/sitemap/datasets-1.xml"]
    pages = {path_of(address) for file in files for address in locations(read(app, file))}
    for language in ("nl", "fr", "en"):
        assert f"/{language}/mobility/bike-parking" in pages
        assert f"/{language}/organization/city" in pages
        assert f"/{language}/municipality/BE-34022" in pages
    for path in sorted(page for page in pages if "/municipality/" not in page):
        app.get(path, status=200)


def test_a_page_names_its_other_languages_and_when_it_changed(app):
    [entry] = read(app, "/sitemap/datasets-1.xml").xpath(
        "//s:url[contains(s:loc, '/fr/mobility/bike-parking')]", namespaces=SPACE
    )
    links = entry.xpath("x:link", namespaces=SPACE)
    assert [link.get("hreflang") for link in links] == ["nl", "fr", "en"]
    assert links[0].get("href").endswith("/nl/mobility/bike-parking")
    assert datetime.fromisoformat(entry.findtext("s:lastmod", namespaces=SPACE)).tzinfo


def test_what_is_not_public_is_not_on_it(app):
    organization = factories.Organization()
    shown = locations(read(app, "/sitemap/datasets-1.xml"))
    factories.Dataset(name="only-for-us", private=True, owner_org=organization["id"])
    factories.Dataset(name="not-yet", state="draft", owner_org=organization["id"])
    assert locations(read(app, "/sitemap/datasets-1.xml")) == shown


def test_many_datasets_are_many_files(app, monkeypatch):
    monkeypatch.setattr(sitemap, "PER_FILE", 2)  # the catalogue of these tests has three
    files = [path_of(address) for address in locations(read(app, "/sitemap.xml"))]
    assert files == ["/sitemap/pages.xml", "/sitemap/datasets-1.xml", "/sitemap/datasets-2.xml"]
    found = [locations(read(app, file)) for file in files[1:]]
    assert [len(one) for one in found] == [6, 3]
    assert not set(found[0]) & set(found[1])


@pytest.mark.parametrize("name", ["datasets-0", "datasets-9", "datasets-", "datasets-²", "x", "pages-1"])
def test_there_is_no_other_file(app, name):
    app.get(f"/sitemap/{name}.xml", status=404)


def test_unchanged_it_is_not_sent_again(app):
    tag = app.get("/sitemap.xml").headers["ETag"]
    app.get("/sitemap.xml", headers={"If-None-Match": tag}, status=304)


def test_robots_are_told(app):
    assert "Sitemap: http" in app.get("/robots.txt").body


def test_names_are_written_so_that_they_are_xml():
    written = "".join(sitemap.write([sitemap.Entry({"nl": 'https://x.example/a?b=1&c="<'})]))
    document = etree.fromstring(written.encode())
    assert locations(document) == ['https://x.example/a?b=1&c="<']
