"""Writing what is due.

Triggers mark each dataset that changes (`tables.FeedDue`). Three take care of the marks, each with the same few lines:
CKAN's index update, which has the dataset in its hands already (`indexed`); a reader who finds some left (`complete`);
and `rebuild`. Why so: docs/decisions/0008.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.model import ensure_engine
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.oslo import profiles
from ckanext.oslo.feeds import config, store
from ckanext.oslo.feeds.entries import Entry, entries
from ckanext.oslo.feeds.tables import FeedDue, FeedEntry
from ckanext.oslo.profiles import Portal
from ckanext.oslo.profiles.config import portal_from_config

log = logging.getLogger(__name__)

BATCH = 25
"""Datasets written in one transaction: the longest anybody who saves one of them may have to wait is 50 ms."""
PATIENCE = 3.0
"""Seconds a reader may spend on writing what is due before the rest is left to the job queue."""
REBUILDING = 0
"""The transaction of a mark that `rebuild` made: the dataset did not change, so what is kept of it can be read on."""
_REMIND = 30


@dataclass(frozen=True)
class Shown:
    """A dataset as it is to be written, with the mark it had before it was read."""

    package_id: str
    mark: int
    dataset: Mapping[str, Any] | None

    @property
    def modified(self) -> str:
        """When the dataset that was read was last modified (ISO 8601)."""
        return str((self.dataset or {}).get("metadata_modified") or "")


@dataclass(frozen=True)
class _Gathered:
    """What `gathered` collects: the marks that its datasets had before they were read, and what was read."""

    marks: Mapping[str, int]
    shown: list[Shown] = field(default_factory=list)


_gathered: ContextVar[_Gathered | None] = ContextVar("_gathered", default=None)


def indexed(document: Mapping[str, Any]) -> None:
    """Write a dataset that is on its way to the search index, if it is due.

    In a save that is still open, the entries are part of it. When the change is committed already (a harvest indexes
    after it has saved a batch), they are written in a transaction of their own: whoever rebuilds the index keeps one
    transaction open for all of it, in which nothing may stay locked. Within `gathered` that waits for its end.
    """
    package_id, many = document["id"], _gathered.get()
    if many is not None:
        if package_id in many.marks:
            many.shown.append(Shown(package_id, many.marks[package_id], json.loads(document["validated_data_dict"])))
        return
    # CKAN's session sends nothing by itself: a change sent only at the commit would mark the dataset once more.
    model.Session.flush()
    mine = sa.func.txid_current() == FeedDue.transaction
    query = sa.select(FeedDue.mark, mine.label("mine")).where(FeedDue.package_id == package_id)
    due = model.Session.execute(query).first()
    if due is None:
        return
    dataset = json.loads(document["validated_data_dict"])
    if due.mine:
        store.write(model.Session, _entries([dataset], portal_from_config()))
        model.Session.execute(
            sa.delete(FeedDue).where(FeedDue.package_id == package_id), execution_options={"synchronize_session": False}
        )
        return
    finish([Shown(package_id, due.mark, dataset)], portal_from_config())


@contextmanager
def gathered(package_ids: Collection[str]) -> Iterator[None]:
    """Write those of these datasets that are indexed within at the end: `BATCH` of them in one transaction.

    For who indexes many that were committed before, and no others. What an exception cuts off stays due.
    """
    query = sa.select(FeedDue.package_id, FeedDue.mark).where(FeedDue.package_id.in_(package_ids))
    many = _Gathered(dict(model.Session.execute(query).tuples().all()))
    token = _gathered.set(many)
    try:
        yield
    finally:
        _gathered.reset(token)
    for start in range(0, len(many.shown), BATCH):
        finish(many.shown[start : start + BATCH], portal_from_config())


def mark(package_ids: Iterable[str]) -> None:
    """Mark datasets as due, in a transaction of its own: what is written of them depends on others that changed."""
    with ensure_engine().begin() as connection:
        for package_id in sorted(package_ids):
            upsert = insert(FeedDue).values(package_id=package_id, transaction=sa.func.txid_current())
            connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=["package_id"],
                    set_={"mark": sa.text("DEFAULT"), "transaction": upsert.excluded.transaction},
                )
            )


def complete(seconds: float | None = None, only: str | None = None) -> int:
    """Write what is due, ``only`` one dataset if asked; return how many are left because the time was up.

    ``seconds``: how long this may take. Without it, as long as a reader has patience, and only what a reader would
    miss: what a rebuild has marked is left to the rebuild.
    """
    end = time.monotonic() + (PATIENCE if seconds is None else seconds)
    wanted = [_is_missed()] if seconds is None else []
    if only is not None:
        wanted.append(FeedDue.package_id == only)
    after = ""
    while True:
        query = sa.select(FeedDue.package_id, FeedDue.mark).where(FeedDue.package_id > after, *wanted)
        marks = model.Session.execute(query.order_by(FeedDue.package_id).limit(BATCH)).all()
        if not marks:
            return 0
        if time.monotonic() > end:
            return _count(*wanted)
        # What somebody else has in hand is theirs: no second look at the same ones.
        after = marks[-1].package_id
        finish(show([(row.package_id, row.mark) for row in marks]), portal_from_config())


def left() -> int:
    """Count the datasets that are due."""
    return _count()


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    return model.Session.execute(sa.select(sa.func.count()).select_from(FeedDue).where(*conditions)).scalar_one()


def _is_missed() -> sa.ColumnElement[bool]:
    """Give the condition that what is kept of a due dataset is not what it is now, or that nothing is kept."""
    return sa.or_(FeedDue.transaction != REBUILDING, ~sa.exists().where(FeedEntry.package_id == FeedDue.package_id))


def missing() -> int:
    """Count the datasets that are due and of which nothing has been written yet."""
    query = (
        sa.select(sa.func.count())
        .select_from(FeedDue)
        .join(model.package_table, model.package_table.c.id == FeedDue.package_id)
        .where(
            model.package_table.c.type.not_in(config.not_datasets()),
            ~sa.exists().where(FeedEntry.package_id == FeedDue.package_id),
        )
    )
    return model.Session.execute(query).scalar_one()


def show(marks: Iterable[tuple[str, int]]) -> list[Shown]:
    """Read datasets from the database as everybody sees them; those that are gone have none."""
    found = []
    # What this session has read before the marks may be older than they are.
    model.Session.expire_all()
    for package_id, mark in marks:
        try:
            # For the validators of scheming, as for the index: the whole dataset, not what the index kept of it.
            dataset = toolkit.get_action("package_show")(
                {"ignore_auth": True, "use_cache": False, "user": ""}, {"id": package_id}
            )
        except toolkit.ObjectNotFound:
            dataset = None
        found.append(Shown(package_id, mark, dataset))
    return found


def finish(shown: Sequence[Shown], portal: Portal, names: Iterable[str] = profiles.NAMES) -> int:
    """Write datasets in a transaction of its own, and clear their marks; return how many entries changed.

    A dataset that changed since it was read keeps its newer mark and is left for the next one who comes.
    """
    made = _entries([one.dataset for one in shown if one.dataset is not None], portal, names)
    with ensure_engine().begin() as connection:
        # Losing the last moment in a crash of the database loses the clearing of the mark along with it.
        connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
        marks = {one.package_id: one.mark for one in shown}
        query = sa.select(FeedDue.package_id, FeedDue.mark).where(FeedDue.package_id.in_(marks))
        rows = connection.execute(query.with_for_update(skip_locked=True)).all()
        ours = {row.package_id for row in rows if row.mark == marks[row.package_id]}
        seen = store.public(connection, ours)
        current = {
            one.package_id
            for one in shown
            if one.package_id in seen and seen[one.package_id].isoformat() == one.modified
        }
        changed = store.write(connection, {key: made[key] for key in current}, names)
        hidden = store.hidden(connection, ours - seen.keys())
        changed += store.write(connection, dict.fromkeys(hidden, ()))
        connection.execute(sa.delete(FeedDue).where(FeedDue.package_id.in_(current | hidden)))
    return changed


def _entries(
    datasets: Iterable[Mapping[str, Any]], portal: Portal, names: Iterable[str] = profiles.NAMES
) -> dict[str, list[Entry]]:
    """Make the entries of datasets: by id, none for what belongs in no feed."""
    made: dict[str, list[Entry]] = {}
    shown = []
    for dataset in datasets:
        # The same dataset of another portal is in the feeds, and says where else it is.
        if dataset.get("type") in config.not_datasets() or dataset.get("copy_of"):
            made[dataset["id"]] = []
        else:
            shown.append(dataset)
    copies = {one["id"]: [copy["id"] for copy in one.get("also_in") or ()] for one in shown if one.get("uri")}
    younger = store.with_elders(model.Session, copies)
    for dataset in shown:
        told = profiles.apart(dataset) if dataset["id"] in younger else dataset
        made[dataset["id"]] = list(entries(told, portal, names))
    return made


def ask_for_the_rest() -> None:
    """Put the writing of what is due on the job queue, once in a while."""
    lock = f"ckan:{toolkit.config['ckan.site_id']}:oslo-feeds-complete"
    if connect_to_redis().set(lock, "1", nx=True, ex=_REMIND):
        toolkit.enqueue_job(complete_all, title="feeds: write what is due", rq_kwargs={"result_ttl": 0})


def complete_all() -> None:
    """Write everything that is due (a job)."""
    complete(seconds=float("inf"))
