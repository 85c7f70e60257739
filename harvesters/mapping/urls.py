"""Web addresses as portals write them, put right where that is beyond doubt."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

#: Longest address kept (characters).
URL_LIMIT = 8_000

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_BARE_HOST = re.compile(r"^(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)+/)", re.IGNORECASE)
# What neither a URI nor an HTML attribute may hold bare.
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\"{}|\\^`\ud800-\udfff]")
_WITHIN = re.compile(r"https?://[^\s<>\"')\]]+")
_EMAIL = re.compile(r"^[^@\s<>\"(),:;]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$")


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return "" if "\ud800" <= char <= "\udfff" else f"%{ord(char):02X}"


@lru_cache(maxsize=2048)
def tidy(address: str, *, mail: bool = False) -> str | None:
    r"""Return an absolute http(s) address (with ``mail`` also mailto), or None where there is none.

    Put right: surrounding space, backslashes (``https:\\www.vmm.be``, also percent-encoded, as in the Flemish feed),
    a missing scheme before a host (``www.vmm.be``), spaces and braces inside. Two addresses in one are refused, as are
    all other schemes and addresses with credentials.
    """
    text = address.strip()
    if not text or len(text) > URL_LIMIT:
        return None
    head = re.match(r"^(https?):(?:\\|%5C|/)+", text, re.IGNORECASE)
    if head:
        text = f"{head[1].lower()}://{text[head.end() :]}"
    elif not _SCHEME.match(text) and _BARE_HOST.match(text):
        text = f"https://{text}"
    if mail and text[:7].lower() == "mailto:":
        return f"mailto:{text[7:]}" if email(text) else None
    if not text.startswith(("http://", "https://")) or re.search(r"\shttps?://", text):
        return None
    text = _UNSAFE.sub(_escape, text)
    try:
        parts = urlsplit(text)
        host, user = parts.hostname, parts.username
        parts.port  # noqa: B018  (raises ValueError for a port that is none)
    except ValueError:
        return None
    if not host or user is not None or (host != "localhost" and "." not in host and ":" not in host):
        return None
    return text


def segment(text: str) -> str:
    """Return a text as one segment of an address' path; what is no character (a lone surrogate) becomes ``?``."""
    return quote(text, safe="", errors="replace")


def within(text: str) -> list[str]:
    """Return the web addresses in a sentence, without the full stop behind them."""
    return [found.rstrip(".,;:") for found in _WITHIN.findall(text)]


def email(address: str) -> str | None:
    """Return a mail address without ``mailto:``, or None where there is none (or a header is being smuggled in)."""
    text = address.strip()
    if text[:7].lower() == "mailto:":
        text = unquote(text[7:]).strip()
    return text if len(text) <= 254 and _EMAIL.match(text) else None


def same_host(address: str, other: str) -> bool:
    """Tell whether two addresses have the same scheme, host and port."""
    try:
        one, two = urlsplit(address), urlsplit(other)
        return (one.scheme, one.hostname, one.port) == (two.scheme, two.hostname, two.port) and bool(one.hostname)
    except ValueError:
        return False


def extension(address: str) -> str:
    """Return the file extension at the end of an address' path, lower case without the dot, or ""."""
    try:
        name = urlsplit(address).path.rpartition("/")[2]
    except ValueError:
        return ""
    stem, dot, end = name.rpartition(".")
    if end.lower() in ("gz", "zip") and stem.lower().endswith((".csv", ".json", ".xml", ".geojson")):
        end = stem.rpartition(".")[2]
    return end.lower() if dot and stem and 2 <= len(end) <= 8 and end.isalnum() else ""
