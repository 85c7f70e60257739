"""A catalogue service of the web, CSW 2.0.2, as GeoNetwork 4 answers it.

Its habits, reproduced here: positions count from 1, 10 records unless asked for, ``nextRecord`` 0 at the end, errors
as ``ows:ExceptionReport`` with status 200, and no record beyond the window of its search engine. ``stingy`` servers
give fewer records than they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import ClassVar

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Portal, route

DEFAULT_SIZE = 10
WINDOW = 10_000
SCHEMAS = ("http://www.isotc211.org/2005/gmd", "http://standards.iso.org/iso/19115/-3/mdb/2.0")
SORTABLE = ("apiso:identifier", "identifier", "title", "apiso:title", "modified", "apiso:modified")
_TITLE = re.compile(r"<(?:gmd|cit):title>\s*<(?:gco|gmx|gcx):[A-Za-z]+[^>]*>([^<]*)<")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>\s*")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">'
    '<csw:SearchStatus timestamp="2026-11-01T00:00:00Z"/>'
)


class Csw(Portal):
    """Serves a catalogue whose records are XML documents, keyed by their identifier."""

    name: ClassVar[str] = "csw"

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        name: str | None = None,
        *,
        stingy: int | None = None,
        window: int = WINDOW,
        language: str = "fr",
    ) -> None:
        """``name`` is its path prefix, ``stingy`` the most records a page has, whatever is asked."""
        super().__init__()
        if name:
            self.name = name  # type: ignore[misc]  (one class, several portals)
        self.catalogue = catalogue or Catalogue()
        self.stingy, self.window, self.language = stingy, window, language

    def routes(self) -> Iterable[Rule]:
        """Answer the service, and the page of each record."""
        yield route("/geonetwork/srv/<language>/csw", self.service)
        yield route("/geonetwork/srv/api/records/<key>", self.page)

    def service(self, request: Request, language: str) -> Response:
        """Answer GetRecords; everything else is an exception."""
        asked = {key.lower(): value for key, value in request.args.items()}
        if asked.get("request", "").lower() != "getrecords" or language not in ("fre", "dut", "eng"):
            return _refused("OperationNotSupported", "request", asked.get("request", ""))
        if asked.get("outputschema", SCHEMAS[0]) not in SCHEMAS:
            return _refused("InvalidParameterValue", "outputSchema", asked["outputschema"])
        order = asked.get("sortby", "").rpartition(":")
        if asked.get("sortby") and (order[0].lower() not in SORTABLE or order[2] not in ("A", "D")):
            return _refused("InvalidParameterValue", "sortBy", asked["sortby"])
        return self._results(request, asked)

    def _results(self, request: Request, asked: dict[str, str]) -> Response:
        start, size = int(asked.get("startposition", 1)), int(asked.get("maxrecords", DEFAULT_SIZE))
        matched = len(self.catalogue)
        if asked.get("resulttype") == "hits":
            return _answered(f'numberOfRecordsMatched="{matched}" numberOfRecordsReturned="0" nextRecord="1"', [])
        if start + size - 1 > self.window:
            said = f"Result window is too large, from + size must be less than or equal to: [{self.window}]"
            return _refused("NoApplicableCode", "", said)
        number = (start - 1) // size + 1
        if failure := self.faults.instead_of(number):
            return failure
        size = min(size, self.stingy or size)
        shown = start - size if number == self.faults.repeat_page_at else start
        records = [] if number == self.faults.empty_page_at else self._page(request, shown, size, asked)
        following = start + size if start + size <= matched else 0
        figures = (
            f'numberOfRecordsMatched="{matched}" numberOfRecordsReturned="{len(records)}" nextRecord="{following}"'
        )
        return self.faults.spoil(number, _answered(figures, records))

    def _page(self, request: Request, start: int, size: int, asked: dict[str, str]) -> list[str]:
        base = request.host_url.rstrip("/")
        keys = self.catalogue.keys()
        if "identifier" in asked.get("sortby", ""):
            keys = sorted(keys)
        return [record(base) for key in keys[start - 1 : start - 1 + size] if (record := self.catalogue.get(key))]

    def page(self, request: Request, key: str) -> Response:
        """Show the page a person sees about a record."""
        record = self.catalogue.get(key)
        if not record:
            raise NotFound
        title = _TITLE.search(record(request.host_url.rstrip("/")))
        return record_page(unescape(title[1]).strip() if title else key, "", self.language)


def _answered(figures: str, records: list[str]) -> Response:
    body = "".join(_DECLARATION.sub("", record) for record in records)
    whole = f"{_HEAD}<csw:SearchResults {figures}>{body}</csw:SearchResults></csw:GetRecordsResponse>"
    return Response(whole.encode(), content_type="application/xml;charset=UTF-8")


def _refused(code: str, locator: str, text: str) -> Response:
    """Word an error as OGC services do, which is with status 200."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" '
        f'version="1.2.0"><ows:Exception exceptionCode="{code}" locator="{locator}"><ows:ExceptionText>'
        f"{escape(text)}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )
    return Response(body, content_type="application/xml;charset=UTF-8")
