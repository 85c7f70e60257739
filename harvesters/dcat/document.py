"""From the bytes of an answer to triples: which form of RDF it is, unpacked, safe to parse, mended where it can be.

Nothing is fetched here, and nothing of what a page asks to be fetched or expanded is: document types and entities of
XML are refused, remote contexts of JSON-LD come from `contexts` or the page is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.parsers import expat

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from ckanext.harvesters import markup
from ckanext.harvesters.dcat import contexts
from ckanext.harvesters.mapping.dcat import rdfxml
from ckanext.harvesters.mapping.dcat.graph import BASE, NAMESPACES
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import SourceError, shorten
from ckanext.oslo.fetch import FetchError
from ckanext.oslo.fetch.client import inflated

#: Most bytes of a document once unpacked. The whole Flemish catalogue as N-Triples has 130 MB.
DOCUMENT_LIMIT = 300_000_000
#: Faults of one document after which it is given up.
FAULT_LIMIT = 50

ACCEPT = (
    "application/rdf+xml, text/turtle;q=0.9, application/n-triples;q=0.9, application/trig;q=0.85, "
    "application/n-quads;q=0.85, application/ld+json;q=0.8, */*;q=0.1"
)
FORMS = {
    "xml": RdfFormat.RDF_XML,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
}
_MEDIA_TYPES = {"application/n-quads": "nq", "application/n-triples": "nt", "application/trig": "trig"}
_XML = re.compile(rb"\s*(?:<\?xml\b|<!--|<!DOCTYPE|<(?:[\w.-]+:)?[A-Za-z][\w.-]*[\s>/])", re.IGNORECASE)
# An ampersand that begins neither a character reference nor one of the five entities XML has without a document type.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
# Words inside a property that already has a resource: GeoNetwork before 4 writes the theme's label there.
_WORDS_BESIDE = re.compile(
    rb"(<[\w:.-]+\s(?:[^<>]*\s)?rdf:resource\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')[^<>]*(?<!/)>)[^<>]*[^<>\s][^<>]*(?=</)"
)
# Control characters that XML 1.0 cannot hold.
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

_BACKSLASHES = re.compile(rb"<https?:\\[^<>\"\s]*>")


@dataclass
class Document:
    """A document ready to be read: ``quads`` gives its statements once, noting in ``faults`` what breaks off.

    ``mended`` counts what had to be put right before it could be parsed. Of RDF/XML that cannot be, ``pieces`` are
    the datasets that could be saved, each a document of its own. ``base`` is the page's address.
    """

    content: bytes
    form: RdfFormat
    base: str
    mended: int = 0
    faults: list[tuple[str, Reason]] = field(default_factory=list)
    pieces: tuple[rdfxml.Piece, ...] = ()

    def take_apart(self) -> None:
        """Of RDF/XML that is XML and yet no RDF, save the datasets one by one: what is wrong costs its own dataset."""
        sheet = rdfxml.take_apart(self.content)
        self.pieces = sheet.pieces
        self.faults = [(shorten(found.detail), found.reason) for found in sheet.faults]

    def quads(self, *, apart: bool = False) -> Iterator[Quad | None]:
        """Yield the statements; None stands where one could not be read and the parser went on behind it.

        Relative IRIs are resolved against `BASE`: which of them are references is for `references` to say.
        ``apart``: blank nodes get names that no other document has.
        """
        found = pyoxigraph.parse(self.content, format=self.form, base_iri=BASE, lenient=True, rename_blank_nodes=apart)
        while True:
            try:
                yield next(found)
            except StopIteration:
                return
            except (SyntaxError, ValueError) as error:
                cut = "end" in str(error).lower()
                self.faults.append((shorten(str(error)), Reason.PAGE_CUT if cut else Reason.NOT_RDF))
                yield None
                if len(self.faults) >= FAULT_LIMIT or self.form == RdfFormat.RDF_XML:
                    return


def read(content: bytes, url: str, media_type: str = "", form: str | None = None) -> Document:
    """Prepare a document. ``form`` is one of `FORMS`, or None: to be found out.

    Raises `SourceError`: HTML, an unknown encoding, forbidden markup, an unknown context, too large.
    """
    content = unpacked(content, url)
    if not content.strip():
        raise SourceError(Reason.PAGE_UNREADABLE, url, "empty")
    kind = form or sniff(content, url, media_type)
    if kind == "xml":
        return _rdf_xml(content, url)
    if kind == "jsonld":
        return _json_ld(content, url)
    # Windows' slashes (https:\\www.example.be) are no escapes, and cost all that is said of a dataset after them.
    content, count = _BACKSLASHES.subn(lambda found: found[0].replace(b"\\", b"%5C"), content)
    # The parser takes a byte order mark for a name.
    return Document(content.removeprefix(b"\xef\xbb\xbf"), FORMS[kind], url, mended=count)


def unpacked(content: bytes, url: str) -> bytes:
    """Return a gzip file's content, anything else as it is. Raises `SourceError` for a bomb or a broken file."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    parts, size = [], 0
    try:
        for part in inflated([content], url):
            parts.append(part)
            size += len(part)
            if size > DOCUMENT_LIMIT:
                raise SourceError(Reason.TOO_LARGE, url, f"more than {DOCUMENT_LIMIT} bytes unpacked")
    except (FetchError, zlib.error) as error:
        raise SourceError(Reason.PAGE_UNREADABLE, url, f"gzip: {error}") from error
    return b"".join(parts)


