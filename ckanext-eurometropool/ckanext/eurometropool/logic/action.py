"""Actions about municipalities, and CKAN's own where they meet them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search
from ckan.types import Action, ActionResult, Context, DataDict

from ckanext.eurometropool.logic import schema
from ckanext.eurometropool.municipalities import installed, linked
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Municipality, Register, RegisterError

Dict = dict[str, Any]


@tk.side_effect_free
def municipality_list(context: Context, data_dict: DataDict) -> list[Dict]:
    """List the municipalities of the Eurometropolis, by name.

    :param q: part of a name in any language, or a postcode (optional)
    :type q: string
    :param region: ``vlaanderen``, ``wallonie`` or ``hauts-de-france`` (optional)
    :type region: string
    :param country: ``BE`` or ``FR`` (optional)
    :type country: string
    :param include_datasets: count the datasets linked to each that you may see (optional, default: ``True``)
    :type include_datasets: boolean

    :rtype: list of dictionaries with ``key`` (such as ``BE-34022``), ``code``, ``country``, ``region``,
        ``province``, ``arrondissement``, ``names`` (nl, fr, en), ``postcodes``, ``point`` ([lon, lat] in WGS84
        degrees) and ``datasets``
    """
    tk.check_access("municipality_list", context, data_dict)
    asked = _validated(data_dict, schema.municipality_list(), context)
    found = [m for m in _register() if _matches(m, asked)]
    counts = _counts(context, "municipality", "*:*") if asked["include_datasets"] else None
    return [
        {**_brief(m), **({"datasets": counts.get(m.key, 0)} if counts is not None else {})}
        for m in sorted(found, key=lambda m: (fold(m.local_name), m.key))
    ]


@tk.side_effect_free
def municipality_show(context: Context, data_dict: DataDict) -> Dict:
    """Show a municipality.

    :param id: its key (``BE-34022``); a former code's key (``BE-37015``) gives the municipality of today
    :type id: string
    :param include_geometry: with its outline as GeoJSON, null where only its point is known (optional, default:
        ``False``)
    :type include_geometry: boolean
    :param include_datasets: count the datasets you may see (optional, default: ``True``)
    :type include_datasets: boolean

    :rtype: dictionary as in ``municipality_list``, and ``also`` and ``villages`` (other names), ``former_codes``,
        ``uris``, ``areas`` (the areas that hold it, smallest first), ``neighbours`` (those across a border first,
        each with ``across_border``), ``datasets`` (``total`` and ``by_theme``, by EU theme URI), ``attribution``
    """
    tk.check_access("municipality_show", context, data_dict)
    asked = _validated(data_dict, schema.municipality_show(), context)
    register = _register()
    m = register.get(asked["id"]) or register.by_code(*_country_and_code(asked["id"]))
    if m is None:
        raise tk.ObjectNotFound(tk._("There is no municipality {key}.").format(key=asked["id"]))
    shown: Dict = {
        **_brief(m),
        "also": list(m.also),
        "villages": list(m.villages),
        "former_codes": list(m.former_codes),
        "uris": list(m.uris),
        "areas": [_area(register, key) for key in m.areas],
        "neighbours": [
            {
                "key": n.key,
                "names": dict(n.names),
                "country": n.country,
                "region": n.region,
                "across_border": n.country != m.country,
            }
            for n in register.neighbours(m.key)
        ],
        "attribution": list(register.attribution),
    }
    if asked["include_geometry"]:
        shown["geometry"] = register.geometry(m.key)
    if asked["include_datasets"]:
        about = f'municipality:"{m.key}"'
        shown["datasets"] = {
            "total": _counts(context, "municipality", about).get(m.key, 0),
            "by_theme": _counts(context, "theme", about),
        }
    return shown


def municipality_link_correct(context: Context, data_dict: DataDict) -> Dict:
    """Correct what a dataset is linked to. The correction outlives every later save and harvest.

    You must be allowed to edit the dataset.

    :param id: id or name of the dataset
    :type id: string
    :param add: keys of municipalities to link it to; takes back an earlier removal
    :type add: list of strings
    :param remove: keys of municipalities, or of its area, it is not about; takes back an earlier addition
    :type remove: list of strings
    :param undo: keys whose correction is taken back: what the record itself says counts again
    :type undo: list of strings

    :rtype: dictionary with ``municipalities``, ``area`` and ``area_link`` as ``package_show`` gives them
    """
    asked = _validated(data_dict, schema.municipality_link_correct(), context)
    package = model.Package.get(asked["id"])
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access("municipality_link_correct", context, {"id": package.id})
    both = sorted({*asked["add"]} & {*asked["remove"]})
    if both:
        raise tk.ValidationError({"remove": [tk._("Both added and removed: {keys}").format(keys=", ".join(both))]})
    if linked.correct(package, asked["add"], asked["remove"], asked["undo"]):
        model.repo.commit()
        search.rebuild(package.id)
    return linked.shown(package)


@tk.side_effect_free
def municipality_link_suggestions(context: Context, data_dict: DataDict) -> list[Dict]:
    """List the municipalities a dataset may be about: what was found is too unsure for a link.

    You must be allowed to edit the dataset. ``municipality_link_correct`` makes one a link (``add``) or refuses it for
    good (``remove``); what is decided is no longer listed.

    :param id: id or name of the dataset
    :type id: string

    :rtype: list of dictionaries with ``key``, ``kind`` (``covers``, ``within`` or ``publisher``), ``evidence`` and
        ``confidence``, the surest first
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access("municipality_link_suggestions", context, {"id": package.id})
    return linked.suggestions(package)


