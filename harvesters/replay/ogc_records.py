"""A catalogue of OGC API Records, as pycsw answers it.

Its habits, reproduced here: 10 records unless asked for, ``numberMatched`` in every answer, a link to the next page,
errors as ``{"code", "description"}``. ``links`` set to False is GeoNetwork's way: a position and no link at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Portal, json_response, route

DEFAULT_LIMIT = 10
MOST = 10_000
ITEMS = "/collections/catalogue/items"


class OgcRecords(Portal):
    """Serves a catalogue whose records are GeoJSON features, keyed by their id.

    ``position`` is the parameter that turns pages, ``links`` whether an answer names the next page.
    """

    name: ClassVar[str] = "ogc_records"

    def __init__(self, catalogue: Catalogue | None = None, *, position: str = "offset", links: bool = True) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue()
        self.position, self.links = position, links

    def routes(self) -> Iterable[Rule]:
        """Answer the items, each item, and the page of each."""
        yield route(ITEMS, self.items)
        yield route(f"{ITEMS}/<key>", self.item)

    def items(self, request: Request) -> Response:
        """Answer a page of the items."""
        limit = request.args.get("limit", DEFAULT_LIMIT, type=int)
        offset = request.args.get(self.position, 0, type=int)
        if not 1 <= limit <= MOST or offset < 0:
            return json_response({"code": "InvalidParameterValue", "description": "limit or offset"}, 400)
        number = offset // limit + 1
        if failure := self.faults.instead_of(number):
            return failure
        shown = offset - limit if number == self.faults.repeat_page_at else offset
        base = request.host_url.rstrip("/")
        features = [record(base) for record in self.catalogue.page(shown, limit)]
        features = [] if number == self.faults.empty_page_at else features
        answer: dict[str, Any] = {
            "type": "FeatureCollection",
            "numberMatched": len(self.catalogue),
            "numberReturned": len(features),
            "features": features,
        }
        if self.links and offset + limit < len(self.catalogue):
            query = urlencode({"limit": limit, self.position: offset + limit})
            answer["links"] = [{"rel": "next", "type": "application/geo+json", "href": f"{request.base_url}?{query}"}]
        return self.faults.spoil(number, json_response(answer))

    def item(self, request: Request, key: str) -> Response:
        """Answer one record: as GeoJSON, or its page for a person."""
        record = self.catalogue.get(key)
        if not record:
            raise NotFound
        found = record(request.host_url.rstrip("/"))
        if request.args.get("f") == "html":
            about = found["properties"]
            return record_page(about.get("title") or key, about.get("description") or "", "fr")
        return json_response(found)
