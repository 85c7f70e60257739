"""Datasets whose tables wait to be loaded: a list in Redis that one job at a time empties.

A job of the queue costs CKAN a second before it does anything, so a harvest of a thousand datasets puts a thousand
names on the list, not a thousand jobs on the queue. A name stays on the list until its dataset is done: a worker that
is killed leaves it there, and the next job takes it up. What a lost Redis forgets, ``ckan tables load --all`` mends.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from redis import Redis

from ckanext.eurometropool.tables import config, loading
from ckanext.oslo import slots

log = logging.getLogger(__name__)

SETTLING = 5  # seconds: several changes of a dataset in a row are loaded once
LEASE = 600  # seconds after which a dataset that a dead worker had taken is taken again
TURN = 120  # seconds after which a job makes room for others
#: A harvest commits in batches, so that a dataset may come into the database after its name came onto the list.
TRIES = (30, 120, 600)  # seconds to wait after each time the dataset was not there


def add(package_id: str) -> None:
    """Have a dataset's CSV files loaded soon. Raises RedisError."""
    connection = connect_to_redis()
    connection.zadd(_list(), {package_id: _now() + SETTLING})
    connection.hdel(_tries(), package_id)
    _arm(_now() + SETTLING)


def work() -> None:
    """Load what is due, as a job; arm the next one for what is left."""
    connection = connect_to_redis()
    end = _now() + TURN
    _arm(_now() + LEASE)  # first: should this worker be killed, another one goes on
    while _now() < end and (package_id := _take(connection)):
        _load(connection, package_id)
    left: Any = connection.zrange(_list(), 0, 0, withscores=True)
    if left:
        _arm(max(left[0][1], _now()))


def _take(connection: Redis) -> str | None:
    """Give the dataset that has waited longest and is due, or None; it is nobody else's for the lease."""
    due: Any = connection.zrangebyscore(_list(), "-inf", _now(), start=0, num=1)
    if not due:
        return None
    connection.zadd(_list(), {due[0]: _now() + LEASE}, xx=True)
    return due[0].decode()


def _load(connection: Redis, package_id: str) -> None:
    lease = connection.zscore(_list(), package_id)
    try:
        loading.load(package_id)
    except tk.ObjectNotFound:
        tried = int(connection.hincrby(_tries(), package_id, 1))
        if tried <= len(TRIES):
            connection.zadd(_list(), {package_id: _now() + TRIES[tried - 1]})
            return
    except Exception:
        log.exception("The tables of dataset %s are not loaded", package_id)
    # Unless it changed meanwhile: then it was put on the list again, with another time.
    if connection.zscore(_list(), package_id) == lease:
        connection.zrem(_list(), package_id)
        connection.hdel(_tries(), package_id)


def _arm(moment: float) -> None:
    """Have the list worked through soon after a moment."""
    meta = {"title": "load tables"}
    slots.arm(work, "tables", queue=config.queue(), after=moment, every=SETTLING, timeout=LEASE, meta=meta)


def _now() -> float:
    return time.time()


def _list() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:tables:waiting"


def _tries() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:tables:tries"
