"""What a question means: its words with what they are called elsewhere, and its places. Pure.

A question is read only where it is plain words. One with signs of Solr's language (quotes, a leading minus, wildcards,
AND) is its writer's own, and goes to the index as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckanext.eurometropool.municipalities.contexts import Token, tokens_of
from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.search import compounds, concepts, where, word_lists
from ckanext.eurometropool.search.concepts import Tagged
from ckanext.eurometropool.search.roots import ELIDED
from ckanext.eurometropool.search.thesaurus import Row, installed
from ckanext.eurometropool.search.where import Place
from ckanext.oslo.vocabularies import LANGUAGES

#: What only Solr's language has. A hyphen inside a word, a colon behind one, a question mark at the end are plain.
_SOLRS = re.compile(
    r'"|(?:^|\s)[+\-!]\S|(?<!\w)\w+[*~]|\w[*?]\w|[\[\]{}^\\]|(?:^|\s)(?:AND|OR|NOT)(?:\s|$)|&&|\|\||(?:^|\s)\('
)
#: More words than this are no question but a text: the first ones are asked for.
MOST_WORDS = 12
#: A word this long may be written wrong in one letter.
FUZZY_FROM = 5
PREFIX_FROM = 3


@dataclass(frozen=True, slots=True)
class Expansion:
    """Another word for a part of a question, and its language. `same`: it is the question's own language."""

    text: str
    lang: str
    same: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Words of a question that mean one thing.

    `words` are folded, `said` is how the question writes them. `known` tells whether the thesaurus has them: what it
    has is spelled right. `tagged` are the concepts of vocabularies with this name. `parts` are the groups of a Dutch
    compound's parts.
    """

    said: str
    words: tuple[str, ...]
    languages: tuple[str, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    tagged: tuple[Tagged, ...] = ()
    parts: tuple[Group, ...] = ()

    @property
    def known(self) -> bool:
        """Tell whether the thesaurus has these words."""
        return bool(self.languages)


@dataclass(frozen=True, slots=True)
class Question:
    """A question read: groups of words, all of which are asked for, and places.

    `near` is where its reader stands, who named no place: it orders the answers and leaves none out.
    """

    text: str
    groups: tuple[Group, ...]
    places: tuple[Place, ...] = ()
    without_places: str = ""
    near: Place | None = None


def is_plain(text: str) -> bool:
    """Tell whether a question is words alone, to be read by us, and not by Solr."""
    return not _SOLRS.search(text) and bool(tokens_of(text))


def understand(text: str, register: Register | None, *, literal: bool = False, apart: bool = False) -> Question:
    """Read a plain question. `literal`: take its words as they stand, places and all. `apart`: read no phrases."""
    if literal:
        words = [token.word for token in _telling(tokens_of(text))[:MOST_WORDS]]
        return Question(text, tuple(Group(word, (word,)) for word in words))
    located = where.finder(register).locate(text) if register else where.Located((), tuple(tokens_of(text)))
    only_places = located.places and all(token.word in word_lists.small() for token in located.rest)
    tokens = [] if only_places else _telling(located.rest)
    rest = " ".join(text[token.start : token.end] for token in tokens)
    return Question(text, tuple(_groups(text, tokens[:MOST_WORDS], apart=apart)), located.places, rest)


def _telling(tokens: Sequence[Token]) -> list[Token]:
    """Leave out small words and articles, unless there is nothing else."""
    telling = [token for token in tokens if token.word not in word_lists.small() and token.word not in ELIDED]
    return telling or list(tokens)


def _groups(text: str, tokens: Sequence[Token], *, apart: bool) -> Iterator[Group]:
    if apart and len(tokens) > 1:
        for token in tokens:
            yield from _groups(text, [token], apart=False)
        return
    words = [token.word for token in tokens]
    starts: dict[int, list[tuple[int, tuple[str, ...], Row]]] = {}
    for match in installed().matches(words):
        starts.setdefault(match.first, []).append((match.count, match.languages, match.row))
    position = 0
    while position < len(tokens):
        found = starts.get(position, [])
        count = found[0][0] if found else 1
        part = tuple(words[position : position + count])
        said = text[tokens[position].start : tokens[position + count - 1].end]
        yield _group(said, part, [(languages, row) for _count, languages, row in found])
        position += count


def _group(said: str, words: tuple[str, ...], found: Sequence[tuple[tuple[str, ...], Row]]) -> Group:
    languages = tuple(lang for lang in LANGUAGES if any(lang in known for known, _row in found))
    expansions = {
        (text, lang): Expansion(text, lang, same=lang in known)
        for known, row in found
        for lang in LANGUAGES
        for text in row.words[lang]
        if text.casefold() != said.casefold() or lang not in known
    }
    parts: tuple[Group, ...] = ()
    if not found and len(words) == 1 and (split := compounds.split(words[0])):
        parts = tuple(group for part in split for group in _part(part))
    return Group(said, words, languages, tuple(expansions.values()), concepts.named(words), parts)


def _part(word: str) -> Iterator[Group]:
    """Read a compound's part, by itself: only its Dutch meaning counts."""
    found = [(match.languages, match.row) for match in installed().matches([word]) if "nl" in match.languages]
    yield _group(word, (word,), found) if found else Group(word, (word,))
