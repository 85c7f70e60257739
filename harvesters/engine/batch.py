"""What the datasets of a batch have in common, so that CKAN need not ask the database for it with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ckan import model

#: Where an action's context carries the batch.
KEY = "harvest_batch"


@dataclass(frozen=True)
class Batch:
    """Datasets that are written in one transaction, by a harvest that may write them.

    ``organization`` is the one they all belong to, ``new`` the ids of those that are not in the table. Nobody else can
    make these: an id follows from the source and the record, and one run at a time has the source's lease.
    """

    organization: model.Group
    new: frozenset[str]

    @classmethod
    def of(cls, organization_id: str, new: Iterable[str]) -> Batch | None:
        """Read the organization; None when there is no such one: then CKAN says so of each dataset."""
        group = model.Group.get(organization_id)
        return cls(group, frozenset(new)) if group is not None and group.is_organization else None


def batch_of(context: Mapping[str, Any]) -> Batch | None:
    """Return the batch that an action is called for, None outside of harvests."""
    return context.get(KEY)
