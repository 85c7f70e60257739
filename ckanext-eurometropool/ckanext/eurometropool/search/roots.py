"""Words without their endings, so that "stallingen" and "stalling" are one word. Pure.

Solr's stemmers do this for the index; this does it for what is decided before Solr is asked: which row of the thesaurus
a question means, and which of its words a result holds. It takes off plurals and joins what spelling rules part
(school, scholen); it never makes two subjects one, which a stronger stemmer does (organisation, organe).
"""

from __future__ import annotations

import re
from functools import lru_cache

from ckanext.eurometropool.municipalities.names import plain

_WORD = re.compile(r"[^\W_]+")
#: What French writes before a vowel. Folded: the apostrophe parts the words.
ELIDED = frozenset(["l", "d", "n", "s", "j", "c", "m", "t", "qu", "jusqu", "lorsqu", "puisqu"])
_DOUBLED = re.compile(r"(.)\1")
_VOWELS = "aeijouy"


def words_of(text: str) -> list[str]:
    """Give the words of a text, folded: `L’arrêt-minute` is arret, minute (an elided article is no word)."""
    return list(_folded_words(text)) if len(text) < 100 else _words(text)


@lru_cache(maxsize=20_000)
def _folded_words(text: str) -> tuple[str, ...]:
    return tuple(_words(text))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(plain(text)) if word not in ELIDED]


@lru_cache(maxsize=50_000)
def root(word: str, lang: str) -> str:
    """Give a folded word without the plural's ending of a language (nl, fr, en)."""
    if len(word) < 4 or not word.isalpha():
        return word
    return {"nl": _dutch, "fr": _french, "en": _english}[lang](word)


def mentions(text: str, wanted: str, lang: str) -> bool:
    """Tell whether a folded text has a word of this root; quicker than to take the root of all its words."""
    return any(root(word, lang) == wanted for word in _may_have(wanted).findall(text))


@lru_cache(maxsize=2_000)
def _may_have(wanted: str) -> re.Pattern[str]:
    """Give what finds all words of a root, and a few more: a root differs from its words in its end and in doubles.

    The expression begins with a letter, which `re` looks for twenty times quicker than for the beginning of a word.
    """
    first, *others = (re.escape(letter) for letter in wanted[: max(1, len(wanted) - 1)])
    start = "".join(f"{letter}+" for letter in others)
    return re.compile(rf"{first}(?<![^\W_]{first}){first}*{start}[^\W_]*")


def _dutch(word: str) -> str:
    stem = word = _without_s(word)
    for ending, singular in (("ieen", "ie"), ("eren", "er"), ("en", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)] + singular
            break
    stem = _without_s(stem)
    if stem[-1] == "e" and len(stem) > 4:
        stem = stem[:-1]
    stem = _DOUBLED.sub(r"\1", stem)
    # The plural writes what is heard: huizen, brieven.
    if stem[-1] in "zv" and len(stem) > 2 and stem[-2] in _VOWELS:
        stem = stem[:-1] + {"z": "s", "v": "f"}[stem[-1]]
    return stem


def _without_s(word: str) -> str:
    """Take off an s, also where it is no plural (plaats): plaatsen has to become the same."""
    return word[:-1] if word[-1] == "s" and len(word) > 3 and word[-2] not in "aijouys" else word


def _french(word: str) -> str:
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > 5:
        return word[:-3] + "al"
    if word[-1] in "sx" and word[-2] not in "su":
        return word[:-1]
    return word


def _english(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
