"""One accessor for each option of this package; ``config_declaration.yaml`` says what each is for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import ckan.plugins.toolkit as tk

from ckanext.harvesters.engine import declaration
from ckanext.harvesters.engine.brake import Brake
from ckanext.harvesters.registry import protocols


def sources_file() -> Path | None:
    """Return the file that declares the harvest sources, or None when none is configured."""
    value = tk.config.get("ckanext.harvesters.sources")
    return Path(value) if value else None


def order_of_sources() -> tuple[str, ...]:
    """Return the names of sources, the one first whose dataset is shown of several that are the same.

    Those of the setting, then the others in the order of the file of sources.
    """
    first = tk.aslist(tk.config["ckanext.harvesters.duplicates.order"])
    path = sources_file()
    try:
        declared = [source.name for source in declaration.load(path, protocols())] if path else []
    except declaration.DeclarationError:
        # `ckan harvesters sources check` tells what is wrong with it.
        declared = []
    return tuple(dict.fromkeys([*first, *declared]))


def aliases_of_hosts() -> dict[str, str]:
    """Return earlier name → name of hosts that portals gave up, and which stand in records to this day."""
    pairs = (one.partition("=") for one in tk.aslist(tk.config["ckanext.harvesters.duplicates.aliases"]))
    return {old.lower().removeprefix("www."): new.lower().removeprefix("www.") for old, _, new in pairs if old and new}


def queue() -> str:
    """Return the job queue that harvests run on (without CKAN's prefix)."""
    return tk.config["ckanext.harvesters.queue"]


def batch_size() -> int:
    """Return how many datasets are written in one transaction and one Solr commit."""
    return max(1, tk.config["ckanext.harvesters.batch_size"])


def timeout() -> int:
    """Return how long one run may take (seconds)."""
    return tk.config["ckanext.harvesters.timeout"]


def preview_seconds() -> float:
    """Return how long a preview reads a source before it shows what was seen so far (seconds)."""
    return float(max(1, tk.config["ckanext.harvesters.preview_seconds"]))


def preview_deadline() -> int:
    """Return when a worker ends a preview that hangs (seconds): its time, a page, and the same again to finish."""
    return int(preview_seconds() + 2 * page_deadline())


def step_seconds() -> float:
    """Return how long a worker reads and writes for one run before it lets another have its turn (seconds)."""
    return float(tk.config["ckanext.harvesters.step_seconds"])


def page_deadline() -> float:
    """Return how long one page of a portal may take, its tries and waits included (seconds)."""
    return float(tk.config["ckanext.harvesters.page_deadline"])


def per_host() -> int:
    """Return how many requests one host gets at a time, from all workers together."""
    return max(1, tk.config["ckanext.harvesters.per_host"])


def host_pause() -> float:
    """Return how long a worker leaves a host alone after each request (seconds)."""
    return max(0, tk.config["ckanext.harvesters.host_pause"]) / 1000


def step_deadline() -> int:
    """Return when a worker ends a step that hangs (seconds): its time, a page, and the same again to finish."""
    return int(step_seconds() + 2 * page_deadline())


def heartbeat() -> float:
    """Return how often a run says that it is alive (seconds)."""
    return float(tk.config["ckanext.harvesters.heartbeat"])


def stale_after() -> timedelta:
    """Return after how long a silence a run counts as dead, and another worker may take over."""
    return timedelta(seconds=tk.config["ckanext.harvesters.stale_after"])


def alert_addresses() -> list[str]:
    """Return the mail addresses that are told when a source fails twice, is braked or stays empty."""
    return tk.aslist(tk.config["ckanext.harvesters.alert_to"])


def alert_webhook() -> str:
    """Return the address that is told the same by POST; empty for none."""
    return tk.config["ckanext.harvesters.alert_webhook"]


def brake() -> Brake:
    """Return how much of a source may be gone in one run before a person is asked."""
    percent, count = (tk.config[f"ckanext.harvesters.brake_{what}"] for what in ("percent", "count"))
    return Brake(share=max(0, percent) / 100, count=max(0, count))


def grace() -> timedelta:
    """Return how long a dataset that is gone at its source is marked before it is deleted."""
    return timedelta(days=max(0, tk.config["ckanext.harvesters.grace_days"]))


def kept_for() -> timedelta:
    """Return how long a dataset that the engine deleted can be brought back before it is purged."""
    return timedelta(days=max(0, tk.config["ckanext.harvesters.kept_days"]))


def schedule_every() -> timedelta:
    """Return how often due sources are looked for."""
    return timedelta(seconds=max(1, tk.config["ckanext.harvesters.schedule_every"]))
