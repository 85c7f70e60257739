"""The place in a question: "fietsen in Rijsel", "bus near Tournai", "emploi 59000", "Kortrijkse parkings". Pure.

A name counts as a place unless what stands around it makes it something else (rue de Lille, formatie van Kortrijk:
`municipalities.contexts`), and a name that is also a plain word (menen, celles, croix) only when it is written like a
place or stands at the question's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ckanext.eurometropool.municipalities import contexts, gazetteer
from ckanext.eurometropool.municipalities.contexts import Span, Token
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import AreaKind, Register
from ckanext.eurometropool.search import word_lists
from ckanext.oslo.vocabularies import LANGUAGES

#: Areas that hold all there is: no place to look in.
EVERYWHERE = frozenset([AreaKind.EUROMETROPOLIS])


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a question names: keys of municipalities (namesakes on both sides of a border), or one area.

    `said` is how the question writes it, `name` its plain words.
    """

    municipalities: tuple[str, ...]
    area: str | None
    said: str
    name: str


@dataclass(frozen=True, slots=True)
class Located:
    """A question parted: the places it names and the words that are left."""

    places: tuple[Place, ...]
    rest: tuple[Token, ...]


class PlaceFinder:
    """Find the places of a register in questions."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._names: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str | None]]] = {}
        for words, keys, area in _names(register):
            self._names.setdefault(words[0], []).append((words, keys, area))
        for names in self._names.values():
            names.sort(key=lambda name: -len(name[0]))
        self._strict = contexts.words("strict")

    @cached_property
    def words(self) -> frozenset[str]:
        """All single words of the municipalities' names, folded."""
        return frozenset(word for m in self.register for name in m.names.values() for word in _words(name))

    def locate(self, question: str) -> Located:
        """Part a question in places and other words."""
        tokens = contexts.tokens_of(question)
        places: list[Place] = []
        taken: set[int] = set()
        position = 0
        while position < len(tokens):
            name = self._at(tokens, position)
            if name is None:
                position += 1
                continue
            words, keys, area = name
            span = Span(position, position + len(words) - 1)
            if (keys or area) and self._is_meant(question, tokens, span, words):
                lead = _lead(tokens, position)
                taken.update(range(position - lead, span.last + 1))
                said = question[tokens[span.first].start : tokens[span.last].end]
                places.append(Place(keys, area, said, " ".join(words)))
            position = span.last + 1
        rest = tuple(token for number, token in enumerate(tokens) if number not in taken)
        return Located(tuple(places), rest)

    def _at(self, tokens: Sequence[Token], position: int) -> tuple[tuple[str, ...], tuple[str, ...], str | None] | None:
        for name in self._names.get(tokens[position].word, ()):
            words = name[0]
            if tuple(token.word for token in tokens[position : position + len(words)]) == words:
                return name
        return None

    def _is_meant(self, question: str, tokens: Sequence[Token], span: Span, words: tuple[str, ...]) -> bool:
        # A question is typed in small letters: that says nothing.
        written = [replace(token, capital=True) for token in tokens]
        if not contexts.stands_for_place(question, written, span, None, None):
            return False
        if " ".join(words) not in self._strict:
            return True
        return (
            span.last == len(tokens) - 1
            or tokens[span.first].capital
            or _lead(tokens, span.first) > 0
            or contexts.has_cue(question, tokens, span)
        )


def _names(register: Register) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], str | None]]:
    """Give every name, adjective, code and postcode with the keys of its municipalities, or its area."""
    own: dict[tuple[str, ...], dict[str, None]] = {}
    other: dict[tuple[str, ...], dict[str, None]] = {}
    for m in register:
        # Comines is one town on each side of the border: who asks for it is asked no question back.
        for name in (*m.names.values(), *m.also, *m.postcodes, m.key, m.code):
            own.setdefault(_words(name), {})[m.key] = None
        for name in m.villages:
            other.setdefault(_words(name), {})[m.key] = None
    found: dict[tuple[str, ...], tuple[tuple[str, ...], str | None]] = {
        words: (tuple(keys), None) for words, keys in {**other, **own}.items()
    }
    for area in register.areas.values():
        if area.kind in EVERYWHERE:
            continue
        for name in (*area.names.values(), *area.also):
            found.setdefault(_words(name), ((), area.key))
    for name in gazetteer.adjectives(register):
        found.setdefault(name.tokens, (name.keys, None))
    for phrase in contexts.words("elsewhere"):
        found[tuple(phrase.split())] = ((), None)
    return ((words, keys, area) for words, (keys, area) in found.items() if words)


def _words(name: str) -> tuple[str, ...]:
    return tuple(token.word for token in contexts.tokens_of(name))


def _lead(tokens: Sequence[Token], first: int) -> int:
    """Count the words before a name that only lead to it."""
    for lead in word_lists.leads():
        if first >= len(lead) and tuple(token.word for token in tokens[first - len(lead) : first]) == lead:
            return len(lead)
    return 0


def place_of(text: str, register: Register) -> Place | None:
    """Give the place that a text is the name, postcode or key of; None for any other text."""
    if municipalities := register.find(text):
        return Place(tuple(m.key for m in municipalities), None, text, fold(text))
    area = register.find_area(text)
    return Place((), area.key, text, fold(text)) if area else None


_finder: list[PlaceFinder] = []


def finder(register: Register) -> PlaceFinder:
    """Give the finder of a register, made once."""
    if not _finder or _finder[0].register is not register:
        _finder[:] = [PlaceFinder(register)]
    return _finder[0]


def names(register: Register, place: Place) -> list[Mapping[str, str]]:
    """Give the names by language of what a place may be, with their keys."""
    found = [register.municipalities[key] for key in place.municipalities]
    if place.area:
        found = [register.areas[place.area]]
    return [{"key": one.key, **{lang: one.name(lang) for lang in LANGUAGES}} for one in found]
