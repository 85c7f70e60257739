"""XML as portals send it, before any parser reads it: its encoding, and what no parser may be given. Pure.

Document types and entities are refused: no protocol needs them, and 500 bytes of them can make a parser swallow
gigabytes. So is depth: oxigraph takes 38 seconds for a document of 50,000 elements one in the other.
"""

from __future__ import annotations

import re
from xml.parsers import expat

#: Deeper than any description goes (real ones: 9); parsers take quadratic time for documents that are all depth.
DEPTH_LIMIT = 100

_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*?\?>")

_UNFINISHED = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class ForbiddenMarkupError(ValueError):
    """The page declares a document type or entities."""


class UnreadableError(ValueError):
    """The page is not the XML it should be at all: HTML, JSON, an unknown encoding, nothing but depth."""


def look_over(page: bytes, root: str | None = None) -> expat.ExpatError | None:
    """Look a page in UTF-8 over without keeping anything: None when it is well-formed, else the first fault.

    ``root`` is the name its first element must have, with the namespace before it (None: any). Raises
    `ForbiddenMarkupError` and `UnreadableError`.
    """
    looker = _Looker(root)
    try:
        looker.scan(page)
    except expat.ExpatError as error:
        return error
    return None


def is_cut(error: expat.ExpatError) -> bool:
    """Tell whether a page that could not be read to its end simply stops, rather than being wrong."""
    return error.code in _UNFINISHED


class _Looker:
    """Refuse what no parser may be given: document types, another root, depth."""

    def __init__(self, root: str | None) -> None:
        self._root, self._depth = root, 0
        self._parser = expat.ParserCreate(namespace_separator="")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def scan(self, page: bytes) -> None:
        """Scan to the end. Raises expat.ExpatError at the first fault."""
        self._parser.Parse(page, True)

    def _doctype(self, *_: object) -> None:
        raise ForbiddenMarkupError("<!DOCTYPE")

    def _start(self, name: str, _: object) -> None:
        if self._depth == 0 and self._root is not None and name != self._root:
            raise UnreadableError(f"<{name}>")
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise UnreadableError(f"more than {DEPTH_LIMIT} elements deep")

    def _end(self, _: str) -> None:
        self._depth -= 1


def as_utf8(page: bytes) -> bytes:
    """Return the page in UTF-8 without declaration, so that its pieces can be put together byte for byte."""
    if page.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(page)
        encoding = declared[1].decode("ascii") if declared else "utf-8"
    if encoding.lower().replace("-", "") != "utf8":
        try:
            page = page.decode(encoding).encode("utf-8")
        except (LookupError, UnicodeError) as error:
            raise UnreadableError(str(error)) from error
    page = page.removeprefix(b"\xef\xbb\xbf").lstrip()
    if page.startswith(b"<?xml"):
        page = page.partition(b"?>")[2].lstrip()
    return page
