"""Suggestions while somebody types: datasets, places, themes, publishers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ckanext.eurometropool.municipalities.contexts import tokens_of
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import asking, ranking
from ckanext.eurometropool.search.query import quoted
from ckanext.eurometropool.search.question import Question
from ckanext.oslo.vocabularies import LANGUAGES, load

#: Lists whose concepts are offered, with the index' field they filter.
THEMES: Mapping[str, str] = {"theme": "theme", "work_category": "work_category", "mobility_theme": "mobility_theme"}
#: Words that are asked for; who types more is no longer choosing.
MOST_WORDS = 6
#: What is ranked by when no place is known.
_NOTHING = Question("", ())

Dict = dict[str, Any]


def suggest(text: str, lang: str, limit: int, register: Register | None) -> Dict:
    """Give up to `limit` of each kind for what stands in the field so far, in the reader's language (nl, fr, en)."""
    words = [token.word for token in tokens_of(text)][:MOST_WORDS]
    found: Dict = {"datasets": [], "places": [], "themes": [], "publishers": []}
    if not words or (len(words) == 1 and len(words[0]) < 2):
        return found
    start = " ".join(words)
    found["places"] = _places(start, lang, limit, register) if register else []
    found["themes"] = _themes(start, lang, limit)
    return found | _indexed(words, lang, limit)


def _indexed(words: Sequence[str], lang: str, limit: int) -> Dict:
    """Ask the index once, for datasets whose words begin so and for the publishers among them."""
    *whole, last = words
    asked = [f"like:{quoted(word)}" for word in whole] + [f"(like:{quoted(last)}^2 OR like:{last}*)"]
    answer = asking.ask(
        q=" AND ".join(asked),
        defType="edismax",
        qf="words_nl",
        boost=ranking.boost(_NOTHING, None),
        fq=asking.public(),
        fl=["name", "dataset_type", "title", *(f"title_{code}" for code in LANGUAGES)],
        rows=limit,
        **{
            "facet": "true",
            "facet.field": "publisher_name",
            "facet.mincount": 1,
            "facet.limit": limit,
            "facet.contains": last,
            "facet.contains.ignoreCase": "true",
        },
    )
    counted = answer.facets.get("facet_fields", {}).get("publisher_name", [])
    return {
        "datasets": [
            {"name": doc["name"], "type": doc.get("dataset_type"), "title": _title(doc, lang)} for doc in answer.docs
        ],
        "publishers": [
            {"name": name, "datasets": number} for name, number in zip(counted[::2], counted[1::2], strict=True)
        ],
    }


def _title(doc: Mapping[str, Any], lang: str) -> str:
    return doc.get(f"title_{lang}") or doc.get("title") or doc["name"]


def _places(start: str, lang: str, limit: int, register: Register) -> list[Dict]:
    found = {
        place.key: {"key": place.key, "name": place.name(lang)}
        for name, place in _names(register)
        if name.startswith(start)
    }
    return list(found.values())[:limit]


_known: list[tuple[Register, list[tuple[str, Any]]]] = []


def _names(register: Register) -> list[tuple[str, Any]]:
    """Give (folded name, place) of all places, by name, made once a register."""
    if not _known or _known[0][0] is not register:
        places = [*register.municipalities.values(), *register.areas.values()]
        names = [
            (fold(name), place)
            for place in places
            for name in (*place.names.values(), *place.also, *getattr(place, "postcodes", ()))
        ]
        _known[:] = [(register, sorted(names, key=lambda name: (name[0], name[1].key)))]
    return _known[0][1]


def _themes(start: str, lang: str, limit: int) -> list[Dict]:
    found = {
        uri: {"field": field, "uri": uri, "name": labels.get(lang) or labels["en"]}
        for word, field, uri, labels in _labels()
        if word.startswith(start) or f" {start}" in word
    }
    return list(found.values())[:limit]


@cache
def _labels() -> list[tuple[str, str, str, Mapping[str, str]]]:
    return [
        (fold(concept.labels[lang]), field, concept.uri, concept.labels)
        for vocabulary, field in THEMES.items()
        for concept in load(vocabulary)
        for lang in LANGUAGES
        if lang in concept.labels
    ]
