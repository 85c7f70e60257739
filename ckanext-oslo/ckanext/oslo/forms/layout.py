"""How the fields of a schema are laid out in a form: essentials open, the rest folded. Pure.

A section is what the schema calls one (`ckanext.oslo.schema_files`). Its fields marked ``form_essential`` stand open;
the others are folded below them, and unfold by themselves when one of them holds a value or a mistake. Neighbouring
texts that are asked in several languages share one row of language tabs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Field = Mapping[str, Any]
Words = Callable[[Any], str]

TRANSLATED = frozenset({"translated", "keywords"})
FILES = "files"


@dataclass(frozen=True)
class Part:
    """What stands together: one field, or the texts under one row of language tabs."""

    fields: tuple[Field, ...]
    in_languages: bool


@dataclass(frozen=True)
class Section:
    """A part of the form under one heading. ``filled`` of ``asked`` fields have a value."""

    name: str
    title: str
    help: str
    essential: tuple[Part, ...]
    more: tuple[Part, ...]
    unfolded: bool
    wrong: bool
    filled: int
    asked: int


def sections(
    fields: Iterable[Field],
    dataset_type: str,
    data: Mapping[str, Any],
    errors: Mapping[str, Any],
    words: Words,
) -> list[Section]:
    """Lay out the fields that a form asks for, in the schema's order.

    ``data`` and ``errors`` are a form's, by input name (``title_translated-nl``) or by field; ``words`` gives a text
    of the schema in the reader's language.
    """
    grouped: dict[str, list[Field]] = {}
    starts: dict[str, Mapping[str, Any]] = {}
    for field in fields:
        name = str(field.get("section") or "")
        starts.setdefault(name, field.get("start_section") or {})
        if field.get("form_snippet", "") is not None:
            grouped.setdefault(name, []).append(field)
    return [
        _section(name or "other", starts[name], asked, dataset_type, data, errors or {}, words)
        for name, asked in grouped.items()
    ]


def _section(
    name: str,
    start: Mapping[str, Any],
    fields: Sequence[Field],
    dataset_type: str,
    data: Mapping[str, Any],
    errors: Mapping[str, Any],
    words: Words,
) -> Section:
    more = [field for field in fields if not is_essential(field, dataset_type)]
    return Section(
        name=name,
        title=words(start.get("title")),
        help=words(start.get("help")),
        essential=tuple(parts(field for field in fields if is_essential(field, dataset_type))),
        more=tuple(parts(more)),
        unfolded=any(has(errors, field["field_name"]) or _given(data, field, dataset_type) for field in more),
        wrong=any(has(errors, field["field_name"]) for field in fields),
        filled=sum(1 for field in fields if has(data, field["field_name"])),
        asked=len(fields),
    )


def is_essential(field: Field, dataset_type: str) -> bool:
    """Tell whether a field stands open in the form of this type: ``true``, or a list of types that it does for."""
    essential = field.get("form_essential", False)
    return dataset_type in essential if isinstance(essential, list) else bool(essential)


def parts(fields: Iterable[Field]) -> list[Part]:
    """Put neighbouring texts in several languages together."""
    found: list[Part] = []
    for in_languages, together in groupby(fields, key=lambda field: field.get("kind") in TRANSLATED):
        if in_languages:
            found.append(Part(tuple(together), in_languages=True))
        else:
            found += [Part((field,), in_languages=False) for field in together]
    return found


def has(values: Mapping[str, Any], name: str) -> bool:
    """Tell whether a field has a value, as a whole or in parts as the form sends them (``title_translated-nl``)."""
    parts_of_it = (value for key, value in values.items() if key == name or str(key).startswith(f"{name}-"))
    return any(_said(value) for value in parts_of_it)


def default(field: Field, dataset_type: str) -> Any:
    """Give what a new form starts with, None for nothing: ``form_default`` names the types that it is for."""
    return (field.get("form_default") or {}).get(dataset_type)


def _given(data: Mapping[str, Any], field: Field, dataset_type: str) -> bool:
    """Tell whether somebody gave the field a value: what every form brings along by itself does not unfold it."""
    value = data.get(field["field_name"])
    return has(data, field["field_name"]) and value not in (default(field, dataset_type), "False", False)


def _said(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_said(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_said(part) for part in value)
    return bool(value)
