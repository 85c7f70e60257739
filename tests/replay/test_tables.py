"""The exports: read back with what reads them elsewhere, or byte by byte where nothing here does."""

import csv
import io
import json
import struct
import zipfile

import pytest
from lxml import etree

from ckanext.harvesters.replay.tables import EXPORTS

ROWS = [
    {"nom": "Gare <quai>", "places": 12, "geo_point_2d": {"lon": 3.39, "lat": 50.61}},
    {"nom": "Église; « Sud »", "places": 4.5, "geo_point_2d": {"lon": 3.41, "lat": 50.59}},
]


def made(form: str, rows=ROWS) -> bytes:
    return EXPORTS[form][0](rows)


def test_csv_has_semicolons_a_bom_and_latitude_first():
    rows = list(csv.DictReader(io.StringIO(made("csv").decode("utf-8-sig")), delimiter=";"))
    assert made("csv").startswith(b"\xef\xbb\xbf")
    assert rows[1] == {"nom": "Église; « Sud »", "places": "4.5", "geo_point_2d": "50.59, 3.41"}


def test_geojson_has_longitude_first_and_no_point_among_the_properties():
    feature = json.loads(made("geojson"))["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [3.39, 50.61]}
    assert feature["properties"] == {"nom": "Gare <quai>", "places": 12}


def test_a_workbook_holds_the_cells():
    with zipfile.ZipFile(io.BytesIO(made("xlsx"))) as archive:
        assert archive.testzip() is None
        sheet = etree.fromstring(archive.read("xl/sheet.xml"))
        types = etree.fromstring(archive.read("[Content_Types].xml"))
    cells = ["".join(cell.itertext()) for cell in sheet.iter("{*}c")]
    assert cells == [
        *("nom", "places", "geo_point_2d"),
        *("Gare <quai>", "12", "50.61, 3.39"),
        *("Église; « Sud »", "4.5", "50.59, 3.41"),
    ]
    assert len(types.findall("{*}Override")) == 2


def test_a_shapefile_holds_points_and_their_attributes():
    with zipfile.ZipFile(io.BytesIO(made("shp"))) as archive:
        shp, shx, dbf = (archive.read(f"data.{part}") for part in ("shp", "shx", "dbf"))
    assert struct.unpack(">i", shp[:4]) == (9994,)
    assert struct.unpack(">i", shp[24:28])[0] * 2 == len(shp)
    assert struct.unpack("<4d", shp[36:68]) == (3.39, 50.59, 3.41, 50.61)
    assert len(shx) == 100 + 8 * 2
    start = struct.unpack(">i", shx[108:112])[0] * 2
    assert struct.unpack("<i2d", shp[start + 8 : start + 28]) == (1, 3.41, 50.59)
    count, head, width = struct.unpack("<IHH", dbf[4:12])
    assert (count, len(dbf)) == (2, head + 2 * width + 1)
    assert dbf[head + 1 : head + 81].decode().strip() == "Gare <quai>"


@pytest.mark.parametrize("form", EXPORTS)
def test_the_same_rows_make_the_same_bytes(form):
    assert made(form) == made(form)


@pytest.mark.parametrize("form", EXPORTS)
def test_no_rows_are_a_valid_file_too(form):
    assert isinstance(made(form, []), bytes)
