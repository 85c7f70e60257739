"""The page of a municipality: its data by theme, its neighbours, and what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from ckan.plugins import toolkit as tk

from ckanext.eurometropool.municipalities.register import Municipality, Register
from ckanext.eurometropool.pages import cards, phrases, places, searching
from ckanext.eurometropool.pages.cards import Card
from ckanext.eurometropool.pages.drawing import Box, distance, quartiles
from ckanext.eurometropool.pages.places import Place, Region
from ckanext.eurometropool.pages.searching import Found
from ckanext.eurometropool.search import subjects

SHOWN = 4  # datasets a theme
COMPARED = 4  # neighbours beside this municipality
SUBJECTS = 8  # rows of the comparison
REACH = 10.0  # km across a border that still count as near
ACROSS = 6  # municipalities shown on the other side
REACHED = 12  # municipalities across a border that are looked at for what is lacking here
READ = 60  # of their datasets, the best described


@dataclass(frozen=True)
class Subject:
    """One theme of the portal, with the first of its datasets about this municipality."""

    title: str
    cards: Sequence[Card]
    all: Found


@dataclass(frozen=True)
class Neighbour:
    """A municipality nearby, how many datasets are about it, and how far it is when a border lies between."""

    place: Place
    count: int
    apart: str


@dataclass(frozen=True)
class Side:
    """The neighbours on one side: in the same region, over the language border, over the state border."""

    title: str
    crossing: bool
    neighbours: Sequence[Neighbour]


@dataclass(frozen=True)
class Comparison:
    """Which subjects this municipality and its neighbours have data about."""

    places: Sequence[Place]
    rows: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True)
class Lacking:
    """A subject that towns across a border have data about, and this one has not: which towns, and one dataset."""

    subject: str
    towns: Sequence[Place]
    card: Card


@dataclass(frozen=True)
class MunicipalityPage:
    """What the page of a municipality shows."""

    municipality: Municipality
    place: Place
    other_names: Sequence[tuple[str, str]]
    region: Region
    arrondissement: str
    count: int
    around: int
    subjects: Sequence[Subject]
    themes: Sequence[Found]
    covering: Sequence[Found]
    sides: Sequence[Side]
    comparison: Comparison | None
    lacking: Sequence[Lacking]
    density: Mapping[str, int]
    window: Box | None
    search: str


def municipality_page(known: Register, municipality: Municipality) -> MunicipalityPage:
    """Gather what the page of a municipality shows."""
    facets = searching.ask({}, rows=0, **{"facet.field": ["municipality", "area"], "facet.limit": -1})["facets"]
    counts = facets["municipality"]
    asked = {"facet.field": ["theme", subjects.FIELD], "facet.limit": -1}
    own = searching.ask({"municipality": municipality.key}, rows=0, **asked)
    neighbours = known.neighbours(municipality.key)
    cloth = places.cloth()
    return MunicipalityPage(
        municipality=municipality,
        place=places.as_place(municipality),
        other_names=_other_names(municipality),
        region=places.region(municipality.region),
        arrondissement=known.name(municipality.arrondissement, cards.reader()),
        count=own["count"],
        around=sum(counts.get(m.key, 0) for m in neighbours),
        subjects=[s for name in ("mobility", "work", "dataset") if (s := _subject(municipality, name)).cards],
        themes=_themes(municipality, own["facets"]["theme"]),
        covering=_covering(known, municipality, facets["area"]),
        sides=_sides(known, municipality, counts),
        comparison=_comparison(municipality, neighbours, counts),
        lacking=_lacking(known, municipality, own["facets"][subjects.FIELD]),
        density=quartiles(counts),
        window=cloth.around([municipality.key], 0.55, 1.12) if cloth else None,
        search=tk.h.url_for("dataset.search", municipality=municipality.key),
    )


def _other_names(municipality: Municipality) -> list[tuple[str, str]]:
    """Return the names in other languages that differ from the one shown: (language, name)."""
    shown = municipality.name(cards.reader())
    names = {municipality.names[lang]: lang for lang in ("nl", "fr") if municipality.names.get(lang)}
    return [(lang, name) for name, lang in names.items() if name != shown]


def _subject(municipality: Municipality, name: str) -> Subject:
    args = {"municipality": municipality.key, "dataset_type": name}
    found = searching.ask(args, rows=SHOWN, sort="metadata_modified desc")
    title = searching.dataset_type(name)
    everything = Found(title, tk.h.url_for("dataset.search", **args), found["count"])
    return Subject(title, [cards.card(dataset) for dataset in found["results"]], everything)


def _themes(municipality: Municipality, counts: Mapping[str, int]) -> list[Found]:
    return [
        Found(
            searching.facet_label("theme", uri),
            tk.h.url_for("dataset.search", municipality=municipality.key, theme=uri),
            count,
        )
        for uri, count in sorted(counts.items(), key=lambda found: -found[1])
    ]


def _covering(known: Register, here: Municipality, counts: Mapping[str, int]) -> list[Found]:
    """Return the areas that hold this municipality and have data of their own, the smallest first."""
    return [
        Found(known.name(key, cards.reader()), tk.h.url_for("dataset.search", area=key), counts[key])
        for key in here.areas
        if counts.get(key)
    ]


def _sides(known: Register, here: Municipality, counts: Mapping[str, int]) -> list[Side]:
    near = _near(known, here)
    same = [m for m in known.neighbours(here.key) if m.region == here.region]
    across = [known.municipalities[key] for key in near]
    language = [m for m in across if m.country == here.country]
    state = [m for m in across if m.country != here.country]
    region = places.region(here.region).name
    sides = [
        Side(tk._("In {region}").format(region=region), False, _counted(same, counts, {})),
        Side(tk._("Over the language border"), True, _counted(language[:ACROSS], counts, near)),
        Side(tk._("Over the state border"), True, _counted(state[:ACROSS], counts, near)),
    ]
    return [side for side in sides if side.neighbours]


def _near(known: Register, here: Municipality) -> dict[str, float]:
    """Return the keys across a border within ``REACH`` km with their distance, the nearest first."""
    found: dict[str, float] = {}
    shape = known.polygon(here.key) or shapely.Point(here.point)
    for other in known:
        if other.region != here.region and _degrees(here, other) < 0.6:
            apart = distance(shape, known.polygon(other.key) or shapely.Point(other.point))
            if apart <= REACH:
                found[other.key] = 0.0 if other.key in here.neighbours else apart
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _degrees(one: Municipality, other: Municipality) -> float:
    return abs(one.point[0] - other.point[0]) + abs(one.point[1] - other.point[1])


def _counted(
    neighbours: Sequence[Municipality], counts: Mapping[str, int], near: Mapping[str, float]
) -> list[Neighbour]:
    ordered = neighbours if near else sorted(neighbours, key=lambda m: tk.h.strxfrm(m.name(cards.reader())))
    return [Neighbour(places.as_place(m), counts.get(m.key, 0), _apart(near.get(m.key))) for m in ordered]


def _apart(km: float | None) -> str:
    """Say how far away a municipality across the border is; nothing for one on this side."""
    if km is None:
        return ""
    return tk._("bordering") if km < 0.05 else f"{phrases.number(round(km, 1), cards.reader())}\N{NO-BREAK SPACE}km"


def _comparison(here: Municipality, neighbours: Sequence[Municipality], counts: Mapping[str, int]) -> Comparison | None:
    """Compare with the neighbours that have most data, the other side of the border first."""
    ranked = sorted(neighbours, key=lambda m: (m.region == here.region, -counts.get(m.key, 0)))
    chosen = [here, *[m for m in ranked if counts.get(m.key)][:COMPARED]]
    counted = [_by_subject(m) for m in chosen]
    total = Counter(key for found in counted for key in found)
    keys = sorted(total, key=lambda key: (-total[key], key))[:SUBJECTS]
    if len(chosen) < 2 or not keys:
        return None
    rows = [(_subject_name(key), [found.get(key, 0) for found in counted]) for key in keys]
    return Comparison([places.as_place(m) for m in chosen], rows)


def _by_subject(municipality: Municipality) -> Mapping[str, int]:
    asked = {"facet.field": [subjects.FIELD], "facet.limit": -1}
    return searching.ask({"municipality": municipality.key}, rows=0, **asked)["facets"][subjects.FIELD]


def _subject_name(key: str) -> str:
    row = subjects.subject(key)
    return row.label(cards.reader()) if row else key


def _lacking(known: Register, here: Municipality, own: Mapping[str, int]) -> list[Lacking]:
    """Find what towns across a border share and this one does not: the subjects most of them have first."""
    near = list(_near(known, here))[:REACHED]
    if not near:
        return []
    quoted = " OR ".join(f'"{key}"' for key in near)
    found = searching.ask({}, rows=READ, fq=f"+municipality:({quoted})", sort="quality_score desc, id asc")["results"]
    by_subject: dict[str, list[tuple[Mapping[str, Any], set[str]]]] = {}
    for dataset in found:
        towns = {link["key"] for link in cards.links(dataset)} & set(near)
        for key in subjects.subjects_of(dataset) if towns else ():
            if key not in own:
                by_subject.setdefault(key, []).append((dataset, towns))
    lacking: list[Lacking] = []
    shown: set[str] = set()
    for key, held in sorted(by_subject.items(), key=lambda pair: -len({town for _d, its in pair[1] for town in its})):
        dataset = next((dataset for dataset, _towns in held if dataset["name"] not in shown), None)
        if dataset and len(lacking) < SUBJECTS:  # one dataset says one thing, by its most widespread subject
            shown.add(dataset["name"])
            towns = sorted({town for _dataset, its in held for town in its}, key=near.index)
            named = [places.as_place(known.municipalities[town]) for town in towns]
            lacking.append(Lacking(_subject_name(key), named, cards.card(dataset)))
    return lacking
