"""How many requests one portal's host gets at a time from all workers together, and how often.

Places are advisory locks of PostgreSQL: they hold across machines, and a worker that dies gives its place back with its
connection.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import sqlalchemy as sa
from ckan.model import ensure_engine

from ckanext.harvesters import config
from ckanext.harvesters.records import Client, Response
from ckanext.oslo.fetch import TooSlow

#: The first half of our locks' names; PostgreSQL's advisory locks are two numbers.
_OURS = 0x6861_7276

#: How long to wait before looking again whether a place is free (seconds, least and most).
_LOOK_AGAIN = (0.05, 0.25)


@contextmanager
def turn(host: str, until: float | None = None) -> Iterator[None]:
    """Wait for a place at a host and keep it; then leave the host alone for the pause that the operator wants.

    ``until`` is a moment of the monotonic clock: who has no place by then gets none (TimeoutError).
    """
    places = [zlib.crc32(f"{host}#{number}".encode()) - 2**31 for number in range(config.per_host())]
    # Locks belong to a connection, not to a transaction: nothing must be begun that a long answer would keep open.
    with ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        place = None
        while place is None:
            place = next((one for one in places if _lock(connection, "pg_try_advisory_lock", one)), None)
            if place is None and until is not None and time.monotonic() > until:
                raise TimeoutError(host)
            if place is None:
                time.sleep(random.uniform(*_LOOK_AGAIN))  # noqa: S311  (no secret)
        try:
            yield
            time.sleep(config.host_pause())
        finally:
            _lock(connection, "pg_advisory_unlock", place)


def _lock(connection: sa.Connection, function: str, place: int) -> bool:
    return bool(
        connection.execute(sa.text(f"SELECT {function}(:ours, :place)"), {"ours": _OURS, "place": place}).scalar()
    )


class Polite:
    """A client that takes its turn at each host, and keeps nothing of what it gets: for those who only look.

    ``until`` is a moment of the monotonic clock: by then a host's place is no longer waited for.
    """

    def __init__(self, client: Client, until: float | None = None) -> None:
        self.client, self.until = client, until

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch a URL when its host has a place free. Raises `ckanext.oslo.fetch.FetchError`."""
        try:
            with turn(urlsplit(url).netloc, self.until):
                return self.client.get(url, headers or {})
        except TimeoutError as busy:
            raise TooSlow(url) from busy
