"""Numbers, dates and sizes as each language writes them. Pure: the locale is always given."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from babel.dates import format_date
from babel.numbers import format_decimal

NO_BREAK = "\N{NO-BREAK SPACE}"
UNITS = ("B", "kB", "MB", "GB", "TB")


def number(value: float, locale: str) -> str:
    """Group thousands: with a no-break space in Dutch and French, with a comma in English."""
    if locale == "en":
        return format_decimal(value, locale="en")
    whole = format_decimal(value, locale=locale)
    return whole.replace(".", NO_BREAK).replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK)


def ordinal(value: int, locale: str) -> str:
    """Write a rank: ``2de``, ``8ste``, ``188ste``; ``1re``, ``2e`` (of a person: feminine); ``2nd``, ``11th``."""
    return number(value, locale) + _ORDINALS.get(locale, _english_ordinal)(value)


def _dutch_ordinal(value: int) -> str:
    last = value % 100
    return "ste" if last in (0, 1, 8) or last >= 20 else "de"


def _french_ordinal(value: int) -> str:
    return "re" if value == 1 else "e"


def _english_ordinal(value: int) -> str:
    return "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


_ORDINALS = {"nl": _dutch_ordinal, "fr": _french_ordinal}


def size(octets: float, locale: str) -> str:
    """Say how large a file is, in powers of a thousand: ``212 kB``, ``1,4 MB``."""
    unit = 0
    while octets >= 1000 and unit < len(UNITS) - 1:
        octets, unit = octets / 1000, unit + 1
    rounded = round(octets, 1 if octets < 10 and unit else 0)
    text = format_decimal(rounded, format="0.#", locale=locale)
    return f"{text}{NO_BREAK}{_octet(UNITS[unit], locale)}"


def _octet(unit: str, locale: str) -> str:
    """French counts in octets: ``ko``, ``Mo``."""
    return unit.replace("B", "o") if locale == "fr" else unit


def day(value: str | None, locale: str) -> str:
    """Write an ISO 8601 date or time as a day ("20 november 2026"); what is no date comes back as it is.

    A year or a year and a month alone stay that precise: nobody said on which day.
    """
    text = (value or "").strip()
    if len(text) == 4 and text.isdigit():
        return text
    try:
        if len(text) == 7:
            return format_date(datetime.strptime(text, "%Y-%m").date(), "MMMM y", locale=locale)  # noqa: DTZ007
        written = format_date(moment(text), "long", locale=_british(locale))
    except ValueError:
        return text
    return f"1er{written[1:]}" if locale == "fr" and written.startswith("1 ") else written


def time(value: datetime | str, locale: str, zone: tzinfo, *, hours: bool, seconds: bool) -> str:
    """Write a moment in a time zone: its day, and the time if asked for.

    A text without a zone is UTC; what is no date is "".
    """
    try:
        when = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except ValueError:
        return ""
    when = (when.replace(tzinfo=UTC) if when.tzinfo is None else when).astimezone(zone)
    written = day(when.date().isoformat(), locale)
    if not hours and not seconds:
        return written
    return f"{written}, {when:%H:%M:%S}" if seconds else f"{written}, {when:%H:%M}"


def moment(text: str) -> date:
    """Read the day of an ISO 8601 date or time; ValueError when it is neither."""
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return date.fromisoformat(text[:10])


def _british(locale: str) -> str:
    """Day before month in English, as people here write it."""
    return "en_GB" if locale == "en" else locale
