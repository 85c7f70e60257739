"""One pass over a source: page after page, each record mapped, compared, and handed on when it changed.

Nothing here knows CKAN's database: where changes go is the `Sink`'s matter, so that a dry run is the same pass with a
sink that only remembers.
"""

from __future__ import annotations

import logging
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rq.timeouts import BaseTimeoutException

from ckanext.harvesters import scope
from ckanext.harvesters.engine.ahead import Ahead
from ckanext.harvesters.engine.difference import Change, Kind, Known, compare
from ckanext.harvesters.engine.following import PutOff, Said
from ckanext.harvesters.engine.place import ElsewhereError, Place
from ckanext.harvesters.engine.report import EngineReason, Entry
from ckanext.harvesters.engine.statistics import Counts, RunStatus, status_of
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    Client,
    Page,
    PortalBusyError,
    Problem,
    Protocol,
    RecordError,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    is_storable,
    shorten,
)
from ckanext.oslo.fetch import FetchError

log = logging.getLogger(__name__)

#: Changes in the first batch; each further one may hold twice as many. Until it is written nobody indexes anything.
FIRST_BATCH = 10

#: Problems that stand for a whole record even when it has no identifier to be named by.
_RECORDS = frozenset(
    {
        Reason.NO_IDENTIFIER,
        Reason.NO_TITLE,
        Reason.NOT_A_DATASET,
        Reason.NOT_PUBLIC,
        Reason.NOT_JSON,
        Reason.NOT_RDF,
        Reason.WRONG_TYPE,
        Reason.TOO_LARGE,
    }
)


class Sink(typing.Protocol):
    """Where a pass puts what it finds."""

    def write(self, changes: Sequence[Change], place: Place) -> Sequence[tuple[Change, Kind]]:
        """Write changes; say of each what became of it. ``place`` is reached with them, its counts without them."""
        ...

    def refuse(self, record: SourceRecord, entries: Sequence[Entry]) -> None:
        """Report a record that could not be mapped."""
        ...

    def report(self, entries: Sequence[Entry]) -> None:
        """Report what is wrong with a page or with the source."""
        ...

    def progress(self, counts: Counts, total: int | None, place: Place | None) -> None:
        """Say how far the pass is; ``place`` when everything before it is done. May raise `RunEnded`."""
        ...

    def is_time_up(self) -> bool:
        """Tell whether this step of the pass has taken its time."""
        ...

    def may_wait(self, seconds: float) -> bool:
        """Tell whether the pass may be put off until its portal wants to be asked again."""
        ...


@dataclass(frozen=True)
class End:
    """How a pass ended. ``reason`` is a code, None when there is nothing to say."""

    status: RunStatus
    reason: str | None = None
    detail: str | None = None
    #: The whole source was read without an error: what it did not show, it does not have.
    proof: bool = False


