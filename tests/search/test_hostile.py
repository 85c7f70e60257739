"""Hostile questions: a clear error, never private data. Numbers are those of the project's list of awkward inputs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from ckan.lib.helpers import url_for
from ckan.tests import factories

PRIVATE = "geheim-dossier"


@pytest.fixture(scope="module")
def made() -> dict[str, bool]:
    return {}


@pytest.fixture
def portal(request: pytest.FixtureRequest, app: Any, made: dict[str, bool]) -> Any:
    """Give the portal with a public and a private dataset and a draft, made once for this module."""
    if not made:
        for fixture in ("clean_db", "clean_index"):
            request.getfixturevalue(fixture)
        made["yes"] = True
        owner = factories.Organization()["id"]
        for name, more in {
            "openbaar": {},
            PRIVATE: {"private": True},
            "geheim-ontwerp": {"state": "draft"},
        }.items():
            factories.Dataset(
                name=name, type="dataset", owner_org=owner, title_translated={"nl": f"Lijst {name}"}, **more
            )
    return app


def ask(portal: Any, **asked: Any) -> tuple[int, dict[str, Any]]:
    answer = portal.post("/api/3/action/package_search", json=asked)
    assert PRIVATE not in answer.body
    assert "geheim-ontwerp" not in answer.body
    return answer.status_code, json.loads(answer.body)


def message(body: dict[str, Any]) -> str:
    assert body["success"] is False
    text = json.dumps(body["error"], ensure_ascii=False)
    # CKAN's own messages hold the whole query, and Solr's answer.
    assert "permission_labels:" not in text
    assert "SolrError" not in text
    return text


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"rows": "1e9"}, "rows"),
        ({"start": -1}, "start"),
        ({"start": 10**12}, "start"),
        ({"facet.limit": -1, "facet.field": ["tags"]}, "facet.limit"),
        ({"facet.field": ["permission_labels"]}, "facet.field"),
        ({"q": "{!xmlparser v='<!DOCTYPE a SYSTEM \"http://127.0.0.1/\"><a/>'}"}, "q"),
        ({"q": "fiets {!lucene}capacity:private"}, "q"),
        ({"fq": "{!join from=id to=id}capacity:private"}, "fq"),
        ({"q": " OR ".join(f"w{number}" for number in range(10_000))}, "q"),
        ({"q": "name:(" + " ".join(f"w{number}" for number in range(10_000)) + ")"}, "q"),
        ({"q": {"a": 1}}, "q"),
        ({"extras": "nonsense"}, "extras"),
        ({"sort": "x" * 600}, "sort"),
        ({"q": "lijst", "ext_near": "x" * 300}, "ext_near"),
        ({"q": "lijst", "extras": {"ext_near": ["a"]}}, "ext_near"),
    ],
)
def test_48_parameters_out_of_bounds_are_named(portal: Any, asked: dict[str, Any], named: str) -> None:
    status, body = ask(portal, **asked)

    assert status in (400, 409)
    assert named in message(body)


@pytest.mark.parametrize(
    "asked",
    [
        {"fq": "capacity:private"},
        {"fq": "+state:draft"},
        {"fq": "+state:(draft OR active) OR capacity:private"},
        {"q": "*:*", "include_private": True, "include_drafts": True, "include_deleted": True},
        {"q": "capacity:private OR name:geheim*"},
        {"q": "geheim"},
        {"q": "geheim dossier", "fq": "*:*) OR (capacity:private"},
        {"q": "lijst", "extras": {"_question": {"text": "x"}}},
        {"q": "lijst", "fq_list": ["capacity:private"], "include_private": True},
        {"rows": 1_000_000_000},
    ],
)
def test_48_nothing_private_is_found_however_it_is_asked(portal: Any, asked: dict[str, Any]) -> None:
    status, body = ask(portal, **asked)

    assert status in (200, 400, 409)
    if status == 200:
        assert all(dataset["name"] == "openbaar" for dataset in body["result"]["results"])


def test_48_a_question_solr_does_not_understand_tells_nothing_of_the_index(portal: Any) -> None:
    status, body = ask(portal, q="title:[a TO")

    assert status in (400, 409)
    message(body)


@pytest.mark.parametrize("action", ["search_suggest"])
def test_48_suggestions_are_public(portal: Any, action: str) -> None:
    answer = portal.get(f"/api/3/action/{action}", query_string={"q": "geheim", "lang": "nl"})

    assert answer.status_code == 200
    assert PRIVATE not in answer.body


@pytest.mark.parametrize(
    "box",
    [
        "inf,0,inf,1",
        "nan,nan,nan,nan",
        "1e400,0,1,1",
        "a,b,c,d",
        "1,2,3",
        "0,80,1,20",
        "0,-91,1,91",
        "999999,0,1,1",
        "," * 150,
    ],
)
def test_49_a_box_that_is_none_is_named(portal: Any, box: str) -> None:
    status, body = ask(portal, ext_bbox=box)

    assert status == 400
    assert "ext_bbox" in message(body)
    assert portal.get("/dataset/", query_string={"ext_bbox": box}).status_code == 400


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("ext_polygon", "POLYGON(("),
        ("ext_polygon", "POINT (3 50)"),
        ("ext_polygon", "POLYGON ((" + ", ".join(f"3.{n:04} 50.{n * n % 9973:04}" for n in range(600)) + "))"),
        ("ext_polygon", "x" * 50_000),
        ("ext_point", "3,50) OR *:*"),
        ("ext_point", "3,50,1e999"),
        ("ext_outline", 'BE-34022"}'),
    ],
)
def test_49_what_is_no_place_on_the_map_is_named(portal: Any, parameter: str, value: str) -> None:
    status, body = ask(portal, **{parameter: value})

    assert status == 400
    assert parameter in message(body)


def test_50_what_the_search_adds_has_its_authorisation(portal: Any) -> None:
    assert portal.get("/api/3/action/package_search?q=x&explain=1").status_code == 403
    assert portal.get("/api/3/action/package_search_explain").status_code == 400


def test_51_a_search_changes_nothing_and_needs_no_token(portal: Any) -> None:
    assert portal.post("/dataset/", data={"q": "x"}).status_code in (400, 404, 405)


@pytest.mark.parametrize(
    "path",
    ["/nl/fr/dataset/", "/nl/nl/", "/xx/dataset/", "/nl//127.0.0.1/", "/nl/%2e%2e/dataset", "/fr/..//example.org"],
)
def test_52_language_prefixes_do_not_stack_or_lead_away(portal: Any, path: str) -> None:
    answer = portal.get(path, follow_redirects=False)

    assert answer.status_code in (301, 302, 308, 400, 404)
    where = urljoin("http://portal.test/", answer.headers.get("Location", "/"))
    assert urlsplit(where).hostname in ("portal.test", "test.ckan.net")


@pytest.mark.parametrize("target", ["//example.org/", "https://example.org/", "/\\example.org", "javascript:alert(1)"])
def test_52_signing_in_leads_nowhere_else(portal: Any, target: str) -> None:
    user = factories.User(password="een lang wachtwoord 1")
    page = portal.get("/user/login")
    assert page.status_code == 200
    answer = portal.post(
        url_for("user.login", came_from=target),
        data={"login": user["name"], "password": "een lang wachtwoord 1"},
        follow_redirects=False,
    )

    where = urljoin("http://portal.test/", answer.headers.get("Location", "/"))
    assert urlsplit(where).hostname in ("portal.test", "test.ckan.net")
    assert urlsplit(where).scheme == "http"


@pytest.mark.parametrize("form", ["ttl", "rdf", "jsonld", "xyz"])
def test_53_a_feed_far_beyond_its_end_or_of_no_profile_is_no_accident(portal: Any, form: str) -> None:
    answer = portal.get(f"/catalog.{form}?page=99999&profiles=../../x")

    assert answer.status_code < 500
    assert "Traceback" not in answer.body
