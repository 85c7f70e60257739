"""The declared options of the plugin, typed."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk

REGISTER = "ckanext.eurometropool.register"
SEARCH_LANGUAGES = "ckanext.eurometropool.search.languages"


def register_path() -> Path | None:
    """Give the path of the register of municipalities, or None where none is configured."""
    path = tk.config.get(REGISTER)
    return Path(path) if path else None


def search_languages() -> list[str]:
    """Give the languages that have fields of their own in the search index."""
    return tk.config.get(SEARCH_LANGUAGES)
