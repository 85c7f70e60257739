"""In which language the name of an organization is.

DCAT-AP Flanders wants every name tagged, while a dataset keeps one name without a language. A tag is given where the
words or the dataset leave no doubt; where they do, it is ``und``: undetermined (RFC 5646 §4.1), and nothing invented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

UNKNOWN = "und"

_WORDS = {
    "nl": re.compile(
        r"\b(?:stad|gemeente|provincie|dienst|vlaams\w*|vlaanderen|agentschap|departement\b|vereniging|intercommunale|"
        r"het|van|voor|openbaar|vervoer|digitaal|bestuur|departement)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:ville|commune|mairie|métropole|région|province de|département d\w+|communauté|service|direction|"
        r"ministère|observatoire|syndicat|agence|société|institut|des?|du|la|les|pour|wallonie|publique?)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(r"\b(?:city of|municipality|department of|agency|the|of|for|service of|office)\b", re.IGNORECASE),
}


@lru_cache(maxsize=4_096)
def spoken(name: str) -> str | None:
    """Give the one language whose words the name has, or None."""
    found = [language for language, words in _WORDS.items() if words.search(name)]
    return found[0] if len(found) == 1 else None


def language_of(name: str, dataset: Mapping[str, Any]) -> str:
    """Give the language of a name in a dataset: by its words, else that of the dataset's only title, else ``und``."""
    by_words = spoken(name)
    if by_words:
        return by_words
    titles = dataset.get("title_translated")
    languages = {tag.split("-")[0] for tag in titles} if isinstance(titles, Mapping) else set()
    return languages.pop() if len(languages) == 1 else UNKNOWN
