"""The page of a dataset: what is not a field of the schema, put into words and drawings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.municipalities.evidence import Evidence
from ckanext.eurometropool.pages import cards, licences, machine_made, phrases, places
from ckanext.eurometropool.pages.drawing import WIDTH, Box, bare, window
from ckanext.eurometropool.pages.languages import NAMES, Text
from ckanext.eurometropool.pages.licences import Licence
from ckanext.eurometropool.pages.places import Place
from ckanext.eurometropool.pages.searching import Found, facet_label
from ckanext.oslo import vocabularies

ROWS = 5  # of a table, in its preview
COLUMNS = 12
SERVICES = {"WFS", "WMS", "WMTS", "WCS", "API", "REST", "SPARQL", "OGC API", "GBFS", "GTFS-RT", "SIRI"}
DRAWN_FORMATS = {"geojson", "geo+json", "application/geo+json"}


@dataclass(frozen=True)
class Link:
    """A municipality the dataset is linked to, and why."""

    place: Place
    evidence: str
    #: Whether a steward added it.
    by_steward: bool = False


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


@dataclass(frozen=True)
class Table:
    """The first rows of a file."""

    title: Text
    fields: Sequence[tuple[str, str, bool]]
    rows: Sequence[Sequence[str]]
    total: int
    hidden: int
    url: str


@dataclass(frozen=True)
class Coverage:
    """Where the dataset lies: the window to draw, the linked municipalities, and the boxes of its geometries."""

    window: Box
    keys: tuple[str, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Step:
    """A step of the way a dataset came: who, what they did, when; ``crossing`` when a border is crossed next."""

    who: str
    what: str
    when: str
    url: str
    crossing: bool


@dataclass(frozen=True)
class DatasetPage:
    """What the page of a dataset shows besides its own fields."""

    title: Text
    #: The languages of `translations` and of the title that a machine wrote, each with the words that say so.
    machine_made: Mapping[str, str]
    translations: Sequence[tuple[str, Text]]
    description: Text
    publisher: Text
    contact: tuple[str, str]
    licence: Licence
    updated: str
    frequency: str
    languages: Sequence[str]
    themes: Sequence[Found]
    keywords: Text
    links: Sequence[Link]
    area: Place | None
    coverage: Coverage | None
    files: Sequence[File]
    table: Table | None
    steps: Sequence[Step]
    feeds: Sequence[Found]


def dataset_page(dataset: Mapping[str, Any]) -> DatasetPage:
    """Gather what the page of a dataset shows."""
    title = cards.text(dataset, "title", otherwise=dataset.get("title") or dataset["name"])
    area = str(dataset.get("area") or "")
    linked = cards.links(dataset)
    return DatasetPage(
        title=title,
        machine_made=machine_made.marks(dataset),
        translations=list(_translations(dataset, title.lang)),
        description=cards.text(dataset, "notes"),
        publisher=cards.publisher(dataset),
        contact=_contact(dataset),
        licence=licences.licence(dataset),
        updated=phrases.day(dataset.get("modified") or dataset.get("issued"), cards.reader()),
        frequency=label("frequency", dataset.get("frequency")),
        languages=[label("language", value) for value in _list(dataset.get("language"))],
        themes=_themes(dataset),
        keywords=_keywords(dataset),
        links=[
            Link(places.place(link["key"]), _evidence(link), link.get("evidence") == Evidence.STEWARD)
            for link in linked
        ],
        area=places.place(area) if area and area not in {link["key"] for link in linked} else None,
        coverage=_coverage(dataset, [link["key"] for link in linked]),
        files=[_file(dataset, resource) for resource in dataset.get("resources") or []],
        table=_table(dataset),
        steps=list(_steps(dataset)),
        feeds=_feeds(dataset),
    )


#: Fields the page says in its own words.
SAID = {
    "title_translated", "notes_translated", "name", "title", "notes", "owner_org", "private", "tags_translated",
    "theme", "publisher", "contact", "license_id", "language", "frequency", "modified", "spatial_coverage", "spatial",
    "harvest_source_name", "source_url", "harvested", "metadata_license", "url",
    "machine_translated",
}  # fmt: skip


#: Fields of a file that its page says in its own words.
FILE_SAID = {
    "name_translated",
    "description_translated",
    "name",
    "description",
    "url",
    "download_url",
    "format",
    "size",
}


def details(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of the schema that have a value and are not said elsewhere on the page."""
    return _filled(dataset, "dataset_fields", dataset, SAID)


