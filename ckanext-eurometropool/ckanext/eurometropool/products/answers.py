"""How the products answer over the web: cacheable JSON with ETag and CORS, and problems in words (RFC 9457)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Request, Response
from werkzeug.datastructures import ResponseCacheControl

from ckanext.eurometropool.products.errors import LANGUAGES, Text

GEOJSON = "application/geo+json"
JSON = "application/json"
PROBLEM = "application/problem+json"


class OpenResponse(Response):
    """An answer for every website, with a cache policy of its own.

    CKAN writes one policy (``ckan.cache_expires``) over every response after its view; ours is a header, and what
    CKAN then edits is a copy nobody sends.
    """

    @property
    def cache_control(self) -> ResponseCacheControl:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Give a copy of the policy that changes nothing."""
        return ResponseCacheControl()


def opened(response: Response, seconds: int) -> Response:
    """Let scripts of any website read an answer, and caches keep it for ``seconds``."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def preflight() -> Response:
    """Answer a browser that asks whether it may send If-None-Match from another website."""
    response = opened(OpenResponse(status=204), 86_400)
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def etag(request: Request, *parts: str) -> str:
    """Make the ETag of what this request asks, from what its answer depends on."""
    text = "\n".join([request.path, request.query_string.decode(errors="replace"), *parts])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def not_modified(request: Request, tag: str, seconds: int) -> Response | None:
    """Give the answer for a reader who has this very version already."""
    if not request.if_none_match.contains_weak(tag):
        return None
    response = opened(OpenResponse(status=304), seconds)
    response.set_etag(tag)
    return response


def document(content: Any, media_type: str, tag: str, seconds: int) -> Response:
    """Answer a JSON document."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    response = opened(OpenResponse(body, content_type=f"{media_type}; charset=utf-8"), seconds)
    response.set_etag(tag)
    return response


def problem(status: int, title: str, texts: Text, **more: str) -> Response:
    """Answer what is wrong, in the portal's languages. ``more`` is for programs: parameter, reason."""
    content = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": texts["en"],
        "detail_translated": {language: texts[language] for language in LANGUAGES},
        **more,
    }
    body = json.dumps(content, ensure_ascii=False)
    return opened(OpenResponse(body, status=status, content_type=f"{PROBLEM}; charset=utf-8"), 0)
