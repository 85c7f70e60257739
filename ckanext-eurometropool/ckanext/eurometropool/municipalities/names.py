"""How names are compared: without case, accents, ligatures, and kinds of apostrophe and hyphen. Pure."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss"}
# Nearly all marks of nearly all texts; others are looked up one by one.
_ACCENTS = re.compile(r"[\u0300-\u034e\u0350-\u036f]+")
_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def plain(text: str) -> str:
    """Give the text in lower case and without accents and ligatures; its punctuation stays."""
    if text.isascii():
        return text.lower()
    # Descriptions are read for each result of a search: letter by letter this took longer than Solr.
    lower = text.casefold()
    for ligature, letters in _LIGATURES.items():
        if ligature in lower:
            lower = lower.replace(ligature, letters)
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", lower))
    return bare if bare.isascii() else _NOT_ASCII.sub(_unmarked, bare)


def _unmarked(letter: re.Match[str]) -> str:
    return "" if unicodedata.combining(letter[0]) else letter[0]


def fold(text: str) -> str:
    """Give the plain words of a text with one space between: `’s Gravenbrakel` is `s gravenbrakel`."""
    return " ".join(_WORD.findall(plain(text)))
