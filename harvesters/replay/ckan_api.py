"""Another CKAN, as its action API answers: transportdata.be and any other.

Its habits, reproduced here: 10 datasets unless asked for and at most 1,000, errors as ``"success": false`` with status
400, the count in every answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Portal, json_response, route

DEFAULT_ROWS = 10
MOST_ROWS = 1_000
HELP = "/api/3/action/help_show?name=package_search"


class CkanPortal(Portal):
    """Serves a catalogue whose records are dataset dicts, keyed by their id."""

    name: ClassVar[str] = "transportdata"

    def __init__(self, catalogue: Catalogue | None = None, language: str = "nl") -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue()
        self.language = language

    def routes(self) -> Iterable[Rule]:
        """Answer the search, one dataset, and the page of each."""
        yield route("/api/3/action/package_search", self.search)
        yield route("/api/3/action/package_show", self.show)
        yield route("/dataset/<key>", self.page)

    def search(self, request: Request) -> Response:
        """Answer a page of the search: ``start``, ``rows``, ``fq`` (one field and one value)."""
        start = request.args.get("start", 0, type=int)
        rows = min(request.args.get("rows", DEFAULT_ROWS, type=int), MOST_ROWS)
        if start < 0 or rows < 0:
            error = {"__type": "Validation Error", "start": ["Must be a natural number"]}
            return json_response({"help": HELP, "success": False, "error": error}, 409)
        number = start // (rows or 1) + 1
        if failure := self.faults.instead_of(number):
            return failure
        found = self._found(request)
        shown = start - rows if number == self.faults.repeat_page_at else start
        results = [] if number == self.faults.empty_page_at else found[shown : shown + rows]
        result = {"count": len(found), "sort": request.args.get("sort", ""), "results": results, "facets": {}}
        return self.faults.spoil(number, json_response({"help": HELP, "success": True, "result": result}))

    def show(self, request: Request) -> Response:
        """Answer one dataset by id or name."""
        dataset = self._named(request, request.args.get("id", ""))
        if dataset is None:
            error = {"__type": "Not Found Error", "message": "Not found"}
            return json_response({"help": HELP, "success": False, "error": error}, 404)
        return json_response({"help": HELP, "success": True, "result": dataset})

    def page(self, request: Request, key: str) -> Response:
        """Show the page a person sees about a dataset."""
        dataset = self._named(request, key)
        if dataset is None:
            raise NotFound
        texts = [
            _in(dataset.get(f"{name}_translated") or dataset.get(name), self.language) for name in ("title", "notes")
        ]
        return record_page(texts[0] or key, texts[1], self.language)

    def _found(self, request: Request) -> list[Any]:
        base = request.host_url.rstrip("/")
        every = [record(base) for record in self.catalogue.page(0, len(self.catalogue))]
        field, colon, asked = (request.args.get("fq") or "").strip("()").partition(":")
        if not colon:
            return every
        wanted = asked.strip('"')
        return [one for one in every if wanted in (one.get(field), (one.get(field) or {}) and _name(one.get(field)))]

    def _named(self, request: Request, key: str) -> Any:
        base = request.host_url.rstrip("/")
        every = (record(base) for record in self.catalogue.page(0, len(self.catalogue)))
        return next((one for one in every if key in (one.get("id"), one.get("name"))), None)


def _name(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


def _in(value: Any, language: str) -> str:
    if isinstance(value, dict):
        return str(value.get(language) or next(iter(value.values()), ""))
    return str(value or "")
