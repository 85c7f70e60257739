"""Any DCAT feed: the common contract in three forms of RDF, links between pages, and what feeds break on."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.dcat import contexts, document
from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import RecordError, Severity, SourceError
from ckanext.harvesters.replay import dcat_feed
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.invented_flanders import name
from ckanext.harvesters.replay.rdfxml import RDF_TYPE
from ckanext.harvesters.replay.server import Portal, route

from .contract import ProtocolContract

PLACE = "https://data.example.be/id/dataset/"
LICENCES = {
    "cc-by-4": "http://creativecommons.org/licenses/by/4.0/",
    "unknown": "https://example.org/our-own-terms",
}


def described(number: int = 1, **said: Any) -> tuple[NamedNode, dict[Any, list[Any]]]:
    """Say a dataset and its file in statements."""
    node, file = NamedNode(f"{PLACE}{number}"), NamedNode(f"{PLACE}{number}/file")
    title, licence, theme = said.get("title", f"Jeu {number}"), LICENCES.get(said.get("licence", "")), said.get("theme")
    about: list[Any] = [
        (RDF_TYPE, name("dcat:Dataset")),
        (name("dct:description"), Literal(said.get("description", "Chiffres par quartier."), language="fr")),
        (name("dct:modified"), Literal(said.get("modified", "2024-05-01"))),
        (name("dcat:distribution"), file),
    ]
    about += [(name("dct:title"), Literal(title, language="fr"))] if title else []
    about += [(name("dcat:keyword"), Literal(word, language="fr")) for word in said.get("keyword", ())]
    about += [(name("dcat:theme"), Literal(theme))] if theme else []
    of_file: list[Any] = [
        (RDF_TYPE, name("dcat:Distribution")),
        (name("dcat:accessURL"), NamedNode("https://data.example.be/f.csv")),
        (name("dct:format"), Literal("csv")),
    ]
    of_file += [(name("dct:license"), NamedNode(licence))] if licence else []
    return node, {node: about, file: of_file}


class FeedContract(ProtocolContract):
    name: ClassVar[str] = "dcat"
    language: ClassVar[str] = "fr"
    options: ClassVar[dict[str, Any]] = {}
    wrong_options: ClassVar[dict[str, Any]] = {"max_pages": "many"}
    form: ClassVar[str]

    def portal(self, catalogue: Catalogue) -> dcat_feed.DcatFeed:
        return dcat_feed.DcatFeed(catalogue, size=3)

    def record(self, number: int, **said: Any) -> Any:
        return described(number, **said)

    def source(self, url: str, **changed: Any) -> Any:
        return super().source(f"{url}/catalog.{self.form}" if url.endswith("/dcat") else url, **changed)


class TestRdfXml(FeedContract):
    form: ClassVar[str] = "xml"


class TestTurtle(FeedContract):
    form: ClassVar[str] = "ttl"


class TestNTriples(FeedContract):
    form: ClassVar[str] = "nt"


class TestJsonLd(FeedContract):
    form: ClassVar[str] = "jsonld"


def feed(*records: Any) -> Catalogue:
    return TestTurtle().catalogue(*records)


class Answering(Portal):
    """A portal that answers every page with what it is told."""

    name: ClassVar[str] = "answering"

    def __init__(self, body: bytes, kind: str = "application/rdf+xml") -> None:
        super().__init__()
        self.body, self.kind = body, kind

    def routes(self) -> Iterable[Rule]:
        yield route("/feed", self.answer)

    def answer(self, request: Request) -> Response:
        body = self.body.replace(b"{self}", request.url.encode()).replace(b"{host}", request.host_url[:-1].encode())
        return Response(body, content_type=self.kind)


def read(serve: Any, client: Any, body: bytes | str, kind: str = "text/turtle", **options: Any) -> list[Any]:
    body = body.encode() if isinstance(body, str) else body
    source = TestTurtle().source(f"{serve(Answering(body, kind))}/feed", options=options)
    return list(Dcat().pages(source, client))


PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix tree: <https://w3id.org/tree#> .
"""
ONE = (
    PREFIXES
    + f'<{PLACE}1> a dcat:Dataset ; dct:title "Vélos" ; dcat:distribution [ dcat:accessURL <https://e.org/a> ].\n'
)
XML = (
    '<?xml version="1.0"?>{doctype}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">{body}</rdf:RDF>'
)


def xml(body: str, doctype: str = "") -> bytes:
    return XML.format(body=body, doctype=doctype).encode()


def titled(number: int, more: str = "") -> str:
    return f'<dcat:Dataset rdf:about="{PLACE}{number}"><dct:title>Jeu {number}</dct:title>{more}</dcat:Dataset>'


