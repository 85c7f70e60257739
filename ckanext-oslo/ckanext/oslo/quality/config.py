"""The options of quality, one accessor each."""

from __future__ import annotations

from datetime import timedelta

from ckan.plugins import toolkit

EVERY = "ckanext.oslo.quality.every"
LINKS = "ckanext.oslo.quality.links"
PAUSE = "ckanext.oslo.quality.link_pause"
SECONDS = "ckanext.oslo.quality.link_seconds"
QUEUE = "ckanext.oslo.quality.queue"


def every() -> timedelta:
    """Give how often changed datasets are measured and addresses asked; zero for never."""
    return timedelta(minutes=int(toolkit.config.get(EVERY) or 0))


def checks_links() -> bool:
    """Tell whether addresses are asked at all."""
    return bool(toolkit.asbool(toolkit.config.get(LINKS)))


def link_pause() -> float:
    """Give how many seconds a host is left alone between two of its addresses."""
    return max(0.0, float(toolkit.config.get(PAUSE) or 0))


def link_seconds() -> float:
    """Give how many seconds one address may take to answer."""
    return max(1.0, float(toolkit.config.get(SECONDS) or 1))


def queue() -> str:
    """Give the job queue that measures and asks addresses."""
    return str(toolkit.config.get(QUEUE) or "default")
