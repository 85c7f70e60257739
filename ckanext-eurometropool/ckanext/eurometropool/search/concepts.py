"""Concepts of the vocabularies by their names: who asks for "vervoer" finds what carries the theme. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ckanext.eurometropool.search.roots import root, words_of
from ckanext.oslo.vocabularies import LANGUAGES, Concept, load

#: Fields of the index that hold concepts, with their vocabulary.
FIELDS: Mapping[str, str] = {
    "theme": "theme",
    "hvd_category": "hvd_category",
    "mobility_theme": "mobility_theme",
    "transport_mode": "transport_mode",
    "work_category": "work_category",
}
#: Names that say something else in a question than in their list: "air" asks for the air's quality, not for aircraft.
MISLEADING = frozenset([("air",), ("autre",), ("other",), ("andere",), ("anders",), ("aerien",)])


@dataclass(frozen=True, slots=True)
class Tagged:
    """A concept that datasets are tagged with: the index' field, the concept's URI, its names by language."""

    field: str
    uri: str
    labels: Mapping[str, str]


def named(words: Sequence[str]) -> tuple[Tagged, ...]:
    """Give the concepts of exactly this name (folded words) in any language."""
    keys = {tuple(root(word, lang) for word in words) for lang in LANGUAGES}
    return tuple({found.uri: found for key in keys for found in _by_name().get(key, ())}.values())


@cache
def _by_name() -> Mapping[tuple[str, ...], tuple[Tagged, ...]]:
    found: dict[tuple[str, ...], list[Tagged]] = {}
    for field, vocabulary in FIELDS.items():
        for concept in load(vocabulary):
            for key in _keys(concept):
                tagged = found.setdefault(key, [])
                if all(one.uri != concept.uri for one in tagged):
                    tagged.append(Tagged(field, concept.uri, concept.labels))
    return {key: tuple(tagged) for key, tagged in found.items()}


def _keys(concept: Concept) -> set[tuple[str, ...]]:
    names = {
        lang: tuple(words_of(concept.labels[lang]))
        for lang in LANGUAGES
        if lang in concept.labels and tuple(words_of(concept.labels[lang])) not in MISLEADING
    }
    return {tuple(root(word, lang) for word in words) for lang, words in names.items() if words}
