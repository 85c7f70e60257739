"""The blueprints of the portal's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckan.config.middleware.flask_app import csrf
from ckan.plugins import toolkit as tk
from ckan.types import Response
from flask import Blueprint, make_response, request

from ckanext.eurometropool.pages import (
    collection_page,
    dataset_picture,
    first_visit,
    following,
    home,
    letters,
    link_correction,
    places,
    previews,
    reporting,
    searching,
    sitemap,
    usage,
)
from ckanext.eurometropool.pages.map_page import map_page
from ckanext.eurometropool.pages.municipality_page import municipality_page
from ckanext.eurometropool.pages.previews import NoPreview

EXAMPLE_PLACE = "BE-34022"

portal = Blueprint("portal", __name__)
first_visit.attach(portal)
portal.after_app_request(usage.count)


@portal.route("/municipality")
def municipalities() -> str | Response:
    """List the municipalities by region; ``q`` (a name or postcode) leads to the page of the one it means."""
    known = places.register()
    asked = request.args.get("q", "").strip()
    found = known.find(asked) if known and asked else ()
    if len(found) == 1:
        return tk.h.redirect_to("portal.municipality", key=found[0].key)
    counts = searching.ask({}, rows=0, **{"facet.field": ["municipality"], "facet.limit": -1})["facets"]["municipality"]
    groups = [
        (places.region(region), places.places(m for m in known or () if m.region == region))
        for region in ("vlaanderen", "wallonie", "hauts-de-france")
    ]
    return tk.render(
        "municipality/index.html",
        {"groups": groups, "counts": counts, "asked": asked, "found": places.places(found)},
    )


@portal.route("/municipality/<key>")
def municipality(key: str) -> str | Response:
    """Show one municipality; a former or bare code leads to the key of today."""
    known = places.register()
    if known is None:
        return tk.abort(404, tk._("This portal has no register of municipalities."))
    asked = known.get(key)
    if asked is None:
        found = known.find(key)
        if len(found) == 1:
            return tk.h.redirect_to("portal.municipality", key=found[0].key)
        return tk.abort(404, tk._("There is no municipality {key}.").format(key=key))
    return tk.render("municipality/read.html", {"municipality": municipality_page(known, asked)})


@portal.route("/theme")
def themes() -> str:
    """Show the portal's two themes, and all those of the EU's vocabulary."""
    shown = [home.theme(name) for name in collection_page.THEMES]
    return tk.render("theme/index.html", {"themes": shown, "others": collection_page.all_themes()})


@portal.route("/theme/<name>")
def theme(name: str) -> str:
    """Show one of the portal's themes."""
    shown = collection_page.theme_page(name)
    if shown is None:
        return tk.abort(404, tk._("There is no such theme."))
    return tk.render("theme/read.html", {"collection": shown})


@portal.route("/publisher")
def publishers() -> str:
    """List the publishers; ``q`` names a part of their name."""
    asked = request.args.get("q", "").strip()
    return tk.render("publisher/index.html", {"publishers": collection_page.publishers(asked), "asked": asked})


@portal.route("/publisher/<path:name>")
def publisher(name: str) -> str:
    """Show what one publisher publishes."""
    shown = collection_page.publisher_page(name)
    if shown is None:
        return tk.abort(404, tk._("There is no publisher of this name."))
    return tk.render("publisher/read.html", {"collection": shown})


@portal.route("/map")
def map_search() -> Response | str:
    """Search on a map: a page of its own, or for a script the list with what is found where."""
    template = "map/results.html" if request.headers.get("HX-Request") else "map/search.html"
    response = make_response(tk.render(template, {"found": map_page(request.args)}))
    response.vary.add("HX-Request")
    return response  # pyright: ignore[reportReturnType]  # Flask's class; CKAN's is a subclass


@portal.route("/dataset/<dataset_id>/municipalities", methods=["POST"])
def correct_links(dataset_id: str) -> Response:
    """Correct what a dataset is linked to."""
    return link_correction.correct(dataset_id)


