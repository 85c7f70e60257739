"""The event stream: what became of each dataset, in the order in which the world could see it.

A Linked Data Event Stream (https://w3id.org/ldes/specification) cut into pages of a hundred members (TREE), as the
DCAT-AP Feed specification has it (https://semiceu.github.io/LDES-DCAT-AP-feeds/). A member is an activity (as:Create,
as:Update or as:Delete) with what the dataset was then in a graph of its own name, so that versions of one dataset can
stand on one page. A member keeps its number for ever, so a page that is full is finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from ckanext.oslo.feeds import config, errors, formats
from ckanext.oslo.feeds.entries import unpacked
from ckanext.oslo.feeds.formats import Format
from ckanext.oslo.feeds.tables import FeedVersion
from ckanext.oslo.profiles.terms import whole

PAGE = 100
"""Members of a page. Never to be changed: every member would move."""

AS = "https://www.w3.org/ns/activitystreams#"
LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
DCT = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('oslo_feed_version'), hashtext(:profile))"
_NUMBER = """
WITH last AS (
    SELECT coalesce(max(number), -1) AS number,
           greatest(clock_timestamp() AT TIME ZONE 'utc', max(published)) AS published
    FROM oslo_feed_version WHERE profile = :profile
), fresh AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM oslo_feed_version WHERE profile = :profile AND number IS NULL
)
UPDATE oslo_feed_version version
SET number = last.number + fresh.place, published = last.published
FROM last, fresh WHERE version.id = fresh.id
RETURNING version.package_id
"""
_TRIM = """
DELETE FROM oslo_feed_version old
WHERE profile = :profile AND package_id = ANY(:ids) AND (
    SELECT count(*) FROM oslo_feed_version newer
    WHERE newer.profile = old.profile AND newer.package_id = old.package_id AND newer.iri = old.iri
        AND newer.number > old.number
) >= :versions
"""


@dataclass(frozen=True)
class Node:
    """A page of the stream: its description and members. ``finished``: it will never be another."""

    statements: list[Triple]
    members: Sequence[Any]
    base: str
    changed: datetime | None
    finished: bool


def number(profile: str) -> None:
    """Give new versions their numbers and the time at which they enter the stream.

    Only what is committed can be seen here, so a transaction that ends later gets later numbers, however early it
    began; the lock lets one do it at a time.
    """
    fresh = sa.exists().where(FeedVersion.profile == profile, FeedVersion.number.is_(None))
    if not model.Session.execute(sa.select(fresh)).scalar():
        return
    with ensure_engine().begin() as connection:
        connection.execute(sa.text(_LOCK), {"profile": profile})
        ids = list(connection.execute(sa.text(_NUMBER), {"profile": profile}).scalars())
        versions = config.stream_versions()
        if versions and ids:
            connection.execute(sa.text(_TRIM), {"profile": profile, "ids": ids, "versions": versions})


def last_change(profile: str) -> datetime | None:
    """Give when anything in a profile's feeds last changed, deletions included (UTC); None before anything did."""
    number(profile)
    query = sa.select(FeedVersion.published).where(FeedVersion.profile == profile, FeedVersion.number.is_not(None))
    return model.Session.execute(query.order_by(FeedVersion.number.desc()).limit(1)).scalar()


def root(profile: str, site_url: str) -> Node:
    """Describe a stream and point to its first page."""
    changed = last_change(profile)
    node = _node(profile, site_url)
    said = _stream(profile, site_url)
    first = _rows(profile, 0, 1)
    said += _relation(node, f"{node}/0", first[0].published if first else None)
    return Node(said, (), node, changed, finished=False)


def page(profile: str, place: int, site_url: str) -> Node:
    """Describe a page, with its members.

    :raises NoSuchPageError: the stream is not that long yet
    """
    number(profile)
    query = sa.select(sa.func.max(FeedVersion.number)).where(FeedVersion.profile == profile)
    last = model.Session.execute(query).scalar()
    length = -1 if last is None else last
    if place > (length + 1) // PAGE:
        raise errors.NoSuchPageError(str(place))
    members = _rows(profile, place * PAGE, (place + 1) * PAGE)
    finished = length >= (place + 1) * PAGE - 1
    node = _node(profile, site_url)
    iri = f"{node}/{place}"
    said = _stream(profile, site_url)
    said += [
        Triple(NamedNode(iri), _TYPE, NamedNode(f"{TREE}Node")),
        Triple(NamedNode(iri), NamedNode(f"{DCT}isPartOf"), NamedNode(node)),
    ]
    if finished:
        said += _relation(iri, f"{node}/{place + 1}", _time_at(profile, (place + 1) * PAGE))
    for member in members:
        said += _member(f"{node}#stream", f"{iri}#{member.number}", member)
    return Node(said, members, iri, members[-1].published if members else None, finished)


