"""What a run would change, worked out on the job queue and kept for those who look before anything is applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvesters import config
from ckanext.harvesters.engine.difference import changed_fields
from ckanext.harvesters.engine.queue import is_pending, put
from ckanext.harvesters.engine.run import DrySink, rehearse
from ckanext.harvesters.engine.sources import find
from ckanext.harvesters.engine.tables import HarvestPreview, now
from ckanext.harvesters.records import shorten

#: How many changes are kept of each kind.
MOST = 200


@dataclass(frozen=True)
class Planned:
    """What would become of one record: ``kind`` is added, updated or gone, ``fields`` are those that changed."""

    kind: str
    guid: str
    title: str
    url: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a run would do. ``counts`` are a run's with its ``status``, ``reason`` and ``detail``."""

    made: datetime
    counts: dict[str, Any]
    changes: Sequence[Planned]


def changes(sink: DrySink) -> Iterator[Planned]:
    """Yield what a rehearsed run would change."""
    for change in sink.changes:
        fields = changed_fields(sink.fields.get(change.known.guid), change.digests()) if change.known else ()
        yield Planned(change.kind, change.record.guid, change.title, change.record.url or "", fields)
    for guid, title in sink.gone:
        yield Planned("gone", guid, title)


def ask(source_id: str) -> None:
    """Have a preview made on the job queue, unless one is."""
    asked = {"source_id": source_id}
    put(make, _queue_id(source_id), asked, title=f"harvest preview {source_id}", timeout=config.preview_deadline())


def _queue_id(source_id: str) -> str:
    return f"harvest-preview-{source_id}"


def is_under_way(source_id: str) -> bool:
    """Tell whether a preview of a source is waiting or being made."""
    return is_pending(_queue_id(source_id))


def make(source_id: str) -> None:
    """Make a preview and keep it in place of the one before; what takes too long is shown as far as it came."""
    counts, sink = rehearse(find(source_id), seconds=config.preview_seconds())
    many: dict[str, int] = {}
    kept = []
    for one in changes(sink):
        many[one.kind] = many.get(one.kind, 0) + 1
        if many[one.kind] <= MOST:
            kept.append(asdict(one) | {"title": shorten(one.title)})
    upsert = insert(HarvestPreview).values(source_id=source_id, made=now(), result={"counts": counts, "changes": kept})
    again = {name: upsert.excluded[name] for name in ("made", "result")}
    model.Session.execute(upsert.on_conflict_do_update(index_elements=["source_id"], set_=again))
    model.Session.commit()


def of_source(source_id: str) -> Preview | None:
    """Return the latest preview of a source."""
    kept = model.Session.execute(sa.select(HarvestPreview).where(HarvestPreview.source_id == source_id)).scalar()
    if kept is None:
        return None
    planned = [Planned(**{**one, "fields": tuple(one["fields"])}) for one in kept.result["changes"]]
    return Preview(kept.made, kept.result["counts"], planned)
