"""CSW: the common contract, and servers that count wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.csw import answer
from ckanext.harvesters.csw.protocol import Csw, page_url
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Severity, SourceError
from ckanext.harvesters.replay import csw as stand_in
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.server import Portal, route

from .contract import ProtocolContract
from .iso_records import LICENCES, anchor, constraint, iso, revised, text


class TestCsw(ProtocolContract):
    name: ClassVar[str] = "csw"
    language: ClassVar[str] = "fr"

    def portal(self, catalogue: Catalogue) -> stand_in.Csw:
        return stand_in.Csw(catalogue)

    def source(self, url: str, **changed: Any) -> Any:
        return super().source(f"{url}/geonetwork/srv/fre/csw" if url.endswith("/csw") else url, **changed)

    def record(self, number: int, **said: Any) -> str:
        keywords = "".join(text("keyword", word) for word in said.get("keyword", ()))
        about = f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{keywords}</gmd:MD_Keywords></gmd:descriptiveKeywords>"
        if theme := said.get("theme"):
            about += (
                f"<gmd:topicCategory><gmd:MD_TopicCategoryCode>{theme}</gmd:MD_TopicCategoryCode></gmd:topicCategory>"
            )
        if licence := LICENCES.get(said.get("licence", "")):
            about += constraint(anchor("otherConstraints", licence, "Conditions"))
        return iso(
            number,
            title=said.get("title", f"Jeu {number}"),
            description=said.get("description", "Chiffres par quartier."),
            citation=revised(said.get("modified", "2024-05-01")),
            about=about,
        )


class Answering(Portal):
    """A service that answers with what it is told: a function of the position asked for."""

    name: ClassVar[str] = "csw"

    def __init__(self, answers: Any) -> None:
        super().__init__()
        self.answers = answers

    def routes(self) -> Iterable[Rule]:
        yield route("/geonetwork/srv/fre/csw", self.answer)

    def answer(self, request: Request) -> Response:
        hits = request.args.get("resultType") == "hits"
        return Response(self.answers(0 if hits else int(request.args["startPosition"])), content_type="application/xml")


def results(figures: str, *records: str) -> str:
    return (
        '<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">'
        f"<csw:SearchResults {figures}>{''.join(records)}</csw:SearchResults></csw:GetRecordsResponse>"
    )


def read(serve: Any, client: Any, answers: Any, **options: Any) -> list[Any]:
    source = TestCsw().source(serve(Answering(answers)), options={"page_size": 3, **options})
    return list(Csw().pages(source, client))


def guids(pages: list[Any]) -> list[str]:
    return [record.guid[-1] for page in pages for record in page.records]


class TestServers:
    def test_a_server_that_gives_fewer_than_asked_is_read_to_its_end(self, serve: Any, client: Any) -> None:
        portal = stand_in.Csw(TestCsw().many(7), stingy=2)
        pages = list(Csw().pages(TestCsw().source(serve(portal), options={"page_size": 5}), client))
        assert len(guids(pages)) == 7
        assert all(page.complete for page in pages)

    @pytest.mark.parametrize(
        "next_record", ['nextRecord="0"', 'nextRecord="1"', 'nextRecord="999"', 'nextRecord="-3"', ""]
    )
    def test_the_total_is_believed_before_the_next_position(self, serve: Any, client: Any, next_record: str) -> None:
        records = [iso(number) for number in range(1, 8)]

        def answers(start: int) -> str:
            return results(f'numberOfRecordsMatched="7" {next_record}', *records[start - 1 : start + 2])

        pages = read(serve, client, answers)
        assert guids(pages) == list("1234567")
        assert all(page.complete for page in pages)

    def test_more_promised_than_sent_forbids_conclusions(self, serve: Any, client: Any) -> None:
        def answers(start: int) -> str:
            return results('numberOfRecordsMatched="9" nextRecord="4"', *([iso(1), iso(2)] if start == 1 else []))

        pages = read(serve, client, answers)
        assert pages[-1].problems[0].reason is Reason.FEWER_THAN_PROMISED
        assert pages[-1].problems[0].value == "2 of 9"
        assert not pages[-1].complete

    def test_a_catalogue_that_shrank_during_the_pass_is_complete(self, serve: Any, client: Any) -> None:
        def answers(start: int) -> str:
            promised = 2 if start == 0 else 4  # 0: asked for hits only
            return results(
                f'numberOfRecordsMatched="{promised}" nextRecord="0"', *([iso(1), iso(2)] if start == 1 else [])
            )

        assert all(page.complete for page in read(serve, client, answers))

    def test_a_service_without_total_ends_with_an_empty_page(self, serve: Any, client: Any) -> None:
        pages = read(serve, client, lambda start: results("", *([iso(start)] if start < 4 else [])))
        assert guids(pages) == list("123")

    def test_an_exception_with_status_200_is_told_in_its_own_words(self, serve: Any, client: Any) -> None:
        report = (
            '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"><ows:Exception><ows:ExceptionText>'
            "outputSchema not supported</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
        )
        with pytest.raises(SourceError) as raised:
            read(serve, client, lambda _start: report)
        assert (raised.value.reason, raised.value.detail) == (Reason.BAD_ANSWER, "outputSchema not supported")

    def test_what_lies_beyond_the_result_window_is_not_taken_for_gone(self, serve: Any, client: Any) -> None:
        portal = stand_in.Csw(TestCsw().many(12), window=6)
        source, pages = TestCsw().source(serve(portal)), []
        with pytest.raises(SourceError) as raised:
            pages.extend(Csw().pages(source, client))
        assert "Result window is too large" in raised.value.detail

    def test_the_capabilities_are_no_records(self, serve: Any, client: Any) -> None:
        with pytest.raises(SourceError) as raised:
            read(serve, client, lambda _start: '<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"/>')
        assert (raised.value.reason, raised.value.detail) == (Reason.BAD_ANSWER, "Capabilities")

    def test_a_broken_record_costs_itself(self, serve: Any, client: Any) -> None:
        broken = iso(2).replace("</gmd:abstract>", "", 1)
        (page,) = read(serve, client, lambda _start: results('numberOfRecordsMatched="3"', iso(1), broken, iso(3)))
        assert guids([page]) == ["1", "3"]
        assert not page.complete
        assert page.problems[0].reason is Reason.PAGE_UNREADABLE

    def test_services_and_maps_are_left_out_and_said(self, serve: Any, client: Any) -> None:
        records = [iso(1), iso(2, level="service"), iso(3, level="featureCatalogue"), iso(4, level="series")]
        pages = read(
            serve, client, lambda start: results('numberOfRecordsMatched="4"', *records[start - 1 : start + 2])
        )
        assert guids(pages) == ["1", "4"]
        problems = [problem for page in pages for problem in page.problems]
        assert [(problem.value, problem.reason, problem.severity) for problem in problems] == [
            ("service", Reason.NOT_A_DATASET, Severity.WARNING),
            ("featureCatalogue", Reason.NOT_A_DATASET, Severity.WARNING),
        ]  # fmt: skip
        assert all(page.complete for page in pages)

    def test_a_record_without_identifier_is_told(self, serve: Any, client: Any) -> None:
        nameless = iso(1).replace("00000000-0000-4000-8000-000000000001", "")
        (page,) = read(serve, client, lambda _start: results('numberOfRecordsMatched="1"', nameless))
        assert page.problems[0].reason is Reason.NO_IDENTIFIER

    def test_an_empty_record_is_told(self, serve: Any, client: Any) -> None:
        (page,) = read(
            serve,
            client,
            lambda _start: results(
                'numberOfRecordsMatched="1"', "<gmd:MD_Metadata xmlns:gmd='http://www.isotc211.org/2005/gmd'/>"
            ),
        )
        assert page.problems[0].reason is Reason.NO_IDENTIFIER

    def test_the_question_names_schema_order_and_constraint(self) -> None:
        url = "https://metawal.example.be/geonetwork/srv/fre/csw?SERVICE=CSW&request=GetCapabilities&map=a"
        asked = page_url(TestCsw().source(url, scope={"constraint": "AnyText like '%Mons%'"}), 26, 25)
        assert "request=GetRecords" in asked
        assert "GetCapabilities" not in asked
        assert "map=a" in asked
        assert "sortBy=apiso:identifier:A" in asked
        assert "startPosition=26" in asked
        assert "constraintLanguage=CQL_TEXT" in asked

    def test_an_unknown_schema_is_a_mistake_in_the_settings(self, client: Any) -> None:
        with pytest.raises(SourceError) as raised:
            list(Csw().pages(TestCsw().source("http://127.0.0.1:9/csw", options={"schema": "dif"}), client))
        assert raised.value.reason is Reason.BAD_CONFIGURATION


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda inner: results("", inner).encode("utf-8", "replace")))
def test_whatever_comes_is_an_answer_or_a_source_error(content: bytes) -> None:
    try:
        found = answer.read(content, "https://e.org/csw")
    except SourceError:
        return
    assert all(record.startswith(b"<wrapper") for record in found.records)
