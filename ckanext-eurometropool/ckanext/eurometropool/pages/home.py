"""The home page: how much there is, the two themes, the municipalities, the news."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ckan.plugins import toolkit as tk
from markupsafe import Markup, escape

from ckanext.eurometropool.pages import cards, phrases, places, searching, usage
from ckanext.eurometropool.pages.cards import Card
from ckanext.eurometropool.pages.drawing import quartiles
from ckanext.eurometropool.pages.places import Place, Region
from ckanext.eurometropool.pages.searching import Found

NEWEST = 4
MOST_USED = 4
LARGEST = 9  # municipalities named a region: those with the most datasets
#: The headline of the portal is also its language switch.
HEADLINES = {
    "nl": "Open data van hier én van de overkant.",
    "fr": "Les données ouvertes d’ici et d’en face.",
    "en": "Open data from here and across the border.",
}


@dataclass(frozen=True)
class Headline:
    """The headline in one language, with the address of the page in that language."""

    text: str
    lang: str
    url: str
    current: bool


@dataclass(frozen=True)
class Bar:
    """A region's number of datasets, and its share of the largest in percent."""

    region: Region
    count: int
    share: int


@dataclass(frozen=True)
class Theme:
    """One of the portal's two themes."""

    name: str
    icon: str
    title: str
    lead: str
    url: str
    all: str
    bars: Sequence[Bar]
    questions: Sequence[Found]


@dataclass(frozen=True)
class Group:
    """The municipalities of a region: how many, and those with the most data."""

    region: Region
    count: int
    largest: Sequence[Place]


@dataclass(frozen=True)
class Home:
    """What the home page shows."""

    headlines: Sequence[Headline]
    tries: Sequence[Found]
    tally: Markup
    density: Mapping[str, int]
    counts: Mapping[str, int]
    themes: Sequence[Theme]
    places: Sequence[Group]
    newest: Sequence[Card]
    most_used: Sequence[Card]


def home() -> Home:
    """Gather what the home page shows: one search for the whole, one for each theme, and the counted questions."""
    whole = searching.ask(
        {},
        rows=NEWEST,
        sort="metadata_modified desc",
        **{"facet.field": ["municipality", "harvest_source_name"], "facet.limit": -1},
    )
    counts = whole["facets"]["municipality"]
    newest = whole["results"]
    state = f"{whole['count']} {newest[0]['metadata_modified'] if newest else ''}"
    return Home(
        headlines=_headlines(),
        tries=[search for search in _counted(_tries(), state) if search.count][:3],
        tally=_tally(whole["count"], len(whole["facets"]["harvest_source_name"]), counts),
        density=quartiles(counts),
        counts=counts,
        themes=[theme(name, state) for name in ("mobility", "work")],
        places=_groups(counts),
        newest=[cards.card(dataset) for dataset in newest],
        most_used=_most_used(),
    )


def _most_used() -> list[Card]:
    """Return the datasets opened most in the last month, as far as everybody may see them."""
    names = usage.most(2 * MOST_USED)
    if not names:
        return []
    quoted = " OR ".join(f'"{searching.escaped(name)}"' for name in names)
    found = searching.ask({}, rows=len(names), fq=f"+name:({quoted})")["results"]
    by_name = {dataset["name"]: dataset for dataset in found}
    return [cards.card(by_name[name]) for name in names if name in by_name][:MOST_USED]


def _headlines() -> list[Headline]:
    reader = cards.reader()
    url = functools.partial(tk.h.url_for, "home.index")
    return [Headline(text, lang, url(locale=lang), lang == reader) for lang, text in HEADLINES.items()]


def _tally(count: int, sources: int, counts: Mapping[str, int]) -> Markup:
    known = places.register()
    numbers = {
        "datasets": count,
        "portals": sources,
        "covered": sum(1 for found in counts.values() if found),
        "municipalities": len(known.municipalities) if known else 0,
    }
    shown = {
        name: Markup('<b class="num">{}</b>').format(phrases.number(n, cards.reader())) for name, n in numbers.items()
    }
    if sources and known:
        text = tk._(
            "{datasets} datasets from {portals} portals, about {covered} of the {municipalities} municipalities."
        )
    elif known:
        text = tk._("{datasets} datasets, about {covered} of the {municipalities} municipalities.")
    else:
        text = tk._("{datasets} datasets.")
    return Markup(escape(text)).format(**shown)  # noqa: S704  # escaped just here; the numbers are markup of ours


