"""Which datasets a changed dataset is the same as, by an index of its values: never all against all.

A dataset is compared with those that share a value or a rare word of their titles with it. What a change can alter
elsewhere is looked at too: when a value gets its fifth holder it tells nothing any more, and the pairs of the other
four that rested on it go.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.harvesters import config
from ckanext.harvesters.duplicates import reading, rules
from ckanext.harvesters.duplicates.reading import State
from ckanext.harvesters.duplicates.rules import Described, Key, Pair, by_value, ordered
from ckanext.harvesters.duplicates.tables import DuplicateDescription, DuplicateKey, DuplicatePair
from ckanext.harvesters.engine.runs import AS_IT_IS
from ckanext.harvesters.engine.tables import now

#: Datasets looked at in one transaction.
BATCH = 500
_VALUE, _WORD = "v", "w"


def alone() -> None:
    """Let one process at a time change what is kept here, until its transaction ends."""
    model.Session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('harvest_duplicates'))"))


def look(ids: Collection[str]) -> int:
    """Look anew at datasets, in a transaction of its own; return how many pairs came, went or have other reasons."""
    alone()
    states = reading.states(ids)
    before = _kept(ids)
    after = {one: _digests(state.described) for one, state in states.items() if state.visible}
    _keep(before, after)
    _describe(ids, states)
    differing = {digest for one in ids for digest in before.get(one, frozenset()) ^ after.get(one, frozenset())}
    affected = {*ids, *_beside(ids, [digest for digest in differing if digest.startswith(_VALUE)])}
    done = _replace(affected, _pairs(affected))
    model.Session.commit()
    return done


def _digest(kind: str, *parts: str) -> str:
    # Addresses can be longer than an entry of an index may be.
    return kind + hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def _of_key(key: Key) -> str:
    return _digest(_VALUE, key.rule, key.value)


def _digests(one: Described) -> frozenset[str]:
    return frozenset([*map(_of_key, one.keys), *(_digest(_WORD, word) for word in one.words)])


def _kept(ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the digests that are kept of datasets, by id."""
    found: dict[str, set[str]] = defaultdict(set)
    query = sa.select(DuplicateKey.package_id, DuplicateKey.digest).where(DuplicateKey.package_id.in_(ids))
    for package_id, digest in model.Session.execute(query):
        found[package_id].add(digest)
    return {one: frozenset(digests) for one, digests in found.items()}


