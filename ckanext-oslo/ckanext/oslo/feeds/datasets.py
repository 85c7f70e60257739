"""One dataset in one profile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.oslo import profiles
from ckanext.oslo.feeds import due, errors, formats
from ckanext.oslo.feeds.catalogue import Document
from ckanext.oslo.feeds.entries import statements, unpacked
from ckanext.oslo.feeds.formats import Format
from ckanext.oslo.feeds.tables import FeedEntry
from ckanext.oslo.profiles.config import portal_from_config


def published(name: str, profile: str, form: Format) -> Document | None:
    """Give what is kept of a dataset that everybody may see, by its id or name; None when there is no such.

    :raises NotInProfileError: the profile is made for other datasets
    :raises NotWrittenError: it cannot be written
    """
    package = model.Package.get(name) if "\x00" not in name else None
    if package is None:
        return None
    due.complete(only=package.id)
    columns = (FeedEntry.profile, FeedEntry.digest, FeedEntry.changed, getattr(FeedEntry, form.kept))
    rows = model.Session.execute(sa.select(*columns).where(FeedEntry.package_id == package.id)).all()
    row = next((row for row in rows if row.profile == profile), None)
    if row is None:
        if rows:
            raise errors.NotInProfileError(name, profile)
        return None
    if row[3] is None:
        raise errors.NotWrittenError(name)
    etag = hashlib.sha256(f"{form.name}\n{row.digest}".encode()).hexdigest()[:40]
    return Document(form.document(b"", [unpacked(row[3])]), etag, row.changed)


def draft(name: str, profile: str, form: Format) -> Iterator[bytes]:
    """Write a dataset that not everybody may see, for a user who may.

    :raises NoSuchDatasetError: there is none, or it is not for this user
    :raises NotInProfileError: the profile is made for other datasets
    :raises NotWrittenError: it cannot be written
    """
    if "\x00" in name:
        raise errors.NoSuchDatasetError(name)
    try:
        dataset = toolkit.get_action("package_show")({"user": toolkit.current_user.name}, {"id": name})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized, toolkit.ValidationError) as error:
        raise errors.NoSuchDatasetError(name) from error
    used = profiles.get(profile)
    if not used.takes(dataset):
        raise errors.NotInProfileError(name, profile)
    try:
        said = statements(dataset, portal_from_config(), used)
    except profiles.NotWritableError as error:
        raise errors.NotWrittenError(name) from error
    return form.document(b"", [formats.turtle(said) if form.kept == "turtle" else formats.ntriples(said)])
