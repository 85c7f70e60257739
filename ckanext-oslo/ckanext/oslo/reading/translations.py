"""One text in several languages: ``{"nl": …, "fr": …, "en": …}``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ckanext.oslo.reading.errors import FieldError, _
from ckanext.oslo.reading.text import clean, limited
from ckanext.oslo.vocabularies import LANGUAGES

# BCP 47 as portals use it: nl, nl-BE, fr-t-nl (French, translated from Dutch).
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_APART = re.compile(r"[,;\n]")

LONGEST_KEYWORD = 100
MOST_KEYWORDS = 300


def by_language(value: object, default: str) -> dict[str, Any]:
    """Give ``value`` as a dict of languages: a dict, JSON of one, or anything else as being in ``default``.

    :raises FieldError: a language that is not one
    """
    if isinstance(value, str) and value.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):  # a text may happen to start with a brace
            value = json.loads(value)
    if not isinstance(value, Mapping):
        return {default: value}
    for language in value:
        if not isinstance(language, str) or not _TAG.fullmatch(language):
            raise FieldError(
                _("“{value}” is not the code of a language. Use nl, fr or en."), value=clean(language)[:40]
            )
    return dict(value)


def read_translations(value: object, default: str, limit: int) -> dict[str, str]:
    """Give the text in each language it has; empty ones are left out.

    :raises FieldError: a text past ``limit``; its ``language`` says which
    """
    texts: dict[str, str] = {}
    for language, text in by_language(value, default).items():
        if text is None:
            continue
        if isinstance(text, list | dict):
            raise FieldError(_("Write a text here."), language=language)
        try:
            found = limited(text, limit)
        except FieldError as error:
            error.language = language
            raise
        if found:
            texts[language] = found
    return texts


def read_keywords(value: object, default: str) -> dict[str, list[str]]:
    """Give the keywords in each language, each once, in the order they came.

    A text holds several, apart by commas, semicolons or line ends; in a list each item is one, commas and all
    ("transports, mobilité" is a single ODWB keyword).

    :raises FieldError: a keyword is too long, or there are too many; its ``language`` says where
    """
    keywords: dict[str, list[str]] = {}
    for language, found in by_language(value, default).items():
        parts = _APART.split(found) if isinstance(found, str) else found or []
        if not isinstance(parts, list):
            raise FieldError(_("Write keywords with commas between them."), language=language)
        words: dict[str, str] = {}
        for part in parts:
            word = clean(part) if part else ""
            if word:
                words.setdefault(word.casefold(), word)
        if len(words) > MOST_KEYWORDS:
            raise FieldError(_("At most {limit} keywords fit here."), language=language, limit=MOST_KEYWORDS)
        for word in words.values():
            if len(word) > LONGEST_KEYWORD:
                raise FieldError(
                    _("A keyword has at most {limit} characters. Put commas between keywords."),
                    language=language,
                    limit=LONGEST_KEYWORD,
                )
        if words:
            keywords[language] = list(words.values())
    return keywords


def best(texts: Mapping[str, Any], *wanted: str) -> str | None:
    """Give the language to show: the first of ``wanted`` that is there, then nl, fr, en, then any; None when empty.

    A tag such as ``nl-BE`` stands in for ``nl``, before another language does.
    """
    for language in (*wanted, *LANGUAGES):
        if texts.get(language):
            return language
        for tag in texts:
            if tag.split("-")[0] == language and texts[tag]:
                return tag
    return next((language for language, text in texts.items() if text), None)
