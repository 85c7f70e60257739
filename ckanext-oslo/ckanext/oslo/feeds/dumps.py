"""The whole catalogue in one compressed file, from the database to the network without ever being all in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine

from ckanext.oslo import profiles
from ckanext.oslo.feeds import catalogue, formats, stream
from ckanext.oslo.feeds.catalogue import Document
from ckanext.oslo.feeds.entries import packed, unpacked
from ckanext.oslo.feeds.formats import Format
from ckanext.oslo.feeds.tables import FeedEntry
from ckanext.oslo.profiles.config import portal_from_config

CHUNK = 50
"""Datasets in memory at a time."""


def dump(profile: str, form: Format) -> Document:
    """Give everything a profile says, compressed with gzip.

    :raises NotReadyError: datasets are missing
    """
    catalogue.ready()
    changed = stream.last_change(profile)
    said = profiles.get(profile).catalogue(portal_from_config(), ())
    shown = (FeedEntry.profile == profile, FeedEntry.turtle.is_not(None))
    all_digests = sa.func.md5(sa.func.string_agg(FeedEntry.digest, sa.literal("").op("ORDER BY")(FeedEntry.position)))
    state = model.Session.execute(sa.select(all_digests).where(*shown)).scalar() or ""
    etag = hashlib.sha256(f"{form.name}\n{state}\n".encode() + formats.ntriples(said)).hexdigest()[:40]
    first = formats.turtle(said) if form.kept == "turtle" else formats.ntriples(said)
    query = sa.select(getattr(FeedEntry, form.kept)).where(*shown).order_by(FeedEntry.position)
    return Document(_compressed(form, first, query), etag, changed)


def _compressed(form: Format, first: bytes, query: sa.Select) -> Iterator[bytes]:
    chunks = _chunks(query)
    if form.piece is formats.as_it_is:
        # What is kept is compressed already: one gzip member after the other is a gzip file.
        yield packed(form.head + first)
        yield from chunks
        return
    for part in form.document(first, (unpacked(chunk) for chunk in chunks)):
        yield packed(part)


def _chunks(query: sa.Select) -> Iterator[bytes]:
    """Read rows with a cursor of the server, a chunk at a time, as they were when the first was read."""
    with ensure_engine().connect() as connection:
        result = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(query)
        for rows in result.partitions(CHUNK):
            yield b"".join(row[0] for row in rows)
