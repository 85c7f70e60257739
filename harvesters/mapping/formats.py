"""File formats as portals name them: an EU code, a MIME type, an extension, an OGC protocol, plain words."""

from __future__ import annotations

import re
from functools import lru_cache

from ckanext.harvesters.mapping import urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.oslo.vocabularies import load

#: Longest format looked at (characters).
LONGEST = 200
#: How people write what the vocabulary may not list (lower case → a text the vocabulary resolves).
_IDIOMS = {
    "excel": "XLSX", "xls html": "XLS", "shapefile": "SHP", "shapfile": "SHP", "esri shapefile": "SHP",
    "shp (wgs84)": "SHP", "shp (l93)": "SHP", "shp.zip": "SHP", "json.zip": "JSON", "csv.gz": "CSV", "csv.zip": "CSV",
    "csv/utf8": "CSV", "geojson.zip": "GEOJSON", "geo+json": "GEOJSON", "web page": "HTML", "www": "HTML",
    "aspx": "HTML", "php": "HTML", "page web": "HTML", "webpagina": "HTML", "dbase": "DBF",
    "arcgis geoservices rest api": "ESRI REST", "esri rest": "ESRI REST", "text": "TXT",
}  # fmt: skip
# A service's protocol, whichever version and operation follow: OGC:WMS-1.3.0-http-get-map, WMS_SRVC, wfs.
_SERVICE = re.compile(r"(?:^|[/:])(WMS|WFS|WCS|WMTS|CSW|ATOM)(?:[-_ :]|$)|\b(OGC[- ]API)", re.I)
#: Extensions that say something about the file; .php, .aspx and .do say something about the server.
_TELLING = frozenset(
    {"csv", "tsv", "json", "geojson", "xlsx", "xls", "ods", "shp", "gpkg", "gml", "kml", "kmz", "xml", "rdf", "ttl",
     "nt", "n3", "jsonld", "pdf", "zip", "txt", "docx", "doc", "odt", "html", "parquet", "tif", "tiff", "png", "jpg",
     "dwg", "dxf"}
)  # fmt: skip
#: The order in which a dataset's files are shown where the portal's list has none.
_ORDER = ("CSV", "XLSX", "GEOJSON", "JSON", "GTFS", "GBFS", "SHP", "GPKG", "WFS", "WMS")
_RANK = {code: rank for rank, code in enumerate(_ORDER)}


def find(value: str) -> str | None:
    """Return a format as people know it (CSV, GeoJSON, WMS): the vocabulary's name. None when it is not known."""
    return _find(" ".join(value[:LONGEST].split()))


@lru_cache(maxsize=4096)
def _find(value: str) -> str | None:
    name = value.rpartition("/authority/file-type/")[2].rpartition("/media-types/")[2]
    vocabulary = load("file_type")
    for text in (value, name, name.lstrip("."), _IDIOMS.get(name.lower())):
        concept = vocabulary.resolve(text)
        if concept:
            return concept.label("en")
    service = _SERVICE.search(name)
    if service:
        concept = vocabulary.resolve(service[1] or "OGC API")
        return concept.label("en") if concept else None
    return None


def read(draft: Draft, field: str, values: list[str | None], address: str | None) -> str | None:
    """Return the format of a file: the first of what the portal says that is known, else what the address ends in.

    A format nobody knows stays as the portal wrote it if it is short enough to be one, and among ``unresolved``.
    """
    said = [line for value in values if value and (line := " ".join(value.split()))]
    for value in said:
        name = find(value)
        if name:
            return name
    end = urls.extension(address or "")
    name = find(end) if end in _TELLING else None
    if name:
        return name
    for value in said[:1]:
        if not value.startswith("http"):
            draft.unknown(field, value)
            return value.upper() if len(value) <= 12 and "/" not in value else None
        draft.unknown(field, value)
    return None


def mimetype(value: str | None) -> str | None:
    """Return a MIME type from a MIME type or an IANA address of one; None for anything else."""
    if not value:
        return None
    name = value.strip().rpartition("/media-types/")[2].lower().partition(";")[0].strip()
    return name if re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9.+_-]*", name) else None


def rank(name: str | None) -> int:
    """Return the place of a format in a list of files: what most people can open first."""
    return _RANK.get((name or "").upper(), len(_RANK))
