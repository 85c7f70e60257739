"""What there is to decide and what was decided, with reasons, as pages, commands and clients are told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from ckan import model

from ckanext.harvesters.duplicates import decisions, finding, groups, standing
from ckanext.harvesters.duplicates.decisions import Choice, Decision
from ckanext.harvesters.duplicates.groups import Group
from ckanext.harvesters.duplicates.rules import Pair, Reason, ordered


@dataclass(frozen=True)
class Dataset:
    """A dataset as it is named here. ``source`` is the name of its harvest source, empty for a steward's own."""

    id: str
    name: str
    title: str
    type: str
    source: str
    owner_org: str
    url: str


@dataclass(frozen=True)
class Proposal:
    """Two datasets that may be one, and why."""

    first: Dataset
    second: Dataset
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Joined:
    """A copy of a master: why, or by whom (the name of a user; empty when a command did it) and when."""

    dataset: Dataset
    reasons: tuple[Reason, ...]
    by: str | None = None
    decided: datetime | None = None


@dataclass(frozen=True)
class Together:
    """One dataset in several portals: its master and the copies."""

    master: Dataset
    copies: tuple[Joined, ...]


@dataclass(frozen=True)
class Parted:
    """Two datasets that a steward has split."""

    first: Dataset
    second: Dataset
    by: str
    decided: datetime


@dataclass(frozen=True)
class Listed:
    """All there is, the surest or latest first."""

    proposals: tuple[Proposal, ...]
    groups: tuple[Together, ...]
    split: tuple[Parted, ...]


def everything() -> Listed:
    """Return what there is to decide and what was decided, as it was last looked at (`refresh`)."""
    pairs = {(pair.first, pair.second): pair for pair in finding.pairs()}
    made = decisions.every()
    copies: dict[str, list[str]] = defaultdict(list)
    for one, master in standing.members().items():
        if one != master:
            copies[master].append(one)
    found = [Group(master, tuple(sorted(ids))) for master, ids in copies.items()]
    split = decisions.ids(made, Choice.SPLIT)
    open_ = list(groups.proposals(pairs.values(), found, _sources(pairs), split=split))
    known = _datasets(
        {
            *(one for pair in open_ for one in (pair.first, pair.second)),
            *(one for whole in found for one in (whole.master, *whole.copies)),
            *(one for both in split for one in both),
        }
    )
    users = _users(made)
    told = [
        Together(known[whole.master], tuple(_joined(one, whole, pairs, made, known, users) for one in whole.copies))
        for whole in found
        if all(one in known for one in (whole.master, *whole.copies))
    ]
    return Listed(
        tuple(
            Proposal(known[pair.first], known[pair.second], pair.reasons)
            for pair in open_
            if pair.first in known and pair.second in known
        ),
        tuple(sorted(told, key=lambda one: (one.master.title.casefold(), one.master.id))),
        tuple(
            Parted(known[one.first], known[one.second], users.get(one.user_id or "", ""), one.decided)
            for one in made
            if one.choice is Choice.SPLIT and one.first in known and one.second in known
        ),
    )


def _sources(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return standing.sources({one for both in pairs for one in both} | standing.members().keys())


def _joined(
    one: str,
    whole: Group,
    pairs: Mapping[tuple[str, str], Pair],
    made: Collection[Decision],
    known: Mapping[str, Dataset],
    users: Mapping[str, str],
) -> Joined:
    """Say why a copy is in its group: what it has in common with the master, or else with another copy."""
    others = [whole.master, *(each for each in whole.copies if each != one)]
    both = [ordered(one, each) for each in others]
    found = [pairs[each] for each in both if each in pairs]
    sure = [pair for pair in found if pair.sure]
    decided = next((each for each in made if each.choice is Choice.JOIN and (each.first, each.second) in both), None)
    reasons = (sure or found)[0].reasons if found else ()
    if decided is None:
        return Joined(known[one], reasons)
    return Joined(known[one], reasons, users.get(decided.user_id or "", ""), decided.decided)


def _datasets(ids: Collection[str]) -> dict[str, Dataset]:
    package = model.Package
    query = sa.select(package.id, package.name, package.title, package.type, package.owner_org, package.extras).where(
        package.id.in_(ids), package.state == model.State.ACTIVE
    )
    return {
        row.id: Dataset(
            row.id,
            row.name,
            row.title or row.name,
            row.type,
            (row.extras or {}).get("harvest_source_name") or "",
            row.owner_org or "",
            (row.extras or {}).get("source_url") or "",
        )
        for row in (model.Session.execute(query) if ids else ())
    }


def _users(made: Iterable[Decision]) -> dict[str, str]:
    ids = {one.user_id for one in made if one.user_id}
    query = sa.select(model.User.id, model.User.name).where(model.User.id.in_(ids))
    return dict(model.Session.execute(query).tuples().all()) if ids else {}
