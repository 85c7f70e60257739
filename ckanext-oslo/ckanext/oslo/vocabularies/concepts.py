"""A concept, a vocabulary of concepts, and finding the concept that a piece of text means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from ckanext.oslo.mistakes import Mistake

LANGUAGES = ("nl", "fr", "en")
"""The portal's languages; also the order in which one stands in for another."""

LABEL_LANGUAGES = (*LANGUAGES, "de")
"""The languages a concept may have a name in: German is an official language of Belgium and of the EU's lists."""

_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_APART = re.compile(r"[^a-z0-9]+")


class VocabularyError(ValueError):
    """A vocabulary that contradicts itself, or its file; ``mistakes`` say where when there is a file."""

    def __init__(self, said: str | Mistake) -> None:
        self.mistakes = (said,) if isinstance(said, Mistake) else ()
        super().__init__(str(said))


@dataclass(frozen=True, slots=True)
class Concept:
    """One value of a vocabulary.

    ``code`` names it in our schemas and files, ``notation`` in the official list (``34022`` for ``BE-34022``).
    ``broader`` and the matches hold URIs; a concept of mobilityDCAT-AP's themes can have several broader ones.
    ``synonyms`` are the ways portals write the concept, beside its URI, code, notation and labels. One that is not
    ``offered`` is understood and shown, and left out of the forms' lists (the EU's 398 languages).
    """

    uri: str
    code: str
    labels: Mapping[str, str] = field(hash=False)
    broader: tuple[str, ...] = ()
    exact_match: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    close_match: tuple[str, ...] = ()
    notation: str = ""
    offered: bool = True

    def label(self, language: str) -> str:
        """Give the name in ``language``, or the nearest there is, or the code."""
        for candidate in (language, "en", *LANGUAGES):
            if candidate in self.labels:
                return self.labels[candidate]
        return self.code


def fold(text: str) -> str:
    """Reduce text to what counts when two spellings are compared.

    Case, accents, punctuation, the scheme of a URL, a leading ``www.`` and a closing slash do not count:
    ``CC BY 4.0``, ``cc-by-4.0`` and ``CC_BY_4_0`` are the same, as are the http and https twins of a URI.
    """
    text = _SCHEME.sub("", text.strip())
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
        text = "".join(character for character in text if not unicodedata.combining(character))
    return _APART.sub(" ", text.casefold()).strip()


