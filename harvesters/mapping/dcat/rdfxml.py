"""Take a page of RDF/XML apart into the documents of its datasets, byte for byte, and save what can be saved.

The Flemish feed wraps every record in a ``dcat:Catalog`` of its own, but nothing forbids a page with one catalogue of
many datasets, or a flat one in which a dataset and its distributions stand side by side. Each dataset becomes a small
RDF/XML document: the page's root element around the elements that describe the dataset. A record that is broken then
breaks when it is mapped, alone.

A page that is not well-formed (cut off, a bare ``&``, Latin-1 bytes in UTF-8) is read up to the fault and again from
the next record on. Document types and entities are refused: nothing in RDF/XML needs them, and 500 bytes of them can
make a parser swallow gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from ckanext.harvesters.markup import DEPTH_LIMIT, ForbiddenMarkupError, UnreadableError, as_utf8, is_cut
from ckanext.harvesters.reasons import Reason

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DCAT = "http://www.w3.org/ns/dcat#"
_FOAF = "http://xmlns.com/foaf/0.1/"
_DATASET, _SERVICE, _RECORD = f"{_DCAT}Dataset", f"{_DCAT}DataService", f"{_DCAT}CatalogRecord"

#: Faults after which a page is given up: a page of rubbish would otherwise be parsed from each of its bytes.
FAULT_LIMIT = 50


@dataclass
class Part:
    """A property element of a top-level element: byte range, and the dataset or record topic found in it."""

    start: int
    end: int = -1
    dataset: str | None = None
    topic: str | None = None


@dataclass
class Element:
    """One element below the root: where it stands in the page, and what it describes.

    ``datasets`` are the IRIs of the datasets described in it, ``nameless`` counts those without one, ``distributions``
    and ``files`` the distributions described in it and those it only refers to, ``references`` all it refers to.
    ``parts`` are its property elements (in a catalogue: ``dcat:dataset``, ``dcat:record``, …).
    """

    name: str
    start: int
    about: str | None
    end: int = -1
    datasets: list[str] = field(default_factory=list)
    nameless: int = 0
    services: int = 0
    distributions: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Piece:
    """The document of one dataset: its IRI as the page writes it (None: it has none), and RDF/XML."""

    iri: str | None
    content: bytes


@dataclass(frozen=True)
class Fault:
    """Something of a page that could not be read: where (the dataset's IRI, as far as it is known), and why."""

    iri: str | None
    detail: str
    reason: Reason


@dataclass(frozen=True)
class Sheet:
    """A page taken apart. ``services`` counts its data services: a page with only these is not the end of the list."""

    pieces: tuple[Piece, ...]
    faults: tuple[Fault, ...]
    services: int


def take_apart(page: bytes) -> Sheet:
    """Take a page apart. Raises `ForbiddenMarkupError` and `UnreadableError`; everything milder is a `Fault`."""
    page = as_utf8(page)
    head, elements, faults = _scan_all(page)
    if head is None:
        raise UnreadableError(faults[0].detail if faults else "empty")
    whereabouts = _whereabouts(elements)
    pieces: list[Piece] = []
    for element in elements:
        missing = element.files - whereabouts.keys()
        if faults and missing and element.datasets:
            # A flat page that broke off: what is left of the dataset would look as if it had lost its files.
            faults += [Fault(iri, f"without {min(missing)}", Reason.PAGE_CUT) for iri in element.datasets]
        else:
            neighbours = _neighbours(element, whereabouts)
            pieces += _pieces(page, head, element, neighbours)
    return Sheet(tuple(pieces), tuple(faults), sum(element.services for element in elements))


_TAG = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_END_TAG = re.compile(rb"</[^<>]*>")


class _Scanner:
    """Walk once over the XML, noting where elements start and end and what they are about.

    ``prefix`` (the root's start tag) stands before the page's bytes from ``offset`` on.
    """

    def __init__(self, page: bytes, offset: int = 0, prefix: bytes = b"") -> None:
        self.head: bytes | None = prefix or None
        self.elements: list[Element] = []
        self.open: Element | None = None
        self._text = prefix + page[offset:]
        self._shift = offset - len(prefix)
        #: The open elements: name, rdf:about, and how many children were seen.
        self._inside: list[tuple[str, str | None, list[int]]] = []
        self._parser = expat.ParserCreate(namespace_separator="")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def scan(self) -> None:
        """Scan to the end. Raises expat.ExpatError at the first fault."""
        self._parser.Parse(self._text, True)

    @property
    def position(self) -> int:
        """The byte of the page where the scanner is."""
        return self._parser.CurrentByteIndex + self._shift

    def _doctype(self, *_: object) -> None:
        raise ForbiddenMarkupError("<!DOCTYPE")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self._inside)
        about = attributes.get(f"{_RDF}about")
        if depth == 0:
            self._root(name)
        elif depth == 1:
            self.open = Element(name, self.position, about)
        elif depth == 2 and self.open:
            self.open.parts.append(Part(self.position))
        elif depth >= DEPTH_LIMIT:
            raise UnreadableError(f"more than {DEPTH_LIMIT} elements deep")
        if self.open:
            self._note(self.open, depth, name, attributes.get(f"{_RDF}resource"))
        if self._inside:
            self._inside[-1][2][0] += 1
        self._inside.append((name, about, [0]))

    def _root(self, name: str) -> None:
        if name != f"{_RDF}RDF":
            raise UnreadableError(f"<{name}>")
        if self.head is None:
            tag = _TAG.match(self._text, self._parser.CurrentByteIndex)
            self.head = tag.group() if tag else None

    def _note(self, element: Element, depth: int, name: str, resource: str | None) -> None:
        """Note what a start tag says about the top-level element it stands in."""
        if name == _SERVICE and depth in (1, 3):
            element.services += 1
        if not resource:
            return
        element.references.add(resource)
        if name == f"{_DCAT}distribution":
            element.files.add(resource)
        elif name == f"{_FOAF}primaryTopic" and element.parts:
            element.parts[-1].topic = resource
        elif name == f"{_RDF}type" and depth == 2:
            # A flat page may write its nodes as rdf:Description with rdf:type.
            if resource == _DATASET:
                self._dataset(element, element.about)
            elif resource == _SERVICE:
                element.services += 1

    def _dataset(self, element: Element, iri: str | None) -> None:
        if iri is None:
            element.nameless += 1
        elif iri not in element.datasets:
            element.datasets.append(iri)

    def _end(self, name: str) -> None:
        _, about, (children,) = self._inside.pop()
        element = self.open
        if element is None:
            return
        depth = len(self._inside)
        # An empty dcat:Dataset is a mention (servesDataset), not a description.
        if name == _DATASET and children and depth in (1, 3):
            self._dataset(element, about)
            if depth == 3:
                element.parts[-1].dataset = about or ""
        elif name == f"{_DCAT}Distribution" and children and about:
            element.distributions.add(about)
        if depth == 2:
            element.parts[-1].end = self._end_of_tag(children)
        elif depth == 1:
            element.end = self._end_of_tag(children)
            self.elements.append(element)
            self.open = None

    def _end_of_tag(self, children: int) -> int:
        """Return the byte behind the end tag. expat reports the end of ``<a/>`` behind it, that of ``</a>`` before."""
        here = self._parser.CurrentByteIndex
        if children == 0 and self._text[here - 2 : here] == b"/>":
            return here + self._shift
        tag = _END_TAG.match(self._text, here)
        return (tag.end() if tag else here) + self._shift


