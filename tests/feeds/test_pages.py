"""Pages of the catalogue and single datasets, as a harvester asks for them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories

from ckanext.oslo import profiles
from tests.feeds.conftest import DCAT, RDF_FORMATS, Make, act, by_rdflib, catalogue, datasets, links, triples

MEDIA = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}


def path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_four_formats_say_the_same(app: Any, make: Make) -> None:
    for kind in ("work", "mobility", "dataset"):
        make(type=kind, work_category=[])
    found = {form: app.get(f"/catalog.{form}?profile=dcat_ap_3", status=200) for form in RDF_FORMATS}
    read = {form: triples(answer.data, form) for form, answer in found.items()}
    # The page says its own address, which ends in the format; everything else is the same.
    same = {form: {str(one) for one in said if "catalog." not in str(one)} for form, said in read.items()}
    assert same["ttl"] == same["rdf"] == same["jsonld"] == same["nt"]
    assert len(datasets(read["ttl"])) == 3
    for form, answer in found.items():
        assert answer.headers["Content-Type"].split(";")[0] == MEDIA[form]
        assert len(by_rdflib(answer.data, form)) == len(read[form])


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_every_profile_has_its_page(app: Any, make: Make, profile: str) -> None:
    made = make(type="mobility")
    taken = profiles.get(profile).takes(act("package_show", id=made["id"]))
    assert len(catalogue(app, f"?profile={profile}")) == int(taken)
    app.get(f"/dataset/{made['name']}.ttl?profile={profile}", status=200 if taken else 404)


def test_an_empty_catalogue_is_a_catalogue(app: Any, organization: dict[str, Any]) -> None:
    for form in RDF_FORMATS:
        found = triples(app.get(f"/catalog.{form}", status=200).data, form)
        assert not datasets(found)
        assert links(found)["totalItems"] == "0"
        assert any(one.object.value.endswith("#Catalog") for one in found if hasattr(one.object, "value"))


def test_the_catalogue_of_this_portal_says_who_publishes_it_where_and_how(app: Any, make: Make) -> None:
    """By the portal's own configuration (config/ckan.ini)."""
    make()
    found = triples(app.get("/catalog.ttl", status=200).data, "ttl")
    (catalogue_,) = {one.subject for one in found if one.object.value == f"{DCAT}Catalog"}
    said: dict[str, list[Any]] = {}
    for one in found:
        if one.subject == catalogue_:
            said.setdefault(one.predicate.value.replace("#", "/").rpartition("/")[2], []).append(one.object)
    assert {literal.language for literal in said["title"]} == {"nl", "fr", "en"}
    assert {literal.language for literal in said["description"]} == {"nl", "fr", "en"}
    assert [one.value.rpartition("/")[2] for one in said["license"]] == ["CC0"]
    assert len(said["language"]) == 3
    assert {"country/BEL", "country/FRA", "code/FRE11"} <= {
        "/".join(one.value.split("/")[-2:]) for one in said["spatial"]
    }
    for name in ("publisher", "contactPoint", "homepage", "themeTaxonomy", "service", "record", "dataset", "view"):
        assert len(said[name]) == 1, name


def test_one_dataset(app: Any, make: Make) -> None:
    made = make()
    by_name = app.get(f"/dataset/{made['name']}.nt", status=200).data
    assert by_name == app.get(f"/dataset/{made['id']}.nt", status=200).data
    assert triples(by_name, "nt") == triples(app.get(f"/dataset/{made['id']}.rdf").data, "rdf")
    assert triples(by_name, "nt") == triples(app.get(f"/dataset/{made['id']}.xml").data, "rdf")


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("publisher=stad-kortrijk", {0, 1}),
            ("publisher=ville-de-tournai", {2}),
            ("theme=ECON", {0}),
            ("theme=http://publications.europa.eu/resource/authority/data-theme/TRAN", {1, 2}),
            ("type=mobility", {1, 2}),
            ("type=mobility&publisher=stad-kortrijk", {1}),
            ("municipality=BE-57081", {1, 2}),
            ("municipality=FR-59350", set()),
            ("modified_since=2020-01-01", {0, 1, 2}),
            ("modified_since=2020-01-01T10:00:00%2B02:00", {0, 1, 2}),
            ("modified_since=2020-01-01T10:00:00+02:00", {0, 1, 2}),
            ("modified_since=2999-01-01", set()),
            ("fq=type:work", {0}),
            ("q=Tournai", {1, 2}),
            ("q=Tournai&publisher=ville-de-tournai", {2}),
            ("theme=%22%3B%20DROP%20TABLE%20package%3B--", set()),
        ],
    )
    def test_by(self, app: Any, three: list[dict[str, Any]], query: str, expected: set[int]) -> None:
        found = catalogue(app, f"?{query}")
        assert {number for number, one in enumerate(three) if any(one["id"] in iri for iri in found)} == expected

    @pytest.fixture
    def three(self, make: Make) -> list[dict[str, Any]]:
        other = factories.Organization(name="ville-de-tournai")
        return [make(), make(type="mobility"), make(type="mobility", owner_org=other["id"])]


