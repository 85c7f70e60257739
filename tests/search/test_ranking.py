"""What stands before what, each pair alike but for one thing; and nothing else of a document changes with its score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ckan.lib.search.common import make_connection
from ckan.tests import factories, helpers

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.search import index
from ckanext.oslo.quality import MOST, jobs
from tests.feeds.conftest import act
from tests.search import catalogue

SITE = "ranked"
KORTRIJK = {"municipalities": [{"key": "BE-34022"}]}
MOUSCRON = {"municipalities": [{"key": "BE-57096"}]}
LILLE = {"municipalities": [{"key": "FR-59350"}]}
ATH = {"municipalities": [{"key": "BE-51004"}]}
RECORDS: Mapping[str, dict[str, Any]] = {
    # The word in the title, a keyword, the description, a file's name; a column's name is added in the fixture.
    "title": {"title_translated": {"nl": "Kwartelhof"}},
    "keyword": {"title_translated": {"nl": "Hof"}, "tags_translated": {"nl": ["kwartelhof"]}},
    "description": {"title_translated": {"nl": "Hof"}, "notes_translated": {"nl": "Over het kwartelhof."}},
    "file": {"title_translated": {"nl": "Hof"}, "resources": [{"name": "Kwartelhof"}]},
    # As it is written, and another form of it.
    "written": {"title_translated": {"nl": "Waterlopen"}},
    "inflected": {"title_translated": {"nl": "Waterloop"}},
    # As asked, longer, one letter off.
    "exact": {"title_translated": {"nl": "Bospad zilverdal"}},
    "begins": {"title_translated": {"nl": "Bospad zilverdaling"}},
    "slip": {"title_translated": {"nl": "Bospad zilverdel"}},
    # The reader's word, a synonym, another language's.
    "said": {"title_translated": {"nl": "Vuilnisbelt"}, "tags_translated": {"nl": ["afval"]}},
    "synonym": {"title_translated": {"nl": "Vuilnisbelt"}, "tags_translated": {"nl": ["huisvuil"]}},
    "french": {"title_translated": {"fr": "Décharge"}, "tags_translated": {"fr": ["déchets"]}},
    "fresh": {"title_translated": {"nl": "Marktkraam"}, "modified": "2026-11-01"},
    "stale": {"title_translated": {"nl": "Marktkraam"}, "modified": "2012-11-01"},
    "own": {"title_translated": {"nl": "Wachtzaal"}},
    "copy": {"title_translated": {"nl": "Wachtzaal"}, "harvest_source_name": "portal"},
    "good": {"title_translated": {"nl": "Duiventil"}, "notes_translated": {"nl": "Een til."}},
    "poor": {"title_translated": {"nl": "Duiventil"}, "notes_translated": {"nl": "Een til."}},
    # Of ours, of the whole country, of a town elsewhere.
    "ours": {"title_translated": {"nl": "Kiosk"}, **KORTRIJK},
    "wide": {"title_translated": {"nl": "Kiosk"}, "area": "BE"},
    "elsewhere": {"title_translated": {"nl": "Kiosk"}},
    "shops": {"title_translated": {"nl": "Leegstandsregister", "fr": "Magasins"}},
    "here": {"title_translated": {"nl": "Steenoven"}, **KORTRIJK},
    "next door": {"title_translated": {"nl": "Steenoven"}, **MOUSCRON},
    "further": {"title_translated": {"nl": "Steenoven"}, **LILLE},
    "far": {"title_translated": {"nl": "Steenoven"}, **ATH},
}


def _datasets() -> Iterator[dict[str, Any]]:
    # The better one last: what nothing tells apart stands in the order of writing.
    for name, record in reversed(RECORDS.items()):
        title = next(iter(record["title_translated"].values()))
        moments = dict.fromkeys(("metadata_created", "metadata_modified"), "2026-01-01T00:00:00")
        yield (
            {"id": name, "name": name.replace(" ", "-"), "title": title, "notes": "", "type": "dataset"}
            | moments
            | {**record}
        )


@pytest.fixture(scope="module")
def written(loaded_plugins: None) -> Iterator[None]:
    with catalogue.indexed(_datasets(), SITE):
        yield


@pytest.fixture
def names(with_plugins: None, written: None) -> Iterator[Any]:
    def ask(question: str, **more: Any) -> list[str]:
        return [found["id"] for found in helpers.call_action("package_search", q=question, **more)["results"]]

    with catalogue.asked(SITE):
        yield ask


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("kwartelhof", ["title", "keyword", "description", "file"]),
        ("waterlopen", ["written", "inflected"]),
        ("zilverdal", ["exact", "begins", "slip"]),
        ("afval", ["said", "synonym", "french"]),
        ("marktkraam", ["fresh", "stale"]),
        ("wachtzaal", ["own", "copy"]),
        ("kiosk", ["ours", "wide", "elsewhere"]),
        # A phrase that nobody has: its words one by one.
        ("leegstand winkels", ["shops"]),
    ],
)
def test_what_fits_better_stands_first(names: Any, question: str, expected: list[str]) -> None:
    assert names(question) == expected


def test_the_nearest_to_the_reader_comes_first_and_nothing_is_left_out(names: Any) -> None:
    assert names("steenoven", ext_near="Kortrijk") == ["here", "next door", "further", "far"]
    assert names("steenoven", ext_near="59000") == ["further", "next door", "here", "far"]
    assert names("steenoven", ext_near="Wallonie picarde")[0] in ("far", "next door")
    assert names("steenoven in Ath", ext_near="Kortrijk")[0] == "far"
    assert sorted(names("steenoven", ext_near="nowhere")) == ["far", "further", "here", "next door"]


def test_a_score_that_is_measured_later_ranks_and_changes_nothing_else(names: Any) -> None:
    solr = make_connection()
    before = names("til")
    jobs.measured.send("oslo", scores={"good": MOST, "poor": 0, "gone": MOST})
    solr.commit()

    assert names("duiventil") == ["good", "poor"]
    jobs.measured.send("oslo", scores={"good": 0, "poor": MOST})
    solr.commit()
    assert names("duiventil") == ["poor", "good"]
    # Found by a field that the index does not store; and no document was made of nothing.
    assert sorted(names("til")) == sorted(before)
    assert solr.search(f'site_id:"{SITE}"', rows=0).hits == len(RECORDS)


@pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")
def test_a_dataset_is_indexed_with_the_score_that_is_kept_and_the_columns_of_its_tables() -> None:
    made = act(
        "package_create",
        type="dataset",
        owner_org=factories.Organization()["id"],
        title_translated={"nl": "Boomlijst"},
        notes_translated={"nl": "Alle bomen."},
        resources=[{"url": "https://example.org/a.csv", "format": "CSV"}],
    )
    jobs.measure_one(made["id"])
    fields = [{"id": "kruin_omtrek", "type": "numeric", "info": {"label": "Omtrek van de kruin"}}]
    act("datastore_create", resource_id=made["resources"][0]["id"], fields=fields, force=True)
    document = make_connection().search(f"id:{made['id']}", fl="quality_score").docs[0]

    assert 0 < document["quality_score"] <= 1
    assert [found["id"] for found in act("package_search", q="kruin")["results"]] == [made["id"]]


def test_columns_count_least() -> None:
    package = {"type": "dataset", "validated_data_dict": "{}"}
    document = index.document(package, installed.register(), columns=["kruin omtrek"])

    assert document["other_text"] == ["kruin omtrek"]
