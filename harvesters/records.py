"""What travels between a portal's protocol and the engine: source records, pages, problems, mapped datasets.

Everything here is frozen and free of CKAN, so that a protocol can be tested, measured and fuzzed on its own.

The way of a record: ``Protocol.pages(source, client)`` yields `Page`s of `SourceRecord`s, each the bytes a portal sent
for one dataset; ``Protocol.map(source, record)`` makes a CKAN dataset dict of one of them (`Mapped`). Both report what
they could not take as `Problem`s; `RecordError` costs one record, `SourceError` ends the pass over the source.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ckanext.harvesters.reasons import Reason

#: How much of an offending value a report shows (characters).
SHOWN = 200

#: Longest guid (bytes of UTF-8): PostgreSQL's indexes take 2,700.
GUID_LIMIT = 2_000

_NOTHING: Mapping[str, Any] = MappingProxyType({})

#: What PostgreSQL takes in no text: NUL, and lone surrogates (no UTF-8).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str | None) -> bool:
    """Tell whether the database can hold a text."""
    return text is None or _UNSTORABLE.search(text) is None


def shorten(value: object) -> str:
    """Return a value as one printable line of at most `SHOWN` characters, whatever it holds.

    Control characters, lone surrogates and NUL are escaped: the line goes into PostgreSQL and into mails.
    """
    text = value if isinstance(value, str) else repr(value)
    if len(text) > SHOWN:
        text = text[: SHOWN - 1] + "…"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


class Severity(StrEnum):
    """How much a problem costs."""

    #: The record (or the page) did not arrive.
    ERROR = "error"
    #: The record arrived; one value of it was corrected, left out, or kept without being understood.
    WARNING = "warning"


@dataclass(frozen=True)
class SourceRecord:
    """One dataset as the portal sent it.

    ``guid`` is the portal's own stable identifier (never a slug); identity is (source, guid). ``content`` is what
    `Protocol.map` needs and nothing else; ``media_type`` says how to read it. ``url`` is where a person can look the
    record up at the portal, ``modified`` the portal's date of the *record* (ISO 8601), where it has one: a hint, never
    the test for "unchanged".
    """

    guid: str
    content: bytes
    media_type: str
    url: str | None = None
    modified: str | None = None

    def storable(self) -> SourceRecord:
        """Return the record without an address or a date that the database cannot hold: neither is worth a record."""
        if is_storable(self.url) and is_storable(self.modified):
            return self
        return replace(
            self,
            url=self.url if is_storable(self.url) else None,
            modified=self.modified if is_storable(self.modified) else None,
        )


@dataclass(frozen=True)
class Problem:
    """One line of a run's report: which record, which field, which value, why, and where to look.

    ``field`` is named as the portal names it (``dct:license``, ``metas.default.modified``), ``value`` is shortened by
    `shorten`. ``guid`` is None when the problem is the page's or the source's.
    """

    guid: str | None
    field: str
    value: str
    reason: Reason
    url: str | None = None
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Page:
    """One page of a portal's list.

    ``number`` counts from 1. ``complete`` is False when something of the page may be missing (cut off, unreadable,
    records without identifier): such a pass proves nothing about datasets it did not show. ``total`` is the number of
    datasets the portal says it has, where it says so.
    """

    number: int
    records: tuple[SourceRecord, ...]
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    total: int | None = None


@dataclass(frozen=True)
class Mapped:
    """A source record as a CKAN dataset dict, with the warnings of its mapping.

    The dict lacks ``name``, ``owner_org`` and ``harvested``, which the engine adds, and is the same for the same
    record whenever it is mapped.
    """

    dataset: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Source:
    """A harvest source: whose portal, where, and how its records are to be read.

    ``language`` (two letters) is that of untagged text. ``metadata_license`` is the URI of the licence of the records
    themselves. ``publisher`` (``{"name", "uri"}``) stands in where a record names none. ``scope`` narrows what is
    asked of the portal, ``options`` sets the protocol's knobs; the protocol's module documents the keys of both.
    ``credentials`` says how the portal wants its key and which environment variable holds it, never the key itself.
    """

    name: str
    title: str
    protocol: str
    url: str
    organization: str
    language: str
    metadata_license: str
    publisher: Mapping[str, str] | None = None
    frequency: str = "MANUAL"
    scope: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    options: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    credentials: Mapping[str, str] | None = None


class HarvestError(Exception):
    """Base of what this package raises about portals and records."""


class RecordError(HarvestError):
    """A record cannot be taken. It costs that record and nothing else.

    ``field``, ``value`` (shortened) and ``reason`` become the report's line.
    """

    def __init__(self, field: str, value: object, reason: Reason) -> None:
        self.field = field
        self.value = shorten(value)
        self.reason = reason
        super().__init__(f"{reason}: {field} = {self.value}")

    def problem(self, record: SourceRecord) -> Problem:
        """Return the report's line for the record that raised this."""
        return Problem(record.guid, self.field, self.value, self.reason, record.url)


class PortalBusyError(HarvestError):
    """A portal wants to be left alone for longer than one waits for a page (``Retry-After``, RFC 9110 §10.2.3).

    Not a `SourceError`: a protocol goes on behind a page it could not get, and here nothing is to be asked for now.
    ``seconds`` is how long it wants, ``url`` what was asked for, ``detail`` what it said (shortened).
    """

    def __init__(self, url: str, seconds: float, detail: object) -> None:
        self.url = url
        self.seconds = seconds
        self.detail = shorten(detail)
        super().__init__(f"{url} {self.detail}")

    def problem(self) -> Problem:
        """Return the report's line for a run that cannot wait."""
        return Problem(None, "url", self.detail, Reason.UNREACHABLE, self.url)


class SourceError(HarvestError):
    """A pass over a source cannot go on: down, not speaking its protocol, or wrongly configured.

    ``reason`` and ``url`` say what and where, ``detail`` what the portal or the network said (shortened).
    """

    def __init__(self, reason: Reason, url: str | None, detail: object = "") -> None:
        self.reason = reason
        self.url = url
        self.detail = shorten(detail)
        super().__init__(f"{reason}: {url} {self.detail}".strip())

    def problem(self) -> Problem:
        """Return the report's line for the whole source."""
        return Problem(None, "url", self.detail, self.reason, self.url)


class Response(typing.Protocol):
    """What a protocol reads of an HTTP answer (`ckanext.oslo.fetch.Response`)."""

    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def content(self) -> bytes: ...  # noqa: D102


class Client(typing.Protocol):
    """What a protocol asks of the guarded client (`ckanext.oslo.fetch.Client`): its only way to the network."""

    def get(self, url: str, headers: Mapping[str, str] = ...) -> Response:
        """Fetch a URL. Raises `ckanext.oslo.fetch.FetchError` on every failure, HTTP statuses of errors included."""
        ...


@typing.runtime_checkable
class Protocol(typing.Protocol):
    """How one kind of portal is read. Stateless: one instance serves all sources and threads."""

    @property
    def name(self) -> str:
        """The protocol's name, as sources and ckanext-harvest's source types spell it."""
        ...

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the source's pages one by one, fetching each when it is asked for.

        Within one pass a guid comes once. Raises `SourceError` when the pass cannot go on.
        """
        ...

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record of this source. Raises `RecordError` when that cannot be done."""
        ...
