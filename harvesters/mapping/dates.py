"""Dates and periods as portals write them → ISO 8601, or nothing where the date does not exist."""

from __future__ import annotations

import re
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
_PERIOD = re.compile(r"^\s*(?P<start>\S+)\s*(?:/|\.\.|–|—|\bto\b|\bau?\b|\btot\b)\s*(?P<end>\S+)\s*$")
_OPEN = re.compile(r"^\s*(?:(?P<start>[^\s/]+)\s*/\s*(?:\.\.)?|(?:\.\.)?\s*/\s*(?P<end>[^\s/]+))\s*$")
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
    """Return ``{"start", "end"}`` of a period in one string (``2010-01-01/2012-12-31``, ``2012-2015``), or None."""
    if len(text) > LENGTH_LIMIT:
        return None
    years = _YEARS.match(text)
    match = _PERIOD.match(text)
    open_ended = _OPEN.match(text)
    if years:
        ends = {"start": years[1], "end": years[2]}
    elif open_ended:
        ends = {"start": parse(open_ended["start"] or ""), "end": parse(open_ended["end"] or "")}
    elif match:
        ends = {"start": parse(match["start"]), "end": parse(match["end"])}
    else:
        one = parse(text)
        ends = {"start": one, "end": one} if one and len(one) <= 10 else {}
    found = {end: value for end, value in ends.items() if value}
    if len(found) == 2 and found["start"][:10] > found["end"][:10].ljust(10, "9"):
        return None
    return found or None
