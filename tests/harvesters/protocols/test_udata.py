"""udata: the common contract, scopes of several queries, and what data.gouv.fr holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Severity, SourceError, SourceRecord
from ckanext.harvesters.replay import datagouv
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.server import Portal, json_response, route
from ckanext.harvesters.udata.protocol import Udata, list_of
from ckanext.harvesters.udata.resources import JSON

from .contract import ProtocolContract

LICENCES = {"cc-by-4": "CC BY 4.0", "unknown": "maison"}
LILLE = "fr:commune:59350"
MEL = "534fff8ea3a7292c64a77f02"


def document(number: int = 1, **said: Any) -> dict[str, Any]:
    return {
        "id": f"{number:024x}",
        "title": f"Jeu {number}",
        "description": "Chiffres par quartier.",
        "slug": f"jeu-{number}",
        "page": f"https://www.data.gouv.fr/fr/datasets/jeu-{number}/",
        "organization": {"id": MEL, "name": "Métropole Européenne de Lille"},
        "created_at": f"2020-01-{number % 28 + 1:02d}T00:00:00",
        "last_update": "2024-05-01T00:00:00",
        "resources": [
            {"id": "r", "title": "Fichier", "url": "https://e.org/f.csv", "format": "csv", "filetype": "remote"}
        ],
        **said,
    }


class TestUdata(ProtocolContract):
    name: ClassVar[str] = "udata"
    language: ClassVar[str] = "fr"
    test_a_theme_nobody_knows_is_kept_and_reported = None  # its records have no themes

    def portal(self, catalogue: Catalogue) -> datagouv.Datagouv:
        return datagouv.Datagouv(catalogue)

    def record(self, number: int, **said: Any) -> dict[str, Any]:
        return document(
            number,
            title=said.get("title", f"Jeu {number}"),
            description=said.get("description", "Chiffres par quartier."),
            tags=said.get("keyword", []),
            last_update=said.get("modified", "2024-05-01T00:00:00"),
            license=LICENCES.get(said.get("licence", "")),
        )

    def test_several_queries_are_united(self, serve: Any, client: Any) -> None:
        in_lille = document(1, spatial={"zones": [LILLE]}, organization=None)
        both = document(2, spatial={"zones": [LILLE]})
        of_mel = document(3)
        other = document(4, organization={"id": "f" * 24, "name": "Autre"})
        portal = self.portal(self.catalogue(in_lille, both, of_mel, other))
        _, pages = self.read(serve, client, portal, scope={"geozone": [LILLE], "organization": [MEL]})
        assert [record.guid[-1] for page in pages for record in page.records] == ["1", "2", "3"]
        assert not any(page.problems for page in pages)

    def test_a_slug_for_an_organization_is_a_mistake_in_the_settings(self, serve: Any, client: Any) -> None:
        with pytest.raises(SourceError) as raised:
            self.read(serve, client, self.portal(self.many(1)), scope={"organization": "mel"})
        assert raised.value.reason is Reason.BAD_CONFIGURATION

    @pytest.mark.parametrize("mark", ["deleted", "archived", "private"])
    def test_what_is_not_public_is_left_out_and_said(self, serve: Any, client: Any, mark: str) -> None:
        portal = self.portal(self.catalogue(document(1), document(2, **{mark: "2024-01-01T00:00:00"})))
        _, pages = self.read(serve, client, portal)
        assert [record.guid[-1] for page in pages for record in page.records] == ["1"]
        (problem,) = pages[0].problems
        assert (problem.reason, problem.field, problem.severity) == (Reason.NOT_PUBLIC, mark, Severity.WARNING)
        assert pages[0].complete

    @pytest.mark.parametrize("faults", [Faults(status_at={2: 500}), Faults(truncate_page_at=2)])
    def test_a_last_page_that_fails_does_not_keep_other_queries_from_being_read(
        self, serve: Any, client: Any, faults: Faults
    ) -> None:
        """Behind the last page the portal answers 404: that is no second failure."""
        in_lille = [document(number, spatial={"zones": [LILLE]}, organization=None) for number in range(1, 6)]
        portal = self.portal(self.catalogue(*in_lille, document(8), document(9)))
        portal.faults = faults
        _, pages = self.read(serve, client, portal, scope={"geozone": [LILLE], "organization": [MEL]})
        guids = {record.guid[-1] for page in pages for record in page.records}
        assert {"1", "2", "3", "8", "9"} <= guids
        assert not all(page.complete for page in pages)
        assert [page.number for page in pages] == list(range(1, len(pages) + 1))

    def test_a_page_that_is_not_found_though_another_led_there_is_a_failure(self, serve: Any, client: Any) -> None:
        portal = self.portal(self.many(9))
        portal.faults = Faults(status_at={2: 404})
        _, pages = self.read(serve, client, portal)
        assert [problem.reason for page in pages for problem in page.problems][0] is Reason.UNREACHABLE
        assert sum(len(page.records) for page in pages) == 6

    def test_a_slug_for_an_id_is_refused(self, serve: Any, client: Any) -> None:
        portal = self.portal(self.catalogue({**document(1), "id": "jeu-1"}))
        _, pages = self.read(serve, client, portal)
        assert pages[0].problems[0].reason is Reason.NO_IDENTIFIER


class TestVersion2(TestUdata):
    """The same promises, kept by the same reader: only the list has another address, and files stand behind links."""

    options: ClassVar[dict[str, Any]] = {"page_size": 3, "api_version": 2}
    wrong_options: ClassVar[dict[str, Any]] = {"api_version": 3}

    def test_a_dataset_is_the_same_in_both_versions(self, serve: Any, client: Any) -> None:
        files = [{"id": f"r{one}", "url": f"https://e.org/{one}.csv", "format": "csv"} for one in range(120)]
        url = serve(self.portal(self.catalogue(document(1, resources=files), document(2, resources=[]))))
        read = {}
        for version in (1, 2):
            source = self.source(url, options={"api_version": version})
            records = [record for page in self.protocol.pages(source, client) for record in page.records]
            read[version] = [self.protocol.map(source, record).dataset for record in records]
        assert read[1] == read[2]
        assert [len(dataset.get("resources", ())) for dataset in read[2]] == [120, 0]

    @pytest.mark.parametrize(
        ("address", "options", "version"),
        [
            ("/api/2/datasets/search/?q=", {}, 2),
            ("/api/2", {}, 2),
            ("/api/1/datasets/", {}, 1),
            ("", {}, 1),
            ("/api/1/", {"api_version": 2}, 2),
        ],
    )
    def test_the_address_says_the_version_unless_the_options_do(
        self, serve: Any, client: Any, address: str, options: dict[str, Any], version: int
    ) -> None:
        url = serve(self.portal(self.many(1)))
        source = self.source(url + address, options=options)
        assert list_of(source) == f"{url}/api/{version}/datasets/"
        assert sum(len(page.records) for page in self.protocol.pages(source, client)) == 1

    @pytest.mark.parametrize(
        ("link", "reason"),
        [
            ({"href": "http://169.254.169.254/latest/", "total": 1}, Reason.NEXT_PAGE_ELSEWHERE),
            ({"href": "{base}/datagouv/api/2/datasets/none/resources/", "total": 1}, Reason.UNREACHABLE),
            ({"href": "{base}/datagouv/api/2/datasets/" + f"{2:024x}" + "/resources/", "total": 1}, None),
            ({"href": "{base}/datagouv/api/1/site/", "total": 1}, Reason.UNREACHABLE),
            ({"total": 2}, Reason.FEWER_THAN_PROMISED),
        ],
    )
    def test_a_dataset_whose_files_cannot_be_had_is_not_taken_without_them(
        self, serve: Any, client: Any, link: dict[str, Any], reason: Reason | None
    ) -> None:
        def linked(base: str) -> dict[str, Any]:
            named = {key: one.replace("{base}", base) if isinstance(one, str) else one for key, one in link.items()}
            return document(1, resources=named)

        portal = self.portal(Catalogue({"1": linked, "2": lambda _base: document(2)}))
        _, pages = self.read(serve, client, portal, options={"api_version": 1})
        guids = [record.guid[-1] for page in pages for record in page.records]
        if reason is None:
            assert guids == ["1", "2"]
            return
        assert guids == ["2"]
        (problem,) = pages[0].problems
        assert (problem.guid, problem.field, problem.reason) == (f"{1:024x}", "resources", reason)
        assert not pages[0].complete


class Leading(Portal):
    """A portal whose link to the next page leads where it is told."""

    name: ClassVar[str] = "leading"

    def __init__(self, following: str) -> None:
        super().__init__()
        self.following = following

    def routes(self) -> Iterable[Rule]:
        yield route("/api/1/datasets/", self.answer)

    def answer(self, request: Request) -> Response:
        following = self.following.replace("{self}", request.url).replace("{host}", request.host_url.rstrip("/"))
        return json_response({"data": [document(int(request.args.get("page", 1)))], "next_page": following, "total": 9})


@pytest.mark.parametrize(
    ("following", "reason"),
    [
        ("{self}", Reason.PAGE_REPEATED),
        ("http://169.254.169.254/latest/meta-data/", Reason.NEXT_PAGE_ELSEWHERE),
        ("http://localhost:1/", Reason.NEXT_PAGE_ELSEWHERE),
        ("file:///etc/passwd", Reason.NEXT_PAGE_ELSEWHERE),
        ("http://[", Reason.NEXT_PAGE_ELSEWHERE),
    ],
)
def test_the_link_to_the_next_page_is_followed_only_forward_on_the_same_host(
    serve: Any, client: Any, following: str, reason: Reason
) -> None:
    source = TestUdata().source(serve(Leading(following)))
    pages = list(Udata().pages(source, client))
    assert len(pages) == 1
    assert pages[0].problems[0].reason is reason
    assert not pages[0].complete


def mapped(value: Any) -> Any:
    source = TestUdata().source("https://www.data.gouv.fr")
    content = json.dumps(value).encode()
    return Udata().map(source, SourceRecord(f"{1:024x}", content, JSON, "https://www.data.gouv.fr/fr/datasets/jeu-1/"))


class TestMapping:
    def test_a_harvested_dataset_keeps_its_first_identity(self) -> None:
        harvest = {
            "uri": "https://opendata.lillemetropole.fr/id/velo",
            "remote_url": "https://opendata.lillemetropole.fr/explore/dataset/velo/",
            "dct_identifier": "velo",
            "remote_id": "velo@mel",
        }
        dataset = mapped(document(harvest=harvest)).dataset
        assert dataset["uri"] == harvest["uri"]
        assert dataset["identifier"] == "velo"
        assert dataset["url"] == harvest["remote_url"]
        assert set(dataset["alternate_identifier"]) == {
            "https://www.data.gouv.fr/fr/datasets/jeu-1/", harvest["remote_url"], "velo@mel", f"{1:024x}",
        }  # fmt: skip

    def test_what_older_harvests_noted_in_extras_is_its_first_identity_too(self) -> None:
        extras = {
            "harvest:domain": "opendata.example.fr",
            "harvest:remote_id": "velo-stations",
            "dct:identifier": "fr-velo",
            "remote_url": "https://opendata.example.fr/explore/dataset/velo/",
        }
        dataset = mapped(document(extras=extras, harvest=None)).dataset
        assert (dataset["uri"], dataset["url"]) == (extras["remote_url"], extras["remote_url"])
        assert dataset["identifier"] == "fr-velo"
        assert {"velo-stations", f"{1:024x}"} <= set(dataset["alternate_identifier"])
        newer = mapped(document(extras=extras, harvest={"remote_url": "https://new.example.fr/velo"})).dataset
        assert newer["url"] == "https://new.example.fr/velo"
        extras["ods:url"] = extras.pop("remote_url")
        assert mapped(document(extras=extras)).dataset["uri"] == extras["ods:url"]

    def test_zones_become_places(self) -> None:
        dataset = mapped(document(spatial={"zones": ["fr:commune:59350@1943-01-01", "country:fr", "poi"]})).dataset
        assert dataset["spatial_coverage"] == [
            {"text": "fr:commune:59350", "uri": "http://id.insee.fr/geo/commune/59350"},
            {"text": "country:fr", "uri": "http://publications.europa.eu/resource/authority/country/FRA"},
            {"text": "poi"},
        ]

    def test_a_geometry_comes_first(self) -> None:
        geom = {"type": "MultiPolygon", "coordinates": [[[[3, 50], [4, 50], [4, 51], [3, 51], [3, 50]]]]}
        dataset = mapped(document(spatial={"geom": geom, "zones": [LILLE]})).dataset
        assert json.loads(dataset["spatial"])["type"] == "MultiPolygon"
        assert dataset["spatial_coverage"][1]["text"] == LILLE

    @pytest.mark.parametrize("licence", [None, "notspecified"])
    def test_no_licence_said_is_no_licence_and_no_complaint(self, licence: str | None) -> None:
        made = mapped(document(license=licence))
        assert "license_id" not in made.dataset
        assert made.problems == ()

    @pytest.mark.parametrize(("licence", "code"), [("lov2", "ETALAB_2_0"), ("odc-odbl", "ODC_BL")])
    def test_licence_ids(self, licence: str, code: str) -> None:
        assert mapped(document(license=licence)).dataset["license_id"] == code

    def test_without_organization_the_owner_or_the_source_publishes(self) -> None:
        owner = {"first_name": "Marie", "last_name": "Dupont", "email": "secret@example.org"}
        assert mapped(document(organization=None, owner=owner)).dataset["publisher"] == [{"name": "Marie Dupont"}]
        assert mapped(document(organization=None)).dataset["publisher"][0]["name"] == "Example portal"

    def test_a_file_of_the_portal_has_its_stable_address_size_and_checksum(self) -> None:
        file = {
            "title": "velo.csv",
            "filetype": "file",
            "format": "csv",
            "url": "https://static.data.gouv.fr/2024/velo.csv",
            "latest": "https://www.data.gouv.fr/fr/datasets/r/0cabe4d3-bb9f-4181-b482-21d47459d168",
            "filesize": 12,
            "checksum": {"type": "sha1", "value": "abc"},
            "schema": {"name": "etalab/schema-irve"},
        }
        (made,) = mapped(document(resources=[file])).dataset["resources"]
        assert (made["url"], made["download_url"]) == (file["latest"], file["url"])
        assert (made["size"], made["hash"]) == (12, "abc")
        assert made["hash_algorithm"].endswith("checksumAlgorithm_sha1")
        assert made["conforms_to"] == ["https://schema.data.gouv.fr/etalab/schema-irve/"]

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ({"filesize": -1}, Reason.BAD_NUMBER),
            ({"filesize": 2**70}, Reason.BAD_NUMBER),
            ({"filesize": True}, Reason.BAD_NUMBER),
            ({"url": "javascript:alert(1)"}, Reason.BAD_URL),
            ({"url": "https://user:secret@e.org/"}, Reason.BAD_URL),
            ({"url": None}, Reason.NO_ADDRESS),
            ({"created_at": "0000-00-00"}, Reason.BAD_DATE),
            ({"title": []}, Reason.WRONG_TYPE),
            ({"format": "csv dbase"}, Reason.UNKNOWN_TERM),
        ],
    )
    def test_a_wrong_value_in_a_file_is_reported_with_its_place(self, value: dict[str, Any], reason: Reason) -> None:
        file = {"title": "f", "url": "https://e.org/x", "format": "csv", **value}
        made = mapped(document(resources=[{"url": "https://e.org/ok.csv", "format": "csv"}, file]))
        assert made.problems[0].reason is reason
        assert made.problems[0].field.startswith("resources[1].")

    def test_rubbish_among_the_resources_costs_the_rubbish(self) -> None:
        made = mapped(document(resources=[None, 3, {"url": "https://e.org/ok.csv"}], tags={"a": 1}, spatial=[1]))
        assert len(made.dataset["resources"]) == 1
        assert {problem.reason for problem in made.problems} == {Reason.WRONG_TYPE}

    def test_a_standard_is_read_from_the_format_and_the_name(self) -> None:
        made = mapped(
            document(
                title="Horaires théoriques du réseau Ilévia",
                tags=["transports"],
                resources=[{"title": "GTFS", "url": "https://media.ilevia.fr/opendata/gtfs.zip", "format": "zip"}],
            )
        ).dataset
        assert made["type"] == "mobility"
        assert made["resources"][0]["mobility_data_standard"].endswith("/gtfs")
        assert made["mobility_theme"][0].endswith("/public-transport-scheduled-transport")
