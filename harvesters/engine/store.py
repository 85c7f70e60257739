"""What the database keeps of a source's records: which dataset each became, what it said, what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model.types import make_uuid
from ckanext.harvest.model import HarvestObject, HarvestObjectError
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvesters.engine import originals
from ckanext.harvesters.engine.difference import Change, Kind, Known
from ckanext.harvesters.engine.report import Entry
from ckanext.harvesters.engine.runs import AS_IT_IS
from ckanext.harvesters.engine.tables import HarvestProblem, HarvestRecord, now
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Severity, SourceRecord

#: States of ckanext-harvest's objects: saved but not yet in the index, done, not taken.
IMPORT, COMPLETE, ERROR = "IMPORT", "COMPLETE", "ERROR"

_REPORTED = {Kind.ADDED: "added", Kind.UPDATED: "updated"}


def known(source_id: str) -> dict[str, Known]:
    """Return what is known of each record of a source, by guid."""
    record = HarvestRecord
    query = (
        sa.select(record.guid, record.package_id, record.fingerprint, model.Package.state, record.removed)
        .join(model.Package, model.Package.id == HarvestRecord.package_id)
        .where(HarvestRecord.source_id == source_id)
    )
    return {
        guid: Known(
            guid,
            package_id,
            fingerprint,
            deleted=state == model.State.DELETED and removed is None,
            removed=state == model.State.DELETED and removed is not None,
        )
        for guid, package_id, fingerprint, state, removed in model.Session.execute(query)
    }


def fields(source_id: str, guids: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the digests of what records' fields said last, by guid, where they are known."""
    query = sa.select(HarvestRecord.guid, HarvestRecord.fields).where(
        HarvestRecord.source_id == source_id, HarvestRecord.guid.in_(guids), HarvestRecord.fields.is_not(None)
    )
    return {guid: said for guid, said in model.Session.execute(query) if said is not None}


