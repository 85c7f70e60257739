"""A steward adds, changes and deletes datasets by the API."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers

from tests.schemas.conftest import MOBILITY, WORK, Call

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

EU = "http://publications.europa.eu/resource/authority"


def errors_of(call: Call, organization: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the errors of a work dataset with these changes; there must be some."""
    with pytest.raises(toolkit.ValidationError) as caught:
        call("package_create", **{**WORK, "owner_org": organization["id"], **changes})
    return caught.value.error_dict


class TestWork:
    def test_comes_back_in_three_languages(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"])
        shown = call("package_show", id=made["id"])
        assert shown["title_translated"] == WORK["title_translated"]
        assert shown["notes_translated"] == WORK["notes_translated"]
        assert shown["title"] == "Vacatures in Kortrijk"
        assert shown["name"] == "vacatures-in-kortrijk"
        assert shown["resources"][0]["name_translated"] == WORK["resources"][0]["name_translated"]
        assert shown["resources"][0]["name"] == "Vacatures 2026"

    def test_keeps_keywords_that_ckan_would_refuse(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"])
        assert made["tags_translated"] == WORK["tags_translated"]

    def test_stores_concepts_by_their_uri(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"])
        assert made["frequency"] == f"{EU}/frequency/MONTHLY"
        assert made["nace"] == ["http://vocab.belgif.be/auth/nace2025/C", "http://vocab.belgif.be/auth/nace2025/25"]
        assert made["license_id"] == "CC_BY_4_0"
        assert made["isopen"] is True
        assert made["resources"][0]["license"] == f"{EU}/licence/CC_BY_4_0"
        assert made["resources"][0]["language"] == [f"{EU}/language/NLD"]

    def test_reads_dates_format_and_outline(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"])
        assert made["temporal_coverage"] == [{"start": "2026-01-01", "end": "2026-06-30"}]
        assert made["resources"][0]["format"] == "CSV"
        assert json.loads(made["spatial"])["coordinates"] == [3.26, 50.83]

    def test_can_be_patched_and_deleted(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"])
        changed = call("package_patch", id=made["id"], title_translated={"nl": "Jobs", "fr": "Emplois"})
        assert changed["title"] == "Jobs"
        assert changed["name"] == made["name"]
        assert changed["resources"][0]["license"] == made["resources"][0]["license"]
        call("package_delete", id=made["id"])
        assert helpers.call_action("package_search", q=f"id:{made['id']}")["count"] == 0

    def test_saving_what_was_shown_changes_nothing(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"])
        again = call("package_update", **{**made, "version": "2"})
        ignored = {"version", "metadata_modified", "resources", "organization"}
        assert {k: v for k, v in again.items() if k not in ignored} == {
            k: v for k, v in made.items() if k not in ignored
        }

    def test_same_titles_get_different_addresses(self, call: Call, organization: dict[str, Any]) -> None:
        first = call("package_create", **WORK, owner_org=organization["id"])
        second = call("package_create", **WORK, owner_org=organization["id"])
        assert (first["name"], second["name"]) == ("vacatures-in-kortrijk", "vacatures-in-kortrijk-2")


class TestMobility:
    def test_keeps_its_own_fields(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **MOBILITY, owner_org=organization["id"])
        base = "https://w3id.org/mobilitydcat-ap"
        assert made["mobility_theme"] == [f"{base}/mobility-theme/bike-parking-locations"]
        assert made["transport_mode"] == [f"{base}/transport-mode/bicycle"]
        assert made["resources"][0]["mobility_data_standard"] == f"{base}/mobility-data-standard/other"
        assert made["resources"][0]["format"] == "GeoJSON"


class TestPlainClient:
    def test_a_plain_title_is_one_in_the_portals_language(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", title="Bins", notes="Where they are.", owner_org=organization["id"])
        assert made["type"] == "dataset"
        assert made["title_translated"] == {"en": "Bins"}
        assert made["title"] == "Bins"


class TestErrors:
    """Every mistake is said at once, each beside its field; a test that made a database each would take minutes."""

    MISTAKES: ClassVar[dict[str, Any]] = {
        "title_translated": {"nl": "x" * 1_000_000, "fr": "juste"},
        "notes_translated": {},
        "tags_translated": {"fr": ["z" * 101]},
        "issued": "31/02/2026",
        "modified": "yesterday",
        "url": "javascript:alert(1)",
        "documentation": ["https://example.org/a b"],
        "frequency": "now and then",
        "theme": ["ECON", "https://example.org/theme/x"],
        "license_id": "mine",
        "temporal_resolution": "a month",
        "num_series": "many",
        "name": "Not A Name",
        "owner_org": "",
    }
    SENTENCES: ClassVar[dict[str, tuple[str, ...]]] = {
        "issued": (
            "31/02/2026 does not exist. Write day, month, year.",
            "31/02/2026 bestaat niet. Schrijf dag, maand, jaar.",
            "Le 31/02/2026 n’existe pas. Écrivez jour, mois, année.",
        ),
        "title_translated-nl": (
            "This text has 1000000 characters. At most 500 fit here.",
            "Deze tekst telt 1000000 tekens. Hier passen er hoogstens 500.",
            "Ce texte compte 1000000 caractères. Il y a place pour 500 au plus.",
        ),
        "notes_translated": (
            "Give a description in at least one language.",
            "Geef een beschrijving in minstens één taal.",
            "Donnez une description dans au moins une langue.",
        ),
    }

    def test_stand_beside_their_field(self, call: Call, organization: dict[str, Any]) -> None:
        errors = errors_of(call, organization, **self.MISTAKES)
        expected = set(self.MISTAKES) - {"title_translated", "tags_translated"}
        assert set(errors) == expected | {"title_translated-nl", "tags_translated-fr"}

    @pytest.mark.parametrize(("index", "language"), [(0, "en"), (1, "nl"), (2, "fr")])
    def test_are_said_in_the_stewards_language(
        self, app: Any, steward: dict[str, Any], organization: dict[str, Any], index: int, language: str
    ) -> None:
        answer = app.post(
            f"/{language}/api/3/action/package_create",
            json={**WORK, **self.MISTAKES, "owner_org": organization["id"]},
            headers={"Authorization": steward["token"]},
            status=409,
        )
        errors = answer.json["error"]
        for field, sentences in self.SENTENCES.items():
            assert errors[field] == [sentences[index]]

    def test_stand_beside_their_subfield(self, call: Call, organization: dict[str, Any]) -> None:
        bow = '{"type":"Polygon","coordinates":[[[3,50],[4,51],[4,50],[3,51],[3,50]]]}'
        errors = errors_of(
            call,
            organization,
            contact=[{"name": "Data", "email": "not an address"}],
            publisher=[{"name": "Stad", "url": "ftp//example.org"}],
            spatial_coverage=[
                {"geom": '{"type": "Point", "coordinates": [50.8, 213.2]}'},
                {"geom": "{}"},
                {"text": "Kortrijk"},
                {"geom": bow},
            ],
            temporal_coverage=[{"start": "2026-13-01"}, {"start": "2026-06-01", "end": "2026-05-31"}],
        )
        assert list(errors.pop("contact")[0]) == ["email"]
        assert list(errors.pop("publisher")[0]) == ["url"]
        assert [list(one) for one in errors.pop("spatial_coverage")] == [["geom"], ["geom"], [], ["geom"]]
        assert [list(one) for one in errors.pop("temporal_coverage")] == [["start"], ["end"]]
        assert errors == {}

    def test_stand_beside_the_field_of_their_file(self, call: Call, organization: dict[str, Any]) -> None:
        mistakes = [
            {"url": "data:text/html,<script>alert(1)</script>"},
            {"url": ""},
            {"issued": "2026-02-30"},
            {"size": "large"},
            {"license": "mine"},
            {"name_translated": {"en": "x" * 501}},
        ]
        errors = errors_of(call, organization, resources=[{**WORK["resources"][0], **one} for one in mistakes])
        expected = [["url"], ["url"], ["issued"], ["size"], ["license"], ["name_translated-en"]]
        assert [list(one) for one in errors["resources"]] == expected

    def test_a_missing_title_is_one_mistake(self, call: Call, organization: dict[str, Any]) -> None:
        errors = errors_of(call, organization, title_translated={"nl": " "})
        assert errors == {"title_translated": ["Give a title in at least one language."]}

    def test_a_second_publisher_is_one_too_many(self, call: Call, organization: dict[str, Any]) -> None:
        errors = errors_of(call, organization, publisher=[{"name": "A"}, {"name": "B"}])
        assert "Only one" in errors["publisher"][1]["name"][0]

    def test_a_steward_cannot_say_where_a_record_came_from(self, call: Call, organization: dict[str, Any]) -> None:
        made = call("package_create", **WORK, owner_org=organization["id"], guid="x", harvest_source_name="odwb")
        assert "guid" not in made


def harvested(**dataset: Any) -> dict[str, Any]:
    """Create a dataset as a harvester does."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return toolkit.get_action("package_create")({"user": user["name"], "ignore_auth": True}, dataset)


class TestHarvested:
    ORIGIN: ClassVar[dict[str, str]] = {
        "guid": "urn:uuid:1",
        "harvest_source_name": "odwb",
        "source_url": "https://www.odwb.be/x",
    }

    def test_keeps_what_no_list_knows(self, organization: dict[str, Any]) -> None:
        made = harvested(
            **{
                **WORK,
                **self.ORIGIN,
                "owner_org": organization["id"],
                "notes_translated": {},
                "frequency": "Annuel pour la création des événements",
                "theme": ["ECON", "https://www.odwb.be/explore/?refine.theme=Travail"],
                "issued": "31/02/2026",
                "resources": [{"url": "https://example.org/a.csv", "license": "mine"}],
            },
        )
        assert made["theme"] == [f"{EU}/data-theme/ECON"]
        assert "frequency" not in made
        assert {(one["field"], one["value"]) for one in made["unresolved"]} == {
            ("frequency", "Annuel pour la création des événements"),
            ("theme", "https://www.odwb.be/explore/?refine.theme=Travail"),
            ("issued", "31/02/2026"),
            ("resources/0/license", "mine"),
        }

    def test_has_an_address_that_no_other_record_can_take(self, organization: dict[str, Any]) -> None:
        first = harvested(**{**WORK, **self.ORIGIN, "owner_org": organization["id"]})
        second = harvested(**{**WORK, **self.ORIGIN, "guid": "urn:uuid:2", "owner_org": organization["id"]})
        assert first["name"] != second["name"]
        assert first["name"].startswith("vacatures-in-kortrijk-")

    def test_a_stewards_change_leaves_its_origin_alone(self, call: Call, organization: dict[str, Any]) -> None:
        made = harvested(**{**WORK, **self.ORIGIN, "owner_org": organization["id"]})
        changed = call("package_patch", id=made["id"], guid="mine", version="2")
        assert changed["guid"] == "urn:uuid:1"
        sent = {key: value for key, value in made.items() if key not in self.ORIGIN}
        assert call("package_update", **{**sent, "version": "3"})["source_url"] == "https://www.odwb.be/x"


class TestText:
    def test_script_tags_are_kept_as_text(self, call: Call, organization: dict[str, Any]) -> None:
        title = {"nl": "<script>alert(1)</script> Fietsen"}
        made = call("package_create", **{**WORK, "owner_org": organization["id"], "title_translated": title})
        assert made["title_translated"] == title

    def test_control_characters_are_taken_out(self, call: Call, organization: dict[str, Any]) -> None:
        made = call(
            "package_create",
            **{**WORK, "owner_org": organization["id"], "title_translated": {"nl": "\x00Fiet\x0bsen\x1f\ufffe "}},
        )
        assert made["title"] == "Fietsen"

    def test_a_long_description_can_be_found(self, call: Call, organization: dict[str, Any]) -> None:
        notes = {"nl": "woord " * 10_000 + "speldenknop", "fr": "mot " * 10_000}
        made = call("package_create", **{**WORK, "owner_org": organization["id"], "notes_translated": notes})
        found = helpers.call_action("package_search", q="speldenknop")
        assert [one["id"] for one in found["results"]] == [made["id"]]


class TestOrganization:
    def test_has_its_name_in_three_languages(self) -> None:
        names = {"nl": "Stad Doornik", "fr": "Ville de Tournai", "en": "City of Tournai"}
        made = factories.Organization(title="", title_translated=names, url="https://www.tournai.be")
        shown = helpers.call_action("organization_show", id=made["id"])
        assert shown["title_translated"] == names
        assert shown["title"] == "Stad Doornik"

    def test_refuses_a_link_that_runs(self) -> None:
        with pytest.raises(toolkit.ValidationError) as caught:
            helpers.call_action("organization_create", name="tournai", title="Tournai", url="javascript:alert(1)")
        assert list(caught.value.error_dict) == ["url"]
