"""What the actions of municipalities accept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.municipalities.register import RegisterError

REGIONS = ["vlaanderen", "wallonie", "hauts-de-france"]
COUNTRIES = ["BE", "FR"]


def keys_of_places(value: Any) -> list[str]:
    """Accept keys of municipalities and areas: a list, or one string with commas."""
    keys = value.split(",") if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise tk.Invalid(tk._("Must be a list of keys of municipalities"))
    keys = [key.strip() for key in keys if key.strip()]
    try:
        register = installed.register()
    except RegisterError as error:
        raise tk.Invalid(str(error)) from error
    unknown = [key for key in keys if register.get(key) is None and register.area(key) is None]
    if unknown:
        raise tk.Invalid(tk._("Unknown municipality: {keys}").format(keys=", ".join(unknown)))
    return keys


def keys_of_municipalities(value: Any) -> list[str]:
    """Accept keys of municipalities, not of areas."""
    keys = keys_of_places(value)
    areas = [key for key in keys if installed.register().get(key) is None]
    if areas:
        raise tk.Invalid(tk._("Unknown municipality: {keys}").format(keys=", ".join(areas)))
    return keys


@tk.validator_args
def municipality_list(
    ignore_missing: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
) -> Schema:
    """Give the schema of `municipality_list`."""
    return {
        "q": [ignore_missing, unicode_safe],
        "region": [ignore_missing, one_of(REGIONS)],
        "country": [ignore_missing, one_of(COUNTRIES)],
        "include_datasets": [default(True), boolean_validator],
    }


@tk.validator_args
def municipality_show(
    not_empty: Validator, unicode_safe: Validator, boolean_validator: Validator, default: ValidatorFactory
) -> Schema:
    """Give the schema of `municipality_show`."""
    return {
        "id": [not_empty, unicode_safe],
        "include_geometry": [default(False), boolean_validator],
        "include_datasets": [default(True), boolean_validator],
    }


@tk.validator_args
def municipality_link_correct(not_empty: Validator, unicode_safe: Validator, default: ValidatorFactory) -> Schema:
    """Give the schema of `municipality_link_correct`."""
    return {
        "id": [not_empty, unicode_safe],
        "add": [default([]), keys_of_municipalities],
        "remove": [default([]), keys_of_places],
        "undo": [default([]), keys_of_places],
    }
