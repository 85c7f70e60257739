"""Dutch compounds in their parts: fietsenstalling is fiets, stalling. Pure.

Done here and not by Solr's dictionary filter, which takes any known word anywhere in a token: it finds "sport" in
"transport" and "park" in "parkeren". A compound is split only where known parts cover all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources

from ckanext.eurometropool.search import thesaurus, word_lists
from ckanext.eurometropool.search.roots import root, words_of
from ckanext.oslo.vocabularies import load

#: Lists whose Dutch names say what municipal data is about.
VOCABULARIES = ("theme", "hvd_category", "eurovoc", "transport_mode", "mobility_theme", "work_category")
LINKS = ("", "s", "e", "en")
SHORTEST_COMPOUND = 7
SHORTEST_PART = 3
#: Of learned words: short ones are syllables of others too often, long ones compounds that nobody has split.
SHORTEST_LEARNED, LONGEST_LEARNED = 5, 12

_learned: frozenset[str] = frozenset()


def learn(words: Iterable[str]) -> None:
    """Take these words of the catalogue as parts of compounds too, in place of those learned before."""
    global _learned  # noqa: PLW0603  (of this process, like the lists)
    plain = {word for word in words if SHORTEST_LEARNED <= len(word) <= LONGEST_LEARNED and word.isalpha()}
    learned = frozenset(plain - word_lists.small() - word_lists.common("nl"))
    if learned != _learned:
        _learned = learned
        dictionary.cache_clear()
        _split.cache_clear()


@cache
def dictionary() -> frozenset[str]:
    """Give the roots of the words that compounds are made of: of our lists, the vocabularies, and what was learned."""
    parts = resources.files("ckanext.eurometropool.search").joinpath("compound_parts.txt").read_text("utf-8")
    listed = (word for line in parts.splitlines() if not line.startswith("#") for word in line.split())
    named = (word for name in VOCABULARIES for concept in load(name) for word in words_of(concept.labels.get("nl", "")))
    words = {*listed, *named, *thesaurus.installed().dutch_words, *_learned}
    words = {word for word in words if len(word) >= SHORTEST_PART and word.isalpha()}
    every = frozenset(root(word, "nl") for word in words)
    # A compound in the dictionary would hide its own parts.
    return frozenset(root(word, "nl") for word in words if len(word) < SHORTEST_COMPOUND or not _cover(word, every))


def split(word: str) -> tuple[str, ...]:
    """Give the parts of a folded Dutch compound, () for any other word."""
    return _split(word) if len(word) >= SHORTEST_COMPOUND and word.isalpha() else ()


@lru_cache(maxsize=50_000)
def _split(word: str) -> tuple[str, ...]:
    return _cover(word, dictionary())


def parts_of(texts: Iterable[str]) -> list[str]:
    """Give the parts of all compounds in Dutch texts, each once, those left out that say nothing."""
    found = {part: None for text in texts for word in words_of(text) for part in split(word)}
    return [part for part in found if part not in word_lists.empty_parts()]


def _cover(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """Cover a word with the fewest known parts, at least two; () where that cannot be done.

    best[n] is the best cover of the first n letters.
    """
    best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
    for end in range(SHORTEST_PART, len(word) + 1):
        for start in range(end - SHORTEST_PART + 1):
            before = best[start]
            if before is None or (start == 0 and end == len(word)):
                continue
            # A root has no doubled letters, so that "tterreinen" looks like "terreinen".
            if word[start] == word[start + 1] and word[start] not in "aeou":
                continue
            part = _known(word[start:end], known, last=end == len(word))
            known_by_now = best[end]
            if part and (known_by_now is None or len(before) + 1 < len(known_by_now)):
                best[end] = (*before, part)
    return best[len(word)] or ()


def _known(part: str, known: frozenset[str], *, last: bool) -> str:
    """Give the part without the letters that link it to the next one, "" when it is no word."""
    for link in LINKS[:1] if last else LINKS:
        inner = part.removesuffix(link)
        if part.endswith(link) and len(inner) >= SHORTEST_PART and root(inner, "nl") in known:
            return inner
    return ""