def theme(name: str, state: str = "") -> Theme:
    """Return one of the portal's two themes. `state` changes when the catalogue does."""
    found = searching.ask({"dataset_type": name}, rows=0, **{"facet.field": ["region"]})
    words = _words()[name]
    count = tk.ungettext(words["one"], words["all"], found["count"])
    return Theme(
        name=name,
        icon=words["icon"],
        title=searching.dataset_type(name),
        lead=words["lead"],
        url=tk.h.url_for("portal.theme", name=name),
        all=count.format(count=phrases.number(found["count"], cards.reader())),
        bars=bars(found["facets"]["region"]),
        questions=[search for search in _counted(_questions(name), state) if search.count],
    )


def _words() -> dict[str, dict[str, str]]:
    return {
        "mobility": {
            "icon": "bike",
            "lead": tk._("Stops, bicycles, car parks and road works, on the other side of the border too."),
            "one": "The only dataset about mobility",
            "all": "All {count} datasets about mobility",
        },
        "work": {
            "icon": "work",
            "lead": tk._("Jobs, business parks, and who crosses the border every day."),
            "one": "The only dataset about work",
            "all": "All {count} datasets about work",
        },
    }


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """Return how many datasets each region has, the one with the most first."""
    largest = max(counts.values(), default=0)
    shown = [(places.region(key), count) for key, count in counts.items() if key in places.SHORT and count]
    return [Bar(region, count, round(100 * count / largest)) for region, count in sorted(shown, key=lambda b: -b[1])]


def _questions(theme: str) -> tuple[tuple[str, str], ...]:
    """Return questions people ask with the words to search for, in the reader's language."""
    if theme == "mobility":
        return (
            (tk._("Where can I park my bicycle safely?"), tk._("bicycle parking")),
            (tk._("Is there a shared bicycle near me?"), tk._("shared bicycles")),
            (tk._("Which buses cross the border?"), tk._("bus")),
            (tk._("Where are road works in the way?"), tk._("road works")),
            (tk._("Where can I charge my car?"), tk._("charging points")),
        )
    return (
        (tk._("Who works on the other side?"), tk._("cross-border workers")),
        (tk._("Which jobs are open near me?"), tk._("vacancies")),
        (tk._("Where is there room on a business park?"), tk._("business parks")),
        (tk._("How many people look for work in my municipality?"), tk._("unemployment")),
    )


def _tries() -> tuple[tuple[str, str], ...]:
    return tuple(
        (words, words)
        for words in (tk._("bicycle parking"), tk._("unemployment"), tk._("bus stops"), tk._("business parks"))
    )


def _counted(questions: tuple[tuple[str, str], ...], state: str) -> tuple[Found, ...]:
    """Count what each question finds; counted anew only when the catalogue changed (``state``)."""
    return _counted_for(questions, state, cards.reader(), tk.h.url_for("dataset.search"), tk.current_user.name)


@functools.lru_cache(maxsize=64)
def _counted_for(
    questions: tuple[tuple[str, str], ...], _state: str, _reader: str, _base: str, _user: str
) -> tuple[Found, ...]:
    return tuple(searching.search(label, {"q": words}) for label, words in questions)


def _groups(counts: Mapping[str, int]) -> list[Group]:
    known = places.register()
    if known is None:
        return []
    groups: list[Group] = []
    for key in ("vlaanderen", "wallonie", "hauts-de-france"):
        members = [m for m in known if m.region == key]
        largest = sorted(members, key=lambda m: -counts.get(m.key, 0))[:LARGEST]
        groups.append(Group(places.region(key), len(members), places.places(largest)))
    return groups


def datasets(count: int) -> str:
    """Write a number of datasets in words."""
    number = phrases.number(count, cards.reader())
    return tk.ungettext("{count} dataset", "{count} datasets", count).format(count=number)
