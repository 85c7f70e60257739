"""Changes into CKAN, through its own actions, a batch in one transaction.

Every plugin's validators and hooks run as for a steward's dataset. What is saved on: the commit and the index update
of each single dataset (see `indexer`) and the activity row (see `activity`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import ValidationError
from ckan.types import Context
from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import InterfaceError, OperationalError

from ckanext.harvesters.engine import corrections, store
from ckanext.harvesters.engine.activity import no_activity
from ckanext.harvesters.engine.batch import Batch, writing
from ckanext.harvesters.engine.difference import Change, keep_resource_ids
from ckanext.harvesters.engine.errors import RunEnded
from ckanext.harvesters.engine.identity import choose_name, dataset_id
from ckanext.harvesters.engine.place import Place
from ckanext.harvesters.engine.report import EngineReason, Entry, refusal
from ckanext.harvesters.engine.runs import Lease, iso
from ckanext.harvesters.engine.tables import now
from ckanext.harvesters.records import shorten

log = logging.getLogger(__name__)

#: What is raised while the database is away.
GONE = (OperationalError, InterfaceError)
#: What is not one record's fault, and so ends the step: the database is away, the time is over, the lease is lost.
FATAL = (*GONE, BaseTimeoutException, RunEnded)


class NotOursError(Exception):
    """The dataset that a record would become belongs to a steward or to another source."""


class NameTakenError(Exception):
    """Somebody made datasets with these names while the batch was written."""


class Writer:
    """Writes the changes of one run of one source."""

    def __init__(self, lease: Lease, source: str, user: str) -> None:
        self.lease, self.source, self.user = lease, source, user
        self._marked = ExitStack()
        self._corrected: dict[str, frozenset[str]] = {}
        self._ids: dict[str, str] = {}

    def __enter__(self) -> Writer:
        self._marked.enter_context(no_activity())
        self._marked.enter_context(corrections.harvest_writes())
        return self

    def __exit__(self, *error: Any) -> None:
        self._marked.close()

    def write(
        self, changes: Sequence[Change], place: Place | None = None
    ) -> tuple[list[tuple[Change, str]], list[tuple[Change, list[Entry]]]]:
        """Write changes; return those written, with their dataset's id, and those refused, with the reasons.

        All go in one transaction, and with it the run reaches its ``place``, whose counts are without the changes.
        When one of them fails (CKAN's actions then roll back everything) each is written in a transaction of its own,
        so that one bad record costs one record. Raises what is in `FATAL`.
        """
        try:
            return self._transaction(changes, place), []
        except FATAL:
            model.Session.rollback()
            raise
        except Exception as error:  # noqa: BLE001  (validators and hooks of any plugin: whatever they raise)
            model.Session.rollback()
            if len(changes) == 1:
                return [], [(changes[0], self._refuse(changes[0], error))]
        written, refused = [], []
        for change in changes:
            more, bad = self.write([change])
            written += more
            refused += bad
        return written, refused

    def _transaction(self, changes: Sequence[Change], place: Place | None) -> list[tuple[Change, str]]:
        self._ids, there = self._new_ids(changes)
        names = self._names(changes)
        new = {identifier: name for identifier, name in names.items() if identifier not in there}
        batch = Batch.of(changes[0].dataset["owner_org"], new)
        user = model.User.get(self.user)
        self._corrected = corrections.of_records([change.known.package_id for change in changes if change.known])
        with writing(batch):
            written = [(change, self._save(change, new, user)) for change in changes]
        if batch is not None and (taken := new.keys() - batch.made):
            raise NameTakenError(", ".join(sorted(new[identifier] for identifier in taken)))
        model.Session.flush()
        self.lease.hold()
        store.keep(self.lease.source_id, self.lease.run_id, self.lease.job_id, written)
        if place is not None:
            for change in changes:
                place.counts.count(change.kind)
            self.lease.reach(place)
        model.Session.commit()
        return written

    def _refuse(self, change: Change, error: Exception) -> list[Entry]:
        record = change.record
        if isinstance(error, ValidationError):
            entries = list(refusal(record, change.dataset, error.error_dict))
        elif isinstance(error, NotOursError):
            entries = [Entry(record.guid, "id", str(error), EngineReason.NOT_OURS, url=record.url)]
        else:
            log.error("Record %r of %s could not be saved", record.guid, self.source, exc_info=error)
            detail = shorten(f"{type(error).__name__}: {error}")
            entries = [Entry(record.guid, "", "", EngineReason.NOT_SAVED, detail=detail, url=record.url)]
        self.lease.hold()
        store.refuse(self.lease.source_id, self.lease.run_id, self.lease.job_id, record, entries)
        model.Session.commit()
        return entries

    def _context(self, user: model.User | None) -> Context:
        return {
            "user": self.user,
            "auth_user_obj": user,
            "ignore_auth": True,
            "defer_commit": True,
            "return_id_only": True,
        }

    def _save(self, change: Change, new: Mapping[str, str], user: model.User | None) -> str:
        moment = now()
        dataset = {**change.dataset, "harvested": iso(moment)}
        dataset["resources"] = [dict(resource) for resource in dataset.get("resources", ())]
        identifier = change.known.package_id if change.known else self._ids[change.record.guid]
        if identifier not in new:
            back = change.known is not None and change.known.removed
            return self._update(identifier, dataset, user, back=back)
        # Without a moment of its own CKAN gives a dataset one after its row is made, and so has to change the row.
        dataset |= {"id": identifier, "name": new[identifier], "metadata_modified": moment}
        return tk.get_action("package_create")(self._context(user), dataset)

    def _update(self, identifier: str, dataset: dict[str, Any], user: model.User | None, *, back: bool) -> str:
        show: Context = {"user": self.user, "auth_user_obj": user, "ignore_auth": True}
        before = tk.get_action("package_show")(show, {"id": identifier})
        dataset = corrections.kept_as_corrected(dataset, before, self._corrected.get(identifier, ()))
        keep_resource_ids(dataset.get("resources") or [], before["resources"])
        # Whether and under which name a dataset is shown is the steward's to decide.
        dataset |= {"id": identifier} | {key: before[key] for key in ("name", "private", "state")}
        if back:
            dataset["state"] = model.State.ACTIVE
        context = self._context(user)
        context["original_package"] = before
        updated = tk.get_action("package_update")(context, dataset)
        # package_update leaves its savepoint open when it returns early for the sake of defer_commit.
        if (savepoint := model.Session().get_nested_transaction()) is not None:
            savepoint.commit()
        return updated

    def _added(self, changes: Sequence[Change]) -> Iterator[tuple[str, Change]]:
        for change in changes:
            if change.known is None:
                yield self._ids[change.record.guid], change

    def _names(self, changes: Sequence[Change]) -> dict[str, str]:
        """Choose the names of new datasets: id → name."""
        titles = {identifier: change.title for identifier, change in self._added(changes)}
        wanted = {choose_name(title, identifier, ()) for identifier, title in titles.items()}
        query = sa.select(model.Package.name).where(model.Package.name.in_(wanted))
        taken = set(model.Session.execute(query).scalars()) if wanted else set()
        names: dict[str, str] = {}
        for identifier, title in titles.items():
            names[identifier] = choose_name(title, identifier, taken)
            taken.add(names[identifier])
        return names

    def _new_ids(self, changes: Sequence[Change]) -> tuple[dict[str, str], frozenset[str]]:
        """Choose the ids of new datasets: guid → id; and say which of them exist and are theirs: only rows were lost.

        Where another dataset of this source has the id, because its record had this guid before (`following`), it is
        made of both guids. Raises `NotOursError` when one is somebody else's.
        """
        ids = {one.record.guid: dataset_id(self.source, one.record.guid) for one in changes if one.known is None}
        said = _said_of(ids.values())
        moved = {guid: said[one][1] for guid, one in ids.items() if one in said and said[one][0] == self.source}
        again = {guid: dataset_id(self.source, f"{guid}\n{now}") for guid, now in moved.items() if now != guid}
        if again:
            ids, said = ids | again, said | _said_of(again.values())
        there = {one: guid for guid, one in ids.items() if one in said}
        if others := [one for one, guid in there.items() if said[one] != (self.source, guid)]:
            raise NotOursError(", ".join(others))
        return ids, frozenset(there)


def _said_of(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return id → (name of its source, guid) of those datasets that exist; both may be empty."""
    package, asked = model.Package, list(ids)
    query = sa.select(package.id, package.extras).where(package.id.in_(asked))
    found = model.Session.execute(query).all() if asked else []
    return {one: ((said or {}).get("harvest_source_name") or "", (said or {}).get("guid") or "") for one, said in found}
