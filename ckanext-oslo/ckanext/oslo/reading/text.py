"""Plain text: what is taken out, and how long it may be."""

from __future__ import annotations

import re
import unicodedata

from ckanext.oslo.reading.errors import FieldError, _

# Everything in Unicode's "control" class but tab and line ends; Solr and XML refuse them, and they hide in copied text.
# The two noncharacters and lone surrogates are refused by PostgreSQL or by UTF-8 itself.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_SLUG = re.compile(r"[^a-z0-9]+")

LONGEST = 10_000
"""Characters of a text when its field sets no limit of its own."""


def clean(value: object) -> str:
    """Give text without control characters, with one kind of line end, and nothing around it."""
    text = value if isinstance(value, str) else str(value)
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def limited(value: object, limit: int = LONGEST) -> str:
    """Give clean text of at most ``limit`` characters.

    :raises FieldError: it is longer
    """
    text = clean(value)
    if len(text) > limit:
        raise FieldError(
            _("This text has {length} characters. At most {limit} fit here."), length=len(text), limit=limit
        )
    return text


def slug(text: str, limit: int = 90) -> str:
    """Make the part of an address that names a dataset: ASCII letters, digits and dashes, at least two characters."""
    text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("ß", "ss"))
    name = _SLUG.sub("-", text.encode("ascii", "ignore").decode().lower()).strip("-")[:limit].strip("-")
    return name if len(name) > 1 else f"dataset-{name}".strip("-")
