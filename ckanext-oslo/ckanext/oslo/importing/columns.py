"""The columns of a sheet for a schema: which field each fills, and how it is called in three languages. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.oslo.forms.layout import TRANSLATED
from ckanext.oslo.vocabularies import LANGUAGES

FILE = "resources"
LISTED = frozenset({"concepts", "texts", "uris", "decimals"})
CHOSEN = frozenset({"concept", "concepts", "code", "format"})
NOT_ASKED = frozenset({"private"})

_OWN_NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}
_FILE_LABEL = {"nl": "Bestand", "fr": "Fichier", "en": "File"}


@dataclass(frozen=True)
class Column:
    """One column: ``title_translated-nl``, ``contact-0-email``, ``resources-0-url``.

    ``labels`` are what it is called, by language; ``essential`` columns come first in a template.
    """

    name: str
    field: Mapping[str, Any]
    labels: Mapping[str, str]
    required: bool
    essential: bool

    @property
    def is_list(self) -> bool:
        """Tell whether a cell holds several values, with semicolons or line ends between them."""
        return self.field.get("kind") in LISTED

    @property
    def vocabulary(self) -> str | None:
        """Give the vocabulary that the cells choose from, if any."""
        kind = self.field.get("kind")
        return str(self.field["vocabulary"]) if kind in CHOSEN and self.field.get("vocabulary") else None

    @property
    def has_one_choice(self) -> bool:
        """Tell whether a cell holds exactly one value of a list."""
        return self.vocabulary is not None and not self.is_list


def columns(schema: Mapping[str, Any]) -> list[Column]:
    """Give the columns of a schema's template: every field the form asks for, one of each group, one file."""
    dataset_type = str(schema["dataset_type"])
    found = list(_of_fields(schema["dataset_fields"], "", {}, dataset_type))
    found += _of_fields(schema["resource_fields"], f"{FILE}-0-", _FILE_LABEL, dataset_type)
    return sorted(found, key=lambda column: not column.essential)


def _of_fields(
    fields: Sequence[Mapping[str, Any]], prefix: str, above: Mapping[str, str], dataset_type: str
) -> Iterator[Column]:
    for field in fields:
        name = field["field_name"]
        if field.get("kept") or field.get("form_snippet", "") is None or name in NOT_ASKED:
            continue
        labels = {
            language: " – ".join(filter(None, (above.get(language), field["label"][language])))
            for language in LANGUAGES
        }
        essential = _is_essential(field, dataset_type) or (prefix.startswith(FILE) and name == "url")
        if field.get("kind") in TRANSLATED:
            for language in LANGUAGES:
                named = {reader: f"{label} ({_OWN_NAMES[language]})" for reader, label in labels.items()}
                yield Column(f"{prefix}{name}-{language}", field, named, bool(field.get("required")), essential)
        elif "repeating_subfields" in field:
            yield from _of_group(field, labels, essential)
        else:
            yield Column(prefix + name, field, labels, bool(field.get("required")) and not prefix, essential)


def _of_group(group: Mapping[str, Any], labels: Mapping[str, str], essential: bool) -> Iterator[Column]:
    for subfield in group["repeating_subfields"]:
        named = {language: f"{label} – {subfield['label'][language]}" for language, label in labels.items()}
        name = f"{group['field_name']}-0-{subfield['field_name']}"
        yield Column(name, subfield, named, False, essential and bool(subfield.get("form_essential")))


def _is_essential(field: Mapping[str, Any], dataset_type: str) -> bool:
    essential = field.get("form_essential", False)
    return dataset_type in essential if isinstance(essential, list) else bool(essential)


def find(header: str, known: Sequence[Column]) -> str | None:
    """Give the name of the column that a header means: its name, another repetition's, or its label in any language."""
    said = _plain(header)
    for column in known:
        if said == column.name.casefold() or said in {_plain(label) for label in column.labels.values()}:
            return column.name
    pattern = "-".join("0" if part.isdigit() else part for part in said.split("-"))
    if pattern != said and any(pattern == column.name.casefold() for column in known):
        return said
    return None


def _plain(header: str) -> str:
    return header.replace("*", "").replace("\u00a0", " ").strip().casefold()
