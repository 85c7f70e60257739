"""Asking a portal for one page after another, and never being led in a circle. Shared by the protocols."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    Client,
    Page,
    PortalBusyError,
    Problem,
    Response,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)
from ckanext.oslo.fetch import FetchError, HttpError, TooSlow, Unreachable

#: Longest wait a portal may ask for between two tries (seconds).
LONGEST_WAIT = 30.0
#: Longest pause it may ask for, in which a run is put off as far as its time allows (seconds); one who asks for more is
#: not to be had today.
LONGEST_PAUSE = 6 * 3600.0
#: How often a page is asked for, and the first wait where the portal asks for none (seconds).
TRIES = 3
FIRST_WAIT = 0.2
_PASSING = frozenset({429, 500, 502, 503, 504})


def ask(client: Client, url: str, accept: str) -> Response:
    """Fetch one page, trying again when the trouble may pass.

    Raises `SourceError` (unreachable), or `PortalBusyError` when the portal wants to be left alone for long.
    """
    for tries in range(1, TRIES + 1):
        try:
            return client.get(url, {"Accept": accept})
        except FetchError as error:
            wait = _wait(error, tries)
            if wait is not None and wait > LONGEST_WAIT:
                raise PortalBusyError(url, wait, error) from error
            if wait is None:
                raise SourceError(Reason.UNREACHABLE, url, error) from error
        time.sleep(wait)
    raise AssertionError


def _wait(error: FetchError, tries: int) -> float | None:
    """Return how long to wait before the next try (seconds); None when there is to be none, or not today.

    As long as the portal asks for; else twice as long each time, more or less, so that workers it has turned away
    together do not come back together.
    """
    asked: float | None = getattr(error, "retry_after", None)
    if not _may_pass(error) or (asked or 0) > LONGEST_PAUSE:
        return None
    if asked is not None and (asked > LONGEST_WAIT or tries < TRIES):
        return asked
    if tries == TRIES:
        return None
    return FIRST_WAIT * 2 ** (tries - 1) * random.uniform(0.5, 1.5)  # noqa: S311  (no secret)


def _may_pass(error: FetchError) -> bool:
    if isinstance(error, HttpError):
        return error.status in _PASSING
    return isinstance(error, TooSlow | Unreachable)


def with_query(url: str, parameters: Mapping[str, Any]) -> str:
    """Return a URL with its query replaced by parameters; lists give a parameter several times, None gives none."""
    parts = urlsplit(url)
    pairs = [
        (key, one)
        for key, value in parameters.items()
        if value is not None
        for one in (value if isinstance(value, list | tuple) else [value])
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs, safe=":,"), ""))


def base_of(url: str, *cuts: str) -> str:
    """Return a portal's address without a closing slash and without the API path a steward may have pasted with it."""
    parts = urlsplit(url)
    path = parts.path
    for cut in cuts:
        path = path.partition(cut)[0]
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(Reason.BAD_CONFIGURATION, url, "url")
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), "", ""))


def positive(source: Source, key: str, default: int, most: int) -> int:
    """Read a whole number between 1 and ``most`` from the source's options. Raises `SourceError`."""
    value = source.options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise SourceError(Reason.BAD_CONFIGURATION, source.url, f"options.{key} = {value!r}")
    return value


def shortfall(received: int, promised: int | None, field: str, url: str) -> list[Problem]:
    """Say so when a portal gave fewer records than it promised; ``field`` is where it promised them."""
    if promised is None or received >= promised:
        return []
    return [Problem(None, field, f"{received} of {promised}", Reason.FEWER_THAN_PROMISED, url)]


@dataclass
class Pass:
    """What one pass over a source has seen: pages, guids, failures. Makes the `Page`s that protocols yield."""

    page_limit: int
    number: int = 0
    total: int | None = None
    _guids: set[str] = field(default_factory=set)
    _shapes: set[frozenset[str]] = field(default_factory=set)
    _stumbles: int = 0

    def numbers(self) -> Iterator[int]:
        """Count pages from 1 up to the cap; the protocol leaves the loop when the list ends before."""
        for number in range(1, self.page_limit + 1):
            self.number = number
            yield number

    def __contains__(self, guid: str) -> bool:
        """Tell whether a record came earlier in this pass."""
        return guid in self._guids

    def page(self, records: Iterable[SourceRecord], problems: Iterable[Problem] = (), *, complete: bool = True) -> Page:
        """Make the next page: records seen before in this pass are left out with a warning."""
        kept, found = [], list(problems)
        for record in records:
            if record.guid in self._guids:
                found.append(Problem(record.guid, "guid", record.guid, Reason.DUPLICATE, record.url, Severity.WARNING))
            else:
                self._guids.add(record.guid)
                kept.append(record)
        self._stumbles = 0
        return Page(self.number, tuple(kept), tuple(found), complete, self.total)

    def repeats(self, records: Iterable[SourceRecord]) -> bool:
        """Tell whether exactly these records came on an earlier page, and remember them.

        Compared with every page before, not with the last: a portal may go A-B-C-B-C for ever (ckanext-dcat #260).
        """
        shape = frozenset(record.guid for record in records)
        if not shape:
            return False
        if shape in self._shapes:
            return True
        self._shapes.add(shape)
        return False

    def stumble(self, error: SourceError, value: str = "") -> Page:
        """Make the page for one that could not be had. The first, or the second in a row, ends the pass: raises it."""
        self._stumbles += 1
        if self.number == 1 or self._stumbles > 1:
            raise error
        problem = Problem(None, "page", shorten(value or error.detail), error.reason, error.url)
        return Page(self.number, (), (problem,), complete=False, total=self.total)

    def cut_short(self, url: str, reason: Reason, value: object) -> Page:
        """Make the last page of a pass that did not see everything."""
        problem = Problem(None, "pages", shorten(value), reason, url)
        return Page(self.number, (), (problem,), complete=False, total=self.total)
