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
    """The words of a dataset: short ones are of title and keywords, long ones of its description.

    They are folded when they are first asked for. Nothing else of the dataset is kept.
    """

    def __init__(self, dataset: Mapping[str, Any]) -> None:
        titles, keywords, notes = (
            _mapping(dataset.get(name)) for name in ("title_translated", "tags_translated", "notes_translated")
        )
        # With whether they are folded.
        self._texts: dict[tuple[str, str], tuple[str, bool]] = {}
        for lang in LANGUAGES:
            short = " ".join(_strings([titles.get(lang), *_list(keywords.get(lang))]))
            self._texts[lang, "short"] = short, False
            self._texts[lang, "long"] = str(notes.get(lang) or "")[:LOOKED_THROUGH], False
        agents, files = (_list(dataset.get(name)) for name in ("publisher", "resources"))
        self._names = _strings([one.get("name") for one in (*agents, *files) if isinstance(one, Mapping)])

    def has(self, wanted: Sequence[str], lang: str, depth: str) -> bool:
        """Tell whether all roots of a language are there, `short` or `long`; of a Dutch title also within compounds."""
        if not wanted or not (text := self._text(lang, depth)):
            return False
        within = (lang, depth) == ("nl", "short")
        return all(mentions(text, one, lang) or (within and one in self._parts) for one in wanted)

    def has_own(self, words: Sequence[str]) -> bool:
        """Tell whether folded words are there, in any one language or in the names of its publisher and files."""
        by_lang = {lang: [root(word, lang) for word in words] for lang in LANGUAGES}
        found = any(self.has(wanted, lang, depth) for depth in ("short", "long") for lang, wanted in by_lang.items())
        return found or self._other.issuperset(words)

    def _text(self, lang: str, depth: str) -> str:
        text, folded = self._texts[lang, depth]
        if not folded:
            text = plain(text)
            self._texts[lang, depth] = text, True
        return text

    @cached_property
    def _parts(self) -> frozenset[str]:
        words = words_of(self._text("nl", "short"))
        return frozenset(root(part, "nl") for word in words for part in compounds.split(word))

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
