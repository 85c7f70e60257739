"""Answers for machines: cached as they may be, open to scripts of other sites, refusals in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from ckan.plugins import toolkit
from flask import Response, request
from flask_babel import force_locale
from werkzeug.datastructures import Headers

from ckanext.oslo.feeds.errors import FeedError, NotReadyError
from ckanext.oslo.feeds.formats import Format

ASK_AGAIN = "public, no-cache"
"""Keep it, and ask before each use whether it still holds: what is withdrawn must not live on in a cache."""
FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"
FOR_ONE = "private, no-store"

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match, If-Modified-Since",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
}


class Answer(Response):
    """An answer whose caching is what we say: CKAN writes its own to every response, after all hooks of plugins."""

    caching = ASK_AGAIN
    varies = "Accept"

    def get_wsgi_headers(self, environ: dict[str, object]) -> Headers:
        """Give the headers as they are sent."""
        headers = super().get_wsgi_headers(environ)
        headers["Cache-Control"] = self.caching
        if self.caching != FOR_ONE:
            headers["Vary"] = self.varies
            headers.remove("Set-Cookie")
            headers.update(_CORS)
        return headers


def answer(
    body: bytes | Iterable[bytes],
    form: Format,
    etag: str = "",
    changed: datetime | None = None,
    caching: str = ASK_AGAIN,
) -> Answer:
    """Send a document, or 304 to who has it already."""
    found = Answer(body, content_type=f"{form.media_type}; charset=utf-8")
    found.caching = caching
    if form.media_type in ("application/ld+json", "application/rdf+xml"):
        # Both say their encoding themselves; neither media type has the parameter.
        found.content_type = form.media_type
    return conditional(found, etag, changed)


def conditional(found: Answer, etag: str, changed: datetime | None) -> Answer:
    """Mark an answer with ETag and Last-Modified, and make it a 304 for who has this one already.

    Last-Modified has no parts of a second: as long as more can happen in the same one, it is not said.
    """
    if etag:
        found.set_etag(etag)
    if changed is not None:
        changed = changed.replace(tzinfo=UTC)
        if datetime.now(UTC) - changed.replace(microsecond=0) > timedelta(seconds=1):
            found.last_modified = changed
    found.make_conditional(request)
    if found.status_code == 304 and hasattr(found.response, "close"):
        found.response.close()  # pyright: ignore[reportAttributeAccessIssue]  # a generator that nobody will read
    return found


def refusal(error: FeedError) -> Answer:
    """Say in words, in the reader's language, why there is no such thing."""
    with reader_language() as language:
        found = Answer(f"{error}\n", status=error.status, content_type="text/plain; charset=utf-8")
    found.headers["Content-Language"] = language
    found.varies = "Accept, Accept-Language"
    if isinstance(error, NotReadyError):
        found.headers["Retry-After"] = str(error.retry_after)
    return found


@contextmanager
def reader_language() -> Iterator[str]:
    """Speak the language of the address (/nl/…), else the one the client prefers, else the site's."""
    default = toolkit.config.get("ckan.locale_default") or "en"
    offered = toolkit.config.get("ckan.locales_offered") or [default]
    language = request.environ.get("CKAN_LANG") or default
    if request.environ.get("CKAN_LANG_IS_DEFAULT", True):
        language = _preferred(offered) or default
    with force_locale(language):
        yield language


def _preferred(offered: list[str]) -> str | None:
    """Give the first language of the client's list that is offered; nl-BE is understood by who speaks nl."""
    for tag, quality in request.accept_languages:
        for one in offered:
            if quality > 0 and one.lower() == tag.lower().split("-")[0]:
                return one
    return None
