"""How many readers have looked for what nobody shares.

Redis keeps a HyperLogLog for each question and place: a sketch from which the number of different sessions can be
estimated, and none of them be got back. No address, no cookie, no person. Without Redis there is no number.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from flask import session
from flask_wtf.csrf import generate_csrf
from redis.exceptions import RedisError

from ckanext.eurometropool.pages import usage
from ckanext.eurometropool.wishes.wish import Asked

YEAR = timedelta(days=365)
#: What one reader alone has looked for is forgotten sooner: a program that makes questions up must not fill Redis.
ALONE = timedelta(days=30)


def nth(asked: Asked) -> int:
    """Count this reader among those who looked for it; give their number, 0 where it is not known."""
    # Random, and there already: each page of CKAN's has the token in its head.
    generate_csrf()
    reader = str(session.get(tk.config.get("WTF_CSRF_FIELD_NAME", "_csrf_token")) or "")
    key = _key(asked)
    try:
        redis = connect_to_redis()
        if reader and usage.is_person():
            redis.pfadd(key, reader)
        number = int(redis.pfcount(key))
        redis.expire(key, YEAR if number > 1 else ALONE)
    except RedisError:
        return 0
    return number


def _key(asked: Asked) -> str:
    name = hashlib.sha256(f"{asked.words}\0{asked.place}".encode()).hexdigest()[:32]
    return f"ckan:{tk.config['ckan.site_id']}:looked-for:{name}"
