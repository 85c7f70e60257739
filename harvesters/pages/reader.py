"""What the harvest pages know of their reader: language, time zone, rights."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.harvesters.engine.tables import now
from ckanext.harvesters.pages import moments


def language() -> str:
    """Return the language of the page being made."""
    return tk.h.lang() or "en"


def zone() -> tzinfo:
    """Return the time zone in which this portal shows times."""
    return ZoneInfo(str(tk.h.get_display_timezone()))


def context() -> Context:
    """Return a fresh context for an action or an authorization in the reader's name."""
    # ckanext-harvest's functions take model and session from here.
    user = tk.current_user
    return {"model": model, "session": model.Session, "user": user.name, "auth_user_obj": user}  # pyright: ignore[reportReturnType]


def may(action: str, **data: object) -> bool:
    """Tell whether the reader may do something."""
    try:
        return bool(tk.check_access(action, context(), dict(data)))
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False


def number(value: float) -> str:
    """Write a number."""
    return moments.number(value, language())


def brief(moment: datetime) -> str:
    """Write a UTC moment in as few words as are clear."""
    return moments.brief(moment, now(), zone(), language())


def clock(moment: datetime) -> str:
    """Write the time of day of a UTC moment."""
    return moments.clock(moment, zone(), language())


def day(moment: datetime) -> str:
    """Write the day of a UTC moment."""
    return moments.day(moment, zone(), language())


def duration(seconds: float) -> str:
    """Write how long something took."""
    return moments.duration(seconds, language())


def percent(part: int, whole: int) -> str:
    """Write a share."""
    return moments.percent(part, whole, language())
