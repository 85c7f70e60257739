"""Measuring and link checks on CKAN's job queue, in short turns, so that other jobs of the queue come between.

Nothing depends on a message: what is to be done stands in the database (datasets changed since they were measured,
addresses that are due), and a turn does a piece of it. One worker takes a turn at a time: no host is asked by two.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model import ensure_engine
from ckan.plugins import toolkit
from redis.exceptions import RedisError

from ckanext.oslo import fetch, slots
from ckanext.oslo.profiles.config import portal_from_config
from ckanext.oslo.quality import config, links, readers, store
from ckanext.oslo.quality.score import Score
from ckanext.oslo.quality.tables import now

log = logging.getLogger(__name__)

TURN = 10.0
"""Seconds a turn of measuring, or of link checks, may take."""
SLOT = 30.0
"""Seconds from one turn to the next while there is more: longer than a turn, so that all who go on arm the same one."""
BATCH = 200
measured = toolkit.signals.ckanext.signal("oslo_quality_measured")
"""Sent when scores were kept, with ``scores``: points of 405 by dataset's id. For who ranks by them."""
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
            toolkit.enqueue_job(
                measure_one,
                [package_id],
                title=f"quality {package_id}",
                queue=config.queue(),
                rq_kwargs={"result_ttl": 0},
            )
    except RedisError as error:  # The dataset is saved; the next tick measures it.
        log.warning("The quality of %s is measured later: %s", package_id, error)


def measure_one(package_id: str) -> None:
    """Measure one dataset; one that is gone meanwhile is passed over."""
    try:
        dataset = store.dataset_of(package_id)
    except toolkit.ObjectNotFound:
        return
    if dataset.get("type") in store.TYPES:
        score = store.measure(dataset, portal_from_config())
        model.Session.commit()
        _tell({package_id: score})


def tick() -> None:
    """Arm the next tick, and take a turn."""
    # First, so that a worker killed in the middle leaves the chain whole.
    arm()
    turn()


def turn() -> None:
    """Measure what changed, ask addresses that are due, write the day's figures, and go on soon if there is more.

    When there is no more, the month's reports are sent.
    """
    with _alone() as alone:
        if not alone:
            return
        more = measure_stale(TURN)
        if config.checks_links():
            more = check_links(TURN) or more
        if not more:
            store.forget_links()
        store.write_day(now().date())
        model.Session.commit()
        if not more:
            readers.send_due()
    if more:
        slots.arm(turn, "quality-turn", queue=config.queue(), after=time.time(), every=SLOT)


@contextmanager
def _alone() -> Iterator[bool]:
    """Tell whether nobody else is at work; nobody begins while the block lasts. A worker that dies gives it up."""
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtext("oslo_quality")))
    with ensure_engine().begin() as connection:
        yield bool(connection.execute(lock).scalar())


def measure_stale(seconds: float) -> bool:
    """Measure datasets for so long; tell whether there are more. One that cannot be measured costs only itself."""
    end = time.monotonic() + seconds
    portal = portal_from_config()
    failed: set[str] = set()
    while ids := store.stale(BATCH, failed):
        scores: dict[str, Score] = {}
        for package_id in ids:
            try:
                score = store.measure(store.dataset_of(package_id), portal)
                model.Session.commit()
                scores[package_id] = score
            except Exception:
                model.Session.rollback()
                failed.add(package_id)
                log.exception("Dataset %s cannot be measured", package_id)
            if time.monotonic() > end:
                break
        _tell(scores)
        if time.monotonic() > end:
            return True
    return False


def _tell(scores: Mapping[str, Score]) -> None:
    if scores:
        measured.send("oslo", scores={package_id: score.points for package_id, score in scores.items()})


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
