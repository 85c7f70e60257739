"""CKAN's action API: ``{portal}/api/3/action/package_search?start=&rows=&sort=&fq=``, JSON.

A source's ``url`` is the portal (``https://www.transportdata.be``).

* ``scope``: ``fq`` (a filter or a list, sent as they are: ``organization:nmbs``), ``q``, and
  `ckanext.harvesters.scope`'s keys.
* ``options``: ``page_size`` (100; CKAN gives at most 1,000), ``max_pages`` (2,000), ``types`` (dataset types taken, all
  but harvest sources and showcases when not given).

A dataset is known by its ``id``, which stays when it is renamed. Search needs no more than one question a page; the
portal's index may still list what is deleted or not yet public, and such records are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ckanext.harvesters.ckan_api.dataset import map_dataset
from ckanext.harvesters.mapping import json_records, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.json_records import Fields, Listed, write_record
from ckanext.harvesters.paging import Pass, ask, base_of, positive, shortfall, with_query
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    Client,
    Mapped,
    Page,
    Problem,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

JSON = "application/json"
_API = "/api/3/action"
_LARGEST_PAGE = 1_000
#: Package types of extensions that describe no data.
_NO_DATASETS = frozenset({"harvest", "showcase"})


class CkanApi:
    """Reads the datasets of a CKAN."""

    name = "ckan_api"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield what the search finds, the oldest first. See `records.Protocol.pages`."""
        size = positive(source, "page_size", default=100, most=_LARGEST_PAGE)
        run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        received, failed = 0, False
        for number in run.numbers():
            start = (number - 1) * size
            url = page_url(source, start, size)
            try:
                listed = read_search(ask(client, url, JSON).content, url)
            except SourceError as error:
                yield run.stumble(error)
                failed = True
                continue
            run.total = listed.total if listed.total is not None else run.total
            records, problems = _records(source, listed.items, url)
            problems += listed.problems
            received += len(listed.items)
            failed = failed or bool(listed.problems)
            if run.repeats(records):
                records, problems = [], [Problem(None, "start", str(start), Reason.PAGE_REPEATED, url)]
            last = start + size >= run.total if run.total is not None else not listed.items
            if last and not failed:
                problems += shortfall(received, run.total, "count", url)
            complete = not any(problem.severity is Severity.ERROR for problem in problems)
            yield run.page(records, problems, complete=complete)
            if last:
                return
        yield run.cut_short(source.url, Reason.TOO_MANY_PAGES, run.page_limit)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        value = json_records.parse_record(record.content)
        draft = Draft(source, record)
        map_dataset(draft, Fields(with_extras(value), draft))
        return draft.finish("title")


def page_url(source: Source, start: int, size: int) -> str:
    """Return the address of the datasets from a position (0 is the first) on."""
    base = base_of(source.url, "/api/", "/dataset", "/organization") + f"{_API}/package_search"
    filters = source.scope.get("fq")
    fq = " ".join(f"({one})" for one in filters) if isinstance(filters, list | tuple) else filters
    # Of a catalogue sorted by creation, new datasets come last: a page does not slide while it is read.
    asked = {"start": start, "rows": size, "sort": "metadata_created asc, id asc", "fq": fq, "q": source.scope.get("q")}
    return with_query(base, asked)


def read_search(content: bytes, url: str) -> Listed:
    """Read an answer of the search. Raises `SourceError`, also for CKAN's own ``"success": false``."""
    try:
        value = json_records.parse(content)
    except ValueError:
        return json_records.read_list(content, "results", url)  # what is whole of it, or the error
    result = value.get("result") if isinstance(value, dict) else None
    items = result.get("results") if isinstance(result, dict) else None
    if not isinstance(items, list):
        raise SourceError(Reason.BAD_ANSWER, url, value.get("error", value) if isinstance(value, dict) else value)
    total = result.get("count") if isinstance(result, dict) else None
    known = isinstance(total, int) and not isinstance(total, bool) and total >= 0
    return Listed(tuple(items), total if known else None, value)


def with_extras(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dataset with its extras as fields, where it has no field of that name.

    Extras are a list of key and value; older and other portals send an object, or nothing.
    """
    extras = value.get("extras")
    found: dict[str, Any] = {}
    if isinstance(extras, dict):
        found = extras
    elif isinstance(extras, list):
        found = {
            one["key"]: one.get("value") for one in extras if isinstance(one, dict) and isinstance(one.get("key"), str)
        }
    return {**found, **{key: inner for key, inner in value.items() if inner not in (None, "", [], {})}}


def _records(source: Source, items: Sequence[Any], url: str) -> tuple[list[SourceRecord], list[Problem]]:
    records: list[SourceRecord] = []
    problems: list[Problem] = []
    taken = source.options.get("types")
    base = base_of(source.url, "/api/", "/dataset", "/organization")
    for number, item in enumerate(items):
        found = item.get("id") if isinstance(item, dict) else None
        if not isinstance(found, str) or not 0 < len(found) <= 100:
            problems.append(Problem(None, f"results[{number}].id", shorten(found or item), Reason.NO_IDENTIFIER, url))
            continue
        name = item.get("name")
        page = f"{base}/dataset/{urls.segment(name if isinstance(name, str) else found)}"
        kind = item.get("type") or "dataset"
        if kind in _NO_DATASETS or (taken and kind not in taken):
            problems.append(Problem(found, "type", shorten(kind), Reason.NOT_A_DATASET, page, Severity.WARNING))
            continue
        mark = _withdrawn(item)
        if mark:
            problems.append(Problem(found, mark, shorten(item.get(mark)), Reason.NOT_PUBLIC, page, Severity.WARNING))
            continue
        modified = item.get("metadata_modified")
        records.append(
            SourceRecord(found, write_record(item), JSON, page, modified if isinstance(modified, str) else None)
        )
    return records, problems


def _withdrawn(item: Mapping[str, Any]) -> str | None:
    if item.get("private"):
        return "private"
    return "state" if item.get("state", "active") != "active" else None
