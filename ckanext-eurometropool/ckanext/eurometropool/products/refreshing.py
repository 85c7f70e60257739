"""One refresh of a product: ask every source, merge, write. A source that fails costs itself only."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.products import config, store
from ckanext.eurometropool.products.adapters import ADAPTERS
from ckanext.eurometropool.products.definition import Product, Source
from ckanext.eurometropool.products.errors import LANGUAGES, Unreadable, UnreadableSourceError
from ckanext.eurometropool.products.merging import Delivery, Failure, Outcome, merge
from ckanext.eurometropool.products.placing import Places
from ckanext.eurometropool.products.stations import Fetch
from ckanext.oslo.fetch import FetchError, from_config

log = logging.getLogger(__name__)

LONGEST = 300  # seconds one refresh may hold the lock: a killed worker must not stop the product


@dataclass(frozen=True)
class Summary:
    """What a refresh did. ``failures``: by source, in English. ``skipped``: another one was under way."""

    written: int = 0
    deleted: int = 0
    failures: tuple[tuple[str, str], ...] = ()
    skipped: bool = False


def refresh(product: Product) -> Summary:
    """Refresh a product now. Raises NotSyncedError; what goes wrong at a source is in the summary and in its state."""
    lock = connect_to_redis().lock(f"ckan:{tk.config['ckan.site_id']}:product:{product.name}:lock", timeout=LONGEST)
    if not lock.acquire(blocking=False):
        return Summary(skipped=True)
    try:
        return _refresh(product)
    finally:
        if lock.owned():
            lock.release()


def address(source: Source, replay_url: str) -> str | None:
    """Give where a source is read: at the stand-in portals where they are configured, else live, None for neither."""
    return f"{replay_url}{source.replay}" if replay_url else source.url


def _refresh(product: Product) -> Summary:
    before = store.rows(product)
    states = store.states(product)
    replay = config.replay_url()
    places = Places(installed.register()) if installed.is_installed() else None
    outcomes: dict[str, Outcome] = {}
    with from_config() as client:
        for source in product.sources:
            url = address(source, replay)
            if url is not None:
                outcomes[source.name] = ask(source, url, product, places, lambda url: client.get(url).content)
    plan = merge(before, states, outcomes, datetime.now(UTC))
    store.write(product, plan)
    failures = tuple((s.source, s.failure.text["en"]) for s in plan.states if s.failure)
    for name, text in failures:
        log.warning("%s: source %s keeps its last good rows: %s", product.name, name, text)
    return Summary(len(plan.upserts), len(plan.deletes), failures)


def ask(source: Source, url: str, product: Product, places: Places | None, fetch: Fetch) -> Outcome:
    """Ask one source and place its stations; whatever goes wrong there becomes a failure of this source."""
    try:
        reading = ADAPTERS[source.format](source, url, product.box, fetch)
    except (FetchError, UnreadableSourceError) as error:
        return _failure(error)
    if not reading.stations:  # an empty list proves nothing: most likely the portal lost its own source
        return _failure(UnreadableSourceError(Unreadable.EMPTY))
    stations = places.place(reading.stations) if places else list(reading.stations)
    return Delivery(tuple(stations), reading.problems)


def _failure(error: FetchError | UnreadableSourceError) -> Failure:
    return Failure(str(error.code), {language: error.text(language) for language in LANGUAGES})
