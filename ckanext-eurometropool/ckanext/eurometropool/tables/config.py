"""The options of the tables, typed."""

from __future__ import annotations

from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk

from ckanext.eurometropool.products import config as products

HOSTS = "ckanext.eurometropool.tables.hosts"
MAX_BYTES = "ckanext.eurometropool.tables.max_bytes"
MAX_ROWS = "ckanext.eurometropool.tables.max_rows"
QUEUE = "ckanext.eurometropool.tables.queue"


def hosts() -> frozenset[str]:
    """Give the hosts (``host`` or ``host:port``) whose files of harvested datasets are loaded.

    The stand-in portals always belong to them: they are there to be tried out.
    """
    named = {host.lower() for host in tk.aslist(tk.config.get(HOSTS) or [])}
    replay = urlsplit(products.replay_url()).netloc
    return frozenset(named | ({replay} if replay else set()))


def max_bytes() -> int:
    """Give how large a file may be that is loaded."""
    return int(tk.config.get(MAX_BYTES) or 5_000_000)


def max_rows() -> int:
    """Give how many rows of a file are loaded."""
    return int(tk.config.get(MAX_ROWS) or 50_000)


def queue() -> str:
    """Give the job queue that loads tables."""
    return str(tk.config.get(QUEUE) or "default")
