"""A concept, a vocabulary of concepts, and finding the concept that a piece of text means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

LANGUAGES = ("nl", "fr", "en")
"""The portal's languages; also the order in which one stands in for another."""

_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_APART = re.compile(r"[^a-z0-9]+")


class VocabularyError(ValueError):
    """A vocabulary that contradicts itself, or its file; says where."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One value of a vocabulary.

    ``broader`` and ``exact_match`` hold URIs; a concept of mobilityDCAT-AP's themes can have several broader ones.
    ``synonyms`` are the ways portals write the concept, beside its URI, code and labels.
    """

    uri: str
    code: str
    labels: Mapping[str, str]
    broader: tuple[str, ...] = ()
    exact_match: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()

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
    text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    return _APART.sub(" ", text).strip()


@dataclass(frozen=True)
class Vocabulary:
    """A list of concepts, in the order in which a person should see them."""

    name: str
    concepts: tuple[Concept, ...]
    _by_key: Mapping[str, Concept] = field(init=False, repr=False, compare=False)
    _by_text: Mapping[str, Concept] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[str, Concept] = {}
        for concept in self.concepts:
            if concept.uri in by_key:
                raise VocabularyError(f"{self.name}: {concept.uri} is the URI of two concepts")
            by_key[concept.uri] = concept
        for concept in self.concepts:
            if by_key.setdefault(concept.code, concept) is not concept:
                raise VocabularyError(f"{self.name}: {concept.code} is the code of two concepts")
        object.__setattr__(self, "_by_key", MappingProxyType(by_key))
        self._refuse_loops()
        object.__setattr__(self, "_by_text", MappingProxyType(self._index()))

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts)

    def __len__(self) -> int:
        return len(self.concepts)

    def __contains__(self, uri_or_code: object) -> bool:
        return uri_or_code in self._by_key

    def get(self, uri_or_code: str) -> Concept | None:
        """Give the concept with exactly this URI or code."""
        return self._by_key.get(uri_or_code)

    def resolve(self, text: str | None) -> Concept | None:
        """Give the concept that ``text`` means: a URI, a code, a label in any language, or a synonym.

        Spelling is compared after `fold`. None when the vocabulary does not know it.
        """
        if not text:
            return None
        found = self._by_key.get(text)
        if found is None:
            folded = fold(text)
            found = self._by_text.get(folded) if folded else None
        return found

    def narrower(self, uri: str) -> tuple[Concept, ...]:
        """Give the concepts directly below the one with this URI."""
        return tuple(concept for concept in self.concepts if uri in concept.broader)

    def _refuse_loops(self) -> None:
        above = {concept.uri: concept.broader for concept in self.concepts}
        for concept in self.concepts:
            seen: set[str] = set()
            todo = list(concept.broader)
            while todo:
                uri = todo.pop()
                if uri == concept.uri:
                    raise VocabularyError(f"{self.name}: {concept.code} is broader than itself")
                if uri not in above:
                    raise VocabularyError(f"{self.name}: {concept.code} has an unknown broader concept {uri}")
                if uri not in seen:
                    seen.add(uri)
                    todo.extend(above[uri])

    def _index(self) -> dict[str, Concept]:
        """Map every spelling to its concept; URIs and codes win over matches, synonyms over labels.

        Two concepts may share a label (NACE section M and division 68 are both "Real estate activities"): the
        first written wins. A synonym is written by hand, so one that means two concepts is a mistake.
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
            for synonym in concept.synonyms:
                other = index.setdefault(fold(synonym), concept)
                if other is not concept:
                    raise VocabularyError(
                        f"{self.name}: the synonym {synonym!r} means both {other.code} and {concept.code}"
                    )
        for concept in self.concepts:
            add(concept.labels.values(), concept)
        return index