class Pass:
    """A pass over one source. ``counts`` is true at any moment, also when the pass is broken off.

    It begins at a ``place`` where another pass of the same run has stopped: the records before it are read once more
    (the pages come out of the database then, see `answers`), but neither mapped nor counted. ``said`` gives what known
    records said last (`following`); without it none is found again under another guid. Making a pass raises
    `SourceError` when the source's scope has a mistake.
    """

    def __init__(
        self,
        source: Source,
        protocol: Protocol,
        known: Mapping[str, Known],
        sink: Sink,
        *,
        owner_org: str,
        batch_size: int,
        deadline: float,
        place: Place | None = None,
        said: Callable[[], Mapping[str, Said]] = dict,
    ) -> None:
        self.source, self.protocol, self.known, self.sink = source, protocol, known, sink
        self.owner_org, self.batch_size = owner_org, batch_size
        self.deadline, self.place = deadline, place or Place()
        self.counts = replace(self.place.counts)
        self.rules = scope.rules_of(source)
        self._waiting: list[Change] = []
        self._enough = min(FIRST_BATCH, batch_size)
        self._met: set[str] = set()
        self._refused: set[str] = set()
        self._absent: set[str] = set(self.place.absent)
        self._again = frozenset(self.place.put_off)
        self._put_off, self._moved = PutOff(said), dict[str, str]()
        self._settling = False
        self._pages = self._taken = 0
        self._last = ""
        self._whole = self._clean = True
        self._why: Entry | None = None

    @property
    def present(self) -> set[str]:
        """The guids of the records that the source has for this portal, under the guids they had before as well.

        Those it could not take are among them.
        """
        return (self._met | self._refused | {*self.place.moved, *self._moved.values()}) - self._absent

    def run(self, client: Client) -> End | None:
        """Read the source to its end and say how that went; None when the time of the step was up before.

        Raises `ElsewhereError` when the pages before the place are not what they were, `PortalBusyError` when the
        portal wants to be left alone and the sink may wait, and what the sink raises.
        """
        ahead = Ahead(self._given(client), self.deadline, self.source.url)
        try:
            for page in self._read(ahead):
                if not self._apply(page):
                    return None
        finally:
            ahead.close()
        if self._taken < self.place.taken:
            raise ElsewhereError
        self._flush()
        return self._end() if self._settle() else None

    def _given(self, client: Client) -> Iterator[Page]:
        """Yield the protocol's pages; begins with the first, so that what is raised before it is reported, too."""
        yield from self.protocol.pages(self.source, client)

    def _read(self, pages: Iterable[Page]) -> Iterator[Page]:
        """Yield the protocol's pages. A source that breaks off keeps what it gave before."""
        try:
            yield from pages
        except SourceError as error:
            self._broken_off(Entry.of(error.problem()))
        except PortalBusyError as busy:
            if self.sink.may_wait(busy.seconds):
                self._flush()
                raise
            self._broken_off(Entry.of(busy.problem()))
        except FetchError as error:
            self._broken_off(Entry.of(Problem(None, "url", str(error), Reason.UNREACHABLE, self.source.url)))

    def _apply(self, page: Page) -> bool:
        """Take the records of a page; False when the time of the step was up before its end."""
        self._whole = self._whole and page.complete
        self._pages += 1
        self._troubles(page)
        for record in page.records:
            self._take(record)
            if self._taken > self.place.taken and self.sink.is_time_up():
                self._flush()
                return False
        self.sink.progress(self.counts, page.total, self._here() if self._is_further() and not self._waiting else None)
        return True

    def _is_further(self) -> bool:
        """Tell whether the pass has come to what no other has done: a run never goes back, nor forgets who died."""
        return self._settling or self._taken > self.place.taken

    def _here(self) -> Place:
        """Return the place after the last record."""
        absent = sorted(guid for guid in self._absent if guid in self.known)
        moved = sorted({*self.place.moved, *self._moved.values()})
        here = (self._pages, self._taken, self._last, tuple(absent), self._put_off.guids, tuple(moved))
        return Place(*here, replace(self.counts))

    def _broken_off(self, entry: Entry) -> None:
        self._whole, self._clean, self._why = False, False, entry
        self.sink.report([entry])

    def _troubles(self, page: Page) -> None:
        errors = [problem for problem in page.problems if problem.severity is Severity.ERROR]
        self._refused |= {problem.guid for problem in errors if problem.guid is not None}
        self._clean = self._clean and all(problem.guid is not None for problem in errors)
        if errors and not page.complete:
            self._why = Entry.of(errors[0])
        if not page.problems or self._pages <= self.place.pages:
            return
        for problem in errors:
            if problem.guid is not None or problem.reason in _RECORDS:
                self.counts.count(Kind.FAILED)
        self.sink.report([Entry.of(problem) for problem in page.problems])

    def _take(self, record: SourceRecord) -> None:
        if self._is_next(record):
            self._judge(record, self.known.get(record.guid))

    def _judge(self, record: SourceRecord, known: Known | None, *, settled: bool = False) -> None:
        """Map a record and find out what it changes. ``settled``: it is not put off any more."""
        if known is not None and known.deleted:
            self.counts.count(Kind.UNCHANGED)
            return
        record = record.storable()
        if not is_storable(record.guid):
            self.counts.count(Kind.FAILED)
            self.sink.report([Entry(None, "guid", shorten(record.guid), Reason.BAD_CHARACTERS, url=record.url)])
            return
        try:
            mapped = self.protocol.map(self.source, record)
        except RecordError as error:
            self._fail(record, Entry.of(error.problem(record)))
            return
        except BaseTimeoutException:
            raise
        except Exception as error:
            log.exception("Record %r of %s could not be mapped", record.guid, self.source.name)
            detail = shorten(f"{type(error).__name__}: {error}")
            self._fail(record, Entry(record.guid, "", "", EngineReason.NOT_MAPPED, detail=detail, url=record.url))
            return
        if self.rules.outside(mapped.dataset):
            self._absent.add(record.guid)
            self.counts.count(Kind.OUT_OF_SCOPE)
            return
        dataset = self._complete(record, mapped.dataset)
        if known is None and self.known and not settled and self._put_off.take(record, dataset, self._met):
            return
        change = compare(record, dataset, known, mapped.problems)
        if change is None:
            self.counts.count(Kind.UNCHANGED)
            return
        self._waiting.append(change)
        if len(self._waiting) >= self._enough:
            self._flush()
            self._enough = min(2 * self._enough, self.batch_size)

    def _is_next(self, record: SourceRecord) -> bool:
        """Tell whether it is this record's turn: it was not taken before the place, and came once in this pass."""
        self._taken, self._last = self._taken + 1, shorten(record.guid)
        if self._taken == self.place.taken and self._last != self.place.last:
            raise ElsewhereError
        if record.guid in self._met:
            return False  # Protocols report a guid that comes twice; the first one counts.
        self._met.add(record.guid)
        return self._taken > self.place.taken or record.guid in self._again

    def _settle(self) -> bool:
        """Take the records that were put off; False when the time of the step was up before the last.

        Those that are known ones under another guid become what those were, the others are new. When the source was
        not read whole, it is certain only that a record is none of those that were met: one that may be another stays
        away until it is known, and is reported; the known ones are there.
        """
        met, proof = self._met | self._refused, self._whole and self._clean
        uncertain = frozenset() if proof else self._put_off.uncertain(met)
        self._moved, self._settling = self._put_off.moved(met) if proof else {}, True
        # What is read and mapped once more for a step is worth a whole batch of it.
        self._enough = self.batch_size
        for record in self._put_off.release():
            if record.guid in uncertain:
                self._leave(record)
                continue
            self._judge(record, self.known.get(self._moved.get(record.guid, "")), settled=True)
            if not self._waiting and self.sink.is_time_up():
                self._flush()
                return False
        self._flush()
        return True

    def _leave(self, record: SourceRecord) -> None:
        """Report a record that waits for a pass that reads the whole source."""
        self.counts.count(Kind.UNCHANGED)
        entry = Entry(record.guid, "", "", EngineReason.MAY_BE_MOVED, Severity.WARNING, url=record.storable().url)
        self.sink.report([entry])

    def _fail(self, record: SourceRecord, entry: Entry) -> None:
        self.counts.count(Kind.FAILED)
        self.sink.refuse(record, [entry])

    def _complete(self, record: SourceRecord, dataset: Mapping[str, Any]) -> dict[str, Any]:
        """Add what the source says of all its records."""
        return {
            "type": "dataset",
            "source_url": record.url,
            "source_modified": record.modified,
            "metadata_license": self.source.metadata_license,
            **dataset,
            "owner_org": self.owner_org,
            "harvest_source_name": self.source.name,
            "guid": record.guid,
        }

    def _flush(self) -> None:
        changes, self._waiting = self._waiting, []
        if changes:
            for _change, kind in self.sink.write(changes, self._here()):
                self.counts.count(kind)
        self.sink.progress(self.counts, None, self._here() if self._is_further() else None)

    def _end(self) -> End:
        status = status_of(self.counts, complete=self._whole)
        proof = self._whole and self._clean
        if self._why is not None and status is not RunStatus.FINISHED:
            return End(status, self._why.reason, self._why.value)
        if not self.counts.seen:
            return End(status, EngineReason.EMPTY, proof=proof)
        return End(status, proof=proof)
