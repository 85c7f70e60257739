"""What the templates of checking and quality ask."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from ckan.plugins import toolkit

from ckanext.oslo.checking import panel
from ckanext.oslo.checking.wording import labels_of
from ckanext.oslo.quality import actions, wording


def oslo_panel(package_id: str | None, dataset_type: str) -> dict[str, Any]:
    """Give what stands beside the form of a dataset: of what is saved, or of an empty form."""
    found = panel.of_saved(package_id) if package_id else None
    return found or panel.empty(dataset_type)


def oslo_quality_badge(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """Give the score of a dataset for its page, None for what is no dataset."""
    if dataset.get("type") not in ("dataset", "work", "mobility") or not dataset.get("metadata_modified"):
        return None
    score = actions.of_dataset(dataset)
    return {**wording.shown(score), "broken_links": actions.broken_of(dataset["id"])}


def oslo_field_label(dataset_type: str, field: str) -> str:
    """Give the name of a field in the reader's language."""
    return labels_of(dataset_type).get(field, field)


def oslo_number(value: float, digits: int = 1) -> str:
    """Write a number as the reader's language does."""
    return format_decimal(round(value, digits), locale=str(toolkit.h.lang() or "en").split("_")[0])
