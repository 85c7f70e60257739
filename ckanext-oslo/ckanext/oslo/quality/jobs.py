"""Measuring and link checks on CKAN's job queue, in short turns, so that other jobs of the queue come between.

Nothing depends on a message: what is to be done stands in the database (datasets changed since they were measured,
addresses that are due), and a turn does a piece of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from redis.exceptions import RedisError

from ckanext.oslo import fetch, slots
from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.quality import config, links, store
from ckanext.oslo.quality.tables import now

log = logging.getLogger(__name__)

TURN = 10.0
"""Seconds a turn of measuring, or of link checks, may take."""
BATCH = 200
_REMIND = 60.0
_armed_at = 0.0


def arm() -> None:
    """See to it that `tick` comes in time."""
    every = config.every().total_seconds()
    if every:
        slots.arm(tick, "quality", queue=config.queue(), after=time.time(), every=every, ahead=2)


def arm_now_and_then() -> None:
    """Arm the tick, once a minute at most: a harvest calls this for each dataset."""
    global _armed_at  # noqa: PLW0603
    if time.monotonic() - _armed_at > _REMIND or not _armed_at:
        _armed_at = time.monotonic()
        arm()


def changed(sender: str, **told: Any) -> None:
    """Have a dataset measured when a person created or changed it; what a harvest writes is measured by the tick."""
    if sender not in {"package_create", "package_update"}:
        return
    context, result = told.get("context") or {}, told.get("result")
    package_id = result["id"] if isinstance(result, dict) else result
    try:
        arm_now_and_then()
        if isinstance(package_id, str) and not context.get("defer_commit"):
            _enqueue(measure_one, [package_id], f"quality {package_id}", result_ttl=0)
    except RedisError as error:  # The dataset is saved; the next tick measures it.
        log.warning("The quality of %s is measured later: %s", package_id, error)


def _enqueue(function: Callable[..., None], values: list[Any], title: str, **options: Any) -> None:
    toolkit.enqueue_job(function, values, title=title, queue=config.queue(), rq_kwargs=options)


def measure_one(package_id: str) -> None:
    """Measure one dataset; one that is gone meanwhile is passed over."""
    try:
        dataset = store.dataset_of(package_id)
    except toolkit.ObjectNotFound:
        return
    if dataset.get("type") in store.TYPES:
        store.measure(dataset, portal_from_config())
        model.Session.commit()


def tick() -> None:
    """Measure what changed, ask addresses that are due, write the day's figures, and arm the next tick."""
    # First, so that a worker killed in the middle leaves the chain whole.
    arm()
    more = measure_stale(TURN)
    if config.checks_links():
        more = check_links(TURN) or more
    if more:
        _enqueue(turn, [], "quality", result_ttl=0, job_id="oslo-quality-turn")
    else:
        store.forget_links()
    store.write_day(now().date())
    model.Session.commit()


def turn() -> None:
    """Go on with what a tick could not finish."""
    more = measure_stale(TURN)
    if config.checks_links():
        more = check_links(TURN) or more
    store.write_day(now().date())
    model.Session.commit()
    if more:
        _enqueue(turn, [], "quality", result_ttl=0)


def measure_stale(seconds: float) -> bool:
    """Measure datasets for so long; tell whether there are more."""
    end = time.monotonic() + seconds
    portal = portal_from_config()
    while ids := store.stale(BATCH):
        for package_id in ids:
            try:
                store.measure(store.dataset_of(package_id), portal)
                model.Session.commit()
            except toolkit.ObjectNotFound:
                model.Session.rollback()
            if time.monotonic() > end:
                return True
    return False


def check_links(seconds: float) -> bool:
    """Ask addresses for so long; tell whether there are more that could be asked now."""
    due = store.links_due(BATCH)
    asked = 0
    with fetch.from_config(seconds=config.link_seconds(), max_bytes=1_000_000) as client:
        for outcome in links.visit(client, due, pause=config.link_pause(), seconds=seconds):
            store.keep_outcome(outcome)
            model.Session.commit()
            asked += 1
    return bool(asked) and bool(store.links_due(1))
