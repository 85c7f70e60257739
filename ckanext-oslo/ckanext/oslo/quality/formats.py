"""File types as the European assessment judges them, by their codes in the EU list.

The lists are those of data.europa.eu. Formats younger than the lists (GeoPackage, Parquet, GTFS) are in neither.
"""

from __future__ import annotations

FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"

OPEN_AND_READABLE = frozenset(
    {"CSV", "GEOJSON", "ICS", "JSON", "JSON_LD", "KML", "KMZ", "NETCDF", "ODS", "RSS", "XML"}
    | {"RDF_N_QUADS", "RDF_N_TRIPLES", "RDF_TRIG", "RDF_TURTLE", "RDF_XML"}
)
MACHINE_READABLE = OPEN_AND_READABLE | {"RDFA", "SHP", "XLS", "XLSX"}
"""What a program can read."""
NON_PROPRIETARY = OPEN_AND_READABLE | (
    {"BMP", "DBF", "GZIP", "HTML", "JPEG2000", "PNG", "RTF", "TAR", "TIFF", "TSV", "TXT", "WMS_SRVC", "ZIP"}
)
"""What no company owns."""


def code_of(uri: str) -> str:
    """Give the code of a file type of the EU list; empty for any other value."""
    return uri.removeprefix(FILE_TYPE) if uri.startswith(FILE_TYPE) else ""
