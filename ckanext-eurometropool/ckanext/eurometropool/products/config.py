"""The options of the merged products, typed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import ckan.plugins.toolkit as tk

from ckanext.eurometropool.products.definition import Product, read_all
from ckanext.eurometropool.products.errors import UnknownProductError

PATH = "ckanext.eurometropool.products.path"
REPLAY_URL = "ckanext.eurometropool.products.replay_url"
QUEUE = "ckanext.eurometropool.products.queue"
APP_URL = "ckanext.eurometropool.products.app_url"

#: Where a checkout of the project has its definitions.
CHECKOUT = Path(__file__).parents[4] / "config" / "products"


def folder() -> Path | None:
    """Give the folder of product definitions: the configured one, else the checkout's, None where there is none."""
    path = tk.config.get(PATH)
    if path:
        return Path(path)
    return CHECKOUT if CHECKOUT.is_dir() else None


def replay_url() -> str:
    """Give the address of the stand-in portals that sources are read from; empty: their live addresses are used."""
    return str(tk.config.get(REPLAY_URL) or "").rstrip("/")


def queue() -> str:
    """Give the job queue that refreshes products."""
    return str(tk.config.get(QUEUE) or "default")


def app_url() -> str:
    """Give the address of the bike app, which the product's page links to; empty: no link."""
    return str(tk.config.get(APP_URL) or "")


def products() -> dict[str, Product]:
    """Give all products by name, read again when a definition changed. Raises DefinitionError."""
    path = folder()
    if path is None:
        return {}
    changed = tuple((file.name, file.stat().st_mtime_ns) for file in sorted(path.glob("*.yaml")))
    return _read(path, changed)


def product(name: str) -> Product:
    """Give the product of this name. Raises UnknownProductError and DefinitionError."""
    try:
        return products()[name]
    except KeyError as error:
        raise UnknownProductError(name) from error


@lru_cache(maxsize=4)
def _read(path: Path, _changed: tuple[tuple[str, int], ...]) -> dict[str, Product]:
    return read_all(path)
