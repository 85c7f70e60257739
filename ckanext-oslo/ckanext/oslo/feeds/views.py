"""The addresses of the feeds. Those that ckanext-dcat has too are ours when ``oslo`` stands before ``dcat``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from ckan import model
from flask import Blueprint, Response, request

from ckanext.oslo.feeds import asked, catalogue, datasets, dumps, errors, formats, stream
from ckanext.oslo.feeds.answers import FOR_EVER, FOR_ONE, SHORT, Answer, answer, conditional, refusal
from ckanext.oslo.feeds.formats import DATASET_FORMATS, STREAM_FORMATS, Format
from ckanext.oslo.feeds.negotiation import instead_of_a_page, preferred
from ckanext.oslo.profiles.config import portal_from_config

feeds = Blueprint("oslo_feeds", __name__)

View = Callable[..., Answer]
_HOMES = ("home.index", "dcat.read_catalog")
_METHODS: Any = {"methods": ["GET", "OPTIONS"], "provide_automatic_options": False}


def _refusing(view: View) -> View:
    """Answer what a view refuses in words."""

    @wraps(view)
    def answering(*args: Any, **kwargs: Any) -> Answer:
        if request.method == "OPTIONS":
            # A script of another site asks whether it may send If-None-Match.
            return Answer(status=204)
        try:
            return view(*args, **kwargs)
        except errors.FeedError as error:
            # What was read so far is of no more use, and a search that failed may have broken the transaction.
            model.Session.rollback()
            return refusal(error)

    return answering


def _form(name: str) -> Format:
    form = formats.named(name)
    if form is None:
        raise errors.UnknownFormatError(name, DATASET_FORMATS)
    return form


@feeds.route("/catalog.<_format>", **_METHODS)
@_refusing
def page(_format: str) -> Answer:
    """Answer with a page of the catalogue."""
    return _page(_form(_format))


def _page(form: Format) -> Answer:
    found = catalogue.page(asked.read(request.args), form)
    return answer(b"".join(found.pieces), form, found.etag, found.changed)


@feeds.route("/dataset/<_id>.<_format>", endpoint="dataset", **_METHODS)
@feeds.route("/dataset_series/<_id>.<_format>", endpoint="dataset_series", **_METHODS)
@_refusing
def dataset(_id: str, _format: str) -> Answer:
    """Answer with one dataset."""
    return _dataset(_id, _form(_format))


def _dataset(name: str, form: Format) -> Answer:
    profile = asked.profile_of(request.args)
    found = datasets.published(name, profile, form)
    if found is not None:
        return answer(b"".join(found.pieces), form, found.etag, found.changed)
    return answer(b"".join(datasets.draft(name, profile, form)), form, caching=FOR_ONE)


@feeds.route("/dump/<profile>.<_format>.gz", **_METHODS)
@_refusing
def dump(profile: str, _format: str) -> Answer:
    """Answer with all of a profile, compressed."""
    profile, form = asked.profile_of({"profile": profile}), _form(_format)
    document = dumps.dump(profile, form)
    found = Answer(document.pieces, content_type="application/gzip")
    found.headers["Content-Disposition"] = f'attachment; filename="{profile}.{form.name}.gz"'
    return conditional(found, document.etag, document.changed)


@feeds.route("/ldes", **_METHODS)
@_refusing
def stream_of() -> Answer:
    """Answer with the event stream of the profile that is asked for."""
    return _node(asked.profile_of(request.args), None)


@feeds.route("/ldes/<profile>", **_METHODS)
@_refusing
def stream_root(profile: str) -> Answer:
    """Answer with a profile's event stream."""
    return _node(asked.profile_of({"profile": profile}), None)


@feeds.route("/ldes/<profile>/<place>", **_METHODS)
@_refusing
def stream_page(profile: str, place: str) -> Answer:
    """Answer with a page of a profile's event stream."""
    name = asked.profile_of({"profile": profile})
    if not (place.isascii() and place.isdigit() and len(place) <= 12):
        raise errors.NoSuchPageError(place)
    return _node(name, int(place))


def _node(profile: str, place: int | None) -> Answer:
    form = preferred(request.accept_mimetypes, STREAM_FORMATS)
    if form is None:
        raise errors.NotAcceptableError(str(request.accept_mimetypes), STREAM_FORMATS)
    catalogue.ready()
    site_url = portal_from_config().site_url
    node = stream.root(profile, site_url) if place is None else stream.page(profile, place, site_url)
    body = stream.written(node, form)
    etag = hashlib.sha256(body).hexdigest()[:40]
    return answer(body, form, etag, caching=FOR_EVER if node.finished else SHORT)


# Pages for people, asked for by machines


@feeds.before_app_request
def negotiate() -> Response | None:
    """Answer with RDF where a client wants it rather than the page for people at this address."""
    if request.method not in ("GET", "HEAD"):
        return None
    name = _dataset_of_page()
    if name is None and not _is_home():
        return None
    form = instead_of_a_page(request.accept_mimetypes, DATASET_FORMATS)
    if form is None:
        return None
    return _refusing(lambda: _page(form) if name is None else _dataset(name, form))()


@feeds.after_app_request
def vary(response: Response) -> Response:
    """Tell caches that the address of a page has more than the page."""
    if request.method in ("GET", "HEAD") and (_dataset_of_page() is not None or _is_home()):
        response.vary.add("Accept")
    return response


def _is_home() -> bool:
    return request.endpoint in _HOMES and "_format" not in (request.view_args or {})


def _dataset_of_page() -> str | None:
    """Give the dataset whose page is asked for."""
    arguments = request.view_args or {}
    endpoint = request.endpoint or ""
    if endpoint == "dcat.read_dataset":
        return None if "_format" in arguments else arguments.get("_id")
    if endpoint.endswith(".read") and "package_type" in arguments and "resource_id" not in arguments:
        return arguments.get("id")
    return None
