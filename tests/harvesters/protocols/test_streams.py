"""Linked Data Event Streams: what the newest members leave, as Flanders' servers and the DCAT-AP Feed write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Source, SourceError
from ckanext.harvesters.replay.server import Portal, route

PREFIXES = """
@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix ldes: <https://w3id.org/ldes#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix tree: <https://w3id.org/tree#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix ex: <https://data.example.be/id/> .
"""


class Stream(Portal):
    """A stream whose pages are written out: path → text; ``{host}`` stands for this server."""

    name: ClassVar[str] = "ldes"

    def __init__(self, pages: dict[str, str], kind: str = "text/turtle") -> None:
        super().__init__()
        self.texts, self.kind = pages, kind
        self.asked: list[str] = []

    def routes(self) -> Iterable[Rule]:
        yield route("/<path:path>", self.answer)

    def answer(self, request: Request, path: str) -> Response:
        page = request.full_path.rstrip("?").removeprefix(f"/{self.name}/")
        self.asked.append(page)
        if page not in self.texts:
            raise NotFound
        host = f"{request.host_url[:-1]}/{self.name}"
        return Response(PREFIXES + self.texts[page].replace("{host}", host), content_type=self.kind)


def left(serve: Any, client: Any, stream: Stream, start: str, **options: Any) -> dict[str, dict[str, Any]]:
    """Read a stream and return what it leaves: guid → dataset."""
    source = Source("s", "S", "dcat", f"{serve(stream)}/{start}", "o", "nl", "https://example.org/cc0", options=options)
    pages = list(Dcat().pages(source, client))
    assert all(page.complete for page in pages)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    return {record.guid: Dcat().map(source, record).dataset for page in pages for record in page.records}


def titles(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {guid.rpartition("/")[2]: dataset["title_translated"]["nl"] for guid, dataset in found.items()}


def version(number: int, moment: str, title: str) -> str:
    """Write a member as Flanders' LDES servers do: the version is the subject, and says of what it is one."""
    node = f"<https://data.example.be/id/{number}#{moment}>"
    return (
        f"<{{host}}/catalogus> tree:member {node} .\n"
        f'{node} a dcat:Dataset ; dct:isVersionOf ex:{number} ; prov:generatedAtTime "{moment}"^^xsd:dateTime ;\n'
        f'  dct:title "{title}"@nl ; dcat:distribution [ a dcat:Distribution ; dct:title "Bestand"@nl ;\n'
        f"  dcat:accessURL <https://data.example.be/{number}.csv> ] .\n"
    )


FLANDERS = {
    "catalogus": "<{host}/catalogus> a ldes:EventStream ; ldes:timestampPath prov:generatedAtTime ;\n"
    "  ldes:versionOfPath dct:isVersionOf ; tree:view <{host}/catalogus/by-page>, <{host}/catalogus/by-time> .",
    "catalogus/by-page": "<{host}/catalogus> a ldes:EventStream ; tree:view <{host}/catalogus/by-page> .\n"
    "<{host}/catalogus/by-page> a tree:Node ; tree:relation [ a tree:Relation ;\n"
    "  tree:node <{host}/catalogus/by-page?pageNumber=1> ] .",
    "catalogus/by-page?pageNumber=1": "<{host}/catalogus/by-page?pageNumber=1> a tree:Node ;\n"
    "  tree:relation [ a tree:Relation ; tree:node <{host}/catalogus/by-page?pageNumber=2> ] .\n"
    + version(1, "2026-01-01T10:00:00.000Z", "Fietspaden, oud")
    + version(2, "2026-01-01T10:00:00.000Z", "Laadpalen")
    + version(3, "2026-03-01T10:00:00.000Z", "Bushaltes, nieuw"),
    "catalogus/by-page?pageNumber=2": "<{host}/catalogus/by-page?pageNumber=2> a tree:Node ;\n"
    "  tree:relation [ a tree:Relation ; tree:node <{host}/catalogus/by-page?pageNumber=1> ] .\n"
    + version(1, "2026-02-01T11:00:00+01:00", "Fietspaden")
    + version(1, "2026-02-01T09:59:00Z", "Fietspaden, een minuut ouder")
    + version(3, "2026-02-01T10:00:00Z", "Bushaltes, ouder en toch later gestuurd"),
}


