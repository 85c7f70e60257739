"""The next page is fetched while the last is applied: a protocol's pages, read by a thread a little ahead."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Page, SourceError

#: How many pages wait to be applied, beside the one being fetched.
AHEAD = 1


class Ahead:
    """The pages of a source, fetched by a thread of its own. Iterate once, then close.

    ``deadline`` is how long one page may take (seconds), its tries and redirects included; a portal that needs longer
    is broken off. ``until`` is when all of them have to be there (a moment of the monotonic clock, None: no such
    moment). What the protocol raises is raised where the pages are used.
    """

    def __init__(self, pages: Iterator[Page], deadline: float, url: str, until: float | None = None) -> None:
        self._pages, self._deadline, self._url, self._until = pages, deadline, url, until
        self._ready: queue.Queue[Page | BaseException | None] = queue.Queue(AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._fetch, name="pages", daemon=True)

    def __iter__(self) -> Iterator[Page]:
        """Yield the pages in their order. Raises `SourceError` and what else the protocol does."""
        self._thread.start()
        while True:
            try:
                found = self._ready.get(timeout=self._patience())
            except queue.Empty as late:
                raise SourceError(Reason.UNREACHABLE, self._url, f"{self._deadline:g} s") from late
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def _patience(self) -> float:
        """Return how long the next page may take (seconds)."""
        return self._deadline if self._until is None else max(0.0, min(self._deadline, self._until - time.monotonic()))

    def close(self) -> None:
        """Let the thread end after the page it is fetching."""
        self._stopped.set()
        with suppress(queue.Empty):
            while True:
                self._ready.get_nowait()

    def _fetch(self) -> None:
        try:
            for page in self._pages:
                if not self._give(page):
                    return
            self._give(None)
        except BaseException as error:  # noqa: BLE001  (raised again where the pages are used)
            self._give(error)

    def _give(self, found: Page | BaseException | None) -> bool:
        while not self._stopped.is_set():
            with suppress(queue.Full):
                self._ready.put(found, timeout=0.5)
                return True
        return False
