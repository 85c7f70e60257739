"""Which datasets of a source are this portal's business: one set of rules for every protocol.

They stand in a source's ``scope``:

* ``area``: ``box`` ([west, south, east, north] in WGS84 degrees) and ``places``, a list of what belongs to the
  territory: municipalities by country and code (``BE-34022``) or by how their codes begin (``FR-59``: every commune of
  the Nord), and French units as the portals write them (``fr:epci:200093201``, ``fr:departement:59``,
  ``fr:region:32``), and European ones (``nuts:BE254``),
* ``themes``: EU data themes (``TRAN``), and ``publishers``: names, or addresses as the portal writes them.

A dataset that lies wholly elsewhere, or that names only other themes or publishers, is out of scope: counted, not
imported. One that does not say where it lies, what it is about or who publishes it stays, as does one that says it in
words nobody can place on a map. The other keys of ``scope`` are the protocols' own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ckanext.harvesters.mapping import geometry
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Source, SourceError
from ckanext.oslo.vocabularies import load
from ckanext.oslo.vocabularies.concepts import fold

#: The keys of ``scope`` that are read here.
KEYS = ("area", "themes", "publishers")
#: Addresses and codes of places → how ``places`` names them.
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"id\.insee\.fr/geo/commune/(\w{5})\b"), lambda m: f"FR-{m[1]}"),
    (re.compile(r"^fr:commune:(\w{5})"), lambda m: f"FR-{m[1]}"),
    (re.compile(r"id\.insee\.fr/geo/intercommunalite/(\d{9})\b|^fr:epci:(\d{9})"), lambda m: f"fr:epci:{m[1] or m[2]}"),
    (re.compile(r"id\.insee\.fr/geo/(departement|region)/(\w{1,3})\b"), lambda m: f"fr:{m[1]}:{m[2]}"),
    (re.compile(r"^fr:(departement|region):(\w{1,3})"), lambda m: f"fr:{m[1]}:{m[2]}"),
    (re.compile(r"(?:refnis(?:\d{4})?/|/nis(?:code)?/)(\d{5})\b"), lambda m: f"BE-{m[1]}"),
    (re.compile(r"data\.europa\.eu/nuts/code/([A-Z]{2}\w{1,3})\b"), lambda m: f"nuts:{m[1]}"),
)
_PLACE = re.compile(r"(?:BE|FR)-\w{1,5}|fr:(?:epci|departement|region):\w{1,9}|nuts:[A-Z]{2}\w{0,3}")


def mistakes(scope: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the keys read here, each as what was expected."""
    for key in ("themes", "publishers"):
        value = scope.get(key)
        if value is not None and not _is_texts(value):
            yield f"scope: {key!r} should be a list of texts"
    for theme in scope.get("themes") or () if _is_texts(scope.get("themes")) else ():
        if load("theme").resolve(theme) is None:
            yield f"scope: {theme!r} is no EU data theme; they are {', '.join(c.code for c in load('theme'))}"
    area = scope.get("area")
    if area is not None:
        yield from _mistakes_of_area(area)


def _mistakes_of_area(area: Any) -> Iterator[str]:
    if not isinstance(area, Mapping) or not area or not area.keys() <= {"box", "places"}:
        yield "scope: 'area' should have 'box', 'places' or both"
        return
    if "box" in area and _box(area["box"]) is None:
        yield "scope: 'area.box' should be [west, south, east, north] in degrees"
    places = area.get("places", ["BE-34022"])
    if not _is_texts(places) or not all(_PLACE.fullmatch(place) for place in places):
        yield "scope: 'area.places' should list BE-34022, FR-59, fr:epci:200093201, nuts:BE254 and the like"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, str) and one for one in value)


def _box(value: Any) -> BaseGeometry | None:
    if not isinstance(value, list | tuple) or len(value) != 4:
        return None
    if not all(isinstance(edge, int | float) and not isinstance(edge, bool) for edge in value):
        return None
    return geometry.from_box(*value)


@dataclass(frozen=True)
class Rules:
    """The rules of one source, ready to be asked."""

    box: BaseGeometry | None = None
    places: tuple[str, ...] = ()
    themes: frozenset[str] = frozenset()
    publishers: frozenset[str] = frozenset()

    def outside(self, dataset: Mapping[str, Any]) -> str | None:
        """Name the rule by which a mapped dataset is out of scope: ``area``, ``themes`` or ``publishers``; or None."""
        if self._is_elsewhere(dataset.get("spatial_coverage") or ()):
            return "area"
        themes = dataset.get("theme") or ()
        if self.themes and themes and not self.themes & set(themes):
            return "themes"
        publishers = [one for one in dataset.get("publisher") or () if one.get("name") or one.get("uri")]
        if self.publishers and publishers and not any(self._publishes(one) for one in publishers):
            return "publishers"
        return None

    def _publishes(self, publisher: Mapping[str, str]) -> bool:
        return fold(publisher.get("name") or "") in self.publishers or publisher.get("uri") in self.publishers

    def _is_elsewhere(self, coverage: Sequence[Mapping[str, str]]) -> bool:
        if self.box is None and not self.places:
            return False
        told = [inside for place in coverage for inside in self._tells(place)]
        return bool(told) and not any(told)

    def _tells(self, place: Mapping[str, str]) -> Iterator[bool]:
        """Yield for each thing a place says about where it is whether that is inside; nothing when it says nothing."""
        if self.box is not None:
            for key in ("geom", "bbox", "centroid"):
                shape = geometry.from_literal(place[key]) if place.get(key) else None
                if shape is not None:
                    yield bool(shapely.intersects(self.box, shape))
                    break
        if self.places:
            code = next(filter(None, (_code(place.get(key) or "") for key in ("uri", "text"))), None)
            if code is not None:
                yield self._holds(code)

    def _holds(self, code: str) -> bool:
        """Tell whether a unit is of the territory, is part of one that is, or holds one that is."""
        department = code.removeprefix("fr:departement:")
        holding = f"FR-{department}" if department != code else code if code.startswith("nuts:") else ""
        return any(code.startswith(own) or (holding and own.startswith(holding)) for own in self.places)


@lru_cache(maxsize=4096)
def _code(text: str) -> str | None:
    """Return the unit an address or a code of a place means; None for anything else."""
    for pattern, write in _PATTERNS:
        if match := pattern.search(text[:300]):
            return write(match)
    return None


def rules_of(source: Source) -> Rules:
    """Return the rules of a source. Raises `SourceError` with the first mistake in its scope."""
    scope = source.scope
    wrong = next(mistakes(scope), None)
    if wrong is not None:
        raise SourceError(Reason.BAD_CONFIGURATION, source.url, wrong)
    area: Mapping[str, Any] = scope.get("area") or {}
    return Rules(
        box=_box(area.get("box")),
        places=tuple(area.get("places") or ()),
        themes=frozenset(_themes(scope.get("themes") or ())),
        publishers=frozenset(one if one.startswith("http") else fold(one) for one in scope.get("publishers") or ()),
    )


def _themes(said: Iterable[str]) -> Iterator[str]:
    return (concept.uri for one in said if (concept := load("theme").resolve(one)))
