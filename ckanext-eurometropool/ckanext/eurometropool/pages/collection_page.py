"""Pages of a part of the catalogue: a theme of the portal, or what one publisher publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards, home, places, searching
from ckanext.eurometropool.pages.cards import Card
from ckanext.eurometropool.pages.drawing import quartiles
from ckanext.eurometropool.pages.home import Bar
from ckanext.eurometropool.pages.places import Place
from ckanext.eurometropool.pages.searching import Found
from ckanext.eurometropool.search import subjects

NEWEST = 8
NAMED = 24  # subjects, municipalities and publishers of a list
FACETS = ["region", "municipality", "theme", subjects.FIELD, "publisher_name", "res_format"]
THEMES = ("mobility", "work")


@dataclass(frozen=True)
class Collection:
    """What the page shows. Lists are links into the search, those with the most datasets first."""

    title: str
    icon: str
    lead: str
    count: int
    url: str
    on_map: str
    questions: Sequence[Found]
    bars: Sequence[Bar]
    density: Mapping[str, int]
    municipalities: Sequence[tuple[Place, int]]
    subjects: Sequence[Found]
    themes: Sequence[Found]
    publishers: Sequence[Found]
    formats: Sequence[Found]
    newest: Sequence[Card]


def theme_page(name: str) -> Collection | None:
    """Gather the page of one of the portal's two themes; None for another name."""
    if name not in THEMES:
        return None
    shown = home.theme(name)
    return _collection({"dataset_type": name}, shown.title, shown.icon, shown.lead, shown.questions)


def publisher_page(name: str) -> Collection | None:
    """Gather the page of a publisher, by the name its datasets give; None for one without datasets."""
    shown = _collection({"publisher_name": name}, name, "", "", ())
    return shown if shown.count else None


def publishers(words: str = "") -> list[Found]:
    """List the publishers whose name has these words, in the reader's alphabet."""
    counts = searching.ask({}, rows=0, **{"facet.field": ["publisher_name"], "facet.limit": -1})["facets"]
    asked = words.casefold().split()
    found = [
        Found(name, tk.h.url_for("portal.publisher", name=name), count)
        for name, count in counts["publisher_name"].items()
        if all(word in name.casefold() for word in asked)
    ]
    return sorted(found, key=lambda one: tk.h.strxfrm(one.label))


def all_themes() -> list[Found]:
    """List the themes of the EU's vocabulary that have datasets, as links into the search."""
    counts = searching.ask({}, rows=0, **{"facet.field": ["theme"], "facet.limit": -1})["facets"]["theme"]
    return sorted(_found("theme", counts, {}), key=lambda one: tk.h.strxfrm(one.label))


def _collection(asked: Mapping[str, str], title: str, icon: str, lead: str, questions: Sequence[Found]) -> Collection:
    facets = {"facet.field": FACETS, "facet.limit": -1}
    found = searching.ask(asked, rows=NEWEST, sort="metadata_modified desc", **facets)
    counts = found["facets"]
    return Collection(
        title=title,
        icon=icon,
        lead=lead,
        count=found["count"],
        url=f"{tk.h.url_for('dataset.search')}?{urlencode(asked)}",
        on_map=f"{tk.h.url_for('portal.map_search')}?{urlencode(asked)}",
        questions=questions,
        bars=home.bars(counts["region"]),
        density=quartiles(counts["municipality"]),
        municipalities=_municipalities(counts["municipality"]),
        subjects=subject_links(counts[subjects.FIELD], asked),
        themes=_found("theme", counts["theme"], asked),
        publishers=[] if "publisher_name" in asked else _publishers(counts["publisher_name"]),
        formats=_found("res_format", counts["res_format"], asked)[:NAMED],
        newest=[cards.card(dataset) for dataset in found["results"]],
    )


def subject_links(counts: Mapping[str, int], asked: Mapping[str, str]) -> list[Found]:
    """Name subjects for the reader, as links to a search for them within what was asked; the most frequent first."""
    found: list[Found] = []
    for key, count in _ranked(counts):
        row = subjects.subject(key)
        if row:
            label = row.label(cards.reader())
            found.append(Found(label, f"{tk.h.url_for('dataset.search')}?{urlencode({'q': label, **asked})}", count))
    return found


def _municipalities(counts: Mapping[str, int]) -> list[tuple[Place, int]]:
    known = places.register()
    return [(places.as_place(m), count) for key, count in _ranked(counts) if known and (m := known.get(key))]


def _publishers(counts: Mapping[str, int]) -> list[Found]:
    return [Found(name, tk.h.url_for("portal.publisher", name=name), count) for name, count in _ranked(counts)]


def _found(field: str, counts: Mapping[str, int], asked: Mapping[str, str]) -> list[Found]:
    base = tk.h.url_for("dataset.search")
    return [
        Found(searching.facet_label(field, value), f"{base}?{urlencode({**asked, field: value})}", count)
        for value, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:NAMED]
