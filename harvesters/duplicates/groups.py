"""From pairs to groups of one dataset in several portals, each with a master. Pure.

What a steward has decided goes before the rules: two that were split never stand in one group, two that were joined
always do. A group that would hold two datasets of one portal is no group: one of its pairs must be wrong, and who
knows which is a steward.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckanext.harvesters.duplicates.rules import Pair, ordered, surest_first

Ids = tuple[str, str]


@dataclass(frozen=True)
class Group:
    """One dataset in several portals: the id of its master, and those of the copies."""

    master: str
    copies: tuple[str, ...]


def group(
    pairs: Iterable[Pair],
    sources: Mapping[str, str],
    order: Sequence[str] = (),
    *,
    joined: Collection[Ids] = (),
    split: Collection[Ids] = (),
) -> list[Group]:
    """Make groups of the sure pairs and of those joined by hand.

    ``sources`` tells the source of each dataset, empty for one that a steward made: that is always the master.
    ``order`` names sources, the one whose dataset is the master first (those it does not name come after, by name).
    ``joined`` and ``split`` are a steward's pairs.
    """
    apart = {ordered(*one) for one in split}
    by_hand = {ordered(*one) for one in joined if all(each in sources for each in one)}
    there = (pair for pair in pairs if pair.first in sources and pair.second in sources)
    sure = sorted((pair for pair in there if pair.sure), key=surest_first)
    members: dict[str, set[str]] = {}
    for first, second in [*sorted(by_hand), *((pair.first, pair.second) for pair in sure)]:
        ours, theirs = members.get(first, {first}), members.get(second, {second})
        if ours is theirs or any(ordered(one, other) in apart for one in ours for other in theirs):
            continue
        if (first, second) not in by_hand and {sources[one] for one in ours} & {sources[one] for one in theirs}:
            continue
        whole = ours | theirs
        members.update(dict.fromkeys(whole, whole))
    ranks = {name: number for number, name in enumerate(order)}

    def rank(one: str) -> tuple[bool, int, str, str]:
        return bool(sources[one]), ranks.get(sources[one], len(ranks)), sources[one], one

    found = {min(whole): sorted(whole, key=rank) for whole in members.values()}
    return [Group(ids[0], tuple(ids[1:])) for _, ids in sorted(found.items())]


def proposals(
    pairs: Iterable[Pair], groups: Iterable[Group], sources: Mapping[str, str], *, split: Collection[Ids] = ()
) -> Iterator[Pair]:
    """Yield the pairs that a steward may join: the surest first, and one for two groups.

    Not those that are in one group or were split; nor what only looks alike where each of the two has its like in the
    other's portal already.
    """
    members = {one: (whole.master, *whole.copies) for whole in groups for one in (whole.master, *whole.copies)}
    apart = {ordered(*one) for one in split}
    told: set[Ids] = set()
    for pair in sorted(pairs, key=surest_first):
        ours, theirs = members.get(pair.first, (pair.first,)), members.get(pair.second, (pair.second,))
        both = ordered(ours[0], theirs[0])
        if ours[0] == theirs[0] or both in told or any(ordered(one, each) in apart for one in ours for each in theirs):
            continue
        if not pair.sure and {sources.get(one) for one in ours} & {sources.get(one) for one in theirs}:
            continue
        told.add(both)
        yield pair
