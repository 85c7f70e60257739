"""Where files wait, and how large they may be: CKAN's own options."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.oslo.forms.waiting import NowhereError, Room


def most_bytes() -> int:
    """Give the size of the largest file, from ``ckan.max_resource_size`` (MB)."""
    return int(toolkit.config.get("ckan.max_resource_size") or 10) * 1_000_000


def room_of(user_id: str) -> Room:
    """Give a user's waiting room below ``ckan.storage_path``. :raises NowhereError: the portal has none."""
    storage = toolkit.config.get("ckan.storage_path")
    if not storage:
        raise NowhereError
    return Room(storage, user_id)
