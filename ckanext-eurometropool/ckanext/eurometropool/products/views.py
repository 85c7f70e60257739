"""The web addresses of the merged products: pages for people under /product, data for programs under /data."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.eurometropool.config import register_path
from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.products import config, features, reader, schedule, store
from ckanext.eurometropool.products.answers import GEOJSON, JSON, document, etag, not_modified, preflight, problem
from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.errors import NotSyncedError, UnknownProductError
from ckanext.eurometropool.products.outlines import outlines
from ckanext.eurometropool.products.page import product_page
from ckanext.eurometropool.products.questions import Question, QuestionError, parse

METHODS = ["GET", "OPTIONS"]
UNKNOWN = {
    "en": "There is no product of this name.",
    "nl": "Er is geen product met deze naam.",
    "fr": "Il n’y a pas de produit de ce nom.",
}
NO_DATA = {
    "en": "This product has no data yet.",
    "nl": "Dit product heeft nog geen data.",
    "fr": "Ce produit n’a pas encore de données.",
}
NO_REGISTER = {
    "en": "This portal has no register of municipalities.",
    "nl": "Dit portaal heeft geen register van gemeenten.",
    "fr": "Ce portail n’a pas de registre des communes.",
}
OUTLINES_KEPT = 86_400  # seconds a cache may keep the municipalities: they change once a year

products = Blueprint("products", __name__)


@products.route("/product")
def index() -> str:
    """List the merged products."""
    language = reader.language()
    listed = [
        {"name": product.name, "title": product.title[language], "description": product.description[language]}
        for product in config.products().values()
    ]
    return tk.render("product/index.html", {"products": listed})


@products.route("/product/<name>")
def read(name: str) -> str | Response:
    """Show a product: how to take it, where it comes from, what its fields mean, what it promises."""
    try:
        product = config.product(name)
    except UnknownProductError:
        return tk.abort(404, tk._("There is no product of this name."))
    return tk.render("product/read.html", {"product": product_page(product)})


@products.route("/data/<name>.geojson", methods=METHODS, provide_automatic_options=False)
def stations(name: str) -> Response:
    """Answer the product's features, by municipality, box and distance."""
    if request.method == "OPTIONS":
        return preflight()
    try:
        product = config.product(name)
        question = parse(request.args.to_dict(flat=False), reader.municipalities())
        return _features(product, question)
    except UnknownProductError:
        return problem(404, "Not Found", UNKNOWN)
    except NotSyncedError:
        return problem(503, "Service Unavailable", NO_DATA)
    except QuestionError as error:
        return problem(400, "Bad Request", error.texts, parameter=error.parameter, reason=error.reason)


def _features(product: Product, question: Question) -> Response:
    now = datetime.now(UTC)
    states = store.states(product)
    if not states or any(s.stale_since(now, product.refresh * 3) for s in states.values()):
        schedule.ensure_quietly(product)  # a queue that lost its jobs is found out here, by the first reader
    kept = max(1, product.refresh // 4)
    tag = etag(request, store.fingerprint(product, states, now))
    unchanged = not_modified(request, tag, kept)
    if unchanged:
        return unchanged
    sample = bool(config.replay_url())
    content = features.answer(product, store.rows(product), states, question, now, sample=sample)
    return document(content, GEOJSON, tag, kept)


@products.route("/data/<name>.json", methods=METHODS, provide_automatic_options=False)
def description(name: str) -> Response:
    """Describe the product for programs: fields, sources, freshness."""
    if request.method == "OPTIONS":
        return preflight()
    try:
        product = config.product(name)
    except UnknownProductError:
        return problem(404, "Not Found", UNKNOWN)
    tag = etag(request, store.fingerprint(product, store.states(product), datetime.now(UTC)))
    kept = max(1, product.refresh // 4)
    unchanged = not_modified(request, tag, kept)
    return unchanged or document(tk.get_action("product_show")({}, {"id": name}), JSON, tag, kept)


@products.route("/data/municipalities.geojson", methods=METHODS, provide_automatic_options=False)
def municipalities() -> Response:
    """Answer the municipalities with simplified outlines, for maps."""
    if request.method == "OPTIONS":
        return preflight()
    path = register_path()
    if path is None or not path.is_file():
        return problem(404, "Not Found", NO_REGISTER)
    changed = path.stat().st_mtime_ns
    tag = etag(request, str(changed))
    unchanged = not_modified(request, tag, OUTLINES_KEPT)
    return unchanged or document(_outlines(path, changed), GEOJSON, tag, OUTLINES_KEPT)


@lru_cache(maxsize=1)
def _outlines(_path: Path, _changed: int) -> dict[str, Any]:
    return outlines(installed.register())


BLUEPRINTS: list[Blueprint] = [products]
