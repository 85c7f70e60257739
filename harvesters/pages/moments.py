"""Times, durations and numbers as each language writes them. Pure: locale, time zone and the present are given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


def number(value: float, locale: str) -> str:
    """Group thousands: with a no-break space in Dutch and French, with a comma in English."""
    whole = format_decimal(value, locale=_british(locale))
    return whole if locale == "en" else whole.replace(".", NO_BREAK).replace(NARROW, NO_BREAK)


def percent(part: int, whole: int, locale: str) -> str:
    """Write a share with one decimal, "0%" when there is nothing to share."""
    return format_percent(part / whole if whole else 0, "#,##0.#%", locale=_british(locale)).replace(
        "%", "%" if locale == "en" else f"{NO_BREAK}%"
    )


def clock(moment: datetime, zone: tzinfo, locale: str) -> str:
    """Write the time of day of a UTC moment without zone ("04:17"), naming the zone when that is UTC itself."""
    local = _local(moment, zone)
    written = format_time(local, "HH:mm", tzinfo=zone, locale=_british(locale))
    return written if local.utcoffset() or str(zone) != "UTC" else f"{written}{NO_BREAK}UTC"


def day(moment: datetime, zone: tzinfo, locale: str) -> str:
    """Write the day of a UTC moment without zone: "21 november 2026"."""
    written = format_date(_local(moment, zone).date(), "long", locale=_british(locale))
    return f"1er{written[1:]}" if locale == "fr" and written.startswith("1 ") else written


def brief(moment: datetime, present: datetime, zone: tzinfo, locale: str) -> str:
    """Write a moment as short as it stays clear: the time today, weekday and time within six days, else the date."""
    local, today = _local(moment, zone).date(), _local(present, zone).date()
    if local == today:
        return clock(moment, zone, locale)
    if abs(local - today) < timedelta(days=7):
        weekday = format_datetime(_local(moment, zone), "EEEE", tzinfo=zone, locale=_british(locale))
        return f"{weekday} {clock(moment, zone, locale)}"
    if local.year == today.year:
        return format_skeleton("MMMd", _local(moment, zone), tzinfo=zone, locale=_british(locale))
    return format_date(local, "medium", locale=_british(locale))


def duration(seconds: float, locale: str) -> str:
    """Write how long something took: "0.8 s", "7 min 40 s", "2 h 5 min" (in Dutch "2 u 5 min")."""
    if seconds < 10:
        return f"{format_decimal(round(seconds, 1), locale=_british(locale))}{NO_BREAK}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{NO_BREAK}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min" + (f" {rest}{NO_BREAK}s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{NO_BREAK}{'u' if locale == 'nl' else 'h'}" + (f" {minutes}{NO_BREAK}min" if minutes else "")


def iso(moment: datetime) -> str:
    """Write a UTC moment without zone for machines."""
    return moment.isoformat(timespec="seconds") + "Z"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone)


def _british(locale: str) -> str:
    """Day before month in English, as people here write it."""
    return "en_GB" if locale == "en" else locale
