"""Entries into the database: only what changed, row by row, so that nobody who reads has to wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.oslo import profiles
from ckanext.oslo.feeds.entries import Entry
from ckanext.oslo.feeds.tables import FeedEntry

_FACETS = ("publisher", "municipality", "theme", "type")
_CONTENT = ("iri", "digest", "changed", "turtle", "ntriples", "problem", *_FACETS)


class Connection(Protocol):
    """What executes SQL: a session of CKAN's or a connection of our own."""

    def execute(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
        """Execute a statement."""
        ...


def now() -> datetime:
    """Return the time in UTC, without zone, as CKAN's tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


_new = insert(FeedEntry)
_UPSERT = _new.on_conflict_do_update(
    index_elements=["package_id", "profile"], set_={name: _new.excluded[name] for name in _CONTENT}
)


def write(connection: Connection, made: Mapping[str, Sequence[Entry]], names: Iterable[str] = profiles.NAMES) -> int:
    """Put datasets' entries in the place of those that are kept, in the profiles ``names``; return how many changed.

    ``made`` has every dataset that is dealt with, one without entries too: what is kept of it goes.
    """
    kept = _kept(connection, made, names)
    wanted = {(entry.package_id, entry.profile): entry for entries in made.values() for entry in entries}
    gone = [key for key in kept if key not in wanted]
    if gone:
        key = sa.tuple_(FeedEntry.package_id, FeedEntry.profile)
        connection.execute(sa.delete(FeedEntry).where(key.in_(gone)))
    rows = [_row(entry, kept.get(key)) for key, entry in wanted.items() if _differs(entry, kept.get(key))]
    if rows:
        # For its answer SQLAlchemy sends many rows at once; as `values` it would compile them anew each time.
        connection.execute(_UPSERT.returning(FeedEntry.package_id), rows)
    return len(gone) + len(rows)


def _kept(connection: Connection, ids: Iterable[str], names: Iterable[str]) -> dict[tuple[str, str], Any]:
    columns = [getattr(FeedEntry, name) for name in ("package_id", "profile", "digest", "changed", *_FACETS)]
    query = sa.select(*columns).where(FeedEntry.package_id.in_(list(ids)), FeedEntry.profile.in_(list(names)))
    return {(row.package_id, row.profile): row for row in connection.execute(query)}


def _differs(entry: Entry, kept: Any) -> bool:
    if kept is None or kept.digest != entry.digest:
        return True
    return any(_plain(getattr(entry.facets, name)) != getattr(kept, name) for name in _FACETS)


def _row(entry: Entry, kept: Any) -> dict[str, Any]:
    return {
        "package_id": entry.package_id,
        "profile": entry.profile,
        "iri": entry.iri,
        "digest": entry.digest,
        "changed": kept.changed if kept is not None and kept.digest == entry.digest else now(),
        "turtle": entry.turtle,
        "ntriples": entry.ntriples,
        "problem": entry.problem,
        **{name: _plain(getattr(entry.facets, name)) for name in _FACETS},
    }


def _plain(value: str | tuple[str, ...]) -> str | list[str]:
    return list(value) if isinstance(value, tuple) else value


def public(connection: Connection, ids: Iterable[str]) -> dict[str, datetime]:
    """Give those of the datasets that everybody may see, with their ``metadata_modified``.

    They and their organizations are held (FOR SHARE) until the transaction ends, so that nobody can take them out of
    sight before their entries are there to be deleted. What somebody is changing right now is left out.
    """
    package, group = model.package_table, model.group_table
    rows = connection.execute(
        sa.select(package.c.id, package.c.owner_org, package.c.metadata_modified)
        .where(
            package.c.id.in_(list(ids)),
            package.c.state == "active",
            sa.func.coalesce(package.c.private, False).is_(False),
        )
        .with_for_update(read=True, skip_locked=True)
    ).all()
    owners = {row.owner_org for row in rows if row.owner_org}
    active = set(
        connection.execute(
            sa.select(group.c.id)
            .where(group.c.id.in_(owners), group.c.state == "active")
            .with_for_update(read=True, skip_locked=True)
        ).scalars()
        if owners
        else ()
    )
    return {row.id: row.metadata_modified for row in rows if not row.owner_org or row.owner_org in active}


def _elders() -> sa.Select[tuple[str, str]]:
    """Put together what is asked for each batch of datasets that is written: (dataset, an older one of its IRI).

    For each dataset by its IRI alone, and the rest afterwards: without statistics, in a new catalogue, PostgreSQL takes
    "active" for rare and IRIs for shared by many, and would read the whole catalogue each time.
    """
    own, package = model.package_table.alias("own"), model.package_table
    elder = (
        sa.select(package.c.id, package.c.metadata_created, package.c.state, package.c.private)
        .where(package.c.extras["uri"].astext == own.c.extras["uri"].astext)
        .offset(0)
        .lateral("elder")
    )
    return sa.select(own.c.id, elder.c.id).where(
        own.c.id.in_(sa.bindparam("ids", expanding=True)),
        elder.c.state == "active",
        sa.func.coalesce(elder.c.private, False).is_(False),
        sa.tuple_(elder.c.metadata_created, elder.c.id) < sa.tuple_(own.c.metadata_created, own.c.id),
    )


_ELDERS = _elders()


def with_elders(connection: Connection, copies: Mapping[str, Collection[str]]) -> set[str]:
    """Give those of the datasets whose foreign IRI an older one has that everybody may see.

    One graph can hold one description of an IRI: it goes to the dataset that was here first. ``copies`` is id of a
    dataset → ids of its own copies, which are in no feed and so do not count.
    """
    found = connection.execute(_ELDERS, {"ids": list(copies)}).all() if copies else ()
    return {package_id for package_id, elder in found if elder not in copies[package_id]}


def hidden(connection: Connection, ids: set[str]) -> set[str]:
    """Give those of the datasets that are gone or that not everybody may see."""
    if not ids:
        return ids
    package, group = model.package_table, model.group_table
    there = (
        sa.select(package.c.id)
        .outerjoin(group, group.c.id == package.c.owner_org)
        .where(
            package.c.id.in_(ids),
            package.c.state == "active",
            sa.func.coalesce(package.c.private, False).is_(False),
            sa.or_(package.c.owner_org.is_(None), group.c.state == "active"),
        )
    )
    return ids - set(connection.execute(there).scalars())
