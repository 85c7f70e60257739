"""Do the addresses answer? Asked politely: a pause for each host, HEAD first and one byte else, patience when asked.

The European assessment counts an answer of status 200 to 399 as good.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ckanext.oslo.fetch import Client, FetchError, HttpError, Refused

PATIENCE = frozenset({429, 503})
"""Statuses that ask to come back later; they say nothing about the address."""
DEFINITE = frozenset({404, 410})
"""Statuses that a GET would not change: servers that dislike HEAD answer with others."""
REST = 60.0
"""Seconds that a host which asks for patience, without saying how much, is left alone."""


@dataclass(frozen=True)
class Outcome:
    """What one check found. ``answers`` is None when the server asks to come back; ``rest`` is in how many seconds."""

    url: str
    answers: bool | None
    status: int | None = None
    reason: str = ""
    rest: float = 0.0


def check(client: Client, url: str) -> Outcome:
    """Ask an address whether it answers: HEAD, and where that is not good, GET of its first byte."""
    try:
        answer = client.head(url)
    except HttpError as error:
        if error.status in PATIENCE | DEFINITE:
            return _failed(url, error)
    except Refused as error:
        return _failed(url, error)
    except FetchError:
        pass  # Some servers break off at HEAD and answer GET.
    else:
        return Outcome(url, answers=True, status=answer.status)
    try:
        with client.stream(url, headers={"Range": "bytes=0-0"}) as stream:
            return Outcome(url, answers=True, status=stream.status)
    except FetchError as error:
        return _failed(url, error)


def _failed(url: str, error: FetchError) -> Outcome:
    if isinstance(error, HttpError):
        if error.status in PATIENCE:
            rest = REST if error.retry_after is None else error.retry_after
            return Outcome(url, answers=None, status=error.status, reason=str(error.code), rest=rest)
        return Outcome(url, answers=False, status=error.status, reason=str(error.code))
    return Outcome(url, answers=False, reason=str(error.code))


def visit(
    client: Client,
    urls: Iterable[str],
    *,
    pause: float,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Outcome]:
    """Check addresses host by host in turn, until ``seconds`` are over.

    A host is asked again ``pause`` seconds after it answered at the soonest, and not again in this visit when it asked
    for patience. What was not reached is not in the result.
    """
    hosts: dict[str, deque[str]] = {}
    for url in urls:
        hosts.setdefault(host_of(url), deque()).append(url)
    ready = dict.fromkeys(hosts, 0.0)
    end = clock() + seconds
    while hosts:
        host = min(hosts, key=ready.__getitem__)
        wait = ready[host] - clock()
        if clock() + max(wait, 0) >= end:
            return
        if wait > 0:
            sleep(wait)
        outcome = check(client, hosts[host].popleft())
        yield outcome
        ready[host] = clock() + pause
        if not hosts[host] or outcome.answers is None:
            del hosts[host]


def host_of(url: str) -> str:
    """Give the host and port of an address; the address itself when it has none."""
    try:
        return urlsplit(url).netloc.lower() or url
    except ValueError:
        return url
