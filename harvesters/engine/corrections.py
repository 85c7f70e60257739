"""The fields of a harvested dataset that a person has corrected, and which no harvest touches any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.engine.identity import field_digests
from ckanext.harvesters.engine.runs import AS_IT_IS
from ckanext.harvesters.engine.tables import HarvestRecord

#: What the engine says of a dataset, whatever anybody writes there: where it comes from.
OURS = frozenset({"guid", "harvest_source_name", "harvested", "source_url", "source_modified"})

#: What a harvest leaves as it is anyway, and what others make of a dataset.
_NEVER_TOUCHED = frozenset({"id", "name", "type", "private", "state"})

_harvesting: ContextVar[bool] = ContextVar("harvesting", default=False)


@contextmanager
def harvest_writes() -> Iterator[None]:
    """Say that what is written in this block is written by a harvest, so that it is nobody's correction."""
    token = _harvesting.set(True)
    try:
        yield
    finally:
        _harvesting.reset(token)


def is_harvest() -> bool:
    """Tell whether a harvest is writing."""
    return _harvesting.get()


def differing(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Collection[str], resource_fields: Collection[str]
) -> frozenset[str]:
    """Return which of a dataset's fields say something else after than before. Pure.

    ``resources`` are compared by ``resource_fields`` only: what an upload or the DataStore notes is no correction.
    """

    def digests(dataset: Mapping[str, Any]) -> dict[str, str]:
        told = {name: value for name, value in dataset.items() if name in fields}
        told["resources"] = _told(dataset.get("resources") or (), resource_fields)
        return field_digests(told)

    old, new = digests(before), digests(after)
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return frozenset(changed - OURS - _NEVER_TOUCHED)


def _told(resources: Iterable[Mapping[str, Any]], fields: Collection[str]) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name in fields} for one in resources]


def kept_as_corrected(
    dataset: Mapping[str, Any], before: Mapping[str, Any], corrected: Iterable[str]
) -> dict[str, Any]:
    """Return a dataset as a source has it, with a person's corrections of the one ``before`` in place. Pure."""
    merged = dict(dataset)
    for name in corrected:
        merged.pop(name, None)
        if name in before:
            merged[name] = before[name]
    return merged


# In the database.


def of_records(package_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the corrected fields of datasets that have any, by id of dataset."""
    query = sa.select(HarvestRecord.package_id, HarvestRecord.corrected).where(
        HarvestRecord.package_id.in_(package_ids), HarvestRecord.corrected.is_not(None)
    )
    return {package_id: frozenset(names) for package_id, names in model.Session.execute(query) if names}


def note(package_id: str, fields: Collection[str]) -> None:
    """Note, in the current transaction, that a person has corrected these fields."""
    before = of_records([package_id]).get(package_id, frozenset())
    if set(fields) - before:
        _set(package_id, corrected=sorted(before | set(fields)))


def release(package_id: str, fields: Collection[str] | None = None) -> list[str]:
    """Let the source have its say again on corrected fields, or on all of them; return which are still corrected.

    The next harvest writes the dataset anew, whether its record changed or not.
    """
    left = sorted(of_records([package_id]).get(package_id, frozenset()) - set(fields)) if fields else []
    _set(package_id, corrected=left or None, fingerprint="")
    model.Session.commit()
    return left


def _set(package_id: str, **values: Any) -> None:
    query = sa.update(HarvestRecord).where(HarvestRecord.package_id == package_id)
    model.Session.execute(query.values(**values), execution_options=AS_IT_IS)
