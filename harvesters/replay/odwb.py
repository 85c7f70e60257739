"""ODWB and other Opendatasoft portals: the Explore API v2.1.

Its limits, reproduced here: ``limit`` at most 100 (10 unless asked for), ``offset + limit`` below 10,000 and the whole
catalogue by its export; a daily quota told in X-RateLimit headers, and 429 when it is used up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.catalogue import Catalogue
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Handler, Portal, json_response, route
from ckanext.harvesters.replay.tables import EXPORTS

Dataset = Mapping[str, Any]

API = "/api/explore/v2.1"
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
WINDOW = 10_000
QUOTA = 5_000
ORDERS = ("dataset_id", "dataset_uid", "title", "modified", "metadata_processed", "data_processed", "records_count")
RECORDS = "_records"
"""The key under which a sample dataset carries its rows; never sent."""


class BadRequestError(Exception):
    """A parameter the API does not take: its code and message as the portal words them."""

    def __init__(self, message: str, code: str = "InvalidRESTParameterError") -> None:
        super().__init__(message)
        self.body = {"message": message, "error_code": code}


class Odwb(Portal):
    """Serves a catalogue whose records are dataset documents, keyed by their ``dataset_id``."""

    name: ClassVar[str] = "odwb"

    def __init__(
        self, catalogue: Catalogue | None = None, quota: int = QUOTA, *, name: str | None = None, language: str = "fr"
    ) -> None:
        """``name`` is its path prefix, ``language`` that of its pages."""
        super().__init__()
        if name:
            self.name = name  # type: ignore[misc]  (one class, several portals)
        self.language = language
        self.catalogue = catalogue or Catalogue()
        self.quota = quota
        self.calls = 0
        self._day = datetime.now(UTC).date()

    def routes(self) -> Iterable[Rule]:
        """Answer the catalogue, its exports, and the records of a dataset."""
        yield route(f"{API}/catalog/datasets", self._counted(self.datasets))
        yield route(f"{API}/catalog/datasets/<key>", self._counted(self.dataset))
        yield route(f"{API}/catalog/exports", self._counted(self.formats))
        yield route(f"{API}/catalog/exports/json", self._counted(self.export))
        yield route(f"{API}/catalog/datasets/<key>/records", self._counted(self.records))
        yield route(f"{API}/catalog/datasets/<key>/exports/<form>", self._counted(self.records_export))
        yield route("/explore/dataset/<key>/", self.page)
        yield route("/explore/dataset/<key>/<tab>/", self.page)

    def datasets(self, request: Request) -> Response:
        """Answer a page of the catalogue: ``limit``, ``offset``, ``order_by``, ``refine``."""
        limit, offset = _window(request)
        number = offset // limit + 1
        if failure := self.faults.instead_of(number):
            return failure
        found = self._found(request)
        source = offset - limit if number == self.faults.repeat_page_at else offset
        results = [] if number == self.faults.empty_page_at else found[source : source + limit]
        links = request.args.get("include_links") == "true"
        page = {"total_count": len(found), "results": [self._sent(result, request, links) for result in results]}
        return self.faults.spoil(number, json_response(page))

    def dataset(self, request: Request, key: str) -> Response:
        """Answer one dataset."""
        record = self.catalogue.get(key)
        if not record:
            return _unknown(key)
        return json_response(self._sent(record(_base(request)), request, request.args.get("include_links") == "true"))

    def formats(self, request: Request) -> Response:
        """Name the exports of the catalogue."""
        links = [{"rel": "json", "href": f"{request.base_url.rstrip('/')}/json"}]
        return json_response({"links": links})

    def export(self, request: Request) -> Response:
        """Answer the whole catalogue (``limit=-1``, no window) as one JSON array, in chunks like the portal."""
        limit = request.args.get("limit", -1, type=int)
        found = self._found(request)
        sent = [self._sent(result, request, links=False) for result in (found if limit < 0 else found[:limit])]
        body = json.dumps(sent, ensure_ascii=False).encode()
        disposition = {"Content-Disposition": 'attachment; filename="datasets.json"'}
        return self.faults.spoil(1, Response(body, headers=disposition, content_type="application/json; charset=utf-8"))

    def records(self, request: Request, key: str) -> Response:
        """Answer a page of a dataset's records."""
        rows = self._rows(request, key)
        if rows is None:
            return _unknown(key)
        limit, offset = _window(request)
        return json_response({"total_count": len(rows), "results": rows[offset : offset + limit]})

    def records_export(self, request: Request, key: str, form: str) -> Response:
        """Answer all records of a dataset in one of the forms of :data:`EXPORTS`."""
        rows = self._rows(request, key)
        if rows is None or form not in EXPORTS:
            return _unknown(f"{key}/{form}")
        write, media_type = EXPORTS[form]
        disposition = {"Content-Disposition": f'attachment; filename="{key}.{form}"'}
        return Response(write(rows), headers=disposition, content_type=media_type)

    def page(self, request: Request, key: str, tab: str = "information") -> Response:
        """Show the page a person sees about a dataset, whatever the tab."""
        record = self.catalogue.get(key)
        if not record:
            raise NotFound
        default = record(_base(request))["metas"]["default"]
        return record_page(default["title"], default["description"] or "", self.language)

    def _sent(self, dataset: Dataset, request: Request, links: bool) -> Dataset:
        """Leave out what the portal does not send, and add links when they were asked for."""
        public = {name: value for name, value in dataset.items() if name != RECORDS}
        if links:
            self_link = f"{_base(request)}/{self.name}{API}/catalog/datasets/{dataset['dataset_id']}"
            public["links"] = [{"rel": "self", "href": self_link}, {"rel": "exports", "href": f"{self_link}/exports"}]
        return public

    def _rows(self, request: Request, key: str) -> list[Mapping[str, Any]] | None:
        record = self.catalogue.get(key)
        return record(_base(request)).get(RECORDS) if record else None

    def _found(self, request: Request) -> list[Dataset]:
        base = _base(request)
        datasets = [record(base) for record in self.catalogue.page(0, len(self.catalogue))]
        for refinement in request.args.getlist("refine"):
            name, _, asked = refinement.partition(":")
            datasets = [dataset for dataset in datasets if asked.strip('"') in _values(dataset, name)]
        if request.args.get("where"):
            raise BadRequestError("ODSQL query is not supported by this stand-in: where.", "ODSQLError")
        order = request.args.get("order_by")
        return _ordered(datasets, order) if order else datasets

    def _counted(self, handler: Handler) -> Handler:
        """Count calls against the quota, which begins anew each day, and word errors as the portal does."""

        def answer(request: Request, **parts: Any) -> Response:
            now = datetime.now(UTC)
            if now.date() != self._day:
                self._day, self.calls = now.date(), 0
            reset = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
            self.calls += 1
            if self.calls > self.quota:
                return json_response(_quota_used_up(reset, self.quota), 429)
            try:
                response = handler(request, **parts)
            except BadRequestError as error:
                response = json_response(error.body, 400)
            response.headers["X-RateLimit-Limit"] = str(self.quota)
            response.headers["X-RateLimit-Remaining"] = str(self.quota - self.calls)
            response.headers["X-RateLimit-Reset"] = str(reset)
            response.headers["Cache-Control"] = "no-cache"
            return response

        return answer


