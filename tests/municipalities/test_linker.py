from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.eurometropool.municipalities.evidence import THRESHOLD
from ckanext.eurometropool.municipalities.linker import Linker
from ckanext.eurometropool.municipalities.register import Register
from tests.municipalities.cases import CASES, HELD_OUT, Case, dataset, found, measure, wanted


def test_links_and_suggests_what_a_record_really_says(linker: Linker) -> None:
    wrong: dict[str, Any] = {}
    for case in CASES:
        places = linker.link(dataset(case))
        suggested = [link.key for link in places.suggestions]
        if found(places) != wanted(case) or suggested != case.get("suggests", suggested):
            wrong[case["why"]] = (found(places), suggested)

    assert wrong == {}


@pytest.mark.parametrize(("name", "cases"), [("all", [*CASES, *HELD_OUT]), ("held out", HELD_OUT)])
def test_precision_and_recall(linker: Linker, name: str, cases: list[Case], capsys: pytest.CaptureFixture[str]) -> None:
    measured = measure(linker, cases)
    with capsys.disabled():
        print(f"\n{len(cases)} cases ({name}): {measured.all.as_dict()}")
    assert measured.all.precision >= 0.98
    assert measured.all.recall >= 0.92
    assert measured.other_kind <= len(cases) * 0.02


def test_there_are_cases_enough_each_of_its_own() -> None:
    assert len(CASES) + len(HELD_OUT) >= 400
    assert len(HELD_OUT) >= 100
    records = [str(dataset(case)) for case in [*CASES, *HELD_OUT]]
    assert len(set(records)) == len(records)


def test_every_link_has_its_evidence_and_is_sure_enough(linker: Linker) -> None:
    for case in CASES:
        places = linker.link(dataset(case))
        for link in places.links:
            assert link.as_dict().keys() == {"key", "kind", "evidence", "confidence"}
            assert link.confidence >= THRESHOLD
        assert all(link.confidence < THRESHOLD for link in places.suggestions)
        assert not {link.key for link in places.suggestions} & {link.key for link in places.links}
        assert places.area_link is None or places.area_link.confidence >= THRESHOLD


def test_all_members_one_by_one_are_their_area(linker: Linker, register: Register) -> None:
    members = register.areas["FR-EPCI-200093201"].members
    record = {"spatial_coverage": [{"text": f"fr:commune:{key[3:]}"} for key in members]}

    places = linker.link(record)

    assert places.links == ()
    assert places.area == "FR-EPCI-200093201"


def test_every_municipality_is_found_by_its_own_box_and_outline(linker: Linker, register: Register) -> None:
    for municipality in register:
        outline = register.polygon(municipality.key)
        assert outline is not None
        for field in ({"bbox": ",".join(map(str, outline.bounds))}, {"geom": register.geometry(municipality.key)}):
            links = linker.link({"spatial_coverage": [field]}).links
            assert [(link.key, link.kind) for link in links] == [(municipality.key, "covers")], municipality.local_name


def test_without_outlines_a_box_still_finds_belgian_municipalities(plain_register: Register) -> None:
    places = Linker(plain_register).link({"spatial_coverage": [{"bbox": "3.25,50.82,3.28,50.84"}]})

    assert [link.key for link in places.links] == ["BE-34022"]
    assert places.links[0].confidence < 0.9


def test_stored_strings_say_the_same_as_decoded_values(linker: Linker) -> None:
    stored = {
        "title_translated": '{"nl": "Fietsenstallingen in Kortrijk"}',
        "tags_translated": "{}",
        "spatial_coverage": "",
    }

    assert [link.key for link in linker.link(stored).links] == ["BE-34022"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
TEXT = st.text() | st.sampled_from([case["why"] for case in CASES] + ["Lille", "Kortrijk", "fr:commune:", "BE25"])
COVERAGE = st.fixed_dictionaries(
    {},
    optional={
        "uri": TEXT | JSON,
        "text": TEXT | JSON,
        "geom": TEXT | JSON,
        "bbox": TEXT | JSON | st.lists(st.floats(), max_size=5),
    },
)
DATASET = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXT | JSON,
        "title_translated": st.dictionaries(st.sampled_from(["nl", "fr", "en", "x"]), TEXT | JSON) | JSON,
        "tags_translated": st.dictionaries(st.sampled_from(["nl", "fr"]), st.lists(TEXT | JSON)) | JSON,
        "spatial_coverage": st.lists(COVERAGE | JSON, max_size=3) | JSON,
        "spatial": TEXT | JSON,
        "subject": st.lists(TEXT | JSON) | JSON,
        "publisher": st.lists(st.fixed_dictionaries({"name": TEXT | JSON})) | JSON,
        "url": TEXT | JSON,
    },
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(record=DATASET)
def test_never_raises_and_always_says_the_same(linker: Linker, record: dict[str, Any]) -> None:
    first = linker.link(record)

    assert linker.link(record) == first
    assert len({link.key for link in first.links}) == len(first.links)
