"""The page of a municipality: its data by theme, its neighbours, and what they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.municipalities.register import Municipality, Register
from ckanext.eurometropool.pages import cards, places, searching
from ckanext.eurometropool.pages.cards import Card
from ckanext.eurometropool.pages.drawing import Box, quartiles
from ckanext.eurometropool.pages.places import Place, Region
from ckanext.eurometropool.pages.searching import Found

SHOWN = 4  # datasets a theme
COMPARED = 4  # neighbours beside this municipality
SUBJECTS = 8  # rows of the comparison


@dataclass(frozen=True)
class Subject:
    """One theme of the portal, with the first of its datasets about this municipality."""

    title: str
    cards: Sequence[Card]
    all: Found


@dataclass(frozen=True)
class Neighbour:
    """A bordering municipality and how many datasets are about it."""

    place: Place
    count: int


@dataclass(frozen=True)
class Side:
    """The neighbours on one side: in the same region, over the language border, over the state border."""

    title: str
    crossing: bool
    neighbours: Sequence[Neighbour]


@dataclass(frozen=True)
class Comparison:
    """Which themes this municipality and its neighbours have data about."""

    places: Sequence[Place]
    rows: Sequence[tuple[str, Sequence[int]]]


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
    sides: Sequence[Side]
    comparison: Comparison | None
    density: Mapping[str, int]
    window: Box | None
    search: str


def municipality_page(known: Register, municipality: Municipality) -> MunicipalityPage:
    """Gather what the page of a municipality shows."""
    counts = searching.ask({}, rows=0, **{"facet.field": ["municipality"], "facet.limit": -1})["facets"]["municipality"]
    own = searching.ask({"municipality": municipality.key}, rows=0, **{"facet.field": ["theme"], "facet.limit": 20})
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
        sides=_sides(municipality, neighbours, counts),
        comparison=_comparison(municipality, neighbours, counts),
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


def _sides(here: Municipality, neighbours: Sequence[Municipality], counts: Mapping[str, int]) -> list[Side]:
    same = [m for m in neighbours if m.region == here.region]
    language = [m for m in neighbours if m.country == here.country and m.region != here.region]
    state = [m for m in neighbours if m.country != here.country]
    region = places.region(here.region).name
    sides = [
        Side(tk._("In {region}").format(region=region), crossing=False, neighbours=_counted(same, counts)),
        Side(tk._("Over the language border"), crossing=True, neighbours=_counted(language, counts)),
        Side(tk._("Over the state border"), crossing=True, neighbours=_counted(state, counts)),
    ]
    return [side for side in sides if side.neighbours]


def _counted(neighbours: Sequence[Municipality], counts: Mapping[str, int]) -> list[Neighbour]:
    return [Neighbour(place, counts.get(place.key, 0)) for place in places.places(neighbours)]


def _comparison(here: Municipality, neighbours: Sequence[Municipality], counts: Mapping[str, int]) -> Comparison | None:
    """Compare with the neighbours that have most data, the other side of the border first."""
    ranked = sorted(neighbours, key=lambda m: (m.region == here.region, -counts.get(m.key, 0)))
    chosen = [here, *[m for m in ranked if counts.get(m.key)][:COMPARED]]
    themes = [_by_theme(m) for m in chosen]
    total: dict[str, int] = {}
    for found in themes:
        for uri, count in found.items():
            total[uri] = total.get(uri, 0) + count
    uris = sorted(total, key=lambda uri: -total[uri])[:SUBJECTS]
    if len(chosen) < 2 or not uris:
        return None
    rows = [(searching.facet_label("theme", uri), [found.get(uri, 0) for found in themes]) for uri in uris]
    return Comparison([places.as_place(m) for m in chosen], rows)


def _by_theme(municipality: Municipality) -> Mapping[str, int]:
    return searching.ask({"municipality": municipality.key}, rows=0, **{"facet.field": ["theme"]})["facets"]["theme"]
