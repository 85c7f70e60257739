"""Dates as people in the three countries write them, kept as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime

from ckanext.oslo.reading.errors import FieldError, _

_YEAR_MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_DURATION = re.compile(r"-?P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")


def read_date(value: object) -> str:
    """Give a date as ISO 8601: ``2026-11-22``, ``2026-11``, ``2026`` or, with a time, ``2026-11-22T14:05:00+01:00``.

    Taken: ``22/11/2026`` (day first, with ``/``, ``-`` or ``.``), ``2026-11-22``, ISO date-times, and XSD dates with a
    time zone (which a date cannot use: it is left out).

    :raises FieldError: no date, or one that no calendar has
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value).strip()
    if _YEAR_MONTH.fullmatch(text):
        return text
    if found := _DAY_FIRST.fullmatch(text):
        return _day(text, *(int(part) for part in reversed(found.groups())))
    if found := _YEAR_FIRST.fullmatch(re.sub(r"(Z|[+-]\d{2}:\d{2})$", "", text) if len(text) > 10 else text):
        return _day(text, *(int(part) for part in found.groups()))
    if _MOMENT.fullmatch(text):
        try:
            return datetime.fromisoformat(_FRACTION.sub(r"\1", text)).isoformat()
        except ValueError as error:
            raise _absent(text) from error
    raise FieldError(_("“{value}” is not a date. Write day, month, year: 22/11/2026."), value=_short(text))


def read_duration(value: object) -> str:
    """Give an XSD duration such as ``P1M`` or ``PT15M``.

    :raises FieldError: it is not one
    """
    text = str(value).strip().upper()
    if not _DURATION.fullmatch(text) or text.endswith(("P", "T")):
        raise FieldError(_("Write a period like P1D (a day), P1M (a month), P1Y (a year) or PT15M (15 minutes)."))
    return text


def _day(text: str, year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise _absent(text) from error


def _absent(text: str) -> FieldError:
    return FieldError(_("{value} does not exist. Write day, month, year."), value=_short(text))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
