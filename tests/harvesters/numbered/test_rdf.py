"""Inputs 14 to 31: what feeds in XML and RDF hold."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.reasons import Reason
from tests.fetch.conftest import ok
from tests.harvesters.engine.conftest import document, harvest, make_source, rows
from tests.harvesters.protocols import test_csw as csw
from tests.harvesters.protocols.conftest import serve as serve_portal  # noqa: F401  (a fixture)

from .conftest import XML, described, feed, refused, taken, titled, turtle, xml

pytestmark = pytest.mark.usefixtures("with_plugins")


def reasons(pages) -> set[Reason]:
    return {problem.reason for page in pages for problem in page.problems}


@pytest.mark.parametrize("levels", [5, 6, 9])
def test_14_a_billion_laughs_are_not_expanded(read, levels) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    bomb = xml(described(f"&e{levels - 1};"), f'<!DOCTYPE r [<!ENTITY e0 "ha">{entities}]>')
    assert refused(lambda: read(bomb, XML))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "{witness}">]>',
        '<!DOCTYPE r SYSTEM "{witness}">',
    ],
)
def test_15_nothing_external_is_read(read, witness, doctype) -> None:
    assert refused(lambda: read(xml(described("a&x;"), doctype.replace("{witness}", witness.url)), XML))
    assert not witness.asked


def test_16_a_hundred_thousand_levels_are_refused_at_once(read) -> None:
    begun = time.process_time()
    assert refused(lambda: read(xml("<dct:a><dct:b>" * 50_000 + "</dct:b></dct:a>" * 50_000), XML))
    assert time.process_time() - begun < 10


LONG = "a" * 2_000_000


@pytest.mark.parametrize(
    ("long", "titles"),
    [
        (f'<dcat:Dataset rdf:about="https://e.org/{LONG}"><dct:title>x</dct:title></dcat:Dataset>', 1),
        (f'<dcat:Dataset rdf:about="https://e.org/1" dct:title="{LONG}"/>', 2),
    ],
    ids=["identifier", "title"],
)
def test_17_an_attribute_of_two_megabytes_costs_at_most_its_record(read, small, long, titles) -> None:
    small.budget = replace(small.budget, bytes=5_000_000, seconds=20)
    found = [one.dataset["title_translated"]["fr"] for one in taken(read(xml(long + described("x")), XML))]
    assert len(found) == titles
    assert "Jeu 0" in found


@pytest.mark.parametrize("context", ["{witness}", "file:///etc/passwd"])
def test_18_no_context_of_json_ld_is_fetched(read, witness, context) -> None:
    place = context.replace("{witness}", witness.url)
    assert refused(lambda: read(f'{{"@context": "{place}", "@id": "https://e.org/1"}}', "application/ld+json"))
    assert not witness.asked


def test_19_what_a_document_imports_is_left_where_it_is(read, witness) -> None:
    imports = (
        '<owl:Ontology xmlns:owl="http://www.w3.org/2002/07/owl#" rdf:about=""><owl:imports '
        f'rdf:resource="{witness.url}o"/></owl:Ontology><rdf:Description rdf:about="https://e.org/x" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {witness.url}s.xsd"/>'
    )
    assert len(taken(read(xml(imports + described("x")), XML))) == 1
    assert not witness.asked


def test_20_a_circle_of_parts_ends(read) -> None:
    circle = "dct:isPartOf <https://e.org/id/0> ; dct:spatial _:a"
    (one,) = taken(read(turtle(titled(0, circle)) + "\n_:a dct:isPartOf _:b . _:b dct:isPartOf _:a ."))
    assert one.dataset["title_translated"]


@pytest.mark.parametrize(
    ("address", "mended"),
    [
        ("https://e.org/a b", "https://e.org/a%20b"),
        ("https://e.org/{x}", "https://e.org/%7Bx%7D"),
        ("https://e.org/<y>", "https://e.org/%3Cy%3E"),
        ("https://e.org/a https://e.org/b", None),
        ("a/b", None),
        ("javascript:alert(1)", None),
    ],
)
def test_21_an_address_that_is_none_is_mended_or_costs_that_address(read, address, mended) -> None:
    literal = f'dcat:landingPage "{address}" ; dcat:distribution [ dcat:accessURL "{address}" ]'
    (one,) = taken(read(turtle(titled(0, literal))))
    # Without a page of its own the dataset's identifier leads to it.
    assert one.dataset["url"] == (mended or "https://e.org/id/0")
    assert [file["url"] for file in one.dataset["resources"]] == ["https://e.org/f.csv", *([mended] if mended else [])]
    told = {problem.reason for problem in one.problems}
    assert (Reason.BAD_URL in told) is (mended is None)


def test_22_five_hundred_language_tags(read) -> None:
    tags = [f"x-{n:03}" for n in range(496)] + ["nl-BE", "FR", "und"]
    titles = ", ".join(f'"titre {tag}"@{tag}' for tag in tags) + ', "sans"'
    (one,) = taken(read(turtle(f"dct:title {titles}")))
    assert set(one.dataset["title_translated"]) <= {"nl", "fr", "en"}
    assert one.dataset["title_translated"]["nl"] == "titre nl-BE"


@pytest.mark.parametrize("written", ['"2020-15-35"^^xsd:date', '"0000"^^xsd:gYear', '"99999-01-01"^^xsd:date'])
def test_23_a_date_that_does_not_exist_costs_that_date(read, written) -> None:
    (one,) = taken(read(turtle(titled(0, f"dct:modified {written}"))))
    assert not one.dataset.get("modified")
    assert Reason.BAD_DATE in {problem.reason for problem in one.problems}


def test_23_a_year_where_a_moment_should_be_stays_a_year(read) -> None:
    (one,) = taken(read(turtle(titled(0, 'dct:issued "2019"^^xsd:gYear'))))
    assert one.dataset["issued"] == "2019"


def test_24_a_dataset_without_title_or_identifier_costs_itself(read) -> None:
    pages = read(turtle(titled(0), "dct:description 'nothing else'") + '\n[] a dcat:Dataset ; dct:title "no name" .')
    assert len(taken(pages)) == 1
    assert Reason.NO_IDENTIFIER in reasons(pages)


def test_25_one_identifier_twice_in_a_feed_and_in_two_feeds(source, portal) -> None:
    portal.odwb.catalogue.put("again", lambda _base: document(3, title="Encore"))
    assert harvest(source)["added"] == 12
    other = make_source("second", portal.url, scope={"refine": "publisher:Ville de Tournai"})
    assert harvest(other)["added"] == 12
    assert len(rows()) == 24


@pytest.mark.parametrize("identifier", ["TODO", "A REMPLIR", "-"])
def test_26_an_identifier_nobody_filled_in_makes_no_two_datasets_one(read, identifier) -> None:
    pages = read(turtle(*(titled(number, f'dct:identifier "{identifier}"') for number in range(2))))
    assert len({record.guid for page in pages for record in page.records}) == 2


def test_27_a_series_is_a_dataset_once_and_a_mention_is_none(read) -> None:
    more = "\n<https://e.org/s> a dcat:DataService ; dcat:servesDataset <https://e.org/only-mentioned> ."
    pages = read(turtle(titled(0, "a dcat:DatasetSeries")) + more)
    assert [record.guid for page in pages for record in page.records] == ["https://e.org/id/0"]


@pytest.mark.parametrize("link", ["/feed", "{witness}", "http://169.254.169.254/", "file:///etc/passwd"])
def test_28_the_link_to_the_next_page_leads_forward_on_the_same_host(read, witness, link) -> None:
    pages = read(turtle(titled()) + f"\n<https://e.org/c> hydra:next <{link.replace('{witness}', witness.url)}> .")
    assert len(pages) <= 2
    assert not all(page.complete for page in pages)
    assert not witness.asked


def test_28_a_second_page_that_leads_to_the_first_ends_the_source(at, small) -> None:
    def two(connection, head: bytes) -> None:
        page, other = (2, "/feed") if b"page=2" in head else (1, "/feed?page=2")
        body = turtle(titled(page)).replace("/id/0", f"/id/{page}") + f"\n<https://e.org/c> hydra:next <{other}> ."
        connection.sendall(ok(body.encode(), "Content-Type: text/turtle"))

    pages = list(Dcat().pages(feed(at(two)), small))
    assert [record.guid for page in pages for record in page.records] == ["https://e.org/id/1", "https://e.org/id/2"]
    assert not pages[-1].complete


@pytest.mark.parametrize("left", [0, 1])
def test_29_a_catalogue_suddenly_empty_or_nearly_waits_for_a_person(source, portal, left) -> None:
    harvest(source)
    portal.odwb.catalogue.replace({"marches-0": lambda _base: document(0)} if left else {})
    done = harvest(source)
    assert (done["status"], done["deleted"], len(rows())) == ("braked", 0, 12)


@pytest.mark.parametrize("figures", ['numberOfRecordsMatched="3" nextRecord="0"', 'nextRecord="0"', ""])
def test_30_a_csw_that_counts_wrongly_and_sends_empty_records(serve_portal, small, figures) -> None:  # noqa: F811
    def answers(start: int) -> str:
        empty = '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'
        return csw.results(figures, *([csw.iso(start), empty] if start == 1 else []))

    pages = csw.read(serve_portal, small, answers)
    assert csw.guids(pages) == ["1"]
    assert not all(page.complete for page in pages)


def test_30_an_output_schema_the_server_lacks_is_told(serve_portal, small) -> None:  # noqa: F811
    report = (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"><ows:Exception locator="outputSchema">'
        "<ows:ExceptionText>not supported</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )
    assert refused(lambda: csw.read(serve_portal, small, lambda _start: report))


def test_31_the_record_and_its_dataset_may_have_two_ids(source, portal) -> None:
    # ODWB's record is known by dataset_uid, its page by dataset_id; ISO records: test_iso_mapping.py.
    harvest(source)
    portal.put({**document(3), "dataset_id": "renamed-since"})
    portal.odwb.catalogue.drop("marches-3")
    done = harvest(source)
    assert (done["added"], done["gone"], len(rows())) == (0, 0, 12)
