"""Read a vocabulary from its YAML file, and say file and line of a mistake in it.

The form of a file, one concept an entry, the order being the one people see::

    base: http://publications.europa.eu/resource/authority/access-right/
    concepts:
    - {code: PUBLIC, nl: openbaar, fr: public, en: public, synonyms: [open access]}

``uri`` replaces base + code; ``name`` is a name that is the same in every language; ``broader`` names codes of the
same file, ``exact`` gives URIs with the same meaning elsewhere, ``synonyms`` the ways in which portals write it.
"""

from __future__ import annotations

import functools
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from ckanext.oslo.vocabularies.concepts import LANGUAGES, Concept, Vocabulary, VocabularyError

DATA = Path(__file__).parent / "data"
NAMES = tuple(sorted(path.stem for path in DATA.glob("*.yaml")))

_LISTS = ("broader", "exact", "synonyms")
_TEXTS = ("code", "uri", "name", *LANGUAGES)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def load(name: str) -> Vocabulary:
    """Give the vocabulary called ``name``, read once a process.

    :raises VocabularyError: no such vocabulary, or a mistake in its file
    """
    if name not in NAMES:
        raise VocabularyError(f"There is no vocabulary {name!r}. There are: {', '.join(NAMES)}")
    return read(DATA / f"{name}.yaml")


def read(path: Path) -> Vocabulary:
    """Read one vocabulary file; its name is the file's.

    :raises VocabularyError: with file, line and what was expected
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise VocabularyError(f"{path.name}:{line}: {error.problem}") from error
    entries = _entries(path, root)
    base = _text(path, entries["base"]) if "base" in entries else ""
    if not isinstance(entries.get("concepts"), yaml.SequenceNode):
        raise VocabularyError(f"{path.name}:1: expected a list called 'concepts'")
    concepts: list[Concept] = []
    lines: dict[str, int] = {}
    for node in entries["concepts"].value:
        concept = _concept(path, node, base)
        line = node.start_mark.line + 1
        if concept.uri in lines:
            raise VocabularyError(f"{path.name}:{line}: {concept.uri} already stands in line {lines[concept.uri]}")
        lines[concept.uri] = line
        concepts.append(concept)
    try:
        return Vocabulary(path.stem, tuple(concepts))
    except VocabularyError as error:
        named = [line for uri, line in lines.items() if f" {uri.removeprefix(base)} " in f"{error} "]
        raise VocabularyError(f"{path.name}:{max(named, default=1)}: {error}") from error


def _concept(path: Path, node: yaml.Node, base: str) -> Concept:
    entries = _entries(path, node)
    values: dict[str, Any] = {}
    for key, value in entries.items():
        line = value.start_mark.line + 1
        if key in _LISTS:
            if not isinstance(value, yaml.SequenceNode):
                raise VocabularyError(f"{path.name}:{line}: expected a list for {key!r}")
            values[key] = tuple(_text(path, item) for item in value.value)
        elif key in _TEXTS:
            values[key] = _text(path, value)
        else:
            raise VocabularyError(
                f"{path.name}:{line}: {key!r} is not known here. "
                f"Expected {', '.join(_TEXTS + _LISTS)} (languages: {', '.join(LANGUAGES)})"
            )
    line = node.start_mark.line + 1
    named = {language: values.get(language, values.get("name")) for language in LANGUAGES}
    labels = {language: name for language, name in named.items() if name}
    if "code" not in values or not labels:
        raise VocabularyError(f"{path.name}:{line}: expected a code and a name in {', '.join(LANGUAGES)}")
    return Concept(
        uri=values.get("uri") or base + values["code"],
        code=values["code"],
        labels=MappingProxyType(labels),
        broader=tuple(code if "://" in code else base + code for code in values.get("broader", ())),
        exact_match=values.get("exact", ()),
        synonyms=values.get("synonyms", ()),
    )


def _entries(path: Path, node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1 if node else 1
        raise VocabularyError(f"{path.name}:{line}: expected 'name: value' pairs")
    return {_text(path, key): value for key, value in node.value}


def _text(path: Path, node: yaml.Node) -> str:
    """Give a scalar as it is written: the code 01 stays 01, and ``no`` is not False."""
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise VocabularyError(f"{path.name}:{node.start_mark.line + 1}: expected a text")
    return node.value.strip()
