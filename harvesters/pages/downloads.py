"""The list of sources and the report of a run, as files for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ckan.types import Response
from flask import Response as FlaskResponse

from ckanext.harvesters.pages import moments, words
from ckanext.harvesters.pages.passes import Pass
from ckanext.harvesters.pages.source_pages import Shown

COLUMNS = ("guid", "severity", "field", "value", "reason", "text", "detail", "url")
SOURCES = (
    "name",
    "title",
    "region",
    "protocol",
    "address",
    "datasets",
    "health",
    "last_run",
    "next_run",
    "seconds",
    "seen",
    "added",
    "updated",
    "unchanged",
    "failed",
    "deleted",
    "out_of_scope",
)

#: What a spreadsheet would take for the beginning of a formula; portals can send anything.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]], name: str) -> Response:
    """Return rows as CSV (UTF-8 with its mark, which spreadsheets need to know the accents), sent while it is made."""
    response = FlaskResponse(_written(columns, rows), mimetype="text/csv")
    return _named(response, f"{name}.csv")


def document(content: Mapping[str, object], name: str) -> Response:
    """Return a JSON document."""
    response = FlaskResponse(json.dumps(content, ensure_ascii=False, indent=2), mimetype="application/json")
    return _named(response, f"{name}.json")


def original(record: Mapping[str, str], source: str) -> Response:
    """Return an original record as a file. Never as a page: a portal could have sent one with a script in it."""
    response = FlaskResponse(record["content"], mimetype="application/octet-stream")
    end = {"json": "json", "geo+json": "json", "n-triples": "nt"}.get(record["media_type"].rpartition("/")[2], "xml")
    return _named(response, f"{source}-record.{end}")


def source_row(source: Shown) -> dict[str, object]:
    """Return a source and its latest run as a row of `SOURCES`."""
    last = source.last
    return {
        "name": source.name,
        "title": source.title,
        "region": source.region.name if source.region else "",
        "protocol": source.protocol,
        "address": source.address,
        "datasets": source.datasets,
        "health": words.health(source.health),
        "last_run": moments.iso(last.started) if last and last.started else "",
        "next_run": moments.iso(source.next_run) if source.next_run else "",
        "seconds": round(last.seconds, 1) if last and last.seconds is not None else "",
        **(last.counts.as_dict() if last else {}),
    }


def run_head(source: Shown, one: Pass) -> dict[str, object]:
    """Return what a report's JSON says of its run."""
    return {
        "source": source.name,
        "job_id": one.job_id,
        "health": one.health.value,
        "reason": one.reason,
        "detail": one.detail,
        "started": moments.iso(one.started) if one.started else None,
        "finished": moments.iso(one.finished) if one.finished else None,
        **one.counts.as_dict(),
    }


def _written(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\N{BYTE ORDER MARK}")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(row.get(column)) for column in columns])
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _named(response: FlaskResponse, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # pyright: ignore[reportReturnType]  # Flask's class; CKAN's is a subclass
