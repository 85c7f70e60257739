"""Which harvest sources somebody may know of: a private one only those who may see it, as CKAN's private datasets."""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins.toolkit as tk
from ckan import logic
from ckan.types import Context

from ckanext.harvesters.engine.sources import Registered


def visible(context: Context, sources: Iterable[Registered]) -> list[Registered]:
    """Return the sources that whoever asks may know of, in their order. Only the private ones cost a question."""
    return [source for source in sources if not source.private or _may_see(context, source)]


def _may_see(context: Context, source: Registered) -> bool:
    try:
        # A context of its own: CKAN keeps the dataset it looked at in it.
        return bool(tk.check_access("harvest_source_show", logic.fresh_context(context), {"id": source.id}))
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
