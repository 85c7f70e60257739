"""Processes beside the run that index what the run has saved, while the run saves the next batch.

Making a document for the index costs CKAN more than saving a dataset (it shows and validates the dataset twice, and
waits for Solr), so two of them keep up with one run. They share nothing with it but the database: the run says which
datasets are saved, a process reads them there, indexes them and notes that they are in the index. A dataset always goes
to the same process, so that an older state never comes after a newer one. When any of them dies, what was saved and not
yet noted is indexed at the beginning of the next run.

A commit makes Solr write a segment and open a searcher, and many little segments make it merge. So commits are many
batches apart, and datasets are noted when they are committed.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType

from ckan import model
from ckan.model import ensure_engine

from ckanext.harvesters.engine import indexer, store
from ckanext.harvesters.engine.errors import RunEnded
from ckanext.harvesters.engine.report import EngineReason
from ckanext.harvesters.records import shorten

log = logging.getLogger(__name__)

#: How many batches the run may be ahead of the index.
AHEAD = 3

#: How many processes index. With the run they keep two cores busy: each of them waits for Solr a third of its time.
PROCESSES = 2

#: How much they give way: the run is one chain, so that whenever it waits for a core everybody waits for it. (Visitors
#: are served first, too.)
NICE = 10

#: How long what is in the index may wait for its commit (seconds).
UNCOMMITTED = 10

#: How long the end of a run that is broken off waits for the batch under way (seconds).
PATIENCE = 30

#: How long one batch may take (seconds). A Solr that hangs is the process' to tell: after a document's time-out and one
#: question whether the index is there (``solr_timeout`` each, 60 s). Silent for longer, the process itself hangs.
LIMIT = 300


#: Sent in place of a batch: what waits for its commit is to be committed.
NOTHING: list[str] = []


@dataclass(frozen=True)
class Answer:
    """What became of one batch: (dataset id, what the index said) of those refused, or why nothing more can be done."""

    refused: tuple[tuple[str, str], ...] = ()
    ended: str | None = None


class _Hand:
    """One process: the run's end of its pipe, and how many of its batches are under way."""

    def __init__(self, user: str, earlier: Sequence[_Hand]) -> None:
        fork = multiprocessing.get_context("fork")
        self.pipe, self._theirs = fork.Pipe()
        # Of all pipes a process keeps only its own end: with another's open, none would see the run die.
        not_theirs = [self.pipe, *(hand.pipe for hand in earlier)]
        self.process = fork.Process(target=_serve, args=(self._theirs, not_theirs, user), daemon=True, name="indexing")
        self.waiting = 0

    def start(self) -> None:
        self.process.start()
        self._theirs.close()

    def send(self, package_ids: list[str]) -> None:
        # A pipe that nobody empties takes no more than its buffer: killed, the process closes its end of it.
        late = threading.Timer(LIMIT, self.process.kill)
        late.daemon = True
        late.start()
        try:
            self.pipe.send(package_ids)
        except OSError as error:
            raise RunEnded(EngineReason.INDEX_DOWN, "the indexing process has ended") from error
        finally:
            late.cancel()
        self.waiting += 1

    def settle(self, ahead: int) -> list[tuple[str, str]]:
        refused: list[tuple[str, str]] = []
        while self.waiting > ahead:
            answer = self._answer()
            self.waiting -= 1
            if answer.ended is not None:
                raise RunEnded(EngineReason.INDEX_DOWN, answer.ended)
            refused += answer.refused
        return refused

    def _answer(self) -> Answer:
        try:
            if self.pipe.poll(LIMIT):
                return self.pipe.recv()
        except (EOFError, OSError) as error:
            raise RunEnded(EngineReason.INDEX_DOWN, "the indexing process has ended") from error
        self.process.kill()
        raise RunEnded(EngineReason.INDEX_DOWN, f"the indexing process has been silent for {LIMIT} s")


