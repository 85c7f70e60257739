"""What is wrong with a form, line by line, each leading to its input. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.oslo.forms.layout import TRANSLATED, Field, Words


@dataclass(frozen=True)
class Mistake:
    """One line of the summary: the input's name, the HTML id to go to, its label, and what is wrong."""

    input: str
    id: str
    label: str
    message: str


@dataclass(frozen=True)
class Form:
    """What the summary needs to know of a form: its fields, the reader's language, and how files are called."""

    dataset_fields: Sequence[Field]
    resource_fields: Sequence[Field]
    words: Words
    language: str
    file_label: str


def mistakes(form: Form, errors: Mapping[str, Any]) -> list[Mistake]:
    """List what is wrong in the order of the fields; what belongs to no field comes last."""
    found: list[Mistake] = []
    files = errors.get("resources")
    for name in _ordered(errors, form.dataset_fields):
        if name != "resources":
            found += _of_field(name, errors[name], form.dataset_fields, form, "", "")
    for number, wrong in enumerate(files if isinstance(files, list) else ()):
        if isinstance(wrong, Mapping):
            for name in _ordered(wrong, form.resource_fields):
                label = form.file_label.format(number=number + 1)
                found += _of_field(name, wrong[name], form.resource_fields, form, f"resources__{number}__", label)
    return found


def input_of(name: str, field: Field, language: str) -> str:
    """Name the input that a field's own error stands beside: a text's is that in the reader's language."""
    return f"{name}-{language}" if field.get("kind") in TRANSLATED and name == field["field_name"] else name


def _ordered(errors: Mapping[str, Any], fields: Sequence[Field]) -> list[str]:
    known = {field["field_name"]: place for place, field in enumerate(fields)}
    return sorted(errors, key=lambda name: known.get(_field_of(name, known), len(known)))


def _of_field(name: str, errors: Any, fields: Sequence[Field], form: Form, prefix: str, file: str) -> Iterator[Mistake]:
    known = {field["field_name"]: field for field in fields}
    field = known.get(_field_of(name, known), {"field_name": name})
    label = form.words(field.get("label")) or name
    if name != field["field_name"] and name.startswith(f"{field['field_name']}-"):
        label = f"{label} ({name[len(field['field_name']) + 1 :]})"
    if file:
        label = f"{file}: {label}"
    subfields = {one["field_name"]: one for one in field.get("repeating_subfields") or ()}
    for part, message in _messages(errors):
        input_name = prefix + (f"{name}-{part}" if part else input_of(name, field, form.language))
        subfield = subfields.get(part.partition("-")[2])
        full = f"{label}: {form.words(subfield.get('label'))}" if subfield else label
        yield Mistake(input_name, f"field-{input_name}", full, message)


def _field_of(name: str, known: Mapping[str, Any]) -> str:
    return name if name in known else name.partition("-")[0]


def _messages(errors: Any, part: str = "") -> Iterator[tuple[str, str]]:
    """Yield (part of the input's name, message): errors are a list, or by repeated group and subfield."""
    if isinstance(errors, str):
        yield part, errors
    elif isinstance(errors, Mapping):
        for inner, wrong in errors.items():
            yield from _messages(wrong, f"{part}-{inner}".strip("-"))
    else:
        for number, wrong in enumerate(errors or ()):
            yield from _messages(wrong, part if isinstance(wrong, str) else f"{part}-{number}".strip("-"))
