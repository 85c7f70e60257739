"""What the templates of the form and of a field's display ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import markupsafe
from babel.dates import format_date, format_datetime
from ckan.plugins import toolkit

from ckanext.oslo import vocabularies
from ckanext.oslo.profiles import NotWritableError
from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.profiles.search_engines import script as schemaorg_script
from ckanext.oslo.reading import translations
from ckanext.oslo.vocabularies import LANGUAGES, Concept, Vocabulary

OWN_NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English", "de": "Deutsch"}
"""Each language by its own name: a reader finds theirs whatever the page's language is."""

Choice = dict[str, str]


def oslo_choices(field: Mapping[str, Any]) -> list[Choice]:
    """Give the concepts of a field's vocabulary to choose from: URI, name in the reader's language, group if any."""
    return _choices(field, lambda concept: concept.uri)


def oslo_code_choices(field: Mapping[str, Any]) -> list[Choice]:
    """Give the same as `oslo_choices` for a field that keeps codes."""
    return _choices(field, lambda concept: concept.code)


def oslo_format_choices(field: Mapping[str, Any]) -> list[Choice]:
    """Give the file types; what a resource keeps is the name people know."""
    return _choices(field, lambda concept: concept.label("en"))


def oslo_concept(vocabulary: str, value: str, language: str | None = None) -> str:
    """Give the name of a concept in the reader's language, or the value itself when no list knows it."""
    concept = vocabularies.load(vocabulary).resolve(value)
    return concept.label(language or _reader()) if concept else value


def oslo_values(value: Any) -> list[Any]:
    """Give a field's value as a list, whether it is one, JSON of one, or alone."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    if isinstance(value, list):
        return [item for item in value if item not in (None, "")]
    return [] if value in (None, "", {}) else [value]


def oslo_translation(texts: Any, language: str | None = None) -> dict[str, Any]:
    """Give the ``text`` (or keywords) to show, its ``language``, and whether that is ``other`` than the reader's."""
    wanted = language or _reader()
    texts = _loaded(texts)
    found = translations.best(texts, wanted)
    if found is None:
        return {"text": "", "language": wanted, "other": False}
    return {"text": texts[found], "language": found, "other": found.split("-")[0] != wanted}


def oslo_only_in(language: str) -> str:
    """Say honestly that a text exists only in another language than the reader's."""
    phrases = {
        "nl": toolkit._("available in Dutch only"),
        "fr": toolkit._("available in French only"),
        "en": toolkit._("available in English only"),
        "de": toolkit._("available in German only"),
    }
    return phrases.get(language.split("-")[0]) or toolkit._("available in another language only")


def oslo_language_name(language: str) -> str:
    """Give a language's own name: Nederlands, Français, English; of any other its name in the reader's language."""
    own = OWN_NAMES.get(language)
    if own:
        return own
    concept = vocabularies.load("language").resolve(language)
    return concept.label(_reader()) if concept else language


