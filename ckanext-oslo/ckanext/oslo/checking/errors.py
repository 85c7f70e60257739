"""What can go wrong when metadata is checked; the sentences are marked for translation and filled in by `text`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType


def _(message: str) -> str:
    """Mark a sentence for translation."""
    return message


class CheckingError(Exception):
    """Base of the family. ``template`` is a sentence with the names of ``parts`` in braces."""

    def __init__(self, template: str, **parts: object) -> None:
        self.template = template
        self.parts = {name: str(value)[:500] for name, value in parts.items()}
        super().__init__(template.format(**self.parts))

    def text(self, translate: Callable[[str], str]) -> str:
        """Say it in the language of ``translate`` (CKAN's ``toolkit._``)."""
        return translate(self.template).format(**self.parts)


class ShapesError(CheckingError):
    """A set of shapes that cannot be used."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(_("The shapes {name} cannot be used: {reason}"), name=name, reason=reason)


class UnknownStandardError(CheckingError):
    """There is nothing of this name to check against."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(_("There is no profile {name}. There are: {known}"), name=name, known=", ".join(known))


DOCUMENT_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "bytes": _("The document is larger than the {limit} bytes that are checked."),
        "statements": _("The document has more than the {limit} statements that are checked at once."),
        "type": _("“{type}” is not a type of RDF that can be checked. Send one of: {known}."),
        "syntax": _("The document has a mistake: {reason}"),
        "empty": _("There is no statement in the document."),
        "context": _("The document asks to load something from elsewhere; write it into the document: {reason}"),
        "entity": _("The document declares XML entities for others, or for files; they are not expanded: {reason}"),
        "deep": _("The document is nested more deeply than any description of data: {reason}"),
        "heavy": _("Reading the document took more time or memory than one of this size may."),
        "quoted": _("The document makes statements about statements, which no profile uses."),
        "address": _("Give the address of an RDF document, or the document itself."),
    }
)
"""Why a document is refused, by a stable code."""


class DocumentError(CheckingError):
    """An RDF document that is refused or cannot be read; says what and where."""

    def __init__(self, code: str, **parts: object) -> None:
        self.code = code
        super().__init__(DOCUMENT_TEXTS[code], **{"reason": "", "limit": "", **parts})
