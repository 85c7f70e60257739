"""What is known of the new datasets of a batch, so that CKAN need not ask the database for it with each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ckan import model
from sqlalchemy import event


@dataclass(frozen=True)
class Batch:
    """Datasets that are written in one transaction, by a harvest that may write them.

    ``organization`` is the one they all belong to, ``new`` the ids of those that are not in the table, with the names
    that were chosen for them. Nobody else can make one of these ids: it follows from the source and the record, and one
    run at a time has the source's lease. A name somebody else can have taken: CKAN then takes that dataset for ours, so
    that ``made``, the ids of those whose rows were really made, must be looked at. ``members`` are those that the
    organization has got.
    """

    organization: model.Group
    new: Mapping[str, str]
    made: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, organization_id: str, new: Mapping[str, str]) -> Batch | None:
        """Read the organization; None when there is no such one: then CKAN says so of each dataset."""
        group = model.Group.get(organization_id)
        return cls(group, new) if group is not None and group.is_organization else None


_writing: ContextVar[Batch | None] = ContextVar("batch", default=None)


@contextmanager
def writing(batch: Batch | None) -> Iterator[None]:
    """Let CKAN's validators and actions know what is written in this block."""
    token = _writing.set(batch)
    try:
        yield
    finally:
        _writing.reset(token)


def batch_of(package_id: Any) -> Batch | None:
    """Return the batch that a dataset is new in, None when it is in none."""
    batch = _writing.get()
    return batch if batch is not None and package_id in batch.new else None


def note_new() -> None:
    """Have each dataset that a harvest adds noted, and dated: made when it was modified, and not a moment later."""
    event.listen(model.Package, "before_insert", _inserted)


def _inserted(_mapper: Any, _connection: Any, package: model.Package) -> None:
    batch = batch_of(package.id)
    if batch is not None:
        package.metadata_created = package.metadata_modified
        batch.made.add(package.id)
