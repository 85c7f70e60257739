"""Actions of the merged products: what views and scripts ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.eurometropool.products import config, features, reader, store
from ckanext.eurometropool.products.definition import Product
from ckanext.eurometropool.products.errors import NotSyncedError, UnknownProductError
from ckanext.eurometropool.products.questions import PARAMETERS, QuestionError, parse
from ckanext.eurometropool.products.refreshing import refresh


def _named(name: str) -> Product:
    """Give the product of this name, or raise ObjectNotFound as actions do."""
    try:
        return config.product(name)
    except UnknownProductError as error:
        raise tk.ObjectNotFound(tk._("There is no product of this name.")) from error


@tk.side_effect_free
def product_list(context: Context, data_dict: DataDict) -> list[str]:
    """Give the names of the merged products."""
    tk.check_access("product_list", context, data_dict)
    return sorted(config.products())


@tk.side_effect_free
def product_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Describe a merged product: its texts, fields, promises, and its sources with their freshness.

    :param id: the product's name
    """
    tk.check_access("product_show", context, data_dict)
    product = _named(tk.get_or_bust(data_dict, "id"))
    site = str(tk.config["ckan.site_url"]).rstrip("/")
    return {
        "name": product.name,
        "version": product.version,
        "title": dict(product.title),
        "description": dict(product.description),
        "licence": product.licence,
        "refresh": product.refresh,
        "stale_after": product.stale_after,
        "sample": bool(config.replay_url()),
        "dataset": product.name,
        "resource_id": store.table_id(product),
        "geojson": f"{site}/data/{product.name}.geojson",
        "csv": f"{site}/datastore/dump/{store.table_id(product)}",
        "datastore": f"{site}/api/3/action/datastore_search?resource_id={store.table_id(product)}",
        "parameters": list(PARAMETERS),
        "fields": [
            {"id": f.id, "type": dict(f.type), "label": dict(f.label), "origin": dict(f.origin)} for f in product.fields
        ],
        "promises": [{"text": dict(promise.text), "note": dict(promise.note)} for promise in product.promises],
        "sources": [
            described | {"format": source.format, "homepage": source.homepage, "problems": problems}
            for described, source, problems in _sources(product)
        ],
    }


def _sources(product: Product) -> list[tuple[dict[str, Any], Any, dict[str, Any]]]:
    states = store.states(product)
    described = features.sources(product, states, datetime.now(UTC))
    together = []
    for entry, source in zip(described, product.sources, strict=True):
        state = states.get(source.name)
        first = [] if state is None else [vars(problem) | {"flaw": str(problem.flaw)} for problem in state.problems]
        together.append((entry, source, {"count": state.flawed if state else 0, "first": first}))
    return together


@tk.side_effect_free
def product_search(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give the features of a merged product that meet conditions, as a GeoJSON feature collection.

    :param id: the product's name
    :param municipality: keys of municipalities, separated by commas (``BE-34022,FR-59350``)
    :param bbox: west,south,east,north in WGS84 degrees
    :param lon: WGS84 degrees; with ``lat`` the nearest come first, each with ``distance_m``
    :param lat: WGS84 degrees
    :param distance: metres from that point
    :param limit: how many at most
    :param min_bikes: how many bikes a station must have
    :param min_docks: how many free docks a station must have
    """
    tk.check_access("product_search", context, data_dict)
    product = _named(tk.get_or_bust(data_dict, "id"))
    asked = {name: [str(value)] for name, value in data_dict.items() if name != "id"}
    try:
        question = parse(asked, reader.municipalities())
    except QuestionError as error:
        raise tk.ValidationError({error.parameter: [error.text(reader.language())]}) from error
    try:
        rows = store.rows(product)
    except NotSyncedError as error:
        raise tk.ObjectNotFound(tk._("This product has no data yet.")) from error
    sample = bool(config.replay_url())
    return features.answer(product, rows, store.states(product), question, datetime.now(UTC), sample=sample)


def product_refresh(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Refresh a merged product now. Sysadmins only.

    :param id: the product's name
    """
    tk.check_access("product_refresh", context, data_dict)
    try:
        summary = refresh(_named(tk.get_or_bust(data_dict, "id")))
    except NotSyncedError as error:
        raise tk.ObjectNotFound(tk._("This product has no data yet.")) from error
    return vars(summary) | {"failures": dict(summary.failures)}
