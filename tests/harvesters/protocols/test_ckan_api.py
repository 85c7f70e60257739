"""Another CKAN: the common contract, fields in their many forms, and mobility as transportdata.be states it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.ckan_api.protocol import JSON, CkanApi, page_url
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Severity, SourceError, SourceRecord
from ckanext.harvesters.replay import ckan_api as stand_in
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.server import Portal, json_response, route

from .contract import ProtocolContract

LICENCES = {"cc-by-4": "CC-BY-4.0", "unknown": "eigen voorwaarden"}
MOBILITY = "https://w3id.org/mobilitydcat-ap"


def document(number: int = 1, **said: Any) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": f"set-{number}",
        "title": f"Set {number}",
        "notes": "Cijfers per wijk.",
        "state": "active",
        "private": False,
        "type": "dataset",
        "organization": {"name": "stad", "title": "Stad Voorbeeld"},
        "metadata_modified": "2026-01-02T03:04:05.678",
        "resources": [{"id": "r", "name": "Bestand", "url": "https://e.org/f.csv", "format": "CSV"}],
        **said,
    }


class TestCkanApi(ProtocolContract):
    name: ClassVar[str] = "ckan_api"
    language: ClassVar[str] = "nl"

    def portal(self, catalogue: Catalogue) -> stand_in.CkanPortal:
        return stand_in.CkanPortal(catalogue)

    def record(self, number: int, **said: Any) -> dict[str, Any]:
        return document(
            number,
            title=said.get("title", f"Set {number}"),
            notes=said.get("description", "Cijfers per wijk."),
            tags=[{"name": word} for word in said.get("keyword", ())],
            license_id=LICENCES.get(said.get("licence", "")),
            extras=[
                {"key": "modified", "value": said.get("modified", "2024-05-01")},
                *([{"key": "theme", "value": json.dumps([said["theme"]])}] if "theme" in said else []),
            ],
        )

    def test_what_is_not_public_or_no_dataset_is_left_out_and_said(self, serve: Any, client: Any) -> None:
        records = [document(1), document(2, state="deleted"), document(3, private=True), document(4, type="harvest")]
        _, pages = self.read(serve, client, self.portal(self.catalogue(*records)))
        assert [record.guid[-1] for page in pages for record in page.records] == ["1"]
        problems = [problem for page in pages for problem in page.problems]
        assert [problem.reason for problem in problems] == [Reason.NOT_PUBLIC, Reason.NOT_PUBLIC, Reason.NOT_A_DATASET]
        assert {problem.severity for problem in problems} == {Severity.WARNING}
        assert all(page.complete for page in pages)

    def test_a_filter_is_asked_for(self, serve: Any, client: Any) -> None:
        other = document(2, organization={"name": "elders", "title": "Elders"})
        portal = self.portal(self.catalogue(document(1), other))
        _, pages = self.read(serve, client, portal, scope={"fq": "organization:stad"})
        assert [record.guid[-1] for page in pages for record in page.records] == ["1"]

    def test_several_filters_are_asked_for_together(self) -> None:
        source = self.source("https://www.example.be/dataset", scope={"fq": ["a:b", "c:d OR c:e"]})
        asked = page_url(source, 0, 100)
        assert asked.startswith("https://www.example.be/api/3/action/package_search?start=0&rows=100")
        assert "fq=(a:b)+(c:d+OR+c:e)" in asked.replace("%28", "(").replace("%29", ")")


class Answering(Portal):
    """A CKAN that answers with what it is told."""

    name: ClassVar[str] = "answering"

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    def routes(self) -> Iterable[Rule]:
        yield route("/api/3/action/package_search", self.answer)

    def answer(self, request: Request) -> Response:
        return json_response(self.value)


@pytest.mark.parametrize(
    "value",
    [{"success": False, "error": {"message": "Access denied"}}, {"success": True, "result": []}, [], "x", None, {}],
)
def test_what_is_no_search_result_fails_the_source(serve: Any, client: Any, value: Any) -> None:
    with pytest.raises(SourceError) as raised:
        list(CkanApi().pages(TestCkanApi().source(serve(Answering(value))), client))
    assert raised.value.reason is Reason.BAD_ANSWER


def test_fewer_than_promised_forbids_conclusions(serve: Any, client: Any) -> None:
    value = {"success": True, "result": {"count": 2, "results": [document(1)]}}
    (page,) = CkanApi().pages(TestCkanApi().source(serve(Answering(value))), client)
    assert page.problems[0].reason is Reason.FEWER_THAN_PROMISED
    assert not page.complete


def mapped(value: Any) -> Any:
    content = json.dumps(value).encode()
    source = TestCkanApi().source("https://www.example.be")
    return CkanApi().map(source, SourceRecord(value["id"], content, JSON, "https://www.example.be/dataset/set-1"))


class TestMapping:
    @pytest.mark.parametrize(
        "titles",
        [
            {"title_translated": {"nl": "Haltes", "fr": "Arrêts"}},
            {"title": {"nl": "Haltes", "fr": "Arrêts"}},
            {"title": '{"nl": "Haltes", "fr": "Arrêts"}'},
            {"title_translated": '{"nl": "Haltes", "fr": "Arrêts", "de": ""}'},
        ],
    )
    def test_translations_in_every_form(self, titles: dict[str, Any]) -> None:
        assert mapped(document(**titles)).dataset["title_translated"] == {"nl": "Haltes", "fr": "Arrêts"}

    @pytest.mark.parametrize("extras", [[{"key": "frequency", "value": "annual"}], {"frequency": "annual"}])
    def test_extras_are_a_list_or_an_object(self, extras: Any) -> None:
        assert mapped(document(extras=extras)).dataset["frequency"].endswith("/ANNUAL")

    @pytest.mark.parametrize("rubbish", [None, [], "x", [None], [{"key": 1}], [["a", "b"]]])
    def test_extras_that_are_rubbish_cost_nothing(self, rubbish: Any) -> None:
        assert mapped(document(extras=rubbish)).dataset["title_translated"] == {"nl": "Set 1"}

    @pytest.mark.parametrize("tags", [[{"name": "fiets"}], ["fiets"], "fiets"])
    def test_tags_in_every_form(self, tags: Any) -> None:
        assert mapped(document(tags=tags)).dataset["tags_translated"] == {"nl": ["fiets"]}

    def test_a_group_that_is_a_theme_is_one_and_another_is_no_mistake(self) -> None:
        made = mapped(document(groups=[{"title": "Transport"}, {"title": "Project X"}]))
        assert made.dataset["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/TRAN"]
        assert made.problems == ()

    def test_where_it_is_as_geojson_text_or_code(self) -> None:
        spatial = '{"type": "Polygon", "coordinates": [[[3, 50], [4, 50], [4, 51], [3, 50]]]}'
        dataset = mapped(document(spatial=spatial, geo_area=["http://data.europa.eu/nuts/code/BE254"])).dataset
        assert json.loads(dataset["spatial"])["type"] == "Polygon"
        assert {"uri": "http://data.europa.eu/nuts/code/BE254"} in dataset["spatial_coverage"]

    def test_a_dataset_harvested_by_the_other_portal_keeps_its_first_identity(self) -> None:
        dataset = mapped(document(extras=[{"key": "uri", "value": "https://first.example/id/1"}])).dataset
        assert dataset["uri"] == "https://first.example/id/1"
        assert document()["id"] == dataset["identifier"]
        assert dataset["alternate_identifier"] == ["https://www.example.be/dataset/set-1"]

    def test_mobility_as_the_belgian_access_point_states_it(self) -> None:
        theme = f"{MOBILITY}/mobility-theme"
        made = mapped(
            document(
                mobility_theme={f"{theme}/sharing-and-hiring-services": [f"{theme}/bike-sharing-availability"]},
                transport_mode=[f"{MOBILITY}/transport-mode/bike-sharing"],
                network_coverage=[f"{MOBILITY}/network-coverage/urban-and-local-roads", "zomaar"],
                publisher_org="Aanbieder",
                contact_point_email="data@aanbieder.example",
                resources=[
                    {
                        "url": "https://e.org/gbfs.json",
                        "name_translated": {"nl": "Deelfietsen"},
                        "acc_mod": "GBFS",
                        "acc_con": f"{MOBILITY}/communication-method/pull",
                        "conditions_usage": f"{MOBILITY}/conditions-for-access-and-usage/free-of-charge",
                    }
                ],
            )
        )
        dataset = made.dataset
        assert dataset["type"] == "mobility"
        assert [uri.rpartition("/")[2] for uri in dataset["mobility_theme"]] == [
            "sharing-and-hiring-services", "bike-sharing-availability",
        ]  # fmt: skip
        assert dataset["transport_mode"] == [f"{MOBILITY}/transport-mode/bike-sharing"]
        assert dataset["publisher"] == [{"name": "Aanbieder"}]
        assert dataset["contact"] == [{"email": "data@aanbieder.example"}]
        (file,) = dataset["resources"]
        assert file["mobility_data_standard"].endswith("/gbfs")
        assert file["communication_method"].endswith("/pull")
        assert file["conditions_for_access"].endswith("/free-of-charge")
        assert {"field": "network_coverage", "value": "zomaar"} in dataset["unresolved"]

    def test_fields_of_mobility_mean_nothing_without_its_theme(self) -> None:
        dataset = mapped(document(network_coverage=[f"{MOBILITY}/network-coverage/motorways"])).dataset
        assert "network_coverage" not in dataset

    @pytest.mark.parametrize(
        "value",
        [
            {"resources": None},
            {"resources": {"a": 1}},
            {"organization": None, "author": 3},
            {"spatial": {"type": "Nonsense"}},
            {"mobility_theme": "{"},
            {"mobility_theme": [None, 3, {"a": 1}]},
            {"groups": "verkeer"},
            {"temporal_coverage": "2020"},
            {"theme": {"a": [{"b": 1}]}},
            {"license_id": ["a"]},
        ],
    )
    def test_a_value_of_another_kind_costs_that_value(self, value: dict[str, Any]) -> None:
        assert mapped(document(**value)).dataset["title_translated"] == {"nl": "Set 1"}
