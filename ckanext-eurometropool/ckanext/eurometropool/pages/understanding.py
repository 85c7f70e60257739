"""What the search page says of the question: its places, other words, and why each dataset is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit as tk
from flask import g, request

from ckanext.eurometropool.pages import phrases
from ckanext.eurometropool.pages.languages import NAMES

#: Parts of the address that belong to one question; the page's number belongs to none.
OF_ONE_QUESTION = ("q", "ext_literal", "page")
#: Other words that are told of each language.
TOLD = 3


@dataclass(frozen=True)
class Chip:
    """A place that the question named, or its reader stands at: its label and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Word:
    """Another word that was looked for, and its language."""

    text: str
    lang: str


@dataclass(frozen=True)
class Link:
    """Another question and its address."""

    label: str
    url: str


@dataclass(frozen=True)
class Told:
    """All of it. `everywhere` names the place near which nothing was found; `literal` asks for the words alone."""

    places: tuple[Chip, ...] = ()
    words: tuple[Word, ...] = ()
    everywhere: str = ""
    literal: str = ""
    corrections: tuple[Link, ...] = ()


def told() -> Told:
    """Tell what the question of this page was read as; nothing where it was not read."""
    said = _said()
    if not said:
        return Told()
    names = [_name(place) for place in said["places"]]
    chips = tuple(
        Chip(tk._("In and around {place}").format(place=name), _address({"q": said["without_places"]}))
        for name in names
        if not said["everywhere"]
    )
    if near := said["near"]:
        chips += (Chip(tk._("Nearest to {place} first").format(place=_name(near)), _without("ext_near")),)
    words = tuple(dict.fromkeys(word for said_word in said["words"] for word in _foreign(said_word)))
    return Told(
        places=chips,
        words=words,
        everywhere=" / ".join(names) if said["everywhere"] else "",
        literal=_address({"q": said["q"], "ext_literal": "1"}) if names or words else "",
        corrections=tuple(Link(text, _address({"q": text})) for text in said["did_you_mean"]),
    )


def why(dataset_id: str) -> list[str]:
    """Say in phrases why a dataset is among the results, where its own words do not."""
    return reasons(_said() or {}, dataset_id)


def reasons(said: Mapping[str, Any], dataset_id: str) -> list[str]:
    """Say the same of a dataset among the results of another search, of which ``said`` is what was understood."""
    found = said.get("results", {}).get(dataset_id) or {}
    through = [one.get("text") or one["labels"].get(_reader()) or "" for one in found.get("through", ())]
    phrased = [tk._("found through “{word}”").format(word=word) for word in dict.fromkeys(through) if word]
    place = found.get("place") or {}
    if place.get("fit") == "near":
        phrased.append(tk._("{km} km away").format(km=phrases.number(round(place["km"]), _reader())))
    return phrased


def _said() -> Mapping[str, Any] | None:
    return g.get("portal_understood")


def _reader() -> str:
    lang = tk.h.lang()
    return lang if lang in NAMES else "en"


def _name(place: Mapping[str, Any]) -> str:
    return " / ".join(dict.fromkeys(names[_reader()] for names in place["names"]))


def _foreign(word: Mapping[str, Any]) -> Iterator[Word]:
    """Give the first words of the other languages: that a synonym is looked for as well surprises nobody."""
    for lang in NAMES:
        if lang not in word["languages"]:
            yield from [Word(also["text"], lang) for also in word["also"] if also["lang"] == lang][:TOLD]


def _without(name: str) -> str:
    kept = [(one, value) for one, value in request.args.items(multi=True) if one not in (name, "page")]
    base = tk.h.url_for("dataset.search")
    return f"{base}?{urlencode(kept)}" if kept else base


def _address(args: Mapping[str, str]) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in OF_ONE_QUESTION]
    asked = [*((name, value) for name, value in args.items() if value), *kept]
    here = request.endpoint or ""
    base = tk.h.url_for(here if here == "portal.map_search" else "dataset.search")
    return f"{base}?{urlencode(asked)}" if asked else base