class Indexing:
    """The run's end of those processes: a context manager.

    To be entered before any thread of the run is started and while no database connection is in use, because the
    processes are forks: they have CKAN and its plugins loaded.
    """

    def __init__(self, user: str) -> None:
        self._hands: list[_Hand] = []
        self._user = user

    def __enter__(self) -> Indexing:
        model.Session.remove()
        for _ in range(PROCESSES):
            hand = _Hand(self._user, self._hands)
            hand.start()
            self._hands.append(hand)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hand in self._hands:
            hand.pipe.close()
        for hand in self._hands:
            hand.process.join(PATIENCE)
            if hand.process.is_alive():
                # Not `terminate`: a process that is stopped would never take note of it.
                hand.process.kill()
                hand.process.join()

    def add(self, package_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Have saved datasets indexed; return those of earlier batches that the index refused. Raises `RunEnded`."""
        refused = self.settle(ahead=AHEAD - 1)
        shares: dict[int, list[str]] = {}
        for package_id in package_ids:
            shares.setdefault(zlib.crc32(package_id.encode()) % PROCESSES, []).append(package_id)
        for number, share in shares.items():
            self._hands[number].send(share)
        return refused

    def settle(self, ahead: int = 0) -> list[tuple[str, str]]:
        """Wait until at most ``ahead`` batches are under way; return what the index refused. Raises `RunEnded`."""
        return [refused for hand in self._hands for refused in hand.settle(ahead)]

    def finish(self) -> list[tuple[str, str]]:
        """Wait until everything is in the index, committed; return what the index refused. Raises `RunEnded`."""
        for hand in self._hands:
            hand.send(NOTHING)
        return self.settle()


def _serve(pipe: Connection, not_ours: Sequence[Connection], user: str) -> None:
    """Index batch after batch until the run closes its end of the pipe, or dies."""
    # Without this the pipe would stay open, and this process alive, when the run is killed.
    for end in not_ours:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    # The connections in the pool are the run's; psycopg2 does not close what another process opened.
    ensure_engine().dispose(close=False)
    work = _Work(user)
    while True:
        try:
            package_ids: list[str] = pipe.recv()
        except EOFError:
            work.take(NOTHING)
            return
        try:
            pipe.send(work.take(package_ids))
        except BrokenPipeError:
            return


class _Work:
    """What a process has put into the index and not yet committed."""

    def __init__(self, user: str) -> None:
        self._user = user
        #: The objects of ckanext-harvest that the datasets were saved with.
        self._waiting: list[str] = []
        self._committed = time.monotonic()

    def take(self, package_ids: Sequence[str]) -> Answer:
        """Index a batch; commit when it is time, or when there is `NOTHING` to index."""
        return _told(lambda: self._take(package_ids))

    def _take(self, package_ids: Sequence[str]) -> Answer:
        refused = self._index(package_ids) if package_ids else {}
        if self._waiting and (not package_ids or time.monotonic() - self._committed > UNCOMMITTED):
            indexer.commit()
            store.indexed(self._waiting)
            self._waiting = []
            self._committed = time.monotonic()
        return Answer(tuple(refused.items()))

    def _index(self, package_ids: Sequence[str]) -> dict[str, str]:
        # Read before the datasets are: what is saved meanwhile is not in the index yet.
        objects = store.to_index(package_ids)
        refused = dict(indexer.index(package_ids, self._user))
        self._waiting += [one for package_id, one in objects.items() if package_id not in refused]
        return refused


def _told(work: Callable[[], Answer]) -> Answer:
    """Do something; whatever ends it is told to the run."""
    try:
        return work()
    except RunEnded as ended:
        return Answer(ended=ended.detail or "")
    except Exception as error:
        # The border of this process: the run is told, and ends with it.
        log.exception("A batch could not be indexed")
        return Answer(ended=shorten(f"{type(error).__name__}: {error}"))
    finally:
        model.Session.remove()
