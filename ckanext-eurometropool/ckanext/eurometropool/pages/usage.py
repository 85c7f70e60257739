"""What is used most: how often the page of each dataset was opened, by day.

Redis counts the days of the last month, by dataset and nothing else: no address, no cookie, no person. Programs that
say what they are do not count. What Redis loses, the home page counts anew.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.types import Response
from flask import request
from redis.exceptions import RedisError

from ckanext.oslo.checking.catalogue import TYPES

DAYS = 30
#: Seconds for which the sum of the days is kept.
KEPT = 600
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|java|http-client|headless", re.I)
_PAGES = frozenset(f"{kind}.read" for kind in TYPES)


def count(response: Response) -> Response:
    """Count a dataset's page that a person opened (an ``after_request``)."""
    dataset = (request.view_args or {}).get("id")
    if (
        request.endpoint in _PAGES
        and request.method == "GET"
        and response.status_code == 200
        and dataset
        and is_person()
    ):
        add(dataset)
    return response


def is_person() -> bool:
    """Tell whether a page is asked for by a browser, and no program that says what it is."""
    return request.accept_mimetypes.accept_html and not _PROGRAM.search(request.user_agent.string or "bot")


def add(name: str) -> None:
    """Count one look at a dataset, by its name. Without Redis nothing is counted, and no page fails."""
    key = _key(datetime.now(UTC))
    try:
        with connect_to_redis().pipeline() as pipe:
            pipe.zincrby(key, 1, name)
            pipe.expire(key, timedelta(days=DAYS + 1))
            pipe.execute()
    except RedisError:
        return


def most(number: int) -> list[str]:
    """Give the names of the datasets opened most in the last month, the first the most. They may be gone since."""
    today = datetime.now(UTC)
    keys = [_key(today - timedelta(days=days)) for days in range(DAYS)]
    total = _key(None)
    try:
        redis = connect_to_redis()
        if not redis.exists(total):
            redis.zunionstore(total, keys)
            redis.expire(total, KEPT)
        names: Any = redis.zrevrange(total, 0, number - 1)
    except RedisError:
        return []
    return [name.decode() for name in names]


def _key(day: datetime | None) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:opened:{f'{day:%Y-%m-%d}' if day else 'month'}"
