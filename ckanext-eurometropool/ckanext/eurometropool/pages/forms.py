"""The forms of stewards: the sections of a schema, and what is wrong with which field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards

#: Sections that stand open: what a record cannot do without, and what makes a record of this type.
OPEN = {"", "about", "mobility", "work", "file"}

Field = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """A group of fields of a form.

    ``folded`` sections are a ``<details>``, ``open`` when something in it is wrong; ``filled`` counts the fields that
    have a value.
    """

    name: str
    title: str
    help: str
    fields: Sequence[Field]
    folded: bool
    open: bool
    wrong: bool
    filled: int


@dataclass(frozen=True)
class Mistake:
    """One line of the summary of errors: the field, the HTML id to go to, its label, and what is wrong."""

    field: str
    id: str
    label: str
    message: str


def sections(fields: Iterable[Field], data: Mapping[str, Any], errors: Mapping[str, Any]) -> list[Section]:
    """Group the fields a form asks for by their section, in the order of the schema."""
    grouped: dict[str, list[Field]] = {}
    starts: dict[str, Mapping[str, Any]] = {}
    for field in fields:
        name = str(field.get("section") or "")
        starts.setdefault(name, field.get("start_section") or {})
        if field.get("form_snippet", "") is not None:
            grouped.setdefault(name, []).append(field)
    return [_section(name, starts[name], asked, data, errors or {}) for name, asked in grouped.items()]


def _section(
    name: str, start: Mapping[str, Any], fields: Sequence[Field], data: Mapping[str, Any], errors: Mapping[str, Any]
) -> Section:
    wrong = any(_has(errors, field["field_name"]) for field in fields)
    return Section(
        name=name or "other",
        title=_words(start.get("title")),
        help=_words(start.get("help")),
        fields=fields,
        folded=name not in OPEN,
        open=wrong,
        wrong=wrong,
        filled=sum(1 for field in fields if _has(data, field["field_name"])),
    )


def _has(values: Mapping[str, Any], name: str) -> bool:
    """Whether a field has a value, as a whole or in parts as the form sends them (``title_translated-nl``)."""
    parts = (value for key, value in values.items() if key == name or key.startswith(f"{name}-"))
    return any(_said(value) for value in parts)


def _said(value: Any) -> bool:
    """Whether anything is in a value: a list of empty inputs says nothing."""
    if isinstance(value, Mapping):
        return any(_said(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_said(part) for part in value)
    return bool(value)


def mistakes(fields: Iterable[Field], errors: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong with a form, in the order of its fields; what belongs to no field comes last."""
    known = {field["field_name"]: field for field in fields}
    places = {name: place for place, name in enumerate(known)}
    ordered = sorted(errors, key=lambda name: places.get(_field_of(name, known), len(places)))
    found: list[Mistake] = []
    for name in ordered:
        field = known.get(_field_of(name, known), {})
        label = _words(field.get("label")) or name
        found += [Mistake(name, element, label, text) for element, text in _messages(f"field-{name}", errors[name])]
    return found


def _field_of(name: str, known: Mapping[str, Field]) -> str:
    """Return the field an error belongs to: ``title_translated-nl`` is a part of ``title_translated``."""
    return name if name in known else name.partition("-")[0]


def _messages(element: str, errors: Any) -> Iterator[tuple[str, str]]:
    """Yield (HTML id, message) of the errors of a field: a list, by language, or by repeated group and subfield."""
    if isinstance(errors, str):
        yield element, errors
    elif isinstance(errors, Mapping):
        for part, inner in errors.items():
            yield from _messages(f"{element}-{part}", inner)
    else:
        for number, inner in enumerate(errors or ()):
            yield from _messages(element if isinstance(inner, str) else f"{element}-{number}", inner)


def heading(dataset_type: str, dataset: Mapping[str, Any] | None) -> str:
    """Return the heading of a form: the title of what is edited, or what is added."""
    if dataset and dataset.get("id"):
        return cards.text(dataset, "title", otherwise=dataset.get("title") or dataset["name"]).value
    return {"mobility": tk._("Add a mobility dataset"), "work": tk._("Add a work dataset")}.get(
        dataset_type, tk._("Add a dataset")
    )


def _words(text: Any) -> str:
    """Return a text of a schema in the reader's language."""
    return str(tk.h.scheming_language_text(text)) if text else ""