class TestFlanders:
    @pytest.mark.parametrize("start", ["catalogus", "catalogus/by-page"])
    def test_the_newest_version_of_each_dataset_is_kept(self, serve: Any, client: Any, start: str) -> None:
        stream = Stream(FLANDERS)
        found = left(serve, client, stream, start)
        assert titles(found) == {"1": "Fietspaden", "2": "Laadpalen", "3": "Bushaltes, nieuw"}
        assert set(found) == {f"https://data.example.be/id/{number}" for number in (1, 2, 3)}
        assert all(dataset["uri"] == guid for guid, dataset in found.items())
        assert len(stream.asked) == len(set(stream.asked)), "no page twice"
        assert "catalogus/by-time" not in stream.asked

    def test_files_of_older_versions_are_gone(self, serve: Any, client: Any) -> None:
        found = left(serve, client, Stream(FLANDERS), "catalogus")
        assert [len(dataset["resources"]) for dataset in found.values()] == [1, 1, 1]

    def test_reading_again_gives_the_same(self, serve: Any, client: Any) -> None:
        stream = Stream(FLANDERS)
        assert left(serve, client, stream, "catalogus") == left(serve, client, stream, "catalogus")

    def test_what_no_iri_holds_and_references_to_the_page_cost_no_version(self, serve: Any, client: Any) -> None:
        page = (
            "<> a ldes:EventStream ; tree:member <#1> . <#1> a dcat:Dataset ; dct:isVersionOf <dataset/1> ;\n"
            'dct:title "Fietspaden"@nl ; dct:license <> ; dct:spatial <Kortrijk {centrum}> .'
            " <> tree:relation [ tree:node <?page=2> ] ."
        )
        second = "<> a ldes:EventStream ; tree:member <#1> . <#1> a dcat:Dataset ; dct:isVersionOf <dataset/2> ; "
        found = left(
            serve, client, Stream({"feed": page, "feed?page=2": f'{second} dct:title "Bushaltes"@nl .'}), "feed"
        )
        assert titles(found) == {"1": "Fietspaden", "2": "Bushaltes"}
        assert all(guid.startswith("http://127.0.0.1") and "/ldes/dataset/" in guid for guid in found)
        assert next(iter(found.values()))["spatial_coverage"] == [{"text": "Kortrijk {centrum}"}]

    def test_a_page_that_fails_gives_nothing_at_all(self, serve: Any, client: Any) -> None:
        """Which version is the newest is not known: an old one must not be written over a newer one."""
        pages = {name: text for name, text in FLANDERS.items() if not name.endswith("=2")}
        source = Source("s", "S", "dcat", f"{serve(Stream(pages))}/catalogus", "o", "nl", "https://example.org/cc0")
        records = []
        with pytest.raises(SourceError) as raised:
            records += [record for page in Dcat().pages(source, client) for record in page.records]
        assert raised.value.reason is Reason.UNREACHABLE
        assert records == []

    def test_a_page_that_breaks_off_ends_the_pass(self, serve: Any, client: Any) -> None:
        cut = FLANDERS | {"catalogus/by-page?pageNumber=2": version(1, "2026-02-01T10:00:00Z", "Fietspaden")[:-40]}
        with pytest.raises(SourceError):
            left(serve, client, Stream(cut), "catalogus")

    def test_a_relation_to_another_host_ends_the_pass(self, serve: Any, client: Any) -> None:
        away = FLANDERS | {
            "catalogus/by-page": "<{host}/c> a ldes:EventStream . "
            "<{host}/b> tree:relation [ tree:node <http://169.254.169.254/latest> ] ."
        }
        with pytest.raises(SourceError) as raised:
            left(serve, client, Stream(away), "catalogus")
        assert raised.value.reason is Reason.NEXT_PAGE_ELSEWHERE

    def test_a_stream_without_end_is_cut(self, serve: Any, client: Any) -> None:
        with pytest.raises(SourceError) as raised:
            left(serve, client, Stream(FLANDERS), "catalogus", max_pages=3)
        assert raised.value.reason is Reason.TOO_MANY_PAGES


def activity(number: int, kind: str, about: int, moment: str, title: str | None = None) -> str:
    """Write a member as the DCAT-AP Feed specification has it: an activity, and a graph of its name."""
    node = f"<{{host}}/feed#{number}>"
    said = (
        f"<{{host}}/feed> tree:member {node} .\n{node} a as:{kind} ; as:object ex:{about} ;\n"
        f'  as:published "{moment}"^^xsd:dateTime .\n'
    )
    body = f'{node} {{ ex:{about} a dcat:Dataset ; dct:title "{title}"@nl ; dct:relation ex:1, ex:2 . }}\n'
    return said + (body if title else "")


