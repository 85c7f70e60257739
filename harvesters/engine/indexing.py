"""A process beside the run that indexes what the run has saved, while the run saves the next batch.

Making a document for the index costs CKAN about as much as saving a dataset (it shows and validates the dataset twice),
and both keep one core busy. They share nothing but the database: the run says which datasets are saved, this process
reads them there, indexes them and notes that they are in the index. When either of them dies, what was saved and not
yet noted is indexed at the beginning of the next run.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Sequence
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

#: How long the end of a run that is broken off waits for the batch under way (seconds).
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    """What became of one batch: (dataset id, what the index said) of those refused, or why nothing more can be done."""

    refused: tuple[tuple[str, str], ...] = ()
    ended: str | None = None


class Indexing:
    """The run's end of that process: a context manager.

    To be entered before any thread of the run is started and while no database connection is in use, because the
    process is a fork: it has CKAN and its plugins loaded.
    """

    def __init__(self, user: str) -> None:
        fork = multiprocessing.get_context("fork")
        self._pipe, theirs = fork.Pipe()
        self._theirs = theirs
        self._process = fork.Process(target=_serve, args=(theirs, self._pipe, user), daemon=True, name="indexing")
        self._waiting = 0

    def __enter__(self) -> Indexing:
        model.Session.remove()
        self._process.start()
        self._theirs.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def add(self, package_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Have saved datasets indexed; return those of earlier batches that the index refused. Raises `RunEnded`."""
        refused = self.settle(ahead=AHEAD - 1)
        if package_ids:
            try:
                self._pipe.send(list(package_ids))
            except OSError as error:
                raise RunEnded(EngineReason.INDEX_DOWN, "the indexing process has ended") from error
            self._waiting += 1
        return refused

    def settle(self, ahead: int = 0) -> list[tuple[str, str]]:
        """Wait until at most ``ahead`` batches are under way; return what the index refused. Raises `RunEnded`."""
        refused: list[tuple[str, str]] = []
        while self._waiting > ahead:
            try:
                answer: Answer = self._pipe.recv()
            except (EOFError, OSError) as error:
                raise RunEnded(EngineReason.INDEX_DOWN, "the indexing process has ended") from error
            self._waiting -= 1
            if answer.ended is not None:
                raise RunEnded(EngineReason.INDEX_DOWN, answer.ended)
            refused += answer.refused
        return refused


def _serve(pipe: Connection, parents_end: Connection, user: str) -> None:
    """Index batch after batch until the run closes its end of the pipe, or dies."""
    # Without this the pipe would stay open, and this process alive, when the run is killed.
    parents_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The connections in the pool are the run's; psycopg2 does not close what another process opened.
    ensure_engine().dispose(close=False)
    while True:
        try:
            package_ids: list[str] = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(_index(package_ids, user))
        except BrokenPipeError:
            return


def _index(package_ids: Sequence[str], user: str) -> Answer:
    try:
        refused = dict(indexer.index(package_ids, user))
        if accepted := [package_id for package_id in package_ids if package_id not in refused]:
            store.indexed(accepted)
        return Answer(tuple(refused.items()))
    except RunEnded as ended:
        return Answer(ended=ended.detail or "")
    except Exception as error:
        # The border of this process: the run is told, and ends with it.
        log.exception("A batch could not be indexed")
        return Answer(ended=shorten(f"{type(error).__name__}: {error}"))
    finally:
        model.Session.remove()
