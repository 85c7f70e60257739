"""CSW 2.0.2 by GET: ``{service}?request=GetRecords&startPosition=&maxRecords=``, records of ISO 19139 or 19115-3.

A source's ``url`` is the service (``https://example.org/geonetwork/srv/fre/csw``); parameters of CSW in it are dropped.

* ``scope``: ``constraint`` (CQL, sent as it is: ``AnyText like '%Lille%'``) and `ckanext.harvesters.scope`'s keys.
* ``options``: ``page_size`` (25; servers give fewer when they like), ``max_pages`` (2,000), ``schema`` (``iso19139``
  or ``iso19115-3``), ``sort`` (``apiso:identifier:A``; empty for servers that know no order), ``record_page`` (address
  of a record's page with ``{uuid}``; GeoNetwork's own when not given), ``types`` (levels taken: ``dataset``,
  ``series``, ``nonGeographicDataset``).

A record is known by its own identifier (``fileIdentifier``), which GeoNetwork keeps when the dataset is renamed.
Without an order a server may give a record twice and another never (INSPIRE-MIF/helpdesk-geoportal #292).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ckanext.harvesters.csw.answer import Answer, read
from ckanext.harvesters.mapping import urls
from ckanext.harvesters.mapping.draft import Draft
from ckanext.harvesters.mapping.iso.codes import DATASETS
from ckanext.harvesters.mapping.iso.dataset import map_dataset
from ckanext.harvesters.mapping.iso.document import Document
from ckanext.harvesters.paging import Pass, ask, base_of, positive, shortfall, with_query
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import (
    GUID_LIMIT,
    Client,
    Mapped,
    Page,
    Problem,
    RecordError,
    Severity,
    Source,
    SourceError,
    SourceRecord,
    shorten,
)

XML = "application/xml"
#: Output schema and type name by the name of the option.
SCHEMAS = {
    "iso19139": ("http://www.isotc211.org/2005/gmd", "gmd:MD_Metadata", "http://www.isotc211.org/2005/gmd"),
    "iso19115-3": (
        "http://standards.iso.org/iso/19115/-3/mdb/2.0",
        "mdb:MD_Metadata",
        "http://standards.iso.org/iso/19115/-3/mdb/2.0",
    ),
}
#: Parameters of the protocol: one that stands in a pasted address gives way to ours.
_OURS = frozenset(
    {"service", "version", "request", "resulttype", "outputschema", "outputformat", "elementsetname", "typenames",
     "namespace", "startposition", "maxrecords", "sortby", "constraint", "constraintlanguage",
     "constraint_language_version"}
)  # fmt: skip


class Csw:
    """Reads a catalogue service of the web."""

    name = "csw"

    def pages(self, source: Source, client: Client) -> Iterator[Page]:
        """Yield the catalogue in order of identifier. See `records.Protocol.pages`."""
        size = positive(source, "page_size", default=25, most=1_000)
        run = Pass(positive(source, "max_pages", default=2_000, most=100_000))
        page_url(source, 1, size)  # a mistake in the settings is told before anything is asked
        start, received, failed, empty = 1, 0, False, 0
        for _ in run.numbers():
            url = page_url(source, start, size)
            try:
                answer = read(ask(client, url, XML).content, url)
            except SourceError as error:
                yield run.stumble(error)
                start, failed = start + size, True
                continue
            records, problems = _records(source, answer, url)
            received += len(answer.records)
            run.total = answer.matched if answer.matched is not None else run.total
            if run.repeats(records):
                records, problems = [], [Problem(None, "startPosition", str(start), Reason.PAGE_REPEATED, url)]
            empty = 0 if answer.records else empty + 1
            following = _following(answer, start, size, empty)
            if following is None and not failed and not answer.faults:
                problems += _shortfall(source, client, received, run.total, url)
            complete = not any(problem.severity is Severity.ERROR for problem in problems)
            yield run.page(records, problems, complete=complete)
            if following is None:
                return
            start, failed = following, failed or bool(answer.faults)
        yield run.cut_short(source.url, Reason.TOO_MANY_PAGES, run.page_limit)

    def map(self, source: Source, record: SourceRecord) -> Mapped:
        """Make a dataset dict of a record. See `records.Protocol.map`."""
        draft = Draft(source, record)
        map_dataset(draft, Document(record.content))
        return draft.finish("citation.title")


def page_url(source: Source, start: int, size: int) -> str:
    """Return the address of the records from a position (1 is the first) on."""
    schema, kind, namespace = _schema(source)
    sort = source.options.get("sort", "apiso:identifier:A")
    return _request(
        source,
        {
            "resultType": "results",
            "outputSchema": schema,
            "typeNames": kind,
            "namespace": f"xmlns({kind.partition(':')[0]}={namespace})",
            "elementSetName": "full",
            "startPosition": start,
            "maxRecords": size,
            "sortBy": sort or None,
        },
    )


def hits_url(source: Source) -> str:
    """Return the address that asks only how many records there are."""
    schema, kind, namespace = _schema(source)
    space = f"xmlns({kind.partition(':')[0]}={namespace})"
    return _request(source, {"resultType": "hits", "outputSchema": schema, "typeNames": kind, "namespace": space})


def _schema(source: Source) -> tuple[str, str, str]:
    name = source.options.get("schema", "iso19139")
    if name not in SCHEMAS:
        raise SourceError(Reason.BAD_CONFIGURATION, source.url, f"options.schema = {name!r}")
    return SCHEMAS[name]


def _request(source: Source, parameters: dict[str, Any]) -> str:
    constraint = source.scope.get("constraint")
    asked: dict[str, Any] = {"service": "CSW", "version": "2.0.2", "request": "GetRecords", **parameters}
    if constraint:
        asked |= {"constraintLanguage": "CQL_TEXT", "constraint_language_version": "1.1.0", "constraint": constraint}
    own = {key: value for key, value in parse_qsl(urlsplit(source.url).query) if key.lower() not in _OURS}
    return with_query(base_of(source.url), {**own, **asked})


def _following(answer: Answer, start: int, size: int, empty: int) -> int | None:
    """Return the position of the next page; None at the end.

    ``numberOfRecordsMatched`` goes before ``nextRecord``: servers say 0 too early, or a position behind the last. Two
    pages in a row without a record end the list whatever was promised.
    """
    got = len(answer.records)
    if empty > 1 or (answer.matched is None and not got):
        return None
    if answer.faults:
        following = start + size
    elif answer.next is not None and start < answer.next <= start + size:
        # Fewer records than positions: some are not for the public, and count all the same.
        following = answer.next
    else:
        following = start + (got or size)
    return following if answer.matched is None or following <= answer.matched else None


def _shortfall(source: Source, client: Client, received: int, promised: int | None, url: str) -> list[Problem]:
    """Say it when fewer records came than were promised, unless the promise has changed since: records come and go."""
    if promised is None or received >= promised:
        return []
    try:
        address = hits_url(source)
        promised = read(ask(client, address, XML).content, address).matched or promised
    except SourceError:
        pass  # the promise of the pages stands
    return shortfall(received, promised, "numberOfRecordsMatched", url)


def _records(source: Source, answer: Answer, url: str) -> tuple[list[SourceRecord], list[Problem]]:
    records: list[SourceRecord] = []
    problems = [Problem(None, "page", detail, reason, url) for detail, reason in answer.faults]
    taken = frozenset(source.options.get("types") or DATASETS)
    for content in answer.records:
        try:
            document = Document(content)
        except RecordError as error:
            problems.append(Problem(None, error.field, error.value, error.reason, url))
            continue
        guid = document.guid or ""
        if not guid or len(guid.encode("utf-8", "replace")) > GUID_LIMIT:
            problems.append(Problem(None, "fileIdentifier", shorten(guid), Reason.NO_IDENTIFIER, url))
            continue
        page = record_page(source, guid)
        if document.level is not None and document.level not in taken:
            level = shorten(document.level)
            problems.append(Problem(guid, "hierarchyLevel", level, Reason.NOT_A_DATASET, page, Severity.WARNING))
            continue
        records.append(SourceRecord(guid, content, XML, page, document.stamp))
    return records, problems


def record_page(source: Source, guid: str) -> str | None:
    """Return where a person can look a record up: as configured, or at GeoNetwork's own address for it."""
    template = source.options.get("record_page")
    base, found, _ = base_of(source.url).partition("/srv/")
    if template is None and not found:
        return None
    return str(template or f"{base}/srv/api/records/{{uuid}}").replace("{uuid}", urls.segment(guid))