def said(source_id: str, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the digests of what all records of a source said last of some fields, by guid, where they are known."""
    digests = (HarvestRecord.fields[name].astext for name in names)
    query = sa.select(HarvestRecord.guid, *digests).where(HarvestRecord.source_id == source_id)
    found = model.Session.execute(query)
    return {guid: {name: one for name, one in zip(names, told, strict=True) if one} for guid, *told in found}


def titles(source_id: str, guids: Collection[str]) -> list[tuple[str, str]]:
    """Return (guid, title of its dataset) of records, in order of title."""
    query = (
        sa.select(HarvestRecord.guid, model.Package.title)
        .join(model.Package, model.Package.id == HarvestRecord.package_id)
        .where(HarvestRecord.source_id == source_id, HarvestRecord.guid.in_(guids))
        .order_by(model.Package.title, HarvestRecord.guid)
    )
    return [(guid, title or "") for guid, title in model.Session.execute(query)]


def source_of(package_id: str) -> str | None:
    """Return the id of the source that a dataset comes from, None for a steward's own."""
    query = sa.select(HarvestRecord.source_id).where(HarvestRecord.package_id == package_id)
    return model.Session.execute(query).scalar()


def unindexed(source_id: str) -> list[str]:
    """Return the ids of datasets that were saved but may not have reached the index: an earlier run was cut there."""
    query = sa.select(HarvestObject.package_id).where(
        HarvestObject.harvest_source_id == source_id,
        HarvestObject.current.is_(True),
        # ckanext-harvest makes errors of them when somebody stops their job.
        HarvestObject.state != COMPLETE,
        HarvestObject.package_id.is_not(None),
    )
    return list(model.Session.execute(query).scalars())


def unfinished(package_ids: Sequence[str]) -> None:
    """Note, in the current transaction, that datasets are not in the index as the database has them."""
    model.Session.execute(
        sa.update(HarvestObject)
        .where(HarvestObject.package_id.in_(package_ids), HarvestObject.current.is_(True))
        .values(state=IMPORT),
        execution_options=AS_IT_IS,
    )


def to_index(package_ids: Sequence[str]) -> dict[str, str]:
    """Return id of dataset → id of the object of ckanext-harvest it was saved with: another one with every save."""
    query = sa.select(HarvestObject.package_id, HarvestObject.id).where(
        HarvestObject.package_id.in_(package_ids), HarvestObject.current.is_(True)
    )
    return dict(model.Session.execute(query).tuples().all())


def indexed(object_ids: Collection[str]) -> None:
    """Note, in a transaction of its own, that datasets are in the index as they were saved with these objects."""
    model.Session.execute(
        sa.update(HarvestObject)
        .where(HarvestObject.id.in_(object_ids), HarvestObject.current.is_(True), HarvestObject.state != COMPLETE)
        .values(state=COMPLETE, import_finished=now()),
        execution_options=AS_IT_IS,
    )
    model.Session.commit()


def _known_now() -> Any:
    """Put together what is said for each batch. SQLAlchemy sends many rows at once where it asks for an answer."""
    new = insert(HarvestRecord)
    said = {name: new.excluded[name] for name in ("package_id", "fingerprint", "fields")}
    again = {"missing_run": sa.null(), "gone": sa.null(), "removed": sa.null(), "kept": sa.false()}
    return new.on_conflict_do_update(index_elements=["source_id", "guid"], set_=said | again).returning(
        HarvestRecord.guid
    )


_KNOWN = _known_now()


def keep(source_id: str, run_id: str, job_id: str, written: Sequence[tuple[Change, str]]) -> None:
    """Note, in the current transaction, that records were written as these datasets, and what is wrong with them."""
    if not written:
        return
    session = model.Session
    moment = now()
    guids = [change.record.guid for change, _package_id in written]
    before = {old: change.record.guid for change, _package_id in written if (old := change.moved_from) is not None}
    _move(source_id, before)
    session.execute(
        sa.update(HarvestObject)
        .where(
            HarvestObject.harvest_source_id == source_id,
            HarvestObject.guid.in_([*guids, *before]),
            HarvestObject.current.is_(True),
        )
        # What it was saved as may never have reached the index, and need not any more.
        .values(current=False, state=COMPLETE),
        execution_options=AS_IT_IS,
    )
    session.execute(
        sa.insert(HarvestObject),
        [
            {
                **_object(change.record, source_id, job_id),
                "current": True,
                "state": IMPORT,
                "package_id": package_id,
                "report_status": _REPORTED[change.kind],
                "import_started": moment,
            }
            for change, package_id in written
        ],
    )
    originals.keep(source_id, [(change.record, package_id) for change, package_id in written])
    session.execute(
        _KNOWN,
        [
            {
                "source_id": source_id,
                "guid": change.record.guid,
                "package_id": package_id,
                "fingerprint": change.fingerprint,
                "fields": change.digests(),
            }
            for change, package_id in written
        ],
    )
    entries = [Entry.of(problem) for change, _package_id in written for problem in change.problems]
    entries += [Entry.moved(change.record, old) for change, _package_id in written if (old := change.moved_from)]
    replace_problems(source_id, run_id, [*guids, *before], entries)


def _move(source_id: str, guids: Mapping[str, str]) -> None:
    """Note, in the current transaction, that records have other guids than before: old → new."""
    for old, new in guids.items():
        record = sa.update(HarvestRecord).where(HarvestRecord.source_id == source_id, HarvestRecord.guid == old)
        model.Session.execute(record.values(guid=new), execution_options=AS_IT_IS)
    originals.forget(source_id, guids)


def refuse(source_id: str, run_id: str, job_id: str, record: SourceRecord, entries: Sequence[Entry]) -> None:
    """Note, in the current transaction, that a record was not taken, and why."""
    originals.keep(source_id, [(record, None)])
    refused = _object(record, source_id, job_id)
    refused |= {"current": False, "state": ERROR, "report_status": "errored", "import_finished": now()}
    model.Session.execute(sa.insert(HarvestObject), [refused])
    model.Session.execute(
        sa.insert(HarvestObjectError),
        [
            {"id": make_uuid(), "harvest_object_id": refused["id"], "message": entry.text("en"), "stage": "Import"}
            for entry in entries
        ],
    )
    replace_problems(source_id, run_id, [record.guid], entries)


def _object(record: SourceRecord, source_id: str, job_id: str) -> dict[str, object]:
    moment = now()
    return {
        "id": make_uuid(),
        "guid": record.guid,
        "harvest_source_id": source_id,
        "harvest_job_id": job_id,
        # What the portal sent is kept by `originals`, and shown from there.
        "content": None,
        "gathered": moment,
        "fetch_started": moment,
        "fetch_finished": moment,
    }


def replace_problems(source_id: str, run_id: str, guids: Iterable[str], entries: Sequence[Entry]) -> None:
    """Replace, in the current transaction, what was reported of these records."""
    session = model.Session
    session.execute(
        sa.delete(HarvestProblem).where(HarvestProblem.source_id == source_id, HarvestProblem.guid.in_(list(guids))),
        execution_options=AS_IT_IS,
    )
    report(source_id, run_id, entries)


def report(source_id: str, run_id: str, entries: Sequence[Entry]) -> None:
    """Add lines to a source's report, in the current transaction."""
    if entries:
        model.Session.execute(
            sa.insert(HarvestProblem),
            [
                {
                    "source_id": source_id,
                    "run_id": run_id,
                    "guid": entry.guid,
                    "severity": entry.severity,
                    "field": entry.field,
                    "value": entry.value,
                    "reason": entry.reason,
                    "detail": entry.detail,
                    "url": entry.url,
                }
                for entry in entries
            ],
        )


def forget_past_errors(source_id: str, run_id: str, *, whole_pass: bool) -> None:
    """Drop, in the current transaction, what was reported by earlier runs and is no longer so.

    What concerns the source as a whole is said anew by each run. That a record no longer fails is known only after a
    pass that has read the whole source.
    """
    past = sa.delete(HarvestProblem).where(HarvestProblem.source_id == source_id, HarvestProblem.run_id != run_id)
    whole_source = HarvestProblem.guid.is_(None)
    gone = sa.or_(whole_source, HarvestProblem.severity == Severity.ERROR) if whole_pass else whole_source
    model.Session.execute(past.where(gone), execution_options=AS_IT_IS)


def values_told(run_id: str, reason: str) -> set[str]:
    """Return the values of which a run has said this."""
    query = sa.select(HarvestProblem.value).where(HarvestProblem.run_id == run_id, HarvestProblem.reason == reason)
    return set(model.Session.execute(query).scalars())


def problems(*which: sa.ColumnElement[bool], limit: int | None = None, offset: int = 0) -> Iterable[HarvestProblem]:
    """Yield the lines of the report that meet all conditions: errors first, then in order of record."""
    query = (
        sa.select(HarvestProblem)
        .where(*which)
        .order_by(HarvestProblem.severity, HarvestProblem.guid.nulls_first(), HarvestProblem.id)
        .offset(offset)
        .limit(limit)
    )
    return model.Session.execute(query).scalars()


def unresolved(source_id: str, limit: int) -> list[dict[str, str | int]]:
    """Return the values of a source's records that no vocabulary knows: field, value and how many records have it.

    The most frequent come first. Which resource of a list it stood in (``resources[2].format``) does not count.
    """
    field = sa.func.regexp_replace(HarvestProblem.field, r"\[\d+\]", "", "g").label("field")
    records = sa.func.count(sa.distinct(HarvestProblem.guid)).label("count")
    query = (
        sa.select(field, HarvestProblem.value, records)
        .where(HarvestProblem.source_id == source_id, HarvestProblem.reason == Reason.UNKNOWN_TERM)
        .group_by(field, HarvestProblem.value)
        .order_by(records.desc(), field, HarvestProblem.value)
        .limit(limit)
    )
    return [{"field": name, "value": value, "count": count} for name, value, count in model.Session.execute(query)]
