"""The kinds of fields, by the name a preset gives as ``kind``, and the reader of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ckanext.oslo import vocabularies
from ckanext.oslo.reading import dates, geometry, links, text, translations
from ckanext.oslo.reading.errors import FieldError, _


@dataclass(frozen=True)
class Field:
    """What reading needs to know of a field of the schema."""

    name: str
    kind: str = "text"
    vocabulary: str | None = None
    limit: int = text.LONGEST
    required: bool = False
    kept: bool = False
    other_uris: bool = False

    @classmethod
    def of(cls, field: Mapping[str, Any]) -> Field:
        """Take it from a field as scheming holds it."""
        return cls(
            name=field["field_name"],
            kind=field.get("kind", "text"),
            vocabulary=field.get("vocabulary"),
            limit=field.get("limit", text.LONGEST),
            required=bool(field.get("required")),
            kept=bool(field.get("kept")),
            other_uris=bool(field.get("other_uris")),
        )


def several(value: object) -> list[Any]:
    """Give a list: of a list its items, of JSON of one too, of a text its lines; empty ones are left out."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            with suppress(ValueError, RecursionError):  # a text may happen to start with a bracket
                value = json.loads(value)
        if isinstance(value, str):
            value = value.splitlines()
    items = value if isinstance(value, list | tuple) else [value]
    return [item for item in items if item not in (None, "") and (not isinstance(item, str) or item.strip())]


def first_said(value: Any) -> Any:
    """Give the first of several inputs of one name that says something: a browser without script sends all of them."""
    return next(iter(several(value)), "") if isinstance(value, list) else value


def _concept(field: Field, value: object, _language: str) -> str:
    found = vocabularies.load(field.vocabulary or "").resolve(text.clean(value))
    if found is not None:
        return found.uri
    if field.other_uris:
        return links.read_uri(value)
    raise FieldError(_("“{value}” is not in the list. Choose one of the list."), value=text.clean(value)[:80])


def _code(field: Field, value: object, _language: str) -> str:
    found = vocabularies.load(field.vocabulary or "").resolve(text.clean(value))
    if found is None:
        raise FieldError(_("“{value}” is not in the list. Choose one of the list."), value=text.clean(value)[:80])
    return found.code


def _format(field: Field, value: object, _language: str) -> str:
    """Give the file type as people know it; one that no list has stays as it is written."""
    found = vocabularies.load("file_type").resolve(text.clean(value))
    return found.label("en") if found else text.limited(value, 60)


def format_of(address: str) -> str | None:
    """Guess the file type from how an address or a file name ends."""
    try:
        name = urlsplit(address).path.rsplit("/", 1)[-1]
    except ValueError:  # http://[, which is no address
        return None
    if "." not in name:
        return None
    found = vocabularies.load("file_type").resolve(name.rsplit(".", 1)[-1])
    return found.label("en") if found and found.code not in ("HTML", "BIN") else None


def _number(_field: Field, value: object, _language: str) -> int:
    try:
        number = int(float(str(value).strip().replace("\u00a0", "").replace(" ", "")))
    except (ValueError, OverflowError) as error:
        raise FieldError(_("Write a whole number.")) from error
    if not 0 <= number < 2**63:
        raise FieldError(_("Write a whole number from 0 up."))
    return number


def _decimal(_field: Field, value: object, _language: str) -> float:
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError as error:
        raise FieldError(_("Write a number.")) from error
    if not 0 <= number < float("inf"):
        raise FieldError(_("Write a number from 0 up."))
    return number


def _data(_field: Field, value: object, _language: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise FieldError(_("This is not JSON.")) from error


def _text(field: Field, value: object, _language: str) -> str:
    if isinstance(value, list | dict):
        raise FieldError(_("Write a text here."))
    return text.limited(value, field.limit)


def _link(_field: Field, value: object, _language: str) -> str:
    return links.read_link(value)


def _uri(_field: Field, value: object, _language: str) -> str:
    return links.read_uri(value)


_ONE: Mapping[str, Callable[[Field, Any, str], Any]] = {
    "text": _text,
    "translated": lambda field, value, language: translations.read_translations(value, language, field.limit),
    "keywords": lambda field, value, language: translations.read_keywords(value, language),
    "date": lambda field, value, language: dates.read_date(value),
    "duration": lambda field, value, language: dates.read_duration(value),
    "link": lambda field, value, language: links.read_link(value),
    "uri": lambda field, value, language: links.read_uri(value),
    "email": lambda field, value, language: links.read_email(value),
    "number": _number,
    "decimal": _decimal,
    "geometry": lambda field, value, language: geometry.read_geometry(value),
    "concept": _concept,
    "code": _code,
    "format": _format,
    "data": _data,
}
_LISTS: Mapping[str, str] = {"texts": "text", "uris": "uri", "decimals": "decimal", "concepts": "concept"}

ONE_CHOICE = frozenset({"concept", "code"})
"""Kinds of which a form sends one choice of a list."""
KINDS = frozenset({*_ONE, *_LISTS})
"""The kinds a field can have; one in the plural holds a list of the other."""


def read(field: Field, value: object, language: str = "nl") -> Any:
    """Give ``value`` as the portal keeps it in ``field``; a text without a language is in ``language``.

    :raises FieldError: the field cannot take it
    """
    item = _LISTS.get(field.kind)
    if item is None:
        return _ONE[field.kind](field, value, language)
    return list(dict.fromkeys(_ONE[item](field, one, language) for one in several(value)))


def salvage(field: Field, value: object, language: str = "nl") -> tuple[Any, list[Any]]:
    """Read what a portal wrote: give what the field can take of it, and what it cannot.

    A list keeps its good items, an outline that crosses itself is repaired, a text that is too long is cut (and
    comes whole among the refused). Nothing is raised.
    """
    try:
        return read(field, value, language), []
    except FieldError:
        pass
    item = _LISTS.get(field.kind)
    if item is not None:
        return _salvage_each(field, item, several(value), language)
    try:
        if field.kind == "geometry":
            return geometry.read_geometry(value, repair=True), []
        if field.kind == "text" and isinstance(value, str):
            return _cut(text.clean(value), field.limit), [value]
        if field.kind == "translated":
            texts = {tag: text.clean(one) for tag, one in translations.by_language(value, language).items() if one}
            return {tag: _cut(one, field.limit) for tag, one in texts.items()}, [value]
        if field.kind == "keywords":
            return _salvage_keywords(value, language)
    except FieldError:
        pass
    return None, [value]


def _salvage_each(field: Field, item: str, values: list[Any], language: str) -> tuple[Any, list[Any]]:
    good: dict[Any, None] = {}
    refused: list[Any] = []
    for value in values:
        try:
            good[_ONE[item](field, value, language)] = None
        except FieldError:
            refused.append(value)
    return list(good), refused


def _salvage_keywords(value: object, language: str) -> tuple[Any, list[Any]]:
    good: dict[str, list[str]] = {}
    refused: list[Any] = []
    for tag, words in translations.by_language(value, language).items():
        for word in several(words):
            short = len(text.clean(word)) <= translations.LONGEST_KEYWORD
            if short and len(good.get(tag, ())) < translations.MOST_KEYWORDS:
                good.setdefault(tag, []).append(text.clean(word))
            else:
                refused.append(word)
    return good, refused


def _cut(whole: str, limit: int) -> str:
    return whole if len(whole) <= limit else f"{whole[: limit - 1].rstrip()}…"