def oslo_form_texts(field: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the inputs of a translated field: ``language``, ``name`` of the input, ``value``.

    The portal's languages, the reader's first, then any other the field has. After an error what was sent stands
    again, not what is stored.
    """
    name = field["field_name"]
    stored = _loaded(data.get(name))
    sent = {key[len(name) + 1 :]: value for key, value in data.items() if str(key).startswith(f"{name}-")}
    reader = _reader()
    languages: dict[str, None] = dict.fromkeys([*([reader] if reader in LANGUAGES else []), *LANGUAGES, *stored, *sent])
    inputs = []
    for language in languages:
        value = sent.get(language, "") if sent else stored.get(language, "")
        inputs.append({"language": language, "name": f"{name}-{language}", "value": _joined(value)})
    return inputs


def oslo_form_languages(
    fields: list[Mapping[str, Any]], data: Mapping[str, Any], errors: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Give the languages of texts that stand under the same tabs, the reader's first.

    Each has its ``texts`` as (field, what `oslo_form_texts` says of it), and tells whether anything is ``filled`` in,
    ``missing``, or ``wrong``. Keywords may be missing.
    """
    asked = [(field, {one["language"]: one for one in oslo_form_texts(field, data)}) for field in fields]
    languages = dict.fromkeys(language for _field, texts in asked for language in texts)
    found = []
    for language in languages:
        empty = {"language": language, "value": ""}
        texts = [
            (field, texts.get(language) or {**empty, "name": f"{field['field_name']}-{language}"})
            for field, texts in asked
        ]
        first = language == next(iter(languages))
        found.append(
            {
                "language": language,
                "texts": texts,
                "filled": any(text["value"] for _field, text in texts),
                "missing": any(not text["value"] for field, text in texts if field.get("kind") != "keywords"),
                "wrong": any(
                    (errors or {}).get(text["name"]) or (first and (errors or {}).get(field["field_name"]))
                    for field, text in texts
                ),
            }
        )
    return found


def oslo_form_chosen(field: Mapping[str, Any], values: list[Any]) -> dict[str, str]:
    """Give the choice that each value stands for: its URI, or its code for a field that keeps codes.

    A value may be written in any way the vocabulary knows; those it does not know are left out.
    """
    vocabulary = vocabularies.load(field["vocabulary"])
    kept = {"code": lambda concept: concept.code, "format": lambda concept: concept.label("en")}.get(
        str(field.get("kind")), lambda concept: concept.uri
    )
    found = ((str(value), vocabulary.resolve(str(value))) for value in values)
    return {value: kept(concept) for value, concept in found if concept and concept in vocabulary.offered}


def oslo_form_lines(value: Any) -> str:
    """Give a list as the lines of a text area, or the text as it was sent."""
    return "\n".join(str(item) for item in oslo_values(value))


def oslo_form_groups(field: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Give how many repetitions a repeating field shows, its values by input name, and whether the last is blank.

    What was sent (``contact-0-email``) wins over what is stored, so that nothing of a refused form is lost.
    """
    name = field["field_name"]
    sent = {key: value for key, value in data.items() if _index(name, key) is not None}
    if sent:
        count = 1 + max(_index(name, key) or 0 for key in sent)
        return {"count": count, "values": dict(sent), "blank": False}
    records = data.get(name) or []
    values = {
        f"{name}-{index}-{subfield}": value
        for index, record in enumerate(records)
        if isinstance(record, Mapping)
        for subfield, value in record.items()
    }
    blanks = field.get("form_blanks", 0)
    return {"count": max(len(records), blanks), "values": values, "blank": blanks > len(records)}


def oslo_form_group_errors(field: Mapping[str, Any], errors: Mapping[str, Any]) -> dict[str, Any]:
    """Give a repeating field's errors by input name."""
    name = field["field_name"]
    found = errors.get(name) if errors else None
    return {
        f"{name}-{index}-{subfield}": messages
        for index, record in enumerate(found or [])
        if isinstance(record, Mapping)
        for subfield, messages in record.items()
    }


def oslo_date(value: Any) -> str:
    """Give a date in the reader's way; one that cannot be read stays as it is written."""
    text = str(value or "")
    language = _reader()
    try:
        if len(text) <= 7:
            return text
        if len(text) == 10:
            return format_date(datetime.fromisoformat(text), format="long", locale=language)
        return format_datetime(datetime.fromisoformat(text), format="long", locale=language)
    except ValueError:
        return text


def oslo_structured_data(dataset: Mapping[str, Any]) -> markupsafe.Markup:
    """Give a dataset as schema.org JSON-LD, fit to stand in a script element; empty if it cannot be written."""
    portal = portal_from_config(with_organizations=False)
    try:
        return markupsafe.Markup(schemaorg_script(dataset, portal, _reader()))  # noqa: S704  (the text is escaped)
    except NotWritableError:
        return markupsafe.Markup("{}")


def oslo_link(value: Any) -> markupsafe.Markup:
    """Give a link to a web address, the address as its text; anything else is shown and not linked."""
    text = str(value)
    if not text.lower().startswith(("http://", "https://", "ftp://")):
        return markupsafe.escape(text)
    return markupsafe.Markup('<a href="{0}" rel="nofollow noopener">{0}</a>').format(text)


def _choices(field: Mapping[str, Any], value: Any) -> list[Choice]:
    vocabulary = vocabularies.load(field["vocabulary"])
    language = _reader()
    return [
        {"value": value(concept), "label": concept.label(language), "group": group}
        for concept, group in _grouped(vocabulary, language)
    ]


def _grouped(vocabulary: Vocabulary, language: str) -> list[tuple[Concept, str]]:
    """Put concepts under the one above them, which leads its own group; a file type goes without groups."""
    if vocabulary.name == "file_type" or not any(concept.broader for concept in vocabulary.offered):
        return [(concept, "") for concept in vocabulary.offered]
    found: dict[str, tuple[Concept, str]] = {}
    for top in vocabulary.offered:
        if not top.broader:
            group = top.label(language)
            for concept in (top, *(one for one in vocabulary.narrower(top.uri) if one.offered)):
                found.setdefault(concept.uri, (concept, group))
    for concept in vocabulary.offered:
        found.setdefault(concept.uri, (concept, ""))
    return list(found.values())


def _loaded(texts: Any) -> dict[str, Any]:
    if isinstance(texts, str) and texts.startswith("{"):
        try:
            texts = json.loads(texts)
        except ValueError:
            return {}
    return dict(texts) if isinstance(texts, Mapping) else {}


def _joined(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value or "")


def _index(name: str, key: Any) -> int | None:
    parts = str(key).split("-", 2)
    return int(parts[1]) if len(parts) == 3 and parts[0] == name and parts[1].isdigit() else None


def _reader() -> str:
    try:
        language = toolkit.h.lang()
    except (RuntimeError, TypeError, AttributeError):  # outside a request
        return "en"
    return str(language or "en").split("_")[0]
