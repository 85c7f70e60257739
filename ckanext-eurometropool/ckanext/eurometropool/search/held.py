"""The words that a dataset holds: looked up to tell why a search found it. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

from ckanext.eurometropool.municipalities.names import plain
from ckanext.eurometropool.search import compounds
from ckanext.eurometropool.search.roots import mentions, root, words_of
from ckanext.oslo.vocabularies import LANGUAGES

#: Letters of a description that are looked through.
LOOKED_THROUGH = 3000
#: Datasets whose words are kept, about 10 kB each: the same ones are found again and again.
MOST_KEPT = 1000


class Held:
    """The words of a dataset, as roots: short ones are of title and keywords, long ones of its description.

    They are read when they are first asked for. Nothing else of the dataset is kept.
    """

    def __init__(self, dataset: Mapping[str, Any]) -> None:
        titles, keywords, notes = (
            _mapping(dataset.get(name)) for name in ("title_translated", "tags_translated", "notes_translated")
        )
        self._short_text = {
            lang: " ".join(_strings([titles.get(lang), *_list(keywords.get(lang))])) for lang in LANGUAGES
        }
        self._long_text = {lang: text[:LOOKED_THROUGH] for lang in LANGUAGES if (text := str(notes.get(lang) or ""))}
        agents, files = (_list(dataset.get(name)) for name in ("publisher", "resources"))
        self._names = _strings([one.get("name") for one in (*agents, *files) if isinstance(one, Mapping)])
        self._read: dict[tuple[str, str], frozenset[str]] = {}

    def has(self, wanted: Sequence[str], lang: str, depth: str) -> bool:
        """Tell whether all roots of a language are there, `short` or `long`."""
        return bool(wanted) and self._roots(lang, depth).issuperset(wanted)

    def has_own(self, words: Sequence[str]) -> bool:
        """Tell whether folded words are there, in any one language or in the names of its publisher and files."""
        by_lang = {lang: [root(word, lang) for word in words] for lang in LANGUAGES}
        if any(self.has(wanted, lang, "short") for lang, wanted in by_lang.items()):
            return True
        # Most datasets have them, so that nobody needs all roots of their descriptions.
        for lang, text in self._descriptions.items():
            if by_lang[lang] and all(mentions(text, wanted, lang) for wanted in by_lang[lang]):
                return True
        return self._other.issuperset(words)

    def _roots(self, lang: str, depth: str) -> frozenset[str]:
        key = (lang, depth)
        if key not in self._read:
            self._read[key] = self._short(lang) if depth == "short" else self._long(lang)
        return self._read[key]

    def _short(self, lang: str) -> frozenset[str]:
        words = words_of(self._short_text[lang])
        parts = [part for word in words for part in compounds.split(word)] if lang == "nl" else []
        return frozenset(root(word, lang) for word in (*words, *parts))

    def _long(self, lang: str) -> frozenset[str]:
        return frozenset(root(word, lang) for word in words_of(self._long_text.get(lang, "")))

    @cached_property
    def _descriptions(self) -> Mapping[str, str]:
        return {lang: plain(text) for lang, text in self._long_text.items()}

    @cached_property
    def _other(self) -> frozenset[str]:
        return frozenset(word for text in self._names for word in words_of(text))


_kept: OrderedDict[tuple[str, str], Held] = OrderedDict()
_keeping = Lock()


def read(dataset: Mapping[str, Any]) -> Held:
    """Give the words of a dataset with an id; those of one that did not change since the last time are still known."""
    changed = dataset.get("metadata_modified")
    if not isinstance(changed, str):
        return Held(dataset)
    key = (str(dataset["id"]), changed)
    with _keeping:
        words = _kept.pop(key, None) or Held(dataset)
        _kept[key] = words
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return words


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(values: Sequence[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
