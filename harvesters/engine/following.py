"""Records that come under another identifier than before: the same record, so the same dataset. Pure.

Portals rename slugs and change IRIs (DOV's `…/seriess/DOV-be7e7ad301-…` is `…/seriess/7e7ad301-…` since).
A new record that says of itself what a known one said is put off until the source has been read to its end: only then
is it certain that the other is gone, and that the two are one.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ckanext.harvesters.engine.identity import field_digests
from ckanext.harvesters.records import SourceRecord

#: What two records that are one have in common; any line will do. An identifier alone tells nothing: DOV gives that of
#: a map's old record to the record of another map.
_AGREE = (
    ("identifier", "title_translated", "url"),
    ("identifier", "source_url"),
    ("title_translated", "source_url"),
)
#: The fields of `_AGREE`.
FIELDS = ("identifier", "title_translated", "url", "source_url")
#: A record's page tells which record it is where it holds the uuid of the catalogue record.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

#: Digests of what some fields say (`identity.field_digests`), by field.
Said = Mapping[str, str]
Key = tuple[str, ...]


class PutOff:
    """The new records of a pass that may be known ones: kept, compressed, until the end of the pass.

    ``said`` gives what the known records said of `FIELDS` last, by guid; it is asked when the first new record comes.
    """

    def __init__(self, said: Callable[[], Mapping[str, Said]]) -> None:
        self._said = said
        self._records: dict[str, SourceRecord] = {}
        self._candidates: dict[str, frozenset[str]] = {}
        self._known: Mapping[Key, str] | None = None

    @property
    def guids(self) -> tuple[str, ...]:
        """The guids of the records that wait, in order."""
        return tuple(sorted(self._records))

    def _known_by(self, met: Collection[str]) -> Mapping[Key, str]:
        """Return the known records by key: those not met that have nothing in common with another known one.

        What two have in common does not tell which is which.
        """
        if self._known is None:
            holders: dict[Key, list[str]] = defaultdict(list)
            for guid, said in self._said().items():
                for key in _keys(said):
                    holders[key].append(guid)
            alike = {guid for guids in holders.values() if len(guids) > 1 for guid in guids}
            self._known = {
                key: guids[0] for key, guids in holders.items() if guids[0] not in alike and guids[0] not in met
            }
        return self._known

    def take(self, record: SourceRecord, dataset: Mapping[str, Any], met: Collection[str]) -> bool:
        """Put a new record off when it says what a known one said that the pass has not met so far; tell whether."""
        known = self._known_by(met)
        if not known:
            return False
        told = {name: value for name in FIELDS if (value := dataset.get(name))}
        if not _UUID.search(told.get("source_url", "")):
            told.pop("source_url", None)
        candidates = {known[key] for key in _keys(field_digests(told)) if key in known}.difference(met)
        if not candidates:
            return False
        self._records[record.guid] = replace(record, content=zlib.compress(record.content))
        self._candidates[record.guid] = frozenset(candidates)
        return True

    def moved(self, met: Collection[str]) -> dict[str, str]:
        """Return new guid → known guid of the records that are one, once the pass has met all that the source has.

        Where a record could be two known ones, or two records one known one, neither is taken for it.
        """
        left = {guid: candidates.difference(met) for guid, candidates in self._candidates.items()}
        claims = Counter(known for candidates in left.values() for known in candidates)
        return {
            guid: known
            for guid, candidates in left.items()
            if len(candidates) == 1 and claims[known := next(iter(candidates))] == 1
        }

    def uncertain(self, met: Collection[str]) -> frozenset[str]:
        """Return the guids of the records that may be known ones which have not been met."""
        return frozenset(guid for guid, candidates in self._candidates.items() if candidates.difference(met))

    def release(self) -> Iterator[SourceRecord]:
        """Yield the records, in order of guid; each waits no longer once it is yielded."""
        for guid in self.guids:
            record = self._records.pop(guid)
            yield replace(record, content=zlib.decompress(record.content))


def _keys(said: Said) -> Iterator[Key]:
    for names in _AGREE:
        if all(said.get(name) for name in names):
            yield (*names, *(said[name] for name in names))
