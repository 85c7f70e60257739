"""Metadata Vlaanderen / Datavindplaats: DCAT-AP-VL pages of GeoNetwork's OGC API Records service.

Its habits, reproduced here: one ``rdf:RDF`` a page, one ``dcat:Catalog`` around each record, no total, no link to a
next page; past the end the pages are empty. ``limit`` is 10 unless asked for, and no maximum is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay import rdfxml
from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.server import Portal, json_response, route

DEFAULT_LIMIT = 10


class Datavindplaats(Portal):
    """Serves a catalogue whose records are RDF/XML fragments, each a ``dcat:Catalog`` wrapper, as text."""

    name: ClassVar[str] = "datavindplaats"

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue()

    def routes(self) -> Iterable[Rule]:
        """Answer the one path the feed has."""
        yield route("/api/collections/main/items", self.items)

    def items(self, request: Request) -> Response:
        """Answer a page: ``startindex`` from 0, ``limit``, ``f=dcat_ap_vl``."""
        start = request.args.get("startindex", 0, type=int)
        limit = request.args.get("limit", DEFAULT_LIMIT, type=int)
        if start < 0 or limit < 1:
            return json_response({"code": "InvalidParameterValue", "description": "startindex, limit"}, 400)
        if request.args.get("f") != "dcat_ap_vl":
            return json_response({"code": "NotAcceptable", "description": "f"}, 406)
        number = start // limit + 1
        if failure := self.faults.instead_of(number):
            return failure
        shifted = self.faults.shifted(number)
        records = [] if shifted is None else self.catalogue.page(start + (shifted - number) * limit, limit)
        base = request.host_url.rstrip("/")
        body = rdfxml.document([record(base) for record in records])
        return self.faults.spoil(number, Response(body, content_type="application/rdf+xml;charset=UTF-8"))
