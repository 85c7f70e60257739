"""Rows written in the forms an Opendatasoft portal exports: CSV, JSON, GeoJSON, XLSX and zipped shapefile."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Rows = Sequence[Mapping[str, Any]]
"""Rows with the same columns; a point is ``{"lon": …, "lat": …}`` in WGS84 degrees."""

MIDNIGHT_1980 = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip knows: the same rows make the same bytes."""
WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
FIELD_WIDTH = 80
SHAPE_POINT = 1
SHP_VERSION = 1000


def as_csv(rows: Rows) -> bytes:
    """Write semicolons, a BOM, and a point as "lat, lon", as the portal does."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(rows[0] if rows else [])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_json(rows: Rows) -> bytes:
    """Write one array of objects."""
    return json.dumps(rows, ensure_ascii=False).encode()


def as_geojson(rows: Rows) -> bytes:
    """Write a FeatureCollection; rows without a point have no geometry."""
    features = []
    for row in rows:
        point = _point(row)
        geometry = {"type": "Point", "coordinates": [point["lon"], point["lat"]]} if point else None
        features.append({"type": "Feature", "geometry": geometry, "properties": _plain(row)})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def as_xlsx(rows: Rows) -> bytes:
    """Write a workbook with one sheet (ECMA-376, the parts a reader needs and no more)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    lines = [list(rows[0]) if rows else [], *([_cell(value) for value in row.values()] for row in rows)]
    sheet = "".join(f"<row>{''.join(map(_sheet_cell, line))}</row>" for line in lines)
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/sheet.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
            '<sheets><sheet name="data" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{office}/worksheet" Target="sheet.xml"/></Relationships>',
            "xl/sheet.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
        }
    )


def as_shapefile(rows: Rows) -> bytes:
    """Write a zip with the points as .shp, .shx, .dbf and .prj (ESRI's white paper of 1998, dBASE III)."""
    points = [(point["lon"], point["lat"]) for row in rows if (point := _point(row))]
    west, south = (min(axis, default=0.0) for axis in zip(*points, strict=True)) if points else (0.0, 0.0)
    east, north = (max(axis, default=0.0) for axis in zip(*points, strict=True)) if points else (0.0, 0.0)
    box = struct.pack("<8d", west, south, east, north, 0, 0, 0, 0)

    def head(words: int) -> bytes:
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i", SHP_VERSION, SHAPE_POINT) + box

    shapes = b"".join(
        struct.pack(">2i", number, 10) + struct.pack("<i2d", SHAPE_POINT, *point)
        for number, point in enumerate(points, start=1)
    )
    index = b"".join(struct.pack(">2i", 50 + 14 * number, 10) for number in range(len(points)))
    return _zipped(
        {
            "data.shp": head(50 + len(shapes) // 2) + shapes,
            "data.shx": head(50 + len(index) // 2) + index,
            "data.dbf": _dbf([_plain(row) for row in rows if _point(row)]),
            "data.prj": WGS84,
            "data.cpg": "UTF-8",
        }
    )


def _dbf(rows: Rows) -> bytes:
    names = list(rows[0]) if rows else []
    width = 1 + FIELD_WIDTH * len(names)
    fields = b"".join(struct.pack("<11sc4xBB14x", name.encode()[:10], b"C", FIELD_WIDTH, 0) for name in names)
    head = struct.pack("<4BIHH20x", 3, 80, 1, 1, len(rows), 33 + len(fields), width) + fields + b"\r"
    body = b"".join(
        b" " + b"".join(str(row[name]).encode()[:FIELD_WIDTH].ljust(FIELD_WIDTH) for name in names) for row in rows
    )
    return head + body + b"\x1a"


def _zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, MIDNIGHT_1980), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet_cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def _cell(value: Any) -> Any:
    return f"{value['lat']}, {value['lon']}" if isinstance(value, dict) else value


def _point(row: Mapping[str, Any]) -> Mapping[str, float] | None:
    return next((value for value in row.values() if isinstance(value, dict)), None)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, dict)}


EXPORTS: Mapping[str, tuple[Callable[[Rows], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json; charset=utf-8"),
    "geojson": (as_geojson, "application/geo+json; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "shp": (as_shapefile, "application/zip"),
}
"""How each export is written, and its media type."""
