"""Municipalities and regions as pages name and draw them: the register in the reader's language."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ckan.plugins import toolkit as tk

from ckanext.eurometropool import config
from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.municipalities.register import Municipality, Register, RegisterError
from ckanext.eurometropool.pages import drawing
from ckanext.eurometropool.pages.drawing import Cloth, Shape
from ckanext.eurometropool.pages.mosaic import mosaic

LANGUAGE = {"vlaanderen": "nl", "wallonie": "fr", "hauts-de-france": "fr"}
SHORT = {"vlaanderen": "vla", "wallonie": "wal", "hauts-de-france": "hdf"}


@dataclass(frozen=True)
class Region:
    """A region by its key, its name for the reader, and the short name that style sheets use (vla, wal, hdf)."""

    key: str
    name: str
    short: str


@dataclass(frozen=True)
class Place:
    """A municipality as a link: its name for the reader and, where it differs, the one on its town hall."""

    key: str
    name: str
    local: str
    local_language: str
    region: str
    url: str


def register() -> Register | None:
    """Return the register; None in a portal that has none."""
    try:
        return installed.register()
    except RegisterError:
        return None


def cloth() -> Cloth | None:
    """Return the drawing of all municipalities, drawn at first use; None in a portal without register.

    Where the register lacks the outline of any, all are drawn as a mosaic around their middles.
    """
    path = config.register_path()
    return _cloth_at(path, path.stat().st_mtime) if path and register() else None


@functools.lru_cache(maxsize=2)
def _cloth_at(_path: Path, _modified: float) -> Cloth | None:
    known = installed.register()
    shapes = [Shape(m.key, m.region, polygon) for m in known if (polygon := known.polygon(m.key)) is not None]
    # A map of one country only would say the opposite of what the map is for.
    if len(shapes) == len(known.municipalities):
        return drawing.draw(shapes)
    return drawing.draw(mosaic({m.key: (m.region, *m.point) for m in known}), schematic=True)


def regions() -> list[Region]:
    """Return the three regions, in the order in which the map's key shows them."""
    return [region(key) for key in ("hauts-de-france", "vlaanderen", "wallonie")]


def region(key: str) -> Region:
    """Return a region by its key; one that is not of the three is its own name."""
    names = {
        "vlaanderen": tk._("Flanders"),
        "wallonie": tk._("Wallonia"),
        "hauts-de-france": tk._("Hauts-de-France"),
    }
    return Region(key, names.get(key, key), SHORT.get(key, ""))


def place(key: str) -> Place:
    """Return a municipality or area by its key; an unknown one is its own name, without a page."""
    known = register()
    municipality = known.get(key) if known else None
    if municipality:
        return as_place(municipality)
    return Place(key, known.name(key, _reader()) if known else key, "", "", "", "")


def as_place(municipality: Municipality) -> Place:
    """Return a municipality of the register as a link."""
    name = municipality.name(_reader())
    local = municipality.local_name
    return Place(
        municipality.key,
        name,
        local if local != name else "",
        LANGUAGE[municipality.region],
        municipality.region,
        tk.h.url_for("portal.municipality", key=municipality.key),
    )


def places(among: Iterable[Municipality] | None = None) -> list[Place]:
    """Return municipalities (all, unless given) as links, in the reader's alphabet."""
    known = register()
    chosen = among if among is not None else (known or ())
    return sorted((as_place(m) for m in chosen), key=lambda p: tk.h.strxfrm(p.name))


def labels(keys: Iterable[str], size: int = 0) -> list[tuple[str, int, int]]:
    """Return names with where they stand on the drawing: (name, x, y).

    With the ``size`` of the letters in drawing units, a name that would run into an earlier one is left out.
    """
    drawn = cloth()
    placed: list[tuple[str, int, int]] = []
    for key in keys:
        if drawn and key in drawn.outlines:
            x, y = drawn.outlines[key].middle
            name = place(key).name
            if not any(_collide((name, x, y), other, size) for other in placed):
                placed.append((name, x, y))
    return placed


def _collide(one: tuple[str, int, int], other: tuple[str, int, int], size: int) -> bool:
    """Whether two names of letters of this size would touch; half a letter's height is its usual width."""
    width = (len(one[0]) + len(other[0])) / 2 * size * 0.52
    return abs(one[1] - other[1]) < width and abs(one[2] - other[2]) < size * 1.1


def _reader() -> str:
    return tk.h.lang() or "en"
