"""Read an answer to GetRecords: its records, byte for byte, its figures, and what is broken in it.

Each record becomes a small document: a wrapper that declares the namespaces of the page around the record's own bytes.
An answer that breaks off gives the records before the fault, one with a broken record also those behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from ckanext.harvesters import markup
from ckanext.harvesters.mapping.iso.document import local
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import SourceError, shorten

#: Faults after which an answer is given up.
FAULT_LIMIT = 50
_END_TAG = re.compile(rb"</[^<>]*>")
_FIGURE = re.compile(r"\d{1,9}")


@dataclass
class Answer:
    """An answer: ``matched`` in all, ``next`` position as the server says it (0: it says "none"), None: not said."""

    records: list[bytes] = field(default_factory=list)
    matched: int | None = None
    next: int | None = None
    faults: list[tuple[str, Reason]] = field(default_factory=list)


def read(content: bytes, url: str) -> Answer:
    """Read an answer. Raises `SourceError`: an exception report (sent with status 200), HTML, no search results."""
    answer = Answer()
    try:
        reader = _read_all(markup.as_utf8(content), answer)
    except markup.ForbiddenMarkupError as error:
        raise SourceError(Reason.FORBIDDEN_MARKUP, url, error) from error
    except markup.UnreadableError as error:
        raise SourceError(Reason.PAGE_UNREADABLE, url, error) from error
    if reader.refusal is not None:
        raise SourceError(Reason.BAD_ANSWER, url, " ".join("".join(reader.refusal).split()))
    if not reader.results:
        detail = answer.faults[0][0] if answer.faults else reader.root
        raise SourceError(Reason.PAGE_UNREADABLE if answer.faults else Reason.BAD_ANSWER, url, detail)
    return answer


def _read_all(page: bytes, answer: Answer) -> _Reader:
    """Read a page to its end, beginning anew behind each fault; return the last reader."""
    reader = _Reader(page, 0, b"", answer)
    while True:
        try:
            reader.read()
        except expat.ExpatError as error:
            cut = markup.is_cut(error)
            answer.faults.append((shorten(str(error)), Reason.PAGE_CUT if cut else Reason.PAGE_UNREADABLE))
            resumed = None if cut or len(answer.faults) >= FAULT_LIMIT else reader.following()
            if resumed is None:
                return reader
            reader = _Reader(page, resumed, reader.wrapper(), answer)
        else:
            return reader


class _Reader:
    """Walk over the XML from an offset on; ``prefix`` (the start tags around the records) stands before it."""

    def __init__(self, page: bytes, offset: int, prefix: bytes, answer: Answer) -> None:
        self.root = ""
        self.results = bool(prefix)
        self.refusal: list[str] | None = None
        self._answer, self._page = answer, page
        self._text = prefix + page[offset:]
        self._shift = offset - len(prefix)
        self._names: dict[str, str] = {}
        self._declared: list[tuple[str | None, str]] = []
        self._depth = 0
        self._start_of: int | None = None
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._doctype
        parser.CharacterDataHandler = self._characters

    def read(self) -> None:
        """Read to the end. Raises expat.ExpatError at the first fault."""
        self._parser.Parse(self._text, True)

    def wrapper(self) -> bytes:
        """Return start tags that declare what the page declares around its records."""
        names = "".join(f" xmlns{':' + key if key else ''}={quoteattr(uri)}" for key, uri in self._names.items())
        return f"<wrapper{names}><results>".encode()

    def following(self) -> int | None:
        """Return where the record after a fault begins: the next start tag like that of the broken one."""
        here = self._parser.CurrentByteIndex + self._shift
        begun = self._start_of if self._start_of is not None else here
        tag = re.match(rb"<([\w.:-]+)", self._page[begun : begun + 200])
        if tag is None or not self.results:
            return None
        found = re.compile(rb"<" + re.escape(tag[1]) + rb"[\s>]").search(self._page, max(here, begun + 1))
        return found.start() if found else None

    def _doctype(self, *_: object) -> None:
        raise markup.ForbiddenMarkupError("<!DOCTYPE")

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if self._start_of is None:
            self._declared.append((prefix, uri or ""))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        plain = local(name)
        if self._depth == 0:
            self.root = plain
            self.refusal = [] if plain == "ExceptionReport" else None
        if self._depth < 2:
            self._names |= {prefix or "": uri for prefix, uri in self._declared}
        elif self._depth == 2 and self.results:
            self._start_of = self._parser.CurrentByteIndex + self._shift
        elif self._depth > markup.DEPTH_LIMIT:
            raise markup.UnreadableError(f"more than {markup.DEPTH_LIMIT} elements deep")
        if plain == "SearchResults" and self._depth == 1:
            self.results = True
            self._answer.matched = _figure(attributes.get("numberOfRecordsMatched"))
            self._answer.next = _figure(attributes.get("nextRecord"))
        self._declared = []
        self._depth += 1

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 2 and self._start_of is not None:
            here = self._parser.CurrentByteIndex
            # expat reports the end of <a/> behind it, that of </a> before.
            tag = None if self._text[here - 2 : here] == b"/>" else _END_TAG.match(self._text, here)
            end = (tag.end() if tag else here) + self._shift
            record = self._page[self._start_of : end]
            self._answer.records.append(self.wrapper() + record + b"</results></wrapper>")
            self._start_of = None

    def _characters(self, text: str) -> None:
        if self.refusal is not None and len(self.refusal) < 50:
            self.refusal.append(text)


def _figure(text: str | None) -> int | None:
    return int(text) if text and _FIGURE.fullmatch(text.strip()) else None
