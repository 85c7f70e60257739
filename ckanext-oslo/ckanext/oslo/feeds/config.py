"""The options of the feeds (config_declaration.yaml)."""

from __future__ import annotations

from ckan.plugins import toolkit

PREFIX = "ckanext.oslo.feeds."


def per_page() -> int:
    """Return how many datasets a page has; ckanext-dcat's option, 100 without it."""
    value = toolkit.config.get("ckanext.dcat.datasets_per_page") or 100
    return max(1, min(int(value), 1000))


def not_datasets() -> list[str]:
    """Return the types of package that are no datasets."""
    return toolkit.aslist(toolkit.config.get(f"{PREFIX}not_datasets"))


def stream_versions() -> int:
    """Return how many versions of a dataset the event stream keeps; 0: all."""
    return toolkit.config[f"{PREFIX}stream.versions"]
