"""The subjects of a dataset: the rows of the thesaurus that its title and keywords name. Pure.

They are finer than the themes of the EU (bicycle parking, not transport) and the same on both sides of a border: so
towns can be compared. A subject is known by its usual English word, which `./portal test tests/search` keeps unique.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ckanext.eurometropool.search.roots import words_of
from ckanext.eurometropool.search.thesaurus import Row, installed
from ckanext.oslo.vocabularies import LANGUAGES

#: The field of the index. CKAN's own schema keeps every `vocab_*` as whole strings.
FIELD = "vocab_subject"
#: A record with more keywords than this says nothing by them.
MOST_KEYWORDS = 30


def subjects_of(dataset: Mapping[str, Any]) -> list[str]:
    """Give the keys of a dataset's subjects, those of its title first. A word counts in its text's language alone."""
    found: dict[str, None] = {}
    for lang, text in _texts(dataset):
        for match in installed().matches(words_of(text)):
            if lang in match.languages:
                found[match.row.label("en")] = None
    return list(found)


def subject(key: str) -> Row | None:
    """Give the row of a subject; None for a key that no row has (any more)."""
    return _rows().get(key)


@cache
def _rows() -> Mapping[str, Row]:
    return {row.label("en"): row for row in installed().rows}


def _texts(dataset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    titles, keywords = dataset.get("title_translated"), dataset.get("tags_translated")
    for lang in LANGUAGES:
        title = titles.get(lang) if isinstance(titles, Mapping) else None
        if isinstance(title, str):
            yield lang, title
    for lang in LANGUAGES:
        words = keywords.get(lang) if isinstance(keywords, Mapping) else None
        if isinstance(words, list):
            yield from ((lang, word) for word in words[:MOST_KEYWORDS] if isinstance(word, str))
