"""How names are compared: without case, accents, ligatures, and kinds of apostrophe and hyphen. Pure."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Give the text in lower case and without accents and ligatures; its punctuation stays."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold(text: str) -> str:
    """Give the plain words of a text with one space between: `’s Gravenbrakel` is `s gravenbrakel`."""
    return " ".join(_WORD.findall(plain(text)))
