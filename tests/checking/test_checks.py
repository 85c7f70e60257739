"""Checking datasets half filled in, and whole catalogues."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.oslo.checking import catalogue, checks, standards
from ckanext.oslo.profiles.portal import Portal
from tests.profiles import steward
from tests.profiles.conftest import PORTAL

"""Seconds in which the form has its answer."""


def test_an_empty_form_is_told_what_is_missing() -> None:
    findings = checks.check_dataset({"type": "dataset"}, "dcat_ap_3", PORTAL, None)
    assert {one.place.field for one in findings if one.severity == "error"} == {"title_translated", "notes_translated"}
    assert {one.result.rule for one in findings} == {"MinCount"}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["dataset", "work", "mobility"]), st.data())
def test_any_part_of_a_dataset_can_be_checked(kind: str, data: st.DataObject) -> None:
    whole = steward.full(kind)
    kept = data.draw(st.sets(st.sampled_from(sorted(whole))))
    part: dict[str, Any] = {name: whole[name] for name in kept} | {"type": kind}
    for name in standards.choices_for(part):
        findings = checks.check_dataset(part, name, PORTAL, None)
        ranks = [one.severity.rank for one in findings]
        assert ranks == sorted(ranks)
        assert all(one.profile == name for one in findings)


def test_a_value_that_cannot_be_written_is_an_error_of_its_field(portal: Portal) -> None:
    dataset = steward.full("dataset") | {"title_translated": ["no dict"]}
    findings = checks.check_dataset(dataset, "dcat_ap_3", portal, None)
    assert [(one.severity, one.place.field, one.result.rule) for one in findings] == [
        ("error", "title_translated", "Unwritable")
    ]


def test_the_catalogue_is_checked_with_its_datasets_and_each_finding_goes_to_its_dataset(portal: Portal) -> None:
    datasets = [steward.full(kind) | {"uri": ""} for kind in ("dataset", "work")]
    datasets.append(steward.full("mobility") | {"uri": "", "tags_translated": {}, "name": "without-keywords"})
    datasets.append(steward.full("mobility") | {"title_translated": ["no dict"], "name": "unwritable"})
    found = dict(catalogue.check(datasets, standards.get("dcat_ap_3"), portal, None))
    assert set(found) == {one["name"] for one in datasets} | {catalogue.CATALOGUE}
    errors = {name: [one.place.field for one in said if one.severity == "error"] for name, said in found.items()}
    assert errors.pop("unwritable") == ["title_translated"]
    assert not any(errors.values())
    without = {name for name, said in found.items() if any(one.place.field == "tags_translated" for one in said)}
    assert without == {"without-keywords"}


def test_a_description_that_the_title_stands_in_for_is_told(portal: Portal) -> None:
    findings = checks.check_dataset(steward.full("dataset") | {"notes_translated": {}}, "dcat_ap_3", portal, None)
    said = [one for one in findings if one.place.field == "notes_translated"]
    assert [(one.severity, one.result.rule) for one in said] == [("warning", "StandIn")]


def test_an_empty_catalogue_is_checked_too(portal: Portal) -> None:
    assert list(dict(catalogue.check([], standards.get("dcat_ap_3"), portal, None))) == [catalogue.CATALOGUE]
