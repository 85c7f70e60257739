"""Jobs that come again and again, or soon, on CKAN's job queue, however many callers ask for them.

Time is cut into slots and a job is named by its slot, so that a thousand callers arm one job. A worker with the
scheduler (``ckan jobs worker``, not ``--no-scheduler``) brings it onto the queue.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit
from rq.exceptions import DuplicateJobError

log = logging.getLogger(__name__)

KEPT = 86_400
"""How long a job that failed stays for a person to look at (seconds)."""


def arm(
    function: Callable[[], None], name: str, *, queue: str, after: float, every: float, ahead: int = 1, **options: Any
) -> None:
    """Put a job on the schedule of a queue, at the first border of a slot after a moment, unless it is there.

    :param function: what the job does; no arguments
    :param name: of the job, without its slot and the site's id
    :param after: a moment (seconds of the epoch, UTC)
    :param every: length of a slot (seconds)
    :param ahead: how many slots in a row get their job: with two, a worker that dies in one does not end the chain
    :param options: of RQ's ``create_job`` (``timeout``, ``meta``…)
    :raises redis.exceptions.RedisError: the queue cannot be reached
    """
    waiting = get_queue(queue)
    first = int(after // every) + 1
    for slot in range(first, first + ahead):
        job_id = f"{toolkit.config['ckan.site_id']}-{name}-{slot}"
        job = waiting.create_job(function, job_id=job_id, **{"result_ttl": 0, "failure_ttl": KEPT, **options})
        try:
            waiting.schedule_job(job, datetime.fromtimestamp(slot * every, UTC), unique=True)
        except DuplicateJobError:
            log.debug("%s is armed already", job_id)
