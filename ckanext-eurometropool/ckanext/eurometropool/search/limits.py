"""What a search may not ask, and how it is told. Pure.

CKAN hands `q`, `fq` and `sort` to Solr as they come, and answers what Solr chokes on with the whole query in the error.
These bounds are far above any real question; what is over them gets one sentence that names the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MOST_LETTERS: Mapping[str, int] = {
    "q": 4_000,
    "fq": 40_000,
    "sort": 500,
    "qf": 2_000,
    "ext_place": 200,
    "ext_near": 200,
    "ext_bbox": 200,
    "ext_polygon": 40_000,
    "ext_point": 100,
    "ext_radius": 20,
    "ext_outline": 40,
}
#: Solr counts results in 32 bits; no catalogue of datasets is read so far page by page.
LAST_START = 10_000_000
MOST_FACETS = 30
#: Values of one facet that somebody outside may ask for; the portal itself asks for all municipalities with -1.
MOST_VALUES = 1_000
#: Fields of the index that tell who may see what.
NOT_TOLD = frozenset(["permission_labels"])

Translate = Callable[[str], str]


class AskedTooMuchError(ValueError):
    """A search that is not put to the index; the message is for who asked."""


def check(params: Mapping[str, Any], translate: Translate, *, outside: bool) -> None:
    """Refuse what no search can mean. `outside`: it comes through the API, not from the portal's own pages.

    Raises AskedTooMuchError with the first thing that is wrong.
    """
    for message in _wrong(params, translate, outside=outside):
        raise AskedTooMuchError(message)


def _wrong(params: Mapping[str, Any], _: Translate, *, outside: bool) -> Iterator[str]:
    extras = params.get("extras")
    if extras is not None and not isinstance(extras, Mapping):
        yield _("extras: this has to be an object such as {example}.").format(example='{"ext_place": "Kortrijk"}')
        extras = None
    said = {**(extras or {}), **params}
    for name, most in MOST_LETTERS.items():
        value = said.get(name)
        if isinstance(value, str) and len(value) > most:
            yield _("{name}: at most {most} characters; these are {found}.").format(
                name=name, most=most, found=len(value)
            )
        if isinstance(value, Mapping) or (isinstance(value, list) and name != "fq"):
            yield _("{name}: this has to be text.").format(name=name)
    if "{!" in str(said.get("q") or "") or "{!" in str(said.get("fq") or ""):
        yield _("q, fq: local parameters of Solr are not allowed.")
    if (start := _whole(said.get("start"))) is not None and start > LAST_START:
        yield _("start: at most {most}.").format(most=LAST_START)
    yield from _facets(said, _, outside=outside)
    if said.get("ext_bbox") not in (None, "") and not _is_box(said["ext_bbox"]):
        yield _(
            "ext_bbox: four numbers west,south,east,north in degrees, such as {example}; this is “{found}”."
        ).format(example="3.2,50.8,3.3,50.9", found=str(said["ext_bbox"])[:80])


def _facets(said: Mapping[str, Any], _: Translate, *, outside: bool) -> Iterator[str]:
    fields = said.get("facet.field")
    listed = fields if isinstance(fields, list) else str(fields or "").strip("[]").replace('"', "").split(",")
    if len(listed) > MOST_FACETS:
        yield _("facet.field: at most {most} fields.").format(most=MOST_FACETS)
    if outside and any(str(field).strip() in NOT_TOLD for field in listed):
        yield _("facet.field: {name} is not told.").format(name=", ".join(sorted(NOT_TOLD)))
    limit = _whole(said.get("facet.limit"))
    if outside and limit is not None and not 0 <= limit <= MOST_VALUES:
        yield _("facet.limit: from 0 to {most}.").format(most=MOST_VALUES)


def _whole(value: Any) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _is_box(value: Any) -> bool:
    """Tell whether a box is four finite numbers on this earth, the south below the north."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        return False
    try:
        west, south, east, north = (float(part) for part in parts)
    except (TypeError, ValueError):
        return False
    if not all(map(math.isfinite, (west, south, east, north))):
        return False
    return -90 <= south <= north <= 90 and -360 <= west <= 360 and -360 <= east <= 360
