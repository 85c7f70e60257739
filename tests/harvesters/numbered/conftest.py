"""What these tests borrow: servers that misbehave byte by byte, stand-in portals, a harvest source in a real CKAN."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from ckanext.harvesters.dcat.protocol import Dcat
from ckanext.harvesters.records import Mapped, Page, RecordError, Severity, Source, SourceError
from ckanext.oslo.fetch import Budget, Client, Policy
from tests.fetch.conftest import ok, serve  # noqa: F401  (a fixture)
from tests.harvesters.engine.conftest import count, portal, source  # noqa: F401  (fixtures)

#: What a server does with the connection: an answer's bytes, or a function that writes to the socket.
Sends = bytes | Callable[[Any, bytes], None]

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture
def small() -> Iterator[Client]:
    """Give the guarded client with a small budget; it may ask loopback."""
    with Client(Policy(allow=LOOPBACK), Budget(seconds=3, idle=0.5, connect=1, bytes=1_000_000)) as client:
        yield client


@dataclass
class Witness:
    """A server that nobody is to ask: ``asked`` is how often somebody did."""

    place: str
    asked: int = 0

    @property
    def url(self) -> str:
        """An address at it."""
        return f"http://{self.place}/"


@pytest.fixture
def witness(serve) -> Witness:  # noqa: F811
    """Start a server that counts its connections, on loopback, which the clients of these tests may ask."""
    found = Witness("")

    def count_it(connection: Any, _head: bytes) -> None:
        found.asked += 1
        connection.sendall(ok(b"<a/>"))

    found.place = serve(count_it)
    return found


@pytest.fixture
def at(serve) -> Callable[[Sends], str]:  # noqa: F811
    """Start a server that sends this; return its address."""

    def starting(sends: Sends) -> str:
        answer = sends if callable(sends) else lambda connection, _head: connection.sendall(sends)
        return f"http://{serve(answer)}/feed"

    return starting


def feed(url: str, **options: Any) -> Source:
    """Return a source of any DCAT at an address."""
    return Source("feed", "Feed", "dcat", url, "o", "fr", "https://example.org/licence", options=options)


@pytest.fixture
def read(at, small) -> Callable[..., Sequence[Page]]:
    """Read a feed with this body to its end."""

    def reading(body: bytes | str, kind: str = "text/turtle; charset=utf-8", **options: Any) -> list[Page]:
        sent = body.encode() if isinstance(body, str) else body
        return list(Dcat().pages(feed(at(ok(sent, f"Content-Type: {kind}")), **options), small))

    return reading


def taken(pages: Sequence[Page]) -> list[Mapped]:
    """Map the records of pages; those that cannot be mapped are left out."""
    mapped = []
    for page in pages:
        for record in page.records:
            try:
                mapped.append(Dcat().map(feed("https://feed.example/"), record))
            except RecordError:
                continue
    return mapped


def refused(reading: Callable[[], Sequence[Page]]) -> bool:
    """Tell whether a feed gave nothing: refused as a whole, or page by page with an error."""
    try:
        pages = reading()
    except SourceError:
        return True
    errors = [problem for page in pages for problem in page.problems if problem.severity is Severity.ERROR]
    return not any(page.records for page in pages) and bool(errors) and not all(page.complete for page in pages)


PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
"""


def turtle(*bodies: str) -> str:
    """Write datasets, the nth with its number in its IRI, of what is said of each."""
    named = (f"<https://e.org/id/{number}> a dcat:Dataset ; {body} ." for number, body in enumerate(bodies))
    return PREFIXES + "\n".join(named)


def titled(number: int = 0, more: str = "") -> str:
    """Say a dataset's title and a file."""
    file = "dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://e.org/f.csv> ]"
    return f'dct:title "Jeu de données {number}"@fr ; {file}' + (f" ; {more}" if more else "")


def xml(body: str, doctype: str = "") -> str:
    """Write an RDF/XML document."""
    return (
        f'<?xml version="1.0"?>{doctype}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">' + body + "</rdf:RDF>"
    )


def described(text: str, number: int = 0) -> str:
    """Say a dataset in RDF/XML, its description being this."""
    return (
        f'<dcat:Dataset rdf:about="https://e.org/id/{number}"><dct:title>Jeu {number}</dct:title>'
        f"<dct:description>{text}</dct:description></dcat:Dataset>"
    )


XML = "application/rdf+xml"
