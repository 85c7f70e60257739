"""OGC API Records: the common contract, the two ways of turning pages, and what a record says."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from ckanext.harvesters.ogc_records.protocol import GEOJSON, OgcRecords
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import SourceError, SourceRecord
from ckanext.harvesters.replay import ogc_records as stand_in
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.server import json_response

from .contract import ProtocolContract

LICENCES = {"cc-by-4": "CC-BY-4.0", "unknown": "conditions-maison"}
BOX = [[[3.2, 50.5], [3.6, 50.5], [3.6, 50.7], [3.2, 50.7], [3.2, 50.5]]]


def feature(number: int = 1, **said: Any) -> dict[str, Any]:
    properties = {
        "type": "dataset",
        "title": f"Jeu {number}",
        "description": "Chiffres par quartier.",
        "updated": "2026-05-01T00:00:00Z",
        "created": "2020-01-01",
        "contacts": [
            {"organization": "Ville exemple", "roles": ["publisher"], "emails": [{"value": "geo@ville.example"}]}
        ],
        **said.pop("properties", {}),
    }
    return {
        "id": f"record-{number}",
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": BOX},
        "time": {"interval": ["2024-01-01", ".."]},
        "properties": properties,
        "links": [
            {"rel": "self", "href": f"https://e.org/items/record-{number}"},
            {"rel": "alternate", "type": "text/html", "href": f"https://e.org/items/record-{number}?f=html"},
            {"rel": "enclosure", "type": "text/csv", "href": f"https://e.org/{number}.csv", "length": 12},
            {"rel": "describedby", "href": "https://e.org/model"},
        ],
        **said,
    }


class TestOgcRecords(ProtocolContract):
    name: ClassVar[str] = "ogc_records"
    language: ClassVar[str] = "fr"

    def portal(self, catalogue: Catalogue) -> stand_in.OgcRecords:
        return stand_in.OgcRecords(catalogue)

    def source(self, url: str, **changed: Any) -> Any:
        return super().source(f"{url}{stand_in.ITEMS}", **changed)

    def record(self, number: int, **said: Any) -> dict[str, Any]:
        theme = said.get("theme")
        properties = {
            "title": said.get("title", f"Jeu {number}"),
            "description": said.get("description", "Chiffres par quartier."),
            "keywords": said.get("keyword", []),
            "themes": [{"concepts": [{"id": theme}]}] if theme else [],
            "updated": said.get("modified", "2026-05-01T00:00:00Z"),
            "license": LICENCES.get(said.get("licence", "")),
        }
        return feature(number, properties=properties)

    @pytest.mark.parametrize(("position", "links"), [("offset", True), ("startindex", True), ("startindex", False)])
    def test_pages_are_turned_by_whatever_position(self, serve: Any, client: Any, position: str, links: bool) -> None:
        portal = stand_in.OgcRecords(self.many(8), position=position, links=links)
        options = self.options if links else {**self.options, "offset": position}
        _, pages = self.read(serve, client, portal, options=options)
        assert [len(page.records) for page in pages] == [3, 3, 2]
        assert all(page.complete for page in pages)

    @pytest.mark.parametrize(
        ("link", "reason"),
        [("https://elsewhere.example/items?token=2", Reason.NEXT_PAGE_ELSEWHERE), ("{self}", Reason.PAGE_REPEATED)],
    )
    def test_a_link_by_token_is_followed_on_the_same_host_only(
        self, serve: Any, client: Any, link: str, reason: Reason
    ) -> None:
        class ByToken(stand_in.OgcRecords):
            def items(self, request: Any) -> Any:
                following = {"rel": "next", "href": link.format(self=request.url)}
                return json_response({"features": [feature(1)], "links": [following]})

        _, pages = self.read(serve, client, ByToken(Catalogue()))
        assert pages[-1].problems[-1].reason is reason
        assert not pages[-1].complete

    def test_other_kinds_are_left_out_with_a_warning(self, serve: Any, client: Any) -> None:
        portal = self.portal(self.catalogue(feature(1), feature(2, properties={"type": "service"})))
        _, (page,) = self.read(serve, client, portal)
        assert len(page.records) == 1
        assert [problem.reason for problem in page.problems] == [Reason.NOT_A_DATASET]
        assert page.complete

    def test_what_is_no_feature_collection_fails_the_source(self, serve: Any, client: Any) -> None:
        class Refusing(stand_in.OgcRecords):
            def items(self, request: Any) -> Any:
                return json_response({"code": "NotFound", "description": "Collection not found"})

        source = self.source(serve(Refusing(Catalogue())))
        with pytest.raises(SourceError) as raised:
            list(OgcRecords().pages(source, client))
        assert raised.value.reason is Reason.BAD_ANSWER


def mapped(**said: Any) -> Any:
    source = TestOgcRecords().source("https://e.org")
    return OgcRecords().map(source, SourceRecord("record-1", json.dumps(feature(1, **said)).encode(), GEOJSON))


class TestMapping:
    def test_place_period_contact_and_file(self) -> None:
        dataset = mapped().dataset
        assert json.loads(dataset["spatial"])["coordinates"]
        assert dataset["temporal_coverage"] == [{"start": "2024-01-01"}]
        assert dataset["publisher"] == [{"name": "Ville exemple"}]
        assert dataset["contact"] == [{"name": "Ville exemple", "email": "geo@ville.example"}]
        (file,) = dataset["resources"]
        assert (file["format"], file["size"], file["download_url"]) == ("CSV", 12, "https://e.org/1.csv")
        assert dataset["documentation"] == ["https://e.org/model"]

    def test_a_record_says_its_language(self) -> None:
        dataset = mapped(properties={"language": {"code": "nl"}, "resourceLanguages": [{"code": "nl"}]}).dataset
        assert set(dataset["title_translated"]) == {"nl"}
        assert dataset["language"] == ["http://publications.europa.eu/resource/authority/language/NLD"]

    def test_themes_of_a_scheme(self) -> None:
        scheme = "http://publications.europa.eu/resource/authority/data-theme"
        themes = [
            {"scheme": scheme, "concepts": [{"id": "TRAN"}]},
            {"scheme": "http://eurovoc.europa.eu", "concepts": [{"id": "1234"}]},
        ]
        dataset = mapped(properties={"themes": themes}).dataset
        assert dataset["theme"] == [f"{scheme}/TRAN"]
        assert dataset["subject"] == ["http://eurovoc.europa.eu/1234"]

    @pytest.mark.parametrize("geometry", [{"type": "Polygon", "coordinates": "no"}, {"type": "Nothing"}, 3, "POINT"])
    def test_a_shape_nobody_can_read_is_reported(self, geometry: Any) -> None:
        made = mapped(geometry=geometry)
        assert Reason.BAD_GEOMETRY in {problem.reason for problem in made.problems}
        assert "spatial" not in made.dataset

    def test_identifiers_it_had_elsewhere_go_first(self) -> None:
        dataset = mapped(properties={"externalIds": [{"value": "https://e.org/id/7"}]}).dataset
        assert dataset["uri"] == dataset["identifier"] == "https://e.org/id/7"
        assert dataset["alternate_identifier"] == ["record-1"]
