"""Datasets that their source no longer has: noticed, marked for a time of grace, deleted, brought back, purged.

Only a whole pass without an error proves that a record is missing. What is missing is marked, and shown as such on
the dataset's page; after the grace, with the source still read whole, the dataset is deleted, which a person can take
back until it is purged. More at once than the `Brake` allows waits for a person first. A dataset that a person brought
back or kept stays until its source has it again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.search import clear as clear_from_index
from ckan.types import Context
from ckanext.harvest.model import HarvestObject

from ckanext.harvesters import config
from ckanext.harvesters.engine import jobs, runs, store
from ckanext.harvesters.engine.brake import Brake
from ckanext.harvesters.engine.runs import AS_IT_IS
from ckanext.harvesters.engine.statistics import RunStatus
from ckanext.harvesters.engine.tables import HarvestRecord, HarvestRun, now

log = logging.getLogger(__name__)

#: How many datasets one look at the clock deletes or purges: a tick is not to keep its worker for minutes.
AT_ONCE = 200


@dataclass(frozen=True)
class Missing:
    """What a whole pass did not show: the ids of the datasets, of how many that stand, and whether the brake holds."""

    guids: tuple[str, ...]
    standing: int
    braked: bool


@dataclass(frozen=True)
class Gone:
    """A dataset that its source no longer has. Moments are UTC without zone.

    ``until`` is when it will be deleted or, when it has been (``removed``), purged; None while the brake holds.
    """

    source_id: str
    package_id: str
    name: str
    title: str
    guid: str
    since: datetime | None
    removed: datetime | None
    until: datetime | None


def _of(source_id: str) -> sa.ColumnElement[bool]:
    return HarvestRecord.source_id == source_id


def _standing() -> sa.ColumnElement[bool]:
    """Meet records whose dataset is there and which no person has decided to keep."""
    return sa.and_(HarvestRecord.kept.is_(False), _active())


def _active() -> sa.ColumnElement[bool]:
    return HarvestRecord.package_id.in_(sa.select(model.Package.id).where(model.Package.state == model.State.ACTIVE))


def missing(source_id: str, present: Collection[str], brake: Brake) -> Missing:
    """Say what a whole pass that met these guids did not meet. Writes nothing."""
    query = sa.select(HarvestRecord.guid).where(_of(source_id), _standing(), HarvestRecord.gone.is_(None))
    standing = list(model.Session.execute(query).scalars())
    guids = tuple(sorted(guid for guid in standing if guid not in present))
    return Missing(guids, len(standing), brake.holds(len(guids), len(standing)))


def come_back(source_id: str, present: Collection[str]) -> None:
    """Take the mark off, in the current transaction, from records that a pass has met, whole or not."""
    marked = sa.or_(HarvestRecord.gone.is_not(None), HarvestRecord.missing_run.is_not(None), HarvestRecord.kept)
    query = sa.select(HarvestRecord.guid).where(_of(source_id), marked, HarvestRecord.removed.is_(None))
    back = [guid for guid in model.Session.execute(query).scalars() if guid in present]
    _set(source_id, back, gone=None, missing_run=None, kept=False)


def mark(source_id: str, run_id: str, found: Missing) -> None:
    """Mark, in the current transaction, what a pass did not meet: as gone, or while the brake holds, as missing."""
    past = sa.update(HarvestRecord).where(_of(source_id), HarvestRecord.missing_run.is_not(None))
    model.Session.execute(past.values(missing_run=None), execution_options=AS_IT_IS)
    _set(source_id, found.guids, **({"missing_run": run_id} if found.braked else {"gone": now()}))


def _set(source_id: str, guids: Collection[str], **values: object) -> None:
    if guids:
        query = sa.update(HarvestRecord).where(_of(source_id), HarvestRecord.guid.in_(guids))
        model.Session.execute(query.values(**values), execution_options=AS_IT_IS)


def release(run: HarvestRun) -> int:
    """Let a braked run go on: what it missed is gone from now. Return how many datasets that is."""
    here = sa.and_(_of(run.source_id), HarvestRecord.missing_run == run.id)
    marked = sa.update(HarvestRecord).where(here).values(gone=now(), missing_run=None).returning(HarvestRecord.guid)
    many = len(model.Session.execute(marked, execution_options=AS_IT_IS).all())
    model.Session.execute(
        sa.update(HarvestRun)
        .where(HarvestRun.id == run.id)
        .values(status=RunStatus.FINISHED, reason=None, detail=None, gone=many),
        execution_options=AS_IT_IS,
    )
    model.Session.commit()
    return many


# As time goes by.


def remove_due(source_id: str | None = None) -> int:
    """Delete the datasets whose grace is over, of one source or of all; return how many.

    A source whose latest run did not read it whole, or which is being read or about to be, waits: its portal may be in
    trouble, or have the dataset again. A run that only mapped again what is kept says nothing about that.
    """
    # What somebody took out of CKAN's trash is as good as kept.
    taken_out = sa.update(HarvestRecord).where(HarvestRecord.removed.is_not(None), _active())
    model.Session.execute(taken_out.values(gone=None, removed=None, kept=True), execution_options=AS_IT_IS)
    model.Session.commit()
    query = _due() if source_id is None else _due().where(_of(source_id))
    sources = set(model.Session.execute(query.with_only_columns(HarvestRecord.source_id).distinct()).scalars())
    # Those that wait are left out here, so that many of them do not keep the others waiting.
    ready = [one for one in sources if _read_whole(one) is not None]
    query = query.where(HarvestRecord.source_id.in_(ready)).order_by(HarvestRecord.gone).limit(AT_ONCE)
    removed = 0
    for source, guid, package_id in model.Session.execute(query).all():
        # What was due a moment ago may have come back since.
        same = _due().where(_of(source), HarvestRecord.guid == guid)
        still = jobs.stands_still(source) and model.Session.execute(same).first() is not None
        run = _read_whole(source) if still else None
        if run is None:
            model.Session.rollback()
            continue
        # The index first: broken off in between, the dataset is due once more and no ghost is left.
        clear_from_index(package_id)
        _set(source, [guid], removed=now())
        tk.get_action("package_delete")(_context(), {"id": package_id})
        counted = sa.update(HarvestRun).where(HarvestRun.id == run.id).values(deleted=HarvestRun.deleted + 1)
        model.Session.execute(counted, execution_options=AS_IT_IS)
        model.Session.commit()
        removed += 1
    return removed


def _due() -> sa.Select[tuple[str, str, str]]:
    """Select (source, guid, dataset) of what has been gone for the whole grace."""
    return sa.select(HarvestRecord.source_id, HarvestRecord.guid, HarvestRecord.package_id).where(
        HarvestRecord.gone <= now() - config.grace(), HarvestRecord.removed.is_(None), _standing()
    )


def _read_whole(source_id: str) -> HarvestRun | None:
    """Return a source's latest look at its portal, if that read it whole."""
    run = runs.latest([source_id], runs.looked()).get(source_id)
    return run if run is not None and run.status == RunStatus.FINISHED else None


