"""What stands open in a form, and what its inputs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.oslo.forms import layout, sent
from ckanext.oslo.forms.waiting import Room
from tests.profiles import made


def words(texts: object) -> str:
    return str(texts["en"]) if isinstance(texts, dict) else ""


@pytest.mark.parametrize("kind", made.SCHEMAS)
def test_at_most_eight_fields_stand_open_the_files_among_them(kind: str) -> None:
    sections = layout.sections(made.schema(kind)["dataset_fields"], kind, {}, {}, words)
    essential = [field["field_name"] for section in sections for part in section.essential for field in part.fields]
    assert len(essential) + 1 <= 8
    assert {"title_translated", "notes_translated", "license_id", "spatial_coverage", "owner_org"} <= set(essential)
    assert not any(section.unfolded for section in sections)


def test_a_value_or_a_mistake_unfolds_the_rest_of_its_section() -> None:
    fields = made.schema("dataset")["dataset_fields"]

    def unfolded(data: dict[str, object], errors: dict[str, object]) -> set[str]:
        return {one.name for one in layout.sections(fields, "dataset", data, errors, words) if one.unfolded}

    assert unfolded({"issued": "2026"}, {}) == {"more"}
    assert unfolded({}, {"contact": [{"email": ["wrong"]}]}) == {"who"}


def test_of_radio_buttons_and_a_list_the_first_that_says_something_counts(tmp_path: Path) -> None:
    schema, room = made.schema("dataset"), Room(tmp_path, "me")
    for given, kept in ((["CC0", "ODC_BL"], "CC0"), (["", "ODC_BL"], "ODC_BL"), (["", ""], ""), ("CC0", "CC0")):
        found = sent.read({"license_id": given, "theme": ["", "a", "b"]}, schema, None, room)
        assert found.dataset["license_id"] == found.shown["license_id"] == kept
        assert found.dataset["theme"] == ["", "a", "b"]
