"""Read an official list as it is published: SKOS in any RDF syntax, or a CSV table of concepts. Pure.

A CSV has a column ``uri``, and of these what it wants: ``code``, ``label_nl`` (and _fr, _en, _de), ``broader`` (URIs,
or codes of the same list, parted by semicolons), ``exactMatch``, ``closeMatch``; or ``relation`` and ``match``, one
match a row.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat

from ckanext.oslo.vocabularies.concepts import LABEL_LANGUAGES, VocabularyError

SKOS = "http://www.w3.org/2004/02/skos/core#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SCHEME = "http://www.w3.org/2004/02/skos/core#ConceptScheme"
_ENDINGS = {
    "rdf": RdfFormat.RDF_XML,
    "xml": RdfFormat.RDF_XML,
    "owl": RdfFormat.RDF_XML,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "n3": RdfFormat.N3,
    "jsonld": RdfFormat.JSON_LD,
    "json": RdfFormat.JSON_LD,
}


@dataclass
class Listed:
    """One concept as an official list has it; what the list does not say is empty."""

    uri: str
    notation: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    broader: set[str] = field(default_factory=set)
    exact_match: set[str] = field(default_factory=set)
    close_match: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        """What to call it: its notation, else the end of its URI."""
        return self.notation or self.uri.rstrip("/").replace("#", "/").rpartition("/")[2]


def read_file(path: Path) -> Mapping[str, Listed]:
    """Read a file, told by how its name ends. Raises `VocabularyError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VocabularyError(f"{path} cannot be read: {error.strerror}") from error
    ending = path.suffix.lower().lstrip(".")
    return read(content, "csv" if ending == "csv" else _ENDINGS.get(ending), str(path.name))


def read_answer(content: bytes, media_type: str, address: str) -> Mapping[str, Listed]:
    """Read what a server sent; where the media type says nothing, by how it begins. Raises `VocabularyError`."""
    return read(content, "csv" if media_type == "text/csv" else RdfFormat.from_media_type(media_type), address)


def read(content: bytes, form: RdfFormat | str | None, called: str) -> Mapping[str, Listed]:
    """Read a list in a form: an RDF syntax, ``csv``, or None to tell by its beginning.

    :raises VocabularyError: it is something else, broken, or without a concept that has a name
    """
    if form is None:
        form = _told_by_beginning(content)
    if form is None:
        raise VocabularyError(f"{called}: expected RDF (Turtle, RDF/XML, JSON-LD, N-Triples) or CSV")
    try:
        found = _csv(content) if form == "csv" else _rdf(content, form, called)
    except (SyntaxError, ValueError, csv.Error, RecursionError) as error:
        if isinstance(error, VocabularyError):
            raise
        raise VocabularyError(f"{called}: {error}") from error
    if not found:
        raise VocabularyError(f"{called}: there is no concept with a name in it")
    return found


def _told_by_beginning(content: bytes) -> RdfFormat | str | None:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1000]
    first = start.partition(b"\n")[0].lower()
    if start.startswith(b"<?xml") or b"<rdf:RDF" in start:
        return RdfFormat.RDF_XML
    if start.startswith((b"{", b"[")):
        return RdfFormat.JSON_LD
    if start.lower().startswith((b"@prefix", b"prefix ", b"@base")) or (first.startswith(b"<http") and b"> " in first):
        return RdfFormat.TURTLE
    return "csv" if b"uri" in first and b"," in first else None


def _rdf(content: bytes, form: RdfFormat | str, called: str) -> dict[str, Listed]:
    # A kilobyte of nested entities is gigabytes of text; no official list needs one.
    if b"<!ENTITY" in content:
        raise VocabularyError(f"{called}: it declares XML entities, which are not read")
    found: defaultdict[str, Listed] = defaultdict(lambda: Listed(""))
    schemes: set[str] = set()
    for quad in pyoxigraph.parse(content, format=form if isinstance(form, RdfFormat) else None, lenient=True):
        if not isinstance(quad.subject, NamedNode):
            continue
        uri, predicate = quad.subject.value, quad.predicate.value
        if predicate == _TYPE and isinstance(quad.object, NamedNode) and quad.object.value == _SCHEME:
            schemes.add(uri)
        read_value = _READERS.get(predicate)
        if read_value and isinstance(quad.object, NamedNode | Literal):
            found[uri].uri = uri
            read_value(found[uri], quad.object)
    return {uri: one for uri, one in found.items() if one.labels and uri not in schemes}


def _label(concept: Listed, value: NamedNode | Literal) -> None:
    language = (value.language or "").partition("-")[0].lower() if isinstance(value, Literal) else ""
    if language in LABEL_LANGUAGES:
        concept.labels.setdefault(language, value.value)


def _notation(concept: Listed, value: NamedNode | Literal) -> None:
    concept.notation = concept.notation or value.value


_READERS: Mapping[str, Callable[[Listed, NamedNode | Literal], None]] = {
    f"{SKOS}prefLabel": _label,
    f"{SKOS}notation": _notation,
    f"{SKOS}broader": lambda concept, value: concept.broader.add(value.value),
    f"{SKOS}exactMatch": lambda concept, value: concept.exact_match.add(value.value),
    f"{SKOS}closeMatch": lambda concept, value: concept.close_match.add(value.value),
}


def _csv(content: bytes) -> dict[str, Listed]:
    csv.field_size_limit(min(sys.maxsize, 1_000_000))
    found: dict[str, Listed] = {}
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for row in rows:
        uri = (row.get("uri") or "").strip()
        if not uri:
            continue
        concept = found.setdefault(uri, Listed(uri))
        concept.notation = concept.notation or (row.get("code") or "").strip()
        labels = {language: (row.get(f"label_{language}") or "").strip() for language in LABEL_LANGUAGES}
        concept.labels |= {language: label for language, label in labels.items() if label}
        concept.broader.update(_uris(row.get("broader"), uri))
        relation, match = row.get("relation"), row.get("match")
        concept.exact_match.update(_uris(match if relation == "exactMatch" else row.get("exactMatch"), uri))
        concept.close_match.update(_uris(match if relation == "closeMatch" else row.get("closeMatch"), uri))
    return {uri: one for uri, one in found.items() if one.labels or one.exact_match or one.close_match}


def _uris(cell: str | None, uri: str) -> Iterator[str]:
    """Give the URIs of a cell; a code is one of the list that ``uri`` belongs to."""
    for item in (cell or "").split(";"):
        if item := item.strip():
            yield item if ":" in item else uri.rpartition("/")[0] + "/" + item