def sniff(content: bytes, url: str, media_type: str) -> str:
    """Find out what form of RDF a document has: by how it begins, and only then by what the server calls it.

    Servers say ``text/plain`` of Turtle, ``application/octet-stream`` of dumps and ``application/rdf+xml`` of their
    maintenance page.
    """
    head = content[:2_000].removeprefix(b"\xef\xbb\xbf")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or (_XML.match(head) and not _is_iri(head)):
        return "xml"
    if head.lstrip().startswith((b"{", b"[")) and not head.lstrip().startswith(b"[]"):
        return "jsonld"
    end = urlsplit(url).path.removesuffix(".gz").rpartition(".")[2].lower()
    return _MEDIA_TYPES.get(media_type) or (end if end in ("nt", "nq", "trig") else "ttl")


def _is_iri(head: bytes) -> bool:
    """Tell whether a text begins with an IRI in angle brackets (N-Triples) and not with a tag."""
    return re.match(rb"\s*<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*>\s", head) is not None and b"xmlns" not in head[:500]


def _rdf_xml(content: bytes, url: str) -> Document:
    """Prepare RDF/XML: looked over by expat before, mended or taken apart when it is not well-formed."""
    try:
        page = markup.as_utf8(content)
        page, count = _WORDS_BESIDE.subn(rb"\1", page) if b"rdf:resource" in page else (page, 0)
        fault = _fault(page)
        if fault is None:
            return Document(page, RdfFormat.RDF_XML, url, mended=count)
        mended, more = _mended(page)
        count += more
        if count and _fault(mended) is None:
            return Document(mended, RdfFormat.RDF_XML, url, mended=count)
        sheet = rdfxml.take_apart(mended)
    except markup.ForbiddenMarkupError as error:
        raise SourceError(Reason.FORBIDDEN_MARKUP, url, error) from error
    except markup.UnreadableError as error:
        raise SourceError(Reason.PAGE_UNREADABLE, url, error) from error
    faults = [(shorten(found.detail), found.reason) for found in sheet.faults]
    return Document(b"", RdfFormat.RDF_XML, url, count, faults, sheet.pieces)


def _fault(page: bytes) -> expat.ExpatError | None:
    """Return why a page is not well-formed. Raises what `markup` raises."""
    return markup.look_over(page, f"{NAMESPACES['rdf']}RDF")


def _mended(page: bytes) -> tuple[bytes, int]:
    """Escape bare ampersands (``?a=1&navi=2``, as WalStat writes addresses) and drop what XML cannot hold."""
    page, ampersands = _BARE_AMPERSAND.subn(b"&amp;", page)
    page, controls = _NO_XML.subn(b"", page)
    return page, ampersands + controls


def _json_ld(content: bytes, url: str) -> Document:
    try:
        ready, faults = contexts.resolved(content)
    except contexts.UnknownContextError as error:
        raise SourceError(Reason.PAGE_UNREADABLE, url, f"@context {error}") from error
    except ValueError as error:
        raise SourceError(Reason.PAGE_UNREADABLE, url, error) from error
    document = Document(ready, RdfFormat.JSON_LD, url)
    document.faults += [(fault, Reason.PAGE_CUT) for fault in faults]
    return document
