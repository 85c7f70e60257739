"""A product's place in the catalogue: an ordinary mobility dataset, made and kept from the definition."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.products.definition import Box, Product
from ckanext.eurometropool.products.errors import LANGUAGES
from ckanext.eurometropool.products.stations import COLUMNS
from ckanext.eurometropool.products.store import feed_id, table_id, trusted_context
from ckanext.oslo.vocabularies import load as vocabulary

TYPE = "mobility"
AREA = "eurometropool"
MARK = "merged product definition"
MANY = frozenset({"theme", "mobility_theme", "transport_mode", "network_coverage", "intended_information_service"})


def sync(product: Product) -> bool:
    """Make the product's organization, dataset and table what its definition says; say whether anything was written.

    Idempotent: what a steward adds to the dataset by hand stays until the definition changes.
    """
    _organization(product)
    wanted = describe(product)
    mark = _mark(product, wanted)
    if _is_current(product, mark):
        return False
    current = model.Package.get(product.name)
    action = "package_create" if current is None else "package_update"
    if current is not None:
        wanted["id"] = current.id
    tk.get_action(action)(trusted_context(), wanted)
    tk.get_action("datastore_create")(trusted_context(), table(product))
    _remember(product, mark)
    return True


def describe(product: Product) -> dict[str, Any]:
    """Write the product down as a dataset, in the fields of our schemas."""
    site = str(tk.config["ckan.site_url"]).rstrip("/")
    licence = vocabulary("licence").get(product.licence)
    classes = {key: list(uris) if key in MANY else next(iter(uris), "") for key, uris in product.classes.items()}
    languages = [c.uri for code in ("NLD", "FRA", "ENG") if (c := vocabulary("language").get(code))]
    common = {"license": licence.uri if licence else "", "language": languages}
    table_page = f"{site}/datastore/dump/{table_id(product)}"
    return classes | {
        "type": TYPE,
        "name": product.name,
        "owner_org": product.organization,
        "private": False,
        "state": "active",
        "title_translated": dict(product.title),
        "notes_translated": dict(product.description),
        "tags_translated": {language: list(words) for language, words in product.keywords.items()},
        "url": f"{site}/product/{product.name}",
        "identifier": f"{site}/product/{product.name}",
        "version": product.version,
        "license_id": product.licence,
        "language": languages,
        "spatial_coverage": [_coverage(product)],
        "provenance": "; ".join(source.attribution for source in product.sources),
        "publisher": [{"name": product.organization_title["en"], "url": site}],
        "resources": [
            common
            | {
                "id": table_id(product),
                "url": table_page,
                "download_url": table_page,
                "format": "CSV",
                "mimetype": "text/csv",
                "datastore_active": True,
                "name_translated": dict.fromkeys(LANGUAGES, "CSV"),
                "description_translated": {
                    "nl": "De tabel zelf; ook te bevragen met datastore_search.",
                    "fr": "Le tableau lui-même ; interrogeable aussi par datastore_search.",
                    "en": "The table itself; datastore_search answers questions about it.",
                },
            },
            common
            | {
                "id": feed_id(product),
                "url": f"{site}/data/{product.name}.geojson",
                "download_url": f"{site}/data/{product.name}.geojson",
                "format": "GeoJSON",
                "mimetype": "application/geo+json",
                "name_translated": dict.fromkeys(LANGUAGES, "GeoJSON"),
                "description_translated": {
                    "nl": "Per gemeente, kader of afstand op te vragen; met CORS en ETag.",
                    "fr": "À demander par commune, cadre ou distance ; avec CORS et ETag.",
                    "en": "By municipality, box or distance; with CORS and ETag.",
                },
            },
        ],
    }


def table(product: Product) -> dict[str, Any]:
    """Write the product's table down, as datastore_create wants it."""
    meanings = {field.id: field.label for field in product.fields}
    return {
        "resource_id": table_id(product),
        "force": True,
        "fields": [
            {"id": name, "type": kind, "info": {"label": name, "notes": meanings[name]["en"]}}
            for name, kind in COLUMNS.items()
        ],
        "primary_key": ["id"],
        "indexes": ["municipality"],
        "aliases": [product.name.replace("-", "_")],
    }


def _coverage(product: Product) -> dict[str, str]:
    """Say which territory the product covers: the Eurometropolis, or the box of the definition without a register."""
    box, text = product.box, ""
    if installed.is_installed():
        register = installed.register()
        text = register.name(AREA, "en")
        area = register.area(AREA)
        if area:
            box = Box(*area.box)
    corners = [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
    ring = [list(corner) for corner in (*corners, corners[0])]
    return {"text": text, "bbox": json.dumps({"type": "Polygon", "coordinates": [ring]})}


def _organization(product: Product) -> None:
    if model.Group.get(product.organization) is not None:
        return
    titles = product.organization_title
    tk.get_action("organization_create")(
        trusted_context(),
        {"name": product.organization, "title": titles["en"], "title_translated": dict(titles)},
    )


def _mark(product: Product, wanted: dict[str, Any]) -> str:
    text = json.dumps([wanted, table(product)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _statuses(product: Product) -> Any:
    return model.Session.query(model.TaskStatus).filter_by(entity_id=table_id(product), task_type=MARK)


def _is_current(product: Product, mark: str) -> bool:
    """Say whether the dataset stands as it was last made, with its table."""
    status = _statuses(product).one_or_none()
    package = model.Package.get(product.name)
    resource = model.Resource.get(table_id(product))
    if status is None or status.value != mark or package is None or resource is None:
        return False
    if package.state != model.State.ACTIVE or resource.state != model.State.ACTIVE:
        return False
    try:
        tk.get_action("datastore_info")({"ignore_auth": True}, {"id": table_id(product), "include_meta": False})
    except tk.ObjectNotFound:
        return False
    return True


def _remember(product: Product, mark: str) -> None:
    status = _statuses(product).one_or_none()
    if status is None:
        status = model.TaskStatus(
            entity_id=table_id(product), entity_type="resource", task_type=MARK, key=product.name, state="ok"
        )
        model.Session.add(status)
    status.value = mark
    model.Session.commit()
