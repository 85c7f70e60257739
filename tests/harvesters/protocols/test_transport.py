"""transport.data.gouv.fr: one list of everything, and what its datasets say about mobility."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from ckanext.harvesters import scope
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError, SourceError, SourceRecord
from ckanext.harvesters.replay import transport as stand_in
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.transport.protocol import JSON, Transport

from .contract import ProtocolContract

MOBILITY = "https://w3id.org/mobilitydcat-ap"
LICENCES = {"cc-by-4": "CC BY 4.0", "unknown": "maison"}


def document(number: int = 1, **said: Any) -> dict[str, Any]:
    return {
        "datagouv_id": f"{number:024x}",
        "id": f"{number:024x}",
        "slug": f"jeu-{number}",
        "title": f"Jeu {number}",
        "created_at": "2020-01-01",
        "updated": "2026-05-01T00:00:00Z",
        "page_url": f"https://transport.data.gouv.fr/datasets/jeu-{number}",
        "type": "public-transit",
        "licence": "odc-odbl",
        "publisher": {"name": "Région exemple", "type": "organization"},
        "covered_area": [{"type": "commune", "insee": "59350", "nom": "Lille"}],
        "resources": [
            {
                "title": "GTFS",
                "format": "GTFS",
                "url": "https://transport.data.gouv.fr/resources/1/download",
                "original_url": "https://e.org/gtfs.zip",
                "modes": ["bus", "tram"],
            }
        ],
        **said,
    }


class TestTransport(ProtocolContract):
    """Of the contract, what a portal without pages can promise."""

    name: ClassVar[str] = "transport"
    language: ClassVar[str] = "fr"
    options: ClassVar[dict[str, Any]] = {}
    wrong_options: ClassVar[dict[str, Any]] = {}
    test_a_theme_nobody_knows_is_kept_and_reported = None  # its records have no themes

    test_a_repeated_page_gives_nothing_twice_and_is_incomplete = None
    test_an_empty_page_in_the_middle_is_not_the_end = None
    test_a_failing_page_is_skipped_and_reported = None
    test_two_failing_pages_in_a_row_end_the_pass = None
    test_a_portal_that_never_ends_is_left_at_the_cap = None
    test_wrong_options_fail_the_source = None

    def portal(self, catalogue: Catalogue) -> stand_in.Transport:
        return stand_in.Transport(catalogue)

    def record(self, number: int, **said: Any) -> dict[str, Any]:
        return document(
            number,
            title=said.get("title", f"Jeu {number}"),
            description=said.get("description", "Chiffres par quartier."),
            tags=said.get("keyword", []),
            updated=said.get("modified", "2026-05-01"),
            licence=LICENCES.get(said.get("licence", "")),
        )

    def test_a_cut_page_gives_its_whole_records_and_is_incomplete(self, serve: Any, client: Any) -> None:
        portal = self.portal(self.many(9))
        portal.faults = Faults(truncate_page_at=1)
        _, (page,) = self.read(serve, client, portal)
        assert not page.complete
        assert Reason.PAGE_CUT in {problem.reason for problem in page.problems}
        assert 1 <= len(page.records) < 9


def mapped(value: Any) -> Any:
    source = TestTransport().source("https://transport.data.gouv.fr")
    return Transport().map(source, SourceRecord(f"{1:024x}", json.dumps(value).encode(), JSON, value.get("page_url")))


class TestMapping:
    def test_a_timetable_is_mobility_with_mode_and_standard(self) -> None:
        dataset = mapped(document()).dataset
        assert dataset["type"] == "mobility"
        assert dataset["mobility_theme"] == [f"{MOBILITY}/mobility-theme/public-transport-scheduled-transport"]
        assert {uri.rpartition("/")[2] for uri in dataset["transport_mode"]} == {"bus", "tram-light-rail"}
        (file,) = dataset["resources"]
        assert file["mobility_data_standard"] == f"{MOBILITY}/mobility-data-standard/gtfs"
        assert file["url"] == "https://transport.data.gouv.fr/resources/1/download"
        assert file["download_url"] == "https://e.org/gtfs.zip"
        assert dataset["license_id"] == "ODC_BL"

    @pytest.mark.parametrize(
        ("form", "code"), [("gbfs", "gbfs"), ("NeTEx", "netex"), ("gtfs-rt", "gtfs-rt"), ("SIRI", "siri")]
    )
    def test_standards_by_their_format(self, form: str, code: str) -> None:
        file = {"url": "https://e.org/x", "format": form, "title": "Flux"}
        assert mapped(document(resources=[file])).dataset["resources"][0]["mobility_data_standard"].endswith(f"/{code}")

    def test_it_is_known_as_what_it_is_on_data_gouv(self) -> None:
        dataset = mapped(document()).dataset
        assert dataset["identifier"] == f"{1:024x}"
        assert dataset["alternate_identifier"] == [f"https://www.data.gouv.fr/datasets/{1:024x}/"]

    def test_covered_areas_are_places(self) -> None:
        areas = [
            {"type": "commune", "insee": "59350", "nom": "Lille"},
            {"type": "epci", "insee": "200093201", "nom": "MEL"},
            {"type": "pays", "insee": "FR", "nom": "France"},
        ]
        places = mapped(document(covered_area=areas)).dataset["spatial_coverage"]
        assert {"uri": "http://id.insee.fr/geo/commune/59350", "text": "Lille"} in places
        assert {"uri": "http://id.insee.fr/geo/intercommunalite/200093201", "text": "MEL"} in places
        assert {"text": "France"} in places

    @pytest.mark.parametrize(
        ("areas", "outside"),
        [
            ([{"type": "commune", "insee": "59350"}], None),
            ([{"type": "commune", "insee": "75056"}], "area"),
            ([{"type": "commune", "insee": "75056"}, {"type": "commune", "insee": "59512"}], None),
            ([{"type": "epci", "insee": "200093201"}], None),
            ([{"type": "epci", "insee": "200054781"}], "area"),
            ([{"type": "departement", "insee": "59"}], None),
            ([{"type": "departement", "insee": "62"}], "area"),
            ([{"type": "region", "insee": "32"}], None),
            ([{"type": "pays", "insee": "FR", "nom": "France"}], None),
            ([], None),
        ],
    )
    def test_the_scope_chooses_by_the_area_covered(self, areas: Any, outside: str | None) -> None:
        places = ["FR-59", "fr:epci:200093201", "fr:region:32"]
        source = TestTransport().source("https://transport.data.gouv.fr", scope={"area": {"places": places}})
        assert scope.rules_of(source).outside(mapped(document(covered_area=areas)).dataset) == outside

    def test_the_owner_in_law_publishes(self) -> None:
        owners = [{"name": "Métropole exemple", "siren": "200093201", "type": "aom"}]
        assert mapped(document(legal_owners=owners)).dataset["publisher"] == [
            {"name": "Métropole exemple", "identifier": "200093201"}
        ]

    @pytest.mark.parametrize(
        "value",
        [
            {"covered_area": "Lille"},
            {"resources": [None, 3]},
            {"publisher": []},
            {"tags": {"a": 1}},
            {"type": "hyperloop"},
        ],
    )
    def test_a_value_of_another_kind_costs_that_value(self, value: dict[str, Any]) -> None:
        made = mapped(document(**value))
        assert made.dataset["title_translated"] == {"fr": "Jeu 1"}
        assert made.problems

    def test_without_title_it_is_refused(self) -> None:
        with pytest.raises(RecordError):
            mapped({"id": "1"})


def test_an_object_instead_of_the_list_fails_the_source(serve: Any, client: Any) -> None:
    class Error(stand_in.Transport):
        def datasets(self, request: Any) -> Any:
            return stand_in.json_response({"error": "unavailable"})

    with pytest.raises(SourceError) as raised:
        list(Transport().pages(TestTransport().source(serve(Error())), client))
    assert raised.value.reason is Reason.BAD_ANSWER
