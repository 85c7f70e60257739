"""Catalogues in the search index without a database: the invented samples, and what was recorded.

Records come from stand-in portals through the harvesters' own protocols and mapping, are linked to municipalities and
made into documents by the portal's code; only the rows in PostgreSQL and their validation are left out. That is 10,000
datasets in a minute or two instead of an hour, and the search cannot tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ckan.common import config
from ckan.lib.search.common import make_connection

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.search.index import document
from ckanext.eurometropool.search.scores import index_id
from ckanext.harvesters.records import RecordError, Source
from ckanext.harvesters.registry import protocols
from ckanext.harvesters.replay.invented import REGIONS
from ckanext.harvesters.replay.invented import samples as invented
from ckanext.harvesters.replay.portals import recorded_portals, sample_portals
from ckanext.harvesters.replay.server import Portal, ReplayServer
from ckanext.oslo.fetch import Client, Policy

BATCH = 200
#: Protocol, where its stand-in is, the language of its records, its options.
SOURCES = (
    ("datavindplaats", "/datavindplaats", "nl", {}),
    ("opendatasoft", "/odwb", "fr", {"domain": "www.odwb.be"}),
    ("udata", "/datagouv", "fr", {}),
)

Dict = dict[str, Any]


def samples() -> list[Dict]:
    """Give the invented samples as dataset dicts."""
    return list(_harvested(sample_portals()))


def recorded(shared: Path, date: str, limit: int | None = None) -> list[Dict]:
    """Give what was recorded of the portals on a date as dataset dicts, `limit` of each portal."""
    return list(_harvested(recorded_portals(shared / "snapshots", date, limit)))


def recorded_portals_of(shared: Path, date: str, limit: int | None = None) -> Iterator[tuple[str, str, Dict]]:
    """Give the same as it was mapped, with source and guid, before anything is linked or indexed."""
    return mapped(recorded_portals(shared / "snapshots", date, limit))


def _harvested(portals: list[Portal]) -> Iterator[Dict]:
    for source, guid, dataset in mapped(portals):
        yield _finished(dataset, source, guid)


def mapped(portals: list[Portal]) -> Iterator[tuple[str, str, Dict]]:
    """Give the source, guid and mapped dataset of each record that portals serve."""
    with ReplayServer(portals) as server:
        host = server.url.removeprefix("http://")
        for name, path, lang, options in SOURCES:
            protocol = protocols()[name]
            source = Source(name, name, name, f"{server.url}{path}", "org", lang, None, None, scope={}, options=options)
            with Client(Policy(allow=(host,))) as client:
                for page in protocol.pages(source, client):
                    for record in page.records:
                        try:
                            yield name, record.guid, protocol.map(source, record).dataset
                        except RecordError:
                            continue


def _finished(dataset: Dict, source: str, guid: str) -> Dict:
    """Add what engine, database and linker give a dataset."""
    key = hashlib.sha256(f"{source} {guid}".encode()).hexdigest()
    places = installed.linker().link(dataset)
    titles = dataset.get("title_translated") or {}
    title = next(iter(titles.values()), "")
    return {
        **dataset,
        "id": f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:32]}",
        "name": f"{source}-{key[:12]}",
        "title": title,
        "notes": next(iter((dataset.get("notes_translated") or {}).values()), ""),
        "harvest_source_name": source,
        "state": "active",
        "private": False,
        "metadata_created": "2026-01-01T00:00:00",
        "metadata_modified": "2026-11-01T00:00:00",
        "municipalities": [link.as_dict() for link in places.links],
        "area": places.area,
    }


def names_of(datasets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Give sample's name by dataset's id: their titles are the same."""
    titles = {title: sample.id for region in REGIONS for sample in invented(region) for title in sample.title.values()}
    return {
        one["id"]: titles[title] for one in datasets for title in one["title_translated"].values() if title in titles
    }


def documents(datasets: Iterable[Mapping[str, Any]], site: str) -> Iterator[Dict]:
    """Give CKAN's documents of datasets, as its own indexing makes them, for a site of the index."""
    register = installed.register()
    for dataset in datasets:
        resources = dataset.get("resources") or []
        text = json.dumps(dataset)
        yield document(
            {
                "id": dataset["id"],
                "index_id": index_id(dataset["id"], site),
                "site_id": site,
                "name": dataset["name"],
                "title": dataset["title"],
                "title_string": dataset["title"],
                "notes": dataset["notes"],
                "type": dataset["type"],
                "dataset_type": dataset["type"],
                "entity_type": "package",
                "state": "active",
                "capacity": "public",
                "permission_labels": ["public"],
                "metadata_created": f"{dataset['metadata_created']}Z",
                "metadata_modified": f"{dataset['metadata_modified']}Z",
                "license_id": dataset.get("license_id"),
                "res_name": [resource.get("name") or "" for resource in resources],
                "res_format": [resource.get("format") or "" for resource in resources],
                "data_dict": text,
                "validated_data_dict": text,
            },
            register,
        )


@contextmanager
def indexed(datasets: Iterable[Mapping[str, Any]], site: str) -> Iterator[None]:
    """Put datasets into the index as a site of their own; take them out in the end."""
    index = make_connection()
    batch: list[Dict] = []
    try:
        for one in documents(datasets, site):
            batch.append(one)
            if len(batch) == BATCH:
                index.add(batch, commit=False)
                batch = []
        index.add(batch, commit=True)
        yield
    finally:
        index.delete(q=f'site_id:"{site}"', commit=True)


@contextmanager
def asked(site: str) -> Iterator[None]:
    """Let searches ask for a site of the index meanwhile."""
    before = config["ckan.site_id"]
    config["ckan.site_id"] = site
    try:
        yield
    finally:
        config["ckan.site_id"] = before