STREAM = (
    "<{host}/feed> a ldes:EventStream ; ldes:versionOfPath as:object ; ldes:timestampPath as:published ;\n"
    "  tree:view <{host}/feed> .\n"
)


class TestDcatApFeed:
    def feed(self, *members: str) -> Stream:
        return Stream({"feed": STREAM + "".join(members)}, "application/trig")

    def test_create_update_and_delete(self, serve: Any, client: Any) -> None:
        stream = self.feed(
            activity(1, "Create", 1, "2026-01-01T00:00:00Z", "Een"),
            activity(2, "Create", 2, "2026-01-01T00:00:00Z", "Twee"),
            activity(3, "Update", 1, "2026-01-02T00:00:00Z", "Een, beter"),
            activity(4, "Delete", 2, "2026-01-03T00:00:00Z"),
        )
        assert titles(left(serve, client, stream, "feed")) == {"1": "Een, beter"}

    def test_what_was_deleted_may_come_back(self, serve: Any, client: Any) -> None:
        stream = self.feed(
            activity(1, "Create", 1, "2026-01-01T00:00:00Z", "Een"),
            activity(3, "Create", 1, "2026-01-03T00:00:00Z", "Terug"),
            activity(2, "Delete", 1, "2026-01-02T00:00:00Z"),
        )
        assert titles(left(serve, client, stream, "feed")) == {"1": "Terug"}

    def test_of_two_at_one_moment_the_higher_number_is_newer(self, serve: Any, client: Any) -> None:
        stream = self.feed(
            activity(9, "Create", 1, "2026-01-01T00:00:00Z", "Negen"),
            activity(10, "Update", 1, "2026-01-01T00:00:00Z", "Tien"),
        )
        assert titles(left(serve, client, stream, "feed")) == {"1": "Tien"}

    def test_activities_without_graphs_are_read_too(self, serve: Any, client: Any) -> None:
        flat = [
            activity(1, "Create", 1, "2026-01-01T00:00:00Z", "Een").replace("<{host}/feed#1> { ", "").replace(" }", ""),
            activity(2, "Create", 2, "2026-01-02T00:00:00Z", "Twee")
            .replace("<{host}/feed#2> { ", "")
            .replace(" }", ""),
        ]
        found = left(serve, client, Stream({"feed": STREAM + "".join(flat)}), "feed")
        assert titles(found) == {"1": "Een", "2": "Twee"}

    def test_files_and_agents_that_are_members_by_themselves(self, serve: Any, client: Any) -> None:
        """As data.gov.be has it: what a dataset leads to has versions of its own."""

        def member(number: int, about: str, body: str) -> str:
            node = f"<{{host}}/feed#{number}>"
            return (
                f"<{{host}}/feed> tree:member {node} . {node} a as:Create ; dct:isVersionOf {about} ;\n"
                f'  as:published "2026-01-0{number}T00:00:00Z"^^xsd:dateTime . {node} {{ {about} {body} . }}\n'
            )

        files = [
            member(number, "ex:file", f"a dcat:Distribution ; dcat:accessURL <https://data.example.be/{number}.csv>")
            for number in (2, 3)
        ]
        made = member(1, "ex:1", 'a dcat:Dataset ; dct:title "Een"@nl ; dcat:distribution ex:file')
        found = left(serve, client, self.feed(made, *files), "feed")
        assert [one["url"] for one in found["https://data.example.be/id/1"]["resources"]] == [
            "https://data.example.be/3.csv"
        ]

    def test_a_stream_says_by_which_paths_it_is_read(self, serve: Any, client: Any) -> None:
        said = "<{host}/feed> a ldes:EventStream ; ldes:versionOfPath ex:of ; ldes:timestampPath ex:when .\n"
        for number, year in ((1, 2027), (2, 2026)):
            said += (
                f"<{{host}}/feed> tree:member ex:v{number} . ex:v{number} ex:of ex:1 ; a dcat:Dataset ;\n"
                f'  ex:when "{year}-01-01"^^xsd:date ; dct:modified "{number}000-01-01" ; dct:title "{year}"@nl .\n'
            )
        assert titles(left(serve, client, Stream({"feed": said}), "feed")) == {"1": "2027"}

    def test_a_stream_without_members_is_empty(self, serve: Any, client: Any) -> None:
        assert left(serve, client, self.feed(), "feed") == {}
