"""The files of a dataset as its pages show them, and the first rows of those that are tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards, phrases
from ckanext.eurometropool.pages.languages import Text

ROWS = 5  # of a table, in its preview
COLUMNS = 12
SERVICES = {"WFS", "WMS", "WMTS", "WCS", "API", "REST", "SPARQL", "OGC API", "GBFS", "GTFS-RT", "SIRI"}
#: What previews.py draws on the map.
DRAWN_FORMATS = {"geojson", "geo+json", "application/geo+json", "gtfs", "gbfs"}
PICTURES = {"png", "jpg", "jpeg", "gif", "webp"}


@dataclass(frozen=True)
class File:
    """A file or service of the dataset."""

    id: str
    title: Text
    named: str
    description: Text
    format: str
    size: str
    url: str
    page: str
    service: bool
    drawable: bool
    picture: bool
    pdf: bool


@dataclass(frozen=True)
class Table:
    """The first rows of a file."""

    title: Text
    fields: Sequence[tuple[str, str, bool]]
    rows: Sequence[Sequence[str]]
    total: int
    hidden: int
    url: str


def file_of(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> File:
    """Gather what the pages show of a file or service."""
    kind = str(resource.get("format") or "")
    page = tk.h.url_for(
        f"{dataset.get('type') or 'dataset'}_resource.read", id=dataset["name"], resource_id=resource["id"]
    )
    octets = str(resource.get("size") or "")
    url = str(resource.get("download_url") or resource.get("url") or "")
    title = cards.text(resource, "name", otherwise=str(resource.get("name") or kind or tk._("File")))
    if title.value.casefold() == kind.casefold():  # many portals name a file by its format
        title = Text(kind, "", foreign=False)
    return File(
        id=resource["id"],
        title=title,
        named=_file_name(url),
        description=cards.text(resource, "description"),
        format=kind,
        size=phrases.size(int(octets), cards.reader()) if octets.isdigit() else "",
        url=url if url.startswith(("http://", "https://", "/", "ftp://")) else "",
        page=page,
        service=kind.upper() in SERVICES,
        drawable=kind.lower() in DRAWN_FORMATS or str(resource.get("mimetype") or "") in DRAWN_FORMATS,
        picture=kind.lower().rpartition("/")[2] in PICTURES,
        pdf=kind.lower().rpartition("/")[2] == "pdf",
    )


def _file_name(url: str) -> str:
    """Return the name of the file at an address, "" when its path ends without one."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return name if "." in name and len(name) < 80 else ""


def first_table(dataset: Mapping[str, Any]) -> Table | None:
    """Return the first rows of the first file whose rows the DataStore has."""
    tables = (table_of(dataset, resource) for resource in dataset.get("resources") or [])
    return next((table for table in tables if table), None)


def table_of(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> Table | None:
    """Return the first rows of a file, None when the DataStore does not have them."""
    if not resource.get("datastore_active"):
        return None
    try:
        found = tk.get_action("datastore_search")({}, {"resource_id": resource["id"], "limit": ROWS})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    return _rows(dataset, resource, found)


def _rows(dataset: Mapping[str, Any], resource: Mapping[str, Any], found: Mapping[str, Any]) -> Table:
    fields = [(f["id"], f["type"]) for f in found["fields"] if f["id"] != "_id"]
    shown = fields[:COLUMNS]
    page = f"{dataset.get('type') or 'dataset'}_resource.read"
    return Table(
        title=cards.text(resource, "name"),
        fields=[(name, type_name(kind), kind.startswith(("int", "numeric", "float"))) for name, kind in shown],
        rows=[["" if row[name] is None else str(row[name]) for name, _ in shown] for row in found["records"]],
        total=found.get("total", 0),
        hidden=len(fields) - len(shown),
        url=tk.h.url_for(page, id=dataset["name"], resource_id=resource["id"]),
    )


def type_name(kind: str) -> str:
    """Name a column type of PostgreSQL for somebody who is none of its users."""
    if kind.startswith(("int", "bigint", "numeric", "float")):
        return tk._("number")
    if kind.startswith(("timestamp", "date", "time")):
        return tk._("time")
    return {"bool": tk._("yes or no"), "json": tk._("structure")}.get(kind, tk._("text"))
