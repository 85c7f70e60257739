"""data.gouv.fr: udata's REST API, versions 1 and 2.

Its habits, reproduced here: pages counted from 1, 20 records unless asked for, ``next_page`` as an absolute address,
502 for a page size of ten thousand, 400 for an organization named by its slug, zones compared exactly, 410 for a
dataset that was deleted (in the list it is simply gone). Version 2 lists datasets without their files: in their place
is a link to pages of 50.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.catalogue import Catalogue, Record
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Portal, json_response, route

Dataset = Mapping[str, Any]

DEFAULT_SIZE = 20
FILES_SIZE = 50
TOO_LARGE = 10_000
OBJECT_ID = re.compile(r"[0-9a-f]{24}")
SORTS = ("title", "created", "last_update", "reuses", "followers", "views")


def zones(dataset: Dataset) -> set[str]:
    """Name the zones a dataset says it covers."""
    named = (dataset.get("spatial") or {}).get("zones") or []
    return {zone if isinstance(zone, str) else str(zone.get("id")) for zone in named}


FILTERS: Mapping[str, Callable[[Dataset, str], bool]] = {
    "organization": lambda dataset, asked: (dataset.get("organization") or {}).get("id") == asked,
    "geozone": lambda dataset, asked: asked in zones(dataset),
    "tag": lambda dataset, asked: asked in (dataset.get("tags") or []),
    "license": lambda dataset, asked: dataset.get("license") == asked,
    "granularity": lambda dataset, asked: (dataset.get("spatial") or {}).get("granularity") == asked,
    "format": lambda dataset, asked: any(file.get("format") == asked for file in dataset.get("resources") or []),
    "badge": lambda dataset, asked: any(badge.get("kind") == asked for badge in dataset.get("badges") or []),
}


class Datagouv(Portal):
    """Serves a catalogue whose records are dataset documents, keyed by their id.

    ``filtered`` is off for recorded pages: they are the answer that was once given, whatever was asked.
    """

    name: ClassVar[str] = "datagouv"

    def __init__(self, catalogue: Catalogue | None = None, *, filtered: bool = True) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue()
        self.filtered = filtered

    def routes(self) -> Iterable[Rule]:
        """Answer the list, each dataset by id or slug, the stable addresses of files, and pages for people."""
        yield route("/api/1/datasets/", self.datasets)
        yield route("/api/2/datasets/", self.datasets)
        yield route("/api/2/datasets/<key>/resources/", self.resources)
        yield route("/api/1/datasets/<key>/", self.dataset)
        yield route("/api/1/datasets/r/<identifier>", self.resource)
        yield route("/datasets/<key>/", self.page)

    def datasets(self, request: Request) -> Response:
        """Answer a page of the list: ``page``, ``page_size``, ``sort`` and the filters."""
        page = request.args.get("page", 1, type=int)
        size = request.args.get("page_size", DEFAULT_SIZE, type=int)
        if size >= TOO_LARGE:
            return Response("<html><h1>502 Bad Gateway</h1></html>", 502, mimetype="text/html")
        organization = request.args.get("organization")
        if page < 1 or size < 1 or (organization and not OBJECT_ID.fullmatch(organization)):
            return json_response({"message": "Bad request"}, 400)
        if failure := self.faults.instead_of(page):
            return failure
        found = self._sorted(self._found(request), request.args.get("sort", ""))
        return self.faults.spoil(page, self._envelope(request, found, page, size))

    def dataset(self, request: Request, key: str) -> Response:
        """Answer one dataset; 410 when it was deleted, 404 when there never was one."""
        if key in self.catalogue.deleted:
            return json_response({"message": "Dataset has been deleted"}, 410)
        base = request.host_url.rstrip("/")
        record = self.catalogue.get(key)
        if record:
            return json_response(record(base))
        dataset = self._named(base, key)
        return json_response(dataset) if dataset else json_response({"message": "Not found"}, 404)

    def resources(self, request: Request, key: str) -> Response:
        """Answer a page of a dataset's files."""
        record = self.catalogue.get(key) or next((one for one in self._records() if one("")["id"] == key), None)
        if record is None:
            return json_response({"message": "Not found"}, 404)
        files = record(request.host_url.rstrip("/")).get("resources") or []
        page, size = request.args.get("page", 1, type=int), request.args.get("page_size", FILES_SIZE, type=int)
        following = f"{request.base_url}?page={page + 1}&page_size={size}" if page * size < len(files) else None
        return json_response(
            {
                "data": files[(page - 1) * size : page * size],
                "next_page": following,
                "page": page,
                "page_size": size,
                "previous_page": f"{request.base_url}?page={page - 1}&page_size={size}" if page > 1 else None,
                "total": len(files),
            }
        )

    def resource(self, request: Request, identifier: str) -> Response:
        """Lead to the file a resource has now."""
        datasets = self._all(request.host_url.rstrip("/"))
        files = (file for dataset in datasets for file in dataset.get("resources") or [])
        url = next((file["url"] for file in files if file.get("id") == identifier), None)
        return redirect(url, 302) if url else json_response({"message": "Not found"}, 404)

    def page(self, request: Request, key: str) -> Response:
        """Show the page a person sees about a dataset."""
        dataset = self._named(request.host_url.rstrip("/"), key)
        if not dataset:
            raise NotFound
        return record_page(dataset["title"], dataset.get("description") or "", "fr")

    def _named(self, base: str, slug: str) -> Dataset | None:
        return next((dataset for dataset in self._all(base) if dataset.get("slug") == slug), None)

    def _all(self, base: str) -> Iterable[Dataset]:
        return (record(base) for record in self._records())

    def _records(self) -> Iterable[Record]:
        return self.catalogue.page(0, len(self.catalogue))

    def _found(self, request: Request) -> list[Dataset]:
        datasets = list(self._all(request.host_url.rstrip("/")))
        if not self.filtered:
            return datasets
        for name, matches in FILTERS.items():
            for asked in request.args.getlist(name):
                datasets = [dataset for dataset in datasets if matches(dataset, asked)]
        return datasets

    @staticmethod
    def _sorted(datasets: list[Dataset], sort: str) -> list[Dataset]:
        key = sort.removeprefix("-")
        if key not in SORTS:
            return datasets
        field = {"created": "created_at"}.get(key, key)

        def value(dataset: Dataset) -> Any:
            counted = (dataset.get("metrics") or {}).get(field) or 0
            return counted if field in {"reuses", "followers", "views"} else str(dataset.get(field) or "")

        return sorted(datasets, key=value, reverse=sort.startswith("-"))

    def _envelope(self, request: Request, found: list[Dataset], page: int, size: int) -> Response:
        source = page - 1 if page == self.faults.repeat_page_at else page
        data = [] if page == self.faults.empty_page_at else found[(source - 1) * size : source * size]
        if not found[(page - 1) * size :] and page > 1:
            return json_response({"message": "Not found"}, 404)
        if "/api/2/" in request.path:
            data = [_without_files(request.base_url, dataset) for dataset in data]

        def address(number: int) -> str:
            arguments = MultiDict(request.args)
            arguments.setlist("page", [str(number)])
            arguments.setlist("page_size", [str(size)])
            return f"{request.base_url}?{urlencode(list(arguments.items(multi=True)))}"

        return json_response(
            {
                "data": data,
                "next_page": address(page + 1) if page * size < len(found) else None,
                "page": page,
                "page_size": size,
                "previous_page": address(page - 1) if page > 1 else None,
                "total": len(found),
            }
        )


def _without_files(address: str, dataset: Dataset) -> Dataset:
    """Put the link to a dataset's files in their place, as version 2 does."""
    link = {
        "rel": "subsection",
        "href": f"{address}{dataset.get('id')}/resources/?page=1&page_size={FILES_SIZE}",
        "type": "GET",
        "total": len(dataset.get("resources") or []),
    }
    return {**dataset, "resources": link}