def written(node: Node, form: Format) -> bytes:
    """Write a page in one of `formats.STREAM_FORMATS`."""
    if form is formats.TRIG:
        graphs = [formats.trig(name, body) for name, body in _bodies(node)]
        return b"".join([form.head, formats.turtle(node.statements), *graphs])
    if form is formats.NQ:
        return formats.ntriples(node.statements) + (serialize(_content(node), format=RdfFormat.N_QUADS) or b"")
    quads = (*(Quad(one.subject, one.predicate, one.object) for one in node.statements), *_content(node))
    return form.head + formats.jsonld(quads) + form.tail


def _bodies(node: Node) -> Iterator[tuple[str, bytes]]:
    for member in node.members:
        if member.turtle is not None:
            yield f"{node.base}#{member.number}", unpacked(member.turtle)


def _content(node: Node) -> Iterator[Quad]:
    for name, body in _bodies(node):
        yield from formats.quads(name, body)


def _node(profile: str, site_url: str) -> str:
    return f"{site_url}/ldes/{profile}"


def _rows(profile: str, start: int, end: int) -> Sequence[Any]:
    query = sa.select(FeedVersion.number, FeedVersion.iri, FeedVersion.kind, FeedVersion.published, FeedVersion.turtle)
    chosen = query.where(FeedVersion.profile == profile, FeedVersion.number >= start, FeedVersion.number < end)
    return model.Session.execute(chosen.order_by(FeedVersion.number)).all()


def _time_at(profile: str, place: int) -> datetime | None:
    """Give a time before which nothing on or after this place was published: that of the last one before it."""
    query = sa.select(FeedVersion.published).where(FeedVersion.profile == profile, FeedVersion.number < place)
    return model.Session.execute(query.order_by(FeedVersion.number.desc()).limit(1)).scalar()


def _stream(profile: str, site_url: str) -> list[Triple]:
    node = NamedNode(_node(profile, site_url))
    stream = NamedNode(f"{node.value}#stream")
    said = [
        Triple(stream, _TYPE, NamedNode(f"{LDES}EventStream")),
        Triple(stream, NamedNode(f"{LDES}versionOfPath"), NamedNode(f"{AS}object")),
        Triple(stream, NamedNode(f"{LDES}timestampPath"), NamedNode(f"{AS}published")),
        # A client that knows no ActivityStreams learns here which members are what (LDES 1.0 §4.3).
        Triple(stream, NamedNode(f"{LDES}versionCreateObject"), NamedNode(f"{AS}Create")),
        Triple(stream, NamedNode(f"{LDES}versionUpdateObject"), NamedNode(f"{AS}Update")),
        Triple(stream, NamedNode(f"{LDES}versionDeletePath"), _TYPE),
        Triple(stream, NamedNode(f"{LDES}versionDeleteObject"), NamedNode(f"{AS}Delete")),
        Triple(stream, NamedNode(f"{TREE}view"), node),
        Triple(node, _TYPE, NamedNode(f"{TREE}Node")),
    ]
    versions = config.stream_versions()
    if versions:
        view, policy = NamedNode(f"{node.value}#view"), NamedNode(f"{node.value}#retention")
        said += [
            Triple(node, NamedNode(f"{TREE}viewDescription"), view),
            Triple(view, NamedNode(f"{LDES}retentionPolicy"), policy),
            Triple(policy, _TYPE, NamedNode(f"{LDES}LatestVersionSubset")),
            Triple(policy, NamedNode(f"{LDES}amount"), whole(versions)),
        ]
    return said


def _relation(page_iri: str, target: str, since: datetime | None) -> list[Triple]:
    """Say that what came at ``since`` or later is over there; without a time, that more is over there."""
    relation = NamedNode(f"{page_iri}#more")
    kind = "GreaterThanOrEqualToRelation" if since else "Relation"
    said = [
        Triple(NamedNode(page_iri), NamedNode(f"{TREE}relation"), relation),
        Triple(relation, _TYPE, NamedNode(f"{TREE}{kind}")),
        Triple(relation, NamedNode(f"{TREE}node"), NamedNode(target)),
    ]
    if since:
        said += [
            Triple(relation, NamedNode(f"{TREE}path"), NamedNode(f"{AS}published")),
            Triple(relation, NamedNode(f"{TREE}value"), _moment(since)),
        ]
    return said


def _member(stream: str, iri: str, member: Any) -> list[Triple]:
    node, dataset = NamedNode(iri), NamedNode(member.iri)
    return [
        Triple(NamedNode(stream), NamedNode(f"{TREE}member"), node),
        Triple(node, _TYPE, NamedNode(AS + member.kind)),
        Triple(node, NamedNode(f"{DCT}isVersionOf"), dataset),
        Triple(node, NamedNode(f"{AS}object"), dataset),
        Triple(node, NamedNode(f"{AS}published"), _moment(member.published)),
    ]


def _moment(value: datetime) -> Literal:
    return Literal(f"{value.isoformat(timespec='microseconds')}Z", datatype=NamedNode(f"{XSD}dateTime"))
