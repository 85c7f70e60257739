"""Everything about duplicates brought up to date with the datasets: after a harvest, every minute, by command."""

from __future__ import annotations

import time
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.redis import connect_to_redis

from ckanext.harvesters import config
from ckanext.harvesters.duplicates import finding, projecting, reading, standing

#: Seconds a job of the queue takes at a time: harvests wait behind it.
_TURN = 60
#: Seconds after which such a job may be asked for again, should it never have come.
_AGAIN = 300


@dataclass(frozen=True)
class Refreshed:
    """What was done: datasets looked at, pairs that differ, groups there are, and how much was left to do."""

    looked: int
    differing: int
    groups: int
    left: int


def refresh(seconds: float | None = None) -> Refreshed:
    """Look at the datasets that changed, make the groups anew, and tell the index and the feeds.

    ``seconds``: how long this may take; what is left then is done the next time. Each batch is a transaction, and all
    of it may be broken off anywhere.
    """
    end = None if seconds is None else time.monotonic() + seconds
    waiting = reading.changed()
    looked = differing = 0
    while waiting and (end is None or not looked or time.monotonic() < end):
        batch, waiting = waiting[: finding.BATCH], waiting[finding.BATCH :]
        differing += finding.look(batch)
        looked += len(batch)
    found = standing.regroup()
    left = projecting.project(seconds=None if end is None else max(0.0, end - time.monotonic()))
    return Refreshed(looked, differing, len(found), len(waiting) + left)


def ask() -> None:
    """Have it done by a worker, when there is something to do and nobody has been asked yet."""
    if not (reading.changed(limit=1) or projecting.is_behind()):
        return
    if connect_to_redis().set(_lock(), "1", nx=True, ex=_AGAIN):
        tk.enqueue_job(
            refresh_in_turn,
            title="duplicates: look at what changed",
            queue=config.queue(),
            rq_kwargs={"result_ttl": 0, "timeout": _AGAIN},
        )


def refresh_in_turn() -> None:
    """Refresh for a while (a job)."""
    connect_to_redis().delete(_lock())
    try:
        refresh(_TURN)
    finally:
        model.Session.remove()


def _lock() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:harvest-duplicates"
