"""How a question is put to the index: words over the three languages and the places' names, and places as filters.

Only what the caller left open is filled in: a client that sends its own `qf` or `defType`, or a fielded query, gets
what CKAN gives it.
"""

from __future__ import annotations

import re
from typing import Any

from ckanext.eurometropool.municipalities.register import Register

LANGUAGES = ("nl", "fr", "en")
#: Title before keywords before description; a place's name weighs like a title's word, in every language.
#: All these fields split words alike: edismax then asks for each word in any field, not for all in one.
FIELDS = " ".join(
    [
        *(f"title_{lang}^8" for lang in LANGUAGES),
        *(f"keywords_{lang}^4" for lang in LANGUAGES),
        *(f"notes_{lang}^1" for lang in LANGUAGES),
        "place_names^6",
        "area_names^2",
        "publisher_text^2",
        "other_text^0.5",
    ]
)
TIE = "0.1"
#: Words that a question has and a title in another language has not. CKAN asks for every word (q.op=AND), so that
#: "fietsenstalling in Rijsel" would miss all French records for its "in".
SMALL_WORDS = frozenset(
    [
        "de",
        "het",
        "een",
        "in",
        "op",
        "van",
        "te",
        "voor",
        "en",
        "aan",
        "bij",
        "met",
        "uit",
        "of",
        "le",
        "la",
        "les",
        "l",
        "d",
        "du",
        "des",
        "a",
        "à",
        "au",
        "aux",
        "et",
        "dans",
        "sur",
        "pour",
        "un",
        "une",
        "par",
        "the",
        "an",
        "at",
        "on",
        "for",
        "and",
        "to",
        "from",
        "near",
    ]
)
_FIELDED = re.compile(r"(?:^|[\s(+\-!])(?:\*|[A-Za-z_][\w.]*):(?!//)\S")
_OPERATORS = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')

Params = dict[str, Any]


def prepare(params: Params, register: Register | None) -> Params:
    """Fill in what a search left open. Takes and gives the parameters of `package_search`."""
    extras = params.get("extras") or {}
    filters = []
    if register is not None:
        filters = [
            *_keys("municipality", extras.get("ext_municipality")),
            *_keys("region", extras.get("ext_region")),
            *_place(params, extras.get("ext_place"), register),
        ]
    asked = _by_words(params)
    if filters:
        asked = {**asked, "fq_list": [*(params.get("fq_list") or []), *filters]}
    return asked


def _by_words(params: Params) -> Params:
    words = params.get("q")
    if not isinstance(words, str) or not words.strip() or words.strip() in ("*:*", "*"):
        return params
    if "qf" in params or "defType" in params or words.lstrip().startswith("{!") or _FIELDED.search(words):
        return params
    return {"tie": TIE, **params, "q": _telling(words), "defType": "edismax", "qf": FIELDS}


def _telling(question: str) -> str:
    """Leave out the small words of a plain question; one that has signs or nothing else stays as it is."""
    if _OPERATORS.search(question):
        return question
    return " ".join(word for word in question.split() if word.lower() not in SMALL_WORDS) or question


def _keys(field: str, value: Any) -> list[str]:
    """Give the filter for one key or several, comma-separated or in a list."""
    values = value if isinstance(value, list | tuple) else str(value or "").split(",")
    keys = [quoted(str(key).strip()) for key in values if str(key).strip()]
    return [f"{field}:({' OR '.join(keys)})"] if keys else []


def _place(params: Params, text: Any, register: Register) -> list[str]:
    """Give the filter for a place in words. Words that name no place we know are searched for, not dropped."""
    if not isinstance(text, str) or not text.strip():
        return []
    if municipalities := register.find(text):
        return _keys("municipality", [m.key for m in municipalities])
    if area := register.find_area(text):
        return [f"area:{quoted(area.key)} OR municipality:({' OR '.join(quoted(key) for key in area.members)})"]
    words = params.get("q")
    free = _OPERATORS.sub(r"\\\1", text.strip())
    params["q"] = f"{words} {free}" if isinstance(words, str) and words.strip() not in ("", "*:*") else free
    return []


def quoted(value: str) -> str:
    """Give a value as a Solr phrase."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
