"""What a merged product is: read strictly from ``config/products/NAME.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from ckanext.eurometropool.products.errors import LANGUAGES, DefinitionError, Text
from ckanext.eurometropool.products.stations import COLUMNS
from ckanext.eurometropool.products.yaml_entries import Entries, compose
from ckanext.oslo.vocabularies import load as vocabulary

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FORMATS = ("gbfs", "opendatasoft", "ogcapi")
#: What classifies the product's dataset, and the vocabulary its codes come from.
CLASSES = MappingProxyType(
    {
        "theme": "theme",
        "mobility_theme": "mobility_theme",
        "transport_mode": "transport_mode",
        "network_coverage": "network_coverage",
        "intended_information_service": "intended_information_service",
        "georeferencing_method": "georeferencing_method",
        "frequency": "frequency",
        "access_rights": "access_right",
    }
)
#: What a source may map to fields of its own; GBFS has fixed names.
MAPPABLE = ("id", "name", "point", "lon", "lat", "capacity", "bikes", "docks", "time")


@dataclass(frozen=True)
class Box:
    """A box in WGS84 degrees, in the order of GeoJSON: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, longitude: float, latitude: float) -> bool:
        """Say whether a point lies in the box or on its edge."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(frozen=True)
class Field:
    """A column as people read about it: its type and meaning, and its name at each format's source."""

    id: str
    type: Text
    label: Text
    origin: Mapping[str, str]


@dataclass(frozen=True)
class Promise:
    """Something the product keeps to, and the fine print beside it."""

    text: Text
    note: Text


@dataclass(frozen=True)
class Source:
    """One feed that goes into the product.

    ``url``: its live address, None where only a sample exists. ``replay``: its path on the replay server. ``fields``:
    our field → the source's, for formats without fixed names. ``skip``: rows whose field has one of these values are
    not stations in use. ``licence``: code of the licence vocabulary.
    """

    name: str
    title: Text
    publisher: str
    homepage: str
    format: str
    language: str
    licence: str
    attribution: str
    url: str | None
    replay: str
    fields: Mapping[str, str]
    skip: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Product:
    """A merged product.

    ``refresh`` and ``stale_after`` are seconds; ``box`` bounds every point it may hold; ``example`` is the lon, lat of
    the point in the examples; ``classes``: field of the dataset → URIs of concepts.
    """

    name: str
    version: str
    title: Text
    description: Text
    keywords: Mapping[str, tuple[str, ...]]
    organization: str
    organization_title: Text
    licence: str
    classes: Mapping[str, tuple[str, ...]]
    refresh: int
    stale_after: int
    box: Box
    example: tuple[float, float]
    fields: tuple[Field, ...]
    promises: tuple[Promise, ...]
    sources: tuple[Source, ...]

    def source(self, name: str) -> Source:
        """Give the source of this name. Raises KeyError."""
        return {source.name: source for source in self.sources}[name]


def read(path: Path) -> Product:
    """Read a product's definition. Raises DefinitionError with file, line and what was expected."""
    root = compose(path)
    keywords = root.entries("keywords")
    organization = root.entries("organization")
    product = Product(
        name=_name(root),
        version=root.text("version"),
        title=root.texts("title"),
        description=root.texts("description"),
        keywords={language: keywords.words(language) for language in LANGUAGES},
        organization=_name(organization),
        organization_title=organization.texts("title"),
        licence=_licence(root),
        classes=_classes(root),
        refresh=root.seconds("refresh", least=10),
        stale_after=root.seconds("stale_after", least=10),
        box=Box(*_numbers(root, "box", 4)),
        example=_pair(root),
        fields=_fields(root),
        promises=tuple(_promise(entries) for entries in root.list("promises", "promise")),
        sources=_sources(root),
    )
    for entries in (keywords, organization, root):
        entries.close()
    if product.name != path.stem:
        raise root.error("name", f"{path.stem!r}, as the file is called")
    return product


