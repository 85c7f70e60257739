"""The way through the pages of a feed of DCAT: only on its own host, and never over the same page twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from pyoxigraph import RdfFormat

from ckanext.harvesters.dcat import catalogue
from ckanext.harvesters.dcat.document import FORMS, Document
from ckanext.harvesters.mapping import urls
from ckanext.harvesters.paging import Pass, base_of, positive, shortfall
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    GUID_LIMIT,
    Page,
    Problem,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

RDF_XML = "application/rdf+xml"
N_TRIPLES = "application/n-triples"
#: Datasets handed on at a time: a dump of 18,000 is no reason to hold them all.
SLICE = 500
_PAGE_NUMBER = re.compile(r"([?&]page=)(\d{1,7})(?=&|$)")


class Walk:
    """What a pass over a feed has seen, and where it goes next."""

    def __init__(self, source: Source) -> None:
        base_of(source.url)
        self.run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        self.form = source.options.get("format")
        if self.form is not None and self.form not in FORMS:
            raise SourceError(Reason.BAD_CONFIGURATION, source.url, f"options.format = {self.form!r}")
        self.url = source.url
        self.linked = source.options.get("linked", True)
        self._waiting = [source.url]
        self.visited: set[str] = set()
        self._received = 0
        self._unsure = False

    def next(self) -> str | None:
        """Return the next page's address; None at the end."""
        if not self._waiting:
            return None
        url = self._waiting.pop(0)
        self.visited.add(url)
        return url

    def past_failure(self, url: str) -> bool:
        """Go on with the page behind one that gave no link: only an address that counts its pages says which."""
        self._unsure = True
        following = _PAGE_NUMBER.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", url)
        if following == url or following in self.visited:
            return False
        self._waiting.append(following)
        return True

    def read(self, found: catalogue.Catalogue, document: Document, url: str) -> Iterator[Page]:
        """Yield a document's datasets, and note where the list goes on."""
        taken = found.take()
        total = found.total()
        self.run.total = total if total is not None else self.run.total
        first = True
        while (batch := list(islice(taken, SLICE))) or first:
            records, problems = records_of(batch, url)
            self._received += len(batch)
            if first and self.run.repeats(records):
                records, problems = [], [Problem(None, "page", shorten(url), Reason.PAGE_REPEATED, url)]
            if len(batch) < SLICE:
                problems += [Problem(None, "page", detail, reason, url) for detail, reason in document.faults]
                problems += self._mended(document, url) + self._onward(found, document, url)
            complete = not any(problem.severity is Severity.ERROR for problem in problems)
            if not first:
                self.run.number += 1
            yield self.run.page(records, problems, complete=complete)
            first = False
            if len(batch) < SLICE:
                return

    @staticmethod
    def _mended(document: Document, url: str) -> list[Problem]:
        if not document.mended or document.pieces:
            return []
        said = f"{document.mended} ×"
        return [Problem(None, "page", said, Reason.PAGE_MENDED, url, Severity.WARNING)]

    def _onward(self, found: catalogue.Catalogue, document: Document, url: str) -> list[Problem]:
        """Note the next pages; return what is wrong with the way on."""
        if not self.linked:
            return []
        following = found.following()
        doubts = [self.follow("hydra:next", link, url) for link in following]
        # The pages of a tree lead back too: one seen before is no circle there.
        doubts += [self.follow("tree:node", link, url) for link in found.related() if link not in self.visited]
        problems = [doubt for doubt in doubts if doubt is not None]
        if document.faults and not following and not self._waiting:
            self.past_failure(url)
        if not self._waiting and not problems and not self._unsure:
            problems += shortfall(self._received, self.run.total, "hydra:totalItems", url)
        return problems

    def follow(self, field: str, link: str, url: str) -> Problem | None:
        """Note a page to be read; return what forbids it."""
        address = _as_asked(link, url)
        if not urls.same_host(address, url):
            return Problem(None, field, shorten(link), Reason.NEXT_PAGE_ELSEWHERE, url)
        if address in self.visited:
            return Problem(None, field, shorten(link), Reason.PAGE_REPEATED, url)
        if address not in self._waiting:
            self._waiting.append(address)
        return None


def _as_asked(link: str, url: str) -> str:
    """Return a link with the scheme the page was asked for by: portals behind a proxy write http for https."""
    try:
        there, here = urlsplit(link), urlsplit(url)
    except ValueError:
        return link
    if there.scheme == "http" and here.scheme == "https" and there.netloc == here.netloc:
        return urlunsplit(there._replace(scheme="https"))
    return link


def records_of(batch: list[catalogue.Taken], url: str) -> tuple[list[SourceRecord], list[Problem]]:
    """Return datasets taken out of a page as records, and what is wrong with those that are none."""
    records, problems = [], []
    for taken in batch:
        guid = taken.guid
        if guid is None or len(guid.encode("utf-8", "replace")) > GUID_LIMIT:
            problems.append(Problem(None, "dcat:Dataset", shorten(guid or ""), Reason.NO_IDENTIFIER, url))
        elif taken.reason is not None:
            problems.append(Problem(guid, "dcat:Dataset", shorten(guid), taken.reason, url))
        else:
            kind = RDF_XML if taken.form == RdfFormat.RDF_XML else N_TRIPLES
            records.append(SourceRecord(guid, taken.content, kind, _page(taken, guid)))
    return records, problems


def _page(taken: catalogue.Taken, guid: str) -> str | None:
    """Return where a person can look the record up: its landing page, or its IRI when that is a web address."""
    match = re.search(rb"<http://www\.w3\.org/ns/dcat#landingPage> <([^<>\s\\]+)>", taken.content)
    found = urls.tidy(match[1].decode("utf-8", "replace")) if match else None
    return found or urls.tidy(guid)
