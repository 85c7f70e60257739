"""udata's REST API: envelopes, filters, and how a deleted dataset is told from one that never was."""

import pytest

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datagouv import Datagouv
from ckanext.harvesters.replay.faults import Faults

DATASETS = "/datagouv/api/1/datasets/"
LILLE, OTHER = "a" * 24, "b" * 24


def document(number: int) -> dict:
    return {
        "id": f"{number:024x}",
        "slug": f"jeu-{number}",
        "title": f"Titre {number:03d}",
        "created_at": f"2024-01-{number % 28 + 1:02d}",
        "organization": {"id": LILLE if number % 2 else OTHER},
        "spatial": {"zones": ["fr:departement:59"] if number % 5 == 0 else ["fr:commune:59350"]},
        "tags": ["velo"] if number < 3 else [],
        "resources": [{"format": "csv"}],
        "badges": [{"kind": "hvd"}] if number == 1 else None,
        "metrics": {"followers": number},
    }


@pytest.fixture
def portal() -> Datagouv:
    return Datagouv(Catalogue({f"{n:024x}": lambda _, n=n: document(n) for n in range(50)}))


@pytest.fixture
def server(serve, portal):
    return serve(portal)


@pytest.fixture
def get(server, http):
    return lambda path="", **asked: http.get(f"{server.url}{DATASETS}{path}", params=asked)


def test_the_envelope_leads_from_page_to_page_on_this_server(get, http, server):
    page = get(page_size=20, tag=["velo", "velo"])
    assert page.json()["total"] == 3
    page = get(page_size=20).json()
    assert (page["page"], page["page_size"], page["total"], page["previous_page"]) == (1, 20, 50, None)
    assert page["next_page"].startswith(server.url + DATASETS)
    seen = len(page["data"])
    while page["next_page"]:
        page = http.get(page["next_page"]).json()
        seen += len(page["data"])
    assert seen == 50


def test_twenty_datasets_unless_asked_for_and_no_page_of_ten_thousand(get):
    assert len(get().json()["data"]) == 20
    assert len(get(page_size=1000).json()["data"]) == 50
    assert get(page_size=10000).status_code == 502


def test_a_page_past_the_end_and_page_zero(get):
    assert get(page=99).status_code == 404
    assert get(page=0).status_code == 400


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"organization": LILLE}, 25),
        ({"geozone": "fr:departement:59"}, 10),
        ({"geozone": "fr:departement"}, 0),
        ({"tag": "velo"}, 3),
        ({"format": "csv", "badge": "hvd"}, 1),
        ({"organization": LILLE, "geozone": "fr:departement:59"}, 5),
    ],
)
def test_filters_match_exactly(get, asked, count):
    assert get(page_size=100, **asked).json()["total"] == count


def test_an_organization_is_asked_for_by_id(get):
    assert get(organization="ville-de-lille").status_code == 400


def test_sorting(get):
    assert get(sort="-title", page_size=1).json()["data"][0]["title"] == "Titre 049"
    assert get(sort="-followers", page_size=1).json()["data"][0]["slug"] == "jeu-49"
    assert get(sort="created", page_size=1).json()["data"][0]["created_at"] == "2024-01-01"


def test_one_dataset_by_id_and_by_slug(get):
    assert get(f"{7:024x}/").json()["title"] == "Titre 007"
    assert get("jeu-7/").json()["title"] == "Titre 007"


def test_a_deleted_dataset_is_gone_from_the_list_and_answers_410(get, portal):
    portal.catalogue.drop(f"{7:024x}")
    assert get(page_size=100).json()["total"] == 49
    assert get(f"{7:024x}/").status_code == 410
    assert get(f"{99:024x}/").status_code == 404


def test_faults_concern_their_page(get, portal):
    portal.faults = Faults(status_at={2: 502}, empty_page_at=3, repeat_page_at=4)
    assert get(page=2, page_size=10).status_code == 502
    assert get(page=3, page_size=10).json()["data"] == []
    assert get(page=4, page_size=10).json()["data"][0]["title"] == "Titre 020"


def test_recorded_pages_are_the_answer_whatever_was_asked(serve, http):
    portal = Datagouv(Catalogue({LILLE: lambda _: document(1)}), filtered=False)
    url = serve(portal).url + DATASETS
    assert http.get(url, params={"geozone": "fr:epci:200093201"}).json()["total"] == 1