def _scan_all(page: bytes) -> tuple[bytes | None, list[Element], list[Fault]]:
    """Scan a page to its end, beginning anew behind each fault. Returns root tag, whole elements, faults."""
    head: bytes | None = None
    elements: list[Element] = []
    faults: list[Fault] = []
    offset = 0
    while offset < len(page) and len(faults) < FAULT_LIMIT:
        scanner = _Scanner(page, offset, head or b"")
        try:
            scanner.scan()
        except expat.ExpatError as error:
            head = head or scanner.head
            elements += scanner.elements
            cut = is_cut(error)
            faults.append(Fault(_iri_near(page, scanner), str(error), Reason.PAGE_CUT if cut else Reason.NOT_RDF))
            resumed = _next_record(page, scanner) if head and not cut else None
            if resumed is None:
                break
            offset = resumed
        else:
            return head or scanner.head, elements + scanner.elements, faults
    return head, elements, faults


def _iri_near(page: bytes, scanner: _Scanner) -> str | None:
    """Return the dataset in the element that broke, as far as it was read."""
    if scanner.open is None:
        return None
    match = _DATASET_TAG.search(page, scanner.open.start, max(scanner.position, scanner.open.start))
    return match[1].decode("utf-8", "replace") if match else None


_DATASET_TAG = re.compile(rb"<(?:[\w.-]+:)?Dataset\b[^<>]*?\brdf:about\s*=\s*[\"']([^\"'<>]*)[\"']")


