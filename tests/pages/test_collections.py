"""Pages of a part of the catalogue: themes, publishers, what a town lacks, what is used most."""

from __future__ import annotations

import pytest
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers

from ckanext.eurometropool.pages import usage
from ckanext.eurometropool.search import subjects
from tests.pages.reading import one, read, select, text

pytestmark = pytest.mark.usefixtures("catalogue")

BROWSER = {"Accept": "text/html", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


def test_a_theme_shows_what_it_has(app):
    shown = read(app.get("/nl/theme/mobility").body)
    assert text(one(shown, ".tally")) == "1 dataset"
    links = {text(a): a.get("href") for a in select(shown, ".ledger a")}
    assert links["Fietsenstallingen in Kortrijk"] == "/nl/mobility/bike-parking"
    assert links["fietsenstalling 1"] == "/nl/dataset/?q=fietsenstalling&dataset_type=mobility"
    assert links["Kortrijk 1"] == "/nl/municipality/BE-34022"
    app.get("/nl/theme/nonsense", status=404)


def test_a_publisher_has_a_page_whatever_its_name(app):
    name = 'Dienst "Groen" / parken & bossen'
    owner = factories.Organization()["id"]
    context = {"user": factories.Sysadmin()["name"]}
    fields = {"publisher": [{"name": name}], "title_translated": {"nl": "Bomen in Menen"}, "owner_org": owner}
    fields |= {"notes_translated": {"nl": "Alle bomen."}}
    helpers.call_action("package_create", context, name="trees", type="dataset", **fields)
    [link] = select(read(app.get("/nl/publisher?q=groen").body), ".rows a")
    assert text(link) == name
    shown = read(app.get(link.get("href")).body)
    assert text(one(shown, "h1")) == name
    assert "Bomen in Menen" in text(one(shown, ".ledger"))
    app.get("/nl/publisher/nobody", status=404)
    helpers.call_action("package_delete", context, id="trees")


def test_a_town_is_shown_what_the_other_side_has(app):
    # Roubaix has bicycle racks; Mouscron, across the border, has none.
    lacking = one(read(app.get("/nl/municipality/BE-57096").body), ".lacking")
    assert text(one(lacking, "b")) == "fietsenstalling"
    assert "Roubaix" in [text(a) for a in select(lacking, ".end a")]
    # Kortrijk has its own.
    assert not select(read(app.get("/nl/municipality/BE-34022").body), ".lacking")


def test_what_people_open_is_used_most_and_programs_do_not_count(app):
    redis = connect_to_redis()
    for key in redis.scan_iter("ckan:*:opened:*"):
        redis.delete(key)
    for agent in (BROWSER, {**BROWSER, "User-Agent": "Googlebot/2.1"}, {**BROWSER, "User-Agent": "curl/8"}):
        app.get("/nl/dataset/arceaux", headers=agent)
    for _ in range(2):
        app.get("/nl/mobility/bike-parking", headers=BROWSER)
    usage.add("gone-since")
    assert usage.most(9) == ["bike-parking", "gone-since", "arceaux"]
    used = one(read(app.get("/nl/").body), "[aria-labelledby=used]")
    assert [text(a) for a in select(used, ".rows a")] == ["Fietsenstallingen in Kortrijk", "Arceaux de Roubaix"]


def test_the_map_of_the_home_page_is_a_list_of_links(app):
    links = select(read(app.get("/fr/").body), "svg[data-walk] a")
    if links:  # a register without polygons draws nothing
        assert "Courtrai : 1 jeu de données" in {a.get("aria-label").replace("\xa0", " ") for a in links}


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        ({"nl": "Fietsenstallingen in Kortrijk"}, ["bicycle parking"]),
        ({"fr": "Arceaux de Roubaix"}, ["bicycle parking"]),
        ({"nl": "Arceaux de Roubaix"}, []),
        ({}, []),
    ],
)
def test_a_subject_is_named_in_the_language_of_the_text(titles, found):
    assert subjects.subjects_of({"title_translated": titles}) == found


def test_each_subject_has_a_name_of_its_own():
    rows = subjects.installed().rows
    assert len({row.label("en") for row in rows}) == len(rows)