def _keep(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> None:
    gone = [(digest, one) for one, digests in before.items() for digest in digests - after.get(one, frozenset())]
    come = [
        {"digest": digest, "package_id": one}
        for one, digests in after.items()
        for digest in digests - before.get(one, frozenset())
    ]
    if gone:
        row = sa.tuple_(DuplicateKey.digest, DuplicateKey.package_id)
        model.Session.execute(sa.delete(DuplicateKey).where(row.in_(gone)), execution_options=AS_IT_IS)
    if come:
        model.Session.execute(sa.insert(DuplicateKey), come)


def _describe(ids: Collection[str], states: Mapping[str, State]) -> None:
    """Keep how datasets are now; of those that are gone, nothing."""
    kept = DuplicateDescription
    gone = [one for one in ids if one not in states]
    model.Session.execute(sa.delete(kept).where(kept.package_id.in_(gone)), execution_options=AS_IT_IS)
    aliases = config.aliases_of_hosts()
    rows = [
        {
            "package_id": one,
            "modified": state.modified,
            "visible": state.visible,
            "version": rules.version(aliases),
            "said": state.described.as_dict(),
        }
        for one, state in states.items()
    ]
    if rows:
        upsert = insert(kept)
        said = {name: upsert.excluded[name] for name in ("modified", "visible", "version", "said")}
        model.Session.execute(upsert.on_conflict_do_update(index_elements=["package_id"], set_=said), rows)


def _beside(ids: Collection[str], digests: Collection[str]) -> list[str]:
    """Return the other holders of values that came or went: those of values that can tell, or could before."""
    key = DuplicateKey
    query = (
        sa.select(sa.func.array_agg(key.package_id))
        .where(key.digest.in_(digests), key.package_id.not_in(ids))
        .group_by(key.digest)
        .having(sa.func.count() <= rules.COMMON)
    )
    return [one for holders in model.Session.execute(query).scalars() for one in holders] if digests else []


def _holders(digests: Iterable[str], most: int) -> Mapping[str, Sequence[str]]:
    """Return which datasets have a value or word, of those that two to ``most`` have."""
    key, wanted = DuplicateKey, list(digests)
    query = (
        sa.select(key.digest, sa.func.array_agg(key.package_id))
        .where(key.digest.in_(wanted))
        .group_by(key.digest)
        .having(sa.func.count().between(2, most))
    )
    return dict(model.Session.execute(query).tuples().all()) if wanted else {}


def _described(ids: Collection[str]) -> dict[str, Described]:
    """Return the datasets that everybody may see, as they were described."""
    kept = DuplicateDescription
    query = sa.select(kept.said).where(kept.package_id.in_(ids), kept.visible.is_(True))
    return {said["id"]: Described.from_dict(said) for said in model.Session.execute(query).scalars()} if ids else {}


def _pairs(ids: Collection[str]) -> list[Pair]:
    """Return all pairs of which one is among these datasets."""
    ours = _described(ids)
    by_key = {_of_key(key): key for one in ours.values() for key in one.keys}
    holders = _holders(by_key, rules.COMMON)
    by_word = _with_rare_words(ours.values())
    others = {each for found in (*holders.values(), *by_word.values()) for each in found if each not in ours}
    every = {**_described(others), **ours}
    telling = {
        by_key[digest] for digest, found in holders.items() if rules.tells([every[each].source for each in found])
    }
    met = set()
    for one in ours.values():
        shared = (holders[_of_key(key)] for key in one.keys & telling)
        met |= {
            ordered(one.id, each)
            for found in (*shared, by_word.get(one.id, ()))
            for each in found
            if each != one.id and each in every
        }
    return list(filter(None, (rules.compare(every[first], every[second], telling) for first, second in met)))


def _with_rare_words(datasets: Collection[Described]) -> dict[str, set[str]]:
    """Return for each dataset the ids of those that have one of the rarest words of its titles."""
    words = {_digest(_WORD, word): word for one in datasets for word in one.words}
    holders = {words[digest]: found for digest, found in _holders(words, rules.FREQUENT).items()}
    # A word that too many have, or one alone, brings nobody together: which of the two does not matter here.
    counts = {word: len(holders.get(word, ())) or rules.FREQUENT + 1 for word in words.values()}
    return {
        one.id: {each for title in one.titles for word in rules.seldom(title, counts) for each in holders.get(word, ())}
        for one in datasets
    }


def _replace(ids: Collection[str], found: Iterable[Pair]) -> int:
    """Put pairs in the place of those that are kept of these datasets; return how many differ."""
    kept = DuplicatePair
    query = sa.select(kept.first, kept.second, kept.reasons).where(sa.or_(kept.first.in_(ids), kept.second.in_(ids)))
    before = {(first, second): reasons for first, second, reasons in model.Session.execute(query)}
    after = {(pair.first, pair.second): pair for pair in found}
    gone = [both for both in before if both not in after]
    if gone:
        row = sa.tuple_(kept.first, kept.second)
        model.Session.execute(sa.delete(kept).where(row.in_(gone)), execution_options=AS_IT_IS)
    rows = [
        {"first": pair.first, "second": pair.second, "sure": pair.sure, "reasons": _reasons(pair), "found": now()}
        for both, pair in after.items()
        if before.get(both) != _reasons(pair)
    ]
    if rows:
        upsert = insert(kept)
        said = {name: upsert.excluded[name] for name in ("sure", "reasons")}
        model.Session.execute(upsert.on_conflict_do_update(index_elements=["first", "second"], set_=said), rows)
    return len(gone) + len(rows)


def _reasons(pair: Pair) -> list[dict[str, str]]:
    return [{"rule": str(reason.rule), "value": reason.value} for reason in pair.reasons]


def pairs(*which: sa.ColumnElement[bool]) -> list[Pair]:
    """Return the pairs that are kept and meet the conditions."""
    query = sa.select(DuplicatePair.first, DuplicatePair.second, DuplicatePair.reasons).where(*which)
    return [Pair(first, second, tuple(by_value(said))) for first, second, said in model.Session.execute(query)]
