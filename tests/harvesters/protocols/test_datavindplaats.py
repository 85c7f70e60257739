"""The Flemish feed: the common contract, and the quirks of RDF/XML in the wild."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from xml.sax.saxutils import escape, quoteattr

import pytest

from ckanext.harvesters import markup
from ckanext.harvesters.datavindplaats.protocol import RDF_XML, Datavindplaats
from ckanext.harvesters.mapping.dcat import rdfxml
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError, SourceRecord
from ckanext.harvesters.replay import datavindplaats as stand_in
from ckanext.harvesters.replay.catalogue import Catalogue

from .contract import HOUSE, ProtocolContract

PLACE = "https://metadata.vlaanderen.be/srv/resources/datasets/"
LICENCES = {
    "cc-by-4": "http://creativecommons.org/licenses/by/4.0/legalcode",
    "unknown": "https://example.org/our-own-terms",
}
ROOT = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/" '
    'xmlns:vcard="http://www.w3.org/2006/vcard/ns#" xmlns:locn="http://www.w3.org/ns/locn#" '
    'xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:adms="http://www.w3.org/ns/adms#" '
    'xmlns:mdcat="https://data.vlaanderen.be/ns/metadata-dcat#">'
)


def dataset(inner: str, iri: str = PLACE + "1", title: str | None = "Bevolking") -> str:
    named = f'<dct:title xml:lang="nl">{escape(title)}</dct:title>' if title else ""
    return f"<dcat:Dataset rdf:about={quoteattr(iri)}>{named}{inner}</dcat:Dataset>"


def wrapped(inner: str, iri: str = PLACE + "1", title: str | None = "Bevolking") -> str:
    return f'<dcat:Catalog rdf:about="https://example.org/c"><dcat:dataset>{dataset(inner, iri, title)}</dcat:dataset></dcat:Catalog>'  # noqa: E501


def page(*parts: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + ROOT + "".join(parts) + "</rdf:RDF>").encode()


class TestDatavindplaats(ProtocolContract):
    name: ClassVar[str] = "datavindplaats"
    language: ClassVar[str] = "nl"

    def portal(self, catalogue: Catalogue) -> stand_in.Datavindplaats:
        return stand_in.Datavindplaats(catalogue)

    def record(self, number: int, **said: Any) -> str:
        title, licence = said.get("title", f"Dataset {number}"), LICENCES.get(said.get("licence", ""))
        keywords = "".join(f"<dcat:keyword>{escape(word)}</dcat:keyword>" for word in said.get("keyword", ()))
        theme = said.get("theme")
        inner = (
            f"<dct:description>{escape(said.get('description', 'Cijfers per wijk.'))}</dct:description>{keywords}"
            + (f"<dcat:theme><skos:Concept><skos:prefLabel>{theme}</skos:prefLabel></skos:Concept></dcat:theme>"
               if theme else "")
            + f"<dct:modified>{said.get('modified', '2024-05-01')}</dct:modified>"
            f'<dcat:distribution><dcat:Distribution rdf:about="https://example.org/d/{number}">'
            f'<dcat:accessURL rdf:resource="https://example.org/d/{number}.csv"/>'
            + (f'<dct:license><dct:LicenseDocument rdf:about="{licence}"/></dct:license>' if licence else "")
            + "</dcat:Distribution></dcat:distribution>"
        )  # fmt: skip
        iri = f"{PLACE}{number:08d}"
        record = (
            f'<dcat:record><dcat:CatalogRecord rdf:about="https://example.org/record/{number}">'
            f"<dct:identifier>record-{number}</dct:identifier><dct:modified>2024-06-01T00:00:00Z</dct:modified>"
            f"<foaf:primaryTopic rdf:resource={quoteattr(iri)}/></dcat:CatalogRecord></dcat:record>"
        )
        text = (
            f'<dcat:Catalog rdf:about="https://example.org/c">{record}'
            f"<dcat:dataset>{dataset(inner, iri, title)}</dcat:dataset></dcat:Catalog>"
        )
        return f"<!-- -->{_declared(text)}"

    def test_the_catalogue_record_gives_page_date_and_identifier(self, serve: Any, client: Any) -> None:
        source, record = self.one(serve, client)
        assert record.url == "https://metadata.vlaanderen.be/srv/dut/catalog.search#/metadata/record-1"
        assert record.modified == "2024-06-01T00:00:00Z"
        assert self.protocol.map(source, record).dataset["alternate_identifier"] == ["record-1"]

    def test_a_page_of_services_is_not_the_end(self, serve: Any, client: Any) -> None:
        service = '<dcat:Catalog><dcat:service><dcat:DataService rdf:about="https://example.org/s"/></dcat:service></dcat:Catalog>'  # noqa: E501
        records = [*(_declared(service) for _ in range(9)), self.record(1)]
        _, pages = self.read(serve, client, self.portal(self.catalogue(*records)))
        assert sum(len(page.records) for page in pages) == 1


def _declared(text: str) -> str:
    """Declare the namespaces on the record itself, as the feed does."""
    names = re.findall(r'xmlns:\w+="[^"]+"', ROOT)
    return text.replace("<dcat:Catalog", "<dcat:Catalog " + " ".join(names), 1)


def mapped(inner: str, **more: Any) -> Any:
    source = TestDatavindplaats().source("https://example.org/feed")
    pieces = rdfxml.take_apart(page(wrapped(inner, **more))).pieces
    assert len(pieces) == 1
    record = SourceRecord(pieces[0].iri or "", pieces[0].content, RDF_XML)
    return Datavindplaats().map(source, record)


class TestTakingAPageApart:
    def test_one_broken_record_costs_one_record(self) -> None:
        bad = wrapped("<dct:description>a & b</dct:description>", PLACE + "2")
        sheet = rdfxml.take_apart(page(wrapped("", PLACE + "1"), bad, wrapped("", PLACE + "3")))
        assert [piece.iri for piece in sheet.pieces] == [PLACE + "1", PLACE + "3"]
        assert [(fault.iri, fault.reason) for fault in sheet.faults] == [(PLACE + "2", Reason.NOT_RDF)]

    def test_wrong_bytes_cost_one_record(self) -> None:
        content = page(wrapped("", PLACE + "1"), wrapped("", PLACE + "2", title="caf\u00e9"), wrapped("", PLACE + "3"))
        sheet = rdfxml.take_apart(content.replace("é".encode(), b"\xe9"))
        assert [piece.iri for piece in sheet.pieces] == [PLACE + "1", PLACE + "3"]

    def test_a_cut_page_gives_the_whole_records_and_names_the_broken_one(self) -> None:
        whole = page(wrapped("", PLACE + "1"), wrapped("<dct:description>x</dct:description>", PLACE + "2"))
        sheet = rdfxml.take_apart(whole[: whole.rindex(b"x</dct")])
        assert [piece.iri for piece in sheet.pieces] == [PLACE + "1"]
        assert [(fault.iri, fault.reason) for fault in sheet.faults] == [(PLACE + "2", Reason.PAGE_CUT)]

    def test_wherever_a_page_is_cut_no_record_is_invented_or_maimed(self) -> None:
        whole = page(*(wrapped("<dct:description>é</dct:description>", f"{PLACE}{one}") for one in range(3)))
        pieces = {piece.iri: piece.content for piece in rdfxml.take_apart(whole).pieces}
        for end in range(0, len(whole), 7):
            try:
                sheet = rdfxml.take_apart(whole[:end])
            except markup.UnreadableError:
                continue
            assert sheet.faults
            assert all(pieces[piece.iri] == piece.content for piece in sheet.pieces)

    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE rdf:RDF [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
            '<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1/x.dtd">',
            '<!-- --><!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            "<!DOCTYPE html>",
        ],
    )
    def test_document_types_and_entities_are_refused(self, head: str) -> None:
        with pytest.raises(markup.ForbiddenMarkupError):
            rdfxml.take_apart(head.encode() + page(wrapped(""))[39:])

    def test_mere_depth_is_refused(self) -> None:
        with pytest.raises(markup.UnreadableError):
            rdfxml.take_apart(page("<dct:x><dct:y>" * 50_000))

    @pytest.mark.parametrize(
        "content", [b"", b"{}", b"<html/>", b"\x00\x01", b"<?xml version='1.0' encoding='x'?><a/>"]
    )
    def test_what_is_no_rdf_is_refused(self, content: bytes) -> None:
        with pytest.raises(markup.UnreadableError):
            rdfxml.take_apart(content)

    @pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
    def test_other_encodings_are_read(self, encoding: str) -> None:
        text = page(wrapped("", title="Café")).decode().replace("UTF-8", encoding)
        (piece,) = rdfxml.take_apart(text.encode(encoding)).pieces
        assert "Café".encode() in piece.content

    def test_a_catalogue_of_many_is_divided(self) -> None:
        both = dataset("", PLACE + "1", "Een") + "</dcat:dataset><dcat:dataset>" + dataset("", PLACE + "2", "Twee")
        sheet = rdfxml.take_apart(page(f"<dcat:Catalog><dcat:dataset>{both}</dcat:dataset></dcat:Catalog>"))
        assert [piece.iri for piece in sheet.pieces] == [PLACE + "1", PLACE + "2"]
        assert b"Twee" not in sheet.pieces[0].content
        assert b"Een" not in sheet.pieces[1].content

    def test_a_flat_page_is_put_together(self) -> None:
        flat = dataset('<dcat:distribution rdf:resource="https://e.org/d"/>') + (
            '<dcat:Distribution rdf:about="https://e.org/d"><dcat:accessURL rdf:resource="https://e.org/d.csv"/>'
            "</dcat:Distribution>"
        )
        (piece,) = rdfxml.take_apart(page(flat)).pieces
        source = TestDatavindplaats().source("https://example.org/feed")
        made = Datavindplaats().map(source, SourceRecord(PLACE + "1", piece.content, RDF_XML))
        assert [resource["url"] for resource in made.dataset["resources"]] == ["https://e.org/d.csv"]

    def test_a_shared_distribution_reaches_both_datasets(self) -> None:
        file = (
            '<dcat:distribution><dcat:Distribution rdf:about="https://e.org/d">'
            '<dcat:accessURL rdf:resource="https://e.org/d.csv"/></dcat:Distribution></dcat:distribution>'
        )
        reference = '<dcat:distribution rdf:resource="https://e.org/d"/>'
        sheet = rdfxml.take_apart(page(wrapped(file, PLACE + "1"), wrapped(reference, PLACE + "2")))
        source = TestDatavindplaats().source("https://example.org/feed")
        for piece in sheet.pieces:
            made = Datavindplaats().map(source, SourceRecord(piece.iri or "", piece.content, RDF_XML))
            assert [resource["url"] for resource in made.dataset["resources"]] == ["https://e.org/d.csv"]

    def test_a_mention_is_no_dataset(self) -> None:
        served = (
            '<dcat:Catalog><dcat:service><dcat:DataService rdf:about="https://e.org/s"><dcat:servesDataset>'
            f'<dcat:Dataset rdf:about="{PLACE}9"/></dcat:servesDataset></dcat:DataService></dcat:service>'
            "</dcat:Catalog>"
        )
        sheet = rdfxml.take_apart(page(served))
        assert (sheet.pieces, sheet.services) == ((), 1)


class TestMapping:
    def test_other_blank_nodes_and_another_order_give_the_same_dataset(self) -> None:
        contact = (
            '<dcat:contactPoint><vcard:Kind rdf:nodeID="{}"><vcard:fn>{}</vcard:fn></vcard:Kind></dcat:contactPoint>'
        )
        files = [
            f'<dcat:distribution><dcat:Distribution rdf:nodeID="{{}}{one}"><dcat:accessURL rdf:resource="https://e.org/{one}.csv"/>'  # noqa: E501
            "</dcat:Distribution></dcat:distribution>"
            for one in range(5)
        ]
        one = mapped(contact.format("a1", "Ann") + contact.format("b1", "Bo") + "".join(files).replace("{}", "x"))
        two = mapped(
            "".join(reversed(files)).replace("{}", "q") + contact.format("z", "Bo") + contact.format("y", "Ann")
        )
        assert one == two

    def test_a_machine_translation_is_a_fallback_and_marked(self) -> None:
        made = mapped(
            '<dct:title xml:lang="fr-t-nl">Population</dct:title><dct:title xml:lang="en-t-nl">Machine</dct:title>'
            '<dct:title xml:lang="en">Population</dct:title>'
        )
        assert made.dataset["title_translated"] == {"nl": "Bevolking", "fr": "Population", "en": "Population"}
        assert [(problem.field, problem.reason) for problem in made.problems] == [
            ("dct:title@fr", Reason.MACHINE_TRANSLATION)
        ]
        assert made.dataset["machine_translated"] == ["fr-t-nl"]

    @pytest.mark.parametrize(("tag", "language"), [("fre", "fr"), ("FR", "fr"), ("nl-BE", "nl"), ("dut", "nl")])
    def test_language_tags_of_all_kinds(self, tag: str, language: str) -> None:
        made = mapped(f'<dct:title xml:lang="{tag}">Titel</dct:title>', title=None)
        assert made.dataset["title_translated"] == {language: "Titel"}

    def test_text_in_another_language_than_its_tag_is_moved(self) -> None:
        english = (
            "This is a dataset of the fish that were found at the pumping stations, with the dates and the places "
            "at which they were caught, and it was published by the institute for nature and forest."
        )
        made = mapped(f'<dct:description xml:lang="nl">{english}</dct:description>')
        assert made.dataset["notes_translated"] == {"en": english}
        assert made.problems[0].reason is Reason.LANGUAGE_CORRECTED

    def test_addresses_are_put_right(self) -> None:
        made = mapped(
            '<dcat:landingPage rdf:resource="https:%5C%5Cwww.vmm.be"/>'
            '<dcat:contactPoint><vcard:Kind><vcard:hasEmail rdf:resource="mailto:info@vmm.be"/>'
            '<vcard:hasURL rdf:resource="www.vmm.be"/></vcard:Kind></dcat:contactPoint>'
            '<dcat:distribution><dcat:Distribution><dcat:accessURL rdf:resource="https://e.org/a b.csv"/>'
            "</dcat:Distribution></dcat:distribution>"
        )
        assert made.dataset["url"] == "https://www.vmm.be"
        assert made.dataset["contact"] == [{"email": "info@vmm.be", "url": "https://www.vmm.be"}]
        assert made.dataset["resources"][0]["url"] == "https://e.org/a%20b.csv"
        assert made.problems == ()

    def test_empty_nodes_and_prefixed_names_for_iris_are_no_trouble(self) -> None:
        made = mapped(
            "<dcat:theme><skos:Concept/></dcat:theme><dct:provenance><dct:ProvenanceStatement/></dct:provenance>"
            "<dct:publisher><foaf:Agent/></dct:publisher><dct:description></dct:description><dcat:keyword/>"
            '<dct:accessRights><skos:Concept><rdf:type rdf:resource="dct:RightsStatement"/></skos:Concept></dct:accessRights>'  # noqa: E501
        )
        assert made.problems == ()
        assert made.dataset["publisher"] == [{"name": "Example portal", "uri": "https://example.org/portal"}]

    @pytest.mark.parametrize(
        "literal",
        [
            '{"type":"Polygon","coordinates":[[[3.2,50.8],[3.3,50.8],[3.3,50.9],[3.2,50.9],[3.2,50.8]]]}',
            "POLYGON((3.2 50.8,3.3 50.8,3.3 50.9,3.2 50.9,3.2 50.8))",
            "<http://www.opengis.net/def/crs/EPSG/0/4326> POLYGON((50.8 3.2,50.8 3.3,50.9 3.3,50.9 3.2,50.8 3.2))",
            '<gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/4326"><gml:lowerCorner>50.8 3.2'
            "</gml:lowerCorner><gml:upperCorner>50.9 3.3</gml:upperCorner></gml:Envelope>",
        ],
    )
    def test_geometry_in_any_writing(self, literal: str) -> None:
        made = mapped(
            f"<dct:spatial><dct:Location><locn:geometry>{escape(literal)}</locn:geometry></dct:Location></dct:spatial>"
        )  # noqa: E501
        assert made.dataset["spatial"].startswith('{"coordinates":[[[3.')
        assert made.dataset["spatial"] == made.dataset["spatial_coverage"][0]["geom"]

    def test_lambert_coordinates_are_transformed_and_told(self) -> None:
        made = mapped(
            "<dct:spatial><dct:Location><locn:geometry>POINT(72000 167000)</locn:geometry></dct:Location></dct:spatial>"
        )  # noqa: E501
        assert made.dataset["spatial"] == '{"coordinates":[3.262068,50.808224],"type":"Point"}'
        assert [problem.reason for problem in made.problems] == [Reason.PROJECTED]

    def test_a_region_keyword_is_a_place(self) -> None:
        iri = "https://metadata.vlaanderen.be/id/GDI-Vlaanderen-Vlaamse-Administratieve-Eenheden/Sint-Martens-Latem"
        made = mapped(f'<dct:subject rdf:resource="{iri}"/>')
        assert made.dataset["spatial_coverage"] == [{"uri": iri, "text": "Sint-Martens-Latem"}]
        assert "subject" not in made.dataset

    def test_a_file_without_address_is_reported(self) -> None:
        made = mapped(
            "<dcat:distribution><dcat:Distribution><dct:title>WMS</dct:title></dcat:Distribution></dcat:distribution>"
        )  # noqa: E501
        assert "resources" not in made.dataset
        assert (made.problems[0].value, made.problems[0].reason) == ("WMS", Reason.NO_ADDRESS)

    def test_the_belgian_theme_and_the_employment_department_s(self) -> None:
        made = mapped(
            '<dcat:theme rdf:resource="http://vocab.belgif.be/auth/datatheme/ENVI"/>'
            '<dcat:theme rdf:resource="https://opendata.wse.vlaanderen.be/explore/?refine.theme=Activering"/>'
        )
        assert [theme.rpartition("/")[2] for theme in made.dataset["theme"]] == ["ECON", "ENVI", "SOCI"]

    def test_a_broken_record_is_one_record_error(self) -> None:
        source = TestDatavindplaats().source("https://example.org/feed")
        record = SourceRecord(PLACE + "1", b"<rdf:RDF>", RDF_XML)
        with pytest.raises(RecordError) as raised:
            Datavindplaats().map(source, record)
        assert raised.value.reason is Reason.NOT_RDF

    def test_open_data_status_stands_in_for_missing_access_rights(self) -> None:
        status = "https://metadata.vlaanderen.be/id/GDI-Vlaanderen-Trefwoorden/VLOPENDATA"
        made = mapped(f'<mdcat:statuut rdf:resource="{status}"/>')
        assert made.dataset["access_rights"] == f"{HOUSE}access-right/PUBLIC"
