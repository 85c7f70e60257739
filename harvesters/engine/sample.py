"""The first records of a source that nobody has saved yet: read as a run reads them, mapped, and written nowhere."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.harvesters import scope
from ckanext.harvesters.engine.ahead import Ahead
from ckanext.harvesters.engine.hosts import Polite
from ckanext.harvesters.engine.report import EngineReason, Entry
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    Client,
    Page,
    PortalBusyError,
    Problem,
    Protocol,
    RecordError,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)
from ckanext.oslo.fetch import FetchError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sampled:
    """One record: the dataset it would become (None: it is refused), the rule by which it is out of scope, if any."""

    record: SourceRecord
    dataset: Mapping[str, Any] | None
    outside: str | None
    entries: tuple[Entry, ...]


@dataclass
class Sample:
    """What was read. ``entries`` are about pages and the source; ``total`` is what the portal says it has.

    ``late``: the time was over before the records were all there. ``whole``: the source has no further records.
    """

    records: list[Sampled] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    total: int | None = None
    pages: int = 0
    late: bool = False
    whole: bool = False


def take(source: Source, spoken: Protocol, client: Client, *, most: int, seconds: float) -> Sample:
    """Read at most ``most`` records of a source, for at most ``seconds``.

    Raises `SourceError`, `PortalBusyError` or `ckanext.oslo.fetch.FetchError` when a source has nothing to show for a
    reason of its own; one that only takes too long gives what came until then, be it nothing.
    """
    until = time.monotonic() + seconds
    rules = scope.rules_of(source)
    sample = Sample()
    ahead = Ahead(_given(source, spoken, Polite(client, until)), seconds, source.url, until)
    try:
        for page in ahead:
            if not sample.pages and (unreadable := nothing_of(page)):
                raise unreadable
            sample.pages += 1
            sample.total = page.total if page.total is not None else sample.total
            sample.entries += [Entry.of(problem) for problem in page.problems]
            for record in page.records:
                sample.records.append(_sampled(source, spoken, rules, record))
                sample.late = time.monotonic() > until
                if sample.late or len(sample.records) == most:
                    return sample
        sample.whole = True
    except (SourceError, PortalBusyError, FetchError) as error:
        sample.late = time.monotonic() >= until
        if not sample.late and not sample.pages:
            raise
        if not sample.late:
            sample.entries.append(Entry.of(_of_source(error, source)))
    finally:
        ahead.close()
    return sample


def nothing_of(page: Page) -> SourceError | None:
    """Return why a first page gave no record and is no empty one either; None when it is one, or gave some."""
    errors = [one for one in page.problems if one.severity is Severity.ERROR and one.guid is None]
    if page.records or page.complete or not errors:
        return None
    return SourceError(errors[0].reason, errors[0].url, errors[0].value)


def _given(source: Source, spoken: Protocol, client: Client) -> Iterator[Page]:
    """Yield the protocol's pages; what it raises before the first is raised where they are used, too."""
    yield from spoken.pages(source, client)


def _of_source(error: SourceError | PortalBusyError | FetchError, source: Source) -> Problem:
    if isinstance(error, SourceError | PortalBusyError):
        return error.problem()
    return Problem(None, "url", str(error), Reason.UNREACHABLE, source.url)


def _sampled(source: Source, spoken: Protocol, rules: scope.Rules, record: SourceRecord) -> Sampled:
    record = record.storable()
    try:
        mapped = spoken.map(source, record)
    except RecordError as error:
        return Sampled(record, None, None, (Entry.of(error.problem(record)),))
    except Exception as error:
        # As in a run: a record that its protocol stumbles over costs that record.
        log.exception("Record %r of %s could not be mapped", record.guid, source.name)
        detail = shorten(f"{type(error).__name__}: {error}")
        entry = Entry(record.guid, "", "", EngineReason.NOT_MAPPED, detail=detail, url=record.url)
        return Sampled(record, None, None, (entry,))
    dataset = {"type": "dataset", **mapped.dataset}
    return Sampled(record, dataset, rules.outside(dataset), tuple(Entry.of(problem) for problem in mapped.problems))