def municipality_link_preview(context: Context, data_dict: DataDict) -> list[Dict]:
    """List the municipalities a dataset that is not saved yet would be linked to.

    You must be allowed to make datasets in some organization.

    :param dataset: the dataset as ``package_create`` takes it
    :type dataset: dictionary

    :rtype: list of dictionaries with ``key``, ``names`` (nl, fr, en), ``kind``, ``evidence`` and ``confidence``;
        empty where this portal has no register of municipalities
    """
    tk.check_access("municipality_link_preview", context, data_dict)
    dataset = tk.get_or_bust(data_dict, "dataset")
    if not isinstance(dataset, dict):
        raise tk.ValidationError({"dataset": [tk._("Give a dataset.")]})
    if not installed.is_installed():
        return []
    register = _register()
    found = sorted(installed.linker().link(dataset).links, key=lambda link: link.key)
    return [{**link.as_dict(), "names": dict(register.municipalities[link.key].names)} for link in found]


@tk.chained_action
def package_create(up_func: Action, context: Context, data_dict: DataDict) -> ActionResult.PackageCreate:
    """Create a dataset; links to municipalities are found, not sent."""
    return up_func(context, _without_links(data_dict))


@tk.chained_action
def package_update(up_func: Action, context: Context, data_dict: DataDict) -> ActionResult.PackageUpdate:
    """Update a dataset; the links that ``package_show`` gave may come back with it, and are found anew."""
    return up_func(context, _without_links(data_dict))


def _without_links(data_dict: DataDict) -> DataDict:
    for field in linked.FIELDS:
        data_dict.pop(field, None)
    return data_dict


def _validated(data_dict: DataDict, wanted: Any, context: Context) -> Dict:
    asked, errors = tk.navl_validate(data_dict, wanted, context)
    if errors:
        raise tk.ValidationError(errors)
    return asked


def _register() -> Register:
    try:
        return installed.register()
    except RegisterError as error:
        raise tk.ObjectNotFound(tk._("This portal has no register of municipalities.")) from error


def _country_and_code(key: str) -> tuple[str, str]:
    country, _, code = key.partition("-")
    return country, code


def _matches(m: Municipality, asked: Dict) -> bool:
    if asked.get("region") and m.region != asked["region"]:
        return False
    if asked.get("country") and m.country != asked["country"]:
        return False
    words = fold(asked.get("q") or "")
    names = (*m.names.values(), *m.also, *m.villages, *m.postcodes, m.key)
    return not words or any(words in fold(name) for name in names)


def _brief(m: Municipality) -> Dict:
    return {
        "key": m.key,
        "code": m.code,
        "country": m.country,
        "region": m.region,
        "province": m.province,
        "arrondissement": m.arrondissement,
        "names": dict(m.names),
        "postcodes": list(m.postcodes),
        "point": list(m.point),
    }


def _area(register: Register, key: str) -> Dict:
    area = register.areas[key]
    return {"key": key, "kind": area.kind.value, "names": dict(area.names)}


def _counts(context: Context, field: str, query: str) -> dict[str, int]:
    """Count the datasets the reader may see, by the values of a facet."""
    asked = {"q": "*:*", "fq": query, "rows": 0, "facet.field": [field], "facet.limit": -1}
    reader: Context = {"user": context.get("user", ""), "auth_user_obj": context.get("auth_user_obj")}
    return tk.get_action("package_search")(reader, asked)["facets"].get(field, {})