def read_all(folder: Path) -> dict[str, Product]:
    """Read every product of a folder, by name. Raises DefinitionError."""
    if not folder.is_dir():
        raise DefinitionError(f"{folder}:1: expected a folder with product definitions")
    products = [read(path) for path in sorted(folder.glob("*.yaml"))]
    return {product.name: product for product in products}


def _name(entries: Entries) -> str:
    name = entries.text("name")
    if not NAME.fullmatch(name):
        raise entries.error("name", "small letters, digits and hyphens")
    return name


def _licence(entries: Entries) -> str:
    code = entries.text("licence")
    if vocabulary("licence").get(code) is None:
        raise entries.error("licence", f"a code of the licence vocabulary, not {code!r}")
    return code


def _classes(root: Entries) -> dict[str, tuple[str, ...]]:
    entries = root.entries("classes")
    classes = {}
    for key, name in CLASSES.items():
        concepts = [vocabulary(name).get(code) for code in entries.words(key)]
        if None in concepts:
            raise entries.error(key, f"codes of the vocabulary {name}")
        classes[key] = tuple(concept.uri for concept in concepts if concept)
    entries.close()
    return classes


def _numbers(entries: Entries, key: str, count: int) -> list[float]:
    words = entries.words(key)
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        raise entries.error(key, f"{count} numbers") from error
    if len(numbers) != count:
        raise entries.error(key, f"{count} numbers, not {len(numbers)}")
    return numbers


def _pair(entries: Entries) -> tuple[float, float]:
    longitude, latitude = _numbers(entries, "example", 2)
    return longitude, latitude


def _fields(root: Entries) -> tuple[Field, ...]:
    fields = []
    for entries in root.list("fields", "field"):
        origin = entries.mapping("origin")
        fields.append(Field(entries.one_of("id", COLUMNS), entries.texts("type"), entries.texts("label"), origin))
        entries.close()
        if unknown := origin.keys() - set(FORMATS):
            raise entries.error("origin", f"formats ({', '.join(FORMATS)}) as keys, not {', '.join(sorted(unknown))}")
    if missing := COLUMNS.keys() - {field.id for field in fields}:
        raise root.error("fields", f"every column of the table; missing: {', '.join(sorted(missing))}")
    return tuple(fields)


def _promise(entries: Entries) -> Promise:
    promise = Promise(entries.texts("text"), entries.texts("note"))
    entries.close()
    return promise


def _sources(root: Entries) -> tuple[Source, ...]:
    sources: dict[str, Source] = {}
    for entries in root.list("sources", "source"):
        source = _source(entries)
        if source.name in sources:
            raise entries.error("name", f"a name of its own; {source.name!r} is taken")
        sources[source.name] = source
    return tuple(sources.values())


def _source(entries: Entries) -> Source:
    source = Source(
        name=_name(entries),
        title=entries.texts("title"),
        publisher=entries.text("publisher"),
        homepage=_address(entries, "homepage") or "",
        format=entries.one_of("format", FORMATS),
        language=entries.one_of("language", LANGUAGES),
        licence=_licence(entries),
        attribution=entries.text("attribution"),
        url=_address(entries, "url") if "url" in entries else entries.optional("url"),
        replay=entries.text("replay"),
        fields=entries.mapping("fields"),
        skip=entries.choices("skip"),
    )
    entries.close()
    if not source.replay.startswith("/"):
        raise entries.error("replay", "a path that begins with /")
    if unknown := source.fields.keys() - set(MAPPABLE):
        raise entries.error("fields", f"our fields ({', '.join(MAPPABLE)}) as keys, not {', '.join(sorted(unknown))}")
    needed = {"id", "name", "bikes"} - source.fields.keys()
    if source.format != "gbfs" and needed:
        raise entries.error("fields", f"at least id, name and bikes; missing: {', '.join(sorted(needed))}")
    return source


def _address(entries: Entries, key: str) -> str:
    address = entries.text(key)
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise entries.error(key, f"an http or https address, not {address!r}")
    return address
