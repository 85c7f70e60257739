"""The options of checking, one accessor each."""

from __future__ import annotations

from pathlib import Path

from ckan.plugins import toolkit

SHAPES = "ckanext.oslo.shapes.folder"


def shapes_folder() -> Path | None:
    """Give the folder of official shapes; None where there is none to keep them in."""
    configured = str(toolkit.config.get(SHAPES) or "").strip()
    if configured:
        return Path(configured)
    storage = toolkit.config.get("ckan.storage_path")
    return Path(str(storage)) / "shapes" if storage else None
