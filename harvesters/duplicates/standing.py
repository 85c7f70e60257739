"""Where else a dataset is: the master of a copy, the copies of a master."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvesters import config
from ckanext.harvesters.duplicates import decisions, finding, groups
from ckanext.harvesters.duplicates.decisions import Choice
from ckanext.harvesters.duplicates.groups import Group
from ckanext.harvesters.duplicates.reading import NOT_DATASETS
from ckanext.harvesters.duplicates.searching import ALSO_IN, COPY_OF
from ckanext.harvesters.duplicates.tables import DuplicateDescription, DuplicateMember, DuplicatePair
from ckanext.harvesters.engine.runs import AS_IT_IS
from ckanext.harvesters.engine.tables import now
from ckanext.oslo.batches import Reading


@dataclass(frozen=True)
class Copy:
    """A copy of a master: its id and name here, its source, and where its portal shows it."""

    id: str
    name: str
    source: str
    url: str


@dataclass(frozen=True)
class Standing:
    """Where else a dataset is. Neither is said of a dataset that is in no group."""

    copy_of: str | None = None
    also_in: tuple[Copy, ...] = ()


def _standings(package_ids: Sequence[str]) -> dict[str, Standing]:
    """Return where else datasets are, by id; those that are in no group are left out."""
    member, package = DuplicateMember, model.Package
    query = sa.select(member.package_id, member.master_id).where(member.package_id.in_(package_ids))
    masters = dict(model.Session.execute(query).tuples().all())
    if not masters:
        return {}
    there = (
        sa.select(member.package_id, member.master_id, package.name, package.extras)
        .join(package, package.id == member.package_id)
        .where(member.master_id.in_(set(masters.values())), package.state == model.State.ACTIVE)
        .order_by(member.package_id)
    )
    groups_of: dict[str, list[Any]] = {}
    for row in model.Session.execute(there).all():
        groups_of.setdefault(row.master_id, []).append(row)
    return {one: _standing(one, groups_of.get(master, [])) for one, master in masters.items()}


def _standing(package_id: str, group: Sequence[Any]) -> Standing:
    """Return where else a dataset is, from the rows of its group that are datasets still."""
    mine = next((row.master_id for row in group if row.package_id == package_id), package_id)
    if mine != package_id:
        return Standing(copy_of=mine)
    return Standing(also_in=tuple(_copy(row) for row in group if row.package_id != package_id))


_kept = Reading(_standings)


def of(package_id: str) -> Standing:
    """Return where else a dataset is."""
    return _kept.of(package_id) or Standing()


def _copy(row: Any) -> Copy:
    said = row.extras or {}
    return Copy(row.package_id, row.name, said.get("harvest_source_name") or "", said.get("source_url") or "")


def unsaid(dataset: dict[str, Any]) -> dict[str, Any]:
    """Take out of a dataset dict, and return it, what `show` puts there: clients send back what they were shown."""
    for name in (COPY_OF, ALSO_IN):
        dataset.pop(name, None)
    return dataset


def show(dataset: dict[str, Any]) -> None:
    """Put into a dataset dict where else it is. What stood there is taken out: it may come from the index."""
    unsaid(dataset)
    if dataset.get("type") in NOT_DATASETS:
        return
    found = of(dataset["id"])
    if found.copy_of:
        dataset[COPY_OF] = found.copy_of
    elif found.also_in:
        dataset[ALSO_IN] = [vars(one) for one in found.also_in]


def members() -> dict[str, str]:
    """Return id of dataset → id of its master, of all that are in a group."""
    query = sa.select(DuplicateMember.package_id, DuplicateMember.master_id)
    return dict(model.Session.execute(query).tuples().all())


def sources(ids: Collection[str] | None = None) -> dict[str, str]:
    """Return id → name of its source, of the datasets that are compared."""
    seen = DuplicateDescription
    query = sa.select(seen.package_id, seen.said["source"].astext).where(seen.visible.is_(True))
    if ids is not None:
        query = query.where(seen.package_id.in_(ids))
    return dict(model.Session.execute(query).tuples().all())


def regroup() -> list[Group]:
    """Make the groups anew out of the pairs that were found and what stewards decided; return them. Commits.

    That is one walk over the sure pairs, so that a decision, another order of sources or a master that is gone need
    nothing else.
    """
    finding.alone()
    made = decisions.every()
    joined, split = (decisions.ids(made, choice) for choice in (Choice.JOIN, Choice.SPLIT))
    sure = finding.pairs(DuplicatePair.sure.is_(True))
    concerned = {one for pair in sure for one in (pair.first, pair.second)} | {one for both in joined for one in both}
    found = groups.group(sure, sources(concerned), config.order_of_sources(), joined=joined, split=split)
    _keep({one: whole.master for whole in found for one in (whole.master, *whole.copies)})
    model.Session.commit()
    return found


def _keep(wanted: Mapping[str, str]) -> None:
    kept = members()
    gone = [one for one in kept if one not in wanted]
    if gone:
        model.Session.execute(
            sa.delete(DuplicateMember).where(DuplicateMember.package_id.in_(gone)), execution_options=AS_IT_IS
        )
    rows = [
        {"package_id": one, "master_id": master, "since": now()}
        for one, master in wanted.items()
        if kept.get(one) != master
    ]
    if rows:
        upsert = insert(DuplicateMember)
        said = {name: upsert.excluded[name] for name in ("master_id", "since")}
        model.Session.execute(upsert.on_conflict_do_update(index_elements=["package_id"], set_=said), rows)
