"""Where CKAN's configuration wants refreshed lists to be kept."""

from __future__ import annotations

from pathlib import Path

FOLDER = "ckanext.oslo.vocabularies.folder"


def folder() -> Path | None:
    """Give the folder of refreshed lists; None when neither the option nor ``ckan.storage_path`` is set."""
    from ckan.plugins import toolkit  # The only import of CKAN here: the vocabularies work without it.

    named = str(toolkit.config.get(FOLDER) or "")
    storage = str(toolkit.config.get("ckan.storage_path") or "")
    return Path(named) if named else Path(storage) / "vocabularies" if storage else None
