"""The records a stand-in portal holds just now, and the handles by which a test changes them while it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Record = Callable[[str], Any]
"""Makes one record in its portal's form. Takes the address of the server, for links to files it serves itself."""


class Catalogue:
    """Records by key, in the portal's order. Every change replaces the whole, so a page under way is never mixed."""

    def __init__(self, records: Mapping[str, Record] | None = None) -> None:
        self._records: dict[str, Record] = dict(records or {})
        self.deleted: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._records)

    def keys(self) -> list[str]:
        """Name the records, in order."""
        return list(self._records)

    def page(self, start: int, limit: int) -> list[Record]:
        """Give the records from ``start`` (counted from 0) on, at most ``limit`` of them."""
        return list(self._records.values())[start : start + limit]

    def get(self, key: str) -> Record | None:
        """Give one record, or None."""
        return self._records.get(key)

    def put(self, key: str, record: Record) -> None:
        """Add a record at the end, or change it in its place."""
        self._records = {**self._records, key: record}
        self.deleted -= {key}

    def drop(self, *keys: str) -> None:
        """Delete records, as their publishers would."""
        self._records = {key: record for key, record in self._records.items() if key not in keys}
        self.deleted |= set(keys)

    def replace(self, records: Mapping[str, Record]) -> None:
        """Go over to another state of the same portal: what is not in it is deleted."""
        self.deleted = (self.deleted | set(self._records)) - set(records)
        self._records = dict(records)


def chosen(keys: Iterable[str], limit: int | None) -> list[str]:
    """Choose at most ``limit`` keys, spread over the whole and alike on every day, and keep their order.

    The first N would be N of one publisher, for recorded catalogues are sorted by IRI.
    """
    every = list(keys)
    if limit is None or limit >= len(every):
        return every
    lot = sorted(every, key=lambda key: hashlib.sha1(key.encode(), usedforsecurity=False).digest())
    kept = set(lot[:limit])
    return [key for key in every if key in kept]
