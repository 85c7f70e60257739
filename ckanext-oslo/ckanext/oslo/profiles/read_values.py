"""Read the fields that are one property each, by the table of `properties`: the mirror of `values`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode

from ckanext.oslo.profiles.concepts import resolve
from ckanext.oslo.profiles.graph import Graph, Node
from ckanext.oslo.profiles.properties import Kind, Property
from ckanext.oslo.profiles.terms import OWN
from ckanext.oslo.vocabularies import LANGUAGES

UNTAGGED = LANGUAGES[0]
"""The language of a text that others wrote without saying one."""


def read_values(graph: Graph, subject: Node, properties: Iterable[Property]) -> dict[str, Any]:
    """Give the fields a subject has a value for."""
    return {one.field: value for one in properties if (value := _read(graph, subject, one)) not in ("", [], {}, None)}


def _read(graph: Graph, subject: Node, one: Property) -> Any:
    kind, predicate = one.kind, one.predicate
    if kind is Kind.TEXTS:
        words = one.field == "tags_translated"
        return read_words(graph, subject, predicate) if words else read_texts(graph, subject, predicate)
    if kind in (Kind.CONCEPT, Kind.CONCEPTS):
        found = list(dict.fromkeys(_concept(one.vocabulary, uri) for uri in graph.iris(subject, predicate)))
        return found if kind is Kind.CONCEPTS else next(iter(found), "")
    if kind is Kind.LINKS:
        return graph.iris(subject, predicate)
    if kind is Kind.LINK:
        return graph.iri(subject, predicate)
    if kind is Kind.DECIMALS:
        texts = [*graph.literals(subject, predicate), *graph.literals(subject, OWN[one.field])]
        return [number for text in texts if (number := _number(text.value, float)) is not None]
    text = graph.text(subject, predicate)
    return _number(text, int) if kind is Kind.NUMBER else text


def read_texts(graph: Graph, subject: Node, predicate: NamedNode) -> dict[str, str]:
    """Give a text by language, the first of each."""
    found: dict[str, str] = {}
    for literal in graph.literals(subject, predicate):
        found.setdefault(language_tag(literal.language), literal.value)
    return found


def read_words(graph: Graph, subject: Node, predicate: NamedNode) -> dict[str, list[str]]:
    """Give words by language."""
    found: dict[str, list[str]] = {}
    for literal in graph.literals(subject, predicate):
        found.setdefault(language_tag(literal.language), []).append(literal.value)
    return found


def language_tag(tag: str | None) -> str:
    """Give a language tag as it is usually written (RFC 5646 §2.1.1): nl-BE, zh-Hant, fr-t-nl."""
    if not tag:
        return UNTAGGED
    first, *others = tag.lower().split("-")
    written = [first]
    for part in others:
        after_single = any(len(before) == 1 for before in written)
        if not after_single and len(part) == 2:
            part = part.upper()
        elif not after_single and len(part) == 4 and part.isalpha():
            part = part.title()
        written.append(part)
    return "-".join(written)


def _concept(vocabulary: str, uri: str) -> str:
    """Give the concept our vocabulary knows by a URI (the Belgian theme is the EU's), else the URI."""
    concept = resolve(vocabulary, uri)
    return concept.uri if concept else uri


def _number(text: str, kind: type[int] | type[float]) -> int | float | None:
    try:
        return kind(text)
    except ValueError:
        return None
