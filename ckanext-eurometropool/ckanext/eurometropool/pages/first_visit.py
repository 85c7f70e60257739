"""Meet a reader in their own language.

CKAN takes the language from the first part of the path (``/nl/dataset``). A page asked for without it is sent to the
language the reader chose before (a cookie), else to the one their browser prefers. Only pages people read are sent on:
the API, feeds, files and answers for machines stay where they are.
"""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from ckan.types import Response
from flask import Blueprint, redirect, request

from ckanext.eurometropool.pages.languages import negotiate

COOKIE = "portal_language"
A_YEAR = 365 * 24 * 60 * 60  # seconds
#: Blueprints that answer machines, or act and redirect.
NOT_READ = {"api", "dcat_json_interface", "feeds", "util", "webassets", "static", "resource", "s3_uploader"}


def welcome() -> Response | None:
    """Redirect the first visit without a language in its path to the reader's own (a ``before_request``)."""
    if not _is_page() or not request.environ.get("CKAN_LANG_IS_DEFAULT"):
        return None
    language = _wanted()
    if language is None or language == tk.config["ckan.locale_default"]:
        return None
    response = redirect(tk.h.url_for(tk.h.current_url(), locale=language))
    response.vary.update(("Accept-Language", "Cookie"))
    request.environ["__no_cache__"] = True  # for CKAN, which writes the header
    return response  # pyright: ignore[reportReturnType]  # werkzeug's class; Flask takes either


def remember(response: Response) -> Response:
    """Keep the language somebody reads in, for the next time they type the bare address (an ``after_request``)."""
    if not _is_page():
        return response
    if request.environ.get("CKAN_LANG_IS_DEFAULT"):
        response.vary.update(("Accept-Language", "Cookie"))
    elif request.cookies.get(COOKIE) != request.environ["CKAN_LANG"]:
        response.set_cookie(
            COOKIE,
            request.environ["CKAN_LANG"],
            max_age=A_YEAR,
            path=(tk.config.get("ckan.root_path") or "").replace("/{{LANG}}", "") or "/",
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def attach(blueprint: Blueprint) -> None:
    """Let the blueprint carry both hooks for the whole application."""
    blueprint.before_app_request(welcome)
    blueprint.after_app_request(remember)


def _is_page() -> bool:
    """Whether a browser asks for a page, in its address bar or through HTMX."""
    endpoint = request.endpoint or ""
    return (
        request.method in {"GET", "HEAD"}
        and bool(endpoint)
        and endpoint.split(".")[0] not in NOT_READ
        and not endpoint.endswith((".download", "_resource.view"))
        and "_format" not in (request.view_args or {})  # dcat answers for pages too, and for feeds by their ending
        and any(kind == "text/html" for kind, _quality in request.accept_mimetypes)
    )


def _wanted() -> str | None:
    offered = tk.config["ckan.locales_offered"] or list(tk.h.get_available_locales())
    chosen = request.cookies.get(COOKIE)
    if chosen in offered:
        return chosen
    return negotiate(list(request.accept_languages), offered)
