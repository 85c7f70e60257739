"""What can go wrong at a portal, as settings a test or an operator switches on while the portal answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.wrappers import Response

MAINTENANCE = "<!doctype html><html><body><h1>Onderhoud / Maintenance</h1></body></html>"


@dataclass(frozen=True)
class Faults:
    """The misbehaviour of one portal. Pages are counted from 1; the default is a healthy portal.

    ``empty_page_at`` puts in a page without a dataset, ``repeat_page_at`` serves the page before it once more,
    ``truncate_page_at`` cuts the body of that page in the middle, ``maintenance_page_at`` answers HTML with status
    200 under the media type of data. ``status_at`` maps a page to the HTTP status it answers with, ``status`` makes
    every request answer so; ``retry_after`` (seconds) is then sent along. ``delay`` (seconds) comes before each answer.
    """

    empty_page_at: int | None = None
    repeat_page_at: int | None = None
    truncate_page_at: int | None = None
    maintenance_page_at: int | None = None
    status_at: Mapping[int, int] = field(default_factory=dict)
    status: int | None = None
    retry_after: int | None = None
    delay: float = 0.0

    def before(self) -> Response | None:
        """Wait as told, and give the answer that stands in for every request, if there is one."""
        if self.delay:
            time.sleep(self.delay)
        return self.failure(self.status) if self.status else None

    def instead_of(self, page: int) -> Response | None:
        """Give the answer that stands in for this page, if there is one."""
        status = self.status_at.get(page)
        return self.failure(status) if status else None

    def failure(self, status: int) -> Response:
        """Make the error answer with this HTTP status."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Response(f"{status} at this portal\n", status=status, headers=headers, mimetype="text/plain")

    def spoil(self, page: int, response: Response) -> Response:
        """Damage a page on its way out: cut it, or put the maintenance page in its place."""
        if page == self.truncate_page_at:
            body = response.get_data()
            response.set_data(body[: len(body) // 2])
        elif page == self.maintenance_page_at:
            response.set_data(MAINTENANCE)
        return response

    def shifted(self, page: int) -> int | None:
        """Say which real page is served as this one: None for the empty page that was put in.

        For portals that give no total: the pages after an extra one move down, so that no record is lost.
        """
        if page == self.empty_page_at:
            return None
        later = sum(1 for at in (self.empty_page_at, self.repeat_page_at) if at is not None and page > at)
        return page - later - (1 if page == self.repeat_page_at else 0)