def _base(request: Request) -> str:
    return request.host_url.rstrip("/")


def _window(request: Request) -> tuple[int, int]:
    """Read ``limit`` and ``offset``. Raises BadRequestError outside the documented window."""
    numbers = []
    for name, default in (("limit", DEFAULT_LIMIT), ("offset", 0)):
        text = request.args.get(name, str(default))
        if not text.lstrip("-").isdigit():
            raise BadRequestError(
                f"Invalid value for {name} API parameter: {text} was found but an integer is expected."
            )
        numbers.append(int(text))
    limit, offset = numbers
    if not -1 <= limit <= LARGEST_LIMIT:
        raise BadRequestError(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit <= {LARGEST_LIMIT} is expected."
        )
    if offset < 0 or offset + limit >= WINDOW:
        found = f"{offset + limit} was found but < {WINDOW} is expected."
        raise BadRequestError(f"Invalid value for sum of offset + limit API parameter: {found}")
    return (LARGEST_LIMIT if limit < 1 else limit), offset


def _values(dataset: Dataset, name: str) -> list[Any]:
    value = dataset["metas"]["default"].get(name)
    return value if isinstance(value, list) else [value]


def _ordered(datasets: list[Dataset], clause: str) -> list[Dataset]:
    """Sort by one field, ``asc`` unless ``desc`` is said. Raises BadRequestError for a field there is not."""
    field, _, direction = clause.strip().partition(" ")
    if field not in ORDERS or direction.strip().lower() not in {"", "asc", "desc"}:
        message = f"ODSQL query is malformed: {clause} Clause(s) containing the error(s): order_by."
        raise BadRequestError(message, "ODSQLError")

    def value(dataset: Dataset) -> tuple[bool, Any]:
        found = dataset.get(field, dataset["metas"]["default"].get(field))
        return (found is not None, found)

    return sorted(datasets, key=value, reverse=direction.strip().lower() == "desc")


def _unknown(key: str) -> Response:
    return json_response({"error_code": "UnknownDataset", "message": f"Unknown dataset: {key}"}, 404)


def _quota_used_up(reset: datetime, quota: int) -> dict[str, Any]:
    return {
        "errorcode": 10002,
        "reset_time": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "limit_time_unit": "day",
        "call_limit": quota,
        "error": "Too many requests on the domain. Please contact the domain administrator.",
    }
