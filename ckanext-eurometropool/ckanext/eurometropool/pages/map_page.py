"""The search on a map: the question, what it finds, and how many datasets lie in each municipality."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ckan.lib.search import SearchError
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import MultiDict

from ckanext.eurometropool import config
from ckanext.eurometropool.pages import home, places, searching
from ckanext.eurometropool.pages.drawing import Box
from ckanext.eurometropool.pages.places import Place
from ckanext.eurometropool.pages.searching import FACETS, Filter

SHOWN = 10  # datasets a page of the list
NAMED = 12  # municipalities with their name on the map: those with the most datasets
SMALLEST, LARGEST = 60, 150  # radius of a circle, in drawing units
LETTERS = 80  # size of a name, in drawing units

Degrees = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """A municipality with what was found there: where it lies (drawing units, and WGS84), and its circle's radius."""

    place: Place
    count: int
    said: str
    x: int
    y: int
    longitude: float
    latitude: float
    radius: int
    named: bool
    url: str
    chosen: bool


@dataclass(frozen=True)
class MapPage:
    """What the page shows. `zone` is west, south, east, north in degrees; `trouble` says why nothing was asked."""

    query: str
    count: int
    headline: str
    results: Sequence[Mapping[str, Any]]
    chips: Sequence[Filter]
    spots: Sequence[Spot]
    zone: Degrees | None
    drawn_zone: Box | None
    trouble: str
    previous: str
    following: str
    fields: Sequence[tuple[str, str]]
    as_list: str
    tiles: str
    tiles_credit: str


def map_page(args: MultiDict[str, str]) -> MapPage:
    """Gather what the map shows for an address's parameters: those of the search page, and `ext_bbox` of a zone."""
    number = max(1, min(args.get("page", 1, type=int) or 1, 10_000))
    found, trouble = _ask(args, number)
    zone = _zone(args.get("ext_bbox", "")) if not trouble else None
    last = -(-found["count"] // SHOWN)
    return MapPage(
        query=args.get("q", ""),
        count=found["count"],
        headline=_headline(found["count"], zone),
        results=found["results"],
        chips=_chips(args, zone),
        spots=_spots(args, found["facets"].get("municipality", {})),
        zone=zone,
        drawn_zone=_drawn(zone) if zone else None,
        trouble=trouble,
        previous=_address(args, page=str(number - 1)) if number > 1 else "",
        following=_address(args, page=str(number + 1)) if number < last else "",
        fields=[(name, value) for name, value in _kept(args) if name != "q"],
        as_list=_address(args, endpoint="dataset.search"),
        tiles=config.map_tiles(),
        tiles_credit=config.map_tiles_credit(),
    )


def address(args: MultiDict[str, str]) -> str:
    """Give the address of a search of the search page on the map."""
    return _address(args)


def as_data(spot: Spot) -> dict[str, Any]:
    """Give a circle as the map's script takes it; its size is in CSS pixels."""
    return {
        "name": spot.place.name,
        "count": spot.count,
        "said": tk._("{place}: {datasets}").format(place=spot.place.name, datasets=spot.said),
        "latitude": round(spot.latitude, 5),
        "longitude": round(spot.longitude, 5),
        "size": round(spot.radius / 2.4),
        "named": spot.named,
        "url": spot.url,
        "chosen": spot.chosen,
    }


def _ask(args: MultiDict[str, str], number: int) -> tuple[dict[str, Any], str]:
    """Ask the search; what it refuses comes back as words for the reader."""
    # "for_view": the page tells what the question was read as, as the search page does.
    context: Any = {"user": tk.current_user.name, "for_view": True}
    asked = {
        "q": args.get("q", ""),
        "fq": " ".join(f'+{name}:"{searching.escaped(value)}"' for name, value in _kept(args) if name in FACETS),
        "extras": {name: value for name, value in _kept(args) if name.startswith("ext_")},
        "rows": SHOWN,
        "start": (number - 1) * SHOWN,
        "facet.field": ["municipality"],
        "facet.limit": -1,
    }
    try:
        return tk.get_action("package_search")(context, asked), ""
    except (SearchError, tk.ValidationError) as error:
        return {"count": 0, "results": [], "facets": {}}, str(error)


def _kept(args: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Give the parameters of the question, each filter once for each value."""
    known = {"q", "ext_bbox", "ext_place", "ext_literal", *FACETS}
    return [(name, value) for name, value in args.items(multi=True) if name in known and value]


def _headline(count: int, zone: Degrees | None) -> str:
    if not zone:
        return home.datasets(count)
    words = tk.ungettext("{count} dataset in the zone you drew", "{count} datasets in the zone you drew", count)
    return words.format(count=tk.h.portal_number(count))


def _chips(args: MultiDict[str, str], zone: Degrees | None) -> list[Filter]:
    """Give what narrows the search, each with the address without it."""
    chips = [
        Filter(name, value, searching.facet_label(name, value, value), _address(args, without=(name, value)))
        for name, value in _kept(args)
        if name in FACETS
    ]
    for name in ("ext_place", "ext_bbox"):
        value = args.get(name, "")
        if value and (name != "ext_bbox" or zone):
            label = tk._("The zone you drew") if name == "ext_bbox" else value
            chips.append(Filter(name, value, label, _address(args, without=(name, value))))
    return chips


def _address(
    args: MultiDict[str, str],
    *,
    without: tuple[str, str] | None = None,
    endpoint: str = "portal.map_search",
    **more: str,
) -> str:
    asked = [pair for pair in _kept(args) if pair != without] + list(more.items())
    base = tk.h.url_for(endpoint)
    return f"{base}?{urlencode(asked)}" if asked else base


def _spots(args: MultiDict[str, str], counts: Mapping[str, int]) -> list[Spot]:
    """Give the municipalities with datasets, those with the most first."""
    known, cloth = places.register(), places.cloth()
    found = [(m, count) for key, count in counts.items() if count and known and (m := known.get(key))]
    found.sort(key=lambda pair: (-pair[1], pair[0].key))
    most = found[0][1] if found else 1
    placed = places.labels([m.key for m, _count in found[:NAMED]], LETTERS)
    named = {name for name, _x, _y in placed}
    chosen = set(args.getlist("municipality"))
    spots: list[Spot] = []
    for m, count in found:
        longitude, latitude = m.point
        x, y = cloth.outlines[m.key].middle if cloth else (0, 0)
        place = places.as_place(m)
        here = m.key in chosen
        spots.append(
            Spot(
                place=place,
                count=count,
                said=home.datasets(count),
                x=x,
                y=y,
                longitude=longitude,
                latitude=latitude,
                radius=round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(count / most)),
                named=place.name in named,
                url=_address(args, without=("municipality", m.key))
                if here
                else _address(_one(args), municipality=m.key),
                chosen=here,
            )
        )
    return spots


def _one(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Leave out the municipality chosen before: another one takes its place."""
    return MultiDict([(name, value) for name, value in args.items(multi=True) if name != "municipality"])


def _zone(text: str) -> Degrees | None:
    """Read a zone that the search has taken: west, south, east, north."""
    if not text:
        return None
    west, south, east, north = (float(part) for part in text.split(","))
    return west, south, east, north


def _drawn(zone: Degrees) -> Box | None:
    """Give a zone on the drawing: left, top, width, height."""
    cloth = places.cloth()
    if cloth is None:
        return None
    west, south, east, north = zone
    left, top = cloth.point(west, north)
    right, bottom = cloth.point(east, south)
    return left, top, max(1, right - left), max(1, bottom - top)
