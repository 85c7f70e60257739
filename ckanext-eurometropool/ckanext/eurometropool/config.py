"""The declared options of the plugin, typed. Those of the merged products are in `products/config.py`."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk

REGISTER = "ckanext.eurometropool.register"
MAP_TILES = "ckanext.eurometropool.map.tiles"
MAP_TILES_CREDIT = "ckanext.eurometropool.map.tiles_credit"


def register_path() -> Path | None:
    """Give the path of the register of municipalities, or None where none is configured."""
    path = tk.config.get(REGISTER)
    return Path(path) if path else None


def map_tiles() -> str:
    """Give the address of map tiles, with {z}, {x} and {y}; "" where the map has its own outlines alone."""
    return str(tk.config.get(MAP_TILES) or "")


def map_tiles_credit() -> str:
    """Give the words with which the tiles' owner wants to be named."""
    return str(tk.config.get(MAP_TILES_CREDIT) or "")
