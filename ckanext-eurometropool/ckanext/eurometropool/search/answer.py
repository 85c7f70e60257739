"""What a search understood, told with its results: other words, places, and why each dataset is there. Pure.

`package_search` carries it as `understood`, beside `results`, and never inside a dataset: what a client reads there it
may send back with `package_update`. The shape is documented with the action (`actions.package_search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import held, nearness, where
from ckanext.eurometropool.search.held import Held
from ckanext.eurometropool.search.question import Group, Question
from ckanext.eurometropool.search.thesaurus import roots
from ckanext.eurometropool.search.where import Place

Dict = dict[str, Any]


def understood(question: Question, datasets: Sequence[Mapping[str, Any]], register: Register | None) -> Dict:
    """Tell what a question was read as, and for each dataset with an id through which words and places it was found."""
    return {
        "q": question.text,
        "words": [_words(group) for group in question.groups],
        "places": [_place(place, register) for place in question.places] if register else [],
        "near": _place(question.near, register) if question.near and register else None,
        "without_places": question.without_places,
        "everywhere": False,
        "did_you_mean": [],
        "results": {
            dataset["id"]: told
            for dataset in datasets
            if isinstance(dataset.get("id"), str) and (told := _told(question, dataset, register))
        },
    }


def _words(group: Group) -> Dict:
    return {
        "said": group.said,
        "languages": list(group.languages),
        "also": [{"text": expansion.text, "lang": expansion.lang} for expansion in group.expansions],
        "concepts": [
            {"field": tagged.field, "uri": tagged.uri, "labels": dict(tagged.labels)} for tagged in group.tagged
        ],
        "parts": [part.said for part in group.parts],
    }


def _place(place: Place, register: Register) -> Dict:
    return {
        "said": place.said,
        "kind": "area" if place.area else "municipality",
        "names": [dict(names) for names in where.names(register, place)],
    }


def _told(question: Question, dataset: Mapping[str, Any], register: Register | None) -> Dict:
    words = held.read(dataset)
    told: Dict = {}
    if through := [found for group in question.groups for found in _through(group, words, dataset)]:
        told["through"] = through
    if question.places and register:
        told["place"] = fit(question.places, dataset, register)
    elif question.near and register and (near := fit([question.near], dataset, register))["fit"] != "mentions":
        told["place"] = near
    return told


def _through(group: Group, words: Held, dataset: Mapping[str, Any]) -> Iterator[Dict]:
    """Give the other word that a dataset was found by; nothing where it holds the question's own."""
    if words.has_own(group.words):
        return
    for depth in ("short", "long"):
        for expansion in group.expansions:
            if words.has(roots(expansion.text, expansion.lang), expansion.lang, depth):
                yield {"said": group.said, "text": expansion.text, "lang": expansion.lang}
                return
    for part in group.parts:
        yield from _through(part, words, dataset)
    for tagged in group.tagged:
        if tagged.uri in _strings(dataset.get(tagged.field)):
            yield {"said": group.said, "concept": tagged.uri, "labels": dict(tagged.labels)}
            return


def fit(places: Sequence[Place], dataset: Mapping[str, Any], register: Register) -> Dict:
    """Say how a dataset's place fits those of a question: about, covers, near (with km) or mentions."""
    keys = [str(link.get("key")) for link in _records(dataset.get("municipalities"))]
    linked = [m for key in keys if (m := register.get(key))]
    area = register.area(str(dataset.get("area") or ""))
    wanted = {key for place in places for key in place.municipalities}
    areas = {place.area for place in places if place.area}
    for m in linked:
        if m.key in wanted or areas & set(m.areas):
            return {"fit": "about", "key": m.key}
    if area and areas & {area.key, *area.parents}:
        return {"fit": "about", "key": area.key}
    if area and any(area.key == over.key for place in places for over in nearness.covering(place, register)):
        return {"fit": "covers", "key": area.key}
    targets = [register.municipalities[key] for key in wanted]
    away = [(nearness.distance(m, target), m.key) for m in linked for target in targets]
    if away and min(away)[0] <= nearness.FAR_KM:
        km, key = min(away)
        return {"fit": "near", "key": key, "km": round(km, 1)}
    return {"fit": "mentions"}


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
