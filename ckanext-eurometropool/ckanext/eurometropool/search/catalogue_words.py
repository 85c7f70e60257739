"""The catalogue's own words as parts of Dutch compounds, beside the lists of `compounds`.

Words of titles and keywords that stand in several datasets are counted by the index once an hour; Redis keeps them
for all processes. A dataset indexed before a word was known has no part of it until it is indexed again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection

from ckan.common import config
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import SearchError
from redis.exceptions import RedisError

from ckanext.eurometropool.search import asking, compounds

log = logging.getLogger(__name__)

#: In how many datasets a word has to stand: one is no witness, a misspelling has few.
LEAST = 5
#: How many words are taken at most, the most frequent.
MOST = 5000
#: Seconds after which they are counted again, and after which a process looks whether they were.
COUNTED_AGAIN, LOOK_AGAIN = 3600, 600

_looked: float | None = None


def learn(*, at_once: bool = False) -> None:
    """Let `compounds` know the catalogue's words: before a question is read or a dataset is indexed.

    Costs nothing most of the time. Without the index or Redis, what is known stays.
    """
    global _looked  # noqa: PLW0603  (of this process)
    now = time.monotonic()
    if not config["ckanext.eurometropool.search.learn_words"]:
        return
    if not at_once and _looked is not None and now - _looked < LOOK_AGAIN:
        return
    _looked = now
    try:
        compounds.learn(_kept(anew=at_once))
    except (RedisError, SearchError) as error:
        log.warning("The catalogue's words could not be read: %s", error)


def _kept(*, anew: bool) -> Collection[str]:
    redis, key = connect_to_redis(), f"{config['ckan.site_id']}:search:compound-words"
    kept = None if anew else redis.get(key)
    if isinstance(kept, bytes):
        return json.loads(kept)
    words = _counted()
    redis.set(key, json.dumps(words), ex=COUNTED_AGAIN)
    return words


def _counted() -> list[str]:
    """Ask the index for the words of Dutch titles and keywords, the most frequent first."""
    asked = {
        "facet": "true",
        "facet.field": "words_nl",
        "facet.method": "enum",
        # Term by term, from the index itself: nothing of it belongs into the cache of filters.
        "facet.enum.cache.minDf": 1_000_000_000,
        "facet.mincount": LEAST,
        "facet.limit": MOST,
    }
    found = asking.ask(fq=asking.public(), rows=0, **asked).facets["facet_fields"]["words_nl"]
    return [word for word in found[::2] if word.isalpha()]