def purge_due() -> int:
    """Purge the datasets that were deleted long enough ago; return how many. What people deleted is theirs."""
    query = (
        sa.select(HarvestRecord.package_id)
        .join(model.Package, model.Package.id == HarvestRecord.package_id)
        .where(HarvestRecord.removed <= now() - config.kept_for(), model.Package.state == model.State.DELETED)
        .order_by(HarvestRecord.removed)
        .limit(AT_ONCE)
    )
    due = list(model.Session.execute(query).scalars())
    for package_id in due:
        forget = sa.update(HarvestObject).where(HarvestObject.package_id == package_id)
        model.Session.execute(forget.values(package_id=None, current=False), execution_options=AS_IT_IS)
        model.Session.execute(
            sa.delete(HarvestRecord).where(HarvestRecord.package_id == package_id), execution_options=AS_IT_IS
        )
        tk.get_action("dataset_purge")(_context(), {"id": package_id})
    return len(due)


def _context() -> Context:
    return {"ignore_auth": True, "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


# By a person.


def keep(package_ids: Sequence[str]) -> list[str]:
    """Bring back deleted datasets and keep marked ones, until their source has them again; return whose that was."""
    query = sa.select(HarvestRecord.source_id, HarvestRecord.guid, HarvestRecord.package_id, model.Package.state).join(
        model.Package, model.Package.id == HarvestRecord.package_id
    )
    wanted = query.where(
        HarvestRecord.package_id.in_(package_ids),
        sa.or_(
            HarvestRecord.gone.is_not(None), HarvestRecord.missing_run.is_not(None), HarvestRecord.removed.is_not(None)
        ),
    )
    kept = []
    for source_id, guid, package_id, state in model.Session.execute(wanted).all():
        _set(source_id, [guid], gone=None, removed=None, missing_run=None, kept=True)
        if state == model.State.DELETED:
            # Broken off between database and index, the next run indexes it.
            store.unfinished([package_id])
            tk.get_action("package_patch")(_context(), {"id": package_id, "state": model.State.ACTIVE})
            store.indexed(store.to_index([package_id]).values())
        model.Session.commit()
        kept.append(package_id)
    return kept


def of_source(source_id: str, limit: int | None = None) -> list[Gone]:
    """Return the datasets that a source no longer has: those that wait for a person first, then in order of title."""
    marked = sa.or_(
        HarvestRecord.missing_run.is_not(None), HarvestRecord.gone.is_not(None), HarvestRecord.removed.is_not(None)
    )
    query = _told().where(_of(source_id), marked)
    query = query.order_by(HarvestRecord.gone.nulls_first(), model.Package.title, HarvestRecord.guid).limit(limit)
    return [_gone(*row) for row in model.Session.execute(query)]


def of_dataset(package_id: str) -> Gone | None:
    """Return since when a dataset is gone at its source, None when it is not or does not come from one."""
    row = model.Session.execute(
        _told().where(HarvestRecord.package_id == package_id, HarvestRecord.gone.is_not(None))
    ).first()
    return _gone(*row) if row else None


def _told() -> sa.Select[tuple[HarvestRecord, str, str]]:
    return sa.select(HarvestRecord, model.Package.name, model.Package.title).join(
        model.Package, model.Package.id == HarvestRecord.package_id
    )


def _gone(record: HarvestRecord, name: str, title: str) -> Gone:
    until = record.removed + config.kept_for() if record.removed else record.gone and record.gone + config.grace()
    return Gone(
        record.source_id, record.package_id, name, title or name, record.guid, record.gone, record.removed, until
    )