def file_details(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the fields of a file that have a value and are not said elsewhere on its page."""
    return _filled(dataset, "resource_fields", resource, FILE_SAID)


def _filled(
    dataset: Mapping[str, Any], group: str, values: Mapping[str, Any], said: set[str]
) -> list[Mapping[str, Any]]:
    schema = tk.h.scheming_get_dataset_schema(dataset.get("type") or "dataset") or {}
    return [
        field
        for field in schema.get(group, ())
        if field["field_name"] not in said
        and field.get("display_snippet", "") is not None
        and values.get(field["field_name"]) not in (None, "", [], {})
    ]


def _translations(dataset: Mapping[str, Any], shown: str) -> Iterator[tuple[str, Text]]:
    texts = dataset.get("title_translated") or {}
    for lang in NAMES:
        if lang != shown and texts.get(lang):
            yield lang, Text(texts[lang], lang, foreign=True)


def _contact(dataset: Mapping[str, Any]) -> tuple[str, str]:
    """Return the contact as (words, address): an e-mail before a page before a bare name."""
    contacts = _list(dataset.get("contact"))
    contact = contacts[0] if contacts and isinstance(contacts[0], Mapping) else {}
    email = str(contact.get("email") or "").removeprefix("mailto:")
    name, url = str(contact.get("name") or ""), str(contact.get("url") or "")
    if email:
        return name or email, f"mailto:{email}"
    return (name or url, url) if url.startswith(("http://", "https://")) else (name, "")


def label(vocabulary: str, value: Any) -> str:
    """Name a value of a vocabulary for the reader; one the vocabulary does not know is its own name."""
    concept = vocabularies.load(vocabulary).resolve(str(value)) if value else None
    return concept.label(cards.reader()) if concept else str(value or "")


def _themes(dataset: Mapping[str, Any]) -> list[Found]:
    uris = _list(dataset.get("theme"))
    return [Found(label("theme", uri), tk.h.url_for("dataset.search", theme=uri)) for uri in uris]


def _keywords(dataset: Mapping[str, Any]) -> Text:
    """Return the keywords in the reader's language, else in the first there is, as one line."""
    words = dataset.get("tags_translated")
    present = {lang: ", ".join(_list(found)) for lang, found in words.items()} if isinstance(words, Mapping) else {}
    return cards.text({"words_translated": present}, "words")


def _evidence(link: Mapping[str, Any]) -> str:
    """Say in words why the dataset is linked to a municipality."""
    code = str(link.get("evidence") or "")
    words = {
        Evidence.STEWARD: tk._("a steward"),
        Evidence.CODE: tk._("municipality code"),
        Evidence.URI: tk._("place identifier"),
        Evidence.GEOMETRY: tk._("geometry"),
        Evidence.BOX: tk._("bounding box"),
        Evidence.TERRITORY: tk._("territory"),
        Evidence.PUBLISHER: tk._("publisher"),
        Evidence.TITLE: tk._("words of the title"),
        Evidence.KEYWORD: tk._("keywords"),
    }
    return {str(evidence): text for evidence, text in words.items()}.get(code, code)


def _coverage(dataset: Mapping[str, Any], keys: Sequence[str]) -> Coverage | None:
    """Return what to draw; None without polygons and without geometry, or when nothing is known."""
    cloth = places.cloth() or bare()
    boxes = tuple(box for geometry in _geometries(dataset) if (box := _drawn_box(geometry)))
    drawn = tuple(key for key in keys if key in cloth.outlines)
    near = [box for box in boxes if _overlaps(box, (0, 0, WIDTH, cloth.height))]
    if not drawn and not near:
        return None
    shown = [cloth.outlines[key].box for key in drawn] or near
    return Coverage(_within(window(shown, 0.35, 2.0), cloth.height), drawn, boxes)


def _within(shown: Box, height: int) -> Box:
    """Keep the window from being larger than the cloth."""
    return (0, 0, WIDTH, height) if shown[2] > WIDTH else shown


def _overlaps(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _geometries(dataset: Mapping[str, Any]) -> Iterator[Any]:
    for coverage in _list(dataset.get("spatial_coverage")):
        for field in ("bbox", "geom"):
            if isinstance(coverage, Mapping) and coverage.get(field):
                yield coverage[field]
                break
    if not dataset.get("spatial_coverage") and dataset.get("spatial"):
        yield dataset["spatial"]


def _drawn_box(geometry: Any) -> Box | None:
    """Return the box of a GeoJSON geometry in drawing units: left, top, right, bottom."""
    try:
        document = json.loads(geometry) if isinstance(geometry, str) else geometry
        corners = list(_positions(document["coordinates"]))
    except (ValueError, TypeError, KeyError):
        return None
    if not corners:
        return None
    cloth = places.cloth() or bare()
    left, top = cloth.point(min(c[0] for c in corners), max(c[1] for c in corners))
    right, bottom = cloth.point(max(c[0] for c in corners), min(c[1] for c in corners))
    return left, top, right, bottom


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
    else:
        for part in coordinates:
            yield from _positions(part)


def _file(dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> File:
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
    )


def _file_name(url: str) -> str:
    """Return the name of the file at an address, "" when its path ends without one."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return name if "." in name and len(name) < 80 else ""


def _table(dataset: Mapping[str, Any]) -> Table | None:
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
        fields=[(name, _type(kind), kind.startswith(("int", "numeric", "float"))) for name, kind in shown],
        rows=[["" if row[name] is None else str(row[name]) for name, _ in shown] for row in found["records"]],
        total=found.get("total", 0),
        hidden=len(fields) - len(shown),
        url=tk.h.url_for(page, id=dataset["name"], resource_id=resource["id"]),
    )


def _type(kind: str) -> str:
    """Name a column type of PostgreSQL for somebody who is none of its users."""
    if kind.startswith(("int", "bigint", "numeric", "float")):
        return tk._("number")
    if kind.startswith(("timestamp", "date", "time")):
        return tk._("time")
    return {"bool": tk._("yes or no"), "json": tk._("structure")}.get(kind, tk._("text"))


def _steps(dataset: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the way a dataset came: published, collected, linked here."""
    reader = cards.reader()
    who, source = cards.publisher(dataset).value, str(dataset.get("harvest_source_name") or "")
    published = phrases.day(dataset.get("source_modified") or dataset.get("modified") or dataset.get("issued"), reader)
    changed = tk._("changed on {date}").format(date=published) if published else ""
    if not source:
        yield Step(who, tk._("publishes here"), changed, "", crossing=False)
        return
    yield Step(who or tk._("The publisher"), tk._("publishes"), changed, "", crossing=False)
    harvested = phrases.day(dataset.get("harvested"), reader)
    collected = tk._("collected on {date}").format(date=harvested) if harvested else ""
    url = str(dataset.get("source_url") or "")
    yield Step(facet_label("harvest_source_name", source), tk._("shows the record"), collected, url, crossing=True)
    yield Step(
        tk._("Eurometropolis Open Data"),
        tk._("links it to places and shows it in three languages"),
        "",
        "",
        crossing=False,
    )


def _feeds(dataset: Mapping[str, Any]) -> list[Found]:
    """Return this dataset as addresses for machines."""
    show = tk.h.url_for("api.action", logic_function="package_show", ver=3, locale="default", _external=True)
    found = [Found("JSON", f"{show}?id={dataset['name']}")]
    if tk.h.plugin_loaded("dcat"):
        for form, label in (("ttl", "Turtle"), ("rdf", "RDF/XML"), ("jsonld", "JSON-LD")):
            url = tk.h.url_for("dcat.read_dataset", _id=dataset["name"], _format=form, locale="default", _external=True)
            found.append(Found(label, url))
    return found


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value] if value else []
    return list(value or [])
