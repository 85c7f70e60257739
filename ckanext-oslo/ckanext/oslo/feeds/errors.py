"""What can be wrong with what somebody asks a feed, in words, with the HTTP status that says so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from ckan.plugins import toolkit

from ckanext.oslo import profiles
from ckanext.oslo.feeds.formats import Format

LONGEST_SHOWN = 100


class FeedError(Exception, ABC):
    """Any refusal of this room. ``str()`` is the sentence in the language of the request."""

    status = 400

    def __init__(self, value: str = "", **parts: str) -> None:
        self.parts = {"value": _printable(value), **parts}
        super().__init__(value)

    @property
    @abstractmethod
    def sentence(self) -> str:
        """What to tell, with the places of `parts` in braces."""

    def __str__(self) -> str:
        return self.sentence.format(**self.parts)


class UnknownProfileError(FeedError):
    """There is no profile of this name."""

    status = 404

    def __init__(self, value: str) -> None:
        super().__init__(value, known=", ".join(profiles.NAMES))

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("There is no profile “{value}”. There are: {known}.")


class UnknownFormatError(FeedError):
    """The address ends in a format that there is not."""

    status = 404

    def __init__(self, value: str, formats: Iterable[Format]) -> None:
        super().__init__(value, known=", ".join(one.name for one in formats))

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("There is no format “{value}”. There are: {known}.")


class NotAcceptableError(FeedError):
    """The Accept header names nothing that there is."""

    status = 406

    def __init__(self, value: str, formats: Iterable[Format]) -> None:
        super().__init__(value, known=", ".join(one.media_type for one in formats))

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("This is not to be had as “{value}”. It is to be had as: {known}.")


class BadPageError(FeedError):
    """No page has this number."""

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("“{value}” is no number of a page: pages are numbered from 1.")


class BadDateError(FeedError):
    """A text that is no date."""

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("“{value}” is no date: write it as 2026-11-22 or 2026-11-22T10:00:00Z.")


class BadMunicipalityError(FeedError):
    """A text that is no key of a municipality."""

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("“{value}” is no key of a municipality: a key is the country and the code, as BE-34022.")


class BadFilterError(FeedError):
    """A text that nothing can be called by."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(value, name=name)

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("“{value}” is not possible for “{name}”.")


class BadSearchError(FeedError):
    """The search engine does not understand the question."""

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("The search “{value}” is not understood.")


class NoSuchDatasetError(FeedError):
    """There is no such dataset, or not everybody may see it: who may not is not told which."""

    status = 404

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("There is no dataset “{value}”.")


class NotInProfileError(FeedError):
    """The profile is not made for this dataset."""

    status = 404

    def __init__(self, value: str, profile: str) -> None:
        super().__init__(value, profile=profile)

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("The dataset “{value}” is not in the profile {profile}, which is made for other datasets.")


class NotWrittenError(FeedError):
    """The dataset holds something that no graph can hold."""

    status = 404

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("The dataset “{value}” cannot be written as RDF; its keepers can see why.")


class NoSuchPageError(FeedError):
    """The event stream has no such page."""

    status = 404

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("The stream has no page “{value}”.")


class NotReadyError(FeedError):
    """Too much has to be written before the answer would be whole, and half a catalogue reads like deletions."""

    status = 503
    retry_after = 30

    @property
    def sentence(self) -> str:
        """What to tell."""
        return toolkit._("{value} datasets are still being written. Please ask again in half a minute.")


def _printable(value: str) -> str:
    """Cut what was sent, and show nothing that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in value[:LONGEST_SHOWN])
