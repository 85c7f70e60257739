"""Which format a client wants, by its Accept header (RFC 9110 §12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept

from ckanext.oslo.feeds.formats import Format

PAGE = "text/html"
_PAGES = ("text/html", "application/xhtml+xml")


def preferred(accept: MIMEAccept, formats: Sequence[Format]) -> Format | None:
    """Give the format a client wants most; the first of ``formats`` when it takes anything, None when it takes none.

    Of formats that a client wants equally the one it names itself comes first, then the order of ``formats``.
    """
    if not accept:
        return formats[0]
    best = max(formats, key=lambda one: (_quality(accept, one.media_type), _named(accept, one)))
    return best if _quality(accept, best.media_type) > 0 else None


def instead_of_a_page(accept: MIMEAccept, formats: Sequence[Format]) -> Format | None:
    """Give the format a client wants rather than the page for people, or None: who does not say gets the page.

    Only a format that is named counts: ``*/*`` is what browsers and command lines send.
    """
    named = [one for one in formats if _named(accept, one)]
    best = max(named, key=lambda one: _quality(accept, one.media_type), default=None)
    if best is None:
        return None
    page = max((_quality(accept, kind) for kind in _PAGES if kind in dict(accept)), default=0.0)
    return best if _quality(accept, best.media_type) > page else None


def _named(accept: MIMEAccept, one: Format) -> bool:
    return any(kind.split(";")[0].strip() == one.media_type and quality > 0 for kind, quality in accept)


def _quality(accept: MIMEAccept, media_type: str) -> float:
    """Give the quality of the most specific range that takes the type: ``text/turtle;q=0`` wins over ``*/*``."""
    group = media_type.split("/")[0]
    ranges = {kind.split(";")[0].strip().lower(): quality for kind, quality in accept}
    for wanted in (media_type, f"{group}/*", "*/*"):
        if wanted in ranges:
            return ranges[wanted]
    return 0.0
