"""What is this portal's business and what is not, and mistakes in saying so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ckanext.harvesters import scope
from ckanext.harvesters.records import Source, SourceError

THEME = "http://publications.europa.eu/resource/authority/data-theme/"
BOX = [2.59, 50.44, 4.12, 51.11]


def outside(rules: dict[str, Any], **dataset: Any) -> str | None:
    source = Source("s", "S", "p", "https://e.org", "o", "nl", "https://e.org/cc0", scope=rules)
    return scope.rules_of(source).outside(dataset)


def square(west: float, south: float, size: float = 0.1) -> str:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([{"geom": square(3.2, 50.8)}], None),
        ([{"geom": square(5.5, 50.9)}], "area"),
        ([{"bbox": square(5.5, 50.9)}, {"bbox": square(3.2, 50.8)}], None),
        ([{"geom": square(2.0, 49.0, 5.0)}], None),
        ([{"text": "Limburg"}], None),
        ([{"geom": square(5.5, 50.9), "text": "Genk"}], "area"),
        ([{"geom": "nonsense"}], None),
        ([], None),
    ],
)
def test_a_box_keeps_what_touches_it_and_what_does_not_say_where(places: Any, expected: str | None) -> None:
    assert outside({"area": {"box": BOX}}, spatial_coverage=places) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"uri": "http://vocab.belgif.be/auth/refnis2019/34022"}, None),
        ({"uri": "http://vocab.belgif.be/auth/refnis2019/71016"}, "area"),
        ({"text": "fr:commune:59350@1943-01-01"}, None),
        ({"uri": "http://id.insee.fr/geo/commune/75056"}, "area"),
        ({"uri": "http://id.insee.fr/geo/departement/59"}, None),
        ({"uri": "http://id.insee.fr/geo/departement/62"}, "area"),
        ({"uri": "http://data.europa.eu/nuts/code/BE254"}, None),
        ({"uri": "http://data.europa.eu/nuts/code/BE2"}, None),
        ({"uri": "http://data.europa.eu/nuts/code/BE100"}, "area"),
        ({"uri": "https://sws.geonames.org/3337387/"}, None),
        ({"text": "Kortrijk"}, None),
    ],
)
def test_units_are_known_by_their_codes(place: Any, expected: str | None) -> None:
    places = ["BE-34022", "FR-59", "nuts:BE254"]
    assert outside({"area": {"places": places}}, spatial_coverage=[place]) == expected


@pytest.mark.parametrize(
    ("themes", "expected"), [([f"{THEME}TRAN"], None), ([f"{THEME}AGRI"], "themes"), ([], None), (None, None)]
)
def test_other_themes_are_out_of_scope(themes: Any, expected: str | None) -> None:
    assert outside({"themes": ["TRAN", "ECON"]}, theme=themes) == expected


@pytest.mark.parametrize(
    ("publisher", "expected"),
    [
        ([{"name": "Ville de TOURNAI"}], None),
        ([{"name": "Iemand", "uri": "https://e.org/org/1"}], None),
        ([{"name": "Ville de Mons"}], "publishers"),
        ([], None),
    ],
)
def test_other_publishers_are_out_of_scope(publisher: Any, expected: str | None) -> None:
    assert outside({"publishers": ["Ville de Tournai", "https://e.org/org/1"]}, publisher=publisher) == expected


def test_without_rules_everything_is_in_scope() -> None:
    assert outside({"geozone": "fr:departement:59"}, spatial_coverage=[{"geom": square(100, 0)}]) is None


@pytest.mark.parametrize(
    "rules",
    [
        {"themes": "TRAN"},
        {"themes": ["KWANTUM"]},
        {"publishers": []},
        {"publishers": [3]},
        {"area": {}},
        {"area": [1, 2, 3, 4]},
        {"area": {"box": [1, 2, 3]}},
        {"area": {"box": [4, 50, 3, 51]}},
        {"area": {"box": ["2", 50, 3, 51]}},
        {"area": {"places": ["Kortrijk"]}},
        {"area": {"places": "BE-34022"}},
        {"area": {"bbox": [2, 50, 3, 51]}},
    ],
)
def test_a_mistake_in_the_rules_is_told(rules: Any) -> None:
    assert next(scope.mistakes(rules)).startswith("scope: ")
    with pytest.raises(SourceError, match="scope: "):
        outside(rules)
