"""Pages of the catalogue, single datasets and dumps, as a harvester asks for them."""

from __future__ import annotations

from typing import Any

from tests.feeds.conftest import RDF_FORMATS, Make, by_rdflib, datasets, triples

MEDIA = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}


def test_four_formats_say_the_same(app: Any, make: Make) -> None:
    for kind in ("work", "mobility", "dataset"):
        make(type=kind, work_category=[])
    found = {form: app.get(f"/catalog.{form}?profile=dcat_ap_3", status=200) for form in RDF_FORMATS}
    read = {form: triples(answer.data, form) for form, answer in found.items()}
    # The page says its own address, which ends in the format; everything else is the same.
    same = {form: {str(one) for one in said if "catalog." not in str(one)} for form, said in read.items()}
    assert same["ttl"] == same["rdf"] == same["jsonld"] == same["nt"]
    assert len(datasets(read["ttl"])) == 3
    for form, answer in found.items():
        assert answer.headers["Content-Type"].split(";")[0] == MEDIA[form]
        assert len(by_rdflib(answer.data, form)) == len(read[form])
