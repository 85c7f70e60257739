"""The schemas' YAML files: put together from shared sections, and checked with file and line.

ckanext-scheming reads each schema from one file and knows no include. Here YAML gets a tag of ours, ``!sections``,
under which a schema lists the sections of its form; a name stands for a section of ``fields.yaml`` beside it, so
that no field is written twice::

    dataset_fields: !sections
    - about                       # the section of that name in fields.yaml
    - section: mobility           # a section of this schema alone
      title: {en: Mobility, nl: Mobiliteit, fr: Mobilité}
      fields:
      - field_name: transport_mode

What scheming gets is the flat list of fields it expects. Every field says its ``section``; the first field of a
section carries ``start_section`` with the section's name, title and help, for the form. Pure: no CKAN here.

How the form treats a field is said beside it: ``form_essential`` (it stands open; ``true``, or the types of dataset
for which it does), ``form_default`` (what a new form starts with), ``form_blanks`` (empty repetitions),
``form_if_given`` (a part of a group that is shown only when it has a value), ``form_featured`` (the few codes that
most people want, each with what it means, before the rest of the list), and ``form_lookup`` (an action of the API
that fills a group: ``list`` and ``show`` with their fixed arguments, ``name``, ``note`` and ``key`` of what it gives,
and ``fill``, subfield by subfield).
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from ckanext.oslo import quick_yaml, vocabularies
from ckanext.oslo.mistakes import Mistake
from ckanext.oslo.reading import KINDS

TAG = "!sections"
SHARED = "fields.yaml"
LANGUAGES = frozenset(vocabularies.LANGUAGES)

_TEXTS = frozenset({"label", "help_text", "title", "help", "form_placeholder", "repeating_label"})
_FIELD_KEYS = _TEXTS | {
    "field_name",
    "preset",
    "kind",
    "vocabulary",
    "limit",
    "required",
    "kept",
    "other_uris",
    "at_most",
    "validators",
    "output_validators",
    "choices_helper",
    "form_snippet",
    "display_snippet",
    "error_snippet",
    "form_attrs",
    "form_blanks",
    "form_default",
    "form_essential",
    "form_featured",
    "form_if_given",
    "form_lookup",
    "repeating_subfields",
    "upload_field",
    "upload_clear",
    "upload_label",
}
_SECTION_KEYS = frozenset({"section", "title", "help", "fields"})


class SchemaError(Exception):
    """The schema files hold mistakes; its text is one line for each."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def register() -> None:
    """Teach YAML's safe loaders, scheming's and ours, the tag ``!sections``."""
    for loader in (yaml.SafeLoader, quick_yaml.LOADER):
        loader.add_constructor(TAG, _sections)


def _sections(loader: yaml.SafeLoader, node: yaml.Node) -> list[dict[str, Any]]:
    """Put the listed sections' fields together in one flat list."""
    if not isinstance(node, yaml.SequenceNode):
        raise ConstructorError(None, None, "expected a list of sections", node.start_mark)
    path = Path(node.start_mark.name).with_name(SHARED)
    # A copy: scheming writes into what it gets.
    shared = copy.deepcopy(_shared(path, path.stat().st_mtime_ns))
    fields: list[dict[str, Any]] = []
    for item in node.value:
        section = loader.construct_object(item, deep=True)
        if isinstance(section, str):
            if section not in shared:
                known = ", ".join(sorted(shared))
                raise ConstructorError(None, None, f"expected a section of {SHARED}: {known}", item.start_mark)
            section = shared[section]
        if not isinstance(section, dict) or not {"section", "fields"} <= set(section):
            raise ConstructorError(
                None, None, "expected the name of a section, or one with 'section' and 'fields'", item.start_mark
            )
        start = {key: section[key] for key in ("section", "title", "help") if key in section}
        for number, field in enumerate(section["fields"]):
            placed = {**field, "section": section["section"]}
            fields.append({**placed, "start_section": start} if number == 0 else placed)
    return fields


@functools.lru_cache(maxsize=8)
def _shared(path: Path, _changed: int) -> dict[str, dict[str, Any]]:
    """Read the shared sections, once for all schemas and again when the file has ``_changed``."""
    with path.open(encoding="utf-8") as file:
        sections = quick_yaml.load(file)["sections"]
    return {section["section"]: section for section in sections}


