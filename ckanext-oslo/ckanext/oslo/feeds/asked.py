"""What a reader asks of a feed, read from the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import sqlalchemy as sa

from ckanext.oslo import profiles
from ckanext.oslo.feeds import errors
from ckanext.oslo.feeds.tables import FeedEntry

LONGEST = 500
_PAGE = re.compile(r"[1-9][0-9]{0,6}")
_POSITION = re.compile(r"[0-9]{1,18}")
_MUNICIPALITY = re.compile(r"[A-Z]{2}-[0-9A-Z]{2,10}")
_FILTERS = ("publisher", "municipality", "theme")


@dataclass(frozen=True)
class Asked:
    """Which datasets, in which profile, and which page of them.

    ``after`` is the position in the feed of the last dataset of the page before: pages that are followed from link to
    link have each dataset once, whatever changes meanwhile. ``page`` alone counts from the start.
    """

    profile: str = profiles.DEFAULT
    page: int = 1
    after: int | None = None
    modified_since: datetime | None = None
    publisher: str = ""
    municipality: str = ""
    theme: str = ""
    type: str = ""
    q: str = ""
    fq: str = ""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Give the SQL conditions of everything but the page and the search."""
        found = [FeedEntry.profile == self.profile, FeedEntry.turtle.is_not(None)]
        found += [getattr(FeedEntry, name).contains([getattr(self, name)]) for name in _FILTERS if getattr(self, name)]
        if self.type:
            found.append(FeedEntry.type == self.type)
        if self.modified_since is not None:
            found.append(FeedEntry.changed >= self.modified_since)
        return found

    def address(self, base: str, page: int, after: int | None = None) -> str:
        """Give the address of a page of the same question; ``base`` is the address without a question."""
        other = replace(self, page=page, after=after)
        said = {name: str(value) for name, value in vars(other).items() if value not in ("", None)}
        if other.modified_since is not None:
            said["modified_since"] = f"{other.modified_since.isoformat()}Z"
        if other.profile == profiles.DEFAULT:
            del said["profile"]
        return f"{base}?{urlencode(sorted(said.items()))}"


def read(arguments: Mapping[str, str]) -> Asked:
    """Read what is asked from an address's arguments.

    :raises FeedError: one of them cannot be
    """
    texts = {name: _text(name, arguments.get(name, "")) for name in ("publisher", "theme", "type", "q", "fq")}
    return Asked(
        profile=profile_of(arguments),
        page=_page(arguments.get("page", "")),
        after=_after(arguments.get("after", "")),
        modified_since=_moment(arguments.get("modified_since", "")),
        municipality=_municipality(arguments.get("municipality", "")),
        **texts,
    )


def profile_of(arguments: Mapping[str, str]) -> str:
    """Read the profile; ``profiles`` is what ckanext-dcat calls it, whose older names of ours are known.

    :raises UnknownProfileError: there is none of this name
    """
    name = arguments.get("profile") or arguments.get("profiles") or profiles.DEFAULT
    name = {"oslo_dcat_ap": profiles.DEFAULT, "euro_dcat_ap_3": profiles.DEFAULT}.get(name, name)
    if name not in profiles.NAMES:
        raise errors.UnknownProfileError(name)
    return name


def _page(value: str) -> int:
    if value and not _PAGE.fullmatch(value):
        raise errors.BadPageError(value)
    return int(value or 1)


def _after(value: str) -> int | None:
    if value and not _POSITION.fullmatch(value):
        raise errors.BadPageError(value)
    return int(value) if value else None


def _municipality(value: str) -> str:
    if value and not _MUNICIPALITY.fullmatch(value):
        raise errors.BadMunicipalityError(value)
    return value


def _moment(value: str) -> datetime | None:
    """Read a day or a moment as UTC. A plus that nobody encoded has come as a space."""
    if not value:
        return None
    for text in (value, value.replace(" ", "+")):
        try:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            continue
    raise errors.BadDateError(value)


def _text(name: str, value: str) -> str:
    if len(value) > LONGEST or "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise errors.BadFilterError(name, value)
    return value
