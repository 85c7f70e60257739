"""The Flemish feed: pages of RDF/XML without a total or a next link."""

import httpx
import pytest
from lxml import etree
from pyoxigraph import RdfFormat, parse

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.datavindplaats import Datavindplaats
from ckanext.harvesters.replay.faults import Faults
from ckanext.harvesters.replay.rdfxml import NAMESPACES

ITEMS = "/datavindplaats/api/collections/main/items"
WRAPPER = '<dcat:Catalog><dcat:dataset><dcat:Dataset rdf:about="urn:{0}"/></dcat:dataset></dcat:Catalog>\n'


def titles(body: bytes) -> list[str]:
    found = etree.fromstring(body).findall("dcat:Catalog/dcat:dataset/dcat:Dataset", NAMESPACES)
    return [dataset.get(f"{{{NAMESPACES['rdf']}}}about").removeprefix("urn:") for dataset in found]


@pytest.fixture
def portal() -> Datavindplaats:
    return Datavindplaats(Catalogue({f"urn:{n}": lambda _, n=n: WRAPPER.format(n) for n in range(50)}))


@pytest.fixture
def page(serve, http, portal):
    server = serve(portal)

    def get(start: int, limit: int | None = 20, **more: str) -> httpx.Response:
        asked = {"startindex": str(start), "f": "dcat_ap_vl"} | ({"limit": str(limit)} if limit else {}) | more
        return http.get(server.url + ITEMS, params=asked)

    return get


def numbers(start: int, end: int) -> list[str]:
    return [str(n) for n in range(start, end)]


def test_pages_follow_one_another_and_end_with_empty_ones(page):
    assert titles(page(0).content) == numbers(0, 20)
    assert titles(page(40).content) == numbers(40, 50)
    assert titles(page(60).content) == []
    assert page(60).status_code == 200


def test_a_page_has_ten_records_unless_asked_for_more(page):
    assert titles(page(0, limit=None).content) == numbers(0, 10)


def test_a_page_names_neither_a_total_nor_a_next_page(page):
    response = page(0)
    assert response.headers["content-type"] == "application/rdf+xml;charset=UTF-8"
    assert "link" not in response.headers
    assert b"hydra" not in response.content


def test_another_format_and_a_negative_start_are_refused(page):
    assert page(0, f="json").status_code == 406
    assert page(-1).status_code == 400


def test_an_empty_page_in_the_middle_loses_no_record(page, portal):
    portal.faults = Faults(empty_page_at=2)
    found = [titles(page(start).content) for start in range(0, 100, 20)]
    assert found == [numbers(0, 20), [], numbers(20, 40), numbers(40, 50), []]


def test_a_repeated_page_moves_the_others_down(page, portal):
    portal.faults = Faults(repeat_page_at=2)
    found = [titles(page(start).content) for start in range(0, 80, 20)]
    assert found == [numbers(0, 20), numbers(0, 20), numbers(20, 40), numbers(40, 50)]


def test_a_cut_page_is_not_well_formed(page, portal):
    portal.faults = Faults(truncate_page_at=1)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(page(0).content)
    assert titles(page(20).content) == numbers(20, 40)


def test_a_status_a_delay_and_a_maintenance_page(page, portal):
    portal.faults = Faults(status_at={2: 503}, retry_after=30, maintenance_page_at=3)
    assert page(0).status_code == 200
    assert (page(20).status_code, page(20).headers["retry-after"]) == (503, "30")
    assert page(40).text.startswith("<!doctype html>")
    assert page(40).headers["content-type"].startswith("application/rdf+xml")
    portal.faults = Faults(status=500, delay=0.2)
    answer = page(0)
    assert answer.status_code == 500
    assert answer.elapsed.total_seconds() >= 0.2


def test_records_come_go_and_change_while_it_answers(page, portal):
    portal.catalogue.drop("urn:3", "urn:4")
    assert titles(page(0).content)[:5] == ["0", "1", "2", "5", "6"]
    portal.catalogue.put("urn:5", lambda _: WRAPPER.format("five"))
    assert titles(page(0).content)[3] == "five"
    portal.catalogue.replace({"urn:x": lambda _: WRAPPER.format("x")})
    assert titles(page(0).content) == ["x"]
    assert "urn:0" in portal.catalogue.deleted


def test_samples_are_wrapped_as_the_portal_wraps_them(samples, http):
    body = http.get(samples.url + ITEMS, params={"f": "dcat_ap_vl", "limit": "100"}).content
    records = etree.fromstring(body).findall("dcat:Catalog", NAMESPACES)
    assert len(records) == 28
    for record in records:
        about = f"{{{NAMESPACES['rdf']}}}about"
        topic = record.find("dcat:record/dcat:CatalogRecord/foaf:primaryTopic", NAMESPACES)
        dataset = record.find("dcat:dataset/dcat:Dataset", NAMESPACES)
        assert topic.get(f"{{{NAMESPACES['rdf']}}}resource") == dataset.get(about)
        identifier = record.find("dcat:record/dcat:CatalogRecord/dct:identifier", NAMESPACES).text
        assert identifier != dataset.find("dct:identifier", NAMESPACES).text
    assert list(parse(body, format=RdfFormat.RDF_XML))
