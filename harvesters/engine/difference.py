"""What a batch of records changes: each record against what is known of its source. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ckanext.harvesters.engine.identity import field_digests, fingerprint
from ckanext.harvesters.records import Problem, SourceRecord


class Kind(StrEnum):
    """What became, or would become, of a record. The values are also the names of a run's counts."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    #: The record is none of this portal's business (`ckanext.harvesters.scope`).
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Known:
    """What is kept of a record of an earlier run: which dataset it became, and the fingerprint of what it said.

    ``deleted``: a steward has deleted the dataset since, and it stays deleted. ``removed``: the engine has, because the
    source no longer had the record, and it comes back with that.
    """

    guid: str
    package_id: str
    fingerprint: str
    deleted: bool = False
    removed: bool = False


@dataclass(frozen=True)
class Change:
    """A record whose dataset must be written: created when ``known`` is None, else updated."""

    record: SourceRecord
    dataset: dict[str, Any]
    fingerprint: str
    known: Known | None
    problems: tuple[Problem, ...] = ()

    @property
    def moved_from(self) -> str | None:
        """Return the guid that the record had before, when it is another one (`following`)."""
        return self.known.guid if self.known is not None and self.known.guid != self.record.guid else None

    @property
    def kind(self) -> Kind:
        """Say whether this adds a dataset or updates one."""
        return Kind.ADDED if self.known is None else Kind.UPDATED

    @property
    def title(self) -> str:
        """Return the title that names the dataset: in Dutch, else French, English, or whatever there is."""
        titles: dict[str, str] = self.dataset.get("title_translated") or {}
        said = (titles.get(language) for language in ("nl", "fr", "en"))
        return next(filter(None, said), self.dataset.get("title") or "")

    def digests(self) -> dict[str, str]:
        """Return a short digest of what each field says."""
        return field_digests(self.dataset)


def changed_fields(before: Mapping[str, str] | None, after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields that say something else than before, from both digests; none when nothing is known before."""
    if before is None:
        return ()
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def compare(
    record: SourceRecord, dataset: dict[str, Any], known: Known | None, problems: tuple[Problem, ...] = ()
) -> Change | None:
    """Return the change a record asks for, or None when its dataset says what it said before."""
    digest = fingerprint(dataset)
    if known is not None and known.fingerprint == digest and not known.removed:
        return None
    return Change(record, dataset, digest, known, problems)


#: What makes two resources one, the surest first: their file and format, their file, their page and name.
_SAME_RESOURCE = (("url", "download_url", "format"), ("download_url",), ("url", "format"), ("url", "name_translated"))


def keep_resource_ids(resources: list[dict[str, Any]], before: Iterable[Mapping[str, Any]]) -> None:
    """Give resources the ids their likes had before, so that their pages, views and DataStore tables stay theirs.

    Portals number their distributions anew with each export, so the address and the format say which is which.
    """
    left = list(before)
    for keys in _SAME_RESOURCE:
        for resource in resources:
            if "id" in resource:
                continue
            for other in left:
                if any(resource.get(key) for key in keys) and all(resource.get(k) == other.get(k) for k in keys):
                    resource["id"] = other["id"]
                    left.remove(other)
                    break
