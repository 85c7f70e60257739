"""Dates and periods as portals write them → ISO 8601, or nothing where the date does not exist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

#: Years a description of today's data may speak of (palaeontology sits in the words, not in the date fields).
FIRST_YEAR, LAST_YEAR = 1000, 2200
#: No date or period is longer (characters).
LENGTH_LIMIT = 100

_ISO = re.compile(
    r"^(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"^(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})$")
# What stands between the two ends of a period, and before the first.
_BETWEEN = re.compile(r"\s*(?:/|\.\.|–|—|\s-\s|\b(?:to|au?|until|tot(?: en met)?|t/m|jusqu['’]au)\b)\s*", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:(?:du|de|van)|(?P<open>depuis|vanaf|from|since|sinds))\s+", re.IGNORECASE)
#: What stands where an end is open.
_NO_END = frozenset({"", "..", "/", "."})
_YEARS = re.compile(r"^\s*(\d{4})\s*[-/–]\s*(\d{4})\s*$")


def parse(text: str) -> str | None:
    """Return a date as ``YYYY-MM-DD``, a moment as ``YYYY-MM-DDTHH:MM:SS`` (with ``+00:00`` where it had a zone).

    A year or a month alone stays what it is (``2019``, ``2019-05``): nothing is invented. Fractions of a second are
    dropped, zones become UTC. Day-first dates (14/09/2014) are read as such. None when no such date exists.
    """
    text = text.strip()
    if len(text) > LENGTH_LIMIT:
        return None
    match = _ISO.match(text) or _DAY_FIRST.match(text)
    if not match:
        return None
    parts = match.groupdict()
    year = int(parts["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        if parts["month"] is None or parts["day"] is None:
            return _partial(parts)
        day = date(year, int(parts["month"]), int(parts["day"]))
        if parts.get("hour") is None:
            return day.isoformat()
        return _moment(day, parts)
    except ValueError:
        return None


def _partial(parts: dict[str, str | None]) -> str | None:
    if parts.get("hour") is not None:
        return None
    if parts["month"] is None:
        return parts["year"]
    first = date(int(parts["year"] or 0), int(parts["month"]), 1)
    return f"{first:%Y-%m}"


def _moment(day: date, parts: dict[str, str | None]) -> str:
    zone = parts["zone"] or ""
    offset = zone.upper().replace("Z", "+00:00")
    clock = f"{parts['hour']}:{parts['minute']}:{parts['second'] or '00'}"
    moment = datetime.fromisoformat(f"{day.isoformat()}T{clock}{offset}")
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")


def period(text: str) -> dict[str, str] | None:
    """Return ``{"start", "end"}`` of a period in one string, or None.

    ``2010-01-01/2012-12-31``, ``2012-2015``, ``du 01/01/2010 au 31/12/2012``; one date is a period of that day, month
    or year, and an end that is open (``2010-01-01/..``, ``depuis 2010``) is left out.
    """
    text = text.strip()
    if len(text) > LENGTH_LIMIT:
        return None
    before = _BEFORE.match(text)
    text = text[before.end() :] if before else text
    ends: Mapping[str, str | None]
    if years := _YEARS.match(text):
        ends = {"start": years[1], "end": years[2]}
    elif one := parse(text):  # before two are looked for: 01/01/2010 has slashes
        if len(one) > 10:
            return None
        ends = {"start": one} if before and before["open"] else {"start": one, "end": one}
    else:
        ends = _ends(text)
    found = {end: value for end, value in ends.items() if value}
    if len(found) == 2 and found["start"][:10] > found["end"][:10].ljust(10, "9"):
        return None
    return found or None


def _ends(text: str) -> dict[str, str | None]:
    """Return the two ends around what stands between them, wherever that makes two dates, or one of an open period."""
    for between in _BETWEEN.finditer(text):
        first, last = text[: between.start()].strip(), text[between.end() :].strip()
        start, end = parse(first), parse(last)
        if (start or first in _NO_END) and (end or last in _NO_END):
            return {"start": start, "end": end}
    return {}
