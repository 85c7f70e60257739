"""The declared options of the plugin, typed. Those of the merged products are in `products/config.py`."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk

REGISTER = "ckanext.eurometropool.register"


def register_path() -> Path | None:
    """Give the path of the register of municipalities, or None where none is configured."""
    path = tk.config.get(REGISTER)
    return Path(path) if path else None
