"""What the tables' room listens to: datasets that are created or changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from blinker import Signal
from redis.exceptions import RedisError

from ckanext.eurometropool.tables import config, loading, waiting
from ckanext.eurometropool.tables.choosing import is_wanted

log = logging.getLogger(__name__)

#: Creating or changing a file goes through package_update as well.
CHANGES = frozenset({"package_create", "package_update"})


def dataset_changed(sender: str, **told: Any) -> None:
    """Have the CSV files of a dataset loaded when it was created or changed."""
    if sender not in CHANGES or loading.is_loading():
        return
    dataset: Mapping[str, Any] = told.get("data_dict") or {}
    result = told.get("result")
    package_id = result["id"] if isinstance(result, Mapping) else result
    if not isinstance(package_id, str) or not _has_wanted_file(dataset):
        return
    try:
        waiting.add(package_id)
    except RedisError as error:  # the dataset is saved; its table can be loaded later
        log.warning("The tables of %s are not loaded: %s", package_id, error)


def _has_wanted_file(dataset: Mapping[str, Any]) -> bool:
    resources = dataset.get("resources")
    site = str(tk.config["ckan.site_url"]).rstrip("/")
    harvested = bool(dataset.get("harvest_source_name") or dataset.get("guid"))
    return isinstance(resources, list) and any(
        isinstance(resource, Mapping) and is_wanted(resource, harvested=harvested, hosts=config.hosts(), site=site)
        for resource in resources
    )


SUBSCRIPTIONS: dict[Signal, list[Callable[..., Any]]] = {tk.signals.action_succeeded: [dataset_changed]}
"""For ``ISignal.get_signal_subscriptions`` of the plugin."""
