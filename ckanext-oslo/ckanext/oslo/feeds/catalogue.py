"""A page of the catalogue: what is kept of its datasets, below a description of the catalogue and of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from ckan import model
from ckan.lib.search.common import SearchError
from ckan.plugins import toolkit
from pyoxigraph import Triple

from ckanext.oslo import profiles
from ckanext.oslo.feeds import config, due, errors, formats, stream
from ckanext.oslo.feeds.asked import Asked
from ckanext.oslo.feeds.entries import unpacked
from ckanext.oslo.feeds.formats import Format
from ckanext.oslo.feeds.tables import FeedEntry
from ckanext.oslo.profiles import Page
from ckanext.oslo.profiles.config import portal_from_config

_SEARCHED = 1000
_MOST_SEARCHED = 50_000


@dataclass(frozen=True)
class Document:
    """A document ready to be sent: its pieces, its ETag, and when anything in its feed last changed (UTC)."""

    pieces: Iterable[bytes]
    etag: str
    changed: datetime | None


def ready() -> None:
    """See to it that what is due is written.

    :raises NotReadyError: so much has never been written that what is there would look like a catalogue that shrank
    """
    if due.complete():
        due.ask_for_the_rest()
        missing = due.missing()
        if missing:
            raise errors.NotReadyError(str(missing))


def page(asked: Asked, form: Format) -> Document:
    """Put a page together.

    :raises FeedError: the search is not understood, or the feed is not ready
    """
    ready()
    # What a search finds changes when the index does, a moment after the feed: only the ETag can tell.
    changed = None if asked.q or asked.fq else stream.last_change(asked.profile)
    portal = portal_from_config()
    size = config.per_page()
    conditions = asked.conditions()
    if asked.q or asked.fq:
        conditions.append(FeedEntry.package_id.in_(_found(asked)))
    total = model.Session.execute(sa.select(sa.func.count()).select_from(FeedEntry).where(*conditions)).scalar_one()
    query = sa.select(FeedEntry.position, FeedEntry.digest, getattr(FeedEntry, form.kept)).where(*conditions)
    if asked.after is not None:
        query = query.where(FeedEntry.position > asked.after)
    else:
        query = query.offset(size * (asked.page - 1))
    rows = model.Session.execute(query.order_by(FeedEntry.position).limit(size + 1)).all()
    shown = rows[:size]
    description = _description(asked, f"{portal.site_url}/catalog.{form.name}", total, size, rows)
    said = profiles.get(asked.profile).catalogue(portal, (), description)
    digest = hashlib.sha256(f"{form.name}\n".encode() + formats.ntriples(said))
    for row in shown:
        digest.update(row.digest.encode())
    pieces = form.document(_first(said, form), [b"".join(unpacked(row[2]) for row in shown)])
    return Document(pieces, digest.hexdigest()[:40], changed)


def _first(said: Sequence[Triple], form: Format) -> bytes:
    return formats.turtle(said) if form.kept == "turtle" else formats.ntriples(said)


def _description(asked: Asked, base: str, total: int, size: int, rows: Sequence[sa.Row]) -> Page:
    last = max(1, -(-total // size))
    following = asked.address(base, asked.page + 1, rows[size - 1].position) if len(rows) > size else None
    return Page(
        iri=asked.address(base, asked.page, asked.after),
        total=total,
        per_page=size,
        first=asked.address(base, 1),
        last=asked.address(base, last),
        next=following,
        previous=asked.address(base, min(asked.page - 1, last)) if asked.page > 1 else None,
    )


def _found(asked: Asked) -> list[str]:
    """Ask the search engine, as anybody may, which datasets ``q`` and ``fq`` find.

    :raises BadSearchError: it does not understand them
    """
    ids: list[str] = []
    question = {"q": asked.q or "*:*", "fq": asked.fq, "fl": "id", "rows": _SEARCHED, "sort": "id asc"}
    while len(ids) < _MOST_SEARCHED:
        try:
            found = toolkit.get_action("package_search")({"user": ""}, {**question, "start": len(ids)})
        except (SearchError, toolkit.ValidationError) as error:
            raise errors.BadSearchError(" ".join(filter(None, (asked.q, asked.fq)))) from error
        ids += [one["id"] for one in found["results"]]
        if not found["results"] or len(ids) >= found["count"]:
            break
    return ids
