"""CSW: the common contract, servers that count wrongly, and what ISO records say in their many ways."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.csw import answer
from ckanext.harvesters.csw.protocol import XML, Csw, page_url
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError, Severity, SourceError, SourceRecord
from ckanext.harvesters.replay import csw as stand_in
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.server import Portal, route

from .contract import HOUSE, ProtocolContract

LICENCES = {"cc-by-4": "https://creativecommons.org/licenses/by/4.0/", "unknown": "https://example.org/our-own-terms"}
ROOT = (
    '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
    'xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:srv="http://www.isotc211.org/2005/srv" xmlns:xlink="http://www.w3.org/1999/xlink">'
)
FILE = "https://data.example.fr/f.csv"


def text(name: str, value: str, more: str = "") -> str:
    return f"<gmd:{name}><gco:CharacterString>{escape(value)}</gco:CharacterString>{more}</gmd:{name}>"


def anchor(name: str, href: str, value: str = "") -> str:
    return f"<gmd:{name}><gmx:Anchor xlink:href={quoteattr(href)}>{escape(value)}</gmx:Anchor></gmd:{name}>"


def code(name: str, kind: str, value: str) -> str:
    return f'<gmd:{name}><gmd:{kind} codeList="#{kind}" codeListValue={quoteattr(value)}/></gmd:{name}>'


def online(
    url: str = FILE, protocol: str = "WWW:DOWNLOAD-1.0-http--download", name: str = "", function: str = ""
) -> str:
    return (
        f"<gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{escape(url)}</gmd:URL></gmd:linkage>"
        + text("protocol", protocol)
        + (text("name", name) if name else "")
        + (code("function", "CI_OnLineFunctionCode", function) if function else "")
        + "</gmd:CI_OnlineResource></gmd:onLine>"
    )


def constraint(inner: str) -> str:
    return (
        f"<gmd:resourceConstraints><gmd:MD_LegalConstraints>{inner}</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )


def box(west: Any, south: Any, east: Any, north: Any) -> str:
    edges = (("west", west), ("east", east), ("south", south), ("north", north))
    inner = "".join(
        f"<gmd:{side}Bound{'Longitude' if side in ('west', 'east') else 'Latitude'}><gco:Decimal>{edge}</gco:Decimal>"
        f"</gmd:{side}Bound{'Longitude' if side in ('west', 'east') else 'Latitude'}>"
        for side, edge in edges
    )
    return (
        "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
        f"{inner}</gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>"
    )


def iso(
    number: int = 1,
    *,
    title: str | None = "Jeu",
    about: str = "",
    citation: str = "",
    record: str = "",
    links: str | None = None,
    level: str = "dataset",
    description: str = "Chiffres par quartier.",
) -> str:
    named = text("title", title) if title else ""
    return (
        f"{ROOT}{text('fileIdentifier', f'00000000-0000-4000-8000-{number:012d}')}"
        f"{code('language', 'LanguageCode', 'fre')}{code('hierarchyLevel', 'MD_ScopeCode', level)}"
        f"<gmd:dateStamp><gco:DateTime>2026-01-02T03:04:05</gco:DateTime></gmd:dateStamp>{record}"
        f"<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>{named}{citation}"
        f"</gmd:CI_Citation></gmd:citation>{text('abstract', description)}{about}"
        "</gmd:MD_DataIdentification></gmd:identificationInfo><gmd:distributionInfo><gmd:MD_Distribution>"
        f"<gmd:transferOptions><gmd:MD_DigitalTransferOptions>{online() if links is None else links}"
        "</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
        "</gmd:MD_Metadata>"
    )


def revised(date: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{date}</gco:Date></gmd:date>"
        f"{code('dateType', 'CI_DateTypeCode', 'revision')}</gmd:CI_Date></gmd:date>"
    )


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


def mapped(record: str, **changed: Any) -> Any:
    source = TestCsw().source("https://geo.example.fr/geonetwork/srv/fre/csw", **changed)
    guid = "00000000-0000-4000-8000-000000000001"
    return Csw().map(source, SourceRecord(guid, record.encode(), XML, f"https://geo.example.fr/{guid}"))


class TestMapping:
    def test_translations_have_their_own_languages_whatever_their_ids(self) -> None:
        locale = (
            '<gmd:locale><gmd:PT_Locale id="locale-2"><gmd:languageCode><gmd:LanguageCode codeListValue="dut"/>'
            "</gmd:languageCode></gmd:PT_Locale></gmd:locale>"
        )
        free = (
            "<gmd:PT_FreeText><gmd:textGroup><gmd:LocalisedCharacterString locale='#locale-2'>Fietspaden"
            "</gmd:LocalisedCharacterString></gmd:textGroup></gmd:PT_FreeText>"
        )
        dataset = mapped(iso(title=None, record=locale, citation=text("title", "Pistes cyclables", free))).dataset
        assert dataset["title_translated"] == {"fr": "Pistes cyclables", "nl": "Fietspaden"}

    @pytest.mark.parametrize(
        ("constraints", "licence"),
        [
            (anchor("otherConstraints", "https://www.etalab.gouv.fr/licence-ouverte-open-licence", "x"), "ETALAB"),
            (text("otherConstraints", "Licence Ouverte / Open Licence version 2.0 (Etalab)"), "ETALAB_2_0"),
            (text("useLimitation", "Données sous licence ODbL, à citer"), "ODC_BL"),
            (text("useLimitation", "Voir https://creativecommons.org/licenses/by/4.0/."), "CC_BY_4_0"),
        ],
    )
    def test_a_licence_is_found_wherever_it_is_said(self, constraints: str, licence: str) -> None:
        assert mapped(iso(about=constraint(constraints))).dataset["license_id"].startswith(licence)

    def test_words_that_are_no_licence_are_the_rights(self) -> None:
        said = "Utilisation libre sous réserve de citer la source"
        made = mapped(iso(about=constraint(text("useLimitation", said))))
        assert made.dataset["resources"][0]["rights"] == said
        assert "license" not in made.dataset["resources"][0]
        assert made.problems == ()

    @pytest.mark.parametrize(
        ("href", "access"),
        [("noLimitations", "PUBLIC"), ("INSPIRE_Directive_Article13_1d", "RESTRICTED")],
    )
    def test_inspire_says_who_has_access(self, href: str, access: str) -> None:
        base = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/"
        made = mapped(iso(about=constraint(anchor("otherConstraints", base + href, "Pas de restriction"))))
        assert made.dataset["access_rights"] == f"{HOUSE}access-right/{access}"
        assert "unresolved" not in made.dataset

    def test_several_extents_the_first_empty(self) -> None:
        about = "<gmd:extent><gmd:EX_Extent/></gmd:extent>" + box("", "", "", "") + box("2.9", "50.6", "3.1", "50.7")
        dataset = mapped(iso(about=about)).dataset
        assert json.loads(dataset["spatial"])["type"] == "Polygon"
        assert len(dataset["spatial_coverage"]) == 1

    def test_west_and_east_filled_in_for_each_other(self) -> None:
        dataset = mapped(iso(about=box(3.1, 50.6, 2.9, 50.7))).dataset
        assert json.loads(dataset["spatial"])["coordinates"][0][0][0] in (2.9, 3.1)

    @pytest.mark.parametrize(
        "edges", [(650000, 7000000, 660000, 7100000), (0, 0, 0, 0), ("x", 1, 2, 3), (3, 51, 4, 50)]
    )
    def test_a_box_that_is_none_is_reported(self, edges: Any) -> None:
        made = mapped(iso(about=box(*edges)))
        assert "spatial" not in made.dataset
        assert [problem.reason for problem in made.problems] == [Reason.BAD_GEOMETRY]

    @pytest.mark.parametrize("space", ["http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2"])
    def test_a_polygon_in_either_gml(self, space: str) -> None:
        ring = "2.9 50.6 3.1 50.6 3.1 50.7 2.9 50.6"
        about = (
            "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_BoundingPolygon><gmd:polygon>"
            f'<g:Polygon xmlns:g="{space}"><g:exterior><g:LinearRing><g:posList>{ring}</g:posList></g:LinearRing>'
            "</g:exterior></g:Polygon></gmd:polygon></gmd:EX_BoundingPolygon></gmd:geographicElement></gmd:EX_Extent>"
            "</gmd:extent>"
        )
        assert json.loads(mapped(iso(about=about)).dataset["spatial"])["type"] == "Polygon"

    @pytest.mark.parametrize(
        ("system", "iri"),
        [
            ("EPSG:31370", "31370"),
            ("http://www.opengis.net/def/crs/EPSG/0/2154", "2154"),
            ("urn:ogc:def:crs:EPSG:6.6:4326", "4326"),
            ("RGF93 / Lambert-93 (EPSG:2154)", "2154"),
        ],
    )
    def test_a_reference_system_becomes_an_address(self, system: str, iri: str) -> None:
        record = (
            "<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier><gmd:RS_Identifier>"
            f"{text('code', system)}</gmd:RS_Identifier></gmd:referenceSystemIdentifier></gmd:MD_ReferenceSystem>"
            "</gmd:referenceSystemInfo>"
        )
        assert mapped(iso(record=record)).dataset["conforms_to"] == [f"http://www.opengis.net/def/crs/EPSG/0/{iri}"]

    @pytest.mark.parametrize(
        ("protocol", "name", "form"),
        [
            ("OGC:WMS-1.3.0-http-get-map", "couche", "WMS"),
            ("OGC:WFS", "couche", "WFS"),
            ("WWW:DOWNLOAD-1.0-http--download", "Shapefile (Lambert 93)", "SHP"),
            ("WWW:LINK-1.0-http--link", "", "CSV"),
        ],
    )
    def test_a_link_has_the_format_it_says(self, protocol: str, name: str, form: str) -> None:
        dataset = mapped(iso(links=online(protocol=protocol, name=name, function="download"))).dataset
        assert dataset["resources"][0]["format"] == form

    def test_words_about_the_data_are_documentation(self) -> None:
        links = online() + online("https://e.org/notice", "WWW:LINK", "Notice", "information")
        dataset = mapped(iso(links=links)).dataset
        assert [resource["url"] for resource in dataset["resources"]] == [FILE]
        assert dataset["documentation"] == ["https://e.org/notice"]

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "https://user:pw@e.org/", ""])
    def test_a_bad_address_costs_its_link(self, address: str) -> None:
        made = mapped(iso(links=online(address) + online()))
        assert [resource["url"] for resource in made.dataset["resources"]] == [FILE]
        assert made.problems[0].reason in (Reason.BAD_URL, Reason.NO_ADDRESS)

    def test_the_dataset_has_its_own_identifier_and_the_record_another(self) -> None:
        uri = "https://geo.example.fr/id/42"
        citation = f"<gmd:identifier><gmd:MD_Identifier>{text('code', uri)}</gmd:MD_Identifier></gmd:identifier>"
        dataset = mapped(iso(citation=citation)).dataset
        assert (dataset["uri"], dataset["identifier"]) == (uri, uri)
        assert dataset["alternate_identifier"] == ["00000000-0000-4000-8000-000000000001"]

    def test_the_new_standard_says_the_same(self) -> None:
        record = """<mdb:MD_Metadata xmlns:mdb="http://standards.iso.org/iso/19115/-3/mdb/2.0"
          xmlns:mcc="http://standards.iso.org/iso/19115/-3/mcc/1.0" xmlns:gco="http://standards.iso.org/iso/19115/-3/gco/1.0"
          xmlns:cit="http://standards.iso.org/iso/19115/-3/cit/2.0" xmlns:mri="http://standards.iso.org/iso/19115/-3/mri/1.0"
          xmlns:lan="http://standards.iso.org/iso/19115/-3/lan/1.0" xmlns:mrd="http://standards.iso.org/iso/19115/-3/mrd/1.0"
          xmlns:mmi="http://standards.iso.org/iso/19115/-3/mmi/1.0">
          <mdb:metadataIdentifier><mcc:MD_Identifier><mcc:code><gco:CharacterString>abc</gco:CharacterString></mcc:code>
          </mcc:MD_Identifier></mdb:metadataIdentifier>
          <mdb:defaultLocale><lan:PT_Locale id="FR"><lan:language><lan:LanguageCode codeListValue="fre"/></lan:language>
          </lan:PT_Locale></mdb:defaultLocale>
          <mdb:identificationInfo><mri:MD_DataIdentification><mri:citation><cit:CI_Citation>
          <cit:title><gco:CharacterString>Hauteur d'eau</gco:CharacterString></cit:title>
          <cit:date><cit:CI_Date><cit:date><gco:DateTime>2024-05-01T10:00:00</gco:DateTime></cit:date>
          <cit:dateType><cit:CI_DateTypeCode codeListValue="publication"/></cit:dateType></cit:CI_Date></cit:date>
          </cit:CI_Citation></mri:citation>
          <mri:abstract><gco:CharacterString>Mesures.</gco:CharacterString></mri:abstract>
          <mri:pointOfContact><cit:CI_Responsibility><cit:role><cit:CI_RoleCode codeListValue="publisher"/></cit:role>
          <cit:party><cit:CI_Organisation><cit:name><gco:CharacterString>Service A</gco:CharacterString></cit:name>
          <cit:contactInfo><cit:CI_Contact><cit:address><cit:CI_Address><cit:electronicMailAddress>
          <gco:CharacterString>eau@example.be</gco:CharacterString></cit:electronicMailAddress></cit:CI_Address>
          </cit:address></cit:CI_Contact></cit:contactInfo></cit:CI_Organisation></cit:party></cit:CI_Responsibility>
          </mri:pointOfContact>
          <mri:resourceMaintenance><mmi:MD_MaintenanceInformation><mmi:maintenanceAndUpdateFrequency>
          <mmi:MD_MaintenanceFrequencyCode codeListValue="daily"/></mmi:maintenanceAndUpdateFrequency>
          </mmi:MD_MaintenanceInformation></mri:resourceMaintenance>
          </mri:MD_DataIdentification></mdb:identificationInfo>
          <mdb:distributionInfo><mrd:MD_Distribution><mrd:transferOptions><mrd:MD_DigitalTransferOptions><mrd:onLine>
          <cit:CI_OnlineResource><cit:linkage><gco:CharacterString>https://e.org/a.csv</gco:CharacterString></cit:linkage>
          </cit:CI_OnlineResource></mrd:onLine></mrd:MD_DigitalTransferOptions></mrd:transferOptions></mrd:MD_Distribution>
          </mdb:distributionInfo></mdb:MD_Metadata>"""
        dataset = mapped(record).dataset
        assert dataset["title_translated"] == {"fr": "Hauteur d'eau"}
        assert dataset["publisher"] == [{"name": "Service A"}]
        assert dataset["contact"] == [{"name": "Service A", "email": "eau@example.be"}]
        assert dataset["issued"] == "2024-05-01T10:00:00"
        assert dataset["frequency"].endswith("/DAILY")
        assert dataset["resources"][0]["format"] == "CSV"

    @pytest.mark.parametrize(
        "record",
        [
            "<a/>",
            "<a><b></a>",
            '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "<a>" * 5_000 + "</a>" * 5_000,
            "not xml",
            "",
        ],
    )
    def test_what_is_no_record_is_refused(self, record: str) -> None:
        with pytest.raises(RecordError):
            mapped(record)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda inner: results("", inner).encode("utf-8", "replace")))
def test_whatever_comes_is_an_answer_or_a_source_error(content: bytes) -> None:
    try:
        found = answer.read(content, "https://e.org/csw")
    except SourceError:
        return
    assert all(record.startswith(b"<wrapper") for record in found.records)
