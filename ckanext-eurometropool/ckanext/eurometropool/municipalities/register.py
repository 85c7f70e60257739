"""The register of municipalities and of the areas that hold them. Pure: it reads one file and knows nothing of CKAN.

Coordinates are WGS84 degrees, longitude first. Keys are `BE-33022` and `FR-59350` for municipalities (NIS and INSEE
codes share one number space, so the country belongs to the key) and those of `areas.yaml` for areas.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from ckanext.eurometropool.municipalities.names import fold

Box = tuple[float, float, float, float]
FORMAT = 1
#: How far an outline is drawn in for the index, as a share of half its box's diagonal: Solr's grid is off by 2.5 %.
RIM = 0.03
#: Degrees, 1.5 km.
CENTRE = 0.015
#: Degrees, about 100 m.
COARSE = 0.001


class RegisterError(Exception):
    """The register cannot be built or read; the message says what to do."""


class AreaKind(StrEnum):
    """What kind of territory an area is, from small to large."""

    ARRONDISSEMENT = "arrondissement"
    INTERMUNICIPAL = "intermunicipal"
    SUBREGION = "subregion"
    EUROMETROPOLIS = "eurometropolis"
    PROVINCE = "province"
    DEPARTMENT = "department"
    REGION = "region"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality of the Eurometropolis.

    `names` has the official or usual name in nl, fr and en; `also` and `villages` are other words for it or for a part
    of it. `region` is vlaanderen, wallonie or hauts-de-france. `areas` are the keys of all areas that hold it, smallest
    first. `point` is the centre (lon, lat).
    """

    key: str
    code: str
    country: str
    region: str
    province: str
    arrondissement: str
    names: Mapping[str, str]
    also: tuple[str, ...]
    villages: tuple[str, ...]
    postcodes: tuple[str, ...]
    former_codes: tuple[str, ...]
    point: tuple[float, float]
    geonames: int | None
    areas: tuple[str, ...]
    neighbours: tuple[str, ...]

    def name(self, lang: str) -> str:
        """Give the name in a language, else the local one."""
        return self.names.get(lang) or self.local_name

    @property
    def local_name(self) -> str:
        """Give the name that stands on its town hall."""
        return self.names["nl" if self.region == "vlaanderen" else "fr"]

    @property
    def uris(self) -> tuple[str, ...]:
        """Give the identifiers others know it by."""
        geonames = (f"https://sws.geonames.org/{self.geonames}/",) if self.geonames else ()
        if self.country == "BE":
            return (f"http://vocab.belgif.be/auth/refnis2025/{self.code}", *geonames)
        return (f"http://id.insee.fr/geo/commune/{self.code}", *geonames)


@dataclass(frozen=True, slots=True)
class Area:
    """A territory between one municipality and the world.

    `members` are the municipalities of the register in it; `complete` says whether it has no others. `box` is west,
    south, east, north. `parents` are the areas that hold it, smallest first, all the way up.
    """

    key: str
    kind: AreaKind
    country: str
    names: Mapping[str, str]
    also: tuple[str, ...]
    nuts: tuple[str, ...]
    codes: Mapping[str, str]
    former_codes: tuple[str, ...]
    geonames: int | None
    members: tuple[str, ...]
    complete: bool
    box: Box
    parents: tuple[str, ...]

    def name(self, lang: str) -> str:
        """Give the name in a language, else the English one."""
        return self.names.get(lang) or self.names["en"]


