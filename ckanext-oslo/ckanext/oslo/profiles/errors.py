"""What can go wrong when a dataset is written as RDF."""

from __future__ import annotations

LONGEST_SHOWN = 200


class ProfileError(Exception):
    """Any mistake of this package."""


class UnknownProfileError(ProfileError, LookupError):
    """There is no profile of this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(f"There is no profile {name!r}. There are: {', '.join(known)}")


class NotWritableError(ProfileError, ValueError):
    """A dataset that no graph can hold; says which field and which value.

    ``field`` is the schema's name, with the place in a list (``resources/2/url``); ``value`` is cut to 200 characters.
    """

    def __init__(self, field: str, value: object, reason: str) -> None:
        self.field = field
        self.value = repr(value)[:LONGEST_SHOWN]
        self.reason = reason
        super().__init__(f"{field}: {reason} ({self.value})")
