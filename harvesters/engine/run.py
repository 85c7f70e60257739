"""A harvest run: a pass over a source that writes into CKAN, and always ends with a status."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import SearchIndexError
from ckan.model import ensure_engine
from ckanext.harvest.model import HarvestGatherError
from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import SQLAlchemyError

from ckanext.harvesters import config
from ckanext.harvesters.engine import alerts, answers, following, gone, runs, store
from ckanext.harvesters.engine.answers import Asking
from ckanext.harvesters.engine.difference import Change, Kind
from ckanext.harvesters.engine.errors import RunEnded
from ckanext.harvesters.engine.hosts import Polite
from ckanext.harvesters.engine.indexing import Indexing
from ckanext.harvesters.engine.originals import Kept
from ckanext.harvesters.engine.passing import End, Pass
from ckanext.harvesters.engine.place import ElsewhereError, Place
from ckanext.harvesters.engine.report import EngineReason, Entry
from ckanext.harvesters.engine.runs import AS_IT_IS, Lease
from ckanext.harvesters.engine.sources import Registered, registered, settings_of
from ckanext.harvesters.engine.statistics import Counts, RunStatus
from ckanext.harvesters.engine.tables import now
from ckanext.harvesters.engine.writer import GONE, Writer
from ckanext.harvesters.records import PortalBusyError, Severity, SourceError, SourceRecord, shorten
from ckanext.harvesters.registry import protocol
from ckanext.oslo import fetch

log = logging.getLogger(__name__)


class CkanSink:
    """Writes what a pass finds into CKAN's database and index."""

    def __init__(self, lease: Lease, writer: Writer, indexing: Indexing, until: float | None) -> None:
        self.lease, self.writer, self.indexing, self.until = lease, writer, indexing, until
        #: The datasets of which the run has said that the index refuses them.
        self._told: set[str] | None = None
        self._last_moment = lease.started + timedelta(seconds=config.timeout())

    def write(self, changes: Sequence[Change], place: Place) -> list[tuple[Change, Kind]]:
        """Write changes in one transaction, and have them indexed. The database leads: the index gets what it has."""
        written, refused = self.writer.write(changes, place)
        model.Session.expunge_all()
        self._not_indexed(self.indexing.add([package_id for _change, package_id in written]))
        return [(change, change.kind) for change, _id in written] + [(change, Kind.FAILED) for change, _why in refused]

    def _not_indexed(self, refused: Sequence[tuple[str, str]]) -> None:
        if not refused:
            return
        if self._told is None:
            self._told = store.values_told(self.lease.run_id, EngineReason.NOT_INDEXED)
        new = [(one, said) for one, said in refused if one not in self._told]
        self._told.update(one for one, _said in new)
        self.report([Entry(None, "id", one, EngineReason.NOT_INDEXED, detail=said) for one, said in new])

    def catch_up(self) -> None:
        """Index what an earlier run had saved when it was cut off.

        One by one: what the index has refused before and refuses again does not mean that it refuses everything.
        """
        for one in store.unindexed(self.lease.source_id):
            self._not_indexed(self.indexing.add([one]))

    def settle(self) -> None:
        """Wait until everything written is in the index."""
        self._not_indexed(self.indexing.finish())

    def refuse(self, record: SourceRecord, entries: Sequence[Entry]) -> None:
        """Report a record that could not be mapped."""
        self.lease.hold()
        store.refuse(self.lease.source_id, self.lease.run_id, self.lease.job_id, record, entries)
        model.Session.commit()

    def report(self, entries: Sequence[Entry]) -> None:
        """Report what is wrong with a page or with the source; errors also where ckanext-harvest shows them."""
        if not entries:
            return
        self.lease.hold()
        guids = [entry.guid for entry in entries if entry.guid is not None]
        store.replace_problems(self.lease.source_id, self.lease.run_id, guids, entries)
        for entry in entries:
            if entry.severity is Severity.ERROR:
                message = f"{entry.guid}: {entry.text('en')}" if entry.guid else entry.text("en")
                model.Session.add(HarvestGatherError(message=message, harvest_job_id=self.lease.job_id))
        model.Session.commit()

    def progress(self, counts: Counts, total: int | None, place: Place | None) -> None:
        """Publish how far the run is."""
        self.lease.progress(counts, total, place)
        if now() > self._last_moment:
            raise RunEnded(EngineReason.TOO_LONG)

    def is_time_up(self) -> bool:
        """Tell whether this step has taken its time."""
        return self.until is not None and time.monotonic() > self.until

    def may_wait(self, seconds: float) -> bool:
        """Tell whether another step can go on after a pause: it is a part of the time that the run may take."""
        in_time = now() + timedelta(seconds=seconds) < self._last_moment
        return self.until is not None and self.lease.delays < runs.DELAYS and in_time