@portal.route("/report/<dataset_id>", methods=["GET", "POST"])
def report(dataset_id: str) -> Response | str:
    """Take a report of a problem with a dataset, and send it to whoever looks after it."""
    dataset = _dataset(dataset_id)
    shown = {"dataset": dataset, "said": request.form, "possible": reporting.can_report(dataset), "trouble": ""}
    if request.method == "POST":
        # CKAN lets anonymous people post without a token; a letter must not be sent from another site's page.
        csrf.protect()
        try:
            reporting.send(dataset, reporting.read(request.form))
        except letters.NotSentError as error:
            return tk.render("portal/report.html", {**shown, "trouble": str(error), "field": error.field})
        tk.h.flash_success(tk._("Your message is on its way to whoever looks after this dataset."))
        return tk.h.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    return tk.render("portal/report.html", shown)


@portal.route("/follow/<dataset_id>.atom")
def follow(dataset_id: str) -> Response:
    """Give the changes of a dataset as a feed."""
    response = make_response(following.feed(_dataset(dataset_id)))
    response.content_type = "application/atom+xml; charset=utf-8"
    response.add_etag()
    return response.make_conditional(request)  # pyright: ignore[reportReturnType]  # Flask's class, CKAN's is a subclass


@portal.route("/picture/<dataset_id>.png")
def picture(dataset_id: str) -> Response:
    """Draw a dataset for who shares its address."""
    dataset = _dataset(dataset_id)
    response = make_response(dataset_picture.picture_of(dataset))
    response.content_type = "image/png"
    response.cache_control.public, response.cache_control.max_age = not dataset.get("private"), 86_400
    response.add_etag()
    return response.make_conditional(request)  # pyright: ignore[reportReturnType]  # Flask's class, CKAN's is a subclass


@portal.route("/developers")
def developers() -> str:
    """Tell developers what the API gives, with examples that run on this portal."""
    newest = searching.ask({}, rows=1, sort="metadata_modified desc")["results"]
    known = places.register()
    place = known.get(EXAMPLE_PLACE) if known else None
    return tk.render("portal/developers.html", {"dataset": newest[0] if newest else None, "place": place})


@portal.route("/preview/<uuid:resource_id>")
def preview(resource_id: object) -> Response | str:
    """Draw a GeoJSON file: a part of the dataset's page for HTMX, a page of its own without script."""
    try:
        resource = tk.get_action("resource_show")({"user": tk.current_user.name}, {"id": str(resource_id)})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such file."))
    shown = {"resource": resource, "sketch": None, "trouble": ""}
    try:
        shown["sketch"] = previews.preview(resource)
    except NoPreview as error:
        shown["trouble"] = str(error)
    template = "portal/preview.html" if tk.request.htmx else "portal/preview_page.html"
    response = make_response(tk.render(template, shown))
    response.vary.add("HX-Request")
    return response  # pyright: ignore[reportReturnType]  # Flask's class; CKAN's is a subclass


@portal.route("/preview/<uuid:resource_id>/file")
def preview_file(resource_id: object) -> Response:
    """Pass on a picture or a PDF: the reader's browser asks nothing of another machine."""
    try:
        resource = tk.get_action("resource_show")({"user": tk.current_user.name}, {"id": str(resource_id)})
        content, kind = previews.shown(resource)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such file."))
    except NoPreview as error:
        return tk.abort(404, str(error))
    response = make_response(content)
    response.content_type = kind
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.private, response.cache_control.max_age = True, 3600
    return response  # pyright: ignore[reportReturnType]  # Flask's class; CKAN's is a subclass


@portal.route("/sitemap.xml")
def sitemap_index() -> Response:
    """Name the files of the site map."""
    return _site_map(sitemap.index())


@portal.route("/sitemap/<name>.xml")
def sitemap_file(name: str) -> Response:
    """Give one file of the site map."""
    lines = sitemap.file(name)
    return _site_map(lines) if lines is not None else tk.abort(404, tk._("There is no such file."))


def _dataset(dataset_id: str) -> dict[str, Any]:
    """Return a dataset that the reader may see; any other is not there."""
    try:
        return tk.get_action("package_show")({"user": tk.current_user.name}, {"id": dataset_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def _site_map(lines: Iterable[str]) -> Response:
    response = make_response("".join(lines))
    response.content_type = "application/xml; charset=utf-8"
    response.cache_control.public, response.cache_control.max_age = True, 3600
    response.add_etag()
    return response.make_conditional(request)  # pyright: ignore[reportReturnType]  # Flask's class, CKAN's is a subclass


BLUEPRINTS: list[Blueprint] = [portal]
