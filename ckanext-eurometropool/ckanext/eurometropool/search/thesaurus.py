"""The thesaurus: what a subject is called on the other side of the border. Pure.

The rows are ours, in `thesaurus/*.txt`: Dutch | French | English, synonyms behind commas, the usual word first.
Rules a row has to keep, checked by `problems` and thus by a test:

* a word stands in one row of its language only: a homonym would bring the results of another subject along
  ("vol" is a theft or a flight: neither row has the word alone);
* no word that most records have (plan, data, list, zone, service …): it says nothing, and finds everything;
* no word of fewer than three signs, unless it is an abbreviation in capitals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources

from ckanext.eurometropool.search import word_lists
from ckanext.eurometropool.search.roots import root, words_of
from ckanext.oslo.vocabularies import LANGUAGES, load

Roots = tuple[str, ...]


class ThesaurusError(ValueError):
    """A row cannot be read; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """One subject: its words by language, the usual one first. `place` says where it is written (file:line)."""

    place: str
    words: Mapping[str, tuple[str, ...]]

    def label(self, lang: str) -> str:
        """Give the usual word for it in a language."""
        return self.words[lang][0]


@dataclass(frozen=True, slots=True)
class Match:
    """A row that a part of a question means: which words (first, count), and in which languages they are its words."""

    row: Row
    first: int
    count: int
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Thesaurus:
    """All rows, to be looked up by words."""

    rows: tuple[Row, ...]

    @cached_property
    def _by_language(self) -> Mapping[str, Mapping[Roots, tuple[Row, ...]]]:
        found: dict[str, dict[Roots, tuple[Row, ...]]] = {lang: {} for lang in LANGUAGES}
        for row in self.rows:
            for lang in LANGUAGES:
                for word in row.words[lang]:
                    key = roots(word, lang)
                    known = found[lang].get(key, ())
                    if row not in known:
                        found[lang][key] = (*known, row)
        return found

    @cached_property
    def _longest(self) -> int:
        return max((len(key) for keys in self._by_language.values() for key in keys), default=0)

    @cached_property
    def dutch_words(self) -> frozenset[str]:
        """All single Dutch words of the rows, folded: what compounds are made of."""
        return frozenset(
            word for row in self.rows for term in row.words["nl"] for word in words_of(term) if word.isalpha()
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """All single words of the rows, in any language, folded."""
        terms = (term for row in self.rows for lang in LANGUAGES for term in row.words[lang])
        return frozenset(word for term in terms for word in words_of(term))

    def matches(self, words: Sequence[str]) -> Iterator[Match]:
        """Find the rows that folded words mean; the longest phrase wins, each word is used once."""
        telling = [number for number, word in enumerate(words) if word not in word_lists.small()]
        places = telling or list(range(len(words)))
        said = [words[number] for number in places]
        position = 0
        while position < len(said):
            found, count = self._longest_at(said, position)
            last = places[position + max(count, 1) - 1]
            for row, languages in found:
                yield Match(row, places[position], last - places[position] + 1, languages)
            position += count or 1

    def _longest_at(self, words: Sequence[str], first: int) -> tuple[list[tuple[Row, tuple[str, ...]]], int]:
        for count in range(min(self._longest, len(words) - first), 0, -1):
            part = words[first : first + count]
            languages: dict[int, list[str]] = {}
            rows: dict[int, Row] = {}
            for lang, keys in self._by_language.items():
                for row in keys.get(tuple(root(word, lang) for word in part), ()):
                    rows[id(row)] = row
                    languages.setdefault(id(row), []).append(lang)
            if rows:
                return [(row, tuple(languages[key])) for key, row in rows.items()], count
        return [], 0


@lru_cache(maxsize=20_000)
def roots(term: str, lang: str) -> Roots:
    """Give the roots of a term's words: what two spellings of it have in common. Small words do not count."""
    words = words_of(term)
    telling = [word for word in words if word not in word_lists.small()] or words
    return tuple(root(word, lang) for word in telling)


@cache
def installed() -> Thesaurus:
    """Give the thesaurus: the rows of this package, and EuroVoc's labels that they lack.

    Raises ThesaurusError when a row is broken.
    """
    folder = resources.files("ckanext.eurometropool.search").joinpath("thesaurus")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    rows = tuple(row for file in files for row in read(file.read_text("utf-8"), file.name))
    return Thesaurus((*rows, *_labels("eurovoc", rows)))


def _labels(vocabulary: str, rows: Sequence[Row]) -> Iterator[Row]:
    """Make rows of a vocabulary's labels: of those concepts that no row has a word of, in any language."""
    known = {(lang, roots(word, lang)) for row in rows for lang in LANGUAGES for word in row.words[lang]}
    for concept in load(vocabulary):
        words = {lang: (concept.labels[lang],) for lang in LANGUAGES if concept.labels.get(lang)}
        named = {(lang, roots(word, lang)) for lang, (word,) in words.items()}
        if len(words) == len(LANGUAGES) and not named & known:
            known |= named
            yield Row(concept.uri, words)


def read(text: str, name: str) -> Iterator[Row]:
    """Read the rows of one file. Raises ThesaurusError."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [tuple(word.strip() for word in column.split(",") if word.strip()) for column in line.split("|")]
        if len(columns) != len(LANGUAGES) or not all(columns):
            raise ThesaurusError(f"{name}:{number}: needs words in nl | fr | en, has {len(columns)} columns: {line}")
        yield Row(f"{name}:{number}", dict(zip(LANGUAGES, columns, strict=True)))


def problems(thesaurus: Thesaurus) -> Iterator[str]:
    """Say which rows break the rules of this module's docstring, in words for who edits them."""
    for lang in LANGUAGES:
        seen: dict[Roots, Row] = {}
        for row in thesaurus.rows:
            for word in row.words[lang]:
                key = roots(word, lang)
                other = seen.setdefault(key, row)
                if other is not row:
                    yield f"{row.place}: {lang} “{word}” is also in {other.place}"
                if len(key) == 1 and words_of(word)[0] in word_lists.common(lang):
                    yield f"{row.place}: {lang} “{word}” is in too many records"
                if len(word) < 3 and not word.isupper() and not word[0].isdigit():
                    yield f"{row.place}: {lang} “{word}” is too short"
