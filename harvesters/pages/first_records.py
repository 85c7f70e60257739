"""The form of a source on its way to a preview and back: what was typed stays as it was."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Response
from ckan.views.dataset import CreateView, EditView
from flask import request

#: What the form of a source sends.
FIELDS = ("url", "title", "name", "notes", "source_type", "frequency", "config", "owner_org", "groups__0__id", "state")


def sent() -> dict[str, str]:
    """Return what was typed into the form, by its fields."""
    return {name: request.form[name] for name in FIELDS if name in request.form}


def described(source_id: str | None, values: dict[str, str]) -> dict[str, Any]:
    """Return the source of a form as the actions take it."""
    source: dict[str, Any] = {name: value for name, value in values.items() if name != "groups__0__id"}
    if values.get("groups__0__id"):
        source["groups"] = [{"id": values["groups__0__id"]}]
    return source | ({"id": source_id} if source_id else {})


def form(source_id: str | None, values: dict[str, str], error: tk.ValidationError | None = None) -> str | Response:
    """Return the page of the form with what was typed, and what is wrong with it.

    CKAN makes it, as it does when a save is refused, and asks whether the reader may see it.
    """
    errors = (error.error_dict, error.error_summary) if error else ({}, {})
    data = described(source_id, values)
    if source_id:
        return EditView().get("harvest", source_id, data, *errors)
    return CreateView().get("harvest", {**data, "state": "none"}, *errors)
