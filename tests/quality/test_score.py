"""The score by the rules of the European assessment: exact points, ratings, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.oslo import quality
from ckanext.oslo.profiles.portal import Portal
from ckanext.oslo.quality import Dimension, Rating, formats
from ckanext.oslo.quality.score import OF_FILES, addresses_of, score_graph
from tests.checking.test_shapes import triples
from tests.profiles import steward
from tests.profiles.conftest import PORTAL

DATASET = "http://example.org/d"
ESSENTIALS: dict[str, Any] = {
    "id": "essentials",
    "name": "fietsenstallingen",
    "type": "dataset",
    "owner_org": "stad-kortrijk",
    "organization": {"id": "stad-kortrijk", "title": "Stad Kortrijk", "name": "stad-kortrijk"},
    "title_translated": {"nl": "Fietsenstallingen in Kortrijk"},
    "notes_translated": {"nl": "Waar u uw fiets kwijt kunt."},
    "license_id": "CC_BY_4_0",
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
    "tags_translated": {"nl": ["fiets"]},
    "spatial_coverage": [{"text": "Kortrijk"}],
    "temporal_coverage": [{"start": "2026"}],
    "access_rights": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    "contact": [{"name": "Dienst mobiliteit", "email": "data@kortrijk.example"}],
    "metadata_created": "2026-11-22T10:00:00",
    "metadata_modified": "2026-11-22T10:00:00",
    "resources": [{"id": "1", "url": "https://data.kortrijk.example/stallingen.csv", "format": "CSV"}],
}
"""What a steward fills in who fills in the first sections of the form and gives one file."""


def test_the_points_are_those_of_the_assessment() -> None:
    most = dict.fromkeys(Dimension, 0)
    for metric in quality.METRICS.values():
        most[metric.dimension] += metric.points
    assert sum(most.values()) == quality.MOST == 405
    assert list(most.values()) == [100, 100, 110, 75, 20]


@pytest.mark.parametrize(
    ("points", "rating"),
    [
        (405, "excellent"),
        (351, "excellent"),
        (350, "good"),
        (221, "good"),
        (220, "sufficient"),
        (120, "bad"),
        (0, "bad"),
    ],
)
def test_ratings_begin_where_the_european_portal_has_them(points: int, rating: str) -> None:
    assert quality.rating_of(points) is Rating(rating)


def test_rules_about_files_count_by_the_share_that_meets_them() -> None:
    graph = triples(
        """:d a dcat:Dataset ; dcat:keyword "fiets" ; dct:issued "2026" ; dcat:distribution :a, :b .
        :a dcat:accessURL <http://x/a> ; dct:issued "2026" ;
           dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;
           dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> .
        :b dcat:accessURL <http://x/b> ; dct:format "pdf" ; dct:modified "2026" ."""
    )
    score = score_graph(graph, DATASET, conforms=True, links={"http://x/a": True, "http://x/b": False})
    earned = {one.metric.name: round(one.earned, 2) for one in score.measures if one.earned}
    assert earned == {
        "keyword": 30,
        "access_url_answers": 25,
        "format": 20,
        "media_type": 5,
        "known_format": 5,
        "non_proprietary": 10,
        "machine_readable": 10,
        "compliance": 30,
        "issued": 3.33,
        "modified": 5,
    }
    assert score.points == 143
    assert addresses_of(graph, DATASET) == ["http://x/a", "http://x/b"]


def test_links_that_are_not_checked_yet_are_nobody_s_to_mend() -> None:
    graph = triples(
        ":d a dcat:Dataset ; dcat:distribution :a . :a dcat:accessURL <http://x/a> ; dcat:downloadURL <http://x/b> ."
    )
    unknown = score_graph(graph, DATASET, conforms=False)
    assert unknown.pending == 80
    assert "access_url_answers" not in {one.metric.name for one in unknown.next_steps}
    broken = score_graph(graph, DATASET, conforms=False, links={"http://x/a": False, "http://x/b": True})
    assert broken.pending == 0
    assert broken.points == unknown.points + 30
    assert broken.next_steps[0].metric.name == "access_url_answers"


def test_without_a_file_one_step_stands_for_all_that_files_have(portal: Portal) -> None:
    score = quality.score(ESSENTIALS | {"resources": []}, portal)
    names = [one.metric.name for one in score.next_steps]
    assert names[0] == "file"
    assert not OF_FILES & set(names)


def test_a_dataset_that_cannot_be_written_scores_nothing(portal: Portal) -> None:
    assert quality.score(ESSENTIALS | {"title_translated": ["x"]}, portal).points == 0


@pytest.mark.parametrize("kind", ["dataset", "work", "mobility"])
def test_a_steward_s_dataset_with_the_essentials_is_excellent(kind: str, portal: Portal, official: Path) -> None:
    dataset = ESSENTIALS | {"type": kind}
    url = dataset["resources"][0]["url"]
    for folder in (None, official):
        score = quality.score(dataset, portal, folder, {url: True})
        assert score.points >= 351, [(one.metric.name, one.lost) for one in score.next_steps]
        assert score.rating is Rating.EXCELLENT
        unchecked = quality.score(dataset, portal, folder)
        assert unchecked.points + unchecked.pending == score.points


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["dataset", "work", "mobility"]), st.data())
def test_filling_in_more_never_costs_points(kind: str, data: st.DataObject) -> None:
    whole = steward.full(kind)
    less = {"id", "name", "type", "title_translated", "resources", *data.draw(st.sets(st.sampled_from(sorted(whole))))}
    more = less | data.draw(st.sets(st.sampled_from(sorted(whole))))
    poorer = quality.score({name: whole[name] for name in less}, PORTAL)
    richer = quality.score({name: whole[name] for name in more}, PORTAL)
    assert 0 <= poorer.points <= richer.points <= quality.MOST
    for score in (poorer, richer):
        assert sum(points for points, _ in score.dimensions.values()) == pytest.approx(score.points, abs=3)
        assert [one.lost for one in score.next_steps] == sorted((one.lost for one in score.next_steps), reverse=True)


def test_the_lists_of_file_types_are_the_european_ones(shared: Path) -> None:
    for name, ours in (("machine_readable", formats.MACHINE_READABLE), ("non_proprietary", formats.NON_PROPRIETARY)):
        lines = (shared / "vocab" / f"mqa_{name}_file_types.csv").read_text().splitlines()[1:]
        assert {line.split(",")[1] for line in lines} == ours