@dataclass(frozen=True)
class Register:
    """All municipalities and areas, with their geometry where it is known."""

    municipalities: Mapping[str, Municipality]
    areas: Mapping[str, Area]
    attribution: tuple[str, ...]
    geometries: Mapping[str, Mapping[str, Any]] = field(repr=False)
    _inner: dict[str, BaseGeometry] = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[Municipality]:
        return iter(self.municipalities.values())

    def get(self, key: str) -> Municipality | None:
        """Give the municipality with this key, or None."""
        return self.municipalities.get(key)

    def area(self, key: str) -> Area | None:
        """Give the area with this key, or None."""
        return self.areas.get(key)

    def name(self, key: str, lang: str) -> str:
        """Give the name of a municipality or an area in a language; an unknown key is its own name."""
        place = self.municipalities.get(key) or self.areas.get(key)
        return place.name(lang) if place else key

    def geometry(self, key: str) -> Mapping[str, Any] | None:
        """Give a municipality's outline as a GeoJSON geometry, or None where the register has only its point."""
        return self.geometries.get(key)

    def polygon(self, key: str) -> BaseGeometry | None:
        """Give the outline of a municipality, or of an area whose municipalities are all known, as a shape."""
        return self._shapes.get(key) or self._area_shape(key)

    def inner(self, key: str) -> BaseGeometry | None:
        """Give the rough inside of a place, for the search index: what only touches its border does not meet it.

        The outline drawn in and simplified; the box of an area that has other municipalities too; around the centre of
        a municipality without outline. None for an unknown key.
        """
        if key not in self._inner:
            shape = self._drawn_in(key)
            if shape is None:
                return None
            self._inner[key] = shape
        return self._inner[key]

    def _drawn_in(self, key: str) -> BaseGeometry | None:
        if municipality := self.municipalities.get(key):
            outline = self._shapes.get(key)
            return _inside(outline) if outline else shapely.Point(municipality.point).buffer(CENTRE, quad_segs=4)
        area = self.areas.get(key)
        if area is None or not area.complete or not all(member in self._shapes for member in area.members):
            return shapely.box(*area.box) if area else None
        # Simplified before they are put together: the union of all outlines as they are takes seconds.
        rough = [shapely.simplify(self._shapes[member], COARSE).buffer(COARSE) for member in area.members]
        return _inside(shapely.union_all(rough).buffer(-COARSE))

    @cached_property
    def _shapes(self) -> Mapping[str, BaseGeometry]:
        return {key: shapely.from_geojson(json.dumps(geometry)) for key, geometry in self.geometries.items()}

    def _area_shape(self, key: str) -> BaseGeometry | None:
        area = self.areas.get(key)
        if area is None or not area.complete or not all(member in self._shapes for member in area.members):
            return None
        # Two producers drew the two sides of the border: a hair's breadth closes the slivers between them.
        return shapely.unary_union([self._shapes[member] for member in area.members]).buffer(1e-4).buffer(-1e-4)

    def at(self, lon: float, lat: float) -> Municipality | None:
        """Give the municipality at a point, or None outside all known outlines."""
        keys, tree = self._tree
        found = tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.municipalities[keys[int(found[0])]] if len(found) else None

    @cached_property
    def _tree(self) -> tuple[list[str], STRtree]:
        return list(self._shapes), STRtree(list(self._shapes.values()))

    def neighbours(self, key: str) -> tuple[Municipality, ...]:
        """Give the municipalities that border on this one, those across the border of country or region first."""
        here = self.municipalities[key]
        around = [self.municipalities[other] for other in here.neighbours]
        return tuple(sorted(around, key=lambda m: (m.country == here.country, m.region == here.region, m.local_name)))

    def by_code(self, country: str, code: str) -> Municipality | None:
        """Give the municipality with this NIS (BE) or INSEE (FR) code, present or former."""
        key = self._codes.get((country, code))
        return self.municipalities[key] if key else None

    @cached_property
    def _codes(self) -> Mapping[tuple[str, str], str]:
        former = {(m.country, code): m.key for m in self for code in m.former_codes}
        return former | {(m.country, m.code): m.key for m in self}

    def find(self, text: str) -> tuple[Municipality, ...]:
        """Give the municipalities that a name in any language, a village, a postcode or a key stands for."""
        return tuple(self.municipalities[key] for key in self._words.get(fold(text), ()))

    def find_area(self, text: str) -> Area | None:
        """Give the smallest area with this name in any language, or this key."""
        words = fold(text)
        return next((a for a in self.areas.values() if words in map(fold, (a.key, *a.names.values(), *a.also))), None)

    @cached_property
    def _words(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for m in self:
            for word in (*m.names.values(), *m.also, *m.villages, *m.postcodes, m.key, m.code):
                found.setdefault(fold(word), {})[m.key] = None
        return {word: tuple(keys) for word, keys in found.items()}


def _inside(outline: BaseGeometry) -> BaseGeometry:
    west, south, east, north = outline.bounds
    rim = RIM * math.hypot(east - west, north - south) / 2
    inner = shapely.simplify(outline.buffer(-rim), rim / 3)
    return outline.representative_point().buffer(rim) if inner.is_empty else inner


def load(path: Path) -> Register:
    """Read the register that `ckan municipalities build` wrote.

    Raises RegisterError when the file is missing, broken or of another format.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise RegisterError(f"{path} is missing: run `ckan municipalities build`") from error
    except (OSError, ValueError) as error:
        raise RegisterError(f"{path} cannot be read ({error}): run `ckan municipalities build` again") from error
    if data.get("format") != FORMAT:
        raise RegisterError(f"{path} has another format than this version needs: run `ckan municipalities build` again")
    return from_dict(data)


def from_dict(data: Mapping[str, Any]) -> Register:
    """Make a register of the content of its file."""
    return Register(
        municipalities={m["key"]: Municipality(**_frozen(m)) for m in data["municipalities"]},
        areas={a["key"]: Area(**_frozen({**a, "kind": AreaKind(a["kind"])})) for a in data["areas"]},
        attribution=tuple(data["attribution"]),
        geometries=data["geometries"],
    )


def _frozen(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
