"""The headings of stewards' forms; what is asked in them is the matter of ckanext.oslo.forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.eurometropool.pages import cards


def heading(dataset_type: str, dataset: Mapping[str, Any] | None) -> str:
    """Return the heading of a form: the title of what is edited, or what is added."""
    if dataset and dataset.get("id"):
        return cards.text(dataset, "title", otherwise=dataset.get("title") or dataset["name"]).value
    return {"mobility": tk._("Add a mobility dataset"), "work": tk._("Add a work dataset")}.get(
        dataset_type, tk._("Add a dataset")
    )
