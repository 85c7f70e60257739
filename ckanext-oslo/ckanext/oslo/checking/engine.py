"""SHACL: a graph of pyoxigraph's against shapes, by pySHACL with its shapes read once a process.

Why pySHACL: docs/decisions/0010. Its own `validate` reads the shapes anew for each graph and writes a report graph
and its text, of which nothing is needed here; the shapes are run one by one instead.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl.errors import ReportableRuntimeError
from pyshacl.pytypes import SHACLExecutor
from pyshacl.shapes_graph import ShapesGraph
from rdflib.namespace import OWL, RDF, RDFS, SH

from ckanext.oslo.checking.errors import ShapesError
from ckanext.oslo.checking.results import Result, Severity

SEVERITIES = {str(SH.Violation): Severity.ERROR, str(SH.Warning): Severity.WARNING, str(SH.Info): Severity.HINT}

_EXPECTED = {
    "Class": SH["class"],
    "Datatype": SH.datatype,
    "NodeKind": SH.nodeKind,
    "Pattern": SH.pattern,
    "HasValue": SH.hasValue,
    "MinCount": SH.minCount,
    "MaxCount": SH.maxCount,
    "MinLength": SH.minLength,
    "MaxLength": SH.maxLength,
}
_DEEP = 20

logging.getLogger("pyshacl").setLevel(logging.ERROR)


class Shapes:
    """A set of shapes, ready to check with. Making one costs some 50 ms; checking a dataset some 10 to 30."""

    def __init__(self, name: str, triples: Iterable[ox.Triple]) -> None:
        """Read shapes.

        :raises ShapesError: they are no shapes
        """
        self.name = name
        graph = repaired(to_rdflib(triples))
        self.graph = graph
        try:
            self._parsed = ShapesGraph(graph)
            self._shapes = list(self._parsed.shapes)
        except (ReportableRuntimeError, ValueError) as error:
            raise ShapesError(name, str(error)) from error
        if not self._shapes:
            raise ShapesError(name, "there is no shape in it")

    def __len__(self) -> int:
        return len(self._shapes)

    def check(self, graph: rdflib.Graph) -> list[Result]:
        """Give every result for a graph, the inner ones of a nested shape left out.

        :raises ShapesError: the shapes cannot be run on it
        """
        found: list[Result] = []
        executor = SHACLExecutor(max_validation_depth=_DEEP)
        for shape in self._shapes:
            try:
                _, reports = shape.validate(executor, graph)
            except (ReportableRuntimeError, RecursionError) as error:
                raise ShapesError(self.name, str(error) or "too deep") from error
            found += [self._result(node, triples) for _, node, triples in reports]
        return list(dict.fromkeys(found))

    def properties(self) -> Iterator[tuple[str, str]]:
        """Name every property that the shapes say something about, with the class it is of."""
        for shape, target in self.graph.subject_objects(SH.targetClass):
            for one in self.graph.objects(shape, SH.property):
                path = self.graph.value(one, SH.path)
                if isinstance(path, rdflib.URIRef):
                    yield str(target), str(path)

    def _result(self, node: Any, triples: Iterable[tuple[Any, Any, Any]]) -> Result:
        said: dict[str, Any] = {}
        for subject, predicate, value in triples:
            if subject == node:
                said.setdefault(str(predicate), value[1] if isinstance(value, tuple) else value)
        component = str(said.get(str(SH.sourceConstraintComponent), ""))
        rule = component.removeprefix(str(SH)).removesuffix("ConstraintComponent")
        source = said.get(str(SH.sourceShape))
        expected = self.graph.value(source, _EXPECTED[rule]) if source is not None and rule in _EXPECTED else None
        path = said.get(str(SH.resultPath))
        return Result(
            severity=SEVERITIES.get(str(said.get(str(SH.resultSeverity))), Severity.ERROR),
            focus=str(said.get(str(SH.focusNode), "")),
            path=str(path) if isinstance(path, rdflib.URIRef) else "",
            rule=rule,
            value=str(said.get(str(SH.value), "")),
            expected=str(expected) if expected is not None else "",
            shapes=self.name,
            message=str(said.get(str(SH.resultMessage), "")),
        )


def to_rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Give a graph of pyoxigraph's as one of rdflib's, which pySHACL works on.

    Statements about subclasses are left out: no profile needs them, and rdflib follows a chain of them by recursion,
    so that a document with a long one would end in a stack overflow.
    """
    graph = rdflib.Graph()
    terms: dict[Any, Any] = {}
    for triple in triples:
        if triple.predicate.value == str(RDFS.subClassOf):
            continue
        parts = []
        for term in (triple.subject, triple.predicate, triple.object):
            if term not in terms:
                terms[term] = _term(term)
            parts.append(terms[term])
        graph.add(tuple(parts))  # pyright: ignore[reportArgumentType]
    return graph


def _term(term: Any) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    # rdflib tells a plain string from one of xsd:string; in RDF 1.1 they are the same.
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(datatype), normalize=False)


def repaired(graph: rdflib.Graph) -> rdflib.Graph:
    """Leave out of published shapes what cannot be run.

    DCAT-AP 3.0.1's and HVD 3.0.0's single files point to property shapes that are not defined in them, or have no
    path; any of these stops pySHACL. What imports other files is left out too: nothing is fetched while checking.
    """
    graph.remove((None, OWL.imports, None))
    for shape, one in list(graph.subject_objects(SH.property)):
        if (one, SH.path, None) not in graph:
            graph.remove((shape, SH.property, one))
    for shape, alternatives in list(graph.subject_objects(SH["or"])):
        if alternatives == RDF.nil:
            graph.remove((shape, SH["or"], alternatives))
    return graph
