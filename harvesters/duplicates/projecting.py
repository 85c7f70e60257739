"""Groups into the search index and the feeds: a copy is in neither, and a master says where else it is.

What the index holds is compared with the groups, so that nothing is lost when a process dies in between, or when the
index is made anew.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pysolr
import sqlalchemy as sa
from ckan import model
from ckan.lib.search.common import SearchIndexError, make_connection

from ckanext.harvesters.duplicates import standing
from ckanext.harvesters.duplicates.searching import IN_GROUPS, INDEXED_COPIES, INDEXED_COPY, Told
from ckanext.harvesters.engine import indexer
from ckanext.harvesters.engine.errors import RunEnded
from ckanext.oslo.feeds import due

log = logging.getLogger(__name__)

#: Datasets indexed with one commit.
_BATCH = 25


def project(only: Collection[str] | None = None, seconds: float | None = None) -> int:
    """Bring the index and the feeds to what the groups are; return how many datasets are left to do.

    ``only``: these datasets. ``seconds``: how long this may take; at least one batch is done. A search engine that is
    away leaves all to the next time.
    """
    end = None if seconds is None else time.monotonic() + seconds
    try:
        waiting = _waiting(only)
        begun = bool(waiting)
        while waiting:
            _index(waiting[:_BATCH])
            waiting = waiting[_BATCH:]
            if end is not None and time.monotonic() > end:
                break
        if begun:
            # CKAN's own commit does not wait until searches see it; the next look here is one.
            make_connection().commit(waitSearcher=True)
    except (SearchIndexError, pysolr.SolrError, RunEnded) as error:
        log.warning("Copies cannot be told to the search index now: %s", error)
        return 1
    return len(waiting)


def is_behind() -> bool:
    """Tell whether the index is not what the groups are; False when it cannot be asked."""
    try:
        return bool(_waiting(None))
    except pysolr.SolrError:
        return False


def _waiting(only: Collection[str] | None) -> list[str]:
    """Return the datasets of which the index does not hold what it should.

    New copies come first: a master can take over their IRI in the feeds once they have left them. Those that are no
    copies any more come last, when their master has given it back.
    """
    wanted, held = _wanted(), _held()
    differing = [
        one for one in {**wanted, **held} if wanted.get(one) != held.get(one) and (only is None or one in only)
    ]
    active = sa.select(model.Package.id).where(
        model.Package.id.in_(differing), model.Package.state == model.State.ACTIVE
    )
    there = set(model.Session.execute(active).scalars()) if differing else set()

    def turn(one: str) -> tuple[int, str]:
        now = wanted.get(one, Told())
        return (0 if now.copy_of else 1 if now.copies else 2), one

    return sorted((one for one in differing if one in there), key=turn)


def _wanted() -> dict[str, Told]:
    copies: dict[str, list[str]] = defaultdict(list)
    for one, master in standing.members().items():
        if one != master:
            copies[master].append(one)
    found = {master: Told(copies=tuple(sorted(ids))) for master, ids in copies.items()}
    return {**found, **{one: Told(copy_of=master) for master, ids in copies.items() for one in ids}}


def _held() -> dict[str, Told]:
    site = str(tk.config["ckan.site_id"]).replace('"', "")
    answer = make_connection(decode_dates=False).search(
        "*:*",
        fq=[f'+site_id:"{site}"', IN_GROUPS],
        fl=f"id,{INDEXED_COPY},{INDEXED_COPIES}",
        rows=1_000_000,
    )
    return {one["id"]: Told.read(one) for one in answer}


def _index(ids: list[str]) -> None:
    if p.plugin_loaded("oslo"):
        due.mark(ids)
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    indexer.index(ids, user)
    indexer.commit()
    # What the session has read is read anew for the next ones; in a request, its user stays.
    model.Session.commit()
