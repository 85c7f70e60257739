"""The files of a dataset that stand behind a link, page by page, as in version 2 of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.harvesters.mapping import json_records, urls
from ckanext.harvesters.paging import ask, shortfall
from ckanext.harvesters.reasons import Reason
from ckanext.harvesters.records import Client, SourceError, shorten

JSON = "application/json"
#: Pages of one dataset's files: at 50 a page, three times what the largest real one has (3,000).
_MOST = 200


def with_files(client: Client, item: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    """Return a dataset of a list with its files in place of the link to them; as it is when it has no such link.

    ``{"resources": {"rel": "subsection", "href": "…/resources/?page=1&page_size=50", "total": 3}}``. Raises
    `SourceError` when not all of them can be had: half the files would be taken for all.
    """
    link = item.get("resources")
    if not isinstance(link, dict):
        return item
    following, total = link.get("href"), link.get("total")
    found: list[Any] = []
    visited: set[str] = set()
    while following and total != 0:
        if not isinstance(following, str) or not urls.same_host(following, url):
            raise SourceError(Reason.NEXT_PAGE_ELSEWHERE, url, following)
        if following in visited:
            raise SourceError(Reason.PAGE_REPEATED, url, following)
        if len(visited) == _MOST:
            raise SourceError(Reason.TOO_MANY_PAGES, url, _MOST)
        visited.add(following)
        listed = json_records.read_list(ask(client, following, JSON).content, "data", following)
        if listed.problems:
            raise SourceError(listed.problems[0].reason, following, listed.problems[0].value)
        found += listed.items
        total = total if listed.total is None else listed.total
        following = listed.envelope.get("next_page")
    promised = total if isinstance(total, int) and not isinstance(total, bool) else None
    for problem in shortfall(len(found), promised, "total", url):
        raise SourceError(problem.reason, url, shorten(problem.value))
    return {**item, "resources": found}
