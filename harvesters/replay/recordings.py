"""Recorded catalogues as N-Quads: one graph a member (dataset, distribution, service, agent), read without parsing.

A catalogue of 830,000 quads is opened in seconds and kept as packed bytes; a record is parsed when it is asked for.
"""

from __future__ import annotations

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeGuard

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from ckanext.harvesters.replay.rdfxml import RDF_TYPE, Node, Term

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"

TYPE = f"<{RDF_TYPE.value}>".encode()
DATASET = f"<{DCAT}Dataset>".encode()
SERVICE = f"<{DCAT}DataService>".encode()
TITLE = f"<{DCT}title>".encode()
SERVES = NamedNode(f"{DCAT}servesDataset")

Described = dict[Node, list[tuple[NamedNode, Term]]]


class Recording:
    """One state of one portal's catalogue, as recorded in ``catalogue-<date>.nq.gz``."""

    def __init__(self, path: Path) -> None:
        """Read a file. Raises OSError when there is none, and ValueError for a line that is no quad."""
        self._members: dict[str, bytes] = {}
        self._datasets: dict[str, None] = {}
        self._titled: set[str] = set()
        self._services: dict[str, None] = {}
        self._serving: dict[str, list[str]] = defaultdict(list)
        for member, lines in _members(path):
            self._take(member, lines)
        for service in self._services:
            for name, value in self.member(service).get(NamedNode(service), []):
                if name == SERVES and isinstance(value, NamedNode):
                    self._serving[value.value].append(service)

    def _take(self, member: str, lines: list[bytes]) -> None:
        subject = f"<{member}> ".encode()
        about = [line[len(subject) :] for line in lines if line.startswith(subject)]
        types = {line.split(b" ", 2)[1] for line in about if line.startswith(TYPE)}
        if any(line.startswith(TITLE) for line in about):
            self._titled.add(member)
        if DATASET in types:
            self._datasets[member] = None
        if SERVICE in types:
            self._services[member] = None
        earlier = zlib.decompress(self._members[member]) if member in self._members else b""
        self._members[member] = zlib.compress(earlier + b"".join(lines), 1)

    @property
    def datasets(self) -> list[str]:
        """IRIs of the datasets, in the file's order, also those without a title."""
        return list(self._datasets)

    def titled(self) -> list[str]:
        """Name the datasets that have a title: the others are stubs which the aggregator left over."""
        return [iri for iri in self._datasets if iri in self._titled]

    def member(self, iri: str) -> Described:
        """Give what the recording says under one member; empty for an unknown one."""
        described: Described = {}
        packed = self._members.get(iri)
        if packed:
            for quad in parse(zlib.decompress(packed), format=RdfFormat.N_TRIPLES):
                if is_node(quad.subject):
                    described.setdefault(quad.subject, []).append((quad.predicate, quad.object))
        return described

    def around(self, dataset: str) -> tuple[Described, list[str]]:
        """Give everything said of a dataset, its distributions, services, agents and contacts.

        The second value names the services that serve it without a distribution leading to them.
        """
        described: Described = {}
        reached = {dataset}
        self._gather(dataset, described, reached)
        others = []
        for service in self._serving.get(dataset, []):
            if service not in reached:
                others.append(service)
                reached.add(service)
                self._gather(service, described, reached)
        return described, others

    def _gather(self, start: str, described: Described, reached: set[str]) -> None:
        waiting = [start]
        while waiting:
            found = self.member(waiting.pop())
            for subject, statements in found.items():
                described.setdefault(subject, []).extend(statements)
                for _, value in statements:
                    if isinstance(value, NamedNode) and self._leads_on(value.value, reached):
                        reached.add(value.value)
                        waiting.append(value.value)

    def _leads_on(self, iri: str, reached: set[str]) -> bool:
        return iri in self._members and iri not in reached and iri not in self._datasets


def _members(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Give the lines of each graph, as N-Triples. A graph whose lines are scattered comes more than once."""
    graph, lines = b"", []
    with gzip.open(path) as file:
        for number, line in enumerate(file, start=1):
            triple, found, name = line.rpartition(b" <")
            if not found or not name.endswith(b"> .\n"):
                raise ValueError(f"{path}:{number}: no quad with a named graph")
            if name != graph:
                if lines:
                    yield graph[:-4].decode(), lines
                graph, lines = name, []
            lines.append(triple + b" .\n")
    if lines:
        yield graph[:-4].decode(), lines


def first(statements: Iterable[tuple[NamedNode, Term]], *names: str) -> Term | None:
    """Give the value of the first of these properties that is there."""
    said = list(statements)
    for name in names:
        for found, value in said:
            if found.value == name:
                return value
    return None


def texts(statements: Iterable[tuple[NamedNode, Term]], name: str) -> list[str]:
    """Give the literals and IRIs of a property as text."""
    return [
        value.value for found, value in statements if found.value == name and isinstance(value, Literal | NamedNode)
    ]


def is_node(value: object) -> TypeGuard[Node]:
    """Say whether a value is something that can be described, and no literal."""
    return isinstance(value, NamedNode | BlankNode)
