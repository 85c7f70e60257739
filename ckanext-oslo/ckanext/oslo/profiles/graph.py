"""Looking things up among triples, in the order they were written: lists come back as they went out."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal


class Graph:
    """Triples by subject and property. Of a `Store`, which keeps no order, values come sorted."""

    def __init__(self, source: Iterable[Triple | Quad] | Store) -> None:
        self._by_subject: dict[Node, dict[NamedNode, dict[Term, None]]] = {}
        self._by_object: dict[tuple[NamedNode, Term], dict[Node, None]] = {}
        triples = sorted(source, key=str) if isinstance(source, Store) else source
        for one in triples:
            subject, predicate, value = one.subject, one.predicate, one.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue
            self._by_subject.setdefault(subject, {}).setdefault(predicate, {})[value] = None
            if not isinstance(value, Literal):
                self._by_object.setdefault((predicate, value), {})[subject] = None

    def terms(self, subject: Node, predicate: NamedNode) -> list[Term]:
        """Give what is said of a subject."""
        return list(self._by_subject.get(subject, {}).get(predicate, ()))

    def nodes(self, subject: Node, predicate: NamedNode) -> list[Node]:
        """Give the things a subject points to."""
        return [term for term in self.terms(subject, predicate) if not isinstance(term, Literal)]

    def iris(self, subject: Node, predicate: NamedNode) -> list[str]:
        """Give the IRIs a subject points to."""
        return [term.value for term in self.terms(subject, predicate) if isinstance(term, NamedNode)]

    def literals(self, subject: Node, predicate: NamedNode) -> list[Literal]:
        """Give the texts, dates and numbers said of a subject."""
        return [term for term in self.terms(subject, predicate) if isinstance(term, Literal)]

    def iri(self, subject: Node, *predicates: NamedNode) -> str:
        """Give the first IRI a subject points to, or an empty text."""
        return next((found for one in predicates for found in self.iris(subject, one)), "")

    def text(self, subject: Node, *predicates: NamedNode) -> str:
        """Give the first text said of a subject, in whatever language, or an empty one."""
        return next((found.value for one in predicates for found in self.literals(subject, one)), "")

    def node(self, subject: Node, predicate: NamedNode) -> Node | None:
        """Give the first thing a subject points to."""
        return next(iter(self.nodes(subject, predicate)), None)

    def subjects(self, predicate: NamedNode, value: Term) -> list[Node]:
        """Give what points to a thing."""
        return list(self._by_object.get((predicate, value), ()))
