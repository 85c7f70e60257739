"""From a property in RDF to the field that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ckanext.oslo import schema_files
from ckanext.oslo.checking import checks, fields, standards
from ckanext.oslo.checking.fields import FORMS, VALUES, NoField, known, short
from ckanext.oslo.checking.results import Place
from ckanext.oslo.profiles.portal import Portal
from tests.profiles import steward

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def schema_fields() -> dict[str, set[str]]:
    """Give the names of the dataset's fields, of a file's, and of each repeating group's."""
    schema_files.register()
    names: dict[str, set[str]] = {"dataset": {"resources"}, "file": set()}
    for kind in ("dataset", "work", "mobility"):
        with (SCHEMAS / f"{kind}.yaml").open(encoding="utf-8") as file:
            schema = yaml.safe_load(file)
        for field in schema["dataset_fields"]:
            names["dataset"].add(field["field_name"])
            for part in field.get("repeating_subfields", ()):
                names.setdefault(field["field_name"], set()).add(part["field_name"])
        names["file"] |= {field["field_name"] for field in schema["resource_fields"]}
    return names


@pytest.mark.parametrize("name", standards.NAMES)
@pytest.mark.parametrize("installed", [True, False])
def test_every_property_the_shapes_name_has_a_field_or_a_reason(name: str, installed: bool, official: Path) -> None:
    properties = {
        (short(rdf_class), short(path))
        for shapes in standards.shapes_of(standards.get(name), official if installed else None)
        for rdf_class, path in shapes.properties()
    }
    assert properties
    assert sorted(one for one in properties if known(*one) is None) == []


def test_every_field_named_is_one_of_the_schemas() -> None:
    names = schema_fields()
    groups = {
        "foaf:Agent": names["publisher"],
        "dct:Agent": names["publisher"],
        "vcard:Kind": names["contact"],
        "dct:Location": names["spatial_coverage"],
        "dct:PeriodOfTime": names["temporal_coverage"],
    }
    allowed = {"dcat:Dataset": names["dataset"], "dcat:Distribution": names["file"], **groups}
    for rdf_class, table in FORMS.items():
        unknown = {field for field in table.values() if isinstance(field, str)} - allowed[rdf_class]
        assert unknown == set(), rdf_class


def test_classes_without_fields_have_a_reason() -> None:
    assert all(isinstance(reason, NoField) and reason.value for reason in VALUES.values())
    assert not set(VALUES) & set(FORMS)


CASES = [
    ("title_translated", {}, "dcat_ap_3", Place("title_translated")),
    ("notes_translated", {}, "dcat_ap_3", Place("notes_translated")),
    ("tags_translated", {}, "dcat_ap_3", Place("tags_translated")),
    ("temporal_coverage", [], "dcat_ap_3", Place("temporal_coverage")),
]


@pytest.mark.parametrize(("field", "value", "name", "place"), CASES)
def test_what_is_missing_leads_to_its_field(field: str, value: object, name: str, place: Place, portal: Portal) -> None:
    dataset = steward.full("dataset") | {field: value}
    before = {one.place for one in checks.check_dataset(steward.full("dataset"), name, portal, None)}
    after = {one.place for one in checks.check_dataset(dataset, name, portal, None)}
    assert place in after - before


def test_a_file_s_field_is_told_with_the_number_of_the_file(portal: Portal, official: Path) -> None:
    dataset = steward.full("dataset")
    dataset["resources"] = [*dataset["resources"], {"id": "last", "url": "https://data.example/x"}]
    places = {one.place for one in checks.check_dataset(dataset, "dcat_ap_3", portal, official)}
    assert Place("format", resource=len(dataset["resources"]) - 1) in places


def test_a_missing_licence_is_mended_once_for_all_files(portal: Portal) -> None:
    dataset = steward.minimal("dataset") | {"license_id": ""}
    dataset["resources"] = [{"id": str(number), "url": f"https://data.example/{number}"} for number in range(3)]
    findings = checks.check_dataset(dataset, "dcat_ap_3", portal, None)
    assert [one.place for one in findings if one.result.path.endswith("license")] == [Place("license_id")]


def test_what_the_portal_says_in_the_steward_s_place_is_told(portal: Portal, official: Path) -> None:
    dataset = steward.minimal("mobility")
    findings = checks.check_dataset(dataset, "mobility_dcat_ap", portal, official)
    stand_ins = {one.place.field for one in findings if one.result.rule == "StandIn"}
    assert {"mobility_theme", "frequency", "mobility_data_standard", "conditions_for_access"} <= stand_ins
    assert not [one for one in findings if one.severity == "error"]


def test_prefixes_are_those_of_the_standards() -> None:
    assert short("http://purl.org/dc/terms/title") == "dct:title"
    assert short("http://example.org/x") == "http://example.org/x"
    assert fields.known("dcat:Dataset", "dct:nothing") is None