class DrySink:
    """Remembers what a run would do, and writes nothing. ``until`` is a moment of the monotonic clock, None: no end."""

    def __init__(self, until: float | None = None) -> None:
        self.until = until
        self.changes: list[Change] = []
        self.entries: list[Entry] = []
        #: What the fields of changed records said before (`store.fields`), and (guid, title) of what would be gone.
        self.fields: Mapping[str, Mapping[str, str]] = {}
        self.gone: Sequence[tuple[str, str]] = ()

    def write(self, changes: Sequence[Change], place: Place) -> list[tuple[Change, Kind]]:
        """Remember changes."""
        self.changes += changes
        return [(change, change.kind) for change in changes]

    def refuse(self, record: SourceRecord, entries: Sequence[Entry]) -> None:
        """Remember what is wrong with a record."""
        self.entries += entries

    def report(self, entries: Sequence[Entry]) -> None:
        """Remember what is wrong with a page."""
        self.entries += entries

    def progress(self, counts: Counts, total: int | None, place: Place | None) -> None:
        """Need not be told."""

    def is_time_up(self) -> bool:
        """Tell whether the rehearsal has taken its time."""
        return self.until is not None and time.monotonic() > self.until

    def may_wait(self, seconds: float) -> bool:
        """Answer who asked, now."""
        return False


#: Objects made between two rounds of the garbage collector while a run writes; Python's own rule is 700.
_BETWEEN_ROUNDS = 10_000


