"""transport.data.gouv.fr: the whole catalogue in one JSON list. Fields without a value are left out of its answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Portal, json_response, route


class Transport(Portal):
    """Serves a catalogue whose records are dataset documents, keyed by their id on data.gouv.fr."""

    name: ClassVar[str] = "transport"

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue()

    def routes(self) -> Iterable[Rule]:
        """Answer the list, each dataset, and the page of each."""
        yield route("/api/datasets", self.datasets)
        yield route("/api/datasets/<key>", self.dataset)
        yield route("/datasets/<slug>", self.page)

    def datasets(self, request: Request) -> Response:
        """Answer everything at once."""
        if failure := self.faults.instead_of(1):
            return failure
        return self.faults.spoil(1, json_response(self._all(request), Cache_Control="max-age=60, public"))

    def dataset(self, request: Request, key: str) -> Response:
        """Answer one dataset."""
        record = self.catalogue.get(key)
        if not record:
            return json_response("dataset not found", 404)
        return json_response(without_nulls(record(request.host_url.rstrip("/"))))

    def page(self, request: Request, slug: str) -> Response:
        """Show the page a person sees about a dataset."""
        dataset = next((one for one in self._all(request) if one.get("slug") == slug), None)
        if dataset is None:
            raise NotFound
        return record_page(dataset.get("title") or slug, dataset.get("description") or "", "fr")

    def _all(self, request: Request) -> list[Any]:
        base = request.host_url.rstrip("/")
        return [without_nulls(record(base)) for record in self.catalogue.page(0, len(self.catalogue))]


def without_nulls(value: Any) -> Any:
    """Return a document without the fields that are null, as the portal sends it."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value