class TestOneFile:
    @pytest.mark.parametrize("path", ["/catalog.ttl", "/catalog.nt.gz", "/catalog.xml.gz", "/catalog.jsonld.gz"])
    def test_a_whole_feed_in_one_file_packed_or_not(self, serve: Any, client: Any, path: str) -> None:
        portal = dcat_feed.DcatFeed(feed(*(described(number) for number in range(7))))
        (page,) = Dcat().pages(TestTurtle().source(serve(portal) + path), client)
        assert sorted(record.guid for record in page.records) == [f"{PLACE}{number}" for number in range(7)]
        assert page.complete
        assert not page.problems

    def test_bare_ampersands_are_mended_and_reported(self, serve: Any, client: Any) -> None:
        page_of = "https://walstat.example.be/?indicateur=1&navi=2&ordre=0"
        node, said = described(1)
        said[node].append((name("dcat:landingPage"), NamedNode(page_of)))
        portal = dcat_feed.Walstat(feed((node, said), described(2)))
        source = TestRdfXml().source(f"{serve(portal)}/statdcat-ap/walstat")
        (page,) = Dcat().pages(source, client)
        assert len(page.records) == 2
        assert page.complete, "the page is whole: what vanished from it has vanished"
        (problem,) = page.problems
        assert (problem.reason, problem.severity) == (Reason.PAGE_MENDED, Severity.WARNING)
        assert problem.value.startswith("2 ×")
        assert Dcat().map(source, page.records[0]).dataset["url"] == page_of

    def test_a_large_file_comes_in_slices_through_a_store_on_disk(
        self, serve: Any, client: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The bounds of a file of 20 MB, made small: the code is the same, the test takes no minute.
        monkeypatch.setattr("ckanext.harvesters.dcat.catalogue.ON_DISK", 1_000)
        monkeypatch.setattr("ckanext.harvesters.dcat.walk.SLICE", 4)
        portal = dcat_feed.DcatFeed(feed(*(described(number) for number in range(10))))
        pages = list(Dcat().pages(TestTurtle().source(f"{serve(portal)}/catalog.ttl"), client))
        assert [len(page.records) for page in pages] == [4, 4, 2]
        assert [page.number for page in pages] == [1, 2, 3]

    def test_one_dataset_does_not_get_the_other_one_in(self, serve: Any, client: Any) -> None:
        body = f"{ONE}<{PLACE}1> dct:relation <{PLACE}2> . <{PLACE}2> a dcat:Dataset ; dct:title 'Autre' ."
        (page,) = read(serve, client, body)
        first = next(record for record in page.records if record.guid.endswith("1"))
        assert b"Autre" not in first.content

    def test_a_mention_is_no_dataset(self, serve: Any, client: Any) -> None:
        (page,) = read(serve, client, f"{ONE}<{PLACE}9> a dcat:Dataset .")
        assert [record.guid for record in page.records] == [f"{PLACE}1"]
        assert page.complete

    @pytest.mark.parametrize("subject", ["[]", "<https://e.org/.well-known/genid/8f3a>"])
    def test_a_dataset_without_iri_is_known_by_its_identifier(self, serve: Any, client: Any, subject: str) -> None:
        body = f'{PREFIXES} {subject} a dcat:Dataset ; dct:title "Vélos" ; dct:identifier "velos-1" .'
        (page,) = read(serve, client, body)
        assert [record.guid for record in page.records] == ["velos-1"]
        dataset = Dcat().map(TestTurtle().source("https://e.org/feed"), page.records[0]).dataset
        assert dataset["identifier"] == "velos-1"
        assert "uri" not in dataset

    def test_a_dataset_with_neither_is_told_and_forbids_conclusions(self, serve: Any, client: Any) -> None:
        (page,) = read(serve, client, f'{ONE} [] a dcat:Dataset ; dct:title "Sans nom" .')
        assert [problem.reason for problem in page.problems] == [Reason.NO_IDENTIFIER]
        assert not page.complete

    def test_a_bad_line_costs_its_line(self, serve: Any, client: Any) -> None:
        body = f"<{PLACE}1> <http://purl.org/dc/terms/title> oops .\n" + "".join(
            f'<{PLACE}{n}> <http://purl.org/dc/terms/title> "Jeu {n}" .\n'
            f"<{PLACE}{n}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .\n"
            for n in (2, 3)
        )
        (page,) = read(serve, client, body, "text/plain")
        assert len(page.records) == 2
        assert page.problems[0].reason is Reason.NOT_RDF
        assert not page.complete

    def test_a_curie_for_an_iri_and_spaces_in_one(self, serve: Any, client: Any) -> None:
        body = xml(
            f'<rdf:Description rdf:about="{PLACE}1"><rdf:type rdf:resource="dcat:Dataset"/><dct:title>Jeu</dct:title>'
            '<dcat:distribution rdf:resource="https://e.org/a b"/></rdf:Description>'
        )
        (page,) = read(serve, client, body)
        assert Dcat().map(TestTurtle().source("https://e.org"), page.records[0]).dataset["title_translated"]

    def test_words_beside_a_resource_are_dropped(self, serve: Any, client: Any) -> None:
        theme = "http://publications.europa.eu/resource/authority/data-theme/TRAN"
        body = xml(titled(1, f'<dcat:theme rdf:resource="{theme}">Transport</dcat:theme>') + titled(2))
        (page,) = read(serve, client, body)
        assert (len(page.records), page.complete) == (2, True)
        assert page.problems[0].reason is Reason.PAGE_MENDED
        assert Dcat().map(TestRdfXml().source("https://e.org"), page.records[0]).dataset["theme"] == [theme]

    def test_what_is_xml_but_no_rdf_costs_its_dataset(self, serve: Any, client: Any) -> None:
        body = xml(titled(1) + titled(2, "<dct:a><dct:b/><dct:c/></dct:a>") + titled(3))
        (page,) = read(serve, client, body)
        assert [record.guid[-1] for record in page.records] == ["1", "2", "3"]
        source = TestRdfXml().source("https://e.org")
        with pytest.raises(RecordError) as raised:
            Dcat().map(source, page.records[1])
        assert raised.value.reason is Reason.NOT_RDF
        assert Dcat().map(source, page.records[2]).dataset["title_translated"] == {"fr": "Jeu 3"}

    def test_a_page_that_cannot_be_mended_gives_its_other_records(self, serve: Any, client: Any) -> None:
        body = xml(titled(1) + titled(2, "<dct:description>a < b</dct:description>") + titled(3))
        (page,) = read(serve, client, body)
        assert [record.guid[-1] for record in page.records] == ["1", "3"]
        assert not page.complete
        source = TestRdfXml().source("https://e.org")
        assert Dcat().map(source, page.records[1]).dataset["title_translated"] == {"fr": "Jeu 3"}


class TestLinks:
    @pytest.mark.parametrize(
        ("link", "reason"),
        [
            ("{self}", Reason.PAGE_REPEATED),
            ("http://169.254.169.254/latest/meta-data/", Reason.NEXT_PAGE_ELSEWHERE),
            ("http://localhost:1/", Reason.NEXT_PAGE_ELSEWHERE),
            ("file:///etc/passwd", Reason.NEXT_PAGE_ELSEWHERE),
        ],
    )
    def test_only_forward_on_the_same_host(self, serve: Any, client: Any, link: str, reason: Reason) -> None:
        (page,) = read(serve, client, f"{ONE}<{PLACE}> hydra:next <{link}> .")
        assert [problem.reason for problem in page.problems] == [reason]
        assert not page.complete

    def test_a_circle_of_pages_ends(self, serve: Any, client: Any) -> None:
        pages = read(serve, client, f"{ONE}<{PLACE}> hydra:nextPage <{{host}}/answering/feed?x=1> .")
        assert len(pages) == 2
        assert not pages[-1].complete

    def test_the_relations_of_a_tree_are_followed_once_each(self, serve: Any, client: Any) -> None:
        links = "<{host}/answering/feed?x=1>, <{host}/answering/feed?x=2>, <{self}>"
        pages = read(serve, client, f"{ONE}<{PLACE}> tree:relation [ tree:node {links} ] .")
        assert len(pages) == 3

    def test_fewer_datasets_than_promised_forbid_conclusions(self, serve: Any, client: Any) -> None:
        (page,) = read(serve, client, f"{ONE}<{PLACE}> hydra:totalItems 12 .")
        assert page.problems[0].reason is Reason.FEWER_THAN_PROMISED
        assert not page.complete

    def test_links_may_be_left_alone(self, serve: Any, client: Any) -> None:
        (page,) = read(serve, client, f"{ONE}<{PLACE}> hydra:next <https://elsewhere.org/2> .", linked=False)
        assert page.complete


class TestHostile:
    def test_entities_are_refused(self, serve: Any, client: Any) -> None:
        bombs = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        with pytest.raises(SourceError) as raised:
            read(serve, client, xml(titled(1, "<dct:description>&b;</dct:description>"), bombs))
        assert raised.value.reason is Reason.FORBIDDEN_MARKUP

    def test_depth_is_refused_at_once(self, serve: Any, client: Any) -> None:
        begun = time.process_time()
        with pytest.raises(SourceError):
            read(serve, client, xml("<dct:a><dct:b>" * 50_000 + "</dct:b></dct:a>" * 50_000))
        assert time.process_time() - begun < 3

    def test_a_bomb_in_gzip_is_stopped(self, serve: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        # The bound made small, so that the bomb need not hold half a gigabyte.
        monkeypatch.setattr(document, "DOCUMENT_LIMIT", 1_000_000)
        with pytest.raises(SourceError) as raised:
            read(serve, client, gzip.compress(b" " * 20_000_000), "application/gzip")
        assert raised.value.reason is Reason.TOO_LARGE

    def test_half_a_gzip_file_is_unreadable(self, serve: Any, client: Any) -> None:
        with pytest.raises(SourceError) as raised:
            read(serve, client, gzip.compress(ONE.encode() * 50)[:-20], "application/gzip")
        assert raised.value.reason is Reason.PAGE_UNREADABLE

    @pytest.mark.parametrize(
        "context",
        [
            '"http://127.0.0.1:9/context"',
            '"file:///etc/passwd"',
            '{"@import": "https://e.org/c"}',
            '["https://e.org/c"]',
        ],
    )
    def test_no_context_is_fetched(self, serve: Any, client: Any, context: str) -> None:
        with pytest.raises(SourceError) as raised:
            read(serve, client, f'{{"@context": {context}, "@id": "{PLACE}1"}}', "application/ld+json")
        assert raised.value.reason is Reason.PAGE_UNREADABLE
        assert "@context" in raised.value.detail

    def test_json_that_is_all_depth_is_unreadable(self, serve: Any, client: Any) -> None:
        with pytest.raises(SourceError):
            read(serve, client, "[" * 100_000, "application/ld+json")

    @pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<html><body>500</body></html>", b"{}", b"null", b"%PDF-1.4"])
    def test_rubbish_never_counts_as_an_empty_portal_that_is_whole(self, serve: Any, client: Any, body: bytes) -> None:
        try:
            pages = read(serve, client, body)
        except SourceError:
            return
        assert not any(page.records for page in pages)
        assert body == b"{}" or not any(page.complete for page in pages)


class TestJsonLdForms:
    def test_a_data_json_of_arcgis_hub_is_read_with_the_shipped_context(self, serve: Any, client: Any) -> None:
        body = {
            "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "@type": "dcat:Catalog",
            "dataset": [
                {
                    "@type": "dcat:Dataset",
                    "identifier": "https://hub.example.be/item?id=1",
                    "title": "Speelpleinen",
                    "keyword": ["spelen", "jeugd"],
                    "publisher": {"name": "Stad Voorbeeld"},
                    "landingPage": "https://hub.example.be/datasets/1",
                    "distribution": [
                        {
                            "@type": "dcat:Distribution",
                            "accessURL": "https://hub.example.be/1.csv",
                            "mediaType": "text/csv",
                        }
                    ],
                }
            ],
        }
        (page,) = read(serve, client, json.dumps(body), "application/json")
        dataset = Dcat().map(TestTurtle().source("https://hub.example.be"), page.records[0]).dataset
        assert page.records[0].guid == "https://hub.example.be/item?id=1"
        assert dataset["title_translated"] == {"fr": "Speelpleinen"}
        assert dataset["publisher"][0]["name"] == "Stad Voorbeeld"
        assert dataset["resources"][0]["format"] == "CSV"
        assert sorted(dataset["tags_translated"]["fr"]) == ["jeugd", "spelen"]

    @pytest.mark.parametrize("address", sorted(contexts.ADDRESSES))
    def test_every_shipped_context_is_there(self, address: str) -> None:
        assert contexts.find(f"https://{address}")["dct"] == "http://purl.org/dc/terms/"
        assert contexts.find(f"http://{address}#") == contexts.find(f"https://{address}")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_a_document_or_a_source_error(body: bytes) -> None:
    try:
        made = document.read(body, "https://e.org/feed")
    except SourceError:
        return
    assert all(quad is None or quad.subject for quad in made.quads())


def test_a_contact_without_iri_stays_with_its_dataset(serve: Any, client: Any) -> None:
    node, said = described(1)
    contact = BlankNode("c")
    said[node].append((name("dcat:contactPoint"), contact))
    said[contact] = [(name("vcard:fn"), Literal("Guichet")), (name("vcard:hasEmail"), NamedNode("mailto:a@e.org"))]
    portal = dcat_feed.DcatFeed(feed((node, said)))
    source = TestTurtle().source(f"{serve(portal)}/catalog.jsonld")
    (page,) = Dcat().pages(source, client)
    assert Dcat().map(source, page.records[0]).dataset["contact"] == [{"name": "Guichet", "email": "a@e.org"}]
