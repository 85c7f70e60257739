"""Datasets as the harvesters make them, without a harvest: read from stand-in portals and mapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckanext.harvesters.records import RecordError, Source
from ckanext.harvesters.registry import protocol
from ckanext.harvesters.replay.server import Portal, ReplayServer
from ckanext.oslo.fetch import Client, Policy

LICENCE = "http://publications.europa.eu/resource/authority/licence/CC0"
SPOKEN = {"datavindplaats": "nl", "opendatasoft": "fr", "udata": "fr"}


def datasets(name: str, portal: Portal, **options: Any) -> Iterator[dict[str, Any]]:
    """Give the datasets of a portal that speaks the protocol ``name``, as the engine would store them."""
    with ReplayServer([portal]) as server, Client(Policy(allow=("127.0.0.0/8",))) as client:
        address = f"{server.url}/{portal.name}"
        source = Source(name, name, name, address, name, SPOKEN[name], LICENCE, options=options)
        pages = list(protocol(name).pages(source, client))
    for number, record in enumerate(record for page in pages for record in page.records):
        try:
            dataset = protocol(name).map(source, record).dataset
        except RecordError:
            continue
        yield stored(dataset, f"{name}-{number}")


def stored(dataset: dict[str, Any], key: str) -> dict[str, Any]:
    """Add to a dataset what CKAN adds when it stores one."""
    moment = "2026-11-22T10:00:00.123456"
    resources = [
        {"id": f"{key}-{number}", **resource} for number, resource in enumerate(dataset.get("resources") or ())
    ]
    return {
        "id": key,
        "name": f"name-of-{key}",
        "owner_org": "stad-kortrijk",
        "organization": {"id": "stad-kortrijk", "name": "stad-kortrijk", "title": "Stad Kortrijk"},
        "metadata_created": moment,
        "metadata_modified": moment,
        **({"harvested": "2026-11-22T09:59:00"} if dataset.get("guid") else {}),
        **dataset,
        "resources": resources,
    }