def _next_record(page: bytes, scanner: _Scanner) -> int | None:
    """Return where the record after a fault begins: the next start tag like that of the broken top-level element."""
    broken = scanner.open.start if scanner.open else scanner.position
    tag = re.match(rb"<([\w.:-]+)", page[broken : broken + 200])
    if tag is None:
        return None
    start = re.compile(rb"<" + re.escape(tag[1]) + rb"[\s>]").search(page, max(scanner.position, broken + 1))
    return start.start() if start else None


def _whereabouts(elements: Iterable[Element]) -> dict[str, Element]:
    """Return in which top-level element a node is described: flat nodes, and distributions wherever they stand."""
    found: dict[str, Element] = {}
    for element in elements:
        for iri in element.distributions:
            found.setdefault(iri, element)
        if element.about and element.name != f"{_DCAT}Catalog" and not element.datasets:
            found.setdefault(element.about, element)
    return found


def _neighbours(own: Element, whereabouts: dict[str, Element]) -> list[Element]:
    """Return the other top-level elements that describe what a dataset refers to, in the page's order.

    Of a flat page: its distributions, agents, contacts. Of a nested one: the wrapper of the dataset with which it
    shares a distribution (dcattools #422).
    """
    todo = own.references if not own.parts or own.name == _DATASET or own.name == f"{_RDF}Description" else own.files
    waiting, found = list(todo), {own.start: own}
    while waiting:
        neighbour = whereabouts.get(waiting.pop())
        if neighbour is not None and neighbour.start not in found:
            found[neighbour.start] = neighbour
            if not neighbour.datasets:
                waiting += neighbour.references
    return [found[start] for start in sorted(found) if start != own.start]


def _pieces(page: bytes, head: bytes, element: Element, neighbours: list[Element]) -> list[Piece]:
    """Return the documents of the datasets in one top-level element.

    One dataset: the element as it is. Several (a catalogue of many): for each the element without the parts that are
    about another.
    """
    more = b"".join(page[neighbour.start : neighbour.end] for neighbour in neighbours)
    nameless = [Piece(None, b"")] * element.nameless
    if len(element.datasets) <= 1:
        whole = page[element.start : element.end] + more
        return [Piece(iri, _document(head, whole)) for iri in element.datasets] + nameless
    pieces = []
    for iri in element.datasets:
        kept, position = [], element.start
        for part in element.parts:
            if any(other is not None and other != iri for other in (part.dataset, part.topic)):
                kept.append(page[position : part.start])
                position = part.end
        kept.append(page[position : element.end])
        pieces.append(Piece(iri, _document(head, b"".join(kept) + more)))
    return pieces + nameless


def _document(head: bytes, body: bytes) -> bytes:
    name = _NAME.match(head)
    return head + body + b"</" + (name[1] if name else b"rdf:RDF") + b">"


_NAME = re.compile(rb"<([\w.:-]+)")