class TestPaging:
    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(toolkit.config, "ckanext.dcat.datasets_per_page", 2)

    def test_every_dataset_once_while_others_come_change_and_go(self, app: Any, make: Make) -> None:
        made = [make() for _ in range(7)]
        seen: list[str] = []
        address: str | None = "/catalog.ttl"
        visits = 0
        while address:
            found = triples(app.get(address, status=200).data, "ttl")
            seen += datasets(found)
            following = links(found).get("next")
            address = path(following) if following else None
            visits += 1
            if visits == 1:
                act("package_delete", id=made[0]["id"])
                act("package_patch", id=made[1]["id"], version="2")
                act("package_patch", id=made[5]["id"], version="2")
                make()
        assert len(seen) == len(set(seen))
        assert {one["id"] for one in made[1:]} <= {iri.rsplit("/", 1)[1] for iri in seen}

    def test_pages_by_number(self, app: Any, make: Make) -> None:
        for _ in range(5):
            make()
        pages = [catalogue(app, f"?page={number}") for number in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [2, 2, 1, 0]
        assert len(set().union(*pages)) == 5
        found = links(triples(app.get("/catalog.ttl?page=2&type=work").data, "ttl"))
        assert {name: path(found[name]) for name in ("first", "previous", "last")} == {
            "first": "/catalog.ttl?page=1&type=work",
            "previous": "/catalog.ttl?page=1&type=work",
            "last": "/catalog.ttl?page=3&type=work",
        }
        assert found["totalItems"] == "5"


class TestNegotiation:
    @pytest.mark.parametrize(
        ("accept", "expected"),
        [
            ("text/turtle", "text/turtle"),
            ("application/ld+json", "application/ld+json"),
            ("application/rdf+xml;q=0.5, application/n-triples;q=0.9", "application/n-triples"),
            ("text/html;q=0.5, text/turtle", "text/turtle"),
            ("text/html, text/turtle;q=0.9", "text/html"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
            ("*/*", "text/html"),
            ("text/turtle;q=0", "text/html"),
            ("nonsense;;q=x", "text/html"),
        ],
    )
    def test_page_or_feed(self, app: Any, make: Make, accept: str, expected: str) -> None:
        made = make()
        for address in ("/", f"/dataset/{made['name']}", f"/work/{made['name']}"):
            answer = app.get(address, headers={"Accept": accept}, status=200)
            assert answer.headers["Content-Type"].split(";")[0] == expected
            assert "Accept" in answer.headers["Vary"]

    def test_a_page_negotiated_is_the_page(self, app: Any, make: Make) -> None:
        made = make()
        home = app.get("/?type=work", headers={"Accept": "text/turtle"})
        assert home.data == app.get("/catalog.ttl?type=work").data
        shown = app.get(f"/dataset/{made['name']}", headers={"Accept": "text/turtle"})
        assert shown.data == app.get(f"/dataset/{made['name']}.ttl").data


class TestCaching:
    @pytest.mark.parametrize("address", ["/catalog.{form}", "/dataset/{name}.{form}", "/dump/dcat_ap_3.{form}.gz"])
    @pytest.mark.parametrize("form", RDF_FORMATS)
    def test_what_did_not_change_is_not_sent_again(self, app: Any, make: Make, address: str, form: str) -> None:
        address = address.format(form=form, name=make()["name"])
        answer = app.get(address, status=200)
        again = app.get(address, headers={"If-None-Match": answer.headers["ETag"]}, status=304)
        assert again.data == b""
        act("package_patch", id="dataset-0", version="2")
        newer = app.get(address, headers={"If-None-Match": answer.headers["ETag"]}, status=200)
        assert newer.headers["ETag"] != answer.headers["ETag"]

    def test_last_modified(self, app: Any, make: Make) -> None:
        make()
        act("package_delete", id=make()["id"])
        app.get("/catalog.ttl")
        _older("oslo_feed_version", "published")
        answer = app.get("/catalog.ttl")
        since = {"If-Modified-Since": answer.headers["Last-Modified"]}
        app.get("/catalog.ttl", headers=since, status=304)
        act("package_delete", id="dataset-0")
        app.get("/catalog.ttl", headers=since, status=200)

    def test_headers(self, app: Any, make: Make) -> None:
        made = make()
        for address in ("/catalog.ttl", f"/dataset/{made['name']}.ttl", "/dump/dcat_ap_3.nt.gz", "/catalog.nope"):
            answer = app.get(address, headers={"Origin": "https://example.org"})
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Cache-Control"] == "public, no-cache"
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers["Vary"]
            asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"}
            before = app.options(address, headers=asked)
            assert before.status_code == 204
            assert "If-None-Match" in before.headers["Access-Control-Allow-Headers"]


def _older(table: str, column: str) -> None:
    """Let an hour go by for what stands in a table."""
    import sqlalchemy as sa
    from ckan import model

    model.Session.execute(sa.text(f"UPDATE {table} SET {column} = {column} - interval '1 hour'"))  # noqa: S608
    model.Session.commit()


class TestRefused:
    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/catalog.ttl?page=0", 400),
            ("/catalog.ttl?page=-1", 400),
            ("/catalog.ttl?page=1e9", 400),
            ("/catalog.ttl?page=99999999999999999999", 400),
            ("/catalog.ttl?page=%D9%A1", 400),
            ("/catalog.ttl?after=x", 400),
            ("/catalog.ttl?modified_since=yesterday", 400),
            ("/catalog.ttl?modified_since=0001-01-01T00:00:00%2B23:00", 400),
            ("/catalog.ttl?municipality=Kortrijk", 400),
            ("/catalog.ttl?municipality=BE-34022'--", 400),
            ("/catalog.ttl?theme=%00", 400),
            ("/catalog.ttl?publisher=" + "x" * 501, 400),
            ("/catalog.ttl?fq=title:[", 400),
            ("/catalog.ttl?profile=nope", 404),
            ("/catalog.ttl?profile=../../etc/passwd", 404),
            ("/catalog.docx", 404),
            ("/dataset/nothing-here.ttl", 404),
            ("/dataset/%00.ttl", 404),
            ("/dataset/..%2F..%2Fetc.ttl", 404),
            ("/dump/nope.nt.gz", 404),
            ("/dump/dcat_ap_3.zip.gz", 404),
            ("/ldes?profile=nope", 404),
            ("/ldes/nope", 404),
            ("/ldes/dcat_ap_3/1", 404),
            ("/ldes/dcat_ap_3/-1", 404),
            ("/ldes/dcat_ap_3/99999999999999999999", 404),
        ],
    )
    def test_in_words(self, app: Any, organization: dict[str, Any], address: str, status: int) -> None:
        answer = app.get(address, status=status)
        if answer.headers["Content-Type"].startswith("text/html"):
            # no address of ours: CKAN's own page
            assert "%2F" in address
            return
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        sentence = answer.data.decode()
        assert sentence.endswith(".\n")
        assert "\x00" not in sentence
        assert len(sentence) < 400

    def test_nothing_that_is_acceptable(self, app: Any, organization: dict[str, Any]) -> None:
        answer = app.get("/ldes", headers={"Accept": "image/png"}, status=406)
        assert "application/trig" in answer.data.decode()

    @pytest.mark.parametrize(
        ("address", "language", "start"),
        [
            ("/catalog.ttl?page=0", "nl-BE, fr;q=0.5", "“0” is geen paginanummer"),
            ("/catalog.ttl?page=0", "de, fr;q=0.5", "« 0 » n’est pas un numéro de page"),
            ("/catalog.ttl?page=0", "de", "“0” is no number of a page"),
            ("/fr/catalog.ttl?page=0", "nl", "« 0 » n’est pas un numéro de page"),
        ],
    )
    def test_in_the_readers_language(
        self, app: Any, organization: dict[str, Any], address: str, language: str, start: str
    ) -> None:
        answer = app.get(address, headers={"Accept-Language": language}, status=400)
        assert answer.data.decode().startswith(start)
