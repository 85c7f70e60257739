"""What stands in feeds of DCAT where an IRI belongs: text, nothing, characters no IRI has, references to the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ckanext.harvesters.dcat import ntriples, references
from ckanext.harvesters.dcat.catalogue import Taken
from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.dcat.walk import records_of
from ckanext.harvesters.mapping.dcat.graph import BASE, as_written
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Mapped, Source

from .contract import HOUSE
from .test_dcat import PLACE, PREFIXES, Answering, read, xml

#: Types of values as JSON-LD contexts give them: what stands there is made an IRI, whatever it is.
CONTEXT = {
    **{name: {"@id": f"http://purl.org/dc/terms/{name}", "@type": "@id"} for name in
       ("license", "spatial", "publisher")},
    **{name: f"http://purl.org/dc/terms/{name}" for name in ("title", "identifier")},
    **{name: {"@id": f"http://www.w3.org/ns/dcat#{name}", "@type": "@id"} for name in
       ("distribution", "accessURL", "downloadURL", "landingPage", "theme")},
    "Dataset": "http://www.w3.org/ns/dcat#Dataset",
}  # fmt: skip
#: What no IRI may hold, in order: the N-Triples of a record with one of them could not be read again.
FORBIDDEN = '<>"{}|^`\\ '


def feed(url: str) -> Source:
    """Declare a source of a feed."""
    return Source("feed", "Feed", "dcat", url, "test", "fr", f"{HOUSE}licence/CC0")


def mapped(serve: Any, client: Any, body: bytes | str, kind: str = "text/turtle") -> list[Mapped]:
    """Read a page and map each of its records."""
    source = feed("https://e.org/feed")
    return [Dcat().map(source, record) for page in read(serve, client, body, kind) for record in page.records]


def jsonld(serve: Any, client: Any, file: dict[str, Any] | None = None, **said: Any) -> Mapped:
    """Map one invented dataset of a page of JSON-LD, with one file."""
    files = {"distribution": {"@type": "http://www.w3.org/ns/dcat#Distribution", **(file or {})}} if file else {}
    dataset = {"@context": CONTEXT, "@id": f"{PLACE}1", "@type": "Dataset", "title": "Jeu", **files, **said}
    (made,) = mapped(serve, client, json.dumps(dataset), "application/ld+json")
    return made


class TestForbiddenCharacters:
    @pytest.mark.parametrize("character", FORBIDDEN)
    def test_one_costs_no_record(self, serve: Any, client: Any, character: str) -> None:
        made = jsonld(serve, client, {"accessURL": f"https://e.org/a{character}b.csv"})
        (resource,) = made.dataset["resources"]
        assert resource["url"] == f"https://e.org/a%{ord(character):02X}b.csv"

    def test_in_rdf_xml_neither(self, serve: Any, client: Any) -> None:
        page = xml(
            f'<dcat:Dataset rdf:about="{PLACE}1"><dct:title>Jeu</dct:title><dct:license rdf:resource="&lt;p&gt;Libre"/>'
            r'<dcat:distribution><dcat:Distribution><dcat:accessURL rdf:resource="https:\\www.e.org/f.csv"/>'
            "</dcat:Distribution></dcat:distribution></dcat:Dataset>"
        )
        (made,) = mapped(serve, client, page)
        (resource,) = made.dataset["resources"]
        assert resource["url"] == "https://www.e.org/f.csv"
        assert resource["rights"] == "Libre"

    def test_backslashes_in_turtle_neither(self, serve: Any, client: Any) -> None:
        page = (
            PREFIXES + rf"""<{PLACE}1> a dcat:Dataset ; dcat:landingPage <https:\\www.e.org\jeu> ; dct:title "Jeu" ."""
        )
        (made,) = mapped(serve, client, page)
        assert made.dataset["url"] == "https://www.e.org%5Cjeu"
        assert made.dataset["title_translated"] == {"fr": "Jeu"}

    def test_html_in_place_of_a_licence_is_the_rights_and_counted(self, serve: Any, client: Any) -> None:
        html = '<DIV STYLE="text-align:Left;"><P>Usage <B>libre</B> sur demande</P></DIV>'
        made = jsonld(serve, client, {"accessURL": "https://e.org/a.csv"}, license=html)
        (resource,) = made.dataset["resources"]
        assert resource["rights"] == "Usage **libre** sur demande"
        assert "license" not in resource
        assert made.dataset["unresolved"] == [{"field": "dct:license", "value": "Usage **libre** sur demande"}]

    def test_a_licence_named_in_the_html_is_the_licence(self, serve: Any, client: Any) -> None:
        html = "<div><span>Soumis à la Licence Ouverte 2.0 (Etalab)</span></div>"
        made = jsonld(serve, client, {"accessURL": "https://e.org/a.csv", "license": html})
        assert made.dataset["license_id"] == "ETALAB_2_0"
        assert made.dataset["resources"][0]["rights"] == "Soumis à la Licence Ouverte 2.0 (Etalab)"
        assert "unresolved" not in made.dataset

    @pytest.mark.parametrize("tag", ["fr_BE", "@FR", "fr be", "1a"])
    def test_a_tag_that_is_none_costs_no_record(self, serve: Any, client: Any, tag: str) -> None:
        page = xml(f'<dcat:Dataset rdf:about="{PLACE}1"><dct:title xml:lang="{tag}">Jeu</dct:title></dcat:Dataset>')
        (made,) = mapped(serve, client, page)
        assert made.dataset["title_translated"] == {"fr": "Jeu"}

    def test_a_record_that_ends_in_html_is_no_xml(self) -> None:
        content = f'<{PLACE}1> <http://purl.org/dc/terms/title> "<p>Jeu</p>" .\n'.encode()
        (record,), problems = records_of([Taken(f"{PLACE}1", content)], "https://e.org/feed")
        assert Dcat().map(feed("https://e.org/feed"), record).dataset["title_translated"] == {"fr": "<p>Jeu</p>"}
        assert problems == []

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
    def test_what_is_written_can_be_read_again(self, text: str) -> None:
        quads = list(
            parse(
                json.dumps({"@id": "http://e.org/s", "http://e.org/p": [{"@id": text}, {"@value": text}]}).encode(),
                format=RdfFormat.JSON_LD,
                base_iri=BASE,
                lenient=True,
            )
        )
        again = list(parse(ntriples.write(quads), format=RdfFormat.N_TRIPLES, lenient=True))
        written = [as_written(quad.object.value) if isinstance(quad.object, NamedNode) else None for quad in quads]
        assert {one.object.value for one in again} == {
            quad.object.value if relative is None else relative for quad, relative in zip(quads, written, strict=True)
        }


class TestRelativeReferences:
    def test_an_empty_one_says_nothing(self, serve: Any, client: Any) -> None:
        made = jsonld(serve, client, {"accessURL": "https://e.org/a.csv", "license": ""}, license="", landingPage="")
        assert "license" not in made.dataset["resources"][0]
        assert made.dataset["url"] == f"{PLACE}1"
        assert "unresolved" not in made.dataset

    def test_an_empty_page_in_rdf_xml_is_not_the_feed(self, serve: Any, client: Any) -> None:
        page = xml(
            f'<dcat:Dataset rdf:about="{PLACE}1"><dct:title>Jeu</dct:title>'
            '<dcat:landingPage rdf:resource=""/></dcat:Dataset>'
        )
        (made,) = mapped(serve, client, page)
        assert made.dataset["url"] == f"{PLACE}1"

    def test_words_are_words(self, serve: Any, client: Any) -> None:
        made = jsonld(serve, client, spatial="Rennes", publisher="Ville de Rennes", theme="Transport")
        assert made.dataset["spatial_coverage"] == [{"text": "Rennes"}]
        assert made.dataset["publisher"] == [{"name": "Ville de Rennes"}]
        assert made.dataset["theme"] == [f"{HOUSE}data-theme/TRAN"]

    @pytest.mark.parametrize(
        ("written", "path"),
        [
            ("/files/a.csv", "/files/a.csv"),
            ("./a.csv", "/answering/a.csv"),
            ("../a", "/a"),
            ("?download=1", "/answering/feed?download=1"),
            ("files/a b.csv", None),
            ("files/a.csv", "/answering/files/a.csv"),
        ],
    )
    def test_addresses_of_files_are_of_the_page_s_portal(
        self, serve: Any, client: Any, written: str, path: str | None
    ) -> None:
        made = jsonld(serve, client, {"accessURL": "https://e.org/page", "downloadURL": written})
        found = made.dataset["resources"][0].get("download_url")
        assert (found or "").partition("//")[2].partition("/")[2] == (path or "").removeprefix("/")
        assert bool(path) is (made.problems == ())

    @pytest.mark.parametrize("written", ["N/A", "sur demande", "data.gouv.fr", "#a"])
    def test_what_is_no_address_is_left_out_and_told(self, serve: Any, client: Any, written: str) -> None:
        made = jsonld(serve, client, {"accessURL": "https://e.org/page", "downloadURL": written})
        assert "download_url" not in made.dataset["resources"][0]
        assert [(problem.value, problem.reason) for problem in made.problems] == [(written, Reason.BAD_URL)]

    def test_what_the_page_describes_has_the_page_s_address(self, serve: Any, client: Any) -> None:
        body = (
            f'{PREFIXES} <#a> a dcat:Dataset ; dct:title "A" ; dcat:distribution <a/f> . '
            "<a/f> dcat:accessURL </f.csv> ."
        )
        (page,) = read(serve, client, body)
        (record,) = page.records
        assert record.guid.endswith("/answering/feed#a")
        made = Dcat().map(feed("https://e.org/feed"), record)
        assert made.dataset["uri"] == record.guid
        assert made.dataset["resources"][0]["url"].endswith("/f.csv")

    @pytest.mark.parametrize("query", ["filters[theme]=a", "q={a}|b", "q=a b", "q=<a>"])
    def test_a_feed_s_own_address_may_hold_anything(self, serve: Any, client: Any, query: str) -> None:
        body = f'{PREFIXES} <#a> a dcat:Dataset ; dct:title "A" . <> hydra:next <?page=2> .'
        source = feed(f"{serve(Answering(body.encode(), 'text/turtle'))}/feed?{query}")
        pages = Dcat().pages(source, client)
        first = next(pages)
        assert [record.guid.rpartition("#")[2] for record in first.records] == ["a"]
        assert first.complete

    @pytest.mark.parametrize("written", ["a", "/a", "../a", "../../a", "//e.org/a", "?a", "#a", "a/b", "", "<p>a</p>"])
    def test_a_relative_iri_is_known_as_it_was_written(self, written: str) -> None:
        body = json.dumps({"@id": "http://e.org/s", "http://e.org/p": {"@id": written}}).encode()
        (quad,) = parse(body, format=RdfFormat.JSON_LD, base_iri=BASE, lenient=True)
        assert as_written(quad.object.value) == written
        assert as_written("https://e.org/a") is None

    def test_a_link_between_pages_is_resolved_and_a_text_is_not(self) -> None:
        link, text = NamedNode(f"{BASE}?page=2"), Literal("?page=2")
        following = NamedNode(f"{references.TREE}node")
        said = [Quad(NamedNode("https://e.org/"), following, value) for value in (link, text)]
        found = [references.resolved(one, "https://e.org/ldes?page=1", set()).object for one in said]
        assert found == [NamedNode("https://e.org/ldes?page=2"), text]


@pytest.mark.snapshots
def test_an_arcgis_hub_with_html_for_a_licence_arrives_whole(serve: Any, client: Any, shared: Path) -> None:
    body = (shared / "snapshots/udata-fixtures/dcat_evian.json").read_bytes()
    made = mapped(serve, client, body, "application/json")
    assert len(made) == 8
    licensed = [one for one in made if any("license" in resource for resource in one.dataset["resources"])]
    assert {one.dataset["license_id"] for one in licensed} == {"ETALAB_1_0", "ETALAB_2_0"}
    assert len(licensed) == 3
    for one in licensed:
        assert all(resource["rights"].startswith("Soumis à la licence Etalab") for resource in one.dataset["resources"])
