"""What a dataset dict says about its place, read without ever failing. Pure.

Values come decoded (from `package_show`) or as the JSON strings CKAN stores; portals send rubbish in any of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ckanext.oslo.reading import coordinates

LANGUAGES = ("nl", "fr", "en", "de")
_HOST = re.compile(r"^https?://(?:[^/@]*@)?([^/:?#]+)", re.IGNORECASE)
_COUNTRY_HINTS = {"be": "BE", "vlaanderen": "BE", "brussels": "BE", "gent": "BE", "fr": "FR"}
_BEFORE_WKT = re.compile(r"\s*(?:<[^>]*>|SRID=\d+;)\s*", re.IGNORECASE)
_NUMBERS = re.compile(r"^\s*-?\d+(?:\.\d+)?(?:\s*[,; ]\s*-?\d+(?:\.\d+)?){3}\s*$")


@dataclass(frozen=True)
class Said:
    """A dataset's own words and shapes.

    `texts` and `keywords` are by language, `territories` are the free texts of its spatial coverage, `uris` all
    identifiers of places and subjects, `publishers` the names of who publishes it, `addresses` its own web addresses.
    """

    titles: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    territories: tuple[str, ...]
    uris: tuple[str, ...]
    publishers: tuple[str, ...]
    addresses: tuple[str, ...]
    shapes: tuple[BaseGeometry, ...]

    @cached_property
    def country(self) -> str | None:
        """Guess the country its publisher works in, BE or FR, from the web addresses; None if they disagree."""
        found = {hint for address in self.addresses if (hint := _country_of(address))}
        return found.pop() if len(found) == 1 else None

    def texts(self) -> Iterator[str]:
        """Give all its words about itself: titles, territories, keywords."""
        yield from self.titles.values()
        yield from self.territories
        for words in self.keywords.values():
            yield from words

    @cached_property
    def only_dutch(self) -> bool:
        """Tell whether its title is there in Dutch alone."""
        return set(self.titles) == {"nl"}


def read(dataset: Mapping[str, Any]) -> Said:
    """Read what a dataset says."""
    coverages = _records(dataset.get("spatial_coverage"))
    agents = [*_records(dataset.get("publisher")), *_records(dataset.get("creator"))][:1]
    shapes = [shape for coverage in coverages for shape in _coverage_shapes(coverage)]
    if not shapes:
        shapes = [shape for shape in [_shape(dataset.get("spatial"))] if shape is not None]
    return Said(
        titles=_by_language(dataset, "title_translated", "title"),
        keywords={lang: tuple(_strings(words)) for lang, words in _translated(dataset.get("tags_translated")).items()},
        territories=tuple(_strings(coverage.get("text") for coverage in coverages)),
        uris=tuple(_strings([*(c.get("uri") for c in coverages), *_list(dataset.get("subject"))])),
        publishers=tuple(_strings(agent.get("name") for agent in agents)),
        addresses=tuple(
            _strings(
                [
                    *(dataset.get(field) for field in ("uri", "url", "source_url", "guid")),
                    *(agent.get("url") or agent.get("uri") for agent in agents),
                ]
            )
        ),
        shapes=tuple(shapes),
    )


def _country_of(address: str) -> str | None:
    host = _HOST.match(address)
    return _COUNTRY_HINTS.get(host[1].lower().rsplit(".", 1)[-1]) if host else None


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _list(value: Any) -> list[Any]:
    value = _decoded(value)
    if isinstance(value, list):
        return value
    return [] if value in (None, "") else [value]


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _strings(values: Any) -> Iterable[str]:
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, Iterable):
        return []
    return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def _translated(value: Any) -> Mapping[str, Any]:
    value = _decoded(value)
    if not isinstance(value, Mapping):
        return {}
    return {lang: _decoded(words) for lang, words in value.items() if lang in LANGUAGES and words}


def _by_language(dataset: Mapping[str, Any], translated: str, core: str) -> Mapping[str, str]:
    texts = {lang: text for lang, text in _translated(dataset.get(translated)).items() if isinstance(text, str)}
    if not texts and isinstance(dataset.get(core), str):
        return {"": dataset[core]}
    return texts


# Shapes


def _coverage_shapes(coverage: Mapping[str, Any]) -> list[BaseGeometry]:
    for field in ("geom", "bbox", "centroid"):
        shape = _shape(coverage.get(field))
        if shape is not None:
            return [shape]
    return []


def _shape(value: Any) -> BaseGeometry | None:
    """Read GeoJSON, WKT or `west,south,east,north`; None for what is empty, broken, or not on this planet."""
    try:
        shape, system = _parsed(value)
        located = coordinates.locate(shape, system) if shape is not None else None
        if located is None:
            return None
        shape = located.geometry
        return shape if shape.is_valid else shapely.make_valid(shape)
    except (shapely.errors.GEOSException, ValueError, TypeError, RecursionError, OverflowError):
        return None


def _parsed(value: Any) -> tuple[BaseGeometry | None, str]:
    """Give the shape as written, and the name of its reference system, empty where it names none."""
    value = _decoded(value)
    if isinstance(value, Mapping):
        return shapely.from_geojson(json.dumps(value)), coordinates.named(value.get("crs"))
    if isinstance(value, str) and value.strip():
        if _NUMBERS.match(value):
            return _box([float(number) for number in re.split(r"[,;\s]+", value.strip())]), ""
        before = _BEFORE_WKT.match(value)
        system = before[0].strip() if before else ""
        return shapely.from_wkt(value[before.end() :] if before else value), system
    if isinstance(value, list) and len(value) == 4 and all(isinstance(n, int | float) for n in value):
        return _box(value), ""
    return None, ""


def _box(numbers: list[float]) -> BaseGeometry:
    west, south, east, north = numbers
    return shapely.Point(west, south) if (west, south) == (east, north) else shapely.box(west, south, east, north)
