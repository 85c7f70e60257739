"""Source records as the portals sent them: kept compressed, to be looked at and to be mapped again without fetching.

Of each record there is the one that its dataset was last written from, and of one that could not be taken the one that
was refused last. They go with their dataset and with their source.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped as Column
from sqlalchemy.orm import mapped_column

from ckanext.harvesters import registry
from ckanext.harvesters.engine.tables import now
from ckanext.harvesters.records import Client, Mapped, Page, Source, SourceRecord

#: zlib's level: 9 saves 3 % more and takes four times as long.
_LEVEL = 6
#: Records read at a time when they are mapped again.
_PAGE = 200


class HarvestOriginal(tk.BaseModel):
    """A source record with its content compressed (zlib). ``url`` and ``modified`` are those of the record."""

    __tablename__ = "harvest_original"

    source_id: Column[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("harvest_source.id", ondelete="CASCADE"), primary_key=True
    )
    guid: Column[str] = mapped_column(sa.UnicodeText, primary_key=True)
    #: The dataset it became; None of one that was refused.
    package_id: Column[str | None] = mapped_column(sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"))
    media_type: Column[str] = mapped_column(sa.UnicodeText)
    url: Column[str | None] = mapped_column(sa.UnicodeText)
    modified: Column[str | None] = mapped_column(sa.UnicodeText)
    content: Column[bytes] = mapped_column(sa.LargeBinary)
    #: When it came (UTC).
    fetched: Column[datetime] = mapped_column(sa.DateTime, default=now)

    @property
    def record(self) -> SourceRecord:
        """Return the record as it came."""
        return SourceRecord(self.guid, zlib.decompress(self.content), self.media_type, self.url, self.modified)


def _kept_now() -> Any:
    """Put together what is said for each batch. For its answer SQLAlchemy sends many rows at once."""
    new, names = insert(HarvestOriginal), ("media_type", "url", "modified", "content")
    said: dict[str, Any] = {name: new.excluded[name] for name in names}
    # A record refused now may have been taken before; one that is mapped again came when it came.
    said["package_id"] = sa.func.coalesce(new.excluded.package_id, HarvestOriginal.package_id)
    said["fetched"] = sa.case(
        (HarvestOriginal.content == new.excluded.content, HarvestOriginal.fetched), else_=new.excluded.fetched
    )
    return new.on_conflict_do_update(index_elements=["source_id", "guid"], set_=said).returning(HarvestOriginal.guid)


_KEPT = _kept_now()


def keep(source_id: str, records: Iterable[tuple[SourceRecord, str | None]]) -> None:
    """Keep records with the datasets they became, in the current transaction, in place of those kept before."""
    moment = now()
    rows = [
        {
            "source_id": source_id,
            "guid": record.guid,
            "package_id": package_id,
            "media_type": record.media_type,
            "url": record.url,
            "modified": record.modified,
            "content": zlib.compress(record.content, _LEVEL),
            "fetched": moment,
        }
        for record, package_id in records
    ]
    if not rows:
        return
    model.Session.execute(_KEPT, rows)


def forget(source_id: str, guids: Collection[str]) -> None:
    """Forget records, in the current transaction: they have other guids now."""
    if guids:
        query = sa.delete(HarvestOriginal).where(
            HarvestOriginal.source_id == source_id, HarvestOriginal.guid.in_(guids)
        )
        model.Session.execute(query, execution_options={"synchronize_session": False})


def of(source_id: str, guid: str) -> HarvestOriginal | None:
    """Return what is kept of one record."""
    return model.Session.get(HarvestOriginal, (source_id, guid))


def count(source_id: str) -> int:
    """Return how many records of a source are kept."""
    query = sa.select(sa.func.count()).select_from(HarvestOriginal).where(HarvestOriginal.source_id == source_id)
    return model.Session.execute(query).scalar_one()


class Kept:
    """The protocol of a source whose pages are what is kept of it; records are mapped as they always are."""

    def __init__(self, source_id: str, protocol: str) -> None:
        self._source_id, self._spoken = source_id, registry.protocol(protocol)

    @property
    def name(self) -> str:
        """The name of the protocol the records came by."""
        return self._spoken.name

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield what is kept, in order of guid. Nothing is fetched."""
        after, number = "", 0
        while found := self._after(after):
            number, after = number + 1, found[-1].guid
            yield Page(number, tuple(found))

    def _after(self, guid: str) -> list[SourceRecord]:
        kept = HarvestOriginal
        query = (
            sa.select(kept.guid, kept.content, kept.media_type, kept.url, kept.modified)
            .where(kept.source_id == self._source_id, kept.guid > guid)
            .order_by(kept.guid)
            .limit(_PAGE)
        )
        # A connection of its own: pages are read ahead in a thread, beside the one that writes.
        with ensure_engine().connect() as connection:
            found = connection.execute(query).tuples().all()
        return [
            SourceRecord(key, zlib.decompress(content), media_type, url, modified)
            for key, content, media_type, url, modified in found
        ]

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        return self._spoken.map(source, record)
