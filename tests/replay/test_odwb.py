"""The Explore API of ODWB: its limits, its words for errors, its quota."""

import csv
import io

import pytest

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.odwb import Odwb

API = "/odwb/api/explore/v2.1/catalog"


def document(number: int) -> dict:
    default = {"title": f"Titre {number:03d}", "publisher": "Ville" if number % 2 else "Province", "keyword": None}
    return {"dataset_id": f"jeu-{number:03d}", "dataset_uid": f"da_{number:06d}", "metas": {"default": default}}


@pytest.fixture
def portal() -> Odwb:
    return Odwb(Catalogue({f"jeu-{n:03d}": lambda _, n=n: document(n) for n in range(250)}))


@pytest.fixture
def get(serve, http, portal):
    server = serve(portal)
    return lambda path, **asked: http.get(f"{server.url}{API}{path}", params=asked)


def ids(response) -> list[str]:
    return [result["dataset_id"] for result in response.json()["results"]]


def test_a_page_has_ten_datasets_and_the_total(get):
    page = get("/datasets")
    assert len(ids(page)) == 10
    assert page.json()["total_count"] == 250
    assert page.headers["content-type"] == "application/json; charset=utf-8"


def test_pages_follow_by_offset(get):
    found = [name for offset in (0, 100, 200) for name in ids(get("/datasets", limit=100, offset=offset))]
    assert found == [f"jeu-{n:03d}" for n in range(250)]


@pytest.mark.parametrize(
    "asked",
    [{"limit": 101}, {"limit": -2}, {"limit": "many"}, {"limit": 100, "offset": 9900}, {"offset": -1}],
)
def test_outside_the_window_the_answer_is_400_in_the_portal_s_words(get, asked):
    response = get("/datasets", **asked)
    assert response.status_code == 400
    assert response.json()["error_code"] == "InvalidRESTParameterError"
    assert "API parameter" in response.json()["message"]


def test_the_last_place_inside_the_window_is_answered(get):
    assert get("/datasets", limit=100, offset=9899).json() == {"total_count": 250, "results": []}


def test_an_unknown_order_is_an_odsql_error(get):
    response = get("/datasets", order_by="nonsense desc")
    assert (response.status_code, response.json()["error_code"]) == (400, "ODSQLError")


def test_order_and_refinement_are_kept_to(get):
    assert ids(get("/datasets", order_by="dataset_id desc", limit=2)) == ["jeu-249", "jeu-248"]
    assert get("/datasets", refine="publisher:Ville").json()["total_count"] == 125


def test_the_export_has_no_window(get):
    response = get("/exports/json", limit=-1)
    assert len(response.json()) == 250
    assert response.headers["content-disposition"] == 'attachment; filename="datasets.json"'


def test_the_quota_is_told_and_kept(get, portal):
    portal.quota = 2
    first = get("/datasets")
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("2", "1")
    assert first.headers["x-ratelimit-reset"].endswith("00:00:00+00:00")
    get("/datasets")
    third = get("/datasets")
    assert third.status_code == 429
    assert third.json()["errorcode"] == 10002
    assert third.json()["call_limit"] == 2


def test_one_dataset_and_none(get):
    assert get("/datasets/jeu-007").json()["dataset_uid"] == "da_000007"
    assert get("/datasets/nothing").status_code == 404


def test_links_come_only_when_asked_for(get):
    assert "links" not in get("/datasets", limit=1).json()["results"][0]
    assert get("/datasets", limit=1, include_links="true").json()["results"][0]["links"][0]["rel"] == "self"


def test_faults_concern_their_page(get, portal):
    portal.faults = Faults(empty_page_at=2, status_at={3: 500}, truncate_page_at=1)
    with pytest.raises(ValueError, match="."):
        get("/datasets", limit=100).json()
    assert get("/datasets", limit=100, offset=100).json() == {"total_count": 250, "results": []}
    assert get("/datasets", limit=100, offset=200).status_code == 500
    portal.faults = Faults(repeat_page_at=2)
    assert ids(get("/datasets", limit=100, offset=100))[0] == "jeu-000"


def test_samples_have_records_and_exports(samples, http):
    base = f"{samples.url}{API}/datasets/arrets-bus-tournai"
    page = http.get(f"{base}/records", params={"limit": 20}).json()
    assert page["total_count"] == 26
    assert set(page["results"][0]["geo_point_2d"]) == {"lon", "lat"}
    assert http.get(f"{base}/records", params={"limit": 101}).status_code == 400
    text = http.get(f"{base}/exports/csv").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text), delimiter=";"))) == 26
    assert len(http.get(f"{base}/exports/geojson").json()["features"]) == 26
    assert len(http.get(f"{base}/exports/json").json()) == 26
    assert http.get(f"{base}/exports/parquet").status_code == 404


def test_a_dataset_is_known_by_a_uid_that_is_not_its_slug(samples, http):
    results = http.get(f"{samples.url}{API}/datasets", params={"limit": 100}).json()["results"]
    assert len({result["dataset_uid"] for result in results}) == 28
    assert all(result["dataset_uid"].startswith("da_") for result in results)
    assert all("_records" not in result for result in results)
