"""Looking for what was wished for, each hour, on CKAN's job queue.

Nothing depends on a message: what is wished for stands in the database. The chain of looks goes on by itself as long as
there are wishes, and begins anew when somebody wishes, or a dataset is created or changed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from blinker import Signal
from ckan import model
from ckan.plugins import toolkit as tk
from redis.exceptions import RedisError

from ckanext.eurometropool.pages import letters, searching
from ckanext.eurometropool.pages.languages import in_language
from ckanext.eurometropool.wishes import config, putting, store, writing
from ckanext.eurometropool.wishes.tables import Wish
from ckanext.eurometropool.wishes.wish import Asked
from ckanext.oslo import slots

log = logging.getLogger(__name__)

EVERY = 3600.0  # seconds
TURN = 120.0
"""Seconds that one look may take: what it does not come to is the first of the next one."""
LONGEST = 300
"""Seconds after which a look is held to hang."""
#: Datasets that a letter names.
NAMED = 3
CHANGES = frozenset({"package_create", "package_update"})
_REMIND = 60.0
_armed_at = 0.0


def arm() -> None:
    """See to it that `tick` comes within the hour."""
    slots.arm(tick, "wishes", queue=config.queue(), after=time.time(), every=EVERY, ahead=2, timeout=LONGEST)


def arm_quietly() -> None:
    """Do the same for a reader, who must get an answer also while Redis is away: the next change of a dataset arms."""
    try:
        arm()
    except RedisError as error:
        log.warning("What is wished for is looked for later: %s", error)


def changed(sender: str, **_told: Any) -> None:
    """Arm the tick when a dataset was created or changed, once a minute at most: a harvest does it for each."""
    global _armed_at  # noqa: PLW0603
    if sender in CHANGES and (time.monotonic() - _armed_at > _REMIND or not _armed_at):
        _armed_at = time.monotonic()
        arm_quietly()


def tick() -> None:
    """Arm the next tick, unless nobody wishes for anything, and look."""
    if store.is_any():
        # First, so that a worker killed in the middle leaves the chain whole.
        arm()
        look()


def look() -> int:
    """Delete what is old, and look for what is left; tell how many letters were sent.

    A question that cannot be asked, and an address that takes no letter, cost only themselves: they wait for the next
    look.
    """
    store.delete_old()
    if not letters.can_send():
        return 0
    sent, end = 0, time.monotonic() + TURN
    for asked in store.waiting():
        if time.monotonic() > end:
            break
        try:
            store.looked(asked)
            sent += _look_for(asked)
        except Exception:
            model.Session.rollback()
            log.exception("A wish cannot be looked for: %s", asked)
    return sent


def _look_for(asked: Asked) -> int:
    found = searching.ask_as_visitor({"q": asked.question, "ext_place": asked.place}, rows=NAMED)
    # Where a question names a place that has nothing, the search shows what is elsewhere: that is not what they asked.
    elsewhere = (found.get("understood") or {}).get("everywhere")
    if found["count"] and not elsewhere:
        return sum(_tell(kept, found) for kept in store.who_wait(asked))
    if not store.was_put(asked):
        putting.put(asked)
    return 0


def _tell(kept: Wish, found: dict[str, Any]) -> bool:
    asked, language = Asked(kept.question, kept.place), kept.language
    titles = [in_language(one.get("title_translated"), language, one["title"]).value for one in found["results"]]
    forget = writing.forget_address(store.another(kept), language)
    search = writing.search_address(asked, language)
    letter = writing.wording(asked, language).found(found["count"], titles, search, forget)
    if not writing.send(kept, letter, forget):
        model.Session.rollback()
        return False
    store.delete(kept)
    return True


SUBSCRIPTIONS: dict[Signal, list[Callable[..., Any]]] = {tk.signals.action_succeeded: [changed]}
"""For ``ISignal.get_signal_subscriptions`` of the plugin."""
