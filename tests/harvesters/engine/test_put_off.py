"""What is followed and what is not, by itself: any two states of a source, killed anywhere in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ckanext.harvesters.engine.difference import Change, Kind, Known
from ckanext.harvesters.engine.following import FIELDS, PutOff
from ckanext.harvesters.engine.identity import field_digests
from ckanext.harvesters.engine.passing import Pass
from ckanext.harvesters.engine.place import Place
from ckanext.harvesters.engine.report import Entry
from ckanext.harvesters.engine.statistics import Counts
from ckanext.harvesters.records import Mapped, Page, Source, SourceRecord

PAGE = "https://portal.example.be/5f0c1c9e-7a43-5d0e-9b1f-3e6a2d84c710"
TEXT = st.sampled_from(["", "a", "b"])
RECORDS = st.dictionaries(st.sampled_from("stuvwxyz"), st.tuples(TEXT, TEXT, TEXT, st.sampled_from(["", PAGE])))


def said(fields: Sequence[str]) -> dict[str, str]:
    return {name: one for name, one in zip(FIELDS, fields, strict=True) if one}


class Kept:
    """A source's records, as the database keeps them, and a sink that is killed at some of its calls.

    A batch and its place are one transaction: killed within, neither is kept.
    """

    def __init__(self, before: dict[str, Sequence[str]], kills: Iterator[bool]) -> None:
        self.rows = {guid: Known(guid, f"of {guid}", "") for guid in before}
        self.said = {guid: field_digests(said(fields)) for guid, fields in before.items()}
        self.place, self.kills = Place(), kills

    def _may_die(self) -> None:
        if next(self.kills, False):
            raise KeyboardInterrupt

    def write(self, changes: Sequence[Change], place: Place) -> list[tuple[Change, Kind]]:
        self._may_die()
        for change in changes:
            place.counts.count(change.kind)
            guid = change.record.guid
            if change.moved_from is not None:
                self.rows.pop(change.moved_from)
                self.said.pop(change.moved_from)
            package_id = change.known.package_id if change.known else f"of {guid}"
            self.rows[guid] = Known(guid, package_id, change.fingerprint)
            self.said[guid] = change.digests()
        self.place = Place.of(place.as_dict())
        self._may_die()
        return [(change, change.kind) for change in changes]

    def refuse(self, record: SourceRecord, entries: Sequence[Entry]) -> None:
        raise AssertionError

    report = refuse

    def progress(self, _counts: Counts, _total: int | None, place: Place | None) -> None:
        if place is not None:
            self.place = Place.of(place.as_dict())
        self._may_die()

    def is_time_up(self) -> bool:
        return next(self.kills, False)


class Listed:
    """A protocol whose records are given, two on a page."""

    name = "list"

    def __init__(self, records: dict[str, Sequence[str]]) -> None:
        self.records = records

    def pages(self, _source: Source, _client: Any) -> Iterator[Page]:
        for number, guids in enumerate(batched(self.records, 2), 1):
            yield Page(number, tuple(SourceRecord(guid, b"{}", "application/json") for guid in guids))

    def map(self, _source: Source, record: SourceRecord) -> Mapped:
        return Mapped(said(self.records[record.guid]))


def batched(guids: Iterable[str], size: int) -> Iterator[list[str]]:
    every = list(guids)
    yield from (every[first : first + size] for first in range(0, len(every), size))


def passed(before: dict[str, Sequence[str]], after: dict[str, Sequence[str]], kills: Sequence[bool]) -> tuple[Any, ...]:
    """Harvest one state after another, killed where told; return which dataset each record is, and the counts."""
    source = Source("s", "S", "list", "http://portal.example/", "o", "nl", "https://example.org/licence")
    kept = Kept(before, iter(kills))
    for _ in range(len(kills) + 2):
        this = Pass(
            source, Listed(after), dict(kept.rows), kept, place=kept.place, said=lambda: dict(kept.said),
            owner_org="o", batch_size=2, deadline=5,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):
            if this.run(None) is not None:
                return {guid: row.package_id for guid, row in kept.rows.items()}, this.counts
    raise AssertionError


@given(RECORDS, RECORDS, st.lists(st.booleans(), max_size=12))
def test_killed_anywhere_the_same_records_are_followed_and_each_is_counted_once(before, after, kills) -> None:
    undisturbed, counts = passed(before, after, ())
    assert passed(before, after, kills) == (undisturbed, counts)
    assert counts.seen == len(after)
    assert len(set(undisturbed.values())) == len(undisturbed)
    for guid, dataset in undisturbed.items():
        old = dataset.removeprefix("of ")
        if old != guid:
            assert old not in after
            assert guid not in before
            assert len([1 for one, other in zip(before[old], after[guid], strict=True) if one and one == other]) >= 2


@given(RECORDS, RECORDS)
def test_what_is_followed_agrees_is_gone_and_is_one_for_one(before, after) -> None:
    known = {f"old-{key}": field_digests(said(fields)) for key, fields in before.items()}
    waiting = PutOff(lambda: known)
    met = {"old-s"}
    put_off = {
        f"new-{key}": fields
        for key, fields in after.items()
        if waiting.take(SourceRecord(f"new-{key}", b"x", ""), said(fields), met)
    }
    moved = waiting.moved(met)
    assert len(set(moved.values())) == len(moved)
    assert not met & set(moved.values())
    for new in moved:
        assert list(put_off.values()).count(put_off[new]) == 1
    assert [(one.guid, one.content) for one in waiting.release()] == [(guid, b"x") for guid in sorted(put_off)]
    assert waiting.guids == ()
