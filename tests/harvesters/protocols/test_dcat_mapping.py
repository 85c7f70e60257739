"""What DCAT says of a dataset in ways that few portals share: periods as text, files without a format."""

from __future__ import annotations

from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Mapped, Source, SourceRecord

from .contract import HOUSE
from .test_dcat import PLACE, PREFIXES

EXPORT = "https://data.example.be/api/explore/v2.1/catalog/datasets/fietspaden/exports"


def mapped(said: str) -> Mapped:
    """Map an invented dataset of which Turtle says this."""
    turtle = f'{PREFIXES} <{PLACE}1> a dcat:Dataset ; dct:title "Jeu"@fr ; {said} .'
    content = serialize(parse(turtle, format=RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES) or b""
    source = Source("feed", "Feed", "dcat", "https://e.org/feed", "test", "fr", f"{HOUSE}licence/CC0")
    return Dcat().map(source, SourceRecord(f"{PLACE}1", content, "application/n-triples"))


def file(said: str) -> dict[str, Any]:
    (resource,) = mapped(f"dcat:distribution [ a dcat:Distribution ; {said} ]").dataset["resources"]
    return resource


class TestPeriods:
    @pytest.mark.parametrize(
        "said",
        [
            'dct:temporal "2010-01-01/2012-12-31"',
            'dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "2010-01-01" ; dcat:endDate "2012-12-31" ]',
            'dct:temporal [ <http://www.w3.org/2000/01/rdf-schema#label> "du 01/01/2010 au 31/12/2012" ]',
        ],
    )
    def test_as_text_and_as_a_node(self, said: str) -> None:
        made = mapped(said)
        assert made.dataset["temporal_coverage"] == [{"start": "2010-01-01", "end": "2012-12-31"}]
        assert made.problems == ()

    def test_one_that_is_not_understood_is_kept_and_counted(self) -> None:
        made = mapped('dct:temporal "depuis toujours", "2019"')
        assert made.dataset["temporal_coverage"] == [{"start": "2019", "end": "2019"}]
        assert made.dataset["unresolved"] == [{"field": "dct:temporal", "value": "depuis toujours"}]
        assert [problem.reason for problem in made.problems] == [Reason.UNKNOWN_TERM]

    @pytest.mark.parametrize("said", ['dct:temporal ""', 'dct:temporal "/"', "dct:temporal []"])
    def test_an_empty_one_says_nothing(self, said: str) -> None:
        made = mapped(said)
        assert not {"temporal_coverage", "unresolved"} & made.dataset.keys()


class TestExports:
    @pytest.mark.parametrize(
        ("name", "form"), [("csv", "CSV"), ("geojson", "GeoJSON"), ("shp", "SHP"), ("xlsx", "XLSX")]
    )
    def test_one_without_format_has_that_of_its_address(self, name: str, form: str) -> None:
        resource = file(f"dcat:accessURL <{EXPORT}/{name}?use_labels=true>")
        assert resource["format"] == form
        assert resource["name_translated"] == {"fr": form}

    def test_what_the_portal_says_goes_before(self) -> None:
        resource = file(f'dcat:accessURL <{EXPORT}/json> ; dct:title "Lignes"@fr ; dct:format "GeoJSON"')
        assert (resource["format"], resource["name_translated"]) == ("GeoJSON", {"fr": "Lignes"})

    def test_any_other_address_gets_no_name(self) -> None:
        assert file("dcat:accessURL <https://data.example.be/exports/csv>").keys() == {"url"}