@dataclass(frozen=True)
class Vocabulary:
    """A list of concepts, in the order in which a person should see them.

    ``scheme`` is the URI of the official list (skos:ConceptScheme), ``title`` its name by language, ``official`` the
    address where the list is published; empty for lists of the portal's own. ``base`` is how most of its URIs begin,
    ``formerly`` how they began in older standards.

    :raises VocabularyError: two concepts of one URI, code or synonym; a broader concept that is unknown or a loop
    """

    name: str
    concepts: tuple[Concept, ...]
    scheme: str = ""
    title: Mapping[str, str] = field(default_factory=dict, hash=False)
    official: str = ""
    base: str = ""
    formerly: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for conflict in conflicts(self.concepts):
            raise VocabularyError(f"{self.name}: {conflict.text}")

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts)

    def __len__(self) -> int:
        return len(self.concepts)

    def __contains__(self, uri_or_code: object) -> bool:
        return uri_or_code in self._by_key

    @property
    def offered(self) -> tuple[Concept, ...]:
        """The concepts that a form offers."""
        return tuple(concept for concept in self.concepts if concept.offered)

    def get(self, uri_or_code: str) -> Concept | None:
        """Give the concept with exactly this URI or code."""
        return self._by_key.get(uri_or_code)

    def resolve(self, text: str | None) -> Concept | None:
        """Give the concept that ``text`` means: a URI, a code, a label in any language, or a synonym.

        Spelling is compared after `fold`, unless it is exactly a URI or code: two versions of an OSLO standard may
        differ in a closing slash alone. None when the vocabulary does not know it.
        """
        if not text:
            return None
        found = self._by_key.get(text.strip())
        if found is None:
            folded = fold(text)
            found = self._by_text.get(folded) if folded else None
        return found if found or not self.formerly else self._moved(text)

    def _moved(self, text: str) -> Concept | None:
        """Give the concept of a URI that an older standard began differently."""
        place = _SCHEME.sub("", text.strip())
        for old in self.formerly:
            if place.startswith(_SCHEME.sub("", old)):
                return self._by_text.get(fold(self.base + place.removeprefix(_SCHEME.sub("", old))))
        return None

    def narrower(self, uri: str) -> tuple[Concept, ...]:
        """Give the concepts directly below the one with this URI."""
        return self._below.get(uri, ())

    @cached_property
    def _by_key(self) -> Mapping[str, Concept]:
        codes = {concept.code: concept for concept in self.concepts}
        return MappingProxyType(codes | {concept.uri: concept for concept in self.concepts})

    @cached_property
    def _below(self) -> Mapping[str, tuple[Concept, ...]]:
        below: dict[str, tuple[Concept, ...]] = {}
        for concept in self.concepts:
            for uri in concept.broader:
                below[uri] = (*below.get(uri, ()), concept)
        return MappingProxyType(below)

    @cached_property
    def _by_text(self) -> Mapping[str, Concept]:
        """Map every spelling to its concept; URIs and codes win over matches and synonyms, those over labels.

        Two concepts may share a label (NACE section M and division 68 are both "Real estate activities"): the
        first written wins.
        """
        index: dict[str, Concept] = {}

        def add(texts: Iterable[str], concept: Concept) -> None:
            for text in texts:
                index.setdefault(fold(text), concept)

        for concept in self.concepts:
            add((concept.uri,), concept)
        for concept in self.concepts:
            add((concept.code, *concept.exact_match), concept)
        for concept in self.concepts:
            add(concept.synonyms, concept)
        for concept in self.concepts:
            add((*concept.labels.values(), concept.notation, *concept.close_match), concept)
        return index


@dataclass(frozen=True)
class Conflict:
    """Concepts of one list that cannot both be right: what is wrong, and their places in the list, from 0."""

    text: str
    places: tuple[int, ...]


def conflicts(concepts: tuple[Concept, ...]) -> Iterator[Conflict]:
    """Yield what makes a list unusable, in the order of the list."""
    yield from _twins(concepts)
    yield from _loops(concepts)


def _twins(concepts: tuple[Concept, ...]) -> Iterator[Conflict]:
    keys: dict[str, int] = {}
    spellings: dict[str, int] = {}
    for place, concept in enumerate(concepts):
        for key, what in ((concept.uri, "URI"), (concept.code, "code")):
            first = keys.setdefault(key, place)
            if first != place:
                yield Conflict(f"{key} is the {what} of two concepts", (first, place))
    for place, concept in enumerate(concepts):
        for match in (concept.uri, concept.code, *concept.exact_match):
            spellings.setdefault(fold(match), place)
    for place, concept in enumerate(concepts):
        for synonym in concept.synonyms:
            first = spellings.setdefault(fold(synonym), place)
            if first != place:
                codes = f"{concepts[first].code} and {concept.code}"
                yield Conflict(f"the synonym {synonym!r} means both {codes}", (first, place))


def _loops(concepts: tuple[Concept, ...]) -> Iterator[Conflict]:
    place_of = {concept.uri: place for place, concept in enumerate(concepts)}
    above: dict[int, list[int]] = {}
    for place, concept in enumerate(concepts):
        for uri in concept.broader:
            if uri not in place_of:
                yield Conflict(f"{concept.code} has an unknown broader concept {uri}", (place,))
            else:
                above.setdefault(place, []).append(place_of[uri])
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        loop = error.args[1][::-1]
        codes = " → ".join(concepts[place].code for place in loop)
        yield Conflict(f"{concepts[loop[0]].code} is broader than itself ({codes})", tuple(loop[:-1]))
