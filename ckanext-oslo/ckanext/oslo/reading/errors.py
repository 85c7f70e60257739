"""The one kind of error that reading a field raises."""

from __future__ import annotations


class FieldError(ValueError):
    """A value that its field cannot take.

    ``text`` is the English sentence and gettext's message id; ``parts`` fill its braces. ``language`` is set when the
    mistake is in one translation of the field.
    """

    def __init__(self, text: str, /, *, language: str | None = None, **parts: object) -> None:
        super().__init__(text.format(**parts))
        self.text = text
        self.parts = parts
        self.language = language


def _(text: str) -> str:
    """Mark a sentence for translation; CKAN translates it where it is shown."""
    return text
