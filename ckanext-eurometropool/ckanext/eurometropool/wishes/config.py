"""The options of the wishes, typed."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

QUEUE = "ckanext.eurometropool.wishes.queue"


def queue() -> str:
    """Give the job queue that looks for what was wished for."""
    return str(tk.config.get(QUEUE) or "default")