def check(folder: Path) -> None:
    """Read every schema file of ``folder`` and make sure that the portal can use it.

    :raises SchemaError: with every mistake found, or with the first that hides the rest
    """
    register()
    mistakes: list[Mistake] = []
    presets: set[str] | None = None
    roots: dict[Path, yaml.Node | None] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            root = roots[path] = quick_yaml.compose(path.read_text(encoding="utf-8"))
        except yaml.MarkedYAMLError as error:
            raise SchemaError([_marked(path, error)]) from error
        if path.name == "presets.yaml":
            presets = {_value(node, "preset_name") or "" for node in _items(root, "presets")}
        mistakes += _fields_in(path, root)
    for path in roots:
        mistakes += _composed(path)
    for path, root in roots.items():
        mistakes += [
            Mistake(str(path), node.start_mark.line + 1, f"expected a preset of presets.yaml, not {node.value!r}")
            for field in _all_fields(root)
            if (node := _child(field, "preset")) is not None
            and presets is not None
            and node.value not in presets | STOCK_PRESETS
        ]
    if mistakes:
        raise SchemaError(mistakes)


STOCK_PRESETS = frozenset({"dataset_slug", "dataset_organization", "resource_url_upload", "organization_url_upload"})
"""The presets of ckanext-scheming itself that the schemas use."""


def _composed(path: Path) -> Iterator[Mistake]:
    """Read the file as scheming will, and look for a field that stands in it twice."""
    try:
        with path.open(encoding="utf-8") as file:
            schema = quick_yaml.load(file)
    except yaml.MarkedYAMLError as error:
        yield _marked(path, error)
        return
    for group in ("dataset_fields", "resource_fields", "fields"):
        names: set[str] = set()
        for field in schema.get(group, ()):
            name = field.get("field_name")
            if name in names:
                yield Mistake(str(path), 1, f"expected each field once, but {name!r} stands twice in {group}")
            names.add(name)


def _fields_in(path: Path, root: yaml.Node | None) -> Iterator[Mistake]:
    for field in _all_fields(root):
        yield from _field(path, field)
    for section in _all_sections(root):
        yield from _keys(path, section, _SECTION_KEYS)


def _field(path: Path, field: yaml.MappingNode) -> Iterator[Mistake]:
    yield from _keys(path, field, _FIELD_KEYS)
    line = field.start_mark.line + 1
    name = _value(field, "field_name")
    if not name:
        yield Mistake(str(path), line, "expected a field_name")
    elif _child(field, "label") is None and _value(field, "form_snippet") != "null":
        yield Mistake(str(path), line, f"expected a label in en, nl and fr for {name}")
    for key, known in (("vocabulary", vocabularies.NAMES), ("kind", tuple(KINDS))):
        node = _child(field, key)
        if node is not None and node.value not in known:
            yield Mistake(str(path), node.start_mark.line + 1, f"expected one of {', '.join(sorted(known))}")


def _keys(path: Path, mapping: yaml.MappingNode, known: frozenset[str]) -> Iterator[Mistake]:
    for key, value in mapping.value:
        line = key.start_mark.line + 1
        if key.value not in known:
            yield Mistake(str(path), line, f"expected one of {', '.join(sorted(known))}, not {key.value!r}")
        elif key.value in _TEXTS:
            found = (
                {language.value for language, _text in value.value} if isinstance(value, yaml.MappingNode) else set()
            )
            if found != LANGUAGES:
                yield Mistake(str(path), line, f"expected {key.value!r} in en, nl and fr")


def _all_fields(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    for group in ("dataset_fields", "resource_fields", "fields"):
        for node in _items(root, group):
            if _child(node, "section") is None:
                yield node
                yield from _items(node, "repeating_subfields")
    for section in _all_sections(root):
        for node in _items(section, "fields"):
            yield node
            yield from _items(node, "repeating_subfields")


def _all_sections(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    for group in ("sections", "dataset_fields", "resource_fields", "fields"):
        yield from (node for node in _items(root, group) if _child(node, "section") is not None)


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _value(node: yaml.Node | None, key: str) -> str | None:
    child = _child(node, key)
    return child.value if isinstance(child, yaml.ScalarNode) else None


def _items(node: yaml.Node | None, key: str) -> list[yaml.MappingNode]:
    child = _child(node, key)
    items = child.value if isinstance(child, yaml.SequenceNode) else []
    return [item for item in items if isinstance(item, yaml.MappingNode)]


def _marked(path: Path, error: yaml.MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    name = mark.name if mark and Path(mark.name).suffix else str(path)
    return Mistake(name, mark.line + 1 if mark else 1, str(error.problem or error))
