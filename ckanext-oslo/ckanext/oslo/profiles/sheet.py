"""One dataset while it is written: what it is called, what has been said of it, and how values become statements."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from ckanext.oslo.profiles import terms
from ckanext.oslo.profiles.concepts import described, resolve
from ckanext.oslo.profiles.errors import NotWritableError
from ckanext.oslo.profiles.portal import Portal
from ckanext.oslo.profiles.terms import OWN, RDF, iri

if TYPE_CHECKING:
    from ckanext.oslo.profiles.profile import Profile


def key_of(dataset: Mapping[str, Any]) -> str:
    """Give what the portal calls a dataset in addresses: its id; before it has one, its name or a digest of its origin.

    :raises NotWritableError: it has none of these
    """
    for field in ("id", "name"):
        if isinstance(dataset.get(field), str) and dataset[field]:
            return quote(dataset[field], safe="")
    origin = dataset.get("guid") or dataset.get("uri")
    if not isinstance(origin, str) or not origin:
        raise NotWritableError("id", dataset.get("id"), "a dataset needs an id, a name or an identifier of its source")
    return hashlib.sha256(origin.encode("utf-8", "ignore")).hexdigest()[:32]


class Sheet:
    """The statements about one dataset.

    ``iri`` names the dataset, ``own`` is what the portal itself calls it: the same unless the dataset was made
    elsewhere. Everything that has no IRI (a contact, a period, a place drawn on the map) gets one below ``own``:
    ``…/dataset/{id}#contact-0``. Such names stay the same from one night to the next, and pages of many datasets can
    be put one after the other, neither of which is true of blank nodes.
    """

    def __init__(self, profile: Profile, dataset: Mapping[str, Any], portal: Portal) -> None:
        self.profile = profile
        self.dataset = dataset
        self.portal = portal
        self.key = key_of(dataset)
        self.own = portal.dataset_iri(self.key)
        foreign = self.text("uri")
        self.iri = (iri(foreign) if foreign else None) or NamedNode(self.own)
        self._said: dict[NamedNode, list[Triple]] = {self.iri: []}
        self._described: set[tuple[str, str]] = set()
        self._names: dict[NamedNode, object] = {self.iri: None, NamedNode(self.own): None}

    # the dataset's values, checked

    def text(self, field: str) -> str:
        """Give a field's text, or an empty one.

        :raises NotWritableError: it is no text
        """
        value = self.dataset.get(field)
        if value is None or isinstance(value, str):
            return value or ""
        raise NotWritableError(field, value, "expected a text")

    # statements

    @property
    def triples(self) -> list[Triple]:
        """Everything said, one subject after the other, the dataset first: Turtle is then short and readable."""
        return [triple for said in self._said.values() for triple in said]

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        """Say something."""
        said = self._said.get(subject)
        if said is None:
            said = self._said[subject] = []
        said.append(Triple(subject, predicate, value))

    def objects(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        """Give what a subject was said to point to."""
        return [
            triple.object
            for triple in self._said.get(subject, ())
            if triple.predicate == predicate and isinstance(triple.object, NamedNode)
        ]

    def all_objects(self, predicate: NamedNode) -> list[NamedNode]:
        """Give what anything was said to point to with a property."""
        return [node for subject in list(self._said) for node in self.objects(subject, predicate)]

    def remove(self, subject: NamedNode, predicate: NamedNode) -> None:
        """Take back what was said of a subject with a property."""
        self._said[subject] = [triple for triple in self._said.get(subject, ()) if triple.predicate != predicate]

    def fragment(self, name: str) -> NamedNode:
        """Name a part of the dataset that has no name of its own."""
        return NamedNode(f"{self.own}#{name}")

    def node(self, uri: str, name: str, said: object) -> tuple[NamedNode, bool, NamedNode | None]:
        """Name an agent by its URI, or as a part of the dataset when it has none.

        One URI can be described once: of a second description, the part of the dataset that holds it is said to be the
        same as (owl:sameAs) the URI. ``said`` is what is described.

        :returns: the node, whether it still has to be described, and the URI it is the same as
        """
        known = iri(uri) if uri else None
        if known is None:
            return self.fragment(name), True, None
        if known in self._names:
            return (known, False, None) if self._names[known] == said else (self.fragment(name), True, known)
        if known in self._said:  # a standard, say, of which more was said already
            return self.fragment(name), True, known
        self._names[known] = said
        return known, True, None

    def describe(self, vocabulary: str, uri: str, rdf_class: NamedNode | None = None) -> None:
        """Say what a concept is, once."""
        if (uri, vocabulary) not in self._described:
            self._described.add((uri, vocabulary))
            for triple in described(vocabulary, uri, rdf_class):
                if isinstance(triple.subject, NamedNode):
                    self._said.setdefault(triple.subject, []).append(triple)

    def concept(
        self, subject: NamedNode, predicate: NamedNode, uri: str, vocabulary: str, rdf_class: NamedNode | None = None
    ) -> None:
        """Point to a concept, and say what it is."""
        node = iri(uri)
        if node is None and vocabulary:
            # a code, as a client of the API may have written it
            concept = resolve(vocabulary, uri)
            uri = concept.uri if concept else uri
            node = iri(uri)
        if node is not None:
            self.add(subject, predicate, node)
            self.describe(vocabulary, uri, rdf_class)

    def link(
        self, subject: NamedNode, predicate: NamedNode, uri: str, rdf_class: NamedNode | None = None
    ) -> NamedNode | None:
        """Point to an address, and say of which class it is; an address that is none is left out."""
        node = iri(uri)
        if node is not None:
            self.add(subject, predicate, node)
            if rdf_class is not None and (uri, "") not in self._described:
                self._described.add((uri, ""))
                self.add(node, RDF.type, rdf_class)
        return node

    def texts(self, subject: NamedNode, predicate: NamedNode, texts: object, field: str) -> bool:
        """Say a text in each of its languages; tell whether there was any."""
        if not texts:
            return False
        if not isinstance(texts, Mapping):
            raise NotWritableError(field, texts, "expected a text for each language")
        for language, found in texts.items():
            for one in found if isinstance(found, list) else [found]:
                if not isinstance(one, str):
                    raise NotWritableError(f"{field}/{language}", one, "expected a text")
                literal = terms.spoken(one, language) if one else None
                if one and literal is None:
                    raise NotWritableError(field, language, "this is not the code of a language")
                if literal is not None:
                    self.add(subject, predicate, literal)
        return True

    def own_text(self, subject: NamedNode, field: str, value: str) -> None:
        """Say with a property of our own what no standard has a place for, or what it would lose."""
        self.add(subject, OWN[field], terms.text(value))
