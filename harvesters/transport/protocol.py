"""transport.data.gouv.fr: ``{portal}/api/datasets``, the whole catalogue in one JSON list, cached there for a minute.

A source's ``url`` is the portal (``https://transport.data.gouv.fr``).

* ``scope``: `ckanext.harvesters.scope`'s keys; the portal cannot be asked for a part. Its datasets name the communes,
  intercommunal bodies, départements and regions they cover, so ``area.places`` is what chooses among them.

A dataset has the id it has on data.gouv.fr, which is how the two are recognised as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.harvesters.mapping import json_records, urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.json_records import Fields, write_record
from ckanext.harvesters.paging import Pass, ask, base_of
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    Client,
    Mapped,
    Page,
    Problem,
    Severity,
    Source,
    SourceRecord,
    shorten,
)
from ckanext.harvesters.transport.dataset import map_dataset

JSON = "application/json"


class Transport:
    """Reads the French access point for mobility data."""

    name = "transport"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the one page there is. See `records.Protocol.pages`."""
        run = Pass(1, number=1)
        url = base_of(source.url, "/api/", "/datasets") + "/api/datasets"
        listed = json_records.read_list(ask(client, url, JSON).content, "", url)
        records: list[SourceRecord] = []
        problems = list(listed.problems)
        for number, item in enumerate(listed.items):
            found = (item.get("datagouv_id") or item.get("id")) if isinstance(item, dict) else None
            if not isinstance(found, str) or not 0 < len(found) <= 100:
                problems.append(Problem(None, f"[{number}].datagouv_id", shorten(item), Reason.NO_IDENTIFIER, url))
            else:
                records.append(_record(found, item))
        complete = not any(problem.severity is Severity.ERROR for problem in problems)
        run.total = len(listed.items)
        yield run.page(records, problems, complete=complete)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        value = json_records.parse_record(record.content)
        draft = Draft(source, record)
        map_dataset(draft, Fields(value, draft))
        return draft.finish("title")


def _record(guid: str, item: Mapping[str, Any]) -> SourceRecord:
    page, modified = item.get("page_url"), item.get("updated")
    return SourceRecord(
        guid,
        write_record(item),
        JSON,
        urls.tidy(page) if isinstance(page, str) else None,
        modified if isinstance(modified, str) else None,
    )