@contextmanager
def _fewer_garbage_rounds() -> Iterator[None]:
    """Let the garbage collector look less often: validation makes millions of objects, nearly none of them in cycles.

    What was there before (CKAN, its plugins, vocabularies) is not looked at any more: `gc.freeze`.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_BETWEEN_ROUNDS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _pass(source: Registered, sink: CkanSink | DrySink, place: Place | None = None, *, again: bool = False) -> Pass:
    settings = settings_of(source)
    known = store.known(source.id)
    if again:
        # What the engine has deleted comes back when its portal has it again, and only a harvest can tell.
        known = {guid: replace(one, deleted=one.deleted or one.removed) for guid, one in known.items()}
    return Pass(
        settings,
        Kept(source.id, settings.protocol) if again else protocol(settings.protocol),
        known,
        sink,
        owner_org=source.owner_org,
        batch_size=config.batch_size(),
        deadline=config.page_deadline(),
        place=place,
        # What is kept says nothing of what the portal has now.
        said=dict if again else lambda: store.said(source.id, following.FIELDS),
    )


def run(source: Registered, job_id: str, *, again: bool = False) -> dict[str, Any]:
    """Harvest a source now, in this process and to its end, for a job of ckanext-harvest; return the run as a dict.

    ``again``: nothing is fetched; what is kept of the source's records is mapped again. Such a run says nothing about
    what the portal has now.

    Raises `AlreadyRunning` when a worker is at the source, in this process or elsewhere; else nothing: how it went is
    the run's status.
    """
    take_over(source)
    lease = runs.begin(source.id, source.name, job_id, again=again)
    end, counts = _step(source, lease, None)
    _finish(source, lease, counts, end or End(RunStatus.FAILED, EngineReason.FAULT))
    return runs.dictize(runs.of_jobs([job_id])[job_id])


def step(source: Registered, job_id: str) -> bool:
    """Carry out a step of a job's run: some time of reading and writing; return whether the next can follow at once.

    When the database or the index is away, or the portal wants to be left alone, the run is put off: it goes on later
    where it was. Raises `AlreadyRunning`.
    """
    take_over(source)
    lease = runs.begin(source.id, source.name, job_id)
    try:
        end, counts = _step(source, lease, time.monotonic() + config.step_seconds())
        if end is None:
            runs.put_down(lease)
            return True
        if end.reason == EngineReason.INDEX_DOWN and lease.delays < runs.DELAYS:
            runs.put_down(lease, _delay(lease), delayed=True)
            return False
        _finish(source, lease, counts, end)
    except PortalBusyError as busy:
        log.info("Harvest of %s is put off: %s", source.name, busy)
        runs.put_down(lease, busy.seconds, delayed=True)
    except GONE as error:
        # Without a database nothing can be noted: the lease runs out, and another worker goes on.
        log.warning("Harvest of %s is put off, the database is away: %s", source.name, error)
        _put_off(lease)
    return False


def take_over(source: Registered | None = None) -> None:
    """Take the lease from dead workers, at one source or at all; tell of the runs that are given up for it."""
    given_up = runs.take_over(source.id if source else None)
    for one in registered(given_up) if given_up else ():
        alerts.tell(one)


#: How long a run is put off (seconds): the first time, and at most.
PUT_OFF, LONGEST = 10.0, 300.0


def _delay(lease: Lease) -> float:
    """Return how long a run is put off (seconds): longer each time."""
    return min(LONGEST, PUT_OFF * 2**lease.delays)


def _put_off(lease: Lease) -> None:
    runs.drop_connection()
    ensure_engine().dispose()
    try:
        runs.put_down(lease, _delay(lease), delayed=True)
    except GONE:
        runs.drop_connection()


def _step(source: Registered, lease: Lease, until: float | None) -> tuple[End | None, Counts]:
    """Read and write until the source or the time is over; return how it ended, None for the time, and the counts.

    ``until`` is a moment of the monotonic clock, None for no end: then the database's absence is an end as well; with
    it, what is in `GONE` is raised, and `PortalBusyError`.
    """
    counts, end = lease.place.counts, End(RunStatus.FAILED, EngineReason.FAULT)
    try:
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        with (
            _fewer_garbage_rounds(),
            Indexing(user) as indexing,
            lease,
            Writer(lease, source.name, user) as writer,
            fetch.from_config() as client,
        ):
            sink = CkanSink(lease, writer, indexing, until)
            sink.catch_up()
            this = _pass(source, sink, lease.place, again=lease.again)
            counts = this.counts
            asking = Asking(client, source.id, lease.run_id)
            try:
                end = this.run(asking)
            except ElsewhereError:
                # What was written is known by its fingerprint; only the counts begin anew.
                this = _pass(source, sink, again=lease.again)
                counts = this.counts
                end = this.run(asking)
            sink.settle()
            if end is not None and not lease.again:
                end = _absent(lease, this, end)
                whole = end.status is RunStatus.FINISHED
                store.forget_past_errors(source.id, lease.run_id, whole_pass=whole)
                model.Session.execute(answers.forget(source.id, lease.run_id, whole=whole), execution_options=AS_IT_IS)
            model.Session.commit()
    except RunEnded as ended:
        end = End(RunStatus.INTERRUPTED, ended.reason, ended.detail)
    except SourceError as error:
        end = End(RunStatus.FAILED, error.reason, error.detail)
    except BaseTimeoutException:
        end = End(RunStatus.INTERRUPTED, EngineReason.TOO_LONG)
    except Exception as error:
        if until is not None and isinstance(error, (*GONE, PortalBusyError)):
            raise
        # The border of a run: whatever happened inside becomes its end, so that no source is "running" for ever.
        log.exception("Harvest of %s ended by a fault", source.name)
        end = End(RunStatus.FAILED, EngineReason.FAULT, shorten(f"{type(error).__name__}: {error}"))
    except BaseException:
        _finish(source, lease, counts, End(RunStatus.INTERRUPTED, EngineReason.STOPPED))
        raise
    return end, counts


def _absent(lease: Lease, this: Pass, end: End) -> End:
    """Note, in the current transaction, what the source no longer has and has again; brake when that is too much."""
    lease.hold()
    gone.come_back(lease.source_id, this.present)
    if not end.proof:
        return end
    found = gone.missing(lease.source_id, this.present, config.brake())
    gone.mark(lease.source_id, lease.run_id, found)
    this.counts.gone = len(found.guids)
    if not found.braked:
        return end
    said = f"{len(found.guids)} / {found.standing}"
    return End(RunStatus.BRAKED, end.reason or EngineReason.BRAKE, said, proof=True)


def _finish(source: Registered, lease: Lease, counts: Counts, end: End) -> None:
    if lease.again:
        end = _mapped_again(end)
    ended = runs.finish(lease, end.status, counts, end.reason, end.detail)
    if ended and not lease.again:
        runs.plan_next(source.id)
        _remove_due(source)
        # Who stopped it knows.
        if end.reason != EngineReason.STOPPED:
            alerts.tell(source)
    log.info("Harvest of %s %s: %s", source.name, end.status, counts)
    try:
        # The source's own page and its entry in the list show the state that is in the index.
        tk.get_action("harvest_source_reindex")({"ignore_auth": True}, {"id": source.id})
    except (tk.ObjectNotFound, tk.ValidationError, SearchIndexError, SQLAlchemyError) as error:
        log.warning("Harvest source %s could not be indexed anew: %s", source.name, error)
    model.Session.remove()


def _remove_due(source: Registered) -> None:
    try:
        gone.remove_due(source.id)
    except (tk.ValidationError, SearchIndexError, SQLAlchemyError) as error:
        # The tick tries again; the run itself is over.
        model.Session.rollback()
        log.warning("Datasets gone at %s could not be deleted yet: %s", source.name, error)


def _mapped_again(end: End) -> End:
    """Say of a run over kept records that it was one, however it ended."""
    if end.status is RunStatus.FINISHED or not end.reason:
        return End(end.status, EngineReason.MAPPED_AGAIN)
    return End(end.status, EngineReason.MAPPED_AGAIN, runs.end_text(end.reason, end.detail, "en"))


def rehearse(
    source: Registered, *, again: bool = False, seconds: float | None = None
) -> tuple[dict[str, Any], DrySink]:
    """Make a pass that writes nothing; return its counts and end, and what it would have written and reported.

    ``again``: over what is kept of the source's records. ``seconds``: how long it may take, None for as long as it
    takes; what was seen until then is returned. It waits for its turn at the portal's host as runs do.
    """
    sink = DrySink(None if seconds is None else time.monotonic() + seconds)
    found = None
    try:
        this = _pass(source, sink, again=again)
        if seconds is not None:
            this.deadline = min(this.deadline, seconds)
        with fetch.from_config() as client:
            end = this.run(Polite(client, sink.until)) or End(RunStatus.INTERRUPTED, EngineReason.LOOKED_LONG_ENOUGH)
        counts = this.counts
        sink.fields = store.fields(source.id, [change.known.guid for change in sink.changes if change.known])
        if end.proof and not again:
            found = gone.missing(source.id, this.present, config.brake())
            counts.gone = len(found.guids)
            sink.gone = store.titles(source.id, found.guids)
    except SourceError as error:
        counts, end = Counts(), End(RunStatus.FAILED, error.reason, error.detail)
    if found is not None and found.braked:
        end = End(RunStatus.BRAKED, end.reason or EngineReason.BRAKE, f"{len(found.guids)} / {found.standing}")
    return {"status": end.status, "reason": end.reason, "detail": end.detail, **counts.as_dict()}, sink
