"""Web addresses, names of things (URIs) and e-mail addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ckanext.oslo.reading.errors import FieldError, _
from ckanext.oslo.reading.text import limited

LONGEST = 4_000
"""Characters of a web address; data.gouv.fr has real ones past 2,000."""

_EMAIL = re.compile(r"[^@\s<>\"'(),:;]+@[^@\s<>\"'(),:;]+\.[^@\s<>\"'(),:;.]{2,}")
_SPACE = re.compile(r"\s")
_NEVER_IN_ONE = re.compile(r"[<>\"`\\]")
_URN = re.compile(r"(?:urn|doi|ark|info|tag|mailto|tel):\S+", re.IGNORECASE)


def read_link(value: object) -> str:
    """Give a web address that a person may safely follow: http, https or ftp, with a host, without a password in it.

    :raises FieldError: it is not one
    """
    text = limited(value, LONGEST)
    if _SPACE.search(text):
        raise FieldError(_("A web address has no spaces. Write a space in it as %20."))
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _port = parts.port  # raises on a port that is no number
    except ValueError as error:
        raise FieldError(_("This is not a web address. Copy it from the address bar of your browser.")) from error
    if parts.scheme.lower() not in ("http", "https", "ftp") or not host:
        raise FieldError(_("A web address starts with https://, http:// or ftp://."))
    if parts.username or parts.password:
        raise FieldError(_("Leave the user name and password out of the web address: everyone can read it here."))
    if _NEVER_IN_ONE.search(text):
        raise FieldError(_("This is not a web address. Copy it from the address bar of your browser."))
    return text


def read_uri(value: object) -> str:
    """Give the URI that names a thing: a web address, or a urn, doi, ark, info or tag.

    :raises FieldError: it is not one
    """
    text = limited(value, LONGEST)
    return text if _URN.fullmatch(text) else read_link(text)


def read_email(value: object) -> str:
    """Give an e-mail address, without ``mailto:``.

    :raises FieldError: it is not one
    """
    text = limited(value, 254).removeprefix("mailto:")
    if not _EMAIL.fullmatch(text):
        raise FieldError(_("This is not an e-mail address. One looks like name@municipality.be."))
    return text
