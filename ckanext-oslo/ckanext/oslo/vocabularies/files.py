"""Read a vocabulary from its YAML file, and say file and line of a mistake in it.

The form of a file, one concept an entry, the order being the one people see::

    title: {nl: Toegang, fr: Accès, en: Access}
    scheme: http://publications.europa.eu/resource/authority/access-right
    official: http://publications.europa.eu/resource/authority/access-right
    base: http://publications.europa.eu/resource/authority/access-right/
    concepts:
    - {code: PUBLIC, nl: openbaar, fr: public, en: public, synonyms: [open access]}
    others:
    - {code: NORMAL, nl: normaal, fr: normal, en: normal}
    differences:
    - {what: label, languages: [nl], about: [PUBLIC], why: the list says "publiek" since 2025}

``scheme`` and ``official`` (the address where the list is published) are absent in lists of the portal's own;
``formerly`` lists the beginnings that the list's URIs had in older standards, in place of ``base``.
``others`` are understood as well as ``concepts``, and not offered in forms. In a concept ``uri`` replaces base +
code; ``name`` is a name that is the same in nl, fr and en; ``notation`` is the official list's own code, where ours
is another; ``broader`` names codes of the same file, ``exact`` and ``close`` give URIs with the same and nearly the
same meaning elsewhere, ``synonyms`` the ways in which portals write it. ``differences`` explains where ours is not
what the official list says (`ckanext.oslo.vocabularies.differences`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from ckanext.oslo import quick_yaml
from ckanext.oslo.mistakes import Mistake
from ckanext.oslo.vocabularies import refreshed
from ckanext.oslo.vocabularies.concepts import (
    LABEL_LANGUAGES,
    LANGUAGES,
    Concept,
    Vocabulary,
    VocabularyError,
    conflicts,
)
from ckanext.oslo.vocabularies.explanations import Explanation, What

DATA = Path(__file__).parent / "data"
NAMES = tuple(sorted(path.stem for path in DATA.glob("*.yaml")))

_LISTS = ("broader", "exact", "close", "synonyms")
_TEXTS = ("code", "uri", "name", "notation", *LABEL_LANGUAGES)
_HEAD = ("title", "scheme", "official", "base", "formerly", "concepts", "others", "differences")


@functools.cache
def load(name: str) -> Vocabulary:
    """Give the vocabulary called ``name``, read once a process, with the names that `refreshed` has of it.

    :raises VocabularyError: no such vocabulary, or a mistake in its file
    """
    path = _path(name)
    vocabulary = read(path)
    labels = refreshed.labels(name)
    if not labels:
        return vocabulary
    kept = {
        (concept.uri, language)
        for concept in vocabulary
        for language in LABEL_LANGUAGES
        if any(one.covers(What.LABEL, concept.code, language) for one in explanations(name))
    }
    return replace(vocabulary, concepts=tuple(_renamed(vocabulary, one, labels, kept) for one in vocabulary))


def use_refreshed(folder: Path | None) -> None:
    """Say where `refreshed` lists are kept (None: use the shipped ones only), and forget what was loaded."""
    refreshed.use(folder)
    load.cache_clear()


@functools.cache
def explanations(name: str) -> tuple[Explanation, ...]:
    """Give what the file says about where it departs from the official list."""
    path = _path(name)
    node = _entries(path, _composed(path)).get("differences")
    return tuple(_explanation(path, item) for item in _items(path, node)) if node else ()


def read(path: Path) -> Vocabulary:
    """Read one vocabulary file; its name is the file's.

    :raises VocabularyError: with file, line and what was expected
    """
    entries = _entries(path, _composed(path), _HEAD)
    base = _text(path, entries["base"]) if "base" in entries else ""
    if "concepts" not in entries:
        raise VocabularyError(Mistake(path.name, 1, "expected a list called 'concepts'"))
    nodes = [(node, True) for node in _items(path, entries["concepts"])]
    if "others" in entries:
        nodes += [(node, False) for node in _items(path, entries["others"])]
    concepts = tuple(_concept(path, node, base, offered=offered) for node, offered in nodes)
    for conflict in conflicts(concepts):
        first, *more = sorted({nodes[place][0].start_mark.line + 1 for place in conflict.places}, reverse=True)
        also = f"; see line {', '.join(map(str, sorted(more)))}" if more else ""
        raise VocabularyError(Mistake(path.name, first, f"{conflict.text}{also}"))
    title = _entries(path, entries["title"], LABEL_LANGUAGES) if "title" in entries else {}
    return Vocabulary(
        path.stem,
        concepts,
        _text(path, entries["scheme"]) if "scheme" in entries else "",
        MappingProxyType({language: _text(path, node) for language, node in title.items()}),
        _text(path, entries["official"]) if "official" in entries else "",
        base,
        tuple(_text(path, item) for item in _items(path, entries["formerly"])) if "formerly" in entries else (),
    )


def _path(name: str) -> Path:
    if name not in NAMES:
        raise VocabularyError(f"There is no vocabulary {name!r}. There are: {', '.join(NAMES)}")
    return DATA / f"{name}.yaml"


def _renamed(vocabulary: Vocabulary, concept: Concept, labels: refreshed.Labels, kept: set[tuple[str, str]]) -> Concept:
    """Give the concept with its fresh names; by its former ones it goes on being found, as portals keep them."""
    fresh = {
        language: label
        for language, label in labels.get(concept.uri, {}).items()
        if (concept.uri, language) not in kept
    }
    former = tuple(
        label
        for language, label in concept.labels.items()
        if fresh.get(language, label) != label and vocabulary.resolve(label) is concept
    )
    renamed = MappingProxyType({**concept.labels, **fresh})
    return replace(concept, labels=renamed, synonyms=concept.synonyms + former) if fresh else concept


def _composed(path: Path) -> yaml.Node | None:
    try:
        return quick_yaml.compose(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise VocabularyError(Mistake(path.name, line, error.problem or "this is not YAML")) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise VocabularyError(Mistake(path.name, 1, f"this is not YAML in UTF-8: {error}")) from error


def _concept(path: Path, node: yaml.Node, base: str, *, offered: bool) -> Concept:
    entries = _entries(path, node, _TEXTS + _LISTS)
    values: dict[str, Any] = {
        key: tuple(_text(path, item) for item in _items(path, value, key)) if key in _LISTS else _text(path, value)
        for key, value in entries.items()
    }
    labels = {language: values["name"] for language in LANGUAGES if "name" in values}
    labels |= {language: values[language] for language in LABEL_LANGUAGES if language in values}
    if "code" not in values or not labels:
        line = node.start_mark.line + 1
        raise VocabularyError(Mistake(path.name, line, f"expected a code and a name in {', '.join(LANGUAGES)}"))
    return Concept(
        uri=values.get("uri") or base + values["code"],
        code=values["code"],
        labels=MappingProxyType(labels),
        broader=tuple(code if "://" in code else base + code for code in values.get("broader", ())),
        exact_match=values.get("exact", ()),
        synonyms=values.get("synonyms", ()),
        close_match=values.get("close", ()),
        notation=values.get("notation", values["code"]),
        offered=offered,
    )


def _explanation(path: Path, node: yaml.Node) -> Explanation:
    entries = _entries(path, node, ("what", "about", "languages", "why"))
    line = node.start_mark.line + 1
    if not {"what", "about", "why"} <= entries.keys():
        raise VocabularyError(Mistake(path.name, line, "expected 'what', 'about' and 'why'"))
    what = _text(path, entries["what"])
    if what not in tuple(What):
        raise VocabularyError(Mistake(path.name, line, f"expected one of {', '.join(What)} for 'what'"))
    languages = _items(path, entries["languages"]) if "languages" in entries else []
    return Explanation(
        What(what),
        tuple(_text(path, item) for item in _items(path, entries["about"])),
        frozenset(_text(path, item) for item in languages),
        _text(path, entries["why"]),
    )


def _entries(path: Path, node: yaml.Node | None, known: tuple[str, ...] = ()) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1 if node else 1
        raise VocabularyError(Mistake(path.name, line, "expected 'name: value' pairs"))
    entries = {}
    for key, value in node.value:
        name, line = _text(path, key), key.start_mark.line + 1
        if name in entries:
            raise VocabularyError(Mistake(path.name, line, f"{name!r} stands here twice"))
        if known and name not in known:
            raise VocabularyError(Mistake(path.name, line, f"{name!r} is not known here; expected {', '.join(known)}"))
        entries[name] = value
    return entries


def _items(path: Path, node: yaml.Node, key: str = "") -> Iterator[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        wanted = f" for {key!r}" if key else ""
        raise VocabularyError(Mistake(path.name, node.start_mark.line + 1, f"expected a list{wanted}"))
    yield from node.value


def _text(path: Path, node: yaml.Node) -> str:
    """Give a scalar as it is written: the code 01 stays 01, and ``no`` is not False."""
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise VocabularyError(Mistake(path.name, node.start_mark.line + 1, "expected a text"))
    return node.value.strip()
