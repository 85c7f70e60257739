"""What a file tells about itself: proposals for the form, from any file somebody may drop there."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.oslo.forms.detection import Found, language_of, look


def looked(name: str, content: bytes) -> Found:
    return look(name, io.BytesIO(content))


def test_a_csv_file_of_excel_in_dutch() -> None:
    text = (
        "naam;straat;gemeente;lat;lon\nStation;de Lange straat;Kortrijk;50,82;3,26\nMarkt;het plein;Menen;50,79;3,12\n"
    )
    found = looked("stallingen.csv", text.encode("cp1252"))
    assert (found.format, found.delimiter, found.rows, found.language) == ("CSV", ";", 2, "nl")
    assert found.columns == ("naam", "straat", "gemeente", "lat", "lon")
    assert found.box == (3.12, 50.79, 3.26, 50.82)


def test_an_export_with_both_coordinates_in_one_column() -> None:
    found = looked("arceaux.csv", b'nom,"geo point"\nGare,"50.63, 3.07"\nPlace,"50.64, 3.05"\n')
    assert found.box == (3.05, 50.63, 3.07, 50.64)


def test_geojson() -> None:
    features = [
        {"type": "Feature", "properties": {"nom": "Rue de la gare"}, "geometry": {"type": "Point", "coordinates": at}}
        for at in ([3.1, 50.6], [3.2, 50.7, 12.0])
    ]
    found = looked("a.geojson", json.dumps({"type": "FeatureCollection", "features": features}).encode())
    assert (found.format, found.features, found.columns) == ("GeoJSON", 2, ("nom",))
    assert found.box == (3.1, 50.6, 3.2, 50.7)


def test_metres_are_no_degrees() -> None:
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [70_000, 170_000]}}
    assert looked("a.geojson", json.dumps(point).encode()).box is None


def test_a_workbook() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["gemeente", "aantal"])
    book.worksheets[0].append(["Kortrijk", 12])
    book.create_sheet("Toelichting")
    saved = io.BytesIO()
    book.save(saved)
    found = looked("a.xlsx", saved.getvalue())
    assert (found.format, found.columns) == ("XLSX", ("gemeente", "aantal"))
    assert found.sheets[1] == "Toelichting"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.geojson", "a.pdf", "a", "a.json"])
def test_a_broken_file_gives_what_is_known_of_it(name: str) -> None:
    found = looked(name, b"PK\x03\x04\x00\x00 no more")
    assert found.size == 14
    assert found.box is None


def test_depth_costs_no_recursion() -> None:
    geometry = b'{"type":"Feature","properties":{},"geometry":{"coordinates":' + b"[" * 900 + b"3.1,50.6" + b"]" * 900
    assert looked("a.geojson", geometry + b"}}").box == (3.1, 50.6, 3.1, 50.6)
    assert looked("a.geojson", b"[" * 1_000_000).features is None


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["a.csv", "a.xlsx", "a.geojson", "a.txt"]), st.binary(max_size=400))
def test_whatever_comes_is_looked_at(name: str, content: bytes) -> None:
    assert looked(name, content).size == len(content)


def test_a_language_needs_a_clear_majority() -> None:
    assert language_of(["de straat van het station"]) == "nl"
    assert language_of(["la rue de la gare est dans le quartier"]) == "fr"
    assert language_of(["Kortrijk", "12"]) is None


def test_places_and_days_of_a_table() -> None:
    found = looked(
        "tellingen.csv",
        b"nummer;datum;lat;lon\n1;03/06/2026;50.8201;3.2601\n2;01/06/2026;50.8202;3.2602\n3;12/06/2026;50.79;3.12\n",
    )
    assert found.spots == ((3.26, 50.82), (3.12, 50.79))
    assert found.period == ("2026-06-01", "2026-06-12")
    assert looked("a.csv", b"jaar;aantal\n2019;1\n2021;2\n2020;3\n").period == ("2019", "2021")
    assert looked("a.csv", b"aantal;x\n2019;1\n2021;2\n2020;3\n").period is None
    assert looked("a.csv", b"datum;x\n2019-01-01;1\nonbekend;2\n2020-01-01;3\n").period is None


def test_of_a_part_of_a_file_nothing_is_said_that_holds_for_all_of_it() -> None:
    row = b"2026-01-02;50.82;3.26;%s\n" % (b"x" * 100)
    found = looked("a.csv", b"datum;lat;lon;tekst\n" + row * 12_000)
    assert (found.rows, found.spots, found.period) == (None, (), None)
    assert found.box == (3.26, 50.82, 3.26, 50.82)
